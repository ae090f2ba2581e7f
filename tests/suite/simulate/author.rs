//! Makes up policies, journeys and lives, the same for the same seed.

use chrono::TimeZone as _;
use chrono_tz::Tz;
use journeyc::simulate::{
    Chance, EventNo, JourneyNo, Life, Occurrence, Outside, Person, Simulation, StepNo, VisitNo,
    When,
};
use serde_json::{Map, Value, json};

use super::naive::QUARTER;

/// Numbers that look random and are the same every time.
#[derive(Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of(seed: u64) -> Self {
        Self(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn one<'v>(&mut self, of: &[&'v str]) -> &'v str {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap()]
    }

    fn is_one_of(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}

/// What two readings are given, and what they are asked.
#[derive(Clone, Copy)]
pub(super) struct Fate(pub(super) u64);

impl Fate {
    fn number(self, a: u64, b: u64) -> u64 {
        let mixed = self.0 ^ a.wrapping_mul(0x9E37_79B9) ^ b.wrapping_mul(0xC2B2_AE35);
        Dice::of(mixed).roll(1 << 30)
    }
}

impl Chance for Fate {
    fn arm(&mut self, step: StepNo, visit: VisitNo, weights: &[u32]) -> u32 {
        let arms = weights.len() as u64;
        u32::try_from(self.number(u64::from(step.0), u64::from(visit.0)) % arms).unwrap()
    }
    fn holdout(&mut self, journey: JourneyNo) -> bool {
        self.number(u64::from(journey.0), 7).is_multiple_of(3)
    }
    fn delay(&mut self, step: StepNo, due: i64) -> i64 {
        let number = self.number(u64::from(step.0), due.unsigned_abs());
        if number.is_multiple_of(5) {
            i64::try_from(number / 5 % 12).unwrap() * QUARTER
        } else {
            0
        }
    }
}

const EVENTS: [&str; 6] = ["paid", "delivered", "refunded", "asked", "visited", "left"];
const KEYED: [&str; 3] = ["paid", "delivered", "refunded"];
const SPANS: [&str; 14] = [
    "15m",
    "2h",
    "6h",
    "1d",
    "2d",
    "3d",
    "9d",
    "1w",
    "1bd",
    "2bd",
    "1d 12h",
    "1bd 1d 30m",
    "24h",
    "0m",
];
const TIMES: [&str; 7] = [
    "00:00", "02:00", "02:15", "02:30", "09:00", "18:30", "23:45",
];

/// Makes journeys up.
pub(super) struct Author<'d> {
    pub(super) dice: &'d mut Dice,
    count: u32,
    sent: Vec<String>,
}

impl<'d> Author<'d> {
    pub(super) fn new(dice: &'d mut Dice) -> Self {
        Self {
            dice,
            count: 0,
            sent: Vec::new(),
        }
    }

    pub(super) fn policy(&mut self) -> Value {
        let dice = &mut *self.dice;
        let mut res = json!({});
        let zone = |dice: &mut Dice| {
            dice.one(&["contact", "contact", "Europe/Berlin", "America/New_York"])
                .to_owned()
        };
        if dice.roll(2) == 0 {
            let (from, to) = *[
                ("08:00", "20:00"),
                ("09:00", "17:00"),
                ("16:15", "16:30"),
                ("02:15", "03:30"),
                ("00:00", "24:00"),
            ]
            .get(usize::try_from(dice.roll(5)).unwrap())
            .unwrap();
            res["send_window"] = json!({"from": from, "to": to, "zone": zone(dice)});
            if dice.roll(2) == 0 {
                res["send_window"]["days"] = json!(["mon", "tue", "wed", "thu", "fri"]);
            }
        }
        if dice.is_one_of(3) {
            let (from, to) = *[("21:00", "08:00"), ("22:00", "02:30"), ("02:00", "03:00")]
                .get(usize::try_from(dice.roll(3)).unwrap())
                .unwrap();
            res["quiet_hours"] = json!({"from": from, "to": to, "zone": zone(dice)});
        }
        if dice.roll(2) == 0 {
            let mut limits = json!({});
            for (key, most) in [("per_day", 2), ("per_week", 3), ("per_month", 5)] {
                if dice.roll(2) == 0 {
                    limits[key] = json!(1 + dice.roll(most));
                }
            }
            res["frequency_cap"] =
                json!({"commercial": limits, "when_full": dice.one(&["skip", "queue"])});
        }
        res
    }

