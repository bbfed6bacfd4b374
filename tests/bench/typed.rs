//! Real writing: a paper of 260,000 keystrokes typed as one note, a change a pause; and the text that `make run` plays, its exchanges beside the floor's.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use ithaca_core::document::DocumentKind;
use ithaca_core::id::DocumentId;
use ithaca_core::transport::Transport;
use ithaca_core::view::{NoteView, RowKind};
use ithaca_tests::play::stage::{self, Actor, folder_size, now};
use ithaca_tests::play::together::write_together;
use ithaca_tests::play::trace::Trace;
use serde::Deserialize;

use crate::device::{Person, http, note, pair, runtime};
use crate::history::ms;
use crate::live::floor_latency;
use crate::process::{memory, peak, relay};
use crate::sheet::median;
use crate::tap::Via;
use crate::text::Text;
use crate::{Done, floor, machine, say, words};

const PAPER: &[u8] = include_bytes!("../fixtures/automerge-paper.json.gz");
const FRIENDS: &[u8] = include_bytes!("../fixtures/friendsforever.json.gz");
/// Keystrokes in one change: what a pause in typing, or its limit, makes of them.
const PAUSE: usize = 50;

/// One person's keystrokes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paper {
    end_content: String,
    txns: Vec<Keystroke>,
}

#[derive(Deserialize)]
struct Keystroke {
    patches: Vec<(usize, usize, String)>,
}

/// Types both and says what it took.
pub fn run() -> Done {
    let home = PathBuf::from("target").join(format!("bench-{}", std::process::id()));
    std::fs::create_dir_all(&home).map_err(words)?;
    let done = paper(&home.join("paper")).and_then(|()| exchanges(&home.join("friends")));
    drop(std::fs::remove_dir_all(&home));
    done?;
    say(&machine())
}

fn paper(dir: &Path) -> Done {
    let mut json = String::new();
    flate2::read::GzDecoder::new(PAPER).read_to_string(&mut json).map_err(words)?;
    let paper: Paper = serde_json::from_str(&json).map_err(words)?;
    let splices: Vec<(usize, usize, String)> = paper.txns.into_iter().flat_map(|t| t.patches).collect();
    drop(json);
    let (runtime, mut text) = (runtime()?, Text::new(17));
    let server = relay(&dir.join("relay"), None)?;
    let (mut ana, mut ben) = (Person::new("Ana", &dir.join("ana"), false)?, Person::new("Ben", &dir.join("ben"), false)?);
    let space = pair(&mut ana, &mut ben, &server.said, &runtime)?;
    let id = DocumentId(text.bytes());
    note(&mut ana.engine, &space, id, "")?;
    let way = Via::new(http()?, None);
    let bodies = way.bodies();
    let way: Arc<dyn Transport> = Arc::new(way);
    ana.sync_over(&runtime, way.clone())?;
    let (before, disk, sent) = (memory("self")?, folder_size(&ana.dir), bodies.pushed().1);
    let from = Instant::now();
    let (mut typed, mut synced) = (Vec::new(), Vec::new());
    for pause in splices.chunks(PAUSE) {
        let from = Instant::now();
        ana.engine.type_text(&space, id, DocumentKind::Note, pause, now()).map_err(words)?;
        typed.push(ms(from));
        let from = Instant::now();
        ana.sync_over(&runtime, way.clone())?;
        synced.push(ms(from));
    }
    let took = from.elapsed().as_secs_f64();
    ben.sync(&runtime)?;
    for person in [&mut ana, &mut ben] {
        let view: Option<NoteView> = person.engine.view(&space, RowKind::Note, &id.0).map_err(words)?;
        if view.map(|v| v.body.text).as_deref() != Some(&paper.end_content) {
            return Err("the paper is not what was typed".to_owned());
        }
    }
    let of = |v: &[f64]| median(v).unwrap_or(f64::NAN);
    let ends = |v: &[f64]| (of(v.get(..100).unwrap_or(v)), of(v.get(v.len().saturating_sub(100)..).unwrap_or(v)));
    let (records, bytes) = bodies.pushed();
    say(&format!(
        "A paper of {} keystrokes, {} letters at the end, typed as one note in {} changes: {took:.0} s, each sent.",
        splices.len(),
        paper.end_content.chars().count(),
        typed.len()
    ))?;
    let (first, last) = ends(&typed);
    say(&format!("  a change: median {:.2} ms, of the first 100 {first:.2} ms, of the last 100 {last:.2} ms", of(&typed)))?;
    let (first, last) = ends(&synced);
    say(&format!("  its sync: median {:.2} ms, of the first 100 {first:.2} ms, of the last 100 {last:.2} ms", of(&synced)))?;
    say(&format!(
        "  sent: {} records, {} kB; on the device {} kB more",
        records,
        (bytes - sent) / 1_000,
        (folder_size(&ana.dir) - disk) / 1_000
    ))?;
    let from = Instant::now();
    let folder = ana.close()?;
    let mut ana = Person::open(&folder, false)?;
    let view: Option<NoteView> = ana.engine.view(&space, RowKind::Note, &id.0).map_err(words)?;
    let shown = ms(from);
    ana.engine.document(&space, id).map_err(words)?;
    say(&format!(
        "  opened again and shown ({} letters): {shown:.1} ms; with its whole history in memory: {:.0} ms",
        view.map_or(0, |v| v.body.text.chars().count()),
        ms(from)
    ))?;
    say(&format!("  memory of both people's devices: {:.0} MB more at most", (peak("self")? - before) / 1_024.0))
}

fn exchanges(dir: &Path) -> Done {
    let server = relay(&dir.join("relay"), None)?;
    let bare = floor::start(&dir.join("floor"))?;
    let trace = Trace::read(FRIENDS)?;
    let took = runtime()?.block_on(async {
        let (mut ana, mut ben) = (Actor::new("Ana", &dir.join("ana"))?, Actor::new("Ben", &dir.join("ben"))?);
        let space = stage::pair(&mut ana, &mut ben, &server.said).await?;
        let from = Instant::now();
        let told = write_together(&mut ana, &mut ben, &space, &trace, |_, _| Ok(())).await?;
        Ok::<_, String>((ms(from), told))
    })?;
    let floor = median(&floor_latency(&bare.said, 500, 0, &mut Text::new(18))?).unwrap_or(f64::NAN);
    let each = took.0 / took.1.exchanges as f64;
    say(&format!(
        "A text that two people wrote at once: {} keystrokes, {} exchanges in {:.1} s; {each:.2} ms an exchange, typing and both syncs in it, against {floor:.2} ms of the floor's one push and its arrival ({:.1} ×).",
        took.1.keystrokes,
        took.1.exchanges,
        took.0 / 1_000.0,
        each / floor
    ))
}
