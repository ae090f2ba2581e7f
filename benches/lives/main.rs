//! What a simulated life costs: `cargo bench --bench lives`.
//!
//! In: this repository's journeys; how many lives, a million if not said (`-- 200000`), and the name of a
//! journey, `post-purchase` if not said, `all` for the whole shop. Out: lives a second on one core, the best
//! and the middle of several rounds, and whether the promise of 200,000 holds for `post-purchase`. A life
//! is a year: who it is, where they live, what they order and what becomes of it is different each time.
//! Not done here: judging what happened.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench reads files, looks at the clock and shows a table"
)]

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use chrono_tz::Tz;
use journeyc::Workspace;
use journeyc::load::{Disk, today};
use journeyc::simulate::{
    Chance, JourneyNo, Life, Occurrence, Outside, Person, Simulation, StepNo, VisitNo, When,
};
use serde_json::{Map, Value, json};

const PROMISE: f64 = 200_000.0;
const ROUNDS: usize = 5;
/// How many lives are different; then they begin again.
const DIFFERENT: usize = 8_192;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

const ZONES: [&str; 10] = [
    "Europe/London",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Africa/Casablanca",
    "Asia/Tokyo",
];

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("the bench could not run: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure() -> Result<bool, Box<dyn Error>> {
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| it != "--bench")
        .collect();
    let count = args
        .iter()
        .find_map(|it| it.parse().ok())
        .unwrap_or(1_000_000);
    let named = args.iter().find(|it| it.parse::<usize>().is_err());
    let journey = named.map_or("post-purchase", |it| it);
    let workspace = Workspace::read(&Disk::open(Path::new(env!("CARGO_MANIFEST_DIR")), today())?);
    let compiled = journeyc::compile(&workspace);
    let program = compiled.program.as_ref().ok_or("no program")?;
    let acts = |name: &str| journey == "all" || name == journey;
    let simulation = Simulation::with(program, |it| acts(&it.name.value));
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let lives = (0..DIFFERENT).map(|_| life(&simulation, &mut dice));
    let lives: Vec<Life> = lives
        .collect::<Option<_>>()
        .ok_or("the shop has other events")?;

    let mut rates = Vec::new();
    let mut moments = 0;
    for _ in 0..ROUNDS {
        moments = 0;
        let mut chance = dice.clone();
        let begin = Instant::now();
        for life in lives.iter().cycle().take(count) {
            moments += simulation.live(life, &mut chance).moments.len();
        }
        let seconds = begin.elapsed().as_secs_f64();
        #[allow(clippy::cast_precision_loss, reason = "far fewer lives than that")]
        rates.push(count as f64 / seconds);
    }
    rates.sort_by(f64::total_cmp);
    let (best, middle) = (rates[ROUNDS - 1], rates[ROUNDS / 2]);
    println!("{count} lives of a year through {journey}, {moments} moments, one core");
    println!("best    {best:>10.0} lives a second");
    println!("middle  {middle:>10.0} lives a second");
    Ok(journey != "post-purchase" || best >= PROMISE)
}

/// Numbers that look random and are the same every time.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

impl Chance for Dice {
    fn arm(&mut self, _: StepNo, _: VisitNo, weights: &[u32]) -> u32 {
        u32::try_from(self.roll(weights.len() as u64)).unwrap_or(0)
    }
    fn holdout(&mut self, _: JourneyNo) -> bool {
        self.roll(10) == 0
    }
    fn delay(&mut self, _: StepNo, _: i64) -> i64 {
        0
    }
}

/// The life of one person: one to three orders, most of which go well.
fn life(simulation: &Simulation<'_>, dice: &mut Dice) -> Option<Life> {
    // 2026-01-01, and any second of the two years from then on.
    let start = 1_767_225_600 + dice.roll(730 * DAY);
    let mut outside = Vec::new();
    let mut comes = |at: u64, name: &str, data: Value| {
        let Value::Object(data) = data else {
            return None;
        };
        outside.push(Occurrence {
            when: When::At(i64::try_from(at).ok()?),
            what: Outside::Event(simulation.event(name)?, data),
        });
        Some(())
    };
    let mut at = start;
    for number in 0..=dice.roll(3) {
        let order = format!("FF-{number}");
        let with = |more: Value| {
            let mut data = json!({"order_id": order.as_str()});
            if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
                data.extend(more);
            }
            data
        };
        comes(
            at,
            "order_paid",
            with(json!({"total": 42.5, "total_text": "£42.50", "gift_note": null})),
        )?;
        let shipped = at + HOUR + dice.roll(3 * DAY);
        comes(
            shipped,
            "order_shipped",
            with(json!({"tracking_url": "https://fernandfinch.example/track"})),
        )?;
        if dice.roll(20) == 0 {
            comes(
                shipped + dice.roll(2 * DAY),
                "delivery_exception",
                with(json!({"cause": "damaged"})),
            )?;
        }
        if dice.roll(12) > 0 {
            let delivered = shipped + DAY + dice.roll(9 * DAY);
            comes(
                delivered,
                "order_delivered",
                with(json!({"main_plant": "Bird's nest fern"})),
            )?;
            if dice.roll(3) == 0 {
                comes(
                    delivered + 5 * DAY + dice.roll(40 * DAY),
                    "review_given",
                    with(json!({"score": 4})),
                )?;
            }
        }
        for (name, sides) in [("order_refunded", 20), ("return_requested", 30)] {
            if dice.roll(sides) == 0 {
                comes(at + dice.roll(40 * DAY), name, with(json!({})))?;
            }
        }
        at += 20 * DAY + dice.roll(200 * DAY);
    }
    for (name, sides) in [
        ("complaint_opened", 15),
        ("unsubscribed", 15),
        ("bounced", 40),
        ("site_visited", 2),
    ] {
        if dice.roll(sides) == 0 {
            comes(start + dice.roll(200 * DAY), name, json!({}))?;
        }
    }
    let zone: Option<Tz> = match dice.roll(11) {
        10 => None,
        it => ZONES.get(usize::try_from(it).ok()?)?.parse().ok(),
    };
    let attributes = Map::from_iter([
        ("first_name".to_owned(), json!("Ana")),
        ("newsletter".to_owned(), json!(dice.roll(2) == 0)),
    ]);
    let start = i64::try_from(start).ok()?;
    Some(Life {
        person: Person { zone, attributes },
        start,
        end: start + i64::try_from(365 * DAY).ok()?,
        outside,
    })
}
