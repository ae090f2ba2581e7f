//! The operators against the list of all paths, on many small random journeys.
//!
//! Here repetitions are unrolled, round by round, and times are added up edge by edge; nothing is
//! shared with the passes but the graph itself.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;

use super::fixture::{journey, project};
use super::*;

pub(super) const JOURNEYS: u64 = 200;
const MOST_PATHS: usize = 400;

/// A path from the entry to an end: each node with the edge that led there.
pub(super) type Walk = Vec<Visit>;
pub(super) type Visit = (Option<EdgeId>, NodeId);

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % limit
    }

    fn pick<'t>(&mut self, words: &[&'t str]) -> &'t str {
        words[usize::try_from(self.below(words.len() as u64)).unwrap()]
    }
}

struct Writer {
    random: Random,
    text: String,
    names: u32,
    left: u32,
}

impl Writer {
    fn steps(&mut self, indent: usize, depth: u32) {
        let wanted = 1 + self.random.below(3);
        let before = self.names;
        for _ in 0..wanted {
            if self.left == 0 && self.names > before {
                break;
            }
            self.step(indent, depth);
        }
    }

    fn step(&mut self, indent: usize, depth: u32) {
        self.left = self.left.saturating_sub(1);
        self.names += 1;
        let (pad, id) = (" ".repeat(indent), self.names);
        let event = self.random.pick(&["order_delivered", "order_refunded"]);
        let time = self.random.pick(&["1h", "5h", "1d", "3d", "1bd", "0m"]);
        let inner = depth < 3 && self.left > 0;
        match self.random.below(if inner { 12 } else { 6 }) {
            0 | 1 => {
                let unless = self.random.pick(&[
                    "",
                    ", unless: 'contact.did(\"order_refunded\", since=entry)'",
                    ", if: 'contact.did(\"order_delivered\", since=entry)'",
                ]);
                let purpose = self.random.pick(&["offer", "wow"]);
                let class = self.random.pick(&["commercial", "transactional"]);
                let _ = writeln!(
                    self.text,
                    "{pad}- send: {{id: s{id}, template: t, purpose: {purpose}, class: {class}{unless}}}"
                );
            }
            2 => {
                let _ = writeln!(
                    self.text,
                    "{pad}- touch: {{id: s{id}, channel: sms, purpose: wow}}"
                );
            }
            3 | 4 => {
                let _ = writeln!(self.text, "{pad}- wait: {{id: s{id}, for: {time}}}");
            }
            5 => {
                let step = if self.random.below(4) == 0 {
                    "exit: out"
                } else {
                    "wait: 2h"
                };
                let _ = writeln!(self.text, "{pad}- {step}");
            }
            6 | 7 => {
                let timeout = if self.random.below(5) == 0 {
                    String::new()
                } else {
                    format!("timeout: {time}, ")
                };
                let _ = writeln!(
                    self.text,
                    "{pad}- wait_for:\n{pad}    {{id: s{id}, event: {event}, {timeout}on_timeout: ["
                );
                self.flow(depth);
                let _ = writeln!(self.text, "{pad}    ]}}");
            }
            8 | 9 => {
                let _ = writeln!(
                    self.text,
                    "{pad}- branch:\n{pad}    id: s{id}\n{pad}    when:\n{pad}      - if: 'contact.did(\"{event}\", since=entry)'\n{pad}        steps:"
                );
                self.steps(indent + 10, depth + 1);
                if self.random.below(2) == 0 {
                    let _ = writeln!(self.text, "{pad}    else:");
                    self.steps(indent + 6, depth + 1);
                }
            }
            _ => {
                let times = 1 + self.random.below(3);
                let until = self
                    .random
                    .pick(&["", "\n    until: contact.x == 1"])
                    .replace('\n', &format!("\n{pad}"));
                let _ = writeln!(
                    self.text,
                    "{pad}- repeat:\n{pad}    id: s{id}\n{pad}    times: {times}\n{pad}    every: {time}{until}\n{pad}    steps:"
                );
                self.steps(indent + 6, depth + 1);
            }
        }
    }

