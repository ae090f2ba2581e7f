//! F006: a question that fits the moment.
//!
//! Events are those that the journey knows of: its trigger, and those that it waited for. A date that
//! it waited for is a moment too. For an effort, the time that windows and the cap hold messages back
//! does not count: they were meant to come in time.

use journeyc::model::{Ask, Duration, Milestone, Step};
use journeyc::simulate::{By, Life, Record, StepNo, What};

use super::super::town::length;
use super::super::{Checker, Town, Violation};
use super::stays::{Stay, about, begins_with, is_of, is_request, send_of, time_of};

/// F006.
pub struct MetricMismatch;

const NAME: &str = "metric-mismatch";

/// Moments after which people judge the moment, and not us as a whole.
const EPISODES: [Milestone; 4] = [
    Milestone::ComplaintOpened,
    Milestone::ComplaintClosed,
    Milestone::ReturnRequested,
    Milestone::Refunded,
];

impl Checker for MetricMismatch {
    fn rule(&self) -> &'static str {
        NAME
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let all = Stay::all(record);
        let mut found = Vec::new();
        for stay in &all {
            let limit = town.limit(NAME, Some(town.journey(stay.journey)));
            let limit = length(limit.unwrap_or(Duration::of_hours(24)));
            look(town, life, record, stay, limit, &mut found);
        }
        found
    }
}

fn look(
    town: &Town<'_>,
    life: &Life,
    record: &Record,
    stay: &Stay<'_>,
    limit: i64,
    found: &mut Vec<Violation>,
) {
    let by_event = matches!(stay.by, By::Event(_));
    let begins = begins_with(town, stay.journey);
    let mut last = stay.entered;
    let is_episode = begins.is_some_and(|it| EPISODES.contains(&it));
    let mut episode = (by_event && is_episode).then_some(stay.entered);
    // Since when a message has been held back, and when others were.
    let mut held: Option<(StepNo, i64)> = None;
    let mut holds: Vec<(i64, i64)> = Vec::new();
    for moment in &stay.moments {
        match moment.what {
            What::Came(_, no) => {
                let came = time_of(record, no).unwrap_or(moment.at);
                // An event from before the one before is not the last one.
                last = last.max(came);
                if is_of(town, life, no, &EPISODES) {
                    episode = episode.max(Some(came));
                }
            }
            What::Waited(step) | What::Past(step) => {
                if matches!(town.step(step).step.value, Step::WaitUntil(_)) {
                    last = moment.at;
                }
            }
            What::Held(step, ..) if held.is_none_or(|it| it.0 != step) => {
                held = Some((step, moment.at));
            }
            _ => {}
        }
        if let Some((step, since)) = held
            && moment.what.step() == Some(step)
            && !matches!(moment.what, What::Held(..))
        {
            holds.push((since, moment.at));
            held = None;
        }
        let Some(step) = moment.what.touchpoint() else {
            continue;
        };
        let waited = holds.iter().map(|it| (it.1 - it.0.max(last)).max(0));
        let meant = moment.at - waited.sum::<i64>();
        let asks = send_of(town, step)
            .and_then(|it| it.asks)
            .map(|it| it.value);
        if !is_request(town, step) {
            continue;
        }
        let checkout = by_event
            && begins == Some(Milestone::Payment)
            && about(town, step).is_some()
            && town.at_most(life, stay.entered, moment.at) < limit;
        let is_near = |it: i64| town.at_most(life, it, moment.at) < limit;
        let says = match asks {
            Some(Ask::Ces) if town.at_least(life, last, meant) > limit => "an effort long ago",
            Some(Ask::Nps) if episode.is_some_and(is_near) => "a recommendation after an episode",
            Some(Ask::Nps) if checkout => "a recommendation after the checkout",
            _ => continue,
        };
        found.push(Violation::of(stay.journey, moment.at, says).at_steps(&[step]));
    }
}
