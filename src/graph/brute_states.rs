//! Crowding, and what can be met while something holds, against the list of all paths.
//!
//! Here a crowd is counted mark by mark, and the event is put at each moment of each path.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::brute::{JOURNEYS, Visit, Walk, random_journey, walks};
use super::fixture::{journey, project, read};
use super::*;
use crate::model::{Condition, Journey};

const POLICY: &str = "{send_window: {days: [mon, tue, wed], from: '09:00', to: '17:00'}, frequency_cap: {commercial: {per_day: 1}}}";

/// The most marks in less than the window, counted from each of them.
fn crowd(graph: &Graph<'_>, walks: &[Walk], marks: &Marks, window: Elapsed) -> usize {
    let mut most = 0;
    for walk in walks {
        for (start, _) in walk
            .iter()
            .enumerate()
            .filter(|(_, it)| marks.has_node(it.1))
        {
            let (mut took, mut count) = (Elapsed::ZERO, 1);
            for (via, node) in &walk[start + 1..] {
                let edge = graph.edge(via.unwrap());
                if !matches!(edge.kind, EdgeKind::Rounds(_)) {
                    took = took + edge.stretch.nominal.lo;
                }
                if took >= window {
                    break;
                }
                count += usize::from(marks.has_node(*node));
            }
            most = most.max(count);
        }
    }
    most
}

/// Whether a condition of the random journeys holds; nothing if it asks for something else.
fn holds(condition: &Condition, event: &str, happened: bool) -> Option<bool> {
    condition
        .text
        .value
        .contains(&format!("did(\"{event}\", since=entry)"))
        .then_some(happened)
}

/// Whether people go along an edge, if the event has happened, or has not.
fn goes(graph: &Graph<'_>, edge: &Edge<'_>, event: &str, happened: bool) -> bool {
    let node = graph.node(edge.from);
    match (node.kind, edge.kind) {
        (NodeKind::Guard, kind) => {
            let (only_if, unless) = node.step.unwrap().conditions();
            let stops = only_if.and_then(|it| holds(it, event, happened)) == Some(false)
                || unless.and_then(|it| holds(it, event, happened)) == Some(true);
            let open = only_if.is_some_and(|it| holds(it, event, happened).is_none())
                || unless.is_some_and(|it| holds(it, event, happened).is_none());
            if kind == EdgeKind::Skipped {
                stops || open
            } else {
                !stops
            }
        }
        // What was held back is asked again.
        (NodeKind::Hold(_), kind) => {
            let (only_if, unless) = node.step.unwrap().conditions();
            kind == EdgeKind::Capped
                || only_if.and_then(|it| holds(it, event, happened)) != Some(false)
                    && unless.and_then(|it| holds(it, event, happened)) != Some(true)
        }
        (NodeKind::Branch(it), EdgeKind::Way(_)) => {
            holds(&it.when[0].condition, event, happened) != Some(false)
        }
        (NodeKind::Branch(it), _) => holds(&it.when[0].condition, event, happened) != Some(true),
        (_, EdgeKind::Event(own)) if own == event => happened,
        (_, EdgeKind::Timeout(own)) if own == event => !happened,
        _ => true,
    }
}

/// Whether the event can happen on the way into this visit.
fn may_happen(graph: &Graph<'_>, before: &[Visit], edge: &Edge<'_>, event: &str) -> bool {
    let is_hold = |it: NodeId| matches!(graph.node(it).kind, NodeKind::Hold(_));
    let held_send = matches!(graph.node(edge.from).kind, NodeKind::Send(_))
        && before.len() > 1
        && is_hold(before[before.len() - 2].1)
        && graph
            .edge(before[before.len() - 1].0.unwrap())
            .stretch
            .nominal
            .hi
            > Bound::ZERO;
    let long = edge.stretch.nominal.hi > Bound::ZERO && !matches!(edge.kind, EdgeKind::Rounds(_));
    held_send || long || edge.kind == EdgeKind::Event(event)
}

