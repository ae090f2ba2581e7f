//! Takes out what nobody notices: waits and questions behind which nothing happens any more.

use super::program::{Act, Op};

/// The same for the customer, with fewer steps.
pub(super) fn prune(ops: Vec<Op<'_>>) -> Vec<Op<'_>> {
    block(ops, false).0
}

/// Prunes one list; `live` says whether something is noticed behind it. Gives the list, and whether
/// something is noticed from its beginning on.
fn block(ops: Vec<Op<'_>>, live: bool) -> (Vec<Op<'_>>, bool) {
    let mut kept = Vec::new();
    let mut now = live;
    // Behind an end nobody comes by.
    let reached = ops.iter().position(Op::ends).map_or(ops.len(), |it| it + 1);
    for mut op in ops.into_iter().take(reached).rev() {
        let (keep, after) = one(&mut op.act, now);
        if keep {
            kept.push(op);
        }
        now = after;
    }
    kept.reverse();
    (kept, now)
}

/// Whether one thing is kept, and whether something is noticed from it on.
fn one(act: &mut Act<'_>, live: bool) -> (bool, bool) {
    match act {
        Act::Mail { .. } | Act::Task { .. } | Act::Set { .. } | Act::Enter { .. } => (true, true),
        Act::Delay { .. } | Act::Until { .. } | Act::Date { .. } => (live, live),
        // An end matters only where something would go on.
        Act::End { .. } => (live, false),
        Act::Await { late, .. } => {
            let (list, inside) = block(std::mem::take(late), live);
            *late = list;
            (live || inside, live || inside)
        }
        Act::Choose { ways, otherwise } => {
            let mut any = live;
            for (_, ops) in &mut *ways {
                let (list, inside) = block(std::mem::take(ops), live);
                *ops = list;
                any |= inside;
            }
            let (list, inside) = block(std::mem::take(otherwise), live);
            *otherwise = list;
            any |= inside;
            let empty = ways.iter().all(|it| it.1.is_empty()) && otherwise.is_empty();
            (any && !empty, any)
        }
        Act::Draw { arms } => {
            let mut any = live;
            for arm in &mut *arms {
                let (list, inside) = block(std::mem::take(&mut arm.ops), live);
                arm.ops = list;
                any |= inside;
            }
            let empty = arms.iter().all(|it| it.ops.is_empty());
            (any && !empty, any)
        }
    }
}
