//! A program as nodes and links, for targets whose bodies are graphs.
//!
//! In: a list of things to do. Out: nodes, the entry first. Invariant: every link lands on a node of
//! the same graph or ends; a name stands once. Where ways come together again, what follows is one
//! node for all of them, or a copy for each ([`Joins`]).

use std::collections::BTreeMap;

use super::lowering::{Act, Op};

/// Whether ways may lead to one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joins {
    /// They may.
    Shared,
    /// Each way has a copy of what follows.
    Copied,
}

/// A way on: the number of a node; nothing where the journey ends.
pub type Link = Option<usize>;

/// Nodes and links.
#[derive(Debug)]
pub struct Wiring<'o, 'a> {
    /// The nodes in the order in which people come by, the entry first.
    pub nodes: Vec<Wired<'o, 'a>>,
    /// Where people come in; nothing if nothing happens.
    pub entry: Link,
    /// Whether there were more nodes than asked for: then there are none.
    pub full: bool,
}

/// One node.
#[derive(Debug)]
pub struct Wired<'o, 'a> {
    /// Its name, unique in the graph.
    pub id: String,
    /// What happens.
    pub op: &'o Op<'a>,
    /// The ways on. One for most; for [`Act::Await`] those for whom the event came, then the others;
    /// for [`Act::Choose`] each way, then those for whom none holds; for [`Act::Draw`] each arm.
    pub links: Vec<Link>,
}

/// Wires a list of things; at most so many nodes. An [`Act::End`] is no node: it is a link that ends.
pub fn wire<'o, 'a>(ops: &'o [Op<'a>], joins: Joins, most: usize) -> Wiring<'o, 'a> {
    if size(ops, joins) > most {
        return Wiring {
            nodes: Vec::new(),
            entry: None,
            full: true,
        };
    }
    let mut wiring = Wirer {
        nodes: Vec::new(),
        names: BTreeMap::new(),
        joins,
    };
    let entry = wiring.list(ops, &|_| None);
    let (nodes, entry) = in_order(wiring.nodes, entry);
    Wiring {
        nodes,
        entry,
        full: false,
    }
}

/// How many nodes a list of things becomes.
pub fn size(ops: &[Op<'_>], joins: Joins) -> usize {
    match joins {
        Joins::Copied => copied(ops, 0),
        Joins::Shared => {
            let mut count = 0;
            Op::walk(ops, &mut |op| {
                count += usize::from(!matches!(op.act, Act::End { .. }));
            });
            count
        }
    }
}

/// The same where each way has a copy of what follows, which is of the given size.
fn copied(ops: &[Op<'_>], behind: usize) -> usize {
    ops.iter().rev().fold(behind, |behind, op| match &op.act {
        Act::End { .. } => 0,
        Act::Await { late, .. } => copied(late, behind)
            .saturating_add(behind)
            .saturating_add(1),
        Act::Choose { .. } | Act::Draw { .. } => {
            let ways = op.inner().into_iter();
            ways.fold(1, |sum: usize, way| sum.saturating_add(copied(way, behind)))
        }
        _ => behind.saturating_add(1),
    })
}

type Then<'t, 'o, 'a> = &'t dyn Fn(&mut Wirer<'o, 'a>) -> Link;

struct Wirer<'o, 'a> {
    nodes: Vec<Wired<'o, 'a>>,
    names: BTreeMap<String, u32>,
    joins: Joins,
}

impl<'o, 'a> Wirer<'o, 'a> {
    /// A list, and then what follows it.
    fn list(&mut self, ops: &'o [Op<'a>], then: Then<'_, 'o, 'a>) -> Link {
        if self.joins == Joins::Shared {
            // From the last to the first, so that a long list is no deep recursion.
            let mut next = then(self);
            for op in ops.iter().rev() {
                next = self.op(op, &|_| next);
            }
            return next;
        }
        let Some((first, rest)) = ops.split_first() else {
            return then(self);
        };
        self.op(first, &|wirer| wirer.list(rest, then))
    }

    fn op(&mut self, op: &'o Op<'a>, then: Then<'_, 'o, 'a>) -> Link {
        let links = match &op.act {
            Act::End { .. } => return None,
            Act::Await { late, .. } => vec![then(self), self.list(late, then)],
            Act::Choose { ways, otherwise } => {
                let mut links: Vec<Link> = ways.iter().map(|it| self.list(&it.1, then)).collect();
                links.push(self.list(otherwise, then));
                links
            }
            Act::Draw { arms } => arms.iter().map(|it| self.list(&it.ops, then)).collect(),
            _ => vec![then(self)],
        };
        Some(self.node(op, links))
    }

    fn node(&mut self, op: &'o Op<'a>, links: Vec<Link>) -> usize {
        let copy = self.names.entry(op.id.clone()).or_insert(0);
        *copy += 1;
        let id = match *copy {
            1 => op.id.clone(),
            // Two dots: one dot is a round of a repetition.
            copy => format!("{}..{copy}", op.id),
        };
        self.nodes.push(Wired { id, op, links });
        self.nodes.len() - 1
    }
}

/// Nodes in the order in which people come by: the nearer way first.
fn in_order<'o, 'a>(nodes: Vec<Wired<'o, 'a>>, entry: Link) -> (Vec<Wired<'o, 'a>>, Link) {
    let mut place: Vec<Link> = vec![None; nodes.len()];
    let mut order = Vec::with_capacity(nodes.len());
    let mut stack: Vec<usize> = entry.into_iter().collect();
    while let Some(at) = stack.pop() {
        if place[at].is_some() {
            continue;
        }
        place[at] = Some(order.len());
        order.push(at);
        stack.extend(nodes[at].links.iter().rev().flatten());
    }
    let mut nodes: Vec<Option<Wired<'o, 'a>>> = nodes.into_iter().map(Some).collect();
    let moved = |link: Link| link.and_then(|it| place[it]);
    let sorted = order
        .iter()
        .filter_map(|at| nodes[*at].take())
        .map(|mut node| {
            for link in &mut node.links {
                *link = moved(*link);
            }
            node
        })
        .collect();
    (sorted, entry.and_then(|it| place[it]))
}
