//! How journeys end, and what chance decides on the way.

use std::collections::BTreeMap;

use super::checks::{Clauses, check};
use super::clause::{Ends, State};
use super::names::Names;
use super::setup::Setup;
use crate::diagnostic::{Diagnostic, Sink, did_you_mean};
use crate::model::check::INVALID_VALUE;
use crate::model::{IfPast, Name, Step};
use crate::scenario::case::{self, Assertion, Check, Ended, Via};
use crate::simulate::{JourneyNo, StepNo};
use crate::source::{Span, Spanned};

/// The key under `assign` that names journeys, not splits.
const HOLDOUT: &str = "holdout";

impl Clauses<'_, '_> {
    /// How a journey ends. `own` is the journey that is meant where none is named.
    pub(super) fn ends(
        &mut self,
        written: &Spanned<Ends>,
        own: Option<JourneyNo>,
    ) -> Option<Check> {
        let it = &written.value;
        let journey = match &it.journey {
            Some(name) => self.names.journey(&name.value, name.span, self.sink)?,
            None => self.own(own, written.span)?,
        };
        if it.state.is_none() && it.via.is_none() && it.next.is_none() {
            let message = "this does not say how the journey ends";
            self.say(
                written.span,
                message,
                "write for example `state: completed`",
            );
            return None;
        }
        let via = match &it.via {
            Some(name) => Some((name.value.clone(), self.ways_out(name, journey)?)),
            None => None,
        };
        let next = match &it.next {
            Some(name) => Some(self.names.journey(&name.value, name.span, self.sink)?),
            None => None,
        };
        let by = match &it.at {
            Some(at) => Some(self.deadline(&at.by)?),
            None => None,
        };
        let state = it.state.map(|it| ended(it.value));
        self.is_possible(it, via.as_ref().map(|it| it.1.as_slice()))
            .then(|| {
                let ends = case::Ends {
                    journey,
                    state,
                    via,
                    next,
                    by,
                };
                check(written.span, Assertion::Ends(Box::new(ends)))
            })
    }

    fn say(&mut self, span: Span, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::error(INVALID_VALUE, span, message);
        self.sink.push(diagnostic.help(help));
    }

    fn own(&mut self, own: Option<JourneyNo>, span: Span) -> Option<JourneyNo> {
        if own.is_none() {
            let message = "this does not say which journey ends";
            self.say(span, message, "write for example `journey: post-purchase`");
        }
        own
    }

    /// The ways out of a journey that a word means.
    fn ways_out(&mut self, name: &Name, journey: JourneyNo) -> Option<Vec<Via>> {
        let ways = ways_out(self.names, journey);
        let found = ways.iter().filter(|it| it.0 == &*name.value);
        let found: Vec<Via> = found.map(|it| it.1).collect();
        if !found.is_empty() {
            return Some(found);
        }
        let own = &self.names.simulation.journey(journey).name.value;
        let mut words: Vec<&str> = ways.iter().map(|it| it.0).collect();
        words.sort_unstable();
        words.dedup();
        let message = format!("nobody leaves `{own}` by `{}`", name.value);
        let help = did_you_mean(&name.value, words, "ways out");
        let diagnostic = Diagnostic::error(INVALID_VALUE, name.span, message);
        self.sink.push(diagnostic.help(help).subject(&*name.value));
        None
    }

    /// Whether state, way and next journey go together.
    fn is_possible(&mut self, it: &Ends, ways: Option<&[Via]>) -> bool {
        let Some(state) = it.state else { return true };
        let is_whole = |it: &[Via]| it.contains(&Via::Completed);
        let is_only_whole = |it: &[Via]| it.iter().all(|it| *it == Via::Completed);
        let via = it.via.as_ref().map(|it| it.span);
        let (span, message, help) = match (state.value, via, ways) {
            (State::Completed, Some(span), Some(ways)) if !is_whole(ways) => (
                span,
                "whoever completes a journey leaves after its last step",
                "write `state: exited`, or remove `via`",
            ),
            (State::Exited, Some(span), Some(ways)) if is_only_whole(ways) => (
                span,
                "whoever leaves after the last step has completed the journey",
                "write `state: completed`",
            ),
            (State::Inside | State::NeverEntered, Some(span), _) => (
                span,
                "whoever has not left has taken no way out",
                "remove `via`, or write `state: exited`",
            ),
            _ => match &it.next {
                Some(next) if state.value == State::NeverEntered => (
                    next.span,
                    "whoever never entered goes on to nothing",
                    "remove `next`",
                ),
                _ => return true,
            },
        };
        self.say(span, message, help);
        false
    }
}

