//! Random lives in a project: at random, and where something nearly goes otherwise.
//!
//! A life is lived, and the next one has an event more, at a moment where something happens in the
//! first, or a second beside it.

use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta};
use journeyc::model::{ExprKind, Journey, Program, Step};
use journeyc::simulate::{EventNo, Life, Occurrence, Outside, Person, Record, StepNo, What, When};
use serde_json::{Map, Value, json};

use super::dice::Dice;
use super::{Tale, Town};

/// Lives are looked at for so long: consent in Canada lasts two years.
const LENGTH: i64 = 1000 * 86_400;

/// Where people live: on both sides of the equator, without clock changes, with half hours.
const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "UTC",
];

/// The events of a project that its journeys hear of, the more often the likelier.
pub struct Heard {
    triggers: Vec<EventNo>,
    all: Vec<EventNo>,
    count: u32,
}

impl Heard {
    /// Collects them.
    pub fn of(town: &Town<'_>) -> Self {
        let number = |name: &str| town.simulation.event(name);
        let mut all = Vec::new();
        let mut triggers = Vec::new();
        for (_, journey) in town.journeys() {
            triggers.extend(number(&journey.trigger.event.value));
            heard(journey, &mut |name| all.extend(number(name)));
        }
        all.extend(&triggers);
        for name in [
            "unsubscribed",
            "complaint_opened",
            "review_given",
            "order_paid",
        ] {
            all.extend(number(name));
        }
        let count = town.project().events.len();
        Self {
            triggers,
            all,
            count: u32::try_from(count).unwrap_or(1),
        }
    }
}

fn heard(journey: &Journey, out: &mut impl FnMut(&str)) {
    for exit in &journey.exits {
        out(&exit.on.value);
    }
    if let Some(goal) = &journey.goal {
        out(&goal.event.value);
    }
    for (step, _) in journey.walk() {
        if let Step::WaitFor(it) = &step.value {
            out(&it.event.value);
        }
    }
    for condition in journey.conditions() {
        let Ok(expr) = &condition.parsed else {
            continue;
        };
        expr.walk(&mut |it| {
            if let ExprKind::History(it) = &it.kind {
                out(&it.event);
            }
        });
    }
}

/// A life at the beginning of a row of lives.
pub fn first(town: &Town<'_>, heard: &Heard, dice: &mut Dice) -> Tale {
    let zone = dice.percent(85).then(|| dice.of(&ZONES));
    let person = Person {
        zone: zone.and_then(|it| it.parse().ok()),
        attributes: attributes(town.program, dice),
    };
    let start = begin(town, &person, dice);
    let mut outside = Vec::new();
    for _ in 0..=dice.of(&[0, 0, 0, 1, 2]) {
        let event = if heard.triggers.is_empty() {
            dice.of(&heard.all)
        } else {
            dice.of(&heard.triggers)
        };
        let later = dice.of(&[0, 0, 1, 600, 3600, 86_400, 10 * 86_400]);
        outside.push(occurs(event, start + later, dice));
    }
    if dice.percent(20) {
        let days = dice.of(&[1, 3, 7, 29, 31, 90, 180, 400]);
        let event = dice.of(&heard.all);
        outside.push(occurs(event, start - days * 86_400, dice));
    }
    let answers = (0..dice.below(6)).map(|_| dice.between(0, 5).unsigned_abs() as u32);
    let answers = answers.collect();
    sort(&mut outside);
    let life = Life {
        person,
        start,
        end: start + LENGTH,
        outside,
    };
    Tale { life, answers }
}

