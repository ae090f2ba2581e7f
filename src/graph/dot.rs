//! The graph as DOT, for Graphviz.

use std::fmt::Write as _;

use super::Graph;
use super::drawing::{Shape, drawing};

/// A DOT digraph of a journey. Texts of the author are quoted, so that none of them can end a
/// label.
pub fn dot(graph: &Graph<'_>) -> String {
    let drawing = drawing(graph);
    let mut out = format!("digraph {} {{\n", quote(&graph.journey.name));
    out.push_str("  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n");
    for it in &drawing.boxes {
        let shape = match it.shape {
            Shape::Round => "oval",
            Shape::Touchpoint => "box",
            Shape::Waiting => "hexagon",
            Shape::Choice => "diamond",
            Shape::Plain => "parallelogram",
        };
        let style = if it.dead { ", style=dashed" } else { "" };
        let (number, text) = (it.node.0, quote(&it.text));
        let _ = writeln!(out, "  n{number} [label={text}, shape={shape}{style}];");
    }
    for it in &drawing.lines {
        let mut attributes = Vec::new();
        if !it.label.is_empty() {
            attributes.push(format!("label={}", quote(&it.label)));
        }
        if it.dotted {
            attributes.push("style=dotted".to_owned());
        }
        let _ = write!(out, "  n{} -> n{}", it.from.0, it.to.0);
        if !attributes.is_empty() {
            let _ = write!(out, " [{}]", attributes.join(", "));
        }
        out.push_str(";\n");
    }
    if !drawing.note.is_empty() {
        let note = quote(&drawing.note);
        let _ = writeln!(
            out,
            "  exits [label={note}, shape=note];\n  n0 -> exits [style=dotted, dir=none];"
        );
    }
    out.push_str("}\n");
    out
}

/// A quoted string. Inside, only a quote and a backslash mean something.
fn quote(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    let clean: String = escaped.chars().filter(|it| !it.is_control()).collect();
    format!("\"{clean}\"")
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{project, read};
    use super::*;
    use crate::model::Journey;

    #[test]
    fn a_journey_as_dot() {
        let journey: Journey = read(
            r#"
journey: 'quo"ted\'
class: commercial
from: care
trigger: {event: order_paid}
exits: [{on: order_refunded}, {on: unsubscribed, only: commercial}]
steps:
  - wait_for: {id: w, event: order_delivered, timeout: 5d, on_timeout: [exit: late]}
  - split: {id: s, arms: {a: {weight: 40, steps: []}, b: {weight: 60, steps: [wait: 1d]}}}
"#,
        );
        let project = project("{}");
        let graph = Graph::new(&journey, &project);
        assert_eq!(
            dot(&graph),
            r#"digraph "quo\"ted\\" {
  node [fontname="sans-serif"];
  edge [fontname="sans-serif"];
  n0 [label="order_paid", shape=oval];
  n1 [label="wait for order_delivered", shape=hexagon];
  n2 [label="exit: late", shape=oval];
  n3 [label="s", shape=diamond];
  n5 [label="end", shape=oval];
  n0 -> n1;
  n1 -> n2 [label="not within 5d"];
  n1 -> n3 [label="order_delivered"];
  n3 -> n5 [label="b 60 %, waits 1d"];
  n3 -> n5 [label="a 40 %"];
  exits [label="leaves at any step on order_refunded; unsubscribed: no more commercial messages", shape=note];
  n0 -> exits [style=dotted, dir=none];
}
"#
        );
    }
}
