//! Names as numbers: a sorted list of distinct values, each known by its place.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::borrow::Borrow;

use crate::ordered::sorted;

/// A position as a number. A document is too small to have positions beyond 32 bits.
pub(super) fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Distinct values in ascending order.
#[derive(Debug)]
pub(super) struct Table<T>(Box<[T]>);

impl<T: Ord + Clone> Table<T> {
    pub(super) fn of<'a>(values: impl Iterator<Item = &'a T>) -> Self
    where
        T: 'a,
    {
        let mut values: Vec<&T> = sorted(values.collect());
        values.dedup();
        Self(values.into_iter().cloned().collect())
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of a value, if the table has it.
    pub(super) fn number_of<Q: Ord + ?Sized>(&self, value: &Q) -> Option<u32>
    where
        T: Borrow<Q>,
    {
        self.0.binary_search_by(|known| known.borrow().cmp(value)).ok().map(number)
    }

    /// The numbers of those of some ascending values that the table has, ascending.
    pub(super) fn numbers_of_ascending<'a>(&self, values: impl Iterator<Item = &'a T>) -> Vec<u32>
    where
        T: 'a,
    {
        let mut numbers = Vec::new();
        let (mut rest, mut start) = (&*self.0, 0_usize);
        for value in values {
            // What is before one value is before the next.
            let (Ok(at) | Err(at)) = rest.binary_search(value);
            start = start.saturating_add(at);
            rest = rest.get(at..).unwrap_or_default();
            if rest.first() == Some(value) {
                numbers.push(number(start));
            }
        }
        numbers
    }

    /// The value with this number.
    pub(super) fn value(&self, number: u32) -> Option<&T> {
        self.0.get(number as usize)
    }

    /// The numbers of those values that the table has, sorted and distinct.
    pub(super) fn numbers<'a>(&self, values: impl IntoIterator<Item = &'a T>) -> Box<[u32]>
    where
        T: 'a,
    {
        let mut numbers: Vec<u32> =
            values.into_iter().filter_map(|value| self.number_of::<T>(value)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into()
    }
}
