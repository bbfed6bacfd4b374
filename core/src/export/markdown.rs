//! A page: a space as Markdown, to read and print. It leaves out what is in the bin.

use std::fmt::Write;

use super::Readable;
use crate::event::payload::Answer;
use crate::event::state::Running;
use crate::event::{GoalStatus, Phase};
use crate::id::PersonId;
use crate::view::{ActionView, CheckInView, Differ, GoalView, HarvestView, MinutesView, SessionView, TextView};

/// A space as readable Markdown. What people wrote is escaped, so that nobody's words make a heading or a link.
pub fn markdown(r: &Readable) -> String {
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = page(r, &mut out);
    out
}

type Page = Result<(), std::fmt::Error>;

/// One line of somebody's words.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// A text as a quotation, line by line.
fn block(text: &str, out: &mut String) -> Page {
    if text.trim().is_empty() {
        return Ok(());
    }
    for line in text.trim_end().lines() {
        writeln!(out, "> {}  ", inline(line))?;
    }
    writeln!(out)
}

fn time(at_ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(at_ms).map(|t| t.format("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default()
}

fn names(r: &Readable, people: &[PersonId]) -> String {
    people.iter().map(|p| inline(&r.name(*p))).collect::<Vec<_>>().join(", ")
}

fn differing(r: &Readable, differ: &Differ, out: &mut String) -> Page {
    for (field, values) in differ {
        let said = values.iter().map(|v| {
            let who = v.by.map(|by| inline(&r.name(by))).unwrap_or_else(|| "somebody".into());
            let what = if v.words.is_empty() { "nothing".into() } else { inline(&v.words) };
            let why = v.reason.as_ref().map(|why| format!(" ({})", inline(why))).unwrap_or_default();
            format!("{who}: {what}{why}")
        });
        writeln!(out, "- *You two differ* on {}: {}", inline(field), said.collect::<Vec<_>>().join(" · "))?;
    }
    Ok(())
}

fn page(r: &Readable, out: &mut String) -> Page {
    let people: Vec<String> = r.people.values().map(|n| inline(n)).collect();
    writeln!(out, "# {}\n", if people.is_empty() { "Ithaca".to_owned() } else { people.join(" · ") })?;
    relationship(r, out)?;
    let goals: Vec<&GoalView> = r.goals.iter().filter(|g| g.alive).collect();
    if !goals.is_empty() {
        writeln!(out, "## Goals\n")?;
        goals.iter().try_for_each(|g| goal(r, g, out))?;
    }
    let actions: Vec<&ActionView> = r.actions.iter().filter(|a| a.is_listed()).collect();
    if !actions.is_empty() {
        writeln!(out, "## Actions\n")?;
        for a in actions {
            let mark = if a.is_done() { "x" } else { " " };
            write!(out, "- [{mark}] {}", inline(&a.text))?;
            if !a.owners.is_empty() {
                write!(out, " — {}", names(r, &a.owners))?;
            }
            if let Some(due) = &a.due {
                write!(out, ", by {}", inline(due))?;
            }
            for t in &a.done {
                write!(out, " (done {}, {})", inline(&t.date), inline(&r.name(t.person)))?;
            }
            writeln!(out)?;
            differing(r, &a.differ, out)?;
        }
        writeln!(out)?;
    }
    let sessions: Vec<&SessionView> = r.sessions.iter().filter(|s| s.alive).collect();
    if !sessions.is_empty() {
        writeln!(out, "## Sessions\n")?;
        sessions.iter().try_for_each(|s| session(r, s, out))?;
    }
    kept(r, out)?;
    if r.notes.iter().any(|n| n.alive) {
        writeln!(out, "## Notes\n")?;
    }
    for n in r.notes.iter().filter(|n| n.alive) {
        writeln!(out, "### {}\n", inline(if n.title.is_empty() { "Note" } else { &n.title }))?;
        let mut about: Vec<String> = [&n.date, &n.place].into_iter().flatten().map(|v| inline(v)).collect();
        about.extend(n.tags.iter().map(|t| format!("tag {}", inline(t))));
        about.extend(n.functions.iter().chain(&n.links).map(|t| inline(t)));
        if !about.is_empty() {
            writeln!(out, "{}\n", about.join(" · "))?;
        }
        text(r, &n.body, out)?;
        differing(r, &n.differ, out)?;
    }
    messages(r, out)
}

fn text(r: &Readable, t: &TextView, out: &mut String) -> Page {
    block(t.words(), out)?;
    for group in &t.alternatives {
        let words = group.iter().map(|a| {
            let who = a.by.map(|by| inline(&r.name(by))).unwrap_or_else(|| "somebody".into());
            format!("{} ({who})", inline(&a.words))
        });
        writeln!(out, "- *side by side*: {}", words.collect::<Vec<_>>().join(" │ "))?;
    }
    Ok(())
}

fn relationship(r: &Readable, out: &mut String) -> Page {
    if let Some(s) = &r.stage {
        let running = match s.running {
            Running::Running => "",
            Running::Paused => ", paused",
            Running::Ended => ", ended",
        };
        writeln!(out, "Stage: {}{running}\n", s.stage.word())?;
        for stop in &s.stops {
            let what = if stop.running == Running::Ended { "ended" } else { "paused" };
            let why = stop.reason.as_ref().map(|w| format!(": {}", inline(w))).unwrap_or_default();
            writeln!(out, "- {what} by {}, {}{why}", inline(&r.name(stop.by)), time(stop.at_ms))?;
        }
    }
    let Some(v) = &r.relationship else { return Ok(()) };
    for (label, value) in [("Kind", &v.kind), ("Model", &v.model), ("Setting", &v.setting), ("Cadence", &v.cadence)] {
        if let Some(value) = value {
            writeln!(out, "- {label}: {}", inline(value))?;
        }
    }
    for role in &v.roles {
        writeln!(out, "- Mentor on {}: {}", inline(&role.topic), inline(&r.name(role.mentor)))?;
    }
    for p in &v.people {
        let about = [&p.language, &p.zone, &p.reachable].into_iter().flatten().map(|v| inline(v)).collect::<Vec<_>>();
        if !about.is_empty() {
            writeln!(out, "- {}: {}", inline(&r.name(p.person)), about.join(" · "))?;
        }
    }
    differing(r, &v.differ, out)?;
    writeln!(out)?;
    if !v.clauses.is_empty() {
        writeln!(out, "## Agreement (draft)\n")?;
    }
    for c in &v.clauses {
        writeln!(out, "### {}\n", inline(&c.title))?;
        text(r, &c.text, out)?;
    }
    if !v.plan.is_empty() {
        writeln!(out, "## Growth plan\n")?;
    }
    for p in &v.plan {
        writeln!(out, "### {}\n", inline(&p.section))?;
        text(r, &p.text, out)?;
    }
    Ok(())
}

fn goal(r: &Readable, g: &GoalView, out: &mut String) -> Page {
    writeln!(out, "### {}\n", inline(g.title.words()))?;
    let differ = if g.differ.contains_key("status") { " – you two differ" } else { "" };
    let of = if g.progress.of > 0 { format!(", {}/{}", g.progress.done, g.progress.of) } else { String::new() };
    writeln!(out, "- {}{differ}{of}", g.status.word())?;
    for v in g.said.iter().filter(|_| g.status != GoalStatus::Active || g.said.len() > 1) {
        if let (Some(by), Some(why)) = (v.by, &v.reason) {
            writeln!(out, "- {} ({}): {}", inline(&v.words), inline(&r.name(by)), inline(why))?;
        }
    }
    for (label, value) in [("kind", &g.kind), ("by", &g.target_date), ("look again", &g.review_date)] {
        if let Some(value) = value {
            writeln!(out, "- {label}: {}", inline(value))?;
        }
    }
    for (label, t) in [("why", &g.why), ("success", &g.success), ("risk", &g.risk), ("support", &g.support)] {
        if !t.is_empty() {
            writeln!(out, "- {label}: {}", inline(t.words()))?;
        }
    }
    for m in &g.milestones {
        write!(out, "- [{}] {}", if m.done.is_empty() { " " } else { "x" }, inline(&m.text))?;
        for t in &m.done {
            write!(out, " (done {}, {})", inline(&t.date), inline(&r.name(t.person)))?;
        }
        writeln!(out)?;
        differing(r, &m.differ, out)?;
    }
    differing(r, &g.differ, out)?;
    writeln!(out)
}

fn answers(label: &str, who: &str, list: &[Answer], out: &mut String) -> Page {
    writeln!(out, "- {label}, {}:", inline(who))?;
    for a in list {
        let mut said: Vec<String> = a.words.iter().map(|w| inline(w)).collect();
        said.extend(a.scale.map(|n| n.to_string()));
        said.extend(a.chosen.iter().flatten().map(|c| inline(c)));
        writeln!(out, "  - {}: {}", inline(&a.prompt), said.join(" · "))?;
    }
    Ok(())
}

fn forms(r: &Readable, check_ins: &[CheckInView], harvests: &[HarvestView], out: &mut String) -> Page {
    for c in check_ins {
        let label = if c.phase == Phase::Before { "before" } else { "after" };
        answers(label, &r.name(c.person), &c.answers, out)?;
        c.also.iter().try_for_each(|a| answers(label, &r.name(c.person), a, out))?;
    }
    for h in harvests {
        answers("harvest", &r.name(h.person), &h.answers, out)?;
        h.also.iter().try_for_each(|a| answers("harvest", &r.name(h.person), a, out))?;
    }
    Ok(())
}

fn minutes(r: &Readable, all: &[MinutesView], out: &mut String) -> Page {
    for m in all {
        for words in std::iter::once(&m.text).chain(&m.also) {
            writeln!(out, "Minutes, {}:\n", inline(&r.name(m.person)))?;
            block(words, out)?;
        }
    }
    Ok(())
}

/// What a person keeps to themselves about sessions.
fn kept(r: &Readable, out: &mut String) -> Page {
    if !r.kept.is_empty() {
        writeln!(out, "## Kept to yourself\n")?;
    }
    for k in &r.kept {
        writeln!(out, "### {}\n", inline(if k.title.is_empty() { "Session" } else { &k.title }))?;
        forms(r, &k.check_ins, &k.harvests, out)?;
        writeln!(out)?;
        minutes(r, &k.minutes, out)?;
    }
    Ok(())
}

fn session(r: &Readable, s: &SessionView, out: &mut String) -> Page {
    let day = s.day().unwrap_or_else(|| "no day yet".into());
    writeln!(out, "### {} — {}\n", inline(&day), inline(if s.title.is_empty() { "Session" } else { &s.title }))?;
    let differ = if s.differ.contains_key("state") { " – you two differ" } else { "" };
    writeln!(out, "- {}{differ}", s.state.word())?;
    if let Some(place) = &s.place {
        writeln!(out, "- at {}", inline(place))?;
    }
    for p in &s.proposals {
        writeln!(out, "- time {} ({}), accepted by {}", time(p.at_ms), inline(&p.zone), names(r, &p.accepted))?;
    }
    for (label, set) in [("techniques", &s.techniques), ("functions", &s.functions)] {
        if !set.is_empty() {
            writeln!(out, "- {label}: {}", set.iter().map(|t| inline(t)).collect::<Vec<_>>().join(", "))?;
        }
    }
    for a in &s.agenda {
        writeln!(out, "- [{}] {}", if a.done.is_empty() { " " } else { "x" }, inline(a.text.words()))?;
    }
    forms(r, &s.check_ins, &s.harvests, out)?;
    differing(r, &s.differ, out)?;
    writeln!(out)?;
    for n in &s.notes {
        text(r, &n.text, out)?;
    }
    minutes(r, &s.minutes, out)
}

fn messages(r: &Readable, out: &mut String) -> Page {
    if !r.messages.is_empty() {
        writeln!(out, "## Messages\n")?;
    }
    for m in &r.messages {
        let edited = if m.edited_at_ms.is_some() { ", edited" } else { "" };
        writeln!(out, "**{}**, {}{edited}", inline(&r.name(m.by)), time(m.at_ms))?;
        if let Some(to) = m.reply.and_then(|id| r.messages.iter().find(|o| o.id == id)) {
            writeln!(out, "answering {}, {}", inline(&r.name(to.by)), time(to.at_ms))?;
        }
        writeln!(out)?;
        match &m.text {
            Some(words) => block(words, out)?,
            None if m.may_have_been_read => writeln!(out, "*withdrawn; may have been read*\n")?,
            None => writeln!(out, "*withdrawn*\n")?,
        }
        for reaction in &m.reactions {
            writeln!(out, "{} {}\n", inline(&reaction.emoji), names(r, &reaction.people))?;
        }
    }
    Ok(())
}
