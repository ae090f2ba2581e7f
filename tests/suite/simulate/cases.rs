//! The cases of `tests/cases/simulate`: a sentence of the language, journeys, what comes from outside,
//! and what the customer then gets.
//!
//! A line of `outside` is `2026-03-02 10:00 paid {order: A}`, on the person's clock (`Z` behind the time
//! for UTC); the event may be `click STEP`; `after STEP 2h paid` and `after event paid 1d visited`
//! come so long after something else. A line of `happens` is a moment on the person's clock, with the
//! offset where it is not UTC. Ways, rounds and waits are not listed: what they lead to is.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDateTime, Offset as _, TimeZone as _};
use chrono_tz::Tz;
use serde_json::{Map, Value};

use journeyc::simulate::{
    By, Chance, End, Holder, JourneyNo, Life, Occurrence, Outside, Person, Record, Refusal,
    Simulation, Skip, StepNo, VisitNo, What, When,
};

use super::workspace;

/// One case.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The sentence that it is about.
    says: String,
    #[serde(default)]
    policy: Map<String, Value>,
    #[serde(default)]
    timezone: Option<String>,
    journeys: Map<String, Value>,
    #[serde(default)]
    zone: Option<String>,
    #[serde(default)]
    person: Map<String, Value>,
    #[serde(default = "start")]
    start: String,
    #[serde(default = "end")]
    end: String,
    outside: Vec<String>,
    #[serde(default)]
    arm: u32,
    #[serde(default)]
    holdout: bool,
    /// How many seconds late each touchpoint is.
    #[serde(default)]
    late: i64,
    happens: String,
}

fn start() -> String {
    "2026-03-02 00:00".to_owned()
}

fn end() -> String {
    "2026-12-31 00:00".to_owned()
}

/// Chance as a case says.
struct Said {
    arm: u32,
    holdout: bool,
    late: i64,
}

impl Chance for Said {
    fn arm(&mut self, _: StepNo, _: VisitNo, _: &[u32]) -> u32 {
        self.arm
    }
    fn holdout(&mut self, _: JourneyNo) -> bool {
        self.holdout
    }
    fn delay(&mut self, _: StepNo, _: i64) -> i64 {
        self.late
    }
}

/// Reads a line of `outside`.
struct Reader<'c, 'p> {
    simulation: &'c Simulation<'p>,
    zone: Tz,
}

impl Reader<'_, '_> {
    fn instant(&self, text: &str) -> i64 {
        let plain = text.trim_end_matches('Z');
        let read = |form| NaiveDateTime::parse_from_str(plain, form);
        let local = read("%Y-%m-%d %H:%M").or_else(|_| read("%Y-%m-%d %H:%M:%S"));
        let local = local.unwrap_or_else(|_| panic!("`{text}` is no time"));
        if plain == text {
            let found = self.zone.from_local_datetime(&local).earliest();
            found
                .unwrap_or_else(|| panic!("there is no {text}"))
                .timestamp()
        } else {
            local.and_utc().timestamp()
        }
    }

    fn step(&self, id: &str) -> StepNo {
        let mut all = self.simulation.steps().map(|it| it.0);
        let found = all.find(|it| self.simulation.step_id(*it) == Some(id));
        found.unwrap_or_else(|| panic!("there is no step `{id}`"))
    }

