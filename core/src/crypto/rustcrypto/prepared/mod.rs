//! Keys that are used again and again: tables of multiples, with which a verification needs no doublings.
//!
//! A signature is verified by `a·B + b·Q`, with the generator `B` and the key's point `Q`. Tables hold the multiples of
//! both by every digit at every place, so that the sum is one addition for each digit. Everything here is public: key,
//! message and signature. Variable time gives nothing away, and no secret may be passed in.
//!
//! Tables are built in two steps, small and large. The generator's are shared by all keys of the process. Whoever
//! builds waits; all others go on with what there is, so that no lock is needed.

mod budget;
mod digits;
pub(super) mod ed25519;
pub(super) mod p256;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;

use once_cell::race::OnceBox;

use budget::Room;

/// The multiples of one point.
pub(super) trait Multiples: Sized + Send + Sync + 'static {
    /// What they are multiples of.
    type Point;

    /// Digits in bits, small and large.
    const WIDTHS: [u32; 2];

    /// Memory for digits of `width` bits.
    fn bytes(width: u32) -> usize;

    /// Computes them; `None` when the point is not of the curve's order, which an imported key's is.
    fn build(point: &Self::Point, width: u32) -> Option<Self>;

    /// Those of the generator.
    fn of_generator() -> &'static Tables<Self>;

    /// The generator.
    fn generator() -> Self::Point;
}

/// The tables of one point, as far as they were built.
pub(super) struct Tables<T> {
    small: OnceBox<(T, Room)>,
    large: OnceBox<(T, Room)>,
}

impl<T: Multiples> Tables<T> {
    /// None yet.
    pub(super) const fn new() -> Self {
        Self { small: OnceBox::new(), large: OnceBox::new() }
    }

    /// The largest.
    fn best(&self) -> Option<&T> {
        self.large.get().or_else(|| self.small.get()).map(|(table, _)| table)
    }

    /// The largest of the generator and of this key; nothing while one of them has none.
    pub(super) fn pair(&self) -> Option<(&'static T, &T)> {
        self.best().and_then(|own| Some((T::of_generator().best()?, own)))
    }

    /// Builds the next step for a key and, when the process had none so far, for the generator. Nothing when there is
    /// no next step, or no room for it.
    pub(super) fn grow(&self, point: &T::Point) {
        let [small, large] = T::WIDTHS;
        let (width, slot, of_generator) = match (self.small.get(), self.large.get()) {
            (None, _) => (small, &self.small, &T::of_generator().small),
            (Some(_), None) => (large, &self.large, &T::of_generator().large),
            (Some(_), Some(_)) => return,
        };
        let room =
            if width == small { Room::for_small(T::bytes(width)) } else { Room::for_large(T::bytes(width)) };
        let Some(room) = room else { return };
        if of_generator.get().is_none() {
            fill(of_generator, &T::generator(), width, Room::NONE);
        }
        fill(slot, point, width, room);
    }
}

/// Of several who fill one slot at a time, one is heard.
fn fill<T: Multiples>(slot: &OnceBox<(T, Room)>, point: &T::Point, width: u32, room: Room) {
    if let Some(table) = T::build(point, width) {
        let _ = slot.set(Box::new((table, room)));
    }
}
