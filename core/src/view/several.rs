//! Several: what a screen derives over more than one document. Nothing here is stored, so two phones that hold the same derive the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{ActionView, AgendaView, CheckInView, Differ, HarvestView, MinutesView, SessionView};
use crate::card::CardValue;
use crate::document::command::set_key;
use crate::document::read::Scalar;
use crate::event::{SessionState, state};
use crate::id::{DocumentId, EventId, ItemId};

/// A point of an earlier session's agenda that was not done. It is ticked off where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The session it comes from.
    pub session: DocumentId,
    /// The point.
    pub item: AgendaView,
}

/// When a session is or was, for order: those without a day stand last.
fn when(s: &SessionView) -> (bool, String, DocumentId) {
    let day = s.day();
    (day.is_none(), day.unwrap_or_default(), s.id)
}

/// Living sessions before `which` (any of its ids), by day, then id; every one when `which` is not among them.
fn before(sessions: &[SessionView], which: DocumentId) -> Vec<&SessionView> {
    let mut all: Vec<&SessionView> = sessions.iter().filter(|s| s.alive).collect();
    all.sort_by_cached_key(|s| when(s));
    let at = all.iter().position(|s| s.ids.contains(&which)).unwrap_or(all.len());
    all.truncate(at);
    all
}

/// What was not done in sessions before `which`, in their order. A missed or cancelled session's agenda is carried too.
pub fn carried(sessions: &[SessionView], which: DocumentId) -> Vec<Carried> {
    let open = |s: &SessionView| -> Vec<Carried> {
        let open = s.agenda.iter().filter(|a| a.alive && a.done.is_empty());
        open.map(|item| Carried { session: s.id, item: item.clone() }).collect()
    };
    before(sessions, which).into_iter().flat_map(open).collect()
}

/// Actions promised since the last held session before `which`: those that came from it, and those made on its day or later; not those that
/// came from `which` itself or were made after its day. Without a held session before it, every one.
pub fn since_last<'a>(actions: &'a [ActionView], sessions: &[SessionView], which: DocumentId) -> Vec<&'a ActionView> {
    let last = before(sessions, which).into_iter().rfind(|s| s.state == SessionState::Held);
    let this = sessions.iter().find(|s| s.ids.contains(&which));
    let until = this.filter(|s| s.state == SessionState::Held).and_then(SessionView::day);
    let came_from = |a: &ActionView, s: Option<&SessionView>| s.is_some_and(|s| a.from.is_some_and(|f| s.ids.contains(&DocumentId(f.0))));
    actions
        .iter()
        .filter(|a| a.is_listed() && !came_from(a, this))
        .filter(|a| {
            if came_from(a, last) {
                return true;
            }
            let made = super::day_of(a.provenance.made_at_s.saturating_mul(1000)).unwrap_or_default();
            let after = last.and_then(SessionView::day).is_none_or(|day| made >= day);
            after && until.as_ref().is_none_or(|day| made <= *day)
        })
        .collect()
}

/// *Same thing?*: groups of listed actions that are not done and read the same, where nobody said they are different. The first id of each,
/// the smallest, is the one to keep.
pub fn same_thing(actions: &[ActionView]) -> Vec<Vec<ItemId>> {
    let mut by_words: BTreeMap<String, Vec<&ActionView>> = BTreeMap::new();
    for a in actions.iter().filter(|a| a.is_listed() && !a.is_done()) {
        let words = set_key(&a.text.split_whitespace().collect::<Vec<_>>().join(" "));
        if !words.is_empty() {
            by_words.entry(words).or_default().push(a);
        }
    }
    let mut out: Vec<Vec<ItemId>> = Vec::new();
    for mut alike in by_words.into_values() {
        alike.sort_by_key(|a| a.id);
        // The smallest and those that nobody said differ from anything kept so far; the rest form groups of their own.
        while let Some(first) = alike.first().copied() {
            let mut group = vec![first];
            for a in alike.iter().skip(1) {
                if group.iter().all(|g| !g.not_same.contains(&a.id) && !a.not_same.contains(&g.id)) {
                    group.push(a);
                }
            }
            let ids: Vec<ItemId> = group.iter().map(|a| a.id).collect();
            alike.retain(|a| !ids.contains(&a.id));
            if ids.len() > 1 {
                out.push(ids);
            }
        }
    }
    out.sort();
    out
}

