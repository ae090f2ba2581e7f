//! When mail may go out, and how long a message is held back at worst.
//!
//! A week is a ring of minutes. The send window opens some of it, quiet hours close some of it;
//! a message waits for the next open minute.

use std::collections::BTreeSet;

use super::clock::{Stretch, clocks_change, differences, zone_name};
use super::time::{Bound, Elapsed, Interval};
use crate::model::{Duration, Policy, QuietHours, SendWindow, WhenFull};

const DAY: i64 = 1_440;
const WEEK: i64 = 7 * DAY;

/// What can hold a commercial message back, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// The send window alone.
    pub window: Stretch,
    /// Quiet hours alone.
    pub quiet: Stretch,
    /// Window and quiet hours together; not always their sum, and never less than either.
    pub both: Stretch,
    /// When that is, where one clock shows it.
    pub closed: Option<Closed>,
    /// How long the hours hold a message back at least.
    pub least: Elapsed,
    /// What the frequency cap does, if there is one.
    pub cap: Option<WhenFull>,
    /// After how many whole days on the person's clock the hours are the same again; nothing if another
    /// clock shows them.
    pub rhythm: Option<u32>,
}

/// So many answers to how long ago something was are kept.
const ANSWERS: usize = 3;

/// How long ago the hours were open: so many days and minutes, on one way or the other. Nothing is known
/// where there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ago([Option<(u32, u32)>; ANSWERS]);

impl Ago {
    /// Just now.
    pub(super) const NOW: Self = Self([Some((0, 0)), None, None]);

    fn is_known(self) -> bool {
        self.0[0].is_some()
    }

    fn times(self) -> impl Iterator<Item = (u32, u32)> {
        self.0.into_iter().flatten()
    }

    /// Some time later, which has no working days.
    pub(super) fn after(self, wait: Duration) -> Self {
        let later = |(days, minutes): (u32, u32)| {
            (
                days.saturating_add(wait.days),
                minutes.saturating_add(wait.minutes),
            )
        };
        Self(self.0.map(|it| it.map(later)))
    }

    /// On one way or on another.
    pub(super) fn or(self, other: Self) -> Self {
        let mut all: Vec<(u32, u32)> = self.times().chain(other.times()).collect();
        all.sort_unstable();
        all.dedup();
        if !self.is_known() || !other.is_known() || all.len() > ANSWERS {
            return Self::default();
        }
        let mut res = Self::default();
        for (slot, it) in res.0.iter_mut().zip(all) {
            *slot = Some(it);
        }
        res
    }
}

/// The longest part of a week in which messages wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// Its first minute, counted from Monday's midnight.
    pub from: i64,
    /// How many minutes it lasts when clocks stand still.
    pub minutes: i64,
    /// Whether it is the same on each day of the week.
    pub daily: bool,
}

impl Closed {
    /// The time on the clock, so many minutes after it has begun: `Friday 17:30`, or `17:30` where
    /// all days are the same. `short` writes `Fri`.
    pub fn clock(&self, after: i64, short: bool) -> String {
        let minute = (self.from + after).rem_euclid(WEEK);
        let time = format!("{:02}:{:02}", minute % DAY / 60, minute % 60);
        let day = usize::try_from(minute / DAY).unwrap_or(0);
        let name = [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ][day];
        match (self.daily, short) {
            (true, _) => time,
            (false, true) => format!("{} {time}", &name[..3]),
            (false, false) => format!("{name} {time}"),
        }
    }
}

