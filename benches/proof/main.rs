//! The proof of the linter at any count: `cargo bench --bench proof -- 200000 --seed 7 [--rule NAME]`,
//! and one project of it again: `--project NUMBER`. `--misses` replays no witnesses, `--kept N` tells more
//! disagreements of a rule than two. `--wander N` tries N random lives for each finding that is undecided because
//! no life shows it, and `--list` names those findings. `--judged` has the checkers look at the lives of witnesses
//! as well, and `--write` writes the project instead of looking at it.
#![allow(clippy::unwrap_used, reason = "a bench may fail")]
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench shows a table and looks at the clock"
)]

#[allow(
    dead_code,
    unreachable_pub,
    reason = "the tests use more of it, and it is a crate's part there"
)]
#[path = "../../tests/proof/mod.rs"]
mod proving;

use std::process::ExitCode;
use std::time::Instant;

use proving::run::{Task, run, written};

fn main() -> ExitCode {
    let mut task = Task::default();
    let mut lists = false;
    let mut writes = false;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seed" => task.seed = args.next().unwrap().parse().unwrap(),
            "--rule" => task.rule = args.next(),
            "--project" => task.project = Some(args.next().unwrap().parse().unwrap()),
            "--wander" => task.wanders = args.next().unwrap().parse().unwrap(),
            "--judged" => task.judged = true,
            "--misses" => task.replays = false,
            "--kept" => task.kept = args.next().unwrap().parse().unwrap(),
            "--list" => lists = true,
            "--write" => writes = true,
            "--bench" => {}
            count => task.pairs = count.parse().unwrap(),
        }
    }
    if let (true, Some(number)) = (writes, task.project) {
        print!("{}", written(task.seed, number));
        return ExitCode::SUCCESS;
    }
    let begun = Instant::now();
    let outcome = run(&task);
    let took = begun.elapsed().as_secs_f64();
    println!("{}", outcome.table(task.seed));
    println!(
        "{took:.1} s, {:.0} pairs a second",
        as_float(outcome.lives) / took
    );
    if lists {
        print!("{}", outcome.list());
    }
    outcome.disagreements(task.seed, |it| println!("{it}"));
    for rule in outcome.doubtful() {
        println!("`{rule}` says too much: no life shows more than a quarter of its findings");
    }
    if outcome.is_proof() {
        println!("no disagreement, and every rule was there to agree on");
        ExitCode::SUCCESS
    } else {
        println!("this is no proof");
        ExitCode::FAILURE
    }
}

#[allow(clippy::cast_precision_loss, reason = "a rate needs no last digit")]
fn as_float(count: u64) -> f64 {
    count as f64
}
