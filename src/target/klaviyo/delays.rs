//! Waits as Klaviyo's delays.

use serde_json::{Value, json};

use crate::model::Weekday;
use crate::target::Unit;

/// The days of the week from Monday.
const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// A delay, which may end on certain days only.
pub(super) fn delay(amount: u32, unit: Unit, days: &[Weekday], zone: &str) -> Value {
    let unit = match unit {
        Unit::Minutes => "minutes",
        Unit::Hours => "hours",
        Unit::Days => "days",
    };
    let mut data = json!({"unit": unit, "value": amount});
    if !days.is_empty() {
        data["timezone"] = json!(zone_of(zone));
        data["delay_until_weekdays"] = json!(names(days));
    }
    data
}

/// Waits until a time of day, on certain days; every day when none are named.
pub(super) fn until(at: Option<&str>, days: &[Weekday], zone: &str) -> Value {
    let days = if days.is_empty() { &WEEK } else { days };
    let mut data = json!({"timezone": zone_of(zone), "target_days": names(days)});
    if let Some(at) = at {
        data["target_time"] = json!(clock(at));
    }
    data
}

/// Klaviyo's name of a zone.
fn zone_of(zone: &str) -> &str {
    if zone == "contact" { "profile" } else { zone }
}

/// A time of day with seconds; the end of a day is its last second.
pub(super) fn clock(at: &str) -> String {
    if at == "24:00" {
        return "23:59:59".to_owned();
    }
    format!("{at}:00")
}

fn names(days: &[Weekday]) -> Vec<&'static str> {
    let name = |day: &Weekday| match day {
        Weekday::Mon => "monday",
        Weekday::Tue => "tuesday",
        Weekday::Wed => "wednesday",
        Weekday::Thu => "thursday",
        Weekday::Fri => "friday",
        Weekday::Sat => "saturday",
        Weekday::Sun => "sunday",
    };
    days.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_day_is_its_last_second() {
        let data = until(Some("24:00"), &[], "UTC");
        assert_eq!(data["target_time"], "23:59:59");
        assert_eq!(data["target_days"].as_array().map(Vec::len), Some(7));
        assert_eq!(
            delay(90, Unit::Minutes, &[], "contact"),
            json!({"unit": "minutes", "value": 90})
        );
    }
}