impl Hold {
    /// What a project's policy holds back.
    pub(super) fn of(policy: &Policy) -> Self {
        let window = policy.send_window.as_ref();
        let quiet = policy.quiet_hours.as_ref();
        Self {
            window: window.map_or(Stretch::ZERO, |it| worst(&[window_times(it)])),
            quiet: quiet.map_or(Stretch::ZERO, |it| worst(&[quiet_times(it)])),
            both: match (window, quiet) {
                (Some(window), Some(quiet)) => worst(&[window_times(window), quiet_times(quiet)]),
                (Some(it), None) => worst(&[window_times(it)]),
                (None, Some(it)) => worst(&[quiet_times(it)]),
                (None, None) => Stretch::ZERO,
            },
            closed: match (window, quiet) {
                (Some(window), Some(quiet)) => {
                    longest_closed(&[window_times(window), quiet_times(quiet)])
                }
                (Some(it), None) => longest_closed(&[window_times(it)]),
                (None, Some(it)) => longest_closed(&[quiet_times(it)]),
                (None, None) => None,
            },
            least: Elapsed::ZERO,
            cap: cap(policy),
            rhythm: rhythm(window, quiet),
        }
    }

    /// The same for a moment that comes so long after the hours were open.
    pub(super) fn since(mut self, ago: Ago, policy: &Policy) -> Self {
        if !ago.is_known() {
            return self;
        }
        let in_step = |(days, minutes): (u32, u32)| {
            minutes == 0 && self.rhythm.is_some_and(|it| days.is_multiple_of(it))
        };
        if ago.times().all(in_step) {
            self.window = Stretch::ZERO;
            self.quiet = Stretch::ZERO;
            self.both = Stretch::ZERO;
            self.closed = None;
        } else {
            let gone = |(days, minutes)| i64::from(days) * DAY + i64::from(minutes);
            let held = ago.times().map(|it| least(policy, gone(it)));
            self.least = Elapsed::minutes(held.min().unwrap_or(0));
        }
        self
    }

    /// How long a message waits, with or without windows and the queue of a cap.
    pub(super) fn stretch(&self, windows: bool, queue: bool) -> Stretch {
        match self.cap {
            Some(WhenFull::Queue) if queue => Stretch::exact(Interval {
                lo: self.least,
                hi: Bound::Endless,
            }),
            _ if windows => self.held(),
            _ => Stretch::ZERO,
        }
    }

    /// How long the hours hold a message back.
    pub(super) fn held(&self) -> Stretch {
        let mut res = self.both;
        res.nominal.lo = self.least;
        res
    }

    /// Whether nothing holds a message back.
    pub(super) fn is_idle(&self) -> bool {
        self.both == Stretch::ZERO && self.cap.is_none()
    }
}

/// After how many days the hours repeat themselves on the person's clock.
fn rhythm(window: Option<&SendWindow>, quiet: Option<&QuietHours>) -> Option<u32> {
    let zones = [window.map(|it| &it.zone), quiet.map(|it| &it.zone)];
    let mut zones = zones.into_iter().flatten();
    if zones.any(|it| zone_name(it.as_ref()).is_some()) {
        return None;
    }
    let is_daily = window.is_none_or(|it| it.days.is_empty() || it.days.len() == 7);
    Some(if is_daily { 1 } else { 7 })
}

/// How many minutes the hours hold a message back at least that comes so many minutes after they were open.
fn least(policy: &Policy, gone: i64) -> i64 {
    let times: Vec<Times<'_>> = policy
        .send_window
        .iter()
        .map(window_times)
        .chain(policy.quiet_hours.iter().map(quiet_times))
        .collect();
    let Some((first, others)) = times.split_first() else {
        return 0;
    };
    let ahead = match others.first() {
        Some(it) if it.zone != first.zone => differences(first.zone, it.zone),
        _ => Some(BTreeSet::from([0])),
    };
    // Where nobody knows the difference of two clocks, hours may be open at any time.
    let Some(ahead) = ahead else {
        return 0;
    };
    // Clocks may have been changed in between, the person's or those that show the hours.
    let shifts = [-60, 0, 60];
    let held = ahead.into_iter().filter_map(|ahead| {
        let both = others.iter().fold(normal(&first.open, 0), |open, it| {
            meet(&open, &normal(&it.open, ahead))
        });
        let held = shifts.iter().map(|shift| least_wait(&both, gone + shift));
        held.min().filter(|_| !both.is_empty())
    });
    held.min().unwrap_or(0)
}

