//! What conditions exclude: events that must not have happened for a step to be reached.

use std::ops::Range;

use crate::graph::{EdgeKind, Graph, NodeId, NodeKind};
use crate::model::{Comparison, Condition, Duration, Expr, ExprKind, History, Literal, Since};

/// An event that must not have happened.
#[derive(Debug, Clone)]
pub(crate) struct Exclusion<'e> {
    /// The event.
    pub(crate) event: &'e str,
    /// How far back it must not have happened.
    pub(crate) since: Since,
    /// The bytes of the question in the condition's text.
    pub(crate) at: Range<u32>,
}

/// A condition that looks for an event only so far back, and lets on who has none there.
#[derive(Debug, Clone)]
pub(crate) struct Window<'m> {
    /// The guard or branch.
    pub(crate) node: NodeId,
    /// The condition.
    pub(crate) condition: &'m Condition,
    /// How far back it looks.
    pub(crate) within: Duration,
    /// The bytes of the question in the condition's text.
    pub(crate) at: Range<u32>,
}

/// The events that must not have happened for a condition to have this answer.
pub(crate) fn exclusions(expr: &Expr, answer: bool) -> Vec<Exclusion<'_>> {
    let mut out = Vec::new();
    exclude(expr, answer, &mut out);
    out
}

fn exclude<'e>(expr: &'e Expr, answer: bool, out: &mut Vec<Exclusion<'e>>) {
    let mut add = |it: &'e History, at: &Range<u32>| {
        out.push(Exclusion {
            event: &it.event,
            since: it.since,
            at: at.clone(),
        });
    };
    match &expr.kind {
        ExprKind::History(it) if !it.counts && !answer => add(it, &expr.at),
        ExprKind::Not(inner) => exclude(inner, !answer, out),
        ExprKind::And(parts) if answer => parts.iter().for_each(|it| exclude(it, true, out)),
        ExprKind::Or(parts) if !answer => parts.iter().for_each(|it| exclude(it, false, out)),
        ExprKind::Compare {
            operator,
            left,
            right,
        } => {
            if let ExprKind::History(it) = &left.kind
                && let ExprKind::Literal(Literal::Number(number)) = right.kind
                && it.counts
                && none_left(*operator, number, answer)
            {
                add(it, &left.at);
            }
        }
        _ => {}
    }
}

/// Whether a count that compares like this can only be zero.
fn none_left(operator: Comparison, number: f64, answer: bool) -> bool {
    match (operator, answer) {
        (Comparison::Equal | Comparison::LessOrEqual, true)
        | (Comparison::NotEqual | Comparison::Greater, false) => number.abs() < 0.5,
        (Comparison::Less, true) | (Comparison::GreaterOrEqual, false) => {
            (number - 1.0).abs() < 0.5
        }
        _ => false,
    }
}

/// The places of a journey that ask whether an event has not happened for some time: the conditions
/// of touchpoints, ways with touchpoints, and ways that lead straight to an end for all others.
pub(crate) fn windows<'m>(graph: &Graph<'m>, event: &str) -> Vec<Window<'m>> {
    let mut out = Vec::new();
    for (node, it) in graph.nodes().filter(|it| graph.is_reachable(it.0)) {
        match it.kind {
            NodeKind::Guard => {
                let (only_if, unless) = it.step.map_or((None, None), |it| it.conditions());
                out.extend(only_if.into_iter().flat_map(|it| of(node, it, true, event)));
                out.extend(unless.into_iter().flat_map(|it| of(node, it, false, event)));
            }
            NodeKind::Branch(branch) => {
                for (_, edge) in graph.leaving(node) {
                    let EdgeKind::Way(at) = edge.kind else {
                        continue;
                    };
                    if let Some(way) = branch.when.get(at as usize) {
                        let leaves = graph.node(edge.to).is_terminal();
                        out.extend(of(node, &way.condition, !leaves, event));
                    }
                }
            }
            _ => {}
        }
    }
    out
}

/// Whether a condition excludes an event however long ago it was, back to the entry.
pub(crate) fn excludes_since_entry(condition: &Condition, event: &str) -> bool {
    let Ok(expr) = &condition.parsed else {
        return false;
    };
    let whole = |it: &Exclusion<'_>| it.event == event && !matches!(it.since, Since::Within(_));
    [true, false]
        .into_iter()
        .any(|answer| exclusions(expr, answer).iter().any(whole))
}

/// Whether a condition asks about a limited time only.
pub(crate) fn windowed(condition: &Condition) -> bool {
    let mut found = false;
    if let Ok(expr) = &condition.parsed {
        expr.walk(&mut |it| {
            found |=
                matches!(&it.kind, ExprKind::History(it) if matches!(it.since, Since::Within(_)));
        });
    }
    found
}

fn of<'m>(
    node: NodeId,
    condition: &'m Condition,
    answer: bool,
    event: &str,
) -> impl Iterator<Item = Window<'m>> {
    let found = match &condition.parsed {
        Ok(expr) => exclusions(expr, answer),
        Err(_) => Vec::new(),
    };
    let own = event.to_owned();
    found.into_iter().filter_map(move |it| match it.since {
        Since::Within(within) if it.event == own => Some(Window {
            node,
            condition,
            within,
            at: it.at,
        }),
        _ => None,
    })
}