    pub(super) fn journeys(&mut self) -> Map<String, Value> {
        let names = ["a", "b", "c"];
        let count = 1 + usize::try_from(self.dice.roll(3)).unwrap();
        let mut res = Map::new();
        for place in 0..count {
            let later = &names[place + 1..count];
            res.insert(names[place].to_owned(), self.journey(later));
        }
        res
    }

    fn journey(&mut self, later: &[&str]) -> Value {
        self.sent.clear();
        let steps = self.steps(3, later);
        let dice = &mut *self.dice;
        let event = dice.one(&["paid", "paid", "delivered", "visited", "asked"]);
        let mut trigger = json!({"event": event});
        if event != "asked" && dice.is_one_of(4) {
            trigger["where"] = json!(dice.one(&["event.total > 30", "not (event.total > 30)"]));
        }
        let reentry = match dice.roll(5) {
            0 => json!("never"),
            1 if event != "visited" => json!("per_key"),
            2 => json!({"after": dice.one(&["1d", "5d", "36h"])}),
            _ => json!("always"),
        };
        let mut res = json!({"trigger": trigger, "reentry": reentry, "class": dice.one(&["transactional", "commercial"]), "steps": steps});
        let mut exits = Vec::new();
        for _ in 0..dice.roll(3) {
            let on = dice.one(&["refunded", "visited", "left", "paid"]);
            let mut exit = json!({"on": on});
            if dice.is_one_of(3) {
                exit["only"] = json!(dice.one(&["transactional", "commercial"]));
            }
            if on != "left" && dice.is_one_of(3) {
                exit["where"] = json!("event.total >= 50");
            }
            exits.push(exit);
        }
        res["exits"] = json!(exits);
        if dice.is_one_of(3) {
            res["goal"] =
                json!({"event": dice.one(&EVENTS), "within": dice.one(&["2d", "6h", "9d"])});
        }
        if dice.is_one_of(5) {
            res["holdout"] = json!(10);
        }
        res
    }

    fn condition(&mut self, depth: u32) -> String {
        let plain = [
            "contact.plan == \"pro\"",
            "contact.plan != \"pro\"",
            "contact.age >= 30",
            "not (contact.age < 30)",
            "contact.vip",
            "contact.plan == none",
            "contact.plan in [\"pro\", \"free\"]",
            "contact.plan not in [\"pro\"]",
            "contact.born > \"2026-04-01\"",
            "contact.did(\"delivered\", since=entry)",
            "contact.count(\"paid\") > 1",
            "contact.count(\"visited\", within=\"2d\") >= 1",
            "contact.did(\"visited\", within=\"36h\")",
            "contact.did(\"paid\", since=entry)",
        ];
        if let (true, false) = (self.dice.is_one_of(8), self.sent.is_empty()) {
            let place = usize::try_from(self.dice.roll(self.sent.len() as u64)).unwrap();
            return format!("contact.clicked(\"{}\")", self.sent[place]);
        }
        match (depth, self.dice.roll(4)) {
            (0, _) | (_, 0 | 1) => self.dice.one(&plain).to_owned(),
            (_, 2) => format!(
                "({}) and ({})",
                self.condition(depth - 1),
                self.condition(depth - 1)
            ),
            _ => format!(
                "({}) or not ({})",
                self.condition(depth - 1),
                self.condition(depth - 1)
            ),
        }
    }

    fn steps(&mut self, depth: u32, later: &[&str]) -> Vec<Value> {
        let count = 2 + self.dice.roll(3);
        (0..count).map(|_| self.step(depth, later)).collect()
    }

