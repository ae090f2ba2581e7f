//! Circles of things that start each other: Tarjan's components, and the fastest circle in each.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::Elapsed;

/// In how many places of one component circles are looked for; in a larger one some may be missed,
/// never all.
const MOST_STARTS: usize = 64;

/// One thing starts another.
#[derive(Debug)]
pub(crate) struct Link<'n, B> {
    /// What starts.
    pub(crate) from: &'n str,
    /// What is started.
    pub(crate) to: &'n str,
    /// The time between the two, at least.
    pub(crate) took: Elapsed,
    /// What says so.
    pub(crate) by: &'n B,
}

impl<B> Clone for Link<'_, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B> Copy for Link<'_, B> {}

/// For each component of things that start each other, its fastest circle, beginning with the name
/// that comes first in the alphabet.
pub(crate) fn circles<'n, B>(links: &[Link<'n, B>]) -> Vec<Vec<Link<'n, B>>> {
    let leaving = by_start(links);
    let mut res: Vec<Vec<Link<'n, B>>> = components(&leaving)
        .iter()
        .filter_map(|component| {
            let starts = component.iter().take(MOST_STARTS);
            let found = starts.filter_map(|it| fastest(&leaving, component, it));
            found.min_by_key(|it| (length(it), it.len(), it.first().map(|it| it.from)))
        })
        .collect();
    res.sort_by_key(|it| it.first().map(|it| it.from));
    res
}

/// The names that stand in any circle; linear in the links.
pub(crate) fn in_circles<'n, B>(links: &[Link<'n, B>]) -> BTreeSet<&'n str> {
    let leaving = by_start(links);
    let own = links.iter().filter(|it| it.from == it.to);
    let mut res: BTreeSet<&str> = own.map(|it| it.from).collect();
    let larger = components(&leaving).into_iter().filter(|it| it.len() > 1);
    res.extend(larger.flatten());
    res
}

type Leaving<'n, B> = BTreeMap<&'n str, Vec<Link<'n, B>>>;

fn by_start<'n, B>(links: &[Link<'n, B>]) -> Leaving<'n, B> {
    let mut leaving: Leaving<'n, B> = BTreeMap::new();
    for link in links {
        leaving.entry(link.from).or_default().push(*link);
    }
    leaving
}

fn components<'n, B>(leaving: &Leaving<'n, B>) -> Vec<BTreeSet<&'n str>> {
    let mut search = Search {
        leaving,
        numbers: BTreeMap::new(),
        stack: Vec::new(),
        on_stack: BTreeSet::new(),
        found: Vec::new(),
    };
    for name in leaving.keys() {
        if !search.numbers.contains_key(name) {
            search.go(name);
        }
    }
    search.found
}

fn length<B>(circle: &[Link<'_, B>]) -> Elapsed {
    circle.iter().fold(Elapsed::ZERO, |all, it| all + it.took)
}

/// The fastest way from a name back to itself, inside its component; after Dijkstra.
fn fastest<'n, B>(
    leaving: &Leaving<'n, B>,
    component: &BTreeSet<&'n str>,
    start: &'n str,
) -> Option<Vec<Link<'n, B>>> {
    let mut open: BTreeSet<(Elapsed, &str)> = BTreeSet::from([(Elapsed::ZERO, start)]);
    let mut times: BTreeMap<&str, Elapsed> = BTreeMap::new();
    let mut before: BTreeMap<&str, Link<'n, B>> = BTreeMap::new();
    while let Some((at, name)) = open.pop_first() {
        if name == start && before.contains_key(start) {
            let mut circle = Vec::new();
            let mut here = start;
            loop {
                let link = *before.get(here)?;
                circle.push(link);
                here = link.from;
                if here == start {
                    circle.reverse();
                    return Some(circle);
                }
            }
        }
        for link in leaving.get(name).into_iter().flatten() {
            if !component.contains(link.to) {
                continue;
            }
            let then = at + link.took;
            if times.get(link.to).is_none_or(|it| then < *it) {
                times.insert(link.to, then);
                before.insert(link.to, *link);
                open.insert((then, link.to));
            }
        }
    }
    None
}

/// Tarjan's search for components, with its own stack: chains of journeys can be long.
struct Search<'s, 'n, B> {
    leaving: &'s Leaving<'n, B>,
    /// For each name its number, and the lowest number that it leads to.
    numbers: BTreeMap<&'n str, (usize, usize)>,
    stack: Vec<&'n str>,
    on_stack: BTreeSet<&'n str>,
    found: Vec<BTreeSet<&'n str>>,
}

impl<'n, B> Search<'_, 'n, B> {
    fn go(&mut self, start: &'n str) {
        self.enter(start);
        let mut calls: Vec<(&'n str, usize)> = vec![(start, 0)];
        while let Some((name, at)) = calls.last().copied() {
            let next = self.leaving.get(name).and_then(|it| it.get(at));
            if let Some(call) = calls.last_mut() {
                call.1 += 1;
            }
            match next.map(|it| it.to) {
                Some(to) if !self.numbers.contains_key(to) => {
                    self.enter(to);
                    calls.push((to, 0));
                }
                Some(to) if self.on_stack.contains(to) => self.lower(name, self.number(to).0),
                Some(_) => {}
                None => {
                    calls.pop();
                    self.leave(name);
                    if let Some((caller, _)) = calls.last() {
                        self.lower(caller, self.number(name).1);
                    }
                }
            }
        }
    }

    fn number(&self, name: &str) -> (usize, usize) {
        self.numbers.get(name).copied().unwrap_or_default()
    }

    fn enter(&mut self, name: &'n str) {
        let number = self.numbers.len();
        self.numbers.insert(name, (number, number));
        self.stack.push(name);
        self.on_stack.insert(name);
    }

    fn lower(&mut self, name: &str, to: usize) {
        if let Some(it) = self.numbers.get_mut(name) {
            it.1 = it.1.min(to);
        }
    }

    fn leave(&mut self, name: &'n str) {
        let (number, low) = self.number(name);
        if number != low {
            return;
        }
        let mut component = BTreeSet::new();
        while let Some(it) = self.stack.pop() {
            self.on_stack.remove(it);
            component.insert(it);
            if it == name {
                break;
            }
        }
        self.found.push(component);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_component_shows_its_fastest_circle() {
        let links: Vec<Link<'_, ()>> = [
            ("a", "b", 3),
            ("b", "c", 1),
            ("c", "a", 1),
            ("b", "a", 9),
            ("c", "d", 0),
            ("d", "d", 2),
            ("e", "a", 0),
        ]
        .into_iter()
        .map(|(from, to, hours)| Link {
            from,
            to,
            took: Elapsed::hours(hours),
            by: &(),
        })
        .collect();
        let told: Vec<String> = circles(&links)
            .iter()
            .map(|it| it.iter().map(|it| it.from).collect())
            .collect();
        assert_eq!(told, ["abc", "d"]);
        assert_eq!(in_circles(&links), BTreeSet::from(["a", "b", "c", "d"]));
    }
}
