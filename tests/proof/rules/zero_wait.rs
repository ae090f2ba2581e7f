//! T009: no wait of no length, and no two messages on one channel in immediate succession.
//!
//! Only written waits are measured: what an awaited event, a date or an earlier date lies before comes
//! when it must. Rounds that follow one another without any time are told of by `infinite-loop`.

use journeyc::model::{Channel, Class, Duration, Step};
use journeyc::simulate::{Holder, Life, Moment, Record, Skip, StepNo, What};

use super::super::town::length;
use super::super::{Checker, Town, Violation};
use super::stays::Stay;

/// T009.
pub struct ZeroWait;

const NAME: &str = "zero-wait";

/// A message that went out a short while ago.
#[derive(Clone, Copy)]
struct Recent {
    at: i64,
    step: StepNo,
    channel: Channel,
    class: Class,
    /// Whether a wait lies behind it.
    waited: bool,
    /// Whether a new round lies behind it.
    round: bool,
}

impl Checker for ZeroWait {
    fn rule(&self) -> &'static str {
        NAME
    }

    fn violations(&self, town: &Town<'_>, _: &Life, record: &Record) -> Vec<Violation> {
        let mut found = Vec::new();
        for stay in Stay::all(record) {
            let limit = town.limit(NAME, Some(town.journey(stay.journey)));
            let limit = length(limit.unwrap_or(Duration::of_hours(1)));
            let mut recent: Vec<Recent> = Vec::new();
            for moment in &stay.moments {
                if let Some(says) = is_no_wait(town, moment) {
                    found.push(Violation::of(stay.journey, moment.at, says));
                }
                pass(town, moment, &mut recent);
                // What the cap drops or holds back was to come now.
                let (own, goes) = match (message(town, moment), crowded_out(moment)) {
                    (Some(own), _) => (own, true),
                    (None, Some(step)) => match recent_of(town, moment.at, step) {
                        Some(own) => (own, false),
                        None => continue,
                    },
                    (None, None) => continue,
                };
                let close = |it: &&Recent| {
                    let service = [it.class, own.class] == [Class::Transactional; 2];
                    let at_once = !it.waited && own.at == it.at;
                    it.channel == own.channel
                        && own.at - it.at < limit
                        && (at_once || !service)
                        && !(it.round && own.at == it.at)
                };
                if let Some(before) = recent.iter().find(close) {
                    let says = format!("follows after {} s", own.at - before.at);
                    let violation = Violation::of(stay.journey, own.at, says);
                    found.push(violation.at_steps(&[before.step, own.step]));
                }
                if !goes {
                    continue;
                }
                recent.retain(|it| it.channel != own.channel);
                recent.push(own);
            }
        }
        found
    }
}

fn is_no_wait(town: &Town<'_>, moment: &Moment) -> Option<&'static str> {
    let What::Waits(step, _) = moment.what else {
        return None;
    };
    match &town.step(step).step.value {
        Step::Wait(it) => {
            let zero = it.duration.is_some_and(|it| it.value.is_zero());
            (zero && it.at.is_none() && it.on.is_empty()).then_some("waits for no time")
        }
        Step::WaitFor(it) => {
            let zero = it.timeout.is_some_and(|it| it.value.is_zero());
            zero.then_some("gives up at once")
        }
        _ => None,
    }
}

/// What a moment means for the messages before it.
fn pass(town: &Town<'_>, moment: &Moment, recent: &mut Vec<Recent>) {
    let is_date = |step: StepNo| matches!(town.step(step).step.value, Step::WaitUntil(_));
    match moment.what {
        What::Came(..) | What::Past(_) => recent.clear(),
        What::Waited(step) if is_date(step) => recent.clear(),
        What::Waits(..) => recent.iter_mut().for_each(|it| it.waited = true),
        What::Round(_, number) if number > 1 => {
            recent.iter_mut().for_each(|it| it.round = true);
        }
        _ => {}
    }
}

fn message(town: &Town<'_>, moment: &Moment) -> Option<Recent> {
    let (What::Sent(step) | What::Touch(step)) = moment.what else {
        return None;
    };
    recent_of(town, moment.at, step)
}

/// What the frequency cap drops or holds back at a moment.
fn crowded_out(moment: &Moment) -> Option<StepNo> {
    match moment.what {
        What::Skipped(step, Skip::Cap) | What::Held(step, Holder::Cap, _) => Some(step),
        _ => None,
    }
}

fn recent_of(town: &Town<'_>, at: i64, step: StepNo) -> Option<Recent> {
    let placed = town.step(step);
    let journey = town.journey(placed.journey);
    let (channel, class) = match &placed.step.value {
        Step::Send(it) => (Channel::Email, journey.class_of(it)),
        Step::Touch(it) => (it.channel, it.class.map_or(journey.class, |it| it.value)),
        _ => return None,
    };
    Some(Recent {
        at,
        step,
        channel,
        class,
        waited: false,
        round: false,
    })
}
