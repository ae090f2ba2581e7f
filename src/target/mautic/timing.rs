//! Waits: in Mautic they are no steps of their own, but belong to what comes behind them.
//!
//! In: delays, hours and days of the week, one after another. Out: the fields of the next event.
//! Invariant: what one event cannot say together is said by two (`then` is nothing).
//! Not done here: the event that has only a wait to say (`campaign`).

use serde_json::{Value, json};

use super::super::capability::Unit;
use crate::manifest::Window;
use crate::model::Weekday;

/// A wait that has not been said yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pending {
    minutes: u32,
    days: u32,
    /// The time of day.
    hour: Option<String>,
    /// The days of the week, from Sunday, which is 0.
    on: Vec<u8>,
    /// The hours between which a message may go out.
    between: Option<(String, String)>,
}

impl Pending {
    /// Whether nothing is waited for.
    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// This wait and then a delay; nothing where one event cannot say both.
    pub(super) fn then(&self, amount: u32, unit: Unit, on: &[Weekday]) -> Option<Self> {
        if self.hour.is_some() || !self.on.is_empty() {
            return None;
        }
        let mut next = self.clone();
        match unit {
            Unit::Minutes => next.minutes = next.minutes.saturating_add(amount),
            Unit::Hours => next.minutes = next.minutes.saturating_add(amount.saturating_mul(60)),
            Unit::Days => next.days = next.days.saturating_add(amount),
        }
        next.on = on.iter().map(|it| weekday(*it)).collect();
        Some(next)
    }

    /// This wait and then until an hour, or a day of the week; nothing where one event cannot say both.
    pub(super) fn until(&self, at: Option<&str>, on: &[Weekday]) -> Option<Self> {
        if self.hour.is_some() || !self.on.is_empty() {
            return None;
        }
        Some(Self {
            hour: at.map(str::to_owned),
            on: on.iter().map(|it| weekday(*it)).collect(),
            ..self.clone()
        })
    }

    /// This wait and then until a window is open; nothing where one event cannot say both.
    pub(super) fn within(&self, window: &Window) -> Option<Self> {
        if self.hour.is_some() || !self.on.is_empty() {
            return None;
        }
        Some(Self {
            on: window.days.iter().map(|it| weekday(*it)).collect(),
            between: Some((window.from.clone(), window.to.clone())),
            ..self.clone()
        })
    }

    /// Puts the wait into an event.
    pub(super) fn put(&self, event: &mut Value) {
        let (interval, unit) = match (self.days, self.minutes) {
            (days, 0) => (days, "d"),
            (days, minutes) => match days.saturating_mul(1_440).saturating_add(minutes) {
                total if total % 60 == 0 => (total / 60, "h"),
                total => (total, "i"),
            },
        };
        let mode = if self.is_none() {
            "immediate"
        } else {
            "interval"
        };
        let time = |it: &str| format!("{it}:00");
        event["trigger_mode"] = json!(mode);
        event["trigger_interval"] = json!(interval);
        event["trigger_interval_unit"] = json!(unit);
        event["trigger_date"] = Value::Null;
        event["trigger_hour"] = json!(self.hour.as_deref().map(time));
        event["triggerRestrictedStartHour"] = json!(self.between.as_ref().map(|it| time(&it.0)));
        event["triggerRestrictedStopHour"] = json!(self.between.as_ref().map(|it| time(&it.1)));
        event["triggerRestrictedDaysOfWeek"] = json!(self.on);
        event["triggerWindow"] = Value::Null;
    }
}

fn weekday(day: Weekday) -> u8 {
    match day {
        Weekday::Sun => 0,
        Weekday::Mon => 1,
        Weekday::Tue => 2,
        Weekday::Wed => 3,
        Weekday::Thu => 4,
        Weekday::Fri => 5,
        Weekday::Sat => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_add_up_and_what_one_event_cannot_say_is_refused() {
        let none = Pending::default();
        let wait = none
            .then(1, Unit::Days, &[])
            .and_then(|it| it.then(12, Unit::Hours, &[]));
        let mut event = json!({});
        if let Some(it) = wait.as_ref() {
            it.put(&mut event);
        }
        assert_eq!(
            (&event["trigger_interval"], &event["trigger_interval_unit"]),
            (&json!(36), &json!("h"))
        );
        let hour = wait.and_then(|it| it.until(Some("10:30"), &[Weekday::Tue]));
        let hour = hour.unwrap_or_default();
        hour.put(&mut event);
        assert_eq!(event["trigger_hour"], "10:30:00");
        assert_eq!(event["triggerRestrictedDaysOfWeek"], json!([2]));
        assert_eq!(hour.then(1, Unit::Minutes, &[]), None);
        assert_eq!(hour.until(None, &[Weekday::Sun]), None);
        none.put(&mut event);
        assert_eq!(event["trigger_mode"], "immediate");
    }
}
