//! Drafts: words that a person began and gave nobody yet. A device keeps its own at every pause of typing; when the screen is left they go to the person's
//! other devices by the personal space, which no partner reads.

use super::{Core, Engine, EngineError};
use crate::event::own::{draft, draft_subject, drafted};
use crate::event::{EventDraft, HeldEvent};
use crate::store::Db;
use crate::sync::machine::Millis;

/// Longest name, in bytes.
const NAME: usize = 128;

/// What this device keeps under a name and has not told the others.
struct Untold {
    /// When it was kept, on this device's wall clock.
    at: Millis,
    /// The place in the order of the draft that had been told then: what came later was not seen by whoever typed this.
    seen: u64,
    text: String,
}

impl Untold {
    fn of(bytes: &[u8]) -> Option<Self> {
        let (at, rest) = bytes.split_first_chunk::<8>()?;
        let (seen, text) = rest.split_first_chunk::<8>()?;
        Some(Self { at: i64::from_be_bytes(*at), seen: u64::from_be_bytes(*seen), text: String::from_utf8(text.to_vec()).ok()? })
    }

    fn to_bytes(&self) -> Vec<u8> {
        [&self.at.to_be_bytes()[..], &self.seen.to_be_bytes(), self.text.as_bytes()].concat()
    }
}

impl Engine {
    /// The words begun under a name, here or on another own device; empty where there are none. Where both were written without knowing of each other,
    /// those whose clock is later.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn draft(&self, name: &str) -> Result<String, EngineError> {
        let db = self.store.read();
        let told = self.core.told_draft(&db, name)?;
        Ok(match (untold(&db, name)?, told) {
            (Some(mine), Some((event, text))) if event.effective > mine.seen && event.event.wall_ms > mine.at => text,
            (Some(mine), _) => mine.text,
            (None, told) => told.map(|(_, text)| text).unwrap_or_default(),
        })
    }

    /// Keeps words begun under a name on this device.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for a name of more than 128 bytes.
    pub fn keep_draft(&mut self, name: &str, text: &str, now: Millis) -> Result<(), EngineError> {
        if name.is_empty() || name.len() > NAME {
            return Err(EngineError::Invalid("a draft has a name of 1 to 128 bytes"));
        }
        self.transact(|core, db| {
            let told = core.told_draft(db, name)?;
            // A message said in one go was never a draft.
            if untold(db, name)?.is_none() && told.as_ref().map_or("", |(_, text)| text) == text {
                return Ok(());
            }
            let seen = told.map_or(0, |(event, _)| event.effective);
            let kept = Untold { at: now, seen, text: text.to_owned() };
            Ok(db.set_meta(&key(name), &kept.to_bytes())?)
        })
    }

    /// Lets one's other devices have what was kept under a name since it was told last. Says nothing where they have it, or where nothing was kept.
    ///
    /// # Errors
    /// [`EngineError::ReadOnly`]; [`EngineError::Invalid`] for more than an event holds. What is kept on this device stays.
    pub fn tell_draft(&mut self, name: &str, now: Millis) -> Result<(), EngineError> {
        let told = self.transact(|core, db| {
            let Some(mine) = untold(db, name)? else { return Ok(false) };
            let held = core.told_draft(db, name)?.map(|(_, text)| text).unwrap_or_default();
            let is_new = held != mine.text;
            if is_new {
                let personal = core.personal().ok_or(EngineError::Keys)?;
                core.may_write(&personal)?;
                core.state(db, &personal, EventDraft { subject: draft_subject(name), payload: draft(&mine.text) }, now)?;
            }
            db.drop_meta(&key(name))?;
            Ok(is_new)
        })?;
        if told {
            self.after_writing(now);
        }
        Ok(())
    }
}

impl Engine {
    /// Tells what an app that was killed had no time to tell. What cannot be told stays on this device, and keeps nobody from opening it.
    pub(super) fn tell_begun(&mut self, now: Millis) -> Result<(), EngineError> {
        for key in self.store.read().meta_keys(KEPT)? {
            if let Some(Err(error)) = key.strip_prefix(KEPT).map(|name| self.tell_draft(name, now)) {
                tracing::warn!(%error, "what was begun is not told");
            }
        }
        Ok(())
    }
}

/// What this device keeps of drafts stands under this and the draft's name.
const KEPT: &str = "draft/";

fn key(name: &str) -> String {
    format!("{KEPT}{name}")
}

fn untold(db: &Db<'_>, name: &str) -> Result<Option<Untold>, EngineError> {
    Ok(db.meta(&key(name))?.as_deref().and_then(Untold::of))
}

impl Core {
    /// The latest draft of a name that own devices told, this one too.
    fn told_draft(&self, db: &Db<'_>, name: &str) -> Result<Option<(HeldEvent, String)>, EngineError> {
        let Some(personal) = self.personal() else { return Ok(None) };
        let told = self.events_about(db, self.space(&personal)?.no, draft_subject(name))?;
        Ok(told.into_iter().rev().find_map(|e| drafted(&e.event.payload).map(|text| (e, text))))
    }
}