    /// Steps inside brackets.
    fn flow(&mut self, depth: u32) {
        if depth < 3 && self.random.below(3) > 0 {
            self.names += 1;
            let _ = writeln!(
                self.text,
                "      {{task: {{id: s{}, channel: phone}}}}, {{wait: 4h}},",
                self.names
            );
        }
        if self.random.below(3) == 0 {
            self.text += "      {exit: gone}\n";
        }
    }
}

pub(super) fn random_journey(seed: u64) -> String {
    let mut writer = Writer {
        random: Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
        text: String::new(),
        names: 0,
        left: 7,
    };
    for _ in 0..3 {
        writer.steps(2, 0);
    }
    writer.text
}

/// Every path, repetitions unrolled; nothing if there are too many.
pub(super) fn walks(graph: &Graph<'_>) -> Option<Vec<Walk>> {
    let mut done = Vec::new();
    let mut open = vec![(vec![(None, graph.entry())], Vec::<u32>::new())];
    while let Some((walk, rounds)) = open.pop() {
        let (_, at) = *walk.last().unwrap();
        if graph.node(at).is_terminal() {
            done.push(walk);
            if done.len() > MOST_PATHS {
                return None;
            }
            continue;
        }
        for (id, edge) in graph.leaving(at) {
            let mut rounds = rounds.clone();
            match edge.kind {
                EdgeKind::Again(own) => {
                    if rounds.last() == Some(&graph.repetition(own).times) {
                        continue;
                    }
                    *rounds.last_mut().unwrap() += 1;
                }
                EdgeKind::Rounds(own) => {
                    let it = graph.repetition(own);
                    if rounds.last() != Some(&it.times) {
                        continue;
                    }
                    rounds.pop();
                }
                EdgeKind::Until(own) => {
                    if rounds.last() == Some(&graph.repetition(own).times) {
                        continue;
                    }
                    rounds.pop();
                }
                _ => {}
            }
            let again = matches!(edge.kind, EdgeKind::Again(_));
            if matches!(graph.node(edge.to).kind, NodeKind::Repeat(_)) && !again {
                rounds.push(1);
            }
            let mut walk = walk.clone();
            walk.push((Some(id), edge.to));
            open.push((walk, rounds));
        }
    }
    Some(done)
}

/// How long a part of a path takes: the edges into all its nodes but the first.
fn took(graph: &Graph<'_>, part: &[Visit]) -> Interval {
    sum(graph, part.iter().skip(1).filter_map(|it| it.0))
}

fn sum(graph: &Graph<'_>, edges: impl Iterator<Item = EdgeId>) -> Interval {
    let mut all = Stretch::ZERO;
    for id in edges {
        let edge = graph.edge(id);
        if !matches!(edge.kind, EdgeKind::Rounds(_)) {
            all.nominal = all.nominal + edge.stretch.nominal;
            all.early |= edge.stretch.early;
            all.late |= edge.stretch.late;
        }
    }
    all.elapsed()
}

struct Case<'c, 'm> {
    text: &'c str,
    graph: &'c Graph<'m>,
    walks: &'c [Walk],
}

impl Case<'_, '_> {
    fn times(&self) {
        let graph = self.graph;
        for (id, _) in graph.nodes() {
            let parts = self.walks.iter().flat_map(|walk| {
                let here = walk.iter().enumerate().filter(move |(_, it)| it.1 == id);
                here.map(|(at, _)| &walk[..=at])
            });
            let expected = parts.clone().map(|it| took(graph, it)).reduce(Interval::or);
            assert_eq!(graph.offset(id), expected, "{id:?}\n{}", self.text);
            for (other, _) in graph.nodes().filter(|_| expected.is_some()) {
                let always = parts
                    .clone()
                    .all(|it| it.iter().any(|stop| stop.1 == other));
                assert_eq!(
                    graph.dominates(other, id),
                    always,
                    "{other:?} {id:?}\n{}",
                    self.text
                );
            }
            let Some(expected) = expected else { continue };
            let shortest = graph.path_to(id, By::Shortest).unwrap();
            let longest = graph.path_to(id, By::Longest).unwrap();
            assert_eq!(
                shortest.length(),
                Bound::Finite(expected.lo),
                "{}",
                self.text
            );
            assert_eq!(longest.length(), expected.hi, "{}", self.text);
            self.connected(&shortest);
            self.connected(&longest);
        }
    }

