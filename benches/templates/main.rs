//! What emails cost: made of their templates, and printed for every provider; beside npm `mjml` on the same MJML and
//! Jinja2 on the same HTML.
//!
//! In: how many letters, 2,000 if not said (`cargo bench --bench templates -- 500`). Out: a table,
//! and whether the promises hold: 30 times as fast as `mjml`, 5 times as fast as Jinja2. All on one
//! thread, as both of them run; the best of several rounds for us, while each of them first warms up.
//!
//! - `mjml`: its `mjml2html` of the finished MJML, Jinja done by us before its clock starts. Ours is the
//!   whole way: Jinja parsed and partially evaluated, MJML to HTML, CSS inlined, the plain text.
//! - Jinja2: the pages that come out of that, with all that is known per recipient left in as Jinja, each
//!   compiled from its source and rendered for one recipient. Ours is just the same: parsed, partially
//!   evaluated, and evaluated for that recipient. Both must give the same bytes.
//!
//! Not done here: installing them. They are looked for in `target/oracles`, where `tests/run` puts what
//! it needs, and in `target/bench`: `npm install --prefix target/bench mjml@4.15.3`;
//! `python3 -m venv target/bench/python && target/bench/python/bin/pip install jinja2==3.1.6`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench reads files, looks at the clock and shows a table"
)]

mod letters;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use journeyc::diagnostic::Sink;
use journeyc::dialect::{self, Surface};
use journeyc::model::Program;
use journeyc::render::{self, Mail};
use journeyc::source::Sources;
use journeyc::template::{Library, Spelling, Statics, Template, compile, evaluate, neutral};
use serde_json::{Value, json};

use letters::Letters;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const DEFAULT_LETTERS: usize = 2_000;
const ROUNDS: usize = 3;
const MIN_MJML: f64 = 30.0;
const MIN_JINJA: f64 = 5.0;

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

fn measure() -> Result<bool> {
    let args = std::env::args().skip(1).find(|it| it != "--bench");
    let count = args.map_or(Ok(DEFAULT_LETTERS), |it| it.parse())?;
    let shop = letters::shop()?;
    let compilation = journeyc::compile(&shop);
    let program = compilation
        .program
        .as_ref()
        .ok_or("the shop has no project")?;
    let letters = letters::letters(&shop, program, count);
    println!(
        "{count} letters out of {} of the shop, one thread, best of {ROUNDS}",
        letters.kinds
    );

    let statics = letters::statics(program);
    let (made, wall) = best(|| made(&letters, &statics))?;
    row("emails made of templates", wall, count);
    print_all(&letters, &made, program)?;

    let folder = tempfile::tempdir()?;
    hand_over(folder.path(), &letters, &made, program)?;
    let (_, pages) = best(|| evaluated(folder.path(), count))?;
    row("pages for one recipient", pages, count);
    let mjml = theirs(&node(folder.path()), "mjml", wall, MIN_MJML, count)?;
    let jinja = theirs(&python(folder.path()), "Jinja2", pages, MIN_JINJA, count)?;
    Ok(mjml && jinja)
}

/// The best time of several rounds, and what the last one gave.
fn best<T>(mut run: impl FnMut() -> Result<T>) -> Result<(T, Duration)> {
    let mut best: Option<Duration> = None;
    for round in 1.. {
        let begin = Instant::now();
        let made = run()?;
        let wall = begin.elapsed();
        let least = best.map_or(wall, |it| it.min(wall));
        if round == ROUNDS {
            return Ok((made, least));
        }
        best = Some(least);
    }
    Err("no rounds".into())
}

fn row(what: &str, wall: Duration, count: usize) {
    let (all, each) = (wall.as_secs_f64() * 1e3, wall.as_secs_f64() * 1e6);
    let each = each / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    println!("{what:<42} {all:>9.0} ms {each:>9.0} µs each");
}

/// One letter, made.
struct Made {
    template: Template,
    mail: Mail,
}

/// Every letter as an email: parsed, partially evaluated, made into HTML and text.
fn made(letters: &Letters, statics: &Statics) -> Result<Vec<Made>> {
    let mut sink = Sink::default();
    let library = Library::parse(&letters.sources, "", &["en"], &mut sink);
    let mut all = Vec::with_capacity(letters.all.len());
    for letter in &letters.all {
        let template = compile(&library, &letter.name, "en", statics, &mut sink);
        let template = template.ok_or("a letter is lost")?;
        let Some(mail) = render::render(&template, &mut sink) else {
            return Err(told(&letter.name, &sink).into());
        };
        all.push(Made { template, mail });
    }
    Ok(all)
}

fn told(name: &str, sink: &Sink) -> String {
    let found: Vec<&str> = sink.iter().map(|it| it.message.as_str()).collect();
    format!("{name}: {}", found.join("; "))
}

/// Every email in every dialect.
fn print_all(letters: &Letters, made: &[Made], program: &Program) -> Result<()> {
    let mut sum = Duration::ZERO;
    for dialect in dialect::ALL {
        let (refused, wall) = best(|| {
            let mut refused = 0;
            for (letter, it) in letters.all.iter().zip(made) {
                let shape = letters::shape(program, letter);
                let parts = [
                    (&it.mail.html, Surface::Html),
                    (&it.mail.text, Surface::Text),
                    (&it.mail.subject, Surface::Subject),
                    (&it.mail.preheader, Surface::Text),
                ];
                let mut sink = Sink::default();
                let print = |(nodes, surface): (&Vec<_>, _)| {
                    dialect.print(nodes, surface, &shape, &mut sink).is_none()
                };
                refused += usize::from(parts.map(print).contains(&true));
            }
            Ok(refused)
        })?;
        sum += wall;
        let note = match refused {
            0 => String::new(),
            n => format!(" ({n} refused)"),
        };
        row(
            &format!("  printed: {}{note}", dialect.name()),
            wall,
            made.len(),
        );
    }
    row("printed for all dialects", sum, made.len());
    Ok(())
}

