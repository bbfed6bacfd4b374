//! Twelve words for 128 bits: recovery phrase, spoken invitation and safety number share this codec (BIP-39, English list).

use bip39::{Language, Mnemonic};

/// Words that are not a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// Not twelve words.
    #[error("a phrase has 12 words, these are {0}")]
    Count(usize),
    /// A word that is not on the list.
    #[error("word {0} is not on the word list")]
    Word(usize),
    /// All words exist, but together they are no phrase: one is wrong or two are swapped.
    #[error("these twelve words do not belong together: one is wrong or two are swapped")]
    Checksum,
}

/// 16 bytes as twelve words with a space between.
pub fn to_words(entropy: &[u8; 16]) -> String {
    // 16 bytes always make a phrase; anything else would be an error of the library.
    Mnemonic::from_entropy(entropy, Language::English).map(|m| m.phrase().to_owned()).unwrap_or_default()
}

/// Reads twelve words, whatever the case and spacing.
///
/// # Errors
/// See [`PhraseError`]; the position of a wrong word counts from 1.
pub fn from_words(words: &str) -> Result<[u8; 16], PhraseError> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    if words.len() != 12 {
        return Err(PhraseError::Count(words.len()));
    }
    let list = Language::English.wordmap();
    if let Some(wrong) = words.iter().position(|w| list.get_bits(w).is_none()) {
        return Err(PhraseError::Word(wrong + 1));
    }
    let mnemonic = Mnemonic::from_phrase(&words.join(" "), Language::English).map_err(|_| PhraseError::Checksum)?;
    mnemonic.entropy().try_into().map_err(|_| PhraseError::Checksum)
}

/// Twelve words over two person ids, the same on both sides: what two people compare, aloud or side by side.
pub fn safety_number(one: &crate::id::PersonId, other: &crate::id::PersonId) -> String {
    let (low, high) = if one <= other { (one, other) } else { (other, one) };
    let hash = super::keys::labelled_hash("ithaca/v1/safety-number", &[&low.0, &high.0]);
    let mut entropy = [0; 16];
    entropy.copy_from_slice(&hash[..16]);
    to_words(&entropy)
}

/// Four words over an id, to tell at a glance whether two devices mean the same person or device. 44 bits: against mistakes, and against
/// whoever cannot try 2^43 ids while two people look at their phones.
pub fn four_words(id: &[u8; 32]) -> String {
    let hash = super::keys::labelled_hash("ithaca/v1/four-words", &[id]);
    let mut entropy = [0; 16];
    entropy.copy_from_slice(&hash[..16]);
    to_words(&entropy).split(' ').take(4).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PersonId;

    #[test]
    fn words_come_back_and_mistakes_are_named() {
        let words = to_words(&[7; 16]);
        assert_eq!(from_words(&words.to_uppercase().replace(' ', "  ")), Ok([7; 16]));
        assert_eq!(from_words("one two"), Err(PhraseError::Count(2)));
        let mut wrong: Vec<_> = words.split(' ').collect();
        wrong[3] = "telemachus";
        assert_eq!(from_words(&wrong.join(" ")), Err(PhraseError::Word(4)));
        wrong[3] = "abandon";
        assert_eq!(from_words(&wrong.join(" ")), Err(PhraseError::Checksum));
    }

    #[test]
    fn a_safety_number_has_no_side() {
        let (a, b) = (PersonId([1; 32]), PersonId([2; 32]));
        assert_eq!(safety_number(&a, &b), safety_number(&b, &a));
        assert_ne!(safety_number(&a, &b), safety_number(&a, &a));
    }
}