/// The shortest wait until hours are open, so many minutes after a moment at which they were.
fn least_wait(open: &[(i64, i64)], gone: i64) -> i64 {
    let wait = |from: i64, to: i64| {
        // Of all moments between these two the last one has the shortest wait, if none is inside.
        let next = open
            .iter()
            .flat_map(|it| [it.0, it.0 + WEEK, it.0 + 2 * WEEK]);
        let ends = open.iter().flat_map(|it| [*it, (it.0 + WEEK, it.1 + WEEK)]);
        let is_inside = |it: (i64, i64)| it.0 <= to && from < it.1;
        if ends.into_iter().any(is_inside) {
            return 0;
        }
        next.filter(|it| *it >= to)
            .map(|it| it - to)
            .min()
            .unwrap_or(0)
    };
    let waits = open.iter().map(|(from, to)| {
        let begin = (from + gone).rem_euclid(WEEK);
        wait(begin, begin + (to - from))
    });
    waits.min().unwrap_or(0)
}

/// What the frequency cap does with a message; one without a number keeps nothing back.
fn cap(policy: &Policy) -> Option<WhenFull> {
    let cap = policy.frequency_cap.as_ref()?;
    let limits = &cap.commercial;
    let numbers = [limits.per_day, limits.per_week, limits.per_month];
    numbers.iter().any(Option::is_some).then_some(cap.when_full)
}

/// The open parts of a week, in minutes since Monday's midnight, and whose clock shows them.
struct Times<'p> {
    open: Vec<(i64, i64)>,
    zone: Option<&'p str>,
}

fn window_times(window: &SendWindow) -> Times<'_> {
    let (from, to) = (i64::from(window.from.minutes), i64::from(window.to.minutes));
    // A window that closes before it opens runs over midnight; one that closes when it opens is
    // open all day.
    let length = if to > from {
        to - from
    } else {
        to - from + DAY
    };
    let listed = |day: &i64| {
        window.days.is_empty() || window.days.iter().any(|it| i64::from(it.index()) == *day)
    };
    Times {
        open: (0..7)
            .filter(listed)
            .map(|day| (day * DAY + from, day * DAY + from + length))
            .collect(),
        zone: zone_name(window.zone.as_ref()),
    }
}

fn quiet_times(quiet: &QuietHours) -> Times<'_> {
    let (from, to) = (i64::from(quiet.from.minutes), i64::from(quiet.to.minutes));
    // Quiet from a time to the same time is not quiet at all.
    let length = if from >= to {
        from - to
    } else {
        from - to + DAY
    };
    let length = if length == 0 { DAY } else { length };
    Times {
        open: (0..7)
            .map(|day| (day * DAY + to, day * DAY + to + length))
            .collect(),
        zone: zone_name(quiet.zone.as_ref()),
    }
}

