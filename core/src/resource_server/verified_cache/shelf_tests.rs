//! What stays, what goes, and that numbers name one thing each.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::shelf::{Digest, MOST_KEPT, PLACES, Shelf};
use crate::crypto::sha256;

fn digest(name: u32) -> Digest {
    sha256(&name.to_be_bytes())
}

fn holds(shelf: &mut Shelf<u32>, name: u32) -> bool {
    let found = shelf.find(&digest(name)).map(|(value, _)| *value);
    assert!(found.is_none_or(|value| value == name));
    found.is_some()
}

#[test]
fn what_is_used_once_does_not_push_out_what_is_used_again() {
    let mut shelf = Shelf::new(100);
    for hot in 0..80 {
        shelf.keep(digest(hot), hot);
        holds(&mut shelf, hot);
    }
    for once in 1000..100_000 {
        shelf.keep(digest(once), once);
        if once % 50 == 0 {
            assert!((0..80).all(|hot| holds(&mut shelf, hot)), "after {once}");
        }
    }
    assert_eq!(shelf.len(), 100);
}

#[test]
fn no_number_is_beyond_what_javascript_has() {
    let mut shelf = Shelf::new(2);
    shelf.kept = MOST_KEPT - 2;
    let numbers = [1, 2].map(|name| shelf.keep(digest(name), name));
    assert!(numbers.iter().flatten().all(|number| *number < 1 << 53));
    assert!(numbers.iter().all(Option::is_some) && numbers[0] != numbers[1]);
    assert_eq!([1, 3].map(|name| shelf.keep(digest(name), name)), [None, None]);
    assert!(holds(&mut shelf, 1) && holds(&mut shelf, 2));
}

#[test]
fn what_comes_back_soon_after_it_left_is_kept() {
    let mut shelf = Shelf::new(20);
    for name in 0..40 {
        shelf.keep(digest(name), name);
    }
    let left = (0..40).find(|name| !holds(&mut shelf.clone(), *name)).unwrap();
    shelf.keep(digest(left), left);
    for once in 1000..1015 {
        shelf.keep(digest(once), once);
    }
    assert!(holds(&mut shelf, left));
}

#[test]
fn what_was_removed_and_kept_again_does_not_leave_with_its_first_place() {
    let mut shelf = Shelf::new(4);
    shelf.keep(digest(1), 1);
    shelf.remove(&digest(1));
    for name in [1, 2, 3, 4] {
        shelf.keep(digest(name), name);
        assert!(holds(&mut shelf, name));
    }
    // The fourth found the place of the first, which had passed: there is room for all.
    assert!((1..=4).all(|name| holds(&mut shelf, name)));
    assert_eq!(shelf.len(), 4);
}

#[test]
fn a_shelf_without_room_keeps_nothing() {
    let mut shelf = Shelf::new(0);
    assert_eq!(shelf.keep(digest(1), 1), None);
    assert!(!holds(&mut shelf, 1));
    let mut one = Shelf::new(1);
    for name in 0..10 {
        assert!(one.keep(digest(name), name).is_some());
        assert!(holds(&mut one, name) && one.len() == 1);
    }
    assert_eq!(Shelf::<u32>::new(usize::MAX).capacity() as u64, PLACES);
}

#[derive(Clone, Debug)]
enum Step {
    Keep(u32),
    Find(u32),
    Remove(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let name = 0u32..60;
    let step = prop_oneof![
        name.clone().prop_map(Step::Keep),
        name.clone().prop_map(Step::Find),
        name.prop_map(Step::Remove),
    ];
    prop::collection::vec(step, 0..150)
}

proptest! {
    #[test]
    fn it_is_a_map_that_forgets(capacity in 1usize..20, steps in steps()) {
        let mut shelf = Shelf::new(capacity);
        // The number of what was kept last under each name, until it was removed.
        let mut numbers: BTreeMap<u32, u64> = BTreeMap::new();
        let mut given = Vec::new();
        for step in steps {
            match step {
                Step::Keep(name) => {
                    let number = shelf.keep(digest(name), name).unwrap();
                    prop_assert!(!given.contains(&number));
                    prop_assert!(number % PLACES < capacity as u64);
                    given.push(number);
                    numbers.insert(name, number);
                    // What was just kept is there, and nothing else is in its place.
                    prop_assert_eq!(shelf.find(&digest(name)), Some((&name, number)));
                }
                Step::Find(name) => {
                    if let Some((value, number)) = shelf.find(&digest(name)) {
                        prop_assert_eq!((*value, Some(&number)), (name, numbers.get(&name)));
                    }
                }
                Step::Remove(name) => {
                    shelf.remove(&digest(name));
                    numbers.remove(&name);
                    prop_assert_eq!(shelf.find(&digest(name)), None);
                }
            }
            let there: Vec<u64> = numbers.keys().filter_map(|name| {
                shelf.clone().find(&digest(*name)).map(|(_, number)| number % PLACES)
            }).collect();
            prop_assert_eq!(there.len(), shelf.len());
            prop_assert!(shelf.len() <= capacity);
            prop_assert!(there.iter().enumerate().all(|(index, place)| !there[..index].contains(place)));
        }
    }
}
