//! Sorted lists, and sets, in few instructions.
//!
//! The standard library compiles a sort of several kilobytes for every type that is sorted, and for every type of
//! which a set or a map is collected. In a module for the web, names and ids of a configuration are not worth that:
//! here they share one.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// `items` sorted by `compare`; those that compare equal keep their order.
pub(crate) fn sorted_by<T>(items: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let order = order(items.len(), &|left, right| match (items.get(left), items.get(right)) {
        (Some(left), Some(right)) => compare(left, right),
        _ => Ordering::Equal,
    });
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    let mut sorted = Vec::with_capacity(items.len());
    for position in order {
        sorted.extend(items.get_mut(position).and_then(Option::take));
    }
    sorted
}

/// `items` sorted.
pub(crate) fn sorted<T: Ord>(items: Vec<T>) -> Vec<T> {
    sorted_by(items, T::cmp)
}

/// The set of `items`.
pub(crate) fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    for item in items {
        set.insert(item);
    }
    set
}

/// The map of `entries`; of those with one key, the last.
pub(crate) fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in entries {
        map.insert(key, value);
    }
    map
}

/// The positions `0..len` in the order of what stands there.
#[inline(never)]
fn order(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..len).collect();
    positions.sort_unstable_by(|left, right| compare(*left, *right).then(left.cmp(right)));
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_as_the_standard_library_does() {
        let items: Vec<(u32, usize)> =
            (0..500_u32).map(|at| at.wrapping_mul(2_654_435_761) % 97).zip(0..).collect();
        let mut expected = items.clone();
        expected.sort();
        assert_eq!(sorted(items.clone()), expected);
        assert_eq!(sorted_by(items, |left, right| left.0.cmp(&right.0)), expected);
        assert!(sorted(Vec::<u8>::new()).is_empty());
    }

    #[test]
    fn collects_as_the_standard_library_does() {
        let items = ["b", "a", "b", "c"];
        assert_eq!(set(items), BTreeSet::from(items));
        let entries = [("b", 1), ("a", 2), ("b", 3)];
        assert_eq!(map(entries), BTreeMap::from(entries));
    }
}
