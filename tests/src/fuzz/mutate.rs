//! Mutations: bytes made from kept bytes by a seed.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

/// Values at which readers go wrong.
const ODD: [u8; 14] = [0, 1, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x3f, 0x40, 0x5f, 0x7f, 0x80, 0x9f, 0xff];

/// A source of mutations over a corpus.
#[derive(Debug)]
pub struct Mutator(ChaCha20Rng);

impl Mutator {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.0.next_u64() % bound.max(1) as u64) as usize
    }

    fn byte(&mut self) -> u8 {
        if self.below(2) == 0 { ODD.get(self.below(ODD.len())).copied().unwrap_or(0) } else { self.0.next_u32() as u8 }
    }

    /// `bytes` changed in one to four places; parts may come from `other`.
    pub fn mutated(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        for _ in 0..=self.below(4) {
            self.step(&mut out, other);
        }
        out
    }

    fn step(&mut self, out: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(out.len());
        let end = (at + 1 + self.below(16)).min(out.len());
        match self.below(9) {
            0 => out.iter_mut().skip(at).take(1).for_each(|b| *b ^= 1 << (self.0.next_u32() & 7)),
            1 => out.iter_mut().skip(at).take(1).for_each(|b| *b = self.byte()),
            2 => {
                let by = self.below(33) as i8 - 16;
                out.iter_mut().skip(at).take(1).for_each(|b| *b = b.wrapping_add_signed(by));
            }
            3 => {
                let new: Vec<u8> = (0..=self.below(8)).map(|_| self.byte()).collect();
                out.splice(at..at, new);
            }
            4 if at < end => drop(out.drain(at..end)),
            5 if at < end => {
                let again = out.get(at..end).unwrap_or_default().to_vec();
                out.splice(end..end, again);
            }
            6 => {
                let from = self.below(other.len());
                let part: Vec<u8> = other.iter().skip(from).take(1 + self.below(64)).copied().collect();
                out.splice(at..end.max(at), part);
            }
            7 => out.truncate(at),
            _ => {
                // The head of one and the tail of the other.
                let from = self.below(other.len());
                out.truncate(at);
                out.extend(other.iter().skip(from));
            }
        }
    }
}