    fn occurrence(&self, line: &str) -> Occurrence {
        let (text, data) = match line.find('{') {
            Some(at) => line.split_at(at),
            None => (line, "{}"),
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        let event = |name: &str| {
            let found = self.simulation.event(name);
            found.unwrap_or_else(|| panic!("there is no event `{name}`"))
        };
        let (when, what) = match &words[..] {
            ["after", "event", name, by, what @ ..] => {
                (When::AfterEvent(event(name), by.parse().unwrap()), what)
            }
            ["after", step, by, what @ ..] => {
                (When::AfterStep(self.step(step), by.parse().unwrap()), what)
            }
            [day, time, what @ ..] => (When::At(self.instant(&format!("{day} {time}"))), what),
            _ => panic!("`{line}` is nothing"),
        };
        let what = match what {
            ["click", step] => Outside::Click(self.step(step)),
            [name] => Outside::Event(event(name), serde_yaml::from_str(data).unwrap()),
            _ => panic!("`{line}` says nothing"),
        };
        Occurrence { when, what }
    }
}

/// What a customer notices of a record, and what ends.
fn told(simulation: &Simulation<'_>, record: &Record, zone: Tz) -> String {
    let shown = |at: i64, form: &str| {
        if at == i64::MAX {
            return "for ever".to_owned();
        }
        let local = zone.timestamp_opt(at, 0).unwrap();
        let seconds = if at % 60 == 0 { "" } else { ":%S" };
        let offset = if local.offset().fix().local_minus_utc() == 0 {
            ""
        } else {
            " %:z"
        };
        local
            .format(&format!("{form}{seconds}{offset}"))
            .to_string()
    };
    let id = |step| simulation.step_id(step).unwrap_or("?").to_owned();
    let mut out = String::new();
    for moment in &record.moments {
        let journey = moment
            .visit
            .map_or("", |it| &simulation.journey(it.journey).name.value);
        let text = match moment.what {
            What::Sent(it) => format!("mail {}", id(it)),
            What::Task(it) => format!("task {}", id(it)),
            What::Touch(it) => format!("touch {}", id(it)),
            What::Skipped(it, why) => format!("no {}: {}", id(it), reason(why)),
            What::Held(it, by, until) => {
                let until = shown(until, "%a %d %b %H:%M");
                format!("{} held by {} until {until}", id(it), holder(by))
            }
            What::TimedOut(it) => format!("{} timed out", id(it)),
            What::Refused(Refusal::Reentry) => format!("not again into {journey}"),
            What::Refused(Refusal::Holdout) => format!("kept out of {journey}"),
            What::Entered(By::Visit(_)) => format!("goes on in {journey}"),
            What::Stopped(number) => format!("exit {number} of {journey} stops messages"),
            What::Goal(_) => format!("goal of {journey}"),
            What::Left(End::Event(..)) => format!("leaves {journey}"),
            What::Left(End::Exit(_)) => format!("ends {journey}"),
            What::Left(End::DatePassed(_)) => format!("leaves {journey}: too late"),
            _ => continue,
        };
        let _ = writeln!(out, "{}  {text}", shown(moment.at, "%a %d %b %H:%M"));
    }
    if record.cut {
        out.push_str("cut\n");
    }
    out
}

fn reason(why: Skip) -> &'static str {
    match why {
        Skip::If => "if",
        Skip::Unless => "unless",
        Skip::Stopped => "stopped",
        Skip::Cap => "cap",
    }
}

fn holder(by: Holder) -> &'static str {
    match by {
        Holder::Window => "window",
        Holder::Quiet => "quiet hours",
        Holder::Cap => "cap",
        Holder::Delay => "delay",
    }
}

/// What happens in a case; nothing where its journeys are no valid input.
fn played(case: &Case) -> Result<String, String> {
    let policy = Value::Object(case.policy.clone());
    let workspace = workspace(&policy, case.timezone.as_deref(), &case.journeys);
    let compiled = journeyc::compile(&workspace);
    let wrong = compiled.findings.iter().filter(|it| compiled.is_input(it));
    let wrong: Vec<String> = wrong.map(|it| it.message.clone()).collect();
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    let simulation = Simulation::of(compiled.program.as_ref().unwrap());
    let own: Option<Tz> = case.zone.as_ref().map(|it| it.parse().unwrap());
    let zone = simulation.clock(own).zone();
    let reader = Reader {
        simulation: &simulation,
        zone,
    };
    let life = Life {
        person: Person {
            zone: own,
            attributes: case.person.clone(),
        },
        start: reader.instant(&case.start),
        end: reader.instant(&case.end),
        outside: case
            .outside
            .iter()
            .map(|it| reader.occurrence(it))
            .collect(),
    };
    let mut chance = Said {
        arm: case.arm,
        holdout: case.holdout,
        late: case.late,
    };
    let record = simulation.live(&life, &mut chance);
    Ok(told(&simulation, &record, zone))
}

#[test]
fn the_language_means_what_it_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/simulate");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    files.sort();
    let only = std::env::var("CASE").ok();
    let (mut wrong, mut count) = (String::new(), 0);
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let cases: Vec<Case> =
            serde_yaml::from_str(&text).unwrap_or_else(|it| panic!("{name}: {it}"));
        for case in cases {
            if only
                .as_ref()
                .is_some_and(|it| !case.says.contains(it.as_str()) && *it != name)
            {
                continue;
            }
            count += 1;
            let found = played(&case).unwrap_or_else(|it| format!("invalid: {it}\n"));
            if found.trim() != case.happens.trim() {
                let _ = writeln!(
                    wrong,
                    "{name}: {}\n-- expected\n{}\n-- happened\n{}\n",
                    case.says,
                    case.happens.trim(),
                    found.trim()
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(only.is_some() || count > 60, "{count} cases");
}

#[test]
fn a_time_behind_the_calendar_is_no_accident() {
    // An instant beyond what dates can say shows the calendar's end.
    let clock = journeyc::simulate::Clock::of(Tz::UTC);
    assert!(clock.local(i64::MAX) >= DateTime::UNIX_EPOCH.naive_utc());
}
