//! Conditions for languages that ask one plain question at a time: choices inside choices.
//!
//! In: the tests of a choice's arms, and how much each body prints. Out: a tree of single questions
//! whose leaves are bodies; a body that several ways lead to stands there several times.
//! Invariant: for every value that may come, the tree leads to the body of the first arm whose test
//! holds. No question is asked twice on one way, and none whose answer changes nothing.
//! Not done here: which questions a language can ask (each dialect brings tests that it can).

use crate::template::ir::Test;

/// Bodies that may stand in a tree, those repeated counted each time.
const MOST_LEAVES: usize = 48;

/// Characters that repeated bodies may add.
const MOST_REPEATED: usize = 24_000;

/// A choice as single questions.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree {
    /// The body of the arm with this number; one more than the last arm is what stands if none holds.
    Body(usize),
    /// A question, with what follows from yes and from no.
    Ask(Box<Ask>),
}

/// One question of a tree.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ask {
    /// What is asked; neither a constant nor made of other tests.
    pub(super) question: Test,
    /// What follows if it holds.
    pub(super) yes: Tree,
    /// What follows if not.
    pub(super) no: Tree,
}

/// The tree would repeat more than the bounds allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// Makes a tree of the tests of a choice. `sizes` are the lengths of the bodies, one for each test and
/// one for what stands if none holds.
pub(super) fn lower(tests: &[Test], sizes: &[usize]) -> Result<Tree, TooLong> {
    let mut tree = Tree::Body(tests.len());
    for (at, test) in tests.iter().enumerate().rev() {
        tree = decide(test, &Tree::Body(at), &tree)?;
    }
    let mut answers = Vec::new();
    let tree = settle(tree, &mut answers);
    let mut seen = vec![0_usize; sizes.len()];
    count(&tree, &mut seen);
    let repeated: usize = seen
        .iter()
        .zip(sizes)
        .map(|(times, size)| times.saturating_sub(1) * size)
        .sum();
    if repeated > MOST_REPEATED {
        return Err(TooLong);
    }
    Ok(tree)
}

fn decide(test: &Test, yes: &Tree, no: &Tree) -> Result<Tree, TooLong> {
    let tree = match test {
        Test::Constant(true) => yes.clone(),
        Test::Constant(false) => no.clone(),
        Test::Not(it) => decide(it, no, yes)?,
        Test::All(all) => {
            let mut tree = yes.clone();
            for it in all.iter().rev() {
                tree = decide(it, &tree, no)?;
            }
            tree
        }
        Test::Any(all) => {
            let mut tree = no.clone();
            for it in all.iter().rev() {
                tree = decide(it, yes, &tree)?;
            }
            tree
        }
        question => Tree::Ask(Box::new(Ask {
            question: question.clone(),
            yes: yes.clone(),
            no: no.clone(),
        })),
    };
    if leaves(&tree) > MOST_LEAVES {
        // Answers that are known by then may still cut it down.
        let settled = settle(tree, &mut Vec::new());
        return if leaves(&settled) > MOST_LEAVES {
            Err(TooLong)
        } else {
            Ok(settled)
        };
    }
    Ok(tree)
}

/// Drops what is known by then, and questions whose answer changes nothing.
fn settle(tree: Tree, answers: &mut Vec<(Test, bool)>) -> Tree {
    let Tree::Ask(ask) = tree else { return tree };
    let Ask { question, yes, no } = *ask;
    if let Some((_, answer)) = answers.iter().find(|it| it.0 == question) {
        let known = *answer;
        return settle(if known { yes } else { no }, answers);
    }
    answers.push((question.clone(), true));
    let yes = settle(yes, answers);
    answers.pop();
    answers.push((question.clone(), false));
    let no = settle(no, answers);
    answers.pop();
    if yes == no {
        return yes;
    }
    Tree::Ask(Box::new(Ask { question, yes, no }))
}

fn leaves(tree: &Tree) -> usize {
    match tree {
        Tree::Body(_) => 1,
        Tree::Ask(it) => leaves(&it.yes) + leaves(&it.no),
    }
}

fn count(tree: &Tree, seen: &mut [usize]) {
    match tree {
        Tree::Body(at) => {
            if let Some(times) = seen.get_mut(*at) {
                *times += 1;
            }
        }
        Tree::Ask(it) => {
            count(&it.yes, seen);
            count(&it.no, seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::ir::Expr;
    use crate::template::ir::Literal;

    fn question(name: &str) -> Test {
        Test::Truthy(Expr::Literal(Literal::Text(name.into())))
    }

    fn walk(tree: &Tree, answer: &dyn Fn(&Test) -> bool) -> usize {
        match tree {
            Tree::Body(at) => *at,
            Tree::Ask(it) if answer(&it.question) => walk(&it.yes, answer),
            Tree::Ask(it) => walk(&it.no, answer),
        }
    }

    fn holds(test: &Test, answer: &dyn Fn(&Test) -> bool) -> bool {
        match test {
            Test::Constant(it) => *it,
            Test::Not(it) => !holds(it, answer),
            Test::All(all) => all.iter().all(|it| holds(it, answer)),
            Test::Any(all) => all.iter().any(|it| holds(it, answer)),
            it => answer(it),
        }
    }

    #[test]
    fn a_tree_leads_where_the_tests_lead() {
        let [a, b, c] = ["a", "b", "c"].map(question);
        let tests = [
            Test::All(vec![
                a.clone(),
                Test::Not(Box::new(Test::Any(vec![b.clone(), c.clone()]))),
            ]),
            Test::Any(vec![
                Test::All(vec![a.clone(), c.clone()]),
                Test::Not(Box::new(a.clone())),
            ]),
        ];
        let Ok(tree) = lower(&tests, &[1, 1, 1]) else {
            panic!("too long");
        };
        for bits in 0..8_u8 {
            let answer = |it: &Test| {
                let at = [&a, &b, &c].iter().position(|known| *known == it);
                at.is_some_and(|at| bits >> at & 1 == 1)
            };
            let expected = tests
                .iter()
                .position(|it| holds(it, &answer))
                .unwrap_or(tests.len());
            assert_eq!(walk(&tree, &answer), expected, "{bits:03b}");
        }
    }

    #[test]
    fn what_is_known_is_not_asked_again_and_long_bodies_are_not_repeated_without_end() {
        let a = question("a");
        let same = Test::Any(vec![a.clone(), a.clone().negated()]);
        assert_eq!(lower(&[same], &[9, 9]), Ok(Tree::Body(0)));
        let [b, c] = ["b", "c"].map(question);
        let either = [Test::Any(vec![a, b, c])];
        assert!(lower(&either, &[10_000, 0]).is_ok());
        assert_eq!(lower(&either, &[20_000, 0]), Err(TooLong));
    }
}
