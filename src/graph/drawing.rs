//! What a picture of a journey shows, whatever it is drawn with: waits on the lines, not in boxes.

use super::path::in_words;
use super::time::Bound;
use super::{EdgeKind, Graph, Node, NodeId, NodeKind};
use crate::model::{Class, Name};

/// A picture.
pub(super) struct Drawing {
    pub(super) boxes: Vec<Figure>,
    pub(super) lines: Vec<Line>,
    /// What makes people leave at any step; empty if nothing does.
    pub(super) note: String,
}

/// Something in a picture. Its text comes from the author and is not escaped.
#[derive(Clone)]
pub(super) struct Figure {
    pub(super) node: NodeId,
    pub(super) shape: Shape,
    pub(super) text: String,
    /// Nobody comes by.
    pub(super) dead: bool,
}

/// A line between two boxes.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) label: String,
    /// The message does not go out.
    pub(super) dotted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The beginning and the ends.
    Round,
    /// Something the customer notices.
    Touchpoint,
    /// A wait for something that may not come.
    Waiting,
    /// More than one way on.
    Choice,
    /// Anything else.
    Plain,
}

/// Titles longer than this are cut.
const LONGEST: usize = 80;

/// Lays out what there is to draw.
pub(super) fn drawing(graph: &Graph<'_>) -> Drawing {
    let shown = |id: NodeId| {
        let unused = id == graph.end() && graph.arriving(id).next().is_none();
        !is_on_line(graph.node(id)) && !unused
    };
    let boxes = graph
        .nodes()
        .filter(|(id, _)| shown(*id))
        .map(|(id, node)| Figure {
            node: id,
            shape: shape(node),
            text: text(graph, node),
            dead: !graph.is_reachable(id),
        });
    let mut lines = Vec::new();
    let drawn = graph.nodes().filter(|(id, _)| shown(*id));
    for (_, edge) in drawn.flat_map(|(id, _)| graph.leaving(id)) {
        let mut labels = vec![label(graph, edge.from, edge.kind)];
        let mut to = edge.to;
        // What stands on a line has one way on.
        while !shown(to)
            && let Some((_, next)) = graph.leaving(to).next()
        {
            labels.push(passing(graph.node(to)));
            to = next.to;
        }
        labels.retain(|it| !it.is_empty());
        lines.push(Line {
            from: edge.from,
            to,
            label: cut(&labels.join(", ")),
            dotted: matches!(edge.kind, EdgeKind::Skipped | EdgeKind::Capped),
        });
    }
    Drawing {
        boxes: boxes.collect(),
        lines,
        note: note(graph),
    }
}

fn is_on_line(node: &Node<'_>) -> bool {
    match node.kind {
        NodeKind::Wait(_) => true,
        // With a cap that drops, there are two ways on.
        NodeKind::Hold(hold) => hold.cap != Some(crate::model::WhenFull::Skip),
        _ => false,
    }
}

fn passing(node: &Node<'_>) -> String {
    match node.kind {
        NodeKind::Wait(it) => in_words(it),
        NodeKind::Hold(it) => match it.stretch(true, true).elapsed().hi {
            Bound::Endless => "held until there is room".to_owned(),
            hi @ Bound::Finite(_) => format!("held up to {hi}"),
        },
        _ => String::new(),
    }
}

fn shape(node: &Node<'_>) -> Shape {
    match node.kind {
        NodeKind::Entry | NodeKind::Exit(_) | NodeKind::End => Shape::Round,
        NodeKind::Send(_) | NodeKind::Task(_) | NodeKind::Touch(_) => Shape::Touchpoint,
        NodeKind::WaitFor(_) | NodeKind::WaitUntil(_) => Shape::Waiting,
        NodeKind::Guard
        | NodeKind::Hold(_)
        | NodeKind::Branch(_)
        | NodeKind::Split(_)
        | NodeKind::Round(_) => Shape::Choice,
        _ => Shape::Plain,
    }
}