/// The nodes at which somebody comes by although the event has happened.
fn exposed(graph: &Graph<'_>, walks: &[Walk], event: &str) -> Vec<bool> {
    let mut res = vec![false; graph.nodes.len()];
    for walk in walks {
        for moment in 1..walk.len() {
            let edge = |at: usize| graph.edge(walk[at].0.unwrap());
            let before = (1..moment).all(|at| goes(graph, edge(at), event, false));
            if !before || !may_happen(graph, &walk[..moment], edge(moment), event) {
                continue;
            }
            for at in moment..walk.len() {
                if !goes(graph, edge(at), event, true) {
                    break;
                }
                res[walk[at].1.0 as usize] = true;
            }
        }
    }
    res
}

#[test]
fn crowds_and_exposures_are_what_the_list_of_all_paths_shows() {
    let projects = [project("{}"), project(POLICY)];
    let mut checked = 0;
    for seed in 0..JOURNEYS {
        let text = random_journey(seed);
        let journey = journey(&text);
        let graph = Graph::new(&journey, &projects[usize::from(seed % 3 == 0)]);
        let Some(walks) = walks(&graph) else { continue };
        checked += 1;
        let touches = graph.marks(|_, it| it.is_touchpoint());
        let offers = graph.marks(|_, it| it.has(Purpose::Offer));
        for marks in [&touches, &offers] {
            for window in [
                Elapsed::hours(1),
                Elapsed::hours(5),
                Elapsed::DAY,
                Elapsed::days(8),
            ] {
                let expected = crowd(&graph, &walks, marks, window);
                let found = graph.densest(marks, window, 1_000);
                let count = found.as_ref().map_or(0, |it| it.count as usize);
                assert_eq!(count, expected, "{window}\n{text}");
                if let Some(it) = found {
                    shows(&graph, marks, window, &it, &text);
                }
                for more_than in 0..3 {
                    let path = graph.crowding(marks, window, more_than);
                    assert_eq!(path.is_some(), expected > more_than as usize, "{text}");
                }
            }
        }
        for event in ["order_delivered", "order_refunded"] {
            let expected = exposed(&graph, &walks, event);
            let found = graph.exposed(event, &[]);
            for (node, _) in graph.nodes() {
                let way = found.at(node);
                let own = expected[node.0 as usize];
                assert_eq!(way.is_some(), own, "{event} {node:?}\n{text}");
            }
        }
    }
    assert!(checked > JOURNEYS * 8 / 10, "{checked}");
}

/// The path is one, and shows what is claimed.
fn shows(graph: &Graph<'_>, marks: &Marks, window: Elapsed, crowd: &Crowd, text: &str) {
    let path = &crowd.path;
    let met = path.stops.iter().filter(|it| marks.has_node(it.node));
    assert_eq!(met.count(), crowd.count as usize, "{text}");
    assert!(path.length() < Bound::Finite(window), "{text}");
    assert!(
        marks.has_node(path.start()) && marks.has_node(path.target()),
        "{text}"
    );
    for pair in path.stops.windows(2) {
        let edge = graph.edge(pair[1].via.unwrap());
        assert_eq!((edge.from, edge.to), (pair[0].node, pair[1].node), "{text}");
        assert!(pair[0].at <= pair[1].at, "{text}");
    }
}

