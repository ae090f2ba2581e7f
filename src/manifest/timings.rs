//! When steps happen, as the timed graph knows it.

use rayon::prelude::*;

use super::build::{Offset, Timing, Timings};
use crate::graph::{self, Bound, Graph, Interval};
use crate::model::{Document, Milestone, Program};

/// The times of every step that anybody reaches.
pub fn timings(program: &Program) -> Timings {
    let timing = graph::Timing::of(&program.project);
    let documents: Vec<&Document> = program.whole().collect();
    let found: Vec<Timings> = documents
        .par_iter()
        .map(|document| of_journey(&timing.graph(&document.journey)))
        .collect();
    found.into_iter().flatten().collect()
}

fn of_journey(graph: &Graph<'_>) -> Timings {
    let known =
        |it: &Milestone| graph.entry_milestone() == Some(*it) || !graph.milestone(*it).is_empty();
    let milestones: Vec<Milestone> = Milestone::ALL.iter().copied().filter(known).collect();
    let name = graph.journey.name.value.to_string();
    let mut timings = Timings::new();
    for (id, node) in graph.nodes().filter(|(_, it)| it.is_step()) {
        let (Some(step), Some(offset)) = (node.step, graph.offset(id)) else {
            continue;
        };
        // Only touchpoints are asked about milestones: each question walks the graph.
        let asked = milestones.iter().filter(|_| node.is_touchpoint());
        let since = asked.filter_map(|milestone| {
            let since = graph.since(*milestone, id).filter(|it| it.always)?;
            Some((*milestone, seconds(since.elapsed)))
        });
        let timing = Timing {
            trigger: seconds(offset),
            milestones: since.collect(),
        };
        timings.insert((name.clone(), step.span), timing);
    }
    timings
}

fn seconds(it: Interval) -> Offset {
    Offset {
        earliest: it.lo.0,
        latest: match it.hi {
            Bound::Finite(it) => Some(it.0),
            Bound::Endless => None,
        },
    }
}