/// The longest wait until all of them are open.
fn worst(times: &[Times<'_>]) -> Stretch {
    let first = normal(&times[0].open, 0);
    let Some(other) = times.get(1) else {
        return held(gaps(&first).as_deref(), clocks_change(times[0].zone));
    };
    let changes = clocks_change(times[0].zone) || clocks_change(other.zone);
    if times[0].zone == other.zone {
        return held(
            gaps(&meet(&first, &normal(&other.open, 0))).as_deref(),
            changes,
        );
    }
    // Of two clocks whose difference nobody knows the worst difference, in quarters of an hour.
    let unknown = || (-12 * 4..=14 * 4).map(|it| it * 15).collect();
    let ahead = differences(times[0].zone, other.zone).unwrap_or_else(unknown);
    ahead
        .into_iter()
        .map(|minutes| {
            held(
                gaps(&meet(&first, &normal(&other.open, minutes))).as_deref(),
                changes,
            )
        })
        .max_by_key(|it| it.nominal.hi)
        .unwrap_or(Stretch::ZERO)
}

/// The longest part of a week in which not all of them are open, if one clock shows them all and
/// there are such parts.
fn longest_closed(times: &[Times<'_>]) -> Option<Closed> {
    let (first, rest) = times.split_first()?;
    if rest.iter().any(|it| it.zone != first.zone) {
        return None;
    }
    let open = rest.iter().fold(normal(&first.open, 0), |open, it| {
        meet(&open, &normal(&it.open, 0))
    });
    let mut gaps = gaps(&open)?;
    gaps.retain(|it| it.1 > 0);
    let daily = gaps.len() == 7 && gaps.iter().all(|it| it.1 == gaps[0].1);
    // The earliest in the week, of those that last longest.
    let (from, minutes) = gaps.into_iter().rev().max_by_key(|it| it.1)?;
    Some(Closed {
        from,
        minutes,
        daily,
    })
}

/// Shifted, cut at the end of the week, sorted, and put together where parts touch.
fn normal(open: &[(i64, i64)], shift: i64) -> Vec<(i64, i64)> {
    let mut parts = Vec::with_capacity(open.len() + 1);
    for (from, to) in open {
        let start = (from + shift).rem_euclid(WEEK);
        let end = start + (to - from).min(WEEK);
        parts.push((start, end.min(WEEK)));
        if end > WEEK {
            parts.push((0, end - WEEK));
        }
    }
    parts.sort_unstable();
    let mut whole: Vec<(i64, i64)> = Vec::with_capacity(parts.len());
    for (from, to) in parts {
        match whole.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => whole.push((from, to)),
        }
    }
    whole
}

/// What is open in both.
fn meet(one: &[(i64, i64)], other: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut both = Vec::new();
    for a in one {
        for b in other {
            let (from, to) = (a.0.max(b.0), a.1.min(b.1));
            if from < to {
                both.push((from, to));
            }
        }
    }
    both
}

/// The closed parts, as start and length; nothing if no minute is open.
fn gaps(open: &[(i64, i64)]) -> Option<Vec<(i64, i64)>> {
    let first = open.first()?;
    let next = open.iter().skip(1).map(|it| it.0).chain([first.0 + WEEK]);
    Some(
        open.iter()
            .zip(next)
            .map(|(it, next)| (it.1, next - it.1))
            .collect(),
    )
}

fn held(gaps: Option<&[(i64, i64)]>, clocks_change: bool) -> Stretch {
    let Some(gaps) = gaps else {
        return Stretch::exact(Interval::ANY);
    };
    let longest = gaps.iter().map(|it| it.1).max().unwrap_or(0);
    // Clocks change between midnight and four in the morning, in most zones on a Sunday, but in
    // some on another day; so every night counts.
    let night = |(start, length): &(i64, i64)| {
        let into_day = start.rem_euclid(DAY);
        *length > 0 && (into_day < 4 * 60 || into_day + length > DAY)
    };
    Stretch {
        nominal: Interval {
            lo: Elapsed::ZERO,
            hi: Bound::Finite(Elapsed::minutes(longest)),
        },
        early: false,
        late: clocks_change && gaps.iter().any(night),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// A week in which some hours of some days are open: the days as bits from Monday on.
    fn window(days: i64, from: i64, to: i64, zone: &'static str) -> Times<'static> {
        let length = if to > from {
            to - from
        } else {
            to - from + DAY
        };
        Times {
            open: (0..7)
                .filter(|day| days >> day & 1 == 1)
                .map(|day| (day * DAY + from, day * DAY + from + length))
                .collect(),
            zone: zone_name_of(zone),
        }
    }

    fn zone_name_of(zone: &'static str) -> Option<&'static str> {
        (zone != "contact").then_some(zone)
    }

    fn longest(times: &[Times<'_>]) -> String {
        worst(times).elapsed().hi.to_string()
    }

    #[test]
    fn office_hours_leave_a_hole_of_64_hours() {
        let office = |zone| window(0b001_1111, 540, 1_020, zone);
        assert_eq!(longest(&[office("UTC")]), "2 d 16 h");
        // The night from Saturday to Sunday is where clocks change.
        assert_eq!(longest(&[office("contact")]), "2 d 17 h");
        assert_eq!(longest(&[office("Europe/London")]), "2 d 17 h");
    }

    #[test]
    fn the_longest_closed_part_is_told_by_the_clock() {
        let office = longest_closed(&[window(0b001_1111, 540, 1_020, "UTC")]).unwrap();
        assert_eq!(office.clock(0, false), "Friday 17:00");
        assert_eq!(office.clock(30, true), "Fri 17:30");
        assert_eq!(office.clock(office.minutes, false), "Monday 09:00");
        let night = longest_closed(&[window(0b111_1111, 480, 1_260, "contact")]).unwrap();
        assert_eq!(night.clock(0, false), "21:00");
        assert_eq!(night.minutes, 11 * 60);
        let always = window(0b111_1111, 0, 1_440, "UTC");
        assert_eq!(longest_closed(&[always]), None);
        let two = [
            window(0b001_1111, 540, 1_020, "Europe/London"),
            window(0b111_1111, 480, 1_260, "contact"),
        ];
        assert_eq!(longest_closed(&two), None);
    }

    #[test]
    fn quiet_hours_last_a_night() {
        // Quiet from 21 to 8 leaves 8 to 21 open, on every day.
        let quiet = |zone| window(0b111_1111, 480, 1_260, zone);
        assert_eq!(longest(&[quiet("UTC")]), "11 h");
        assert_eq!(longest(&[quiet("contact")]), "12 h");
        let office = window(0b001_1111, 540, 1_320, "UTC");
        // Fridays until 22, but quiet from 21: from Friday 21 to Monday 9.
        assert_eq!(longest(&[office, quiet("UTC")]), "2 d 12 h");
    }

    #[test]
    fn clocks_of_two_zones_can_miss_each_other() {
        let office = window(0b001_1111, 540, 1_020, "Europe/London");
        let awake = window(0b111_1111, 480, 1_260, "contact");
        assert_eq!(longest(&[office, awake]), "for ever");
        let long = window(0b111_1111, 360, 1_320, "UTC");
        let awake = window(0b111_1111, 480, 1_260, "Asia/Tokyo");
        assert!(worst(&[long, awake]).nominal.hi.finite().is_some());
    }

    #[test]
    fn odd_windows() {
        assert_eq!(longest(&[window(0b111_1111, 0, 1_440, "UTC")]), "0 min");
        assert_eq!(longest(&[window(0b111_1111, 540, 540, "UTC")]), "0 min");
        assert_eq!(
            longest(&[window(0b100_0000, 1_320, 120, "UTC")]),
            "6 d 20 h"
        );
        assert_eq!(
            longest(&[window(0b111_1111, 540, 1_440, "contact")]),
            "10 h"
        );
        // Closed for an hour in the morning, when no clock changes.
        assert_eq!(longest(&[window(0b111_1111, 540, 480, "contact")]), "1 h");
    }

    #[test]
    fn the_worst_hold_is_the_worst_minute_of_the_week() {
        let mut seed = 7u64;
        let mut next = |below: i64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            i64::try_from(seed >> 33).unwrap() % below
        };
        for _ in 0..60 {
            let one = window(1 + next(127), next(24) * 60, 1 + next(1_439), "UTC");
            let two = window(1 + next(127), next(24) * 60, 1 + next(1_439), "UTC");
            let inside = |times: &Times<'_>, minute: i64| {
                times.open.iter().any(|(from, to)| {
                    [minute, minute + WEEK]
                        .iter()
                        .any(|it| from <= it && it < to)
                })
            };
            let open: Vec<bool> = (0..WEEK)
                .map(|minute| inside(&one, minute) && inside(&two, minute))
                .collect();
            let expected = (!open.iter().all(|it| !it)).then(|| {
                let mut run = 0;
                let mut worst = 0;
                for minute in 0..2 * WEEK {
                    let index = usize::try_from(minute % WEEK).unwrap();
                    run = if open[index] { 0 } else { run + 1 };
                    worst = worst.max(run);
                }
                Elapsed::minutes(worst)
            });
            assert_eq!(worst(&[one, two]).nominal.hi.finite(), expected);
        }
    }
}
