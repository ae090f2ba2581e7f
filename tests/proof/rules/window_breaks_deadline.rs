//! T008: what is owed after a payment does not come too late because it is held back.
//!
//! A journey that is late for other reasons as well is told of by the rule of the deadline, and so is one
//! of several journeys of one payment: where there may be such reasons, a finding of either counts.

use journeyc::diagnostic::Diagnostic;
use journeyc::model::{Duration, Milestone, Profile, Purpose, Step, Wait};
use journeyc::simulate::{By, Holder, JourneyNo, Life, Record, Skip, StepNo, What};

use super::super::town::length;
use super::super::{Checker, Town, Violation};
use super::stays::{Stay, begins_with, of_milestones};

/// T008.
pub struct WindowBreaksDeadline;

const NAME: &str = "window-breaks-deadline";

/// Something that is owed to everybody who has paid.
struct Duty {
    rule: &'static str,
    /// What does it; any touchpoint if nothing is named.
    by: &'static [Purpose],
    /// Whether it must not be dropped by the frequency cap.
    uncapped: bool,
}

const DUTIES: [Duty; 5] = [
    Duty {
        rule: "silence-after-payment",
        by: &[],
        uncapped: true,
    },
    Duty {
        rule: "next-steps-after-payment",
        by: &[Purpose::NextSteps],
        uncapped: true,
    },
    Duty {
        rule: "thank-you-missing",
        by: &[Purpose::ThankYou],
        uncapped: false,
    },
    Duty {
        rule: "wow-window",
        by: &[Purpose::Wow],
        uncapped: false,
    },
    Duty {
        rule: "follow-up-within-7-days",
        by: &[
            Purpose::CheckIn,
            Purpose::SetupHelp,
            Purpose::StatusUpdate,
            Purpose::DelayNotice,
            Purpose::Apology,
        ],
        uncapped: false,
    },
];

impl Checker for WindowBreaksDeadline {
    fn rule(&self) -> &'static str {
        NAME
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let all = Stay::all(record);
        let share = town.number(NAME, None).unwrap_or(20.0) / 100.0;
        let mut found = Vec::new();
        for stay in &all {
            let By::Event(case) = stay.by else { continue };
            if begins_with(town, stay.journey) != Some(Milestone::Payment) {
                continue;
            }
            for duty in &DUTIES {
                let limit = limit(town, duty);
                let look = Look {
                    town,
                    life,
                    record,
                    all: &all,
                    duty,
                    from: stay.entered,
                    limit,
                    least: limit + whole(limit, share),
                };
                if let Some((at, step)) = look.held_up(stay).filter(|_| look.is_alone(stay, case)) {
                    let says = format!("`{}` broken by what holds it back", duty.rule);
                    let violation = Violation::of(stay.journey, at, says).at_steps(&[step]);
                    found.push(if look.is_plain(stay, step) {
                        violation
                    } else {
                        violation.or_by(duty.rule)
                    });
                }
            }
        }
        found
    }

    fn is_meant(&self, town: &Town<'_>, violation: &Violation, finding: &Diagnostic) -> bool {
        let trigger = |it: JourneyNo| &town.journey(it).trigger.event.value;
        let blamed = town
            .journeys()
            .find(|(_, it)| Some(&*it.name.value) == finding.journey.as_deref());
        let mut journeys = violation.journeys.iter();
        blamed.is_some_and(|(no, _)| journeys.any(|it| trigger(*it) == trigger(no)))
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "seconds of a few days are exact"
)]
fn whole(limit: i64, share: f64) -> i64 {
    (limit as f64 * share) as i64
}

fn limit(town: &Town<'_>, duty: &Duty) -> i64 {
    let usual = match (duty.rule, town.project().profile) {
        ("follow-up-within-7-days", _) => Duration::of_days(7),
        ("silence-after-payment", Profile::B2b) => Duration::of_hours(48),
        ("silence-after-payment" | "next-steps-after-payment", _) => Duration::of_hours(24),
        _ => Duration::of_hours(48),
    };
    length(town.limit(duty.rule, None).unwrap_or(usual))
}

struct Look<'l, 'p> {
    town: &'l Town<'p>,
    life: &'l Life,
    record: &'l Record,
    all: &'l [Stay<'l>],
    duty: &'l Duty,
    from: i64,
    limit: i64,
    least: i64,
}

impl Look<'_, '_> {
    fn does(&self, step: StepNo) -> bool {
        let step = &self.town.step(step).step.value;
        let gift = matches!(step, Step::Send(it) if it.gift == Some(true));
        let wow = self.duty.by.contains(&Purpose::Wow);
        let mut purposes = step.purposes().iter().map(|it| it.value);
        self.duty.by.is_empty() || (wow && gift) || purposes.any(|it| self.duty.by.contains(&it))
    }