fn text(graph: &Graph<'_>, node: &Node<'_>) -> String {
    let titled = |title: Option<&Name>, id: &Name| {
        title.map_or_else(
            || id.to_string(),
            |it| format!("{} ({})", it.value, id.value),
        )
    };
    let text = match node.kind {
        NodeKind::Entry => graph.journey.trigger.event.to_string(),
        NodeKind::Guard => format!("{}?", node.id().unwrap_or_default()),
        NodeKind::Hold(_) => "room under the cap?".to_owned(),
        NodeKind::Send(it) => format!("✉ {}", titled(it.title.as_ref(), &it.id)),
        NodeKind::Task(it) => {
            let channel = it.channel.word();
            format!("{channel}: {}", titled(it.title.as_ref(), &it.id))
        }
        NodeKind::Touch(it) => {
            let channel = it.channel.word();
            format!("{channel}: {}", titled(it.title.as_ref(), &it.id))
        }
        NodeKind::Wait(it) => in_words(it),
        NodeKind::WaitFor(it) => format!("wait for {}", it.event.value),
        NodeKind::WaitUntil(it) => match &it.offset {
            Some(offset) => format!("wait until {} {}", it.date, offset.value),
            None => format!("wait until {}", it.date),
        },
        NodeKind::Branch(it) => it.id.to_string(),
        NodeKind::Split(it) => it.id.to_string(),
        NodeKind::Repeat(it) => format!("{}: up to {} times", it.id.value, it.times.value),
        NodeKind::Round(_) => "again?".to_owned(),
        NodeKind::Set(it) => format!("set {}", it.attribute.value),
        NodeKind::Enter(it) => format!("start {}", it.value),
        NodeKind::Exit(reason) => format!("exit: {reason}"),
        NodeKind::End => "end".to_owned(),
    };
    cut(&text)
}

fn label(graph: &Graph<'_>, from: NodeId, kind: EdgeKind<'_>) -> String {
    match (kind, graph.node(from).kind) {
        (EdgeKind::Event(event), _) => event.to_owned(),
        (EdgeKind::Timeout(_), NodeKind::WaitFor(it)) => match &it.timeout {
            Some(timeout) => format!("not within {}", timeout.value),
            None => String::new(),
        },
        (EdgeKind::Way(number), NodeKind::Branch(it)) => match it.when.get(number as usize) {
            Some(way) => way
                .title
                .as_ref()
                .unwrap_or(&way.condition.text)
                .to_string(),
            None => String::new(),
        },
        (EdgeKind::Otherwise, _) => "otherwise".to_owned(),
        (EdgeKind::Arm(arm), NodeKind::Split(it)) => match it.arms.get(arm) {
            Some(own) => format!("{arm} {} %", own.weight.value),
            None => arm.to_owned(),
        },
        (EdgeKind::Skipped, _) => "skipped".to_owned(),
        (EdgeKind::Capped, _) => "dropped by the cap".to_owned(),
        (EdgeKind::Past, _) => "has passed".to_owned(),
        (EdgeKind::Again(id), _) => match &graph.repetition(id).step.every {
            Some(every) => format!("after {}", every.value),
            None => "again".to_owned(),
        },
        (EdgeKind::Rounds(_), _) => "done".to_owned(),
        (EdgeKind::Until(_), _) => "done early".to_owned(),
        (EdgeKind::Held, _) => passing(graph.node(from)),
        _ => String::new(),
    }
}

fn note(graph: &Graph<'_>) -> String {
    let exits: Vec<String> = graph
        .exits()
        .iter()
        .map(|it| {
            let only = match it.only {
                Some(Class::Commercial) => ": no more commercial messages",
                Some(Class::Transactional) => ": no more service messages",
                None => "",
            };
            format!("{}{only}", it.event.value)
        })
        .collect();
    if exits.is_empty() {
        String::new()
    } else {
        format!("leaves at any step on {}", exits.join("; "))
    }
}

fn cut(text: &str) -> String {
    let clean = text
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it });
    let mut short: String = clean.clone().take(LONGEST).collect();
    if clean.count() > LONGEST {
        short.push('…');
    }
    short
}