#[test]
fn rounds_within_the_window_are_counted() {
    let journey = journey(
        "  - send: {id: hello, template: a, purpose: offer}
  - repeat: {id: r, times: 10, every: 1h, steps: [send: {id: again, template: a, purpose: offer}]}
  - repeat: {id: quiet, times: 20, every: 1h, steps: [wait: 1h]}
  - send: {id: bye, template: a, purpose: offer}",
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    let marks = graph.marks(|_, it| it.is_touchpoint());
    let most = |window| graph.densest(&marks, window, 100).unwrap().count;
    // The first round begins at once; the last one ends after nine hours.
    assert_eq!(most(Elapsed::DAY), 11);
    assert_eq!(most(Elapsed::hours(1)), 2);
    // Nineteen gaps of an hour and twenty rounds of an hour lie before the goodbye.
    assert_eq!(most(Elapsed::hours(48)), 11);
    assert_eq!(most(Elapsed::hours(49)), 12);
    let path = graph.crowding(&marks, Elapsed::DAY, 3).unwrap();
    let told = graph.witness(&path);
    let names: Vec<_> = told.moments.iter().map(|it| &*it.name).collect();
    assert_eq!(
        names,
        [
            "order_paid",
            "hello",
            "again",
            "one more round of `r`",
            "again",
            "one more round of `r`",
            "again"
        ]
    );
    assert_eq!(graph.crowding(&marks, Elapsed::DAY, 11), None);
    assert_eq!(graph.densest(&Marks::default(), Elapsed::DAY, 9), None);
}

#[test]
fn a_day_apart_is_not_within_a_day() {
    let journey = journey(
        "  - send: {id: a, template: a, purpose: offer}
  - wait: 1d
  - send: {id: b, template: a, purpose: offer}",
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    let marks = graph.marks(|_, it| it.is_touchpoint());
    assert_eq!(graph.crowding(&marks, Elapsed::DAY, 1), None);
    assert!(graph.crowding(&marks, Elapsed::hours(25), 1).is_some());
}

fn complaint(exits: &str, steps: &str) -> Journey {
    read(&format!(
        "journey: test
class: commercial
from: care
trigger: {{event: order_paid}}
exits: {exits}
steps:
{steps}
"
    ))
}

/// The ids of the messages that can go out while a complaint is open, with when it came.
fn while_open(exits: &str, steps: &str) -> Vec<String> {
    let journey = complaint(exits, steps);
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    let open = graph.exposed("complaint_opened", &["complaint_closed"]);
    graph
        .touchpoints()
        .filter_map(|(id, it)| {
            let way = open.at(id)?;
            let told = graph.exposure_witness(&way);
            let came = told
                .moments
                .iter()
                .position(|it| it.name == "complaint_opened");
            let at = told.moments[came.unwrap()].at / 3_600;
            let checked = way.checked.map(|it| graph.node(graph.edge(it).from));
            let checked = checked.and_then(Node::id).unwrap_or("never");
            Some(format!("{} {at}h, checked {checked}", it.id().unwrap()))
        })
        .collect()
}

#[test]
fn an_exit_keeps_people_from_everything_and_a_filtered_one_does_not() {
    let steps = "  - send: {id: first, template: a, purpose: receipt, class: transactional}
  - wait: 4d
  - send: {id: ask, template: a, purpose: feedback_request}
  - wait: 24h
  - send: {id: note, template: a, purpose: receipt, class: transactional}";
    let both = ["ask 48h, checked never", "note 108h, checked never"];
    assert_eq!(while_open("[]", steps), both);
    assert!(while_open("[{on: complaint_opened}]", steps).is_empty());
    let filtered = "[{on: complaint_opened, where: event.x == 1}]";
    assert_eq!(while_open(filtered, steps), both);
    // Those who stay get service mail only.
    let commercial = "[{on: complaint_opened, only: commercial}]";
    assert_eq!(while_open(commercial, steps), both[1..]);
}

#[test]
fn a_condition_protects_until_time_passes() {
    let open = r#"contact.did("complaint_opened", since=entry) and not contact.did("complaint_closed", since=entry)"#;
    let steps = format!(
        "  - wait: 2d
  - send: {{id: guarded, template: a, purpose: offer, unless: '{open}'}}
  - branch: {{id: check, when: [{{if: '{open}', steps: [exit: angry]}}]}}
  - send: {{id: fresh, template: a, purpose: offer}}
  - wait: 2d
  - send: {{id: stale, template: a, purpose: offer}}
  - wait_for: {{id: peace, event: complaint_closed, timeout: 5d, on_timeout: [exit: still-open]}}
  - send: {{id: after, template: a, purpose: offer}}
  - wait: 1d
  - send: {{id: later, template: a, purpose: offer}}"
    );
    assert_eq!(
        while_open("[]", &steps),
        ["stale 72h, checked check", "later 108h, checked check"]
    );
}

#[test]
fn a_window_protects_only_if_it_reaches_back_to_the_entry() {
    let steps = |within: &str| {
        format!(
            "  - wait: 4h
  - send: {{id: ask, template: a, purpose: offer, unless: 'contact.did(\"complaint_opened\", within=\"{within}\")'}}"
        )
    };
    assert!(while_open("[]", &steps("4h")).is_empty());
    assert_eq!(while_open("[]", &steps("3h")), ["ask 2h, checked never"]);
}

#[test]
fn a_held_message_asks_its_own_condition_again_and_a_branch_does_not() {
    let steps = "  - send: {id: a, template: a, purpose: offer, unless: 'contact.did(\"complaint_opened\", since=entry)'}
  - send: {id: b, template: a, purpose: offer}";
    let journey = complaint("[]", steps);
    let project = project(POLICY);
    let graph = Graph::new(&journey, &project);
    let open = graph.exposed("complaint_opened", &[]);
    let at = |it| open.at(graph.find(it).unwrap()).is_some();
    assert!(!at("a") && at("b"));
    let steps = "  - branch: {id: angry, when: [{if: 'contact.did(\"complaint_opened\", since=entry)', steps: [exit: angry]}]}
  - send: {id: a, template: a, purpose: offer}";
    let journey = complaint("[]", steps);
    let graph = Graph::new(&journey, &project);
    let asks = graph.find("a").unwrap();
    let open = graph.exposed("complaint_opened", &[]);
    assert!(open.asked(asks).is_some() && open.unasked(asks).is_none());
    // From Wednesday at five to Monday at nine.
    let beyond = |hours| {
        graph
            .exposed_beyond("complaint_opened", Elapsed::hours(hours))
            .at(asks)
    };
    assert!(beyond(111).is_some() && beyond(112).is_none());
}

#[test]
fn the_event_that_lets_people_in_holds_from_the_start() {
    let journey: Journey = read(
        "journey: test
class: transactional
from: care
trigger: {event: complaint_opened}
steps:
  - send: {id: heard, template: a, purpose: acknowledgement}
  - wait_for: {id: closed, event: complaint_closed, timeout: 5d, on_timeout: [exit: open]}
  - send: {id: ask, template: a, purpose: feedback_request}
",
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    let open = graph.exposed("complaint_opened", &["complaint_closed"]);
    let heard = open.at(graph.find("heard").unwrap()).unwrap();
    assert_eq!(heard.happens, 0);
    assert!(open.at(graph.find("ask").unwrap()).is_none());
}

#[test]
fn everybody_meets_what_no_path_goes_around() {
    let journey = journey(
        "  - branch: {id: b, when: [{if: contact.x == 1, steps: [send: {id: left, template: a, purpose: offer}]}], else: [send: {id: right, template: a, purpose: wow}]}",
    );
    let project = project("{}");
    let graph = Graph::new(&journey, &project);
    let origin = graph.origin(graph.entry());
    let all = graph.marks(|_, it| it.is_touchpoint());
    let wow = graph.marks(|_, it| it.has(Purpose::Wow));
    assert_eq!(graph.path_without(&origin, &all), None);
    let path = graph.path_without(&origin, &wow).unwrap();
    assert!(path.passes(graph.find("left").unwrap()));
}

/// Forty branches in a row have more than 10^12 paths; a thousand letters an hour apart have one.
#[test]
fn large_journeys_are_answered_like_small_ones() {
    use std::fmt::Write as _;
    let mut branches = String::from("  - wait: 1d\n");
    for at in 0..40 {
        let _ = writeln!(
            branches,
            "  - branch: {{id: b{at}, when: [{{if: contact.x == {at}, steps: [send: {{id: s{at}, template: a, purpose: offer}}]}}]}}"
        );
    }
    let mut long = String::new();
    for step in 0..1_000 {
        let _ = writeln!(
            long,
            "  - send: {{id: s{step}, template: a, purpose: offer}}"
        );
        let _ = writeln!(long, "  - wait: 1h");
    }
    let project = project("{}");
    for (text, nodes, most) in [(branches, 83, 40), (long, 2_002, 24)] {
        let journey = journey(&text);
        let graph = Graph::new(&journey, &project);
        assert_eq!(graph.nodes().count(), nodes);
        let marks = graph.marks(|_, it| it.is_touchpoint());
        assert_eq!(
            graph.densest(&marks, Elapsed::DAY, 100).unwrap().count,
            most
        );
        assert!(graph.crowding(&marks, Elapsed::DAY, most).is_none());
        let paid = graph.exposed("order_refunded", &[]);
        let met = graph.touchpoints().filter(|it| paid.at(it.0).is_some());
        assert!(met.count() >= 40);
    }
}
