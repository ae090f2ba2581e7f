//! A life as people read it: dated lines on the person's clock.
//!
//! In: a [`Record`] and the [`Case`] that it was lived for. Out: [`Row`]s, and their text.
//! Invariant: a row says the same in every run; names in it are as written.
//! Not done here: colours, and what a terminal must not obey (that is `report`).

use std::fmt::Write as _;

use chrono::Datelike as _;
use serde_json::Value;

use super::case::Case;
use super::selector::{speaker, step_name};
use crate::model::{Name, QuietHours, SendWindow, Step, Weekday};
use crate::simulate::{
    By, Clock, End, Holder, Moment, Outside, Record, Refusal, Simulation, Skip, StepNo, What,
};

/// One line of a life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The moment's place in the record.
    pub moment: usize,
    /// The second, since 1970 in UTC.
    pub at: i64,
    /// The day and the time on the person's clock.
    pub when: String,
    /// A sign for the kind of moment, one column wide.
    pub mark: &'static str,
    /// What happens.
    pub what: String,
    /// Who speaks, where somebody does.
    pub by: Option<String>,
}

/// The life, line by line.
pub fn lines(simulation: &Simulation<'_>, case: &Case, record: &Record) -> Vec<String> {
    let rows = rows(simulation, case, record);
    let width = columns(rows.iter().map(|it| &it.when));
    let line = |it: &Row| {
        let gap = width - it.when.chars().count();
        let by = it.by.as_ref().map_or(String::new(), |it| format!("  {it}"));
        format!("{}{:gap$}  {} {}{by}", it.when, "", it.mark, it.what)
    };
    rows.iter().map(line).collect()
}

/// How wide the widest of several texts is.
pub(super) fn columns<'t>(texts: impl Iterator<Item = &'t String>) -> usize {
    texts.map(|it| it.chars().count()).max().unwrap_or(0)
}

/// The rows of a life. Waits and what a machine does for itself have none.
pub fn rows(simulation: &Simulation<'_>, case: &Case, record: &Record) -> Vec<Row> {
    let teller = Teller {
        simulation,
        case,
        record,
        clock: simulation.clock(case.person.zone),
    };
    let moments = record.moments.iter().enumerate();
    moments
        .filter_map(|(no, moment)| teller.row(no, *moment))
        .collect()
}

/// A second as the person's clock shows it: `Fri 27 Mar 17:30`, with the year if it is not the year in
/// which the life begins.
pub fn when(clock: Clock, start: i64, at: i64) -> String {
    let local = clock.local(at);
    let format = if local.year() == clock.local(start).year() {
        "%a %e %b %H:%M"
    } else {
        "%a %e %b %Y %H:%M"
    };
    local.format(format).to_string()
}

struct Teller<'a, 'p> {
    simulation: &'a Simulation<'p>,
    case: &'a Case,
    record: &'a Record,
    clock: Clock,
}

impl Teller<'_, '_> {
    fn row(&self, no: usize, moment: Moment) -> Option<Row> {
        let (mark, what) = self.words(no, moment)?;
        let by = moment.what.touchpoint();
        Some(Row {
            moment: no,
            at: moment.at,
            when: when(self.clock, self.case.start, moment.at),
            mark,
            what,
            by: by
                .and_then(|it| speaker(self.simulation, it))
                .map(str::to_owned),
        })
    }

