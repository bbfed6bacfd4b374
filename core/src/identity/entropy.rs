//! Randomness as an argument: the operating system's on a device, seeded in tests. A source may fail, and then nothing is written.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

/// The source of randomness failed; whatever needed it was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the device's source of randomness failed; nothing was written")]
pub struct NoEntropy;

/// A source of randomness fit for keys.
pub trait Entropy: Send {
    /// Fills `out`, or fails and leaves it unspecified.
    ///
    /// # Errors
    /// [`NoEntropy`] when the source fails.
    fn fill(&mut self, out: &mut [u8]) -> Result<(), NoEntropy>;
}

impl dyn Entropy + '_ {
    /// `N` random bytes.
    ///
    /// # Errors
    /// As [`Entropy::fill`].
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], NoEntropy> {
        let mut out = [0; N];
        self.fill(&mut out)?;
        Ok(out)
    }

    /// A generator for libraries that take one which cannot fail: seeded by 32 bytes drawn here, so that a failure shows before it is used.
    ///
    /// # Errors
    /// As [`Entropy::fill`].
    pub fn generator(&mut self) -> Result<ChaCha20Rng, NoEntropy> {
        Ok(ChaCha20Rng::from_seed(self.array()?))
    }

    /// A number below `bound` (0 for 0), for jitter.
    ///
    /// # Errors
    /// As [`Entropy::fill`].
    pub fn below(&mut self, bound: u64) -> Result<u64, NoEntropy> {
        let n = u64::from_le_bytes(self.array()?);
        Ok(n.checked_rem(bound).unwrap_or(0))
    }
}

/// The operating system's source.
#[derive(Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[allow(clippy::disallowed_methods, reason = "the one place where the operating system's randomness enters")]
    fn fill(&mut self, out: &mut [u8]) -> Result<(), NoEntropy> {
        getrandom::fill(out).map_err(|_| NoEntropy)
    }
}

/// A seeded source for simulations and golden vectors; never on a device of a person.
#[derive(Debug, Clone)]
pub struct SeededEntropy(ChaCha20Rng);

impl SeededEntropy {
    /// A source that gives the same bytes for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), NoEntropy> {
        self.0.fill_bytes(out);
        Ok(())
    }
}