    fn touchpoint(&mut self) -> Value {
        let id = format!("s{}", self.count);
        let kind = self.dice.one(&["send", "sell", "sell", "task", "touch"]);
        let mut it = json!({"id": id});
        match self.dice.roll(5) {
            0 => it["if"] = json!(self.condition(2)),
            1 => it["unless"] = json!(self.condition(2)),
            2 if kind == "sell" => it["bypass_window"] = json!(true),
            _ => {}
        }
        if matches!(kind, "send" | "sell") {
            self.sent.push(id);
        }
        json!({kind: it})
    }

    fn step(&mut self, depth: u32, later: &[&str]) -> Value {
        self.count += 1;
        let id = format!("s{}", self.count);
        match self.dice.roll(if depth == 0 { 8 } else { 13 }) {
            kind if kind < 3 || (kind == 7 && later.is_empty()) => self.touchpoint(),
            3 => json!({"wait": self.dice.one(&SPANS)}),
            4 => {
                let mut it = json!({"for": self.dice.one(&SPANS)});
                if self.dice.roll(3) > 0 {
                    it["at"] = json!(self.dice.one(&TIMES));
                }
                if self.dice.roll(2) == 0 {
                    it["on"] = json!(["tue", "sun"]);
                }
                if self.dice.is_one_of(4) {
                    it["zone"] = json!("America/New_York");
                }
                json!({"wait": it})
            }
            5 => {
                let value: Value = [json!("pro"), json!("free"), Value::Null]
                    [usize::try_from(self.dice.roll(3)).unwrap()]
                .clone();
                json!({"set": {"id": id, "attribute": "plan", "value": value}})
            }
            6 => {
                let mut it = json!({"id": id, "date": "contact.born", "if_past": self.dice.one(&["continue", "continue", "exit"])});
                if self.dice.roll(2) == 0 {
                    it["offset"] = json!(self.dice.one(&["-3d", "+1d", "-2bd", "+12h"]));
                }
                if self.dice.roll(2) == 0 {
                    it["at"] = json!(self.dice.one(&TIMES));
                }
                json!({"wait_until": it})
            }
            7 => json!({"enter": self.dice.one(later)}),
            8 | 9 => {
                let event = self.dice.one(&EVENTS);
                let mut it = json!({"id": id, "event": event});
                if self.dice.roll(8) > 0 {
                    it["timeout"] = json!(self.dice.one(&SPANS));
                    if self.dice.roll(2) == 0 {
                        it["on_timeout"] = json!(self.steps(depth - 1, later));
                    }
                } else {
                    it["perpetual"] = json!(true);
                }
                if KEYED.contains(&event) && self.dice.is_one_of(3) {
                    it["where"] = json!("event.total >= 50");
                }
                json!({"wait_for": it})
            }
            10 => {
                let ways: Vec<Value> = (0..=self.dice.roll(2))
                    .map(
                        |_| json!({"if": self.condition(2), "steps": self.steps(depth - 1, later)}),
                    )
                    .collect();
                let mut it = json!({"id": id, "when": ways});
                if self.dice.roll(2) == 0 {
                    it["else"] = json!(self.steps(depth - 1, later));
                    if self.dice.is_one_of(4) {
                        it["else"]
                            .as_array_mut()
                            .unwrap()
                            .push(json!({"exit": "done"}));
                    }
                }
                json!({"branch": it})
            }
            11 => json!({"split": {"id": id, "arms": {
                "a": {"weight": 20, "steps": self.steps(depth - 1, later)}, "b": {"weight": 40, "steps": []},
                "c": {"weight": 40, "steps": self.steps(depth - 1, later)}}}}),
            _ => {
                let mut it = json!({"id": id, "times": 1 + self.dice.roll(3), "steps": self.steps(depth - 1, later)});
                if self.dice.roll(3) > 0 {
                    it["every"] = json!(self.dice.one(&SPANS));
                }
                if self.dice.is_one_of(3) {
                    it["until"] = json!(self.condition(1));
                }
                json!({"repeat": it})
            }
        }
    }
}

const ZONES: [&str; 9] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Europe/London",
    "America/Santiago",
];

/// Days near which clocks change somewhere, and one on which none does.
const STARTS: [(i32, u32, u32); 6] = [
    (2026, 3, 2),
    (2026, 3, 21),
    (2026, 4, 1),
    (2026, 6, 10),
    (2026, 9, 1),
    (2026, 10, 20),
];

