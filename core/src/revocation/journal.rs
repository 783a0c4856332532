//! Which entries changed lately, so that a copy can be told of those alone.

use alloc::collections::VecDeque;

use super::name::Name;

/// How many changes are remembered: as many as a copy that is asked for every few seconds can miss.
const CHANGES: usize = 8192;
/// Of a copy's entry whose number its list has not told yet: it is part of every delta.
const NOT_NUMBERED: u64 = u64::MAX;

/// Changes and their numbers, the oldest first.
#[derive(Clone, Debug)]
pub(super) struct Journal {
    changes: VecDeque<(u64, Name)>,
    /// Every change after this number is here.
    complete_after: u64,
}

impl Journal {
    pub(super) const fn new() -> Self {
        Self { changes: VecDeque::new(), complete_after: 0 }
    }

    /// A change that got this number.
    pub(super) fn note(&mut self, number: u64, name: Name) {
        if self.changes.len() >= CHANGES {
            let dropped = self.changes.pop_front().map_or(0, |(number, _)| number);
            self.complete_after = self.complete_after.max(dropped);
        }
        self.changes.push_back((number, name));
    }

    /// A change whose number is told later.
    pub(super) fn note_unnumbered(&mut self, name: Name) {
        self.note(NOT_NUMBERED, name);
    }

    /// What has no number yet has one up to `number`.
    pub(super) fn number(&mut self, number: u64) {
        for (known, _) in self.changes.iter_mut().rev().take_while(|(known, _)| *known == NOT_NUMBERED) {
            *known = number;
        }
        if self.complete_after == NOT_NUMBERED {
            self.complete_after = number;
        }
    }

    /// Forgets everything: nothing is known of the changes up to `number`.
    pub(super) fn start_after(&mut self, number: u64) {
        self.changes.clear();
        self.complete_after = number;
    }

    /// The changes after `number`, one name maybe twice; `None` when some of them are no longer known.
    pub(super) fn since(&self, number: u64) -> Option<impl Iterator<Item = Name>> {
        let changes = self.changes.iter().filter(move |(known, _)| *known > number).map(|(_, name)| *name);
        (number >= self.complete_after).then_some(changes)
    }
}
