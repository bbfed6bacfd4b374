//! S1: every primitive at the version that is linked, against Wycheproof's vectors; through this crate's own functions where it has one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce};
use ed25519_dalek::{Signature, VerifyingKey};
use hkdf::Hkdf;
use ithaca_core::identity::keys::Secret;
use sha2::Sha256;
use wycheproof::{TestResult, aead, eddsa, hkdf as hkdf_vectors, xdh};

#[test]
fn s1_ed25519_as_records_and_statements_are_verified() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let (mut good, mut bad) = (0, 0);
    for group in set.test_groups {
        let key = VerifyingKey::from_bytes(group.key.pk.as_slice().try_into().unwrap()).unwrap();
        for test in group.tests {
            let signature = Signature::from_slice(&test.sig);
            let holds = signature.is_ok_and(|s| key.verify_strict(&test.msg, &s).is_ok());
            assert_eq!(holds, test.result == TestResult::Valid, "{}: {}", test.tc_id, test.comment);
            if holds { good += 1 } else { bad += 1 }
        }
    }
    assert!(good > 50 && bad > 30, "{good} {bad}");
}

#[test]
fn s1_xchacha20_poly1305_as_everything_is_sealed() {
    let set = aead::TestSet::load(aead::TestName::XChaCha20Poly1305).unwrap();
    let (mut good, mut bad) = (0, 0);
    for group in set.test_groups {
        for test in group.tests {
            let key = Secret::from_slice(&test.key).unwrap();
            let Ok(nonce) = <[u8; 24]>::try_from(test.nonce.as_slice()) else {
                assert_ne!(test.result, TestResult::Valid, "{}", test.tc_id);
                continue;
            };
            let sealed = [&test.ct[..], &test.tag[..]].concat();
            let opened = key.open_with(&nonce, &test.aad, &sealed);
            if test.result.must_fail() {
                assert!(opened.is_err(), "{}: {}", test.tc_id, test.comment);
                bad += 1;
            } else {
                assert_eq!(opened.unwrap(), test.pt.as_slice(), "{}", test.tc_id);
                assert_eq!(key.seal_with(&nonce, &test.aad, &test.pt), sealed, "{}", test.tc_id);
                good += 1;
            }
        }
    }
    assert!(good > 50 && bad > 30, "{good} {bad}");
}

#[test]
fn s1_chacha20_poly1305_as_hpke_wraps() {
    let set = aead::TestSet::load(aead::TestName::ChaCha20Poly1305).unwrap();
    let (mut good, mut bad) = (0, 0);
    for group in set.test_groups {
        for test in group.tests {
            let cipher = ChaCha20Poly1305::new_from_slice(&test.key).unwrap();
            let Ok(nonce) = <[u8; 12]>::try_from(test.nonce.as_slice()) else {
                assert_ne!(test.result, TestResult::Valid, "{}", test.tc_id);
                continue;
            };
            let sealed = [&test.ct[..], &test.tag[..]].concat();
            let opened = cipher.decrypt(&Nonce::from(nonce), Payload { msg: &sealed, aad: &test.aad });
            if test.result.must_fail() {
                assert!(opened.is_err(), "{}: {}", test.tc_id, test.comment);
                bad += 1;
            } else {
                assert_eq!(opened.unwrap(), test.pt.as_slice(), "{}", test.tc_id);
                good += 1;
            }
        }
    }
    assert!(good > 50 && bad > 30, "{good} {bad}");
}

#[test]
fn s1_hkdf_sha256_as_every_key_is_derived() {
    let set = hkdf_vectors::TestSet::load(hkdf_vectors::TestName::HkdfSha256).unwrap();
    let (mut good, mut bad) = (0, 0);
    for group in set.test_groups {
        for test in group.tests {
            let mut out = vec![0; test.size];
            let expanded = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut out);
            if test.result.must_fail() {
                assert!(expanded.is_err(), "{}: {}", test.tc_id, test.comment);
                bad += 1;
            } else {
                assert!(expanded.is_ok() && out == test.okm.as_slice(), "{}", test.tc_id);
                good += 1;
            }
        }
    }
    assert!(good > 50 && bad > 0, "{good} {bad}");
}

#[test]
fn s1_x25519_as_hpke_agrees_and_what_gives_no_secret_is_refused() {
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    let (mut good, mut zero) = (0, 0);
    for group in set.test_groups {
        for test in group.tests {
            let private: [u8; 32] = test.private_key.as_slice().try_into().unwrap();
            let Ok(public) = <[u8; 32]>::try_from(test.public_key.as_slice()) else {
                assert_ne!(test.result, TestResult::Valid, "{}", test.tc_id);
                continue;
            };
            assert_eq!(x25519_dalek::x25519(private, public), test.shared_secret.as_slice(), "{}: {}", test.tc_id, test.comment);
            good += 1;
            if test.shared_secret.iter().all(|b| *b == 0) {
                // Wrapping to such a key would seal for everybody.
                let mut entropy = ithaca_core::identity::entropy::SeededEntropy::new(1);
                let wrapped = ithaca_core::identity::keys::wrap(&mut entropy, &public, b"", b"secret");
                assert!(wrapped.is_err(), "{}: {}", test.tc_id, test.comment);
                zero += 1;
            }
        }
    }
    assert!(good > 400 && zero > 5, "{good} {zero}");
}