/// *Same meeting?*: groups of living sessions on one day that are not joined and of which nobody said that they are different.
pub fn same_meeting(sessions: &[SessionView]) -> Vec<Vec<DocumentId>> {
    let mut by_day: BTreeMap<String, Vec<&SessionView>> = BTreeMap::new();
    for s in sessions.iter().filter(|s| s.alive && s.joined_with.is_none()) {
        if let Some(day) = s.day() {
            by_day.entry(day).or_default().push(s);
        }
    }
    let mut out = Vec::new();
    for mut alike in by_day.into_values() {
        alike.sort_by_key(|s| s.id);
        while let Some(first) = alike.first().copied() {
            let mut group = vec![first];
            for s in alike.iter().skip(1) {
                let apart = |a: &SessionView, b: &SessionView| a.not_same.iter().any(|n| b.ids.contains(n));
                if group.iter().all(|g| !apart(g, s) && !apart(s, g)) {
                    group.push(s);
                }
            }
            let ids: Vec<DocumentId> = group.iter().map(|s| s.id).collect();
            alike.retain(|s| !ids.contains(&s.id));
            if ids.len() > 1 {
                out.push(ids);
            }
        }
    }
    out.sort();
    out
}

/// Joins sessions that are one meeting by `aliases` (see [`state::aliases`]): agendas one after the other by id, registers as concurrent
/// values, check-ins a person each; every id leads to the joined one, which has the smallest. Sessions in the bin are joined only with
/// their like. Order: by id.
pub fn joined(sessions: Vec<SessionView>, aliases: &BTreeMap<DocumentId, DocumentId>) -> Vec<SessionView> {
    let mut groups: BTreeMap<(DocumentId, bool), Vec<SessionView>> = BTreeMap::new();
    let mut roots: BTreeMap<DocumentId, bool> = BTreeMap::new();
    for s in sessions {
        let root = aliases.get(&s.id).copied().unwrap_or(s.id);
        *roots.entry(root).or_default() |= s.alive;
        groups.entry((root, s.alive)).or_default().push(s);
    }
    let mut out: Vec<SessionView> = groups.into_values().filter_map(join).collect();
    out.sort_by_key(|s| (s.id, !s.alive));
    out
}

fn join(mut group: Vec<SessionView>) -> Option<SessionView> {
    group.sort_by_key(|s| s.id);
    let mut parts = group.into_iter();
    let mut first = parts.next()?;
    let rest: Vec<SessionView> = parts.collect();
    if rest.is_empty() {
        return Some(first);
    }
    let all = || std::iter::once(&first).chain(&rest);
    let registers: Vec<(&str, Vec<CardValue>)> = vec![
        ("title", register(all(), "title", |s| Some(s.title.clone()))),
        ("date", register(all(), "date", |s| s.date.clone())),
        ("place", register(all(), "place", |s| s.place.clone())),
        ("state", states(all())),
    ];
    let date = all().filter_map(|s| s.date.clone()).min();
    let place = all().find_map(|s| s.place.clone());
    let title = all().map(|s| s.title.clone()).find(|t| !t.is_empty()).unwrap_or_default();
    let has_contents = all().any(|s| s.has_contents);
    for s in rest {
        first.ids.extend(s.ids);
        first.notes.extend(s.notes);
        first.agenda.extend(s.agenda);
        first.bin.extend(s.bin);
        first.proposals.extend(s.proposals);
        union(&mut first.techniques, s.techniques);
        union(&mut first.functions, s.functions);
        for c in s.check_ins {
            let swallow = |to: &mut CheckInView, c: CheckInView| to.also.extend(std::iter::once(c.answers).chain(c.also));
            keep_later(&mut first.check_ins, c, |c| (c.person, c.phase), |c| (c.effective, c.event), swallow);
        }
        for h in s.harvests {
            let swallow = |to: &mut HarvestView, h: HarvestView| to.also.extend(std::iter::once(h.answers).chain(h.also));
            keep_later(&mut first.harvests, h, |h| h.person, |h| (h.effective, h.event), swallow);
        }
        for m in s.minutes {
            let swallow = |to: &mut MinutesView, m: MinutesView| to.also.extend(std::iter::once(m.text).chain(m.also));
            keep_later(&mut first.minutes, m, |m| m.person, |m| (m.effective, m.event), swallow);
        }
        first.not_same.extend(s.not_same);
        first.kept |= s.kept;
        if s.provenance.clock > first.provenance.clock {
            first.provenance = s.provenance;
        }
    }
    (first.title, first.date, first.place, first.has_contents) = (title, date, place, has_contents);
    first.joined_with = None;
    first.not_same.sort_unstable();
    first.not_same.dedup();
    first.proposals.sort_by_key(|p| (std::cmp::Reverse(p.provenance.clock), p.id));
    first.check_ins.sort_by_key(|c| (c.person, c.phase));
    first.harvests.sort_by_key(|h| h.person);
    first.minutes.sort_by_key(|m| m.person);
    let mut differ: Differ = std::mem::take(&mut first.differ);
    for (field, values) in registers {
        if field == "state" {
            let said: BTreeSet<SessionState> = values.iter().filter_map(|v| state_of(&v.words)).collect();
            first.state = state::shown_state(&said, has_contents);
            first.said.clone_from(&values);
        }
        if values.len() > 1 {
            differ.insert(field.to_owned(), values);
        } else {
            differ.remove(field);
        }
    }
    first.cards = differ.len();
    first.differ = differ;
    Some(first)
}

