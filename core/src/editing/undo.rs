//! A unit: what one undo takes back, a person's own burst of typing. A unit is no list of positions: the letters it put in and took out say so
//! themselves (see [`super::pieces`]), wherever they have moved to meanwhile.

/// Most units that can be undone; older ones are forgotten.
const MOST: usize = 200;

/// The number of a unit within its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Unit(u64);

/// What was done and undone, each newest last.
#[derive(Debug, Clone, Default)]
pub(super) struct Undo {
    done: Vec<Unit>,
    undone: Vec<Unit>,
    next: u64,
}

impl Undo {
    /// Begins a unit; what was undone cannot be done again after it.
    pub fn begin(&mut self) -> Unit {
        let unit = Unit(self.next);
        self.next += 1;
        self.undone.clear();
        self.done.push(unit);
        if self.done.len() > MOST {
            self.done.remove(0);
        }
        unit
    }

    /// The unit that is being typed.
    pub fn last(&self) -> Option<Unit> {
        self.done.last().copied().filter(|_| self.undone.is_empty())
    }

    /// Takes the newest unit back.
    pub fn undo(&mut self) -> Option<Unit> {
        let unit = self.done.pop()?;
        self.undone.push(unit);
        Some(unit)
    }

    /// Does the unit again that was taken back last.
    pub fn redo(&mut self) -> Option<Unit> {
        let unit = self.undone.pop()?;
        self.done.push(unit);
        Some(unit)
    }

    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Whether a unit may still be undone or done again. Both lists rise from their ends inwards, so a few comparisons would do; they are short.
    pub fn is_live(&self, unit: Unit) -> bool {
        self.done.binary_search(&unit).is_ok() || self.undone.contains(&unit)
    }
}
