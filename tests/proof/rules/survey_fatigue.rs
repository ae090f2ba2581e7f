//! F005: one person is not asked by several journeys within 90 days.
//!
//! Only journeys that certainly meet: begun by the same event, the one entered from the other, or
//! begun by the very event that the other has waited for. A question that looks back 90 days, or whose
//! trigger does, is left out, and so is a reminder.

use journeyc::diagnostic::Diagnostic;
use journeyc::model::{Condition, Duration, ExprKind, Since};
use journeyc::simulate::{By, Life, Record, StepNo, What};

use super::super::town::length;
use super::super::{Checker, Town, Violation};
use super::stays::{Stay, is_reminder, is_request, send_of};

/// F005.
pub struct SurveyFatigue;

const NAME: &str = "survey-fatigue";

impl Checker for SurveyFatigue {
    fn rule(&self) -> &'static str {
        NAME
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let limit = town.limit(NAME, None).unwrap_or(Duration::of_days(90));
        let limit = length(limit);
        let all = Stay::all(record);
        let mut asked: Vec<(i64, StepNo, &Stay<'_>)> = Vec::new();
        for stay in &all {
            let filter = town.journey(stay.journey).trigger.filter.as_ref();
            let by_event = matches!(stay.by, By::Event(_));
            if by_event && filter.is_some_and(|it| looks_back(it, limit)) {
                continue;
            }
            let own = stay.touches().filter(|it| counts(town, it.1, limit));
            asked.extend(own.map(|(at, step)| (at, step, stay)));
        }
        asked.sort_by_key(|it| it.0);
        let mut found = Vec::new();
        for (number, second) in asked.iter().enumerate() {
            for first in &asked[..number] {
                let is_near = town.at_most(life, first.0, second.0) < limit;
                let other = first.2.journey != second.2.journey;
                if is_near && other && meet(first.2, second.2) {
                    let says = format!("asked twice in {} s", second.0 - first.0);
                    let violation = Violation::of(second.2.journey, second.0, says);
                    let violation = violation.or_in(first.2.journey);
                    found.push(violation.at_steps(&[first.1, second.1]));
                }
            }
        }
        found
    }

    /// Of many that ask after one event one is named first, and others beside it.
    fn is_meant(&self, town: &Town<'_>, violation: &Violation, finding: &Diagnostic) -> bool {
        let texts = finding.related.iter().map(|it| &*it.text);
        let mut texts: Vec<&str> = texts.collect();
        texts.push(&finding.primary.text);
        let named = |name: &str| {
            finding.journey.as_deref() == Some(name)
                || finding.subject.as_deref() == Some(name)
                || texts.iter().any(|it| it.contains(&format!("`{name}`")))
        };
        // A request is told of once, whatever came before it.
        let second = finding.journey.as_deref();
        if violation
            .journeys
            .iter()
            .any(|it| Some(town.name(*it)) == second)
        {
            return true;
        }
        // A finding speaks of one event; of more journeys than it names, it says so.
        let more = finding.primary.text.contains("more request");
        violation
            .journeys
            .iter()
            .all(|it| more || named(town.name(*it)))
    }
}

fn counts(town: &Town<'_>, step: StepNo, limit: i64) -> bool {
    let Some(send) = send_of(town, step) else {
        return false;
    };
    let guards = [&send.only_if, &send.unless];
    let mut guards = guards.into_iter().flatten();
    is_request(town, step) && !is_reminder(town, step) && !guards.any(|it| looks_back(it, limit))
}

/// Whether something in the files makes two ways meet.
fn meet(one: &Stay<'_>, other: &Stay<'_>) -> bool {
    let follows = |first: &Stay<'_>, second: &Stay<'_>| match second.by {
        By::Visit(no) => no == first.no,
        By::Event(no) => {
            let mut moments = first.moments.iter();
            moments.any(|it| matches!(it.what, What::Came(_, came) if came == no))
        }
    };
    let together = matches!((one.by, other.by), (By::Event(a), By::Event(b)) if a == b);
    together || follows(one, other) || follows(other, one)
}

fn looks_back(condition: &Condition, limit: i64) -> bool {
    let Ok(expr) = &condition.parsed else {
        return false;
    };
    let mut found = false;
    expr.walk(&mut |it| {
        if let ExprKind::History(it) = &it.kind {
            found |= match it.since {
                Since::Always => true,
                Since::Within(span) => length(span) >= limit,
                Since::Entry => false,
            };
        }
    });
    found
}