    fn words(&self, no: usize, moment: Moment) -> Option<(&'static str, String)> {
        let name = |step| step_name(self.simulation, step);
        let journey = moment
            .visit
            .map_or("", |it| &*self.simulation.journey(it.journey).name.value);
        Some(match moment.what {
            What::Click(input) => ("●", format!("click in {}", self.input(input))),
            What::Event(input) | What::Changed(input) => ("●", self.input(input)),
            What::Entered(By::Visit(_)) => ("→", format!("enters {journey}")),
            What::Refused(Refusal::Reentry) => {
                ("→", format!("does not enter {journey} again (reentry)"))
            }
            What::Refused(Refusal::Holdout) => ("→", format!("kept out of {journey} (holdout)")),
            What::Sent(step) => ("✉", name(step)),
            What::Task(step) => ("☎", name(step)),
            What::Touch(step) => ("◆", name(step)),
            What::Skipped(step, skip) => ("✗", format!("{} ({})", name(step), self.skip(skip))),
            What::Held(step, holder, until) => ("‖", self.held(no, moment, step, holder, until)),
            What::TimedOut(step) => ("✗", format!("{} (did not come)", self.awaited(step))),
            What::Way(step, way) => ("→", format!("{}: {}", name(step), self.way(step, way))),
            What::Arm(step, arm) => ("→", format!("{}: {}", name(step), self.arm(step, arm))),
            What::Stopped(exit) => ("■", format!("{journey}: {}", self.stopped(moment, exit))),
            What::Left(end) => ("■", format!("{journey}: {}", self.end(moment, end))),
            _ => return None,
        })
    }

    fn input(&self, no: u32) -> String {
        let input = self.case.outside.get(no as usize);
        input.map_or_else(String::new, |it| match &it.occurrence.what {
            Outside::Event(event, _) => self.simulation.event_name(*event).to_owned(),
            Outside::Click(step) => step_name(self.simulation, *step),
            Outside::Attributes(values) => values
                .iter()
                .map(|(name, value)| known(name, value))
                .collect::<Vec<_>>()
                .join(", "),
        })
    }

    fn skip(&self, skip: Skip) -> String {
        match skip {
            Skip::If => "not sent: its `if` does not hold".to_owned(),
            Skip::Unless => "not sent: its `unless` holds".to_owned(),
            Skip::Stopped => "not sent: an exit has stopped its class".to_owned(),
            Skip::Cap => format!("not sent: {}", self.cap()),
        }
    }

    /// Why a message is late. What let it come this far is said too.
    fn held(&self, no: usize, moment: Moment, step: StepNo, holder: Holder, until: i64) -> String {
        let policy = &self.simulation.project().policy;
        let why = match holder {
            Holder::Window => policy
                .send_window
                .as_ref()
                .map_or_else(|| "send window".to_owned(), window),
            Holder::Quiet => policy
                .quiet_hours
                .as_ref()
                .map_or_else(|| "quiet hours".to_owned(), quiet),
            Holder::Cap => self.cap(),
            Holder::Delay => "delay".to_owned(),
        };
        let own = |it: &&Moment| it.visit == moment.visit && it.at == moment.at;
        let before = self.record.moments[..no].iter().rev().find(own);
        let after = match before.map(|it| it.what) {
            Some(What::Waited(wait)) => format!("{} ends, ", self.wait(wait)),
            _ => String::new(),
        };
        let end = if until == i64::MAX {
            "for ever".to_owned()
        } else {
            format!("until {}", when(self.clock, self.case.start, until))
        };
        let name = step_name(self.simulation, step);
        format!("{after}{name} held {end}: {why}")
    }

    fn cap(&self) -> String {
        let Some(cap) = &self.simulation.project().policy.frequency_cap else {
            return "frequency cap".to_owned();
        };
        let limits = [
            (cap.commercial.per_day, "a day"),
            (cap.commercial.per_week, "in 7 days"),
            (cap.commercial.per_month, "in 30 days"),
        ];
        let said = limits.into_iter();
        let said = said.filter_map(|(limit, per)| Some(format!("{} {per}", limit?)));
        let said: Vec<String> = said.collect();
        format!("frequency cap ({})", said.join(", "))
    }

    fn wait(&self, step: StepNo) -> String {
        match &self.simulation.step(step).step.value {
            Step::Wait(it) => {
                let duration = it.duration.as_ref();
                duration.map_or_else(
                    || "wait".to_owned(),
                    |duration| format!("wait {}", duration.value),
                )
            }
            _ => step_name(self.simulation, step),
        }
    }

