//! Text to write: words of mentoring, drawn from a seed, so that every round writes something else and every run the same.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

const WORDS: &str = "about after again agree ahead answer anything ask because before bring call chance change check clear day decide did \
    doing draft each early email enough evening feel felt first found Friday from give goal good group hard have hear help hope idea \
    interview invite just know last late learn leave let list listen little look lunch maybe mean meet Monday month more morning need \
    next night note now often only open our over own paper part people perhaps place plan practice question quiet read ready report \
    rest room said same say see send session share shift should show small some speak start still story sure take talk team tell \
    than thank that think this time today together tomorrow try two understand until use wait walk want ward watch week well went \
    what when which will with word work would write yes yesterday you your";

/// A source of text.
#[derive(Debug)]
pub struct Text(ChaCha20Rng);

impl Text {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.0.next_u64() % bound.max(1) as u64) as usize
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.0.fill_bytes(&mut out);
        out
    }

    /// Random bytes, so many.
    pub fn blob(&mut self, n: usize) -> Vec<u8> {
        let mut out = vec![0; n];
        self.0.fill_bytes(&mut out);
        out
    }

    /// So many letters of words.
    pub fn letters(&mut self, n: usize) -> String {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let mut out = String::new();
        while out.len() < n {
            // Frequent words are frequent.
            let at = self.below(words.len()).min(self.below(words.len()));
            out.push_str(words.get(at).copied().unwrap_or_default());
            out.push(' ');
        }
        out.truncate(n);
        out
    }

    /// A message: 50 to 110 letters and something that makes it the only one of its kind.
    pub fn message(&mut self) -> String {
        let n = 50 + self.below(60);
        let (text, number) = (self.letters(n), self.below(1_000_000));
        format!("{}{number}", text)
    }
}
