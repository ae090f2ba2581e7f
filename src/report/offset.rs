//! Times since a journey's trigger, for machines and for people.

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: i64 = 24 * 60 * 60;

/// As ISO 8601: `P0D`, `PT22H`, `P1DT2H`, `P14D`.
pub(super) fn iso(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let (days, rest) = (
        seconds.unsigned_abs() / DAY.unsigned_abs(),
        seconds.unsigned_abs() % DAY.unsigned_abs(),
    );
    let parts = [
        (rest / HOUR, 'H'),
        (rest % HOUR / MINUTE, 'M'),
        (rest % MINUTE, 'S'),
    ];
    let mut out = format!("{sign}P");
    if days > 0 || rest == 0 {
        out.push_str(&days.to_string());
        out.push('D');
    }
    if rest > 0 {
        out.push('T');
    }
    for (count, unit) in parts.into_iter().filter(|(count, _)| *count > 0) {
        out.push_str(&count.to_string());
        out.push(unit);
    }
    out
}

/// The day, counted from 0 at the trigger, and the time into that day: `14`, `+ 2 h 30 min`.
/// The time is empty at the day's beginning.
pub(super) fn day_and_time(seconds: i64) -> (i64, String) {
    let rest = seconds.rem_euclid(DAY).unsigned_abs();
    let parts = [
        (rest / HOUR, "h"),
        (rest % HOUR / MINUTE, "min"),
        (rest % MINUTE, "s"),
    ];
    let mut time = String::new();
    for (count, unit) in parts.into_iter().filter(|(count, _)| *count > 0) {
        time.push_str(if time.is_empty() { "+ " } else { " " });
        time.push_str(&count.to_string());
        time.push(' ');
        time.push_str(unit);
    }
    (seconds.div_euclid(DAY), time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_durations() {
        let cases = [
            (0, "P0D"),
            (14 * DAY, "P14D"),
            (22 * 3600, "PT22H"),
            (DAY + 2 * 3600, "P1DT2H"),
            (90 * 60, "PT1H30M"),
            (45, "PT45S"),
            (-DAY, "-P1D"),
            (i64::MIN, "-P106751991167300DT15H30M8S"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(iso(seconds), expected);
        }
    }

    #[test]
    fn days_and_times() {
        let cases = [
            (0, 0, ""),
            (14 * DAY, 14, ""),
            (14 * DAY + 2 * 3600, 14, "+ 2 h"),
            (30 * 60, 0, "+ 30 min"),
            (DAY + 9000, 1, "+ 2 h 30 min"),
            (-3600, -1, "+ 23 h"),
        ];
        for (seconds, day, time) in cases {
            assert_eq!(day_and_time(seconds), (day, time.to_owned()));
        }
    }
}