/// The same life with one thing more, which comes where something happens in it.
pub fn further(
    town: &Town<'_>,
    heard: &Heard,
    tale: &Tale,
    record: &Record,
    dice: &mut Dice,
) -> Tale {
    let mut tale = tale.clone();
    let life = &mut tale.life;
    if record.moments.is_empty() || dice.percent(5) {
        let event = dice.of(&heard.all);
        let at = life.start + dice.between(0, 60 * 86_400);
        life.outside.push(occurs(event, at, dice));
    } else {
        // Early moments matter most: many are late, in rounds.
        let count = record.moments.len();
        let place = dice.below(count).min(dice.below(count));
        let moment = &record.moments[place];
        let at = match moment.what {
            What::Waits(_, until) | What::Held(_, _, until)
                if until < life.end && dice.percent(60) =>
            {
                if dice.percent(30) {
                    moment.at + dice.between(0, until - moment.at)
                } else {
                    until
                }
            }
            _ => moment.at,
        };
        let at = at + dice.of(&[-1, 0, 1, 1, 60, 3600, -3600, 14_400, 86_400, 2 * 86_400]);
        let sent = match moment.what {
            What::Sent(step) if dice.percent(25) => Some(step),
            _ => None,
        };
        let it = match sent {
            Some(step) => clicks(step, moment.at + dice.of(&[1, 60, 86_400])),
            None if dice.percent(6) && !life.person.attributes.is_empty() => learns(town, at, dice),
            None => {
                let event = if dice.percent(90) {
                    dice.of(&heard.all)
                } else {
                    EventNo(dice.between(0, i64::from(heard.count) - 1).unsigned_abs() as u32)
                };
                occurs(event, at, dice)
            }
        };
        life.outside.push(it);
    }
    sort(&mut life.outside);
    tale
}

/// The same life with something otherwise, whatever it is.
pub fn otherwise(
    town: &Town<'_>,
    heard: &Heard,
    tale: &Tale,
    record: &Record,
    dice: &mut Dice,
) -> Tale {
    let mut res = tale.clone();
    for _ in 0..=dice.of(&[0, 0, 0, 1, 1, 2, 3]) {
        let count = res.life.outside.len();
        match dice.below(16) {
            0 | 1 if count > 1 => {
                let place = dice.below(count);
                res.life.outside.remove(place);
            }
            2..=4 if count > 0 => {
                let place = dice.below(count);
                let by = dice.of(&[1, 60, 600, 3600, 14_400, 86_400, 3 * 86_400, 30 * 86_400]);
                let by = by * dice.between(-4, 4);
                if let When::At(at) = &mut res.life.outside[place].when {
                    *at += by;
                }
            }
            5 => {
                let all = attributes(town.program, dice);
                let names: Vec<&String> = all.keys().collect();
                if !names.is_empty() {
                    let name = names[dice.below(names.len())];
                    res.life
                        .person
                        .attributes
                        .insert(name.clone(), all[name].clone());
                }
            }
            6 => {
                let zone = dice.percent(85).then(|| dice.of(&ZONES));
                res.life.person.zone = zone.and_then(|it| it.parse().ok());
            }
            7 => {
                let arms = (0..dice.below(6)).map(|_| dice.between(0, 5).unsigned_abs() as u32);
                res.answers = arms.collect();
            }
            8 | 9 => {
                let by = dice.of(&[1, 60, 600, 3600, 14_400, 86_400, 3 * 86_400, 30 * 86_400]);
                let by = by * dice.between(-6, 6);
                let life = &mut res.life;
                life.start += by;
                life.end += by;
                for it in &mut life.outside {
                    if let When::At(at) = &mut it.when {
                        *at += by;
                    }
                }
            }
            10 if count > 0 => {
                let place = dice.below(count);
                let it = &mut res.life.outside[place];
                if let (Outside::Event(event, _), When::At(at)) = (&it.what, it.when) {
                    *it = occurs(*event, at, dice);
                }
            }
            11 => {
                let at = res.life.start
                    - dice.of(&[60, 3600, 86_400, 3 * 86_400, 40 * 86_400, 200 * 86_400]);
                let event = dice.of(&heard.all);
                res.life.outside.push(occurs(event, at, dice));
            }
            _ => res = further(town, heard, &res, record, dice),
        }
    }
    sort(&mut res.life.outside);
    res
}

/// In the order of time, as the record tells it.
pub(super) fn sort(outside: &mut [Occurrence]) {
    outside.sort_by_key(|it| match it.when {
        When::At(at) => at,
        _ => i64::MAX,
    });
}

fn clicks(step: StepNo, at: i64) -> Occurrence {
    Occurrence {
        when: When::At(at),
        what: Outside::Click(step),
    }
}

