//! Rules that the simulation turns off, one at a time, to show that it would miss them. Without the feature `testing` every rule always holds.

/// A rule that can be turned off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// A device that was copied or set back takes a new incarnation.
    Incarnations,
    /// Records past a gap are not kept.
    Contiguity,
    /// What was acknowledged is in the transaction that took it in, and that is durable.
    DurableFirst,
    /// What stands in a forked lane is issued again.
    IssuingAgain,
    /// What a counting change depends on counts too, past a cut as well.
    CutDependencies,
    /// An epoch is right only if its maker is a current device.
    EpochMaker,
    /// An event's id is computed from its bytes and its author's device.
    EventId,
}

#[cfg(feature = "testing")]
thread_local! {
    static OFF: std::cell::Cell<Option<Switch>> = const { std::cell::Cell::new(None) };
}

/// Testing: from now on this rule does not hold in this thread, until another is named.
#[cfg(feature = "testing")]
pub fn turn_off(rule: Option<Switch>) {
    OFF.set(rule);
}

/// Whether a rule holds.
#[cfg(feature = "testing")]
pub(crate) fn holds(rule: Switch) -> bool {
    OFF.get() != Some(rule)
}

/// Whether a rule holds: always.
#[cfg(not(feature = "testing"))]
pub(crate) const fn holds(_: Switch) -> bool {
    true
}
