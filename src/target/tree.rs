//! A program as a tree whose ways all come together again, for targets that cannot end in the middle.
//!
//! In: a list of things to do. Out: the same for every person, without any [`Act::End`]: what follows a
//! fork of which one way ends stands in the ways that go on instead. Invariant: a name stands once.
//! Not done here: an [`Act::Await`] of which one way ends: those for whom the event came have no list
//! of their own, so such a wait must not be there.

use std::collections::BTreeMap;

use super::lowering::{Act, Op};

/// The same without ends; nothing where that takes more than so many things.
pub fn without_ends<'a>(ops: &[Op<'a>], most: usize) -> Option<Vec<Op<'a>>> {
    let mut grower = Grower {
        names: BTreeMap::new(),
        left: most,
    };
    grower.list(ops, &[])
}

/// Whether somebody may end within these.
fn may_end(ops: &[Op<'_>]) -> bool {
    let mut found = false;
    Op::walk(ops, &mut |op| found |= matches!(op.act, Act::End { .. }));
    found
}

struct Grower {
    names: BTreeMap<String, u32>,
    left: usize,
}

impl Grower {
    /// A list, and what follows it: lists one behind the other, the nearest first.
    fn list<'a>(&mut self, ops: &[Op<'a>], behind: &[&[Op<'a>]]) -> Option<Vec<Op<'a>>> {
        let mut all = Vec::new();
        for (at, op) in ops.iter().enumerate() {
            if matches!(op.act, Act::End { .. }) {
                return Some(all);
            }
            let is_last = op.inner().iter().any(|it| may_end(it));
            let mut further = vec![&ops[at + 1..]];
            further.extend(behind);
            let further: &[&[Op<'a>]] = if is_last { &further } else { &[] };
            all.push(self.op(op, further)?);
            if is_last {
                return Some(all);
            }
        }
        if let Some((next, rest)) = behind.split_first() {
            all.extend(self.list(next, rest)?);
        }
        Some(all)
    }

    fn op<'a>(&mut self, op: &Op<'a>, behind: &[&[Op<'a>]]) -> Option<Op<'a>> {
        self.left = self.left.checked_sub(1)?;
        let copy = self.names.entry(op.id.clone()).or_insert(0);
        *copy += 1;
        let id = match *copy {
            1 => op.id.clone(),
            // Two dots: one dot is a round of a repetition.
            copy => format!("{}..{copy}", op.id),
        };
        let mut act = op.act.clone();
        match &mut act {
            Act::Await { late, .. } => *late = self.list(late, behind)?,
            Act::Choose { ways, otherwise } => {
                for (_, way) in ways {
                    *way = self.list(way, behind)?;
                }
                *otherwise = self.list(otherwise, behind)?;
            }
            Act::Draw { arms } => {
                for arm in arms {
                    arm.ops = self.list(&arm.ops, behind)?;
                }
            }
            _ => {}
        }
        Some(Op {
            id,
            node: op.node,
            line: op.line,
            act,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::manifest::Expr;
    use crate::target::Test;

    fn op(id: &str, act: Act<'static>) -> Op<'static> {
        Op {
            id: id.to_owned(),
            node: "",
            line: 1,
            act,
        }
    }

    fn set(id: &str) -> Op<'static> {
        let act = Act::Set {
            attribute: id.to_owned(),
            value: true.into(),
        };
        op(id, act)
    }

    fn end() -> Op<'static> {
        op("end", Act::End { reason: "done" })
    }

    fn choose(id: &str, yes: Vec<Op<'static>>, no: Vec<Op<'static>>) -> Op<'static> {
        let value = id.into();
        let act = Act::Choose {
            ways: vec![(Test::Holds(Expr::Literal { value }), yes)],
            otherwise: no,
        };
        op(id, act)
    }

    /// `a(yes|no) b`: names, and what stands inside of forks.
    fn shown(ops: &[Op<'_>]) -> String {
        let one = |op: &Op<'_>| match op.inner().as_slice() {
            [] => op.id.clone(),
            ways => {
                let ways: Vec<String> = ways.iter().map(|it| shown(it)).collect();
                format!("{}({})", op.id, ways.join("|"))
            }
        };
        ops.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn grown(ops: &[Op<'static>]) -> String {
        shown(&without_ends(ops, 100).unwrap())
    }

    #[test]
    fn ways_without_ends_stay_as_they_are() {
        let ops = [
            set("a"),
            choose("f", vec![set("b")], vec![]),
            set("c"),
            end(),
        ];
        assert_eq!(grown(&ops), "a f(b|) c");
    }

    #[test]
    fn what_follows_moves_into_the_way_that_goes_on() {
        let ops = [
            choose("f", vec![set("b"), end()], vec![set("c")]),
            set("d"),
            set("e"),
        ];
        assert_eq!(grown(&ops), "f(b|c d e)");
    }

    #[test]
    fn what_follows_an_end_below_is_copied_into_every_way_that_goes_on() {
        let inner = choose("g", vec![end()], vec![set("b")]);
        let ops = [choose("f", vec![inner], vec![set("c")]), set("d")];
        assert_eq!(grown(&ops), "f(g(|b d)|c d..2)");
        let draw = |id: &str, ops: Vec<Vec<Op<'static>>>| {
            let arm = |ops| crate::target::Arm {
                name: String::new(),
                percent: 50,
                ops,
            };
            let arms = ops.into_iter().map(arm).collect();
            op(id, Act::Draw { arms })
        };
        let ops = [
            draw("f", vec![vec![end()], vec![]]),
            draw("g", vec![vec![], vec![end()]]),
            set("a"),
        ];
        assert_eq!(grown(&ops), "f(|g(a|))");
    }

    #[test]
    fn a_tree_that_grows_too_large_is_none() {
        let mut ops = Vec::new();
        for at in 0..12 {
            let inner = choose("g", vec![end()], vec![]);
            ops.push(choose(
                &format!("f{at}"),
                vec![inner],
                vec![set(&format!("s{at}"))],
            ));
        }
        assert!(without_ends(&ops, 200).is_none());
        assert!(without_ends(&ops[..4], 200).is_some());
    }
}