/// Something new is known of the person.
fn learns(town: &Town<'_>, at: i64, dice: &mut Dice) -> Occurrence {
    let all = attributes(town.program, dice);
    let names: Vec<&String> = all.keys().collect();
    let mut values = Map::new();
    if !names.is_empty() {
        let name = names[dice.below(names.len())];
        values.insert(name.clone(), all[name].clone());
    }
    Occurrence {
        when: When::At(at),
        what: Outside::Attributes(values),
    }
}

pub(super) fn occurs(event: EventNo, at: i64, dice: &mut Dice) -> Occurrence {
    let order = if dice.percent(80) { "A1" } else { "B2" };
    let mut data = Map::new();
    data.insert("order_id".to_owned(), json!(order));
    data.insert(
        "total".to_owned(),
        json!(dice.of(&[10, 20, 21, 50, 51, 100, 500])),
    );
    data.insert("score".to_owned(), json!(dice.between(1, 10)));
    data.insert(
        "method".to_owned(),
        json!(dice.of(&["card", "card", "invoice"])),
    );
    Occurrence {
        when: When::At(at),
        what: Outside::Event(event, data),
    }
}

fn attributes(program: &Program, dice: &mut Dice) -> Map<String, Value> {
    let mut res = Map::new();
    let known = |name: &str| program.project.contact.contains_key(name);
    if known("plan") {
        res.insert("plan".to_owned(), json!(dice.of(&["free", "pro"])));
    }
    if known("newsletter") {
        res.insert("newsletter".to_owned(), json!(dice.percent(50)));
    }
    if known("points") && dice.percent(80) {
        res.insert("points".to_owned(), json!(dice.of(&[0, 9, 10, 11, 100])));
    }
    if known("tier") && dice.percent(70) {
        res.insert("tier".to_owned(), json!(dice.of(&["silver", "gold"])));
    }
    if known("renewal_date") && dice.percent(70) {
        let day = NaiveDate::from_ymd_opt(2027, 3, 1).unwrap_or_default();
        let day = day + TimeDelta::days(dice.between(-200, 400));
        res.insert("renewal_date".to_owned(), json!(day.to_string()));
    }
    res
}

/// When a life begins: at any time, on a Friday evening, when the week begins, at an edge of the
/// window, in a night in which clocks are changed, or a few days before.
fn begin(town: &Town<'_>, person: &Person, dice: &mut Dice) -> i64 {
    let clock = town.simulation.clock(person.zone);
    let base = NaiveDate::from_ymd_opt(2027, 1, 4).unwrap_or_default();
    let day = base + Days::new(dice.between(0, 500).unsigned_abs());
    let on = |weekday: u32| {
        day + Days::new(u64::from(
            (7 + weekday - day.weekday().num_days_from_monday()) % 7,
        ))
    };
    let hour = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap_or_default();
    let window = town.project().policy.send_window.as_ref();
    match dice.below(8) {
        0 | 1 => {
            clock.instant(on(4).and_time(hour(dice.of(&["16:59", "17:00", "17:30", "20:01"]))))
        }
        2 => clock.instant(on(0).and_time(hour(dice.of(&["00:00", "08:59", "09:00"])))),
        3 | 4 if window.is_some() => {
            let minutes = window.map_or(0, |it| {
                if dice.percent(70) {
                    it.to.value.minutes
                } else {
                    it.from.value.minutes
                }
            });
            let midnight = clock.midnight(on(dice.below(7) as u32));
            midnight + i64::from(minutes) * 60 + dice.of(&[-1, 0, 1])
        }
        5 => {
            let changes = [
                (2027, 3, 28),
                (2027, 10, 31),
                (2027, 3, 14),
                (2027, 11, 7),
                (2027, 4, 4),
            ];
            let (year, month, day) = dice.of(&changes);
            let day = NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
            let before = dice.of(&[0, 0, 1, 2, 7]);
            clock.midnight(day - Days::new(before)) + dice.between(0, 4 * 3600)
        }
        _ => clock.midnight(day) + dice.between(0, 86_399),
    }
}
