//! Recovery words: making, trying and consenting to them; and coming back by them on an empty phone.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use ithaca_core::engine::Restoring;
pub use ithaca_core::engine::WordsView;
use ithaca_core::id::PersonId;
use ithaca_core::identity::entropy::OsEntropy;
use ithaca_core::identity::recovery::RecoveryWords;
use tokio::sync::Notify;

use crate::app::Ithaca;
use crate::device::unless;
use crate::error::{Done, Input, IthacaError, bad, missing};
use crate::platform::{Connectivity, KeyVault, Vault};
use crate::runtime::{Begin, aside, now};

/// What is known of this person's recovery words; never the words.
#[uniffi::remote(Record)]
pub struct WordsView {
    /// There are words in force.
    pub made: bool,
    /// This device keeps what they need at the relay ready.
    pub tended: bool,
    /// New words of another device wait for this one's consent: the four words of the device that made them.
    pub asks_consent: Option<String>,
    /// New words made here wait for the consent of so many devices.
    pub waits_for: u32,
}

/// New words, to be written on paper.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NewWords {
    /// Twelve words, shown once and kept nowhere.
    pub words: String,
    /// The relay whose address stands beside them.
    pub relay: Option<String>,
    /// They hold once so many other devices agreed.
    pub waits_for: u32,
}

/// Whether words that somebody wrote down are the right ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum WordsCheck {
    /// Good words, but not the ones in force.
    NotInForce,
    /// The ones in force; whether a relay has what they need is not known now.
    InForce,
    /// The ones in force, and the relay has what they need.
    Ready,
    /// The ones in force, but the relay has not got what they need yet: sync.
    NotReady,
}

/// Somebody whom words lead to.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PersonChoice {
    pub person: PersonId,
    /// Four words, as partners see them.
    pub four_words: String,
}

fn parse(text: &str) -> Done<RecoveryWords> {
    RecoveryWords::parse(text).map_err(|e| bad(Input::Words, e))
}

#[uniffi::export]
impl Ithaca {
    /// What is known of the words.
    pub async fn words_status(&self) -> Done<WordsView> {
        self.ask(|e| e.words()).await
    }

    /// Makes new words. `old`: the words in force, if there are any and they are at hand; else the other devices consent. What they need is at
    /// the relay after the next sync.
    ///
    /// # Errors
    /// `BadInput` for words that are none; `Refused` when they are not the ones in force.
    pub async fn new_words(&self, old: Option<String>) -> Done<NewWords> {
        let old = old.as_deref().map(parse).transpose()?;
        self.ask(move |e| {
            let words = e.new_words(old.as_ref(), now())?;
            Ok(NewWords { words: (*words).clone(), relay: e.words_relay()?, waits_for: e.words()?.waits_for })
        })
        .await
    }

    /// Whether these are the words in force, and whether the relay has what they need.
    ///
    /// # Errors
    /// `BadInput` names the word that is none.
    pub async fn check_words(&self, words: String) -> Done<WordsCheck> {
        let parsed = parse(&words)?;
        let (right, relay) = self.ask(move |e| Ok((e.are_words(&parsed), e.words_relay()?))).await?;
        let relay = match (right, relay) {
            (false, _) => return Ok(WordsCheck::NotInForce),
            (true, None) => return Ok(WordsCheck::InForce),
            (true, Some(relay)) => relay,
        };
        let restoring = Restoring::by_relay(&words, &relay)?;
        let ready = aside(move |runtime| unless(runtime, &Notify::new(), async |http| Ok(restoring.is_ready(http).await))).await?;
        Ok(ready.map_or(WordsCheck::InForce, |ready| if ready { WordsCheck::Ready } else { WordsCheck::NotReady }))
    }

    /// Consents to new words that another device of this person made.
    ///
    /// # Errors
    /// `NotFound` when none ask.
    pub async fn agree_to_words(&self) -> Done {
        self.ask(|e| e.agree_to_words(now())).await
    }
}

/// Somebody coming back by their words, on an empty phone.
#[derive(uniffi::Object)]
pub struct Restore {
    restoring: Arc<Mutex<Restoring>>,
    rescue: Option<Vec<u8>>,
    stop: Arc<Notify>,
}

impl std::fmt::Debug for Restore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Restore(redacted)")
    }
}

#[uniffi::export]
impl Restore {
    /// By words and the relay whose address stands beside them; or by words, a partner's rescue file and the relay to use from now on.
    ///
    /// # Errors
    /// `BadInput` for words or the address; `Refused` for the file.
    #[uniffi::constructor]
    pub async fn by_words(words: String, relay: String, rescue: Option<Vec<u8>>) -> Done<Arc<Self>> {
        let file = rescue.clone();
        let restoring = aside(move |_| {
            Ok(match &file {
                Some(file) => Restoring::by_file(&words, file, &relay)?,
                None => Restoring::by_relay(&words, &relay)?,
            })
        })
        .await?;
        Ok(Arc::new(Self { restoring: Arc::new(Mutex::new(restoring)), rescue, stop: Arc::default() }))
    }

    /// Whom the words lead to: one, or none, or several where somebody who had a device put another person beside.
    ///
    /// # Errors
    /// `Offline`; `Stopped`; `Refused` where the relay knows nothing under these words.
    pub async fn look(&self) -> Done<Vec<PersonChoice>> {
        let (restoring, stop, by_file) = (self.restoring.clone(), self.stop.clone(), self.rescue.is_some());
        aside(move |runtime| {
            let mut restoring = restoring.lock().unwrap_or_else(PoisonError::into_inner);
            // A rescue file holds everything already.
            if !by_file {
                unless(runtime, &stop, async |http| restoring.look(http).await)?;
            }
            Ok(restoring.persons().into_iter().map(|(person, four_words)| PersonChoice { person, four_words }).collect())
        })
        .await
    }

    /// Stops a [`Restore::look`] under way.
    pub fn stop(&self) {
        self.stop.notify_waiters();
    }

    /// Makes this phone a device of that person, in an empty folder, and opens it. The first syncs bring what there is.
    ///
    /// # Errors
    /// `NotFound` for somebody the words do not lead to; `ProfileExists`; what the vault says.
    pub async fn finish(
        &self,
        person: PersonId,
        folder: String,
        vault: Arc<dyn KeyVault>,
        connectivity: Option<Arc<dyn Connectivity>>,
    ) -> Done<Arc<Ithaca>> {
        let (restoring, place, keys) = (self.restoring.clone(), PathBuf::from(folder.clone()), vault.clone());
        aside(move |_| {
            let restoring = restoring.lock().unwrap_or_else(PoisonError::into_inner);
            if !restoring.persons().iter().any(|(p, _)| *p == person) {
                return Err(missing("person under these words"));
            }
            restoring.finish(&person, &place, &Vault(keys), &mut OsEntropy).map_err(IthacaError::from)
        })
        .await?;
        let ithaca = Ithaca::begin(folder, vault, connectivity, Begin::Open).await?;
        if let Some(file) = self.rescue.clone() {
            ithaca.ask(move |e| e.take_rescue(&file, now()).map(drop)).await?;
        }
        Ok(ithaca)
    }
}
