//! The touchpoints of one side.
//!
//! In: a journey of the manifest, and its timed graph. Out: [`Touchpoint`]s in the order of the file.
//! Touchpoints that nobody comes by are left out: no customer notices them.

use std::collections::BTreeMap;

use crate::diff::{Entry, Half};
use crate::graph::{Bound, Graph, Interval, NodeId};
use crate::manifest::{self, Action, Journey, Send, Step};
use crate::model::{Channel, Class, Milestone};

/// A touchpoint of one side.
pub(super) struct Touchpoint {
    pub(super) entry: Entry,
    /// What lets people into the journey, as `since` would say it.
    pub(super) begins: String,
    /// The time after that.
    pub(super) since_start: Interval,
    /// The time after what the entry counts from.
    pub(super) since: Interval,
}

impl Touchpoint {
    /// Whether it comes at the same time as another, counted from the same moments.
    pub(super) fn is_when(&self, other: &Self) -> bool {
        let (own, its) = (&self.entry.since, &other.entry.since);
        (own, self.since, self.since_start) == (its, other.since, other.since_start)
    }
}

/// The touchpoints of a journey that people come by.
pub(super) fn all(half: &Half<'_, '_>, journey: &Journey) -> Vec<Touchpoint> {
    let Some(graph) = half.graph(journey) else {
        return Vec::new();
    };
    let mut steps = BTreeMap::new();
    Step::walk(&journey.steps, &mut |it| {
        steps.insert(&*it.node, it);
    });
    let nodes = journey.graph.nodes.iter();
    let held: BTreeMap<&str, &[String]> = nodes.map(|it| (&*it.id, &*it.held_by)).collect();
    let clock = Clock::of(&graph);
    let touchpoint = |(id, node): (NodeId, &crate::graph::Node<'_>)| {
        let name = node.id()?;
        let said = said(steps.get(name)?)?;
        let (since_start, (since, from)) = (graph.offset_on_still_clocks(id)?, clock.at(id)?);
        let latest = match from.hi {
            Bound::Finite(it) => Some(it.0),
            Bound::Endless => None,
        };
        let entry = Entry {
            step: name.to_owned(),
            title: said.title.unwrap_or_else(|| name.replace(['-', '_'], " ")),
            channel: said.channel,
            class: said.class,
            sender: said.sender,
            since,
            earliest: from.lo.0,
            latest,
            when: manifest::between(from.lo.0, latest),
            held_by: held.get(name).copied().unwrap_or_default().to_vec(),
        };
        Some(Touchpoint {
            entry,
            begins: clock.begins.clone(),
            since_start,
            since: from,
        })
    };
    graph.touchpoints().filter_map(touchpoint).collect()
}

/// What a touchpoint says of itself.
struct Said {
    title: Option<String>,
    channel: Channel,
    class: Option<Class>,
    sender: Option<String>,
}

fn said(step: &Step) -> Option<Said> {
    let said = match &step.does {
        Action::Send(it) => Said {
            title: it.title.clone().or_else(|| subject(it)),
            channel: Channel::Email,
            class: Some(it.class),
            sender: Some(it.sender.mailbox()),
        },
        Action::Task(it) => Said {
            title: it.title.clone(),
            channel: it.channel,
            class: None,
            sender: it.owner.clone(),
        },
        Action::Touch(it) => Said {
            title: it.title.clone(),
            channel: it.channel,
            class: Some(it.class),
            sender: it.by.clone(),
        },
        _ => return None,
    };
    Some(said)
}

/// The subject in the first language; nothing where it is empty.
fn subject(send: &Send) -> Option<String> {
    let mail = send.mails.values().next()?;
    let words: Vec<&str> = mail.subject.split_whitespace().collect();
    Some(words.join(" ")).filter(|it| !it.is_empty())
}

/// What time is counted from in a journey.
struct Clock<'g, 'm> {
    graph: &'g Graph<'m>,
    /// The milestone with which the journey begins, or else its event.
    begins: String,
    /// The milestones that the journey may learn of on its way.
    milestones: Vec<Milestone>,
}

impl<'g, 'm> Clock<'g, 'm> {
    fn of(graph: &'g Graph<'m>) -> Self {
        let first = graph.entry_milestone();
        let event = &graph.journey.trigger.event;
        let known = |it: &Milestone| first != Some(*it) && !graph.milestone(*it).is_empty();
        Self {
            graph,
            begins: first.map_or_else(|| event.to_string(), |it| it.word().to_owned()),
            milestones: Milestone::ALL.iter().copied().filter(known).collect(),
        }
    }

    /// The last milestone or event that has surely passed when people come by, and the time since.
    fn at(&self, node: NodeId) -> Option<(String, Interval)> {
        let graph = self.graph;
        let mut last = (self.begins.clone(), graph.offset_on_still_clocks(node)?);
        let milestones = self.milestones.iter().map(|it| {
            let since = graph.since(*it, node);
            (it.word(), since)
        });
        let event = graph.last_event(node).filter(|it| it.milestone.is_none());
        let event = event.map(|it| (it.name, graph.since_event(it.name, node)));
        for (word, since) in milestones.chain(event) {
            let Some(since) = since.filter(|it| it.always) else {
                continue;
            };
            if (since.still.lo, since.still.hi) < (last.1.lo, last.1.hi) {
                last = (word.to_owned(), since.still);
            }
        }
        Some(last)
    }
}
