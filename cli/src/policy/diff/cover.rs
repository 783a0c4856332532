//! A set of combinations in few descriptions: each a region, some states of every dimension.

/// For each dimension, which of its states are meant.
pub(super) type Region = Vec<Vec<bool>>;

/// Boxes that together are the set, and how many of its combinations are in none of them.
pub(super) struct Cover {
    pub(super) regions: Vec<Region>,
    pub(super) left_out: usize,
}

/// The combinations of states of dimensions of these sizes, as numbers.
pub(super) struct Grid<'s> {
    sizes: &'s [usize],
}

impl<'s> Grid<'s> {
    pub(super) const fn of(sizes: &'s [usize]) -> Self {
        Self { sizes }
    }

    /// How many combinations there are, if that can be counted.
    pub(super) fn len(&self) -> Option<usize> {
        self.sizes.iter().try_fold(1_usize, |count, size| count.checked_mul(*size))
    }

    /// The states of combination number `cell`.
    pub(super) fn states(&self, mut cell: usize) -> Vec<usize> {
        let mut states = vec![0; self.sizes.len()];
        for (state, size) in states.iter_mut().zip(self.sizes).rev() {
            *state = cell % size;
            cell /= size;
        }
        states
    }

    /// Calls `each` with the combinations of a region until it answers false; whether it never did.
    fn all(&self, within: &Region, each: &mut impl FnMut(usize) -> bool) -> bool {
        let mut cells = vec![0_usize];
        for (size, states) in self.sizes.iter().zip(within) {
            let chosen: Vec<usize> =
                states.iter().enumerate().filter_map(|(state, is)| is.then_some(state)).collect();
            cells =
                cells.iter().flat_map(|cell| chosen.iter().map(move |state| cell * size + state)).collect();
        }
        cells.into_iter().all(each)
    }

    /// Covers the combinations that are `inside` by at most `max` regions, each as large as it can be.
    pub(super) fn cover(&self, inside: &[bool], max: usize) -> Cover {
        let mut covered = vec![false; inside.len()];
        let mut regions = Vec::new();
        while regions.len() < max {
            let Some(first) = (0..inside.len()).find(|cell| inside[*cell] && !covered[*cell]) else { break };
            let mut grown: Region =
                self.states(first).iter().zip(self.sizes).map(|(state, size)| only(*state, *size)).collect();
            for dimension in 0..self.sizes.len() {
                self.grow(&mut grown, dimension, inside);
            }
            self.all(&grown, &mut |cell| {
                covered[cell] = true;
                true
            });
            regions.push(grown);
        }
        let left_out = inside.iter().zip(&covered).filter(|(inside, covered)| **inside && !**covered).count();
        Cover { regions, left_out }
    }

    /// Adds every state of a dimension with which the region stays inside.
    fn grow(&self, within: &mut Region, dimension: usize, inside: &[bool]) {
        for state in 0..self.sizes[dimension] {
            if within[dimension][state] {
                continue;
            }
            let before = core::mem::replace(&mut within[dimension], only(state, self.sizes[dimension]));
            let fits = self.all(within, &mut |cell| inside[cell]);
            within[dimension] = before;
            within[dimension][state] = fits;
        }
    }
}

fn only(state: usize, size: usize) -> Vec<bool> {
    (0..size).map(|other| other == state).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(sizes: &[usize], inside: &[bool], max: usize) -> (Vec<bool>, Cover) {
        let grid = Grid::of(sizes);
        let cover = grid.cover(inside, max);
        let mut cells = vec![false; inside.len()];
        for one in &cover.regions {
            grid.all(one, &mut |cell| {
                cells[cell] = true;
                true
            });
        }
        (cells, cover)
    }

    #[test]
    fn every_set_is_covered_exactly() {
        let sizes = [2, 3, 2];
        for pattern in 0..1_u32 << 12 {
            let inside: Vec<bool> = (0..12).map(|bit| pattern >> bit & 1 == 1).collect();
            let (cells, cover) = covered(&sizes, &inside, 12);
            assert_eq!(cells, inside, "{pattern:b}");
            assert_eq!(cover.left_out, 0);
        }
    }

    #[test]
    fn one_of_two_groups_is_two_regions_that_overlap() {
        let (_, cover) = covered(&[2, 2], &[false, true, true, true], 8);
        assert_eq!(cover.regions, [vec![vec![true, true], only(1, 2)], vec![only(1, 2), vec![true, true]]]);
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let inside = [true, false, false, true];
        let (_, cover) = covered(&[2, 2], &inside, 1);
        assert_eq!((cover.regions.len(), cover.left_out), (1, 1));
    }
}
