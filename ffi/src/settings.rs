//! Settings: the relay, what the app keeps on this device, what was begun and given nobody yet, taking everything out and bringing files in.

use std::path::PathBuf;

use ithaca_core::id::SpaceId;

use crate::app::Ithaca;
use crate::error::{Done, Input, bad};
use crate::people::count;
use crate::runtime::now;

/// How a space is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ExportForm {
    /// Everything, as JSON that can be brought in again.
    Json,
    /// A page to read or print.
    Markdown,
}

/// What bringing a file in did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ImportedView {
    pub space: SpaceId,
    /// It opened as a saved copy for reading.
    pub saved_copy: bool,
    /// How much this device had lost of its own writing and has again.
    pub healed: u32,
    /// How much of other devices is missing here: it comes from those devices.
    pub others: u32,
    /// Whether the state code is the one that the file names.
    pub same_code: bool,
}

/// Larger files are not read: an export of ten years is a tenth of it.
const LARGEST: u64 = 512 * 1024 * 1024;
/// Apps keep under this, so that they meet nothing of ours.
pub(crate) const PREFIX: &str = "ui/";

#[uniffi::export]
impl Ithaca {
    /// Uses a relay from now on; `account`: its secret as 64 hexadecimal digits, where its operator gave one. Gives the address in its one form.
    ///
    /// # Errors
    /// `BadInput` for the address or the secret.
    pub async fn set_relay(&self, address: String, account: Option<String>) -> Done<String> {
        let secret = |text: String| {
            let mut out = [0; 32];
            hex::decode_to_slice(text.trim(), &mut out).map(|()| out).map_err(|_| bad(Input::Account, "64 hexadecimal digits are needed"))
        };
        let account = account.filter(|a| !a.trim().is_empty()).map(secret).transpose()?;
        self.ask(move |e| e.set_relay(&address, account, now())).await
    }

    /// The relay for new pairs, if one was named.
    pub async fn relay(&self) -> Done<Option<String>> {
        self.ask(|e| e.relay()).await
    }

    /// A value that the app keeps on this device, sealed with everything else; `None` if never kept.
    pub async fn setting(&self, name: String) -> Done<Option<String>> {
        self.ask(move |e| Ok(e.setting(&format!("{PREFIX}{name}"))?.and_then(|b| String::from_utf8(b).ok()))).await
    }

    /// Keeps a value for this device alone.
    pub async fn keep_setting(&self, name: String, value: String) -> Done {
        self.ask(move |e| e.keep_setting(&format!("{PREFIX}{name}"), value.as_bytes())).await
    }

    /// Words that this person began under a name and gave nobody yet, here or on another own device; empty where there are none.
    pub async fn draft(&self, name: String) -> Done<String> {
        self.ask(move |e| e.draft(&name)).await
    }

    /// Keeps words begun under a name on this device: at each pause of typing, and empty once they were given away.
    ///
    /// # Errors
    /// `Refused` for a name of more than 128 bytes.
    pub async fn keep_draft(&self, name: String, text: String) -> Done {
        self.ask(move |e| e.keep_draft(&name, &text, now())).await
    }

    /// Lets this person's other devices have what was kept under a name: when its screen is left. No partner has it.
    ///
    /// # Errors
    /// `Refused` for more than 64 KiB, which stays on this device; `ReadOnly`.
    pub async fn tell_draft(&self, name: String) -> Done {
        self.ask(move |e| e.tell_draft(&name, now())).await
    }

    /// A space as a text to save: whoever has it can read it. Gives the text; it may be large.
    pub async fn export_space(&self, space: SpaceId, form: ExportForm) -> Done<String> {
        self.ask(move |e| match form {
            ExportForm::Json => e.export(&space),
            ExportForm::Markdown => e.markdown(&space),
        })
        .await
    }

    /// Brings a file in that an export made. A relationship that this device is not in opens as a saved copy.
    ///
    /// # Errors
    /// `BadInput` names what is wrong with the file; nothing is changed then.
    pub async fn import_file(&self, path: String) -> Done<ImportedView> {
        let path = PathBuf::from(path);
        // Read aside: a file of any size must not hold up what else is asked of the engine.
        let bytes = crate::runtime::aside(move |_| {
            let size = std::fs::metadata(&path).map_err(|e| bad(Input::File, e.kind()))?.len();
            if size > LARGEST {
                return Err(bad(Input::File, "larger than any export"));
            }
            std::fs::read(&path).map_err(|e| bad(Input::File, e.kind()))
        })
        .await?;
        self.ask(move |e| {
            let done = e.import(&bytes, now())?;
            let same_code = done.state_code.0 == done.state_code.1;
            let (healed, others) = (count(done.healed), count(done.others));
            Ok(ImportedView { space: done.space, saved_copy: done.archive, healed, others, same_code })
        })
        .await
    }
}
