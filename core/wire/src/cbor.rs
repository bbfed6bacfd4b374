//! The one canonical form in which CBOR is read: shortest integers and lengths, definite lengths, map keys that are
//! unsigned integers and rise, valid UTF-8, no tags, no floats, nothing after the end. Unknown keys are passed over, so that a
//! later version's fields do not stop an older one.

use crate::error::WireError;

/// Decodes `bytes` strictly as a `T`; `what` names it in errors.
///
/// # Errors
/// See [`check`]; [`WireError::Shape`] when the canonical CBOR is not a `T`.
pub fn decode<'b, T: minicbor::Decode<'b, ()>>(what: &'static str, bytes: &'b [u8]) -> Result<T, WireError> {
    check(what, bytes)?;
    minicbor::decode(bytes).map_err(|_| WireError::Shape { what })
}

/// Encodes canonically. Derived map encodings write their keys in rising order, so what this writes [`decode`] reads.
pub fn encode<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing into a Vec cannot fail.
    let _ = minicbor::encode(value, &mut out);
    out
}

/// Whether `bytes` are one canonical CBOR item and nothing else.
///
/// # Errors
/// [`WireError::Truncated`], [`WireError::Trailing`], [`WireError::NotCanonical`] or [`WireError::TooDeep`].
pub fn check(what: &'static str, bytes: &[u8]) -> Result<(), WireError> {
    let mut rest = bytes;
    item(what, &mut rest, 0)?;
    if rest.is_empty() { Ok(()) } else { Err(WireError::Trailing { what }) }
}

fn item(what: &'static str, rest: &mut &[u8], depth: usize) -> Result<(), WireError> {
    if depth > crate::limits::DEPTH {
        return Err(WireError::TooDeep { what });
    }
    let (major, value) = head(what, rest)?;
    match major {
        0 | 1 => Ok(()),
        2 => take(what, rest, value).map(|_| ()),
        3 => std::str::from_utf8(take(what, rest, value)?)
            .map(|_| ())
            .map_err(|_| WireError::NotCanonical { what, why: "text that is not UTF-8" }),
        4 => (0..value).try_for_each(|_| item(what, rest, depth + 1)),
        5 => {
            let mut last = None;
            for _ in 0..value {
                let (major, key) = head(what, rest)?;
                if major != 0 {
                    return Err(WireError::NotCanonical { what, why: "a key that is not an unsigned integer" });
                }
                if last.is_some_and(|last| key <= last) {
                    return Err(WireError::NotCanonical { what, why: "keys that do not rise" });
                }
                last = Some(key);
                item(what, rest, depth + 1)?;
            }
            Ok(())
        }
        7 if (20..=22).contains(&value) => Ok(()),
        _ => Err(WireError::NotCanonical { what, why: "a tag, a float or a reserved value" }),
    }
}

/// Major type and argument, refused unless in the shortest form.
fn head(what: &'static str, rest: &mut &[u8]) -> Result<(u8, u64), WireError> {
    let first = take(what, rest, 1)?[0];
    let (major, short) = (first >> 5, first & 31);
    let value = match short {
        0..=23 => return Ok((major, u64::from(short))),
        24..=27 => take(what, rest, 1 << (short - 24))?.iter().fold(0u64, |v, b| v << 8 | u64::from(*b)),
        _ => return Err(WireError::NotCanonical { what, why: "an indefinite length" }),
    };
    let least = [24, 1 << 8, 1 << 16, 1 << 32][usize::from(short - 24)];
    if major == 7 || value < least {
        return Err(WireError::NotCanonical { what, why: "a number in more bytes than it needs" });
    }
    Ok((major, value))
}

fn take<'b>(what: &'static str, rest: &mut &'b [u8], n: u64) -> Result<&'b [u8], WireError> {
    let n = usize::try_from(n).ok().filter(|n| *n <= rest.len()).ok_or(WireError::Truncated { what })?;
    let (a, b) = rest.split_at(n);
    *rest = b;
    Ok(a)
}
