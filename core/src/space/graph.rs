//! The past of each statement in a log: ancestor sets as bits, computed once a fold.

use std::collections::{BTreeMap, BTreeSet};

use super::statement::Statement;
use crate::id::StatementId;

/// A set of statements by index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    pub(crate) fn new(n: usize) -> Self {
        Self(vec![0; n.div_ceil(64)])
    }

    pub(crate) fn full(n: usize) -> Self {
        let mut all = Self::new(n);
        (0..n).for_each(|i| all.insert(i));
        all
    }

    pub(crate) fn insert(&mut self, i: usize) {
        if let Some(word) = self.0.get_mut(i / 64) {
            *word |= 1 << (i % 64);
        }
    }

    pub(crate) fn contains(&self, i: usize) -> bool {
        self.0.get(i / 64).is_some_and(|word| word >> (i % 64) & 1 == 1)
    }

    pub(crate) fn union(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }
}

/// Statements whose whole past is held, parents before children, indexed in that order.
pub(crate) struct Graph<'a> {
    /// By (depth, id); the genesis is 0.
    pub(crate) statements: Vec<&'a Statement>,
    /// What each rests on, itself excluded.
    pub(crate) past: Vec<Bits>,
    pub(crate) index: BTreeMap<StatementId, usize>,
    /// Held, but something in their past is not.
    pub(crate) waiting: BTreeSet<StatementId>,
}

impl<'a> Graph<'a> {
    /// Of the statements given, those of the log that begins with `genesis`; duplicates and other logs are passed over.
    /// `None` if the genesis is not among them.
    pub(crate) fn new(genesis: StatementId, given: impl IntoIterator<Item = &'a Statement>) -> Option<Self> {
        let all: BTreeMap<StatementId, &'a Statement> = given.into_iter().filter(|s| s.log() == genesis.0).map(|s| (s.id(), s)).collect();
        all.get(&genesis)?;
        let mut children: BTreeMap<StatementId, Vec<StatementId>> = BTreeMap::new();
        let mut missing: BTreeMap<StatementId, usize> = BTreeMap::new();
        for (id, s) in &all {
            missing.insert(*id, s.parents().len());
            s.parents().iter().for_each(|p| children.entry(*p).or_default().push(*id));
        }
        // Level by level: a statement is reached when the last of its parents is, which is the deepest.
        let mut level = vec![genesis];
        let mut order = Vec::with_capacity(all.len());
        while !level.is_empty() {
            level.sort_unstable();
            let mut next = Vec::new();
            for id in &level {
                order.push(*id);
                for child in children.get(id).into_iter().flatten() {
                    if let Some(n) = missing.get_mut(child) {
                        *n -= 1;
                        if *n == 0 {
                            next.push(*child);
                        }
                    }
                }
            }
            level = next;
        }
        let index: BTreeMap<StatementId, usize> = order.iter().enumerate().map(|(i, id)| (*id, i)).collect();
        let statements: Vec<&Statement> = order.iter().filter_map(|id| all.get(id).copied()).collect();
        let mut past: Vec<Bits> = Vec::with_capacity(statements.len());
        for s in &statements {
            let mut bits = Bits::new(statements.len());
            for parent in s.parents().iter().filter_map(|p| index.get(p).copied()) {
                bits.insert(parent);
                if let Some(before) = past.get(parent) {
                    bits.union(before);
                }
            }
            past.push(bits);
        }
        let waiting = all.keys().filter(|id| !index.contains_key(id)).copied().collect();
        Some(Self { statements, past, index, waiting })
    }

    /// Whether `a` is in the past of `b`.
    pub(crate) fn before(&self, a: usize, b: usize) -> bool {
        self.past.get(b).is_some_and(|past| past.contains(a))
    }

    /// Whether neither saw the other.
    pub(crate) fn concurrent(&self, a: usize, b: usize) -> bool {
        a != b && !self.before(a, b) && !self.before(b, a)
    }

    pub(crate) fn len(&self) -> usize {
        self.statements.len()
    }

    /// Statements of a set that no other of the set rests on, by id.
    pub(crate) fn heads(&self, set: impl Fn(usize) -> bool) -> Vec<StatementId> {
        let mut covered = Bits::new(self.len());
        (0..self.len()).filter(|i| set(*i)).filter_map(|i| self.past.get(i)).for_each(|past| covered.union(past));
        let mut heads: Vec<StatementId> =
            (0..self.len()).filter(|i| set(*i) && !covered.contains(*i)).filter_map(|i| self.statements.get(i).map(|s| s.id())).collect();
        heads.sort_unstable();
        heads
    }
}