/// A person, and what comes: at odd times, and at those at which something else may be due.
pub(super) fn life(dice: &mut Dice, simulation: &Simulation<'_>) -> (Life, Tz) {
    let own: Option<Tz> = (dice.roll(5) > 0).then(|| dice.one(&ZONES).parse().unwrap());
    let (year, month, day) = STARTS[usize::try_from(dice.roll(6)).unwrap()];
    let start = chrono::Utc
        .with_ymd_and_hms(year, month, day, 0, 0, 0)
        .unwrap()
        .timestamp();
    let messages: Vec<StepNo> = simulation
        .steps()
        .filter(|(_, it)| it.step.value.kind() == "send")
        .map(|it| it.0)
        .collect();
    let mut outside = Vec::new();
    let mut last = start + i64::try_from(dice.roll(96)).unwrap() * QUARTER;
    for _ in 0..4 + dice.roll(9) {
        let day = i64::try_from(dice.roll(20)).unwrap() * 86_400;
        last = match dice.roll(4) {
            0 => start + day + i64::try_from(dice.roll(96)).unwrap() * QUARTER,
            1 => last + 86_400,
            2 => last,
            _ => last + i64::try_from(dice.roll(40)).unwrap() * QUARTER,
        };
        let number = u32::try_from(dice.roll(EVENTS.len() as u64)).unwrap();
        let event = simulation.event(EVENTS[number as usize]).unwrap();
        let by = dice.one(&["0m", "2h", "1d", "1bd"]).parse().unwrap();
        let when = match dice.roll(8) {
            0 if !messages.is_empty() => {
                let place = usize::try_from(dice.roll(messages.len() as u64)).unwrap();
                When::AfterStep(messages[place], by)
            }
            1 => When::AfterEvent(EventNo(u32::try_from(dice.roll(6)).unwrap()), by),
            2 => When::At(last - 10 * 86_400),
            _ => When::At(last),
        };
        let what = if dice.is_one_of(8) && !messages.is_empty() {
            let place = usize::try_from(dice.roll(messages.len() as u64)).unwrap();
            Outside::Click(messages[place])
        } else if dice.is_one_of(8) {
            let plan = json!(dice.one(&["pro", "free"]));
            Outside::Attributes(Map::from_iter([("plan".to_owned(), plan)]))
        } else {
            let mut data = Map::new();
            if dice.roll(5) > 0 {
                data.insert("order".to_owned(), json!(dice.one(&["A", "B"])));
                data.insert("ticket".to_owned(), json!(dice.one(&["A", "B"])));
            }
            if dice.roll(4) > 0 {
                data.insert("total".to_owned(), json!(dice.roll(4) * 25));
            }
            Outside::Event(event, data)
        };
        outside.push(Occurrence { when, what });
    }
    let pick = |dice: &mut Dice, of: &[Value]| {
        of[usize::try_from(dice.roll(of.len() as u64)).unwrap()].clone()
    };
    let attributes = Map::from_iter([
        (
            "plan".to_owned(),
            pick(dice, &[json!("pro"), json!("free"), Value::Null]),
        ),
        (
            "age".to_owned(),
            pick(dice, &[json!(20), json!(40), Value::Null]),
        ),
        (
            "vip".to_owned(),
            pick(dice, &[json!(true), json!(false), Value::Null]),
        ),
        (
            "born".to_owned(),
            pick(
                dice,
                &[
                    json!("2026-03-29"),
                    json!("2026-04-05"),
                    json!("2026-10-25"),
                    json!("2026-06-20"),
                    json!("2026-03-29T02:30:00"),
                    json!("2026-10-25T02:30:00"),
                    json!("2026-06-20T10:00:00+02:00"),
                    Value::Null,
                ],
            ),
        ),
    ]);
    let zone = simulation.clock(own).zone();
    let life = Life {
        person: Person {
            zone: own,
            attributes,
        },
        start,
        end: start + 45 * 86_400,
        outside,
    };
    (life, zone)
}