    /// Each stop follows from the one before, and time never runs back by more than a clock's hour.
    fn connected(&self, path: &Path) {
        for pair in path.stops.windows(2) {
            let ends = pair[1]
                .via
                .map(|it| (self.graph.edge(it).from, self.graph.edge(it).to));
            let stays = (pair[0].node, pair[0].node);
            assert_eq!(
                ends.unwrap_or(stays),
                (pair[0].node, pair[1].node),
                "{}",
                self.text
            );
            let slack = Bound::Finite(Elapsed::HOUR);
            assert!(pair[0].at <= pair[1].at + slack, "{path:?}\n{}", self.text);
        }
        let told = self.graph.witness(path);
        assert!(
            told.moments.is_sorted_by_key(|it| it.at),
            "{told:?}\n{}",
            self.text
        );
    }

    /// The parts of all paths from a node to the first mark after it or to the end, and whether
    /// the mark was met.
    fn until(&self, from: NodeId, marks: &Marks) -> Vec<(&[Visit], bool)> {
        let mut parts = Vec::new();
        for walk in self.walks {
            for (start, _) in walk.iter().enumerate().filter(|(_, it)| it.1 == from) {
                let met = (start + 1..walk.len()).find(|at| {
                    let (via, node) = walk[*at];
                    marks.has_node(node) || via.is_some_and(|it| marks.has_edge(it))
                });
                parts.push((&walk[start..=met.unwrap_or(walk.len() - 1)], met.is_some()));
            }
        }
        parts
    }

    fn gaps_and_deadlines(&self, goal: &Marks, unless: &Marks) {
        let graph = self.graph;
        let ends = goal.clone().and(unless);
        for (from, _) in graph.nodes() {
            let met = self.until(from, goal);
            let shortest = met
                .iter()
                .filter(|it| it.1)
                .map(|it| took(graph, it.0).lo)
                .min();
            let gap = graph.gap(&graph.origin(from), goal);
            // From where nobody comes by, the answer does not matter.
            if !graph.is_reachable(from) {
                continue;
            }
            assert_eq!(
                gap.as_ref().map(Path::length),
                shortest.map(Bound::Finite),
                "gap {from:?}\n{}",
                self.text
            );
            // The end of an edge comes before the node that it leads to.
            let hits = |part: &[Visit]| {
                let (via, node) = *part.last().unwrap();
                match via.filter(|it| ends.has_edge(*it)) {
                    Some(edge) => goal.has_edge(edge),
                    None => goal.has_node(node),
                }
            };
            let met = self.until(from, &ends);
            let worst = met
                .iter()
                .filter(|it| it.1 && hits(it.0))
                .map(|it| took(graph, it.0).hi)
                .max();
            let kept = graph.deadline(&graph.origin(from), goal, unless, Lens::AS_IS);
            assert_eq!(
                kept.worst.as_ref().map(Path::length),
                worst,
                "late {from:?}\n{}",
                self.text
            );
            // Who waits for an excuse that never comes gets it no more than who has left.
            let endless = |part: &[Visit]| {
                let via = part.last().unwrap().0.filter(|it| unless.has_edge(*it));
                let wait = via.map(|it| graph.node(graph.edge(it).from).kind);
                matches!(wait, Some(NodeKind::WaitFor(it)) if it.timeout.is_none())
            };
            let never = |it: &(&[Visit], bool)| !it.1 || endless(it.0);
            let missing = met.iter().any(never) && !graph.node(from).is_terminal();
            let found = kept.missing.is_some() && !graph.node(from).is_terminal();
            assert_eq!(found, missing, "missing {from:?}\n{}", self.text);
            for path in [gap, kept.worst, kept.missing].into_iter().flatten() {
                self.connected(&path);
            }
        }
    }

    fn paths_around(&self, marks: &Marks) {
        let graph = self.graph;
        for (to, _) in graph.nodes() {
            let parts = self.walks.iter().flat_map(|walk| {
                let here = walk.iter().enumerate().filter(|(_, it)| it.1 == to);
                here.map(|(at, _)| &walk[..=at])
            });
            let around = parts.filter(|part| {
                let before = &part[..part.len() - 1];
                !before.iter().any(|it| marks.has_node(it.1))
                    && !part
                        .iter()
                        .filter_map(|it| it.0)
                        .any(|it| marks.has_edge(it))
            });
            let expected = around.map(|it| took(graph, it).lo).min();
            let found = graph.path_around(marks, to);
            assert_eq!(
                found.as_ref().map(Path::length),
                expected.map(Bound::Finite),
                "around {to:?}\n{}",
                self.text
            );
        }
    }