fn ended(state: State) -> Ended {
    match state {
        State::Completed => Ended::Completed,
        State::Exited => Ended::Exited,
        State::Left => Ended::Left,
        State::Inside => Ended::Inside,
        State::NeverEntered => Ended::NeverEntered,
    }
}

/// Every way out of a journey with each word for it.
fn ways_out<'p>(names: &Names<'p>, no: JourneyNo) -> Vec<(&'p str, Via)> {
    let journey = names.simulation.journey(no);
    let mut ways = vec![("completed", Via::Completed)];
    for (number, exit) in (0..).zip(&journey.exits) {
        ways.push((&exit.on.value, Via::Exit(number)));
        ways.extend(exit.reason.iter().map(|it| (&*it.value, Via::Exit(number))));
        let event = names.project().event(&exit.on.value);
        let milestone = event.and_then(|it| it.milestone);
        ways.extend(milestone.map(|it| (it.value.word(), Via::Exit(number))));
    }
    let own = names.simulation.steps();
    for (step, placed) in own.filter(|it| it.1.journey == no) {
        match &placed.step.value {
            Step::Exit(reason) => ways.push((&reason.value, Via::Step(step))),
            Step::WaitUntil(it) if it.if_past == IfPast::Exit => {
                ways.push((&it.id.value, Via::DatePassed(step)));
            }
            _ => {}
        }
    }
    // An exit may have its event's name for a reason.
    let mut once: Vec<(&str, Via)> = Vec::with_capacity(ways.len());
    for it in ways {
        if !once.contains(&it) {
            once.push(it);
        }
    }
    once
}

/// What chance decides, as a scenario sets it.
#[derive(Debug, Default)]
pub(super) struct Chances {
    pub(super) arms: BTreeMap<StepNo, u32>,
    pub(super) kept_out: Vec<JourneyNo>,
}

/// Resolves `assign`.
pub(super) fn chances(setup: &Setup<'_>, names: &Names<'_>, sink: &mut Sink) -> Chances {
    let mut out = Chances::default();
    for (name, chosen) in setup.assign.values() {
        if &*name.value == HOLDOUT {
            for journey in *chosen {
                out.kept_out.extend(kept_out(journey, names, sink));
            }
            continue;
        }
        let Some(step) = names.step(&name.value, name.span, sink) else {
            continue;
        };
        if let Some(arm) = arm(step, name, chosen, names, sink) {
            out.arms.insert(step, arm);
        }
    }
    out.kept_out.sort_unstable();
    out.kept_out.dedup();
    out
}

fn kept_out(name: &Name, names: &Names<'_>, sink: &mut Sink) -> Option<JourneyNo> {
    let no = names.journey(&name.value, name.span, sink)?;
    if names
        .simulation
        .journey(no)
        .holdout
        .is_some_and(|it| it > 0)
    {
        return Some(no);
    }
    let message = format!("nobody is kept out of `{}`", name.value);
    let help = "give the journey a `holdout`, or remove this";
    sink.push(
        Diagnostic::error(INVALID_VALUE, name.span, message)
            .help(help)
            .subject(&*name.value),
    );
    None
}

fn arm(
    step: StepNo,
    name: &Name,
    chosen: &[Name],
    names: &Names<'_>,
    sink: &mut Sink,
) -> Option<u32> {
    let mut error = |span, message: String, help: String| {
        let diagnostic = Diagnostic::error(INVALID_VALUE, span, message);
        sink.push(diagnostic.help(help).subject(&*name.value));
    };
    let Step::Split(split) = &names.simulation.step(step).step.value else {
        let kind = names.simulation.step(step).step.value.kind();
        let message = format!(
            "`{}` is a `{kind}`, which chance does not decide",
            name.value
        );
        error(name.span, message, "name a `split`".to_owned());
        return None;
    };
    let [chosen] = chosen else {
        let span = chosen.get(1).map_or(name.span, |it| it.span);
        let help = "leave it out to try every arm, or write the arms under `matrix`";
        error(span, "a person takes one arm".to_owned(), help.to_owned());
        return None;
    };
    let found = (0..).zip(split.arms.keys()).find(|it| it.1 == chosen);
    if found.is_none() {
        let message = format!("the split `{}` has no arm `{}`", name.value, chosen.value);
        let arms = split.arms.keys().map(|it| &*it.value);
        let help = did_you_mean(&chosen.value, arms, "arms");
        error(chosen.span, message, help);
    }
    found.map(|it| it.0)
}
