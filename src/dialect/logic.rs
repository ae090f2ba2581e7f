//! Conditions in the words of languages that can say less than the IR: without parentheses, without
//! a fallback inside a question.
//!
//! In: tests of the IR. Out: the same as "or" of "and"s of single questions, or the two ways that a
//! fallback makes of one question.
//! Invariant: for every value that may come, what comes out holds exactly if what went in does.
//! Not done here: how a language asks a single question (each dialect knows that).

use crate::template::ir::{Expr, Filter, Filtered, Literal, Test};

/// A value with a fallback, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Split {
    /// The value where the operand is filled: filters applied, without the fallback.
    pub(super) given: Expr,
    /// The value where it is blank: the fallback, with the same filters applied.
    pub(super) other: Expr,
    /// What is asked whether it is filled.
    pub(super) of: Expr,
}

/// Finds the outermost `default` that the language has no filter for, and takes the expression apart
/// there. `is_simple` tells for an operand and its fallback whether the language can say it.
pub(super) fn split(expr: &Expr, is_simple: &dyn Fn(&Expr, &Expr) -> bool) -> Option<Split> {
    let Expr::Filter(it) = expr else { return None };
    if let Filter::Default(other) = &it.filter
        && !is_simple(&it.of, other)
    {
        return Some(Split {
            given: it.of.clone(),
            other: other.clone(),
            of: it.of.clone(),
        });
    }
    let Split { given, other, of } = split(&it.of, is_simple)?;
    let wrap = |inner| {
        Expr::Filter(Box::new(Filtered {
            filter: it.filter.clone(),
            of: inner,
            span: it.span,
        }))
    };
    let other = match other {
        Expr::Literal(other) => crate::template::filter_literal(&it.filter, &other),
        other => wrap(other),
    };
    Some(Split {
        given: wrap(given),
        other,
        of,
    })
}

/// A question about a value with a fallback, both ways: `filled` and asked of the value, or not
/// `filled` and asked of the fallback.
pub(super) fn both_ways(filled: Test, given: Test, other: Test) -> Test {
    Test::Any(vec![
        Test::All(vec![filled.clone(), given]),
        Test::All(vec![filled.negated(), other]),
    ])
}

/// The answer to a question about a fixed fallback, if it is known.
pub(super) fn known(test: &Test) -> Option<bool> {
    match test {
        Test::Constant(it) => Some(*it),
        Test::Truthy(Expr::Literal(it)) => Some(crate::template::is_true(it)),
        Test::Filled(Expr::Literal(it)) => Some(match it {
            Literal::Int(_) | Literal::Float(_) => true,
            it => crate::template::is_true(it),
        }),
        _ => None,
    }
}

/// Why a test cannot be written as "or" of "and"s.
pub(super) enum Unsaid<E> {
    /// A single question cannot be asked.
    Question(E),
    /// There would be more "and"s than the bound.
    TooLong,
}

/// How a language writes a condition without parentheses.
pub(super) struct Asking<'a, E> {
    /// How many "and"s a condition may have.
    pub(super) most: usize,
    /// Writes a single question, or its opposite where the second argument says so.
    pub(super) ask: &'a mut dyn FnMut(&Test, bool) -> Result<String, E>,
    /// Whether these questions cannot all be answered with yes.
    pub(super) is_never: &'a dyn Fn(&[String]) -> bool,
}

/// "Or" of "and"s, by De Morgan and distribution. No "and" at all never holds; an empty one always
/// does.
pub(super) fn or_of_ands<E>(
    test: &Test,
    mut asking: Asking<'_, E>,
) -> Result<Vec<Vec<String>>, Unsaid<E>> {
    distribute(test, false, &mut asking)
}

fn distribute<E>(
    test: &Test,
    negated: bool,
    asking: &mut Asking<'_, E>,
) -> Result<Vec<Vec<String>>, Unsaid<E>> {
    let most = asking.most;
    let bounded = |ors: Vec<Vec<String>>| {
        if ors.len() > most {
            Err(Unsaid::TooLong)
        } else {
            Ok(ors)
        }
    };
    match (test, negated) {
        (Test::Constant(it), _) => Ok(if *it == negated {
            Vec::new()
        } else {
            vec![Vec::new()]
        }),
        (Test::Not(it), _) => distribute(it, !negated, asking),
        (Test::All(all), true) | (Test::Any(all), false) => {
            let mut ors = Vec::new();
            for it in all {
                for ands in distribute(it, negated, asking)? {
                    if !ors.contains(&ands) {
                        ors.push(ands);
                    }
                }
            }
            bounded(ors)
        }
        (Test::All(all), false) | (Test::Any(all), true) => {
            let mut ors: Vec<Vec<String>> = vec![Vec::new()];
            for it in all {
                let more = distribute(it, negated, asking)?;
                let mut product = Vec::new();
                for ands in &ors {
                    for extra in &more {
                        let mut both = ands.clone();
                        both.extend(extra.iter().filter(|it| !ands.contains(it)).cloned());
                        if !(asking.is_never)(&both) && !product.contains(&both) {
                            product.push(both);
                        }
                    }
                }
                ors = bounded(product)?;
            }
            Ok(ors)
        }
        (question, _) => {
            let question = (asking.ask)(question, negated).map_err(Unsaid::Question)?;
            Ok(vec![vec![question]])
        }
    }
}
