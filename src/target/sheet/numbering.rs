//! A program as numbered steps: which number each has, where its ways lead, and from where one comes.
//!
//! Invariant: numbers run from 1 in the order of reading; every way leads to a number or ends.

use std::collections::BTreeMap;

use crate::target::lowering::{Act, Op};

/// The number of a step; nothing where the journey ends.
pub(super) type Link = Option<usize>;

/// One step of the sheet.
#[derive(Debug)]
pub(super) struct Numbered<'o, 'a> {
    /// Its number.
    pub(super) number: usize,
    /// What happens.
    pub(super) op: &'o Op<'a>,
    /// The ways on. One for most; for [`Act::Await`] those for whom the event came, then the others;
    /// for [`Act::Choose`] each way, then those for whom none holds; for [`Act::Draw`] each arm. None
    /// for [`Act::End`].
    pub(super) ways: Vec<Link>,
    /// The steps from which one comes, with the number of their way where they have several.
    pub(super) from: Vec<(usize, Option<usize>)>,
}

/// Numbers a program.
pub(super) fn number<'o, 'a>(ops: &'o [Op<'a>]) -> Vec<Numbered<'o, 'a>> {
    let mut numbers = BTreeMap::new();
    Op::walk(ops, &mut |op| {
        let next = numbers.len() + 1;
        numbers.entry(op.id.as_str()).or_insert(next);
    });
    let mut all = Vec::new();
    block(ops, None, &numbers, &mut all);
    all.sort_by_key(|it| it.number);
    let mut from: BTreeMap<usize, Vec<(usize, Option<usize>)>> = BTreeMap::new();
    for step in &all {
        for (way, link) in (1..).zip(&step.ways) {
            let way = (step.ways.len() > 1).then_some(way);
            if let Some(to) = link {
                from.entry(*to).or_default().push((step.number, way));
            }
        }
    }
    for step in &mut all {
        step.from = from.remove(&step.number).unwrap_or_default();
    }
    all
}

fn block<'o, 'a>(
    ops: &'o [Op<'a>],
    then: Link,
    numbers: &BTreeMap<&str, usize>,
    all: &mut Vec<Numbered<'o, 'a>>,
) {
    let of = |op: &Op<'_>| numbers.get(op.id.as_str()).copied();
    for (at, op) in ops.iter().enumerate() {
        let next = ops.get(at + 1).map_or(then, of);
        let begin = |inner: &[Op<'_>]| inner.first().map_or(next, of);
        let ways = match &op.act {
            Act::End { .. } => Vec::new(),
            Act::Await { late, .. } => vec![next, begin(late)],
            Act::Choose { ways, otherwise } => {
                let mut links: Vec<Link> = ways.iter().map(|it| begin(&it.1)).collect();
                links.push(begin(otherwise));
                links
            }
            Act::Draw { arms } => arms.iter().map(|it| begin(&it.ops)).collect(),
            _ => vec![next],
        };
        all.push(Numbered {
            number: of(op).unwrap_or_default(),
            op,
            ways,
            from: Vec::new(),
        });
        for inner in op.inner() {
            block(inner, next, numbers, all);
        }
    }
}