fn state_of(word: &str) -> Option<SessionState> {
    SessionState::ALL.iter().copied().find(|s| s.word() == word)
}

/// The distinct values of a register over the sessions of one meeting; cleared ones only where people differ within one document.
fn register<'a>(all: impl Iterator<Item = &'a SessionView>, field: &str, value: impl Fn(&SessionView) -> Option<String>) -> Vec<CardValue> {
    let mut out: BTreeMap<Scalar, CardValue> = BTreeMap::new();
    for s in all {
        let of_one = s.differ.get(field).cloned().unwrap_or_else(|| {
            let Some(words) = value(s).filter(|v| !v.is_empty()) else { return Vec::new() };
            let (by, at_ms) = (s.provenance.edited_by, s.provenance.edited_at_s.saturating_mul(1000));
            vec![CardValue { value: Scalar::Text(words.clone()), words, by, at_ms, reason: None }]
        });
        of_one.into_iter().for_each(|v| {
            out.entry(v.value.clone()).or_insert(v);
        });
    }
    out.into_values().collect()
}

fn states<'a>(all: impl Iterator<Item = &'a SessionView>) -> Vec<CardValue> {
    let mut out: BTreeMap<String, CardValue> = BTreeMap::new();
    all.flat_map(|s| s.said.iter()).for_each(|v| {
        out.entry(v.words.clone()).or_insert_with(|| v.clone());
    });
    out.into_values().collect()
}

/// Adds members of a set that are not yet there under another spelling.
fn union(set: &mut Vec<String>, other: Vec<String>) {
    let keys: BTreeSet<String> = set.iter().map(|m| set_key(m)).collect();
    set.extend(other.into_iter().filter(|m| !keys.contains(&set_key(m))));
    set.sort_by_key(|m| set_key(m));
}

/// Adds `one`; where one of the same key is there, the later stays and swallows the other.
fn keep_later<T, K: PartialEq>(
    all: &mut Vec<T>,
    one: T,
    key: impl Fn(&T) -> K,
    order: impl Fn(&T) -> (u64, EventId),
    swallow: impl Fn(&mut T, T),
) {
    match all.iter_mut().find(|o| key(o) == key(&one)) {
        Some(there) => {
            let older = if order(&one) > order(there) { std::mem::replace(there, one) } else { one };
            swallow(there, older);
        }
        None => all.push(one),
    }
}

/// How often what was used in the last held sessions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Insights {
    /// How many held sessions were counted.
    pub sessions: usize,
    /// Techniques with the number of sessions they were used in, the most used first.
    pub techniques: Vec<(String, usize)>,
    /// Mentoring functions alike.
    pub functions: Vec<(String, usize)>,
}

/// The mix of techniques and functions over the last `n` held sessions by day.
pub fn insights(sessions: &[SessionView], n: usize) -> Insights {
    let mut held: Vec<&SessionView> = sessions.iter().filter(|s| s.alive && s.state == SessionState::Held).collect();
    held.sort_by_cached_key(|s| std::cmp::Reverse(when(s)));
    held.truncate(n);
    let count = |of: &dyn Fn(&SessionView) -> Vec<String>| {
        let mut out: BTreeMap<String, (String, usize)> = BTreeMap::new();
        for word in held.iter().flat_map(|s| of(s)) {
            out.entry(set_key(&word)).or_insert((word, 0)).1 += 1;
        }
        let mut out: Vec<(String, usize)> = out.into_values().collect();
        out.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        out
    };
    Insights { sessions: held.len(), techniques: count(&|s| s.techniques.clone()), functions: count(&|s| s.functions.clone()) }
}