/// Writes what the others get: finished MJML, pages in Jinja, recipients, and what must come out.
fn hand_over(folder: &Path, letters: &Letters, made: &[Made], program: &Program) -> Result<()> {
    let mut events = BTreeMap::new();
    let mut files = Vec::new();
    for (at, (letter, it)) in letters.all.iter().zip(made).enumerate() {
        let sample = letters::sample(&letters::shape(program, letter));
        let mjml = evaluate(&it.template.body, &sample, Spelling::default());
        fs::write(folder.join(format!("{at:05}.mjml")), mjml)?;
        fs::write(folder.join(format!("{at:05}.html")), neutral(&it.mail.html))?;
        let page = evaluate(&it.mail.html, &sample, Spelling::default());
        fs::write(folder.join(format!("{at:05}.expected")), page)?;
        files.push(json!({"name": format!("{at:05}"), "event": letter.event}));
        events.entry(letter.event.clone()).or_insert_with(
            || json!({"contact": sample.contact, "event": sample.event, "links": sample.links}),
        );
    }
    let all = json!({"files": files, "events": events});
    Ok(fs::write(folder.join("all.json"), all.to_string())?)
}

/// The pages, from their source to what one recipient sees.
fn evaluated(folder: &Path, count: usize) -> Result<usize> {
    // Reading files is nobody's time here.
    thread_local! {
        static READ: std::cell::OnceCell<(Vec<String>, Value)> = const { std::cell::OnceCell::new() };
    }
    READ.with(|read| {
        let (texts, all) = read.get_or_init(|| {
            let read = |name: String| fs::read_to_string(folder.join(name)).unwrap_or_default();
            let texts = (0..count).map(|at| read(format!("{at:05}.html"))).collect();
            let all = serde_json::from_str(&read("all.json".to_owned())).unwrap_or_default();
            (texts, all)
        });
        pages(texts, all)
    })
}

fn pages(texts: &[String], all: &Value) -> Result<usize> {
    let mut sources = Sources::default();
    for (at, text) in texts.iter().enumerate() {
        sources.add(format!("{at:05}.html"), text.as_str());
    }
    let mut sink = Sink::default();
    let library = Library::parse(&sources, "", &["en"], &mut sink);
    let mut bytes = 0;
    for at in 0..texts.len() {
        let name = format!("{at:05}");
        let template = compile(&library, &name, "en", &Statics::default(), &mut sink);
        let template = template.filter(|it| it.is_sound);
        let template = template.ok_or_else(|| told(&name, &sink))?;
        let event = all["files"][at]["event"].as_str().unwrap_or_default();
        let data = &all["events"][event];
        let sample = journeyc::template::Sample {
            contact: data["contact"].clone(),
            event: data["event"].clone(),
            links: data["links"].clone(),
        };
        bytes += evaluate(&template.body, &sample, Spelling::default()).len();
    }
    Ok(bytes)
}

/// A program of somebody else's that is to be run, or why not.
enum Theirs {
    Run(Command),
    Missing(&'static str),
}

fn node(folder: &Path) -> Theirs {
    let found = ["target/oracles/node", "target/bench"]
        .map(|it| root(it).join("node_modules"))
        .into_iter()
        .find(|it| it.join("mjml/package.json").is_file());
    let Some(modules) = found else {
        return Theirs::Missing("npm install --prefix target/bench mjml@4.15.3");
    };
    let mut command = Command::new("node");
    command.arg(root("benches/templates/mjml.mjs"));
    command.arg(modules).arg(folder);
    Theirs::Run(command)
}

fn python(folder: &Path) -> Theirs {
    let has_jinja = |it: &PathBuf| {
        let mut command = Command::new(it);
        let output = command.args(["-c", "import jinja2"]).output();
        output.is_ok_and(|it| it.status.success())
    };
    let found = ["target/oracles/python", "target/bench/python"]
        .map(|it| root(it).join("bin/python"))
        .into_iter()
        .find(has_jinja);
    let Some(python) = found else {
        return Theirs::Missing(
            "python3 -m venv target/bench/python && target/bench/python/bin/pip install jinja2==3.1.6",
        );
    };
    let mut command = Command::new(python);
    command.arg(root("benches/templates/jinja.py")).arg(folder);
    Theirs::Run(command)
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs somebody else's program, and tells how many times as long it takes.
fn theirs(theirs: &Theirs, name: &str, ours: Duration, aim: f64, count: usize) -> Result<bool> {
    let command = match theirs {
        Theirs::Run(command) => command,
        Theirs::Missing(how) => {
            println!("{name} is not here, so nothing is compared with it: {how}");
            return Ok(true);
        }
    };
    let mut again = Command::new(command.get_program());
    let output = again.args(command.get_args()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let told: Value = serde_json::from_str(text.trim())
        .map_err(|_| format!("{name}: {text}{}", String::from_utf8_lossy(&output.stderr)))?;
    let seconds = told["seconds"].as_f64().ok_or("no time was told")?;
    let version = told["version"].as_str().unwrap_or_default();
    row(
        &format!("{name} {version}"),
        Duration::from_secs_f64(seconds),
        count,
    );
    let times = seconds / ours.as_secs_f64();
    let held = times >= aim;
    let word = if held { "held" } else { "MISSED" };
    println!("  we are {times:.1} times as fast; aim {aim} times: {word}");
    if let Some(different) = told["different"].as_u64() {
        println!("  {different} of {count} pages read otherwise");
        return Ok(held && different == 0);
    }
    Ok(held)
}
