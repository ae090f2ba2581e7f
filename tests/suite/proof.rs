//! The proof of the linter at a modest count, and the checkers themselves.

use crate::proving::rules;
use crate::proving::run::{Task, run};

#[test]
fn each_checker_reads_a_rule_that_exists() {
    let names: Vec<&str> = rules::ALL.iter().map(|it| it.rule()).collect();
    assert!(names.is_sorted(), "{names:?}");
    let known: Vec<&str> = journeyc::lint::ids();
    for name in names {
        assert!(known.contains(&name), "{name}");
    }
}

#[test]
fn a_life_is_read_as_it_is_written() {
    use crate::proving::hand::told;
    let project = "- send: {id: ask, template: order/ask, purpose: feedback_request, asks: review}";
    let life = "zone Europe/Berlin
knows {\"plan\":\"pro\"}
from 2026-03-27 17:30:00
to 2026-06-27 17:30:00
chance 0 3 1
2026-03-27 17:30:00 order_paid {\"order_id\":\"A1\"}
2026-03-28 09:00:00 clicks example/ask
";
    told(project, life, |town, _, tale| {
        assert_eq!(tale.write(town), life);
    });
}

/// A few hundred lives; `cargo bench --bench proof` lives any number.
#[test]
fn the_linter_and_simulated_lives_agree() {
    let task = Task {
        pairs: 400,
        wanders: 3_000,
        ..Task::default()
    };
    let outcome = run(&task);
    // What the linter leaves undecided, since no life shows it, is seldom: a rule that says too much shows here.
    let counts = outcome.counts.values();
    let (undecided, failing) =
        counts.fold((0, 0), |sum, it| (sum.0 + it.undecided, sum.1 + it.found));
    assert!(
        undecided * 50 <= failing,
        "{undecided} of {failing}\n{}",
        outcome.list()
    );
    if !outcome.agrees() {
        let told = std::sync::Mutex::new(outcome.table(task.seed));
        outcome.disagreements(task.seed, |it| told.lock().unwrap().push_str(&it));
        panic!("{}", told.into_inner().unwrap());
    }
}