    fn awaited(&self, step: StepNo) -> String {
        match &self.simulation.step(step).step.value {
            Step::WaitFor(it) => it.event.value.to_string(),
            _ => step_name(self.simulation, step),
        }
    }

    fn way(&self, step: StepNo, way: Option<u32>) -> String {
        let Step::Branch(it) = &self.simulation.step(step).step.value else {
            return String::new();
        };
        let Some(way) = way else {
            return "else".to_owned();
        };
        let found = it.when.get(way as usize);
        found.map_or_else(String::new, |it| match &it.title {
            Some(title) => title.value.to_string(),
            None => it.condition.to_string(),
        })
    }

    fn arm(&self, step: StepNo, arm: u32) -> String {
        match &self.simulation.step(step).step.value {
            Step::Split(it) => {
                let found = it.arms.keys().nth(arm as usize);
                found.map_or_else(String::new, |it| it.value.to_string())
            }
            _ => String::new(),
        }
    }

    fn stopped(&self, moment: Moment, exit: u32) -> String {
        let class = moment.visit.and_then(|it| {
            let journey = self.simulation.journey(it.journey);
            journey.exits.get(exit as usize)?.only
        });
        let class = class.map_or("", |it| it.word());
        format!("no more {class} messages")
    }

    fn end(&self, moment: Moment, end: End) -> String {
        match end {
            End::Completed => "completed".to_owned(),
            End::Exit(step) => match &self.simulation.step(step).step.value {
                Step::Exit(reason) => format!("exit, {}", reason.value),
                _ => "exit".to_owned(),
            },
            End::Event(exit, _) => {
                let found = moment.visit.and_then(|it| {
                    let journey = self.simulation.journey(it.journey);
                    journey.exits.get(exit as usize)
                });
                let reason = found.map_or("", |it| {
                    let reason: &Name = it.reason.as_ref().unwrap_or(&it.on);
                    &reason.value
                });
                format!("exit, {reason}")
            }
            End::DatePassed(step) => {
                format!("{}: the date had passed", step_name(self.simulation, step))
            }
        }
    }
}

/// `contact.plan is now "pro"`.
fn known(name: &str, value: &Value) -> String {
    match value {
        Value::Null => format!("contact.{name} is no longer known"),
        it => format!("contact.{name} is now {}", json(it)),
    }
}

/// A value as JSON, which is YAML as well; without signs that lines and files may not have.
pub(super) fn json(value: &Value) -> String {
    let mut out = String::new();
    for it in value.to_string().chars() {
        if it.is_control() || matches!(it, '\u{2028}' | '\u{2029}') {
            let _ = write!(out, "\\u{:04x}", u32::from(it));
        } else {
            out.push(it);
        }
    }
    out
}

/// `send window (Mon–Fri 09:00–17:00)`.
fn window(it: &SendWindow) -> String {
    let zone = clock_of(it.zone.as_ref());
    let hours = format!("{}–{}", it.from.value, it.to.value);
    if it.days.is_empty() {
        return format!("send window ({hours}{zone})");
    }
    let mut days: Vec<Weekday> = it.days.iter().map(|it| it.value).collect();
    days.sort_by_key(|it| it.index());
    days.dedup();
    let is_row = days.windows(2).all(|it| it[0].index() + 1 == it[1].index());
    let named: Vec<String> = days.iter().map(|it| capital(it.word())).collect();
    let days = match (named.first(), named.last()) {
        (Some(first), Some(last)) if is_row && named.len() > 2 => format!("{first}–{last}"),
        _ => named.join(", "),
    };
    format!("send window ({days} {hours}{zone})")
}

fn quiet(it: &QuietHours) -> String {
    let zone = clock_of(it.zone.as_ref());
    format!("quiet hours ({}–{}{zone})", it.from.value, it.to.value)
}

/// Whose clock, where it is not the person's.
fn clock_of(zone: Option<&Name>) -> String {
    match zone.map(|it| &*it.value) {
        None | Some("contact") => String::new(),
        Some(zone) => format!(", {zone}"),
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|it| it.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
