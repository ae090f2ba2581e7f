//! Whatever a change is: compiling what it reaches finds the same differences as compiling everything.
//!
//! Changes are made at random, the same in every run; `EDITS=1000 cargo test --release --test suite
//! reached` makes more of them.

use std::collections::BTreeSet;
use std::fs;

use chrono::NaiveDate;
use journeyc::diagnostic::{Status, fingerprints};
use journeyc::load::{Disk, Memory};
use journeyc::source::World;
use journeyc::{Compilation, Workspace, compile_both, compile_reached};

use crate::corpus;
use crate::snapshot;

/// Numbers that look random, and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.roll(all.len())]
    }
}

type Files = Vec<(String, String)>;

fn read(root: &std::path::Path) -> Files {
    let disk = Disk::open(root, NaiveDate::default()).unwrap();
    let mut all = disk.list(&["journeys", "templates"]);
    all.push(("journeyc.yaml".to_owned(), None));
    let readable = all.into_iter().filter(|(_, error)| error.is_none());
    readable
        .filter_map(|(path, _)| Some((path.clone(), disk.read(&path).ok()?)))
        .collect()
}

fn workspace(files: &Files) -> Workspace {
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let memory = Memory::new(today);
    let add = |world: Memory, (path, text): &(String, String)| world.with(path, text);
    Workspace::read(&files.iter().fold(memory, add))
}

/// What a change is to blame for: each finding that is new, worse or gone.
fn blame(old: &Compilation<'_>, new: &Compilation<'_>) -> BTreeSet<String> {
    let prints = |it: &Compilation<'_>| fingerprints(&it.findings, &it.workspace.sources);
    let mut res = BTreeSet::new();
    let now = prints(new);
    for (finding, print) in new.findings.iter().zip(&now) {
        if finding.status != Some(Status::Older) {
            res.insert(format!("{:?} {print} {}", finding.status, finding.message));
        }
    }
    for print in prints(old) {
        if !now.contains(&print) {
            res.insert(format!("fixed {print}"));
        }
    }
    res
}

/// Changes one thing; says what.
fn edit(files: &mut Files, dice: &mut Dice) -> String {
    let journeys: Vec<usize> = (0..files.len())
        .filter(|it| files[*it].0.starts_with("journeys/"))
        .collect();
    let at = journeys[dice.roll(journeys.len())];
    let (path, text) = &mut files[at];
    let kind = dice.roll(14);
    let what = format!("{kind} {path}");
    match kind {
        0..=5 => *text = retime(text, dice),
        6 => text.insert_str(0, "# looked at again\n"),
        7 => {
            let line = text.lines().find(|it| it.starts_with("description:"));
            if let Some(line) = line.map(str::to_owned) {
                *text = text.replacen(&line, "description: Said in other words", 1);
            }
        }
        8 => {
            let words = ["wow", "offer", "check_in", "feedback_request", "content"];
            let (from, to) = (dice.pick(&words), dice.pick(&words));
            *text = text.replacen(from, to, 1);
        }
        9 => {
            let event = text
                .lines()
                .find_map(|it| it.strip_prefix("trigger: {event: "));
            let event = event.map(|it| it.split([',', '}']).next().unwrap().to_owned());
            if let Some(event) = event {
                *text = text.replacen(&event, "unsubscribed", 1);
            }
        }
        10 => {
            let exit = text.lines().find(|it| it.starts_with("  - {on: "));
            if let Some(line) = exit.map(str::to_owned) {
                *text = text.replacen(&format!("{line}\n"), "", 1);
            }
        }
        11 => {
            files.remove(at);
        }
        12 => {
            let name = path.rsplit('/').next().unwrap().trim_end_matches(".yaml");
            let text = text.replacen(name, "one-more", 1);
            files.push(("journeys/one-more.yaml".to_owned(), text));
        }
        _ => {
            let other = dice.roll(files.len());
            files[other].1.push('\n');
            return format!("{kind} {}", files[other].0);
        }
    }
    what
}

/// Changes how long something waits.
fn retime(text: &str, dice: &mut Dice) -> String {
    let keys = ["wait: ", "for: ", "timeout: ", "within: "];
    let places: Vec<usize> = keys
        .iter()
        .flat_map(|key| text.match_indices(key).map(|(at, key)| at + key.len()))
        .filter(|at| text[*at..].starts_with(|it: char| it.is_ascii_digit()))
        .collect();
    if places.is_empty() {
        return text.to_owned();
    }
    let at = places[dice.roll(places.len())];
    let end = at + text[at..].find([',', '}', '\n']).unwrap_or(0);
    let times = ["0m", "15m", "2h", "1d", "6d", "15d", "40d", "100d", "400d"];
    format!("{}{}{}", &text[..at], dice.pick(&times), &text[end..])
}

/// Makes so many changes, one or two at a time; says how many of them needed only a part.
fn compare(files: &Files, edits: usize, seed: u64) -> usize {
    let edits = std::env::var("EDITS").map_or(edits, |it| it.parse().unwrap());
    let mut dice = Dice(seed);
    let before = workspace(files);
    let mut parts = 0;
    for _ in 0..edits {
        let mut changed = files.clone();
        let mut what = edit(&mut changed, &mut dice);
        if dice.roll(4) == 0 {
            what = format!("{what}, {}", edit(&mut changed, &mut dice));
        }
        changed.sort();
        let after = workspace(&changed);
        let (reached, is_part) =
            compile_reached(&before, &after, |old, new| (blame(old, new), new.is_part));
        parts += usize::from(is_part);
        if is_part {
            let (old, new) = compile_both(&before, &after);
            assert_eq!(reached, blame(&old, &new), "{what}");
        }
    }
    parts
}

#[test]
fn a_part_says_what_the_whole_says() {
    let own = read(&snapshot::root("."));
    assert!(compare(&own, 4, 1) > 0);
    let shop = read(&snapshot::root("tests/cases/diff/shop"));
    assert!(compare(&shop, 16, 2) > 0);
    let folder = tempfile::tempdir().unwrap();
    corpus::write(folder.path(), 200).unwrap();
    assert!(compare(&read(folder.path()), 3, 3) > 0);
}

/// Every change that the diff cases make.
#[test]
fn cases_say_the_same_in_part() {
    for entry in fs::read_dir(snapshot::root("tests/cases/diff")).unwrap() {
        let case = entry.unwrap().path();
        if !(case.join("after").is_dir() || case.join("removed").is_file()) {
            continue;
        }
        let it = crate::diff::changed(&case);
        let after = workspace(&read(it.folder.path()));
        it.git(&["stash", "--quiet", "--include-untracked"]);
        let before = workspace(&read(it.folder.path()));
        let reached = compile_reached(&before, &after, blame);
        let (old, new) = compile_both(&before, &after);
        assert_eq!(reached, blame(&old, &new), "{}", case.display());
    }
}
