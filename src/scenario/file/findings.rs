//! What the linter is expected to find.

use super::checks::check;
use super::clause::Finding;
use super::names::unknown_journey;
use super::written::Scenario;
use crate::diagnostic::{Diagnostic, Sink, did_you_mean};
use crate::model::check::{INVALID_VALUE, UNKNOWN_RULE, UNKNOWN_STEP};
use crate::model::{Journey, Name, Program};
use crate::scenario::case::{Assertion, Check, Expected};
use crate::source::{Span, Spanned};

/// The check of a scenario's expected findings. Journeys that do not act are checked too: the linter
/// sees all of them.
pub(super) fn findings(
    scenario: &Scenario,
    program: &Program,
    rules: &[&str],
    sink: &mut Sink,
) -> Option<Check> {
    let error = |span: Span, message: &str, help: &str| {
        Diagnostic::error(INVALID_VALUE, span, message).help(help)
    };
    let list = match (&scenario.expect_findings, scenario.lint) {
        (Some(_), Some(lint)) if !lint.value => {
            let message = "the linter is not asked, but expected to find something";
            sink.push(error(lint.span, message, "remove `lint: false`"));
            return None;
        }
        (None, Some(lint)) if lint.value => {
            let message = "this does not say what the linter finds";
            let help = "write `expect_findings: [{rule: RULE, at: STEP}]`, or remove `lint`";
            sink.push(error(lint.span, message, help));
            return None;
        }
        (None, _) => return None,
        (Some(list), _) => list,
    };
    let found: Vec<Expected> = list
        .value
        .iter()
        .filter_map(|it| finding(it, program, rules, sink))
        .collect();
    Some(check(list.span, Assertion::Findings(found)))
}

fn finding(
    written: &Spanned<Finding>,
    program: &Program,
    rules: &[&str],
    sink: &mut Sink,
) -> Option<Expected> {
    let it = &written.value;
    let name = &*it.rule.value;
    if !rules.contains(&name) {
        let message = format!("there is no rule `{name}`");
        sink.push(
            Diagnostic::error(UNKNOWN_RULE, it.rule.span, message)
                .help(did_you_mean(name, rules.iter().copied(), "rules"))
                .subject(name),
        );
    }
    let journey = match &it.journey {
        Some(it) => Some(journey(&it.value, it.span, program, sink)?),
        None => None,
    };
    let (own, step) = match &it.at {
        Some(at) => place(at, journey, program, sink)?,
        None => (journey, None),
    };
    Some(Expected {
        rule: name.into(),
        journey: own.map(|it| it.name.value.clone()),
        step,
        span: written.span,
    })
}

fn journey<'p>(
    name: &str,
    span: Span,
    program: &'p Program,
    sink: &mut Sink,
) -> Option<&'p Journey> {
    let found = program.journey(name);
    if found.is_none() {
        sink.push(unknown_journey(program, name, span));
    }
    found
}

/// The journey, where one is named, and the step.
fn place<'p>(
    at: &Name,
    own: Option<&'p Journey>,
    program: &'p Program,
    sink: &mut Sink,
) -> Option<(Option<&'p Journey>, Option<Box<str>>)> {
    let (own, step) = match at.value.split_once('/') {
        Some((name, step)) => (Some(journey(name, at.span, program, sink)?), step),
        None => (own, &*at.value),
    };
    let all = || program.documents.iter().map(|it| &it.journey);
    let looked_at = || all().filter(|it| own.is_none_or(|own| std::ptr::eq(own, *it)));
    let steps = || looked_at().flat_map(|it| it.walk().filter_map(|(it, _)| it.id()));
    if steps().any(|it| &*it.value == step) {
        return Some((own, Some(step.into())));
    }
    let message = match own {
        Some(own) => format!("the journey `{}` has no step `{step}`", own.name.value),
        None => format!("no journey has a step `{step}`"),
    };
    let known = steps().map(|it| &*it.value);
    sink.push(
        Diagnostic::error(UNKNOWN_STEP, at.span, message)
            .help(did_you_mean(step, known, "steps"))
            .subject(step),
    );
    None
}