    /// The message that comes too late because of what held it, or something before it, back.
    fn held_up(&self, stay: &Stay<'_>) -> Option<(i64, StepNo)> {
        let mut held = 0;
        let mut since: Option<(StepNo, i64)> = None;
        for moment in &stay.moments {
            let late = self.town.at_least(self.life, self.from, moment.at);
            let meant = moment.at - self.from - held;
            match moment.what {
                What::Held(_, Holder::Delay, _) => return None,
                What::Held(step, ..) => {
                    since = since.or(Some((step, moment.at)));
                }
                What::Skipped(step, skip) => {
                    let in_time = moment.at - self.from - held <= self.limit;
                    let dropped = skip == Skip::Cap && self.duty.uncapped && self.does(step);
                    if dropped && in_time && since.is_none() {
                        return Some((moment.at, step));
                    }
                }
                _ => {}
            }
            let (Some(step), at) = (moment.what.step(), moment.at) else {
                continue;
            };
            let is_over = !matches!(moment.what, What::Held(..));
            if let Some((_, begun)) = since.filter(|it| it.0 == step && is_over) {
                held += at - begun;
                since = None;
            }
            let touched = moment.what.touchpoint().filter(|it| self.does(*it));
            if let Some(step) = touched {
                let meant = meant.min(at - self.from - held);
                let broken = held > 0 && late > self.least && meant <= self.limit;
                return broken.then_some((at, step));
            }
        }
        None
    }

    /// Whether all people who come in go the same way to a message, and no other journey of the same
    /// payment could do better or worse: then nothing but what holds it back makes it late.
    fn is_plain(&self, stay: &Stay<'_>, step: StepNo) -> bool {
        let journey = self.town.journey(stay.journey);
        let meant = &self.town.step(step).step.value;
        let mut before = journey.walk().map(|it| &it.0.value);
        let plain = |it: &Step| {
            let unconditional = matches!(it.conditions(), (None, None));
            // A wait for a day or an hour takes longer for some than for others.
            let varies = |wait: &Wait| {
                wait.at.is_some()
                    || !wait.on.is_empty()
                    || wait.duration.is_some_and(|it| it.value.business_days > 0)
            };
            if matches!(it, Step::Wait(wait) if varies(wait)) {
                return false;
            }
            unconditional
                && matches!(
                    it,
                    Step::Wait(_) | Step::Send(_) | Step::Task(_) | Step::Touch(_)
                )
        };
        let alone = self.town.journeys().all(|(no, it)| {
            no == stay.journey || it.trigger.event.value != journey.trigger.event.value
        });
        let found = before.find(|it| std::ptr::eq(*it, meant) || !plain(it));
        alone && found.is_some_and(|it| std::ptr::eq(it, meant) && plain(it))
    }

    /// Whether nobody else did it in time, or might have, and nothing else has come in between.
    fn is_alone(&self, stay: &Stay<'_>, case: u32) -> bool {
        let due = self.from + self.limit + 3_600;
        let mut others = self.all.iter().flat_map(Stay::touches);
        let done = others.any(|(at, step)| self.from <= at && at <= due && self.does(step));
        let cut = self
            .all
            .iter()
            .any(|it| it.is_cut_by(due.max(self.from + self.least)));
        let excuses = [Milestone::Refunded, Milestone::ReturnRequested];
        let mut excused = of_milestones(self.town, self.life, self.record, &excuses);
        let refused = self
            .record
            .moments
            .iter()
            .any(|it| matches!(it.what, What::Refused(_)));
        // A second journey of the same payment may do it for others.
        let trigger = &self.town.journey(stay.journey).trigger.event.value;
        let mut siblings = self
            .town
            .journeys()
            .filter(|(no, it)| *no != stay.journey && it.trigger.event.value == *trigger);
        let entered = |no: JourneyNo| {
            let mut all = self.all.iter();
            all.any(|it| it.journey == no && it.by == By::Event(case))
        };
        // Whom the cap keeps from a nicety is left to the cap, also where the hours alone make it a little late.
        let late = due.max(self.from + self.least);
        let capped = self.all.iter().flat_map(|it| &it.moments).any(|it| {
            let by_cap = matches!(
                it.what,
                What::Held(_, Holder::Cap, _) | What::Skipped(_, Skip::Cap)
            );
            by_cap && self.from <= it.at && it.at <= late
        });
        let capped = capped && !self.duty.uncapped;
        !done
            && !cut
            && !capped
            && !refused
            && excused.next().is_none()
            && siblings.all(|(no, _)| entered(no))
    }
}
