//! The graph of a journey: its steps as nodes, its ways as edges.

use std::collections::BTreeMap;

use super::build::{Timing, is_held};
use super::period::offsets;
use super::steps::{Action, Step};
use super::types::{Edge, Graph, Journey, Node, Policy, SinceMilestone};

const START: &str = "@start";
const END: &str = "@end";

/// Draws the graph.
pub(super) fn graph(
    journey: &Journey,
    policy: &Policy,
    timings: &BTreeMap<String, &Timing>,
) -> Graph {
    let mut drawing = Drawing {
        graph: Graph::default(),
        policy,
        timings,
    };
    drawing.node(START, "start", journey.line, Vec::new());
    let open = drawing.steps(
        &journey.steps,
        vec![Way::new(START, "next", Some(&journey.trigger.event))],
    );
    drawing.node(END, "end", 0, Vec::new());
    drawing.arrive(&open, END);
    drawing.graph
}

/// A way that has left a node and has not arrived.
#[derive(Clone)]
struct Way {
    from: String,
    kind: &'static str,
    label: Option<String>,
}

impl Way {
    fn new(from: &str, kind: &'static str, label: Option<&str>) -> Self {
        Self {
            from: from.to_owned(),
            kind,
            label: label.map(str::to_owned),
        }
    }
}

struct Drawing<'a> {
    graph: Graph,
    policy: &'a Policy,
    timings: &'a BTreeMap<String, &'a Timing>,
}

impl Drawing<'_> {
    fn node(&mut self, id: &str, kind: &str, line: u32, held_by: Vec<String>) {
        let timing = self.timings.get(id);
        let since = |(milestone, it): &(_, super::build::Offset)| SinceMilestone {
            milestone: *milestone,
            after: offsets(it.earliest, it.latest),
        };
        self.graph.nodes.push(Node {
            id: id.to_owned(),
            kind: kind.to_owned(),
            line,
            after_trigger: timing.map(|it| offsets(it.trigger.earliest, it.trigger.latest)),
            after_milestones: timing
                .map(|it| it.milestones.iter().map(since).collect())
                .unwrap_or_default(),
            held_by,
        });
    }

    fn arrive(&mut self, ways: &[Way], to: &str) {
        for way in ways {
            self.graph.edges.push(Edge {
                from: way.from.clone(),
                to: to.to_owned(),
                kind: way.kind.to_owned(),
                label: way.label.clone(),
            });
        }
    }

    fn held_by(&self, action: &Action) -> Vec<String> {
        let Action::Send(it) = action else {
            return Vec::new();
        };
        if !is_held(it.class, it.bypass_window) {
            return Vec::new();
        }
        let window = self.policy.send_window.as_ref().map(|_| "send_window");
        let quiet = self.policy.quiet_hours.as_ref().map(|_| "quiet_hours");
        let both = window.into_iter().chain(quiet);
        both.map(str::to_owned).collect()
    }

    /// Draws steps one after another; gives the ways that are left open below them.
    fn steps(&mut self, steps: &[Step], mut open: Vec<Way>) -> Vec<Way> {
        for step in steps {
            let held = self.held_by(&step.does);
            self.node(&step.node, step.does.kind(), step.line, held);
            self.arrive(&open, &step.node);
            open = self.leave(step);
        }
        open
    }

    fn leave(&mut self, step: &Step) -> Vec<Way> {
        let way = |kind, label: Option<&str>| vec![Way::new(&step.node, kind, label)];
        match &step.does {
            Action::Exit { reason } => {
                self.arrive(&way("exit", Some(reason)), END);
                Vec::new()
            }
            Action::WaitFor(it) => {
                let mut open = way("event", Some(&it.event));
                if let Some(timeout) = &it.timeout {
                    let late = way("timeout", Some(&timeout.text));
                    open.extend(self.steps(&it.on_timeout, late));
                }
                open
            }
            Action::Branch(it) => {
                let mut open = Vec::new();
                for arm in &it.when {
                    let label = &arm.condition.text;
                    open.extend(self.steps(&arm.steps, way("if", Some(label))));
                }
                open.extend(self.steps(&it.otherwise, way("else", None)));
                open
            }
            Action::Split(it) => {
                let mut open = Vec::new();
                for (name, arm) in &it.arms {
                    let label = format!("{name} {} %", arm.weight);
                    open.extend(self.steps(&arm.steps, way("arm", Some(&label))));
                }
                open
            }
            Action::Repeat(it) => {
                let mut open = self.steps(&it.steps, way("next", None));
                if it.times > 1 {
                    let label = format!("up to {} times", it.times);
                    for way in &open {
                        let back = Way::new(&way.from, "again", Some(&label));
                        self.arrive(&[back], &step.node);
                    }
                }
                // With no step inside, the way out begins at the repetition itself.
                if let [only] = &mut open[..] {
                    only.kind = if only.from == step.node {
                        "next"
                    } else {
                        only.kind
                    };
                }
                open
            }
            _ => way("next", None),
        }
    }
}
