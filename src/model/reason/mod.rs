//! Whether conditions can hold together.
//!
//! In: conditions that are known to hold, or not to hold, at one moment. Out: whether that is
//! possible. Invariant: "impossible" is only said where it is certain; where not enough is known,
//! or too many cases would have to be tried, everything is possible.
//! Not done here: saying so (that is what rules do).

mod domain;
mod facts;
mod passed;
mod text;

pub(crate) use facts::{Facts, happened};
pub(crate) use passed::{Passed, did, longest, shortest};

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Comparison, Expr, ExprKind, History, Journey, Literal, Project, Property, Since, Table,
};

use domain::Domain;
use text::canonical;

/// How many claims are looked at before everything is possible.
const FUEL: u32 = 2_000;

/// What conditions of a journey speak of: the declared attributes and properties.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vocabulary<'p> {
    contact: &'p Table<Property>,
    event: Option<&'p Table<Property>>,
}

/// Something that remains to be looked at.
#[derive(Clone, Copy)]
enum Work<'e> {
    /// This has this truth.
    Claim(&'e Expr, bool),
    /// One of these has this truth.
    OneOf(&'e [Expr], bool),
}

impl<'p> Vocabulary<'p> {
    /// What conditions of a journey's steps speak of.
    pub(crate) fn of(project: &'p Project, journey: &Journey) -> Self {
        let event = project.event(&journey.trigger.event.value);
        Self {
            contact: &project.contact,
            event: event.map(|it| &it.properties),
        }
    }

    /// The same for people whom another journey has sent in: what their event carried is not known.
    pub(crate) fn of_people_sent_in(self) -> Self {
        Self {
            event: None,
            ..self
        }
    }

    /// Whether all these conditions can have their truths at one moment.
    pub(crate) fn possible<'e>(&self, claims: impl IntoIterator<Item = (&'e Expr, bool)>) -> bool {
        let work = claims.into_iter().map(|(it, truth)| Work::Claim(it, truth));
        self.search(BTreeMap::new(), work.collect(), &mut FUEL.clone())
    }

    /// Whether somebody passes the filter of an event that lets people in. The event itself has just
    /// happened, and nothing has happened since an entry that is still to come.
    pub(crate) fn lets_in(&self, filter: &Expr, event: &str) -> bool {
        let mut known: Vec<(Expr, bool)> = Vec::new();
        filter.walk(&mut |it| {
            let ExprKind::History(history) = &it.kind else {
                return;
            };
            let happened = match history.since {
                Since::Entry => false,
                _ if *history.event == *event => true,
                _ => return,
            };
            let history = History {
                counts: false,
                ..history.clone()
            };
            let kind = ExprKind::History(history);
            known.push((Expr { kind, at: 0..0 }, happened));
        });
        let known = known.iter().map(|it| (&it.0, it.1));
        self.possible(known.chain([(filter, true)]))
    }

    /// Whether a condition lets somebody through whom another one kept out. Where the two cannot be
    /// compared, it does if one of the other's demands is missing altogether.
    pub(crate) fn widens(&self, before: &Expr, now: &Expr) -> bool {
        if !self.possible([(now, true), (before, false)]) {
            return false;
        }
        if !self.possible([(before, true), (now, false)]) {
            return true;
        }
        let asked = terms(now);
        let demands = match &before.kind {
            ExprKind::And(parts) => parts.as_slice(),
            _ => std::slice::from_ref(before),
        };
        demands.iter().any(|it| terms(it).is_disjoint(&asked))
    }

    /// Works through the claims, and then tries each way to meet the first alternative.
    fn search(
        &self,
        mut state: BTreeMap<String, Domain>,
        mut todo: Vec<Work<'_>>,
        fuel: &mut u32,
    ) -> bool {
        let mut later = Vec::new();
        while let Some(work) = todo.pop() {
            if *fuel == 0 {
                return true;
            }
            *fuel -= 1;
            let Work::Claim(expr, truth) = work else {
                later.push(work);
                continue;
            };
            match (&expr.kind, truth) {
                (ExprKind::Not(inner), _) => todo.push(Work::Claim(inner, !truth)),
                (ExprKind::And(parts), true) | (ExprKind::Or(parts), false) => {
                    todo.extend(parts.iter().map(|it| Work::Claim(it, truth)));
                }
                (ExprKind::And(parts), false) | (ExprKind::Or(parts), true) => {
                    later.push(Work::OneOf(parts, truth));
                }
                _ if !self.claim(&mut state, expr, truth) => return false,
                _ => {}
            }
        }
        let Some(Work::OneOf(parts, truth)) = later.pop() else {
            return true;
        };
        parts.iter().any(|part| {
            let mut todo = later.clone();
            todo.push(Work::Claim(part, truth));
            self.search(state.clone(), todo, fuel)
        })
    }

    /// Takes one claim without `and`, `or` and `not` into account; false if it cannot be so.
    fn claim(&self, state: &mut BTreeMap<String, Domain>, expr: &Expr, truth: bool) -> bool {
        let never = |it: &Domain| it.is_empty();
        match &expr.kind {
            ExprKind::Literal(Literal::Boolean(value)) => *value == truth,
            ExprKind::Contact(_) | ExprKind::Event(_) => self.refine(state, expr, |domain| {
                if truth {
                    domain.keep_one_of(&[Literal::Boolean(true)]);
                } else {
                    domain.drop_one(&Literal::Boolean(true));
                }
            }),
            ExprKind::History(history) if !history.counts => {
                let key = text::history(history, true);
                let domain = state.entry(key).or_insert_with(Domain::count);
                domain.compare(
                    if truth {
                        Comparison::Greater
                    } else {
                        Comparison::Equal
                    },
                    0.0,
                );
                if never(domain) {
                    return false;
                }
                if !truth || history.since == Since::Always {
                    return true;
                }
                // What has happened lately has happened.
                let ever = History {
                    since: Since::Always,
                    ..history.clone()
                };
                let key = text::history(&ever, true);
                let domain = state.entry(key).or_insert_with(Domain::count);
                domain.compare(Comparison::Greater, 0.0);
                !never(domain)
            }
            ExprKind::Compare {
                operator,
                left,
                right,
            } => match (&left.kind, &right.kind) {
                (ExprKind::Literal(left), ExprKind::Literal(right)) => {
                    text::constant(*operator, left, right).is_none_or(|it| it == truth)
                }
                (_, ExprKind::Literal(value)) if is_term(left) => {
                    self.comparison(state, left, *operator, value, truth)
                }
                (ExprKind::Literal(value), _) if is_term(right) => {
                    self.comparison(state, right, text::mirrored(*operator), value, truth)
                }
                _ => opaque(state, expr, truth),
            },
            ExprKind::In {
                needle,
                haystack,
                negated,
            } => match text::literals(haystack) {
                Some(values) if is_term(needle) => self.refine(state, needle, |domain| {
                    if truth == *negated {
                        for value in &values {
                            domain.drop_one(value);
                        }
                    } else {
                        domain.keep_one_of(&values);
                    }
                }),
                _ => opaque(state, expr, truth),
            },
            ExprKind::Clicked { .. } => opaque(state, expr, truth),
            _ => true,
        }
    }

    fn comparison(
        &self,
        state: &mut BTreeMap<String, Domain>,
        term: &Expr,
        operator: Comparison,
        value: &Literal,
        truth: bool,
    ) -> bool {
        self.refine(state, term, |domain| match (operator, truth, value) {
            (Comparison::Equal, true, _) | (Comparison::NotEqual, false, _) => {
                domain.keep_one_of(std::slice::from_ref(value));
            }
            (Comparison::Equal, false, _) | (Comparison::NotEqual, true, _) => {
                domain.drop_one(value);
            }
            (_, true, Literal::Number(number)) => domain.compare(operator, *number),
            (_, false, Literal::Number(number)) => {
                domain.compare(text::opposite(operator), *number);
            }
            _ => {}
        })
    }

    fn refine(
        &self,
        state: &mut BTreeMap<String, Domain>,
        term: &Expr,
        change: impl FnOnce(&mut Domain),
    ) -> bool {
        let domain = match state.entry(canonical(term)) {
            Entry::Occupied(it) => it.into_mut(),
            Entry::Vacant(it) => match self.domain_of(term) {
                Some(initial) => it.insert(initial),
                None => return true,
            },
        };
        change(domain);
        !domain.is_empty()
    }

    /// The values that a term can have, as declared; nothing if the expression is no term.
    fn domain_of(&self, expr: &Expr) -> Option<Domain> {
        match &expr.kind {
            ExprKind::Contact(name) => Some(Domain::declared(self.contact.get(&**name))),
            ExprKind::Event(name) => {
                let property = self.event.and_then(|it| it.get(&**name));
                Some(Domain::declared(property))
            }
            ExprKind::History(it) if it.counts => Some(Domain::count()),
            _ => None,
        }
    }
}

/// Whether an expression is a term, whose values are known as far as they are declared.
fn is_term(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Contact(_) | ExprKind::Event(_) => true,
        ExprKind::History(it) => it.counts,
        _ => false,
    }
}

/// A condition that is not understood: all that is known is that it cannot be so and not so.
fn opaque(state: &mut BTreeMap<String, Domain>, expr: &Expr, truth: bool) -> bool {
    let domain = state.entry(canonical(expr)).or_insert_with(Domain::truth);
    domain.keep_one_of(&[Literal::Boolean(truth)]);
    !domain.is_empty()
}

/// What a condition speaks of.
fn terms(expr: &Expr) -> BTreeSet<String> {
    let mut res = BTreeSet::new();
    expr.walk(&mut |it| match &it.kind {
        ExprKind::Contact(_) | ExprKind::Event(_) | ExprKind::Clicked { .. } => {
            res.insert(canonical(it));
        }
        ExprKind::History(it) => {
            res.insert(it.event.to_string());
        }
        _ => {}
    });
    res
}

#[cfg(test)]
mod tests;