    fn silence(&self, until: &Marks) {
        let graph = self.graph;
        let mut expected = None;
        for (part, _) in self.until(graph.entry(), until) {
            let mut start = 0;
            for at in 1..part.len() {
                let last = at + 1 == part.len();
                if graph.node(part[at].1).is_touchpoint() || last {
                    expected = expected.max(Some(took(graph, &part[start..=at]).hi));
                    start = at;
                }
            }
        }
        let found = graph.silence(&graph.origin(graph.entry()), until, Lens::AS_IS);
        assert_eq!(
            found.as_ref().map(Path::length),
            expected,
            "silence\n{}",
            self.text
        );
        self.connected(&found.unwrap());
    }

    fn since(&self, milestone: Milestone) {
        let graph = self.graph;
        let (proofs, denials) = (graph.milestone(milestone), graph.not_yet(milestone));
        for (to, _) in graph.nodes() {
            let mut expected: Option<Interval> = None;
            for walk in self.walks {
                let Some(proof) = walk
                    .iter()
                    .position(|it| it.0.is_some_and(|it| proofs.has_edge(it)))
                else {
                    continue;
                };
                let denial = walk[..proof]
                    .iter()
                    .rposition(|it| it.0.is_some_and(|it| denials.has_edge(it)))
                    .unwrap_or(0);
                let before = &walk[denial..proof];
                for (at, _) in walk
                    .iter()
                    .enumerate()
                    .skip(proof)
                    .filter(|(_, it)| it.1 == to)
                {
                    let after = &walk[proof..=at];
                    let edges = before
                        .iter()
                        .skip(1)
                        .chain(after.iter().skip(1))
                        .filter_map(|it| it.0);
                    let elapsed = Interval {
                        lo: took(graph, after).lo,
                        hi: sum(graph, edges).hi,
                    };
                    expected = Some(expected.map_or(elapsed, |it| it.or(elapsed)));
                }
            }
            let found = graph.since(milestone, to).map(|it| it.elapsed);
            // In a repetition the answer may be wider than needed, never narrower.
            let repeated = |id: EdgeId| graph.node(graph.edge(id).from).within.is_some();
            if proofs.edges().any(repeated) {
                let covers = |found: Interval, it: Interval| found.or(it) == found;
                assert!(
                    found == expected || covers(found.unwrap(), expected.unwrap()),
                    "since {milestone:?} {to:?}\n{}",
                    self.text
                );
                continue;
            }
            assert_eq!(found, expected, "since {milestone:?} {to:?}\n{}", self.text);
        }
    }
}

#[test]
fn passes_find_what_the_list_of_all_paths_shows() {
    let policy = "{send_window: {days: [mon, tue, wed], from: '09:00', to: '17:00'}, frequency_cap: {commercial: {per_day: 1}}}";
    let projects = [project("{}"), project(policy)];
    let mut checked = 0;
    for seed in 0..JOURNEYS {
        let text = random_journey(seed);
        let journey = journey(&text);
        let graph = Graph::new(&journey, &projects[usize::from(seed % 3 == 0)]);
        let Some(walks) = walks(&graph) else { continue };
        checked += 1;
        let case = Case {
            text: &text,
            graph: &graph,
            walks: &walks,
        };
        case.times();
        let wow = graph.marks(|_, it| it.has(Purpose::Wow));
        let offer = graph.marks(|_, it| it.has(Purpose::Offer));
        let delivered = graph.milestone(Milestone::Delivered);
        case.gaps_and_deadlines(&wow, &Marks::default());
        case.gaps_and_deadlines(&offer, &delivered);
        case.gaps_and_deadlines(&delivered.clone().and(&wow), &offer);
        case.paths_around(&delivered);
        case.paths_around(&offer);
        case.silence(&Marks::default());
        case.silence(&delivered);
        case.since(Milestone::Delivered);
        case.since(Milestone::Refunded);
    }
    assert!(checked > JOURNEYS * 8 / 10, "{checked}");
}
