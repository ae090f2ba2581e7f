//! Both readings of the language give the same record, on random journeys and lives.
//!
//! `JOURNEYC_LIVES` asks for more journeys, `JOURNEYC_SEED` for one of them.

use journeyc::simulate::{Holder, Moment, Simulation, What};

use super::author::{Author, Dice, Fate, life};
use super::naive::Naive;
use super::workspace;

/// How many lives each set of journeys is lived by.
const LIVES: u64 = 6;

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Which of window and quiet hours held a message longer is not looked at, nor what lies behind the end.
fn compared(all: Vec<Moment>, end: i64) -> Vec<Moment> {
    let plain = |mut it: Moment| {
        if let What::Held(step, holder, until) = it.what {
            let holder = match holder {
                Holder::Quiet => Holder::Window,
                other => other,
            };
            let until = if until > end { i64::MAX } else { until };
            it.what = What::Held(step, holder, until);
        }
        it
    };
    all.into_iter().map(plain).collect()
}

#[test]
fn people_live_the_same_by_both_readings() {
    let seeds = match asked("JOURNEYC_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..asked("JOURNEYC_LIVES").unwrap_or(30),
    };
    let (mut told, mut lived) = (0, 0);
    for seed in seeds {
        let mut dice = Dice::of(seed);
        let mut author = Author::new(&mut dice);
        let policy = author.policy();
        let journeys = author.journeys();
        let workspace = workspace(&policy, Some("Europe/Berlin"), &journeys);
        let compiled = journeyc::compile(&workspace);
        let wrong = compiled.findings.iter().find(|it| compiled.is_input(it));
        assert!(
            wrong.is_none(),
            "seed {seed}: {:?}",
            wrong.map(|it| &it.message)
        );
        let program = compiled.program.as_ref().unwrap();
        let simulation = Simulation::of(program);
        for number in 0..LIVES {
            let (life, zone) = life(&mut dice, &simulation);
            let fate = Fate(seed * 31 + number);
            let record = simulation.live(&life, &mut { fate });
            let journeys = simulation.journeys().map(|it| it.1).collect();
            let expected = Naive::new(&program.project, journeys, &life, zone, fate).live();
            let found = compared(record.moments, life.end);
            let expected = compared(expected, life.end);
            lived += 1;
            told += found.len();
            if found == expected {
                continue;
            }
            let same = found
                .iter()
                .zip(&expected)
                .take_while(|(a, b)| a == b)
                .count();
            let show = |it: &[Moment]| {
                let from = same.saturating_sub(8);
                let lines = it.iter().skip(from).take(12).map(|it| {
                    let at = chrono::DateTime::from_timestamp(it.at, 0).unwrap();
                    format!(
                        "{} {:?} {:?}",
                        at.with_timezone(&zone),
                        it.visit.map(|it| it.no.0),
                        it.what
                    )
                });
                lines.collect::<Vec<_>>().join("\n")
            };
            panic!(
                "seed {seed}, life {number}, {zone}:\n{policy}\n{}\n{life:?}\n-- the engine\n{}\n-- the second reading\n{}",
                serde_yaml::to_string(&journeys_text(&workspace)).unwrap(),
                show(&found),
                show(&expected)
            );
        }
    }
    // Lives in which nothing happens prove nothing.
    assert!(told > lived * 10, "{told} moments in {lived} lives");
}

fn journeys_text(workspace: &journeyc::Workspace) -> Vec<String> {
    let files = workspace.sources.iter().map(|it| it.1);
    files
        .filter(|it| it.path.starts_with("journeys/"))
        .map(|it| it.text.to_string())
        .collect()
}
