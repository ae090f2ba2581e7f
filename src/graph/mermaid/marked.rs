//! A flow chart in which some steps are marked, small enough to be drawn where others set the limits.
//!
//! In: a graph, what to mark, and the [`Size`] that is allowed. Out: the whole journey where it fits;
//! else what is marked with its neighbours, and one box that counts what is left out. Invariant: the
//! text never is longer than allowed, and nothing is left out without being counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{escape, written};
use crate::graph::drawing::{Drawing, drawing};
use crate::graph::{Graph, NodeId};

/// Why a step is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It was not there: green.
    Added,
    /// It is not as it was: amber.
    Changed,
}

/// How large a chart may be.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// At most so many bytes.
    pub bytes: usize,
    /// At most so many boxes.
    pub boxes: usize,
}

/// The note that says what makes people leave is cut behind so many characters.
const LONGEST_NOTE: usize = 240;

impl Mark {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
        }
    }

    /// Dark words on a light ground: readable whatever the page's own colours are.
    pub(super) fn style(self) -> &'static str {
        match self {
            Self::Added => "fill:#d3f5d9,stroke:#1a7f37,color:#0a3316,stroke-width:2px",
            Self::Changed => "fill:#fff1c2,stroke:#9a6700,color:#3d2900,stroke-width:2px",
        }
    }
}

impl Size {
    fn holds(self, text: &str, boxes: usize) -> bool {
        text.len() <= self.bytes && boxes <= self.boxes
    }
}

/// A Mermaid flow chart as [`mermaid`](super::mermaid) draws it, with some steps marked. Nothing if it
/// is too large and nothing is marked that a part of it could show.
pub fn mermaid_marked(
    graph: &Graph<'_>,
    marks: &BTreeMap<NodeId, Mark>,
    size: Size,
) -> Option<String> {
    let mut drawing = drawing(graph);
    if drawing.note.chars().count() > LONGEST_NOTE {
        drawing.note = drawing.note.chars().take(LONGEST_NOTE).collect();
        drawing.note.push('…');
    }
    let note = usize::from(!drawing.note.is_empty());
    let whole = written(&drawing, marks);
    if size.holds(&whole, drawing.boxes.len() + note) {
        return Some(whole);
    }
    let shown = drawing.boxes.iter().map(|it| it.node);
    let marked: Vec<NodeId> = shown.filter(|it| marks.contains_key(it)).collect();
    let mut some = &marked[..];
    while !some.is_empty() {
        let part = Part::of(&drawing, graph.entry(), some);
        let text = part.written(&drawing, marks);
        if size.holds(&text, part.kept.len() + 1) {
            return Some(text);
        }
        // As long as it is far too large, large steps do.
        let fewer = some.len() - (some.len() / 8).max(1);
        some = some.get(..fewer).unwrap_or_default();
    }
    None
}

/// A part of a drawing.
struct Part {
    kept: BTreeSet<NodeId>,
}

impl Part {
    /// The beginning, some boxes, and those before and after them.
    fn of(drawing: &Drawing, entry: NodeId, some: &[NodeId]) -> Self {
        let some: BTreeSet<NodeId> = some.iter().copied().collect();
        let mut kept = some.clone();
        kept.insert(entry);
        for line in &drawing.lines {
            if some.contains(&line.from) || some.contains(&line.to) {
                kept.extend([line.from, line.to]);
            }
        }
        Self { kept }
    }

    fn written(&self, drawing: &Drawing, marks: &BTreeMap<NodeId, Mark>) -> String {
        let is_kept = |it: NodeId| self.kept.contains(&it);
        let boxes = drawing.boxes.iter().filter(|it| is_kept(it.node)).cloned();
        let lines = drawing.lines.iter();
        let lines = lines
            .filter(|it| is_kept(it.from) && is_kept(it.to))
            .cloned();
        let part = Drawing {
            boxes: boxes.collect(),
            lines: lines.collect(),
            note: String::new(),
        };
        let mut out = written(&part, marks);
        let left_out = drawing.boxes.iter().filter(|it| !is_kept(it.node));
        let (mut count, mut marked) = (0, 0);
        for it in left_out {
            count += 1;
            marked += usize::from(marks.contains_key(&it.node));
        }
        let steps = if count == 1 { "step" } else { "steps" };
        let among = match marked {
            0 => String::new(),
            _ => format!(", {marked} of them marked"),
        };
        let words = format!("{count} more {steps}{among}: not drawn here");
        let _ = writeln!(out, "  rest[[\"{}\"]]", escape(&words));
        let mut told = BTreeSet::new();
        for line in &drawing.lines {
            let way = match (is_kept(line.from), is_kept(line.to)) {
                (true, false) => (line.from, true),
                (false, true) => (line.to, false),
                _ => continue,
            };
            if told.insert(way) {
                let number = way.0.0;
                let _ = if way.1 {
                    writeln!(out, "  n{number} -.-> rest")
                } else {
                    writeln!(out, "  rest -.-> n{number}")
                };
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::graph::fixture::{journey, project};

    const SIZE: Size = Size {
        bytes: 4_500,
        boxes: 60,
    };

    fn chart(steps: &str, marked: &[(&str, Mark)], size: Size) -> Option<String> {
        let (journey, project) = (journey(steps), project("{}"));
        let graph = Graph::new(&journey, &project);
        let node = |it: &(&str, Mark)| (graph.find(it.0).unwrap(), it.1);
        mermaid_marked(&graph, &marked.iter().map(node).collect(), size)
    }

    fn sends(count: usize) -> String {
        let send = |it| format!("  - send: {{id: s{it}, template: t, purpose: offer}}\n");
        (0..count).map(send).collect()
    }

    #[test]
    fn what_is_new_is_green_and_what_differs_is_amber() {
        let marks = [("s0", Mark::Added), ("s2", Mark::Changed)];
        let text = chart(&sends(3), &marks, SIZE).unwrap();
        for line in [
            "[\"✉ s0\"]:::added\n",
            "[\"✉ s1\"]\n",
            "[\"✉ s2\"]:::changed\n",
            "  classDef added fill:#d3f5d9",
            "  classDef changed fill:#fff1c2",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("rest"), "{text}");
    }

    #[test]
    fn of_a_large_journey_only_the_neighbourhood_is_drawn_and_the_rest_is_counted() {
        let text = chart(&sends(100), &[("s50", Mark::Changed)], SIZE).unwrap();
        for shown in ["✉ s49", "✉ s50", "✉ s51", "98 more steps: not drawn here"] {
            assert!(text.contains(&format!("\"{shown}\"")), "{shown}\n{text}");
        }
        assert!(
            !text.contains("✉ s48\"") && !text.contains("✉ s52\""),
            "{text}"
        );
        assert!(
            text.contains(" -.-> rest\n") && text.contains("  rest -.-> n"),
            "{text}"
        );
        assert_eq!(chart(&sends(100), &[], SIZE), None);
    }

    #[test]
    fn where_too_much_is_marked_what_has_no_room_is_counted() {
        let names: Vec<String> = (0..100).map(|it| format!("s{it}")).collect();
        let marks: Vec<(&str, Mark)> = names.iter().map(|it| (&**it, Mark::Added)).collect();
        let text = chart(&sends(100), &marks, SIZE).unwrap();
        assert!(text.len() <= SIZE.bytes, "{}", text.len());
        assert!(text.contains("of them marked: not drawn here"), "{text}");
        for bytes in [900, 600, 450] {
            let small = Size { bytes, ..SIZE };
            let text = chart(&sends(100), &marks, small);
            assert!(text.is_none_or(|it| it.len() <= bytes));
        }
    }
}
