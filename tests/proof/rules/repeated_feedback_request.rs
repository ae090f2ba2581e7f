//! F003: on one way through a journey one question about a matter, and one reminder of it.
//!
//! A delivery between two of them makes another matter. An answer is an event with the milestone
//! `feedback_given` about the same case; where the journey looks at some of several kinds of answers,
//! only these count, and it must disregard all of them.

use journeyc::model::{Duration, Milestone};
use journeyc::simulate::{Life, Record, StepNo};

use super::super::town::length;
use super::super::{Checker, Town, Violation};
use super::stays::{
    Stay, about, chain, is_reminder, is_request, looked_at, meaning, of_milestones, send_of,
};

/// F003.
pub struct RepeatedFeedbackRequest;

const NAME: &str = "repeated-feedback-request";

const FORGOTTEN: i64 = 90 * 86_400;

impl Checker for RepeatedFeedbackRequest {
    fn rule(&self) -> &'static str {
        NAME
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let all = Stay::all(record);
        let wanted = [Milestone::Delivered, Milestone::ServiceStarted];
        let arrivals = of_milestones(town, life, record, &wanted);
        let look = Look {
            town,
            life,
            record,
            arrivals: arrivals.map(|it| it.0).collect(),
        };
        let mut found = Vec::new();
        for stay in &all {
            let asked: Vec<_> = stay.touches().filter(|it| is_request(town, it.1)).collect();
            for (number, one) in asked.iter().enumerate() {
                let before = &asked[..number];
                let says = look
                    .repeats(before, *one)
                    .or_else(|| look.disregards(&all, stay, *one));
                if let Some(says) = says {
                    found.push(Violation::of(stay.journey, one.0, says).at_steps(&[one.1]));
                }
            }
        }
        found
    }
}

struct Look<'l, 'p> {
    town: &'l Town<'p>,
    life: &'l Life,
    record: &'l Record,
    arrivals: Vec<i64>,
}

impl Look<'_, '_> {
    /// Whether two requests so far apart can be about one matter.
    fn is_one_matter(&self, from: i64, to: i64) -> bool {
        let mut arrivals = self.arrivals.iter();
        !arrivals.any(|it| from <= *it && *it <= to)
            && self.town.at_most(self.life, from, to) < FORGOTTEN
    }

    fn original(&self, step: StepNo) -> Option<&str> {
        let send = send_of(self.town, step)?;
        let journey = self.town.journey(self.town.step(step).journey);
        let all = chain(journey, send);
        all.last().filter(|_| all.len() > 1).map(|it| &*it.id.value)
    }

    fn repeats(&self, before: &[(i64, StepNo)], (at, step): (i64, StepNo)) -> Option<&'static str> {
        let town = self.town;
        let near = before.iter().filter(|it| self.is_one_matter(it.0, at));
        let near: Vec<_> = near.copied().collect();
        if !is_reminder(town, step) {
            let same = |it: &&(i64, StepNo)| {
                !is_reminder(town, it.1) && about(town, it.1) == about(town, step)
            };
            return near.iter().find(same).map(|_| "asked again");
        }
        let original = self.original(step)?;
        let reminds = |it: &&(i64, StepNo)| self.original(it.1) == Some(original);
        if near.iter().any(|it| reminds(&it)) {
            return Some("reminded again");
        }
        let limit = town.limit(NAME, Some(town.journey(town.step(step).journey)));
        let limit = length(limit.unwrap_or(Duration::of_days(7)));
        let hasty = |it: &&(i64, StepNo)| {
            town.simulation.step_id(it.1) == Some(original)
                && town.at_most(self.life, it.0, at) < limit
        };
        near.iter().find(hasty).map(|_| "reminded in a hurry")
    }

    fn disregards(
        &self,
        all: &[Stay<'_>],
        stay: &Stay<'_>,
        (at, step): (i64, StepNo),
    ) -> Option<&'static str> {
        if !is_reminder(self.town, step) {
            return None;
        }
        let town = self.town;
        let journey = town.journey(stay.journey);
        let answers = |name: &&str| meaning(town, name) == Some(Milestone::FeedbackGiven);
        let mut kinds: Vec<&str> = looked_at(journey).into_iter().filter(answers).collect();
        if kinds.is_empty() {
            let declared = town.project().events_of(Milestone::FeedbackGiven).next();
            kinds.extend(declared.map(|it| &*it.value));
        }
        let came = |kind: &&str| {
            let given = [Milestone::FeedbackGiven];
            let mut events = of_milestones(town, self.life, self.record, &given);
            events.any(|(when, no)| {
                let event = super::super::town::occurred(self.life, no).map(|it| it.0);
                let is_kind = event.is_some_and(|it| town.simulation.event_name(it) == *kind);
                is_kind
                    && stay.entered < when
                    && when < at
                    && stay.concerns(town, self.life, all, no)
            })
        };
        let all = !kinds.is_empty() && kinds.iter().all(came);
        all.then_some("reminded after the answer")
    }
}
