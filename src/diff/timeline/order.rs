//! What comes before or after others than it did.
//!
//! In: pairs of places, before and after. Out: the pairs that moved. Invariant: the same pairs with
//! their places swapped give the same answer, so that a change and its reversal move the same steps.

use std::collections::{BTreeMap, BTreeSet};

/// Of pairs in the order of their first places, the first places of those that moved: the ones that
/// can be left out so that as many as possible stay in their order. Where it is open which of some
/// moved, such as when two changed places, those did that come at another time (`is_retimed`, asked
/// with the first place); if none or all do, all of them.
pub(super) fn moved(
    pairs: &[(usize, usize)],
    is_retimed: impl Fn(usize) -> bool,
) -> BTreeSet<usize> {
    let forward: Vec<usize> = pairs.iter().map(|it| it.1).collect();
    let up_to = longest_rises(&forward);
    // What rises read backwards and upside down are the rises that begin at a place.
    let most = forward.iter().copied().max().unwrap_or_default();
    let backward: Vec<usize> = forward.iter().rev().map(|it| most - it).collect();
    let mut from = longest_rises(&backward);
    from.reverse();
    let longest = up_to.iter().copied().max().unwrap_or_default();
    let mut moved = BTreeSet::new();
    // Of those with the same number of others before them, one can stay.
    let mut rivals: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for ((pair, before), after) in pairs.iter().zip(&up_to).zip(&from) {
        if before + after == longest + 1 {
            rivals.entry(*before).or_default().push(pair.0);
        } else {
            moved.insert(pair.0);
        }
    }
    for all in rivals.values().filter(|it| it.len() > 1) {
        let retimed: Vec<usize> = all.iter().copied().filter(|it| is_retimed(*it)).collect();
        moved.extend(if retimed.is_empty() { all } else { &retimed });
    }
    moved
}

/// For each number how long the longest rising row is that ends with it.
fn longest_rises(numbers: &[usize]) -> Vec<usize> {
    // The smallest number with which a row of each length can end.
    let mut ends: Vec<usize> = Vec::new();
    let lengths = numbers.iter().map(|number| {
        let at = ends.partition_point(|it| it < number);
        match ends.get_mut(at) {
            Some(end) => *end = *number,
            None => ends.push(*number),
        }
        at + 1
    });
    lengths.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved_in(order: &[usize]) -> Vec<usize> {
        let pairs: Vec<(usize, usize)> = order.iter().copied().enumerate().collect();
        moved(&pairs, |_| false).into_iter().collect()
    }

    #[test]
    fn one_that_jumps_has_moved_and_the_others_have_not() {
        assert_eq!(moved_in(&[0, 1, 2, 3]), Vec::<usize>::new());
        assert_eq!(moved_in(&[3, 0, 1, 2]), [0]);
        assert_eq!(moved_in(&[1, 2, 3, 0]), [3]);
        assert_eq!(moved_in(&[0, 4, 1, 2, 3]), [1]);
        assert_eq!(moved_in(&[]), Vec::<usize>::new());
    }

    #[test]
    fn of_two_that_changed_places_both_have_moved() {
        assert_eq!(moved_in(&[1, 0]), [0, 1]);
        assert_eq!(moved_in(&[0, 2, 1, 3]), [1, 2]);
    }

    #[test]
    fn of_two_that_changed_places_the_one_that_comes_at_another_time_has_moved() {
        let pairs = [(0, 0), (1, 2), (2, 1), (3, 3)];
        assert_eq!(moved(&pairs, |it| it == 1), BTreeSet::from([1]));
        assert_eq!(moved(&pairs, |_| true), BTreeSet::from([1, 2]));
    }

    #[test]
    fn a_reversal_moves_the_same() {
        for order in [
            [2, 0, 1, 4, 3],
            [4, 3, 2, 1, 0],
            [1, 0, 4, 2, 3],
            [3, 4, 0, 1, 2],
        ] {
            let pairs: Vec<(usize, usize)> = order.iter().copied().enumerate().collect();
            let mut back: Vec<(usize, usize)> = pairs.iter().map(|it| (it.1, it.0)).collect();
            back.sort_unstable();
            let there = moved(&pairs, |_| false);
            let moved_back: BTreeSet<usize> = moved(&back, |_| false);
            let seen: BTreeSet<usize> = there.iter().map(|it| order[*it]).collect();
            assert_eq!(moved_back, seen, "{order:?}");
        }
    }
}
