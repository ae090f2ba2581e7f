//! The graph as a Mermaid flow chart, for pull requests and pages.

mod marked;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::drawing::{Drawing, Figure, Line, Shape, drawing};
use super::{Graph, NodeId};
pub use marked::{Mark, Size, mermaid_marked};

/// A Mermaid flow chart of a journey, from top to bottom. Texts of the author are escaped, so that
/// none of them can end a label or become markup.
pub fn mermaid(graph: &Graph<'_>) -> String {
    written(&drawing(graph), &BTreeMap::new())
}

/// The text of a drawing, with some of its boxes marked.
fn written(drawing: &Drawing, marks: &BTreeMap<NodeId, Mark>) -> String {
    let mut out = String::from("flowchart TD\n");
    for it in &drawing.boxes {
        figure(it, marks.get(&it.node).copied(), &mut out);
    }
    for it in &drawing.lines {
        line(it, &mut out);
    }
    if !drawing.note.is_empty() {
        let _ = writeln!(
            out,
            "  exits>\"{}\"]\n  n0 -.- exits",
            escape(&drawing.note)
        );
    }
    let marked = |it: &Figure| marks.get(&it.node);
    if drawing
        .boxes
        .iter()
        .any(|it| it.dead && marked(it).is_none())
    {
        out.push_str("  classDef dead stroke-dasharray: 4,opacity:0.5\n");
    }
    for mark in [Mark::Added, Mark::Changed] {
        if drawing.boxes.iter().any(|it| marked(it) == Some(&mark)) {
            let _ = writeln!(out, "  classDef {} {}", mark.class(), mark.style());
        }
    }
    out
}

fn figure(it: &Figure, mark: Option<Mark>, out: &mut String) {
    let (open, close) = match it.shape {
        Shape::Round => ("([", "])"),
        Shape::Touchpoint => ("[", "]"),
        Shape::Waiting => ("{{", "}}"),
        Shape::Choice => ("{", "}"),
        Shape::Plain => ("[/", "/]"),
    };
    let class = match mark {
        Some(it) => format!(":::{}", it.class()),
        None if it.dead => ":::dead".to_owned(),
        None => String::new(),
    };
    let (number, text) = (it.node.0, escape(&it.text));
    let _ = writeln!(out, "  n{number}{open}\"{text}\"{close}{class}");
}

fn line(it: &Line, out: &mut String) {
    let arrow = if it.dotted { "-.->" } else { "-->" };
    let label = match it.label.as_str() {
        "" => String::new(),
        label => format!("|\"{}\"|", escape(label)),
    };
    let _ = writeln!(out, "  n{} {arrow}{label} n{}", it.from.0, it.to.0);
}

/// Everything that means something to Mermaid, Markdown or HTML becomes an entity.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' | '|' | '[' | ']' | '{' | '}' | '*' | '_'
            | '%' | ';' | '$' => {
                let _ = write!(out, "#{};", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::fixture::{journey, project};

    #[test]
    fn waits_stand_on_lines() {
        let journey = journey(
            "  - send: {id: a, template: t, purpose: receipt}
  - wait: 1d
  - wait: {for: 2h, at: '10:00', on: [mon]}
  - send: {id: b, title: 'B \"second\" <b>', template: t, purpose: offer, if: contact.x == 1}
  - exit: done",
        );
        let project = project("{send_window: {from: '08:00', to: '20:00', zone: UTC}}");
        let graph = Graph::new(&journey, &project);
        assert_eq!(
            mermaid(&graph),
            "flowchart TD
  n0([\"order#95;paid\"])
  n2[\"✉ a\"]
  n5{\"b?\"}
  n7[\"✉ B #34;second#34; #60;b#62; (b)\"]
  n8([\"exit: done\"])
  n0 -->|\"held up to 12 h\"| n2
  n2 -->|\"waits 1d, waits 2h on mon at 10:00\"| n5
  n5 -->|\"held up to 12 h\"| n7
  n5 -.->|\"skipped\"| n8
  n7 --> n8
"
        );
    }

    #[test]
    fn strangers_cannot_write_markup() {
        let escaped = escape("\"]; click n0 \"javascript:x\" %% `<script>`");
        assert!(
            !escaped.contains(['"', '<', '>', '`', ']', '%']),
            "{escaped}"
        );
    }

    #[test]
    fn repetitions_lead_back_and_dead_steps_are_shown() {
        let journey = journey(
            "  - repeat: {id: r, times: 3, every: 7d, steps: [send: {id: a, template: t, purpose: offer}]}
  - exit: done
  - send: {id: b, template: t, purpose: offer}",
        );
        let project = project("{frequency_cap: {commercial: {per_day: 1}}}");
        let graph = Graph::new(&journey, &project);
        let text = mermaid(&graph);
        for line in [
            "  n4 -->|\"after 7d\"| n1\n",
            "  n2 -.->|\"dropped by the cap\"| n4\n",
            "  n7[\"✉ b\"]:::dead\n",
            "  classDef dead",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
