//! Two people write one text at the same time: a trace typed on two devices, which see of each other only what the trace says.

use ithaca_core::document::command::NoteCommand;
use ithaca_core::document::{Command, DocumentKind};
use ithaca_core::id::{DocumentId, SpaceId};
use ithaca_core::view::{NoteView, RowKind};

use super::stage::{Actor, now, words};
use super::trace::{Act, Trace};

/// The note that both write.
pub const TEXT: DocumentId = DocumentId([0x11; 16]);

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Keystrokes of the trace.
    pub keystrokes: usize,
    /// Changes they were made into.
    pub edits: usize,
    /// How often one saw what the other had sent.
    pub exchanges: usize,
}

/// Types a trace as it was, and tells each exchange and how many there are.
///
/// # Errors
/// As words; also when the devices end with another text than the trace, or with different state codes.
pub async fn write_together(
    ana: &mut Actor,
    ben: &mut Actor,
    space: &SpaceId,
    trace: &Trace,
    mut tell: impl FnMut(usize, usize) -> Result<(), String>,
) -> Result<Told, String> {
    let (acts, exchanges) = trace.acts();
    let command = Command::Note(NoteCommand::Create { title: "Friends forever".into(), pair: None });
    ana.engine.edit(space, TEXT, DocumentKind::Note, &command, now()).map_err(words)?;
    ana.sync().await?;
    ben.sync().await?;
    let mut waiting: [Vec<(usize, usize, String)>; 2] = Default::default();
    let mut sent: [Vec<_>; 2] = Default::default();
    // From here on each sees of the other only what the trace says.
    ana.way.open(Some(ben.way.pushed()));
    ben.way.open(Some(ana.way.pushed()));
    let (mut edits, mut done) = (0, 0);
    for act in acts {
        let who = match &act {
            Act::Type(who, _) | Act::Send(who) | Act::See(who, _) => *who,
        };
        let actor = if who == 0 { &mut *ana } else { &mut *ben };
        match act {
            Act::Type(_, splice) => waiting[who].push(splice),
            Act::Send(_) => {
                edits += flush(actor, space, &mut waiting[who])?;
                actor.sync().await?;
                sent[who].push(actor.way.pushed());
            }
            Act::See(_, upto) => {
                edits += flush(actor, space, &mut waiting[who])?;
                let open = sent[1 - who].get(upto).cloned().ok_or("the trace names something that was not sent")?;
                actor.way.open(Some(open));
                actor.sync().await?;
                done += 1;
                tell(done, exchanges)?;
            }
        }
    }
    for (who, actor) in [&mut *ana, &mut *ben].into_iter().enumerate() {
        edits += flush(actor, space, &mut waiting[who])?;
        actor.way.open(None);
        actor.sync().await?;
    }
    ana.sync().await?;
    ben.sync().await?;
    for actor in [&mut *ana, &mut *ben] {
        let view: Option<NoteView> = actor.engine.view(space, RowKind::Note, &TEXT.0).map_err(words)?;
        let text = view.map(|v| v.body.text).unwrap_or_default();
        if text != trace.end_content {
            let at = text.chars().zip(trace.end_content.chars()).position(|(a, b)| a != b);
            return Err(format!("{} ends with another text (first difference at {at:?})", actor.name));
        }
    }
    let codes = (ana.engine.state_code(space).map_err(words)?, ben.engine.state_code(space).map_err(words)?);
    if codes.0 != codes.1 {
        return Err(format!("state codes differ: {} and {}", codes.0, codes.1));
    }
    Ok(Told { keystrokes: trace.txns.len(), edits, exchanges })
}

fn flush(actor: &mut Actor, space: &SpaceId, waiting: &mut Vec<(usize, usize, String)>) -> Result<usize, String> {
    if waiting.is_empty() {
        return Ok(0);
    }
    let splices = std::mem::take(waiting);
    actor.engine.type_text(space, TEXT, DocumentKind::Note, &splices, now()).map_err(|e| format!("{}: {e}", actor.name))?;
    Ok(1)
}
