//! An action: a promise somebody made, by when.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Differ, Provenance, differ};
use crate::card::{Card, shown_value};
use crate::document::Document;
use crate::document::read::{Item, Scalar, Tick, Writers};
use crate::document::schema;
use crate::id::{DocumentId, ItemId, PersonId};

/// What an action shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionView {
    /// Its id.
    pub id: ItemId,
    /// The goals document.
    pub document: DocumentId,
    /// Its words.
    pub text: String,
    /// Who promised it.
    pub owners: Vec<PersonId>,
    /// The calendar day it is due; where two differ, the earlier.
    pub due: Option<String>,
    /// What sort.
    pub kind: Option<String>,
    /// The goal or session it came from.
    pub from: Option<ItemId>,
    /// Who ticked it off, and when; anybody's tick is enough.
    pub done: Vec<Tick>,
    /// Both said it is the same thing as this one, which lives and is listed instead; its owners and ticks count there too.
    pub same_as: Option<ItemId>,
    /// Actions with the same words that are listed in this one.
    pub merged: Vec<ItemId>,
    /// Actions somebody said it is *not* the same as.
    pub not_same: Vec<ItemId>,
    /// Place among the actions.
    pub rank: String,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Deleted by somebody and kept since somebody else edited or ticked it.
    pub kept: bool,
    /// Fields on which people differ.
    pub differ: Differ,
    /// How many cards it has.
    pub cards: usize,
    /// Who and when.
    pub provenance: Provenance,
}

impl ActionView {
    /// Whether anybody ticked it off.
    pub fn is_done(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether lists show it: it lives, and no other one is shown in its place.
    pub fn is_listed(&self) -> bool {
        self.alive && self.same_as.is_none()
    }

    /// Every action of a goals document, deleted ones too, in order; the same things joined.
    pub(crate) fn all(document: &Document, cards: &[Card], writers: &Writers) -> Vec<Self> {
        let mut same: Vec<(ItemId, ItemId)> = Vec::new();
        let mut different: Vec<(ItemId, ItemId)> = Vec::new();
        let mut out: BTreeMap<ItemId, Self> = BTreeMap::new();
        for (id, item) in Item::all(document, "action") {
            for other in item.keys_under("same") {
                let key = format!("same/{other}");
                let Ok(other) = other.parse::<ItemId>() else { continue };
                let rule = schema::field(document.kind, "action", &key).map_or("", |f| f.rule);
                match shown_value(rule, &item.values(&key)) {
                    Some(Scalar::Flag(true)) => same.push((other, id)),
                    Some(Scalar::Flag(false)) => different.push((other, id)),
                    _ => {}
                }
            }
            out.insert(id, Self::of(document, id, &item, cards, writers));
        }
        for (a, b) in different {
            for (x, y) in [(a, b), (b, a)] {
                if let Some(view) = out.get_mut(&x) {
                    view.not_same.push(y);
                }
            }
        }
        join(&mut out, &same);
        let mut out: Vec<Self> = out.into_values().collect();
        out.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
        out
    }

    fn of(document: &Document, id: ItemId, item: &Item<'_>, cards: &[Card], writers: &Writers) -> Self {
        let differ = differ(cards, Some(id));
        Self {
            id,
            document: document.id,
            text: item.text_of("text"),
            owners: item.keys_under("owners").iter().filter_map(|p| p.parse().ok()).collect(),
            due: item.earliest("due"),
            kind: item.some("type"),
            from: item.some("from").and_then(|f| f.parse().ok()),
            done: item.ticks("done"),
            same_as: None,
            merged: Vec::new(),
            not_same: Vec::new(),
            rank: item.text_of("rank"),
            alive: item.is_alive(),
            kept: item.is_kept(),
            cards: differ.len(),
            differ,
            provenance: Provenance::of(item, writers),
        }
    }

    /// The words a search finds it by.
    pub(crate) fn search(&self) -> String {
        [Some(self.text.as_str()), self.kind.as_deref()].into_iter().flatten().collect::<Vec<_>>().join("\n")
    }
}

/// Joins living actions that are the same thing: the smallest id stands for all and takes over their owners and ticks.
fn join(views: &mut BTreeMap<ItemId, ActionView>, same: &[(ItemId, ItemId)]) {
    let lives = |views: &BTreeMap<ItemId, ActionView>, id: &ItemId| views.get(id).is_some_and(|v| v.alive);
    let mut groups: Vec<BTreeSet<ItemId>> = Vec::new();
    for (a, b) in same {
        if !lives(views, a) || !lives(views, b) {
            continue;
        }
        let mut group = BTreeSet::from([*a, *b]);
        groups.retain(|g| {
            let meets = !g.is_disjoint(&group);
            if meets {
                group.extend(g);
            }
            !meets
        });
        groups.push(group);
    }
    for group in groups {
        let Some(small) = group.first().copied() else { continue };
        for other in group.iter().skip(1) {
            let Some((owners, done)) = views.get(other).map(|o| (o.owners.clone(), o.done.clone())) else { continue };
            if let Some(view) = views.get_mut(other) {
                view.same_as = Some(small);
            }
            if let Some(view) = views.get_mut(&small) {
                view.merged.push(*other);
                view.owners.extend(owners);
                view.owners.sort_unstable();
                view.owners.dedup();
                view.done.extend(done.into_iter().filter(|d| !view.done.contains(d)).collect::<Vec<_>>());
            }
        }
    }
}
