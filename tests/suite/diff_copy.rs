//! What a change does to the words that customers read, and to what targets get: the cases in
//! `tests/cases/diff` that are about them, and what must hold of every case.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use journeyc::diff::{Action, Changes, CopyChange, MailName, Revision, Run, compare};
use journeyc::load::Memory;
use journeyc::{Compilation, Scope, Workspace, build, compile_both};
use serde_json::Value;

use crate::snapshot::root;

const CASES: &str = "tests/cases/diff";

type Files = BTreeMap<String, String>;

/// The files below a folder, laid over others.
fn lay(files: &mut Files, folder: &Path, below: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let at = format!("{below}{name}");
        if path.is_dir() {
            lay(files, &path, &format!("{at}/"));
        } else {
            files.insert(at, fs::read_to_string(&path).unwrap());
        }
    }
}

/// Both sides of a case.
fn sides(case: &str) -> (Files, Files) {
    let case = root(&format!("{CASES}/{case}"));
    let mut before = Files::new();
    lay(&mut before, &root(&format!("{CASES}/shop")), "");
    lay(&mut before, &case.join("before"), "");
    let mut after = before.clone();
    lay(&mut after, &case.join("after"), "");
    let removed = fs::read_to_string(case.join("removed")).unwrap_or_default();
    for path in removed.lines() {
        after.remove(path).unwrap();
    }
    (before, after)
}

fn workspace(files: &Files) -> Workspace {
    let today = NaiveDate::from_ymd_opt(2026, 1, 15).unwrap();
    let world = files
        .iter()
        .fold(Memory::new(today), |world, (path, text)| {
            world.with(path, text)
        });
    Workspace::read(&world)
}

fn of(old: &Compilation<'_>, new: &Compilation<'_>) -> Changes {
    compare((old, Revision::default()), (new, Revision::default()))
}

fn changes((before, after): &(Files, Files)) -> Changes {
    let (before, after) = (workspace(before), workspace(after));
    let (old, new) = compile_both(&before, &after);
    assert!(old.program.is_some() && new.program.is_some());
    of(&old, &new)
}

/// The shop with one file changed.
fn edited(path: &str, from: &str, to: &str) -> (Files, Files) {
    let (before, mut after) = sides("shop");
    let text = after.get_mut(path).unwrap();
    assert!(text.contains(from), "{path}: {from}");
    *text = text.replace(from, to);
    (before, after)
}

fn words(runs: &[Run]) -> String {
    let run = |run: &Run| match run {
        Run::Same(it) => it.clone(),
        Run::Removed(it) => format!("[-{it}-]"),
        Run::Added(it) => format!("{{+{it}+}}"),
        Run::Skipped(count) => format!("({count} words)"),
        Run::More { removed, added } => format!("(-{removed} +{added} more)"),
    };
    runs.iter().map(run).collect::<Vec<_>>().join(" ")
}

fn show(it: &CopyChange) -> String {
    let whom = match (it.everybody, &*it.people) {
        (true, _) => "all".to_owned(),
        (false, []) => "nobody".to_owned(),
        (false, people) => people.join(","),
    };
    let mails: Vec<&str> = it.mails.iter().map(|it| &*it.step).collect();
    let (part, locale) = (it.part, &it.locale);
    let words = words(&it.words);
    format!("{part:?} {locale} {whom} [{}]: {words}", mails.join(","))
}

#[test]
fn words_are_shown_with_what_is_around_them() {
    let cases: &[(&str, &[&str])] = &[
        (
            "body-copy-changed",
            &[
                "Text en all [confirmation]: Hi Ana, thank you. Tomorrow you get a short film about \
                 unpacking; [-in five days-] {+within a week+} your plant is there. (27 words)",
            ],
        ),
        (
            "button-restyled",
            &["Look en all [film]: [-a background:#2f5d46-] {+a background:#b3261e+}"],
        ),
        (
            "call-to-action-changed",
            &["CallToAction en all [film]: [-Watch the film-] {+See how it is done+}"],
        ),
        (
            "footer-changed",
            &[
                "Text en all [confirmation,delay-notice,film,review,setup-help,for-pros,still-there]: \
                 the team. Reply to this letter: [-we read every answer.-] \
                 {+a person answers, within a day.+}",
            ],
        ),
        (
            "link-host-changed",
            &["LinkHost en all [review]: [-fernandfinch.example-] {+reviews.example+}"],
        ),
        ("mail-added", &[]),
        (
            "one-locale-changed",
            &[
                "Subject de all [film]: [-Eine Minute Film, bevor die Pflanze kommt-] \
                 {+Bevor Ihr Farn kommt: eine Minute Film+}",
            ],
        ),
        (
            "persona-specific-copy-changed",
            &[
                "Text en 2 [confirmation]: Hi there, thank you. Tomorrow you get a short film about \
                 unpacking; in five days your plant is there. As a pro you have free delivery \
                 [-from 50 pounds.-] {+on every order.+} (27 words)",
            ],
        ),
        (
            "preheader-changed",
            &["Preheader en all [film]: How to unpack a [-fern-] {+fern, and what not to do+}"],
        ),
        (
            "smart-quotes-only",
            &[
                "Look en all [film]: [-Don't-] {+Don’t+} [-it's-] {+it’s+} [-\"the-] {+“the+} \
                 [-nest\".-] {+nest”.+}",
            ],
        ),
        (
            "subject-changed",
            &[
                "Subject en all [film]: A [-minute of-] {+short+} film before your [-plant comes-] \
                 {+fern arrives+}",
            ],
        ),
        (
            "template-swapped",
            &[
                "Subject en all [film]: [-A minute of film before your plant comes-] \
                 {+Unpacking in three steps+}",
                "Preheader en all [film]: [-How to unpack a fern-] {+With pictures+}",
                "Text en all [film]: [-Unpacking takes a minute. Watch the film-] \
                 {+Cut the tape, lift the pot, take off the paper. All steps+} (24 words)",
                "CallToAction en all [film]: [-Watch the film-] {+All steps+}",
                "Link en all [film]: [-https://fernandfinch.example/film-] \
                 {+https://fernandfinch.example/unpacking+}",
            ],
        ),
        ("whitespace-only", &[]),
    ];
    for (case, expected) in cases {
        let shown: Vec<String> = changes(&sides(case)).copy.iter().map(show).collect();
        assert_eq!(shown, *expected, "{case}");
    }
}

#[test]
fn a_mail_is_shown_beside_what_it_was() {
    let it = changes(&sides("footer-changed"));
    assert_eq!(it.mails.len(), 1, "seven letters differ alike");
    let mail = &it.mails[0];
    assert_eq!((mail.alike.len(), &*mail.person), (6, "1"));
    let (before, after) = (mail.before.as_ref().unwrap(), mail.after.as_ref().unwrap());
    assert!(before.text.contains("we read every answer"));
    assert!(after.text.contains("within a day") && after.text.contains("Hi Ana"));

    let it = changes(&sides("mail-added"));
    assert_eq!(it.mails.len(), 1);
    assert!(it.mails[0].before.is_none());
    let subject = &it.mails[0].after.as_ref().unwrap().subject;
    assert_eq!(subject, "A week at home: time for water");

    let it = changes(&sides("persona-specific-copy-changed"));
    assert_eq!(it.mails[0].person, "2", "the first who sees it");
}

#[test]
fn what_no_sample_shows_is_told_in_the_words_of_the_template() {
    let path = "templates/film.md";
    let text = |word: &str| {
        format!(
            "Unpacking takes a minute. {{% if contact.first_name == \"Zoe\" %}}{word} Zoe.{{% endif %}}"
        )
    };
    let (mut before, after) = edited(path, "Unpacking takes a minute.", &text("Dear"));
    before.insert(path.to_owned(), after[path].replace("Dear", "Hello"));
    let shown: Vec<String> = changes(&(before, after)).copy.iter().map(show).collect();
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(shown[0].starts_with("Text en nobody [film]:"), "{shown:?}");
    assert!(
        shown[0].contains("%}Hello-] {+") && shown[0].contains("%}Dear+} Zoe."),
        "{shown:?}"
    );
}

#[test]
fn a_mail_that_cannot_be_made_is_not_gone() {
    let broken = [
        (
            "templates/film.md",
            "Unpacking takes a minute.",
            "{% if contact.plan %}",
        ),
        ("journeys/cart.yaml", "steps:", "steps: ["),
        ("journeyc.yaml", "brand:", "brand: ["),
    ];
    for (path, from, to) in broken {
        let (before, after) = edited(path, from, to);
        let (before, after) = (workspace(&before), workspace(&after));
        let (old, new) = compile_both(&before, &after);
        for it in [of(&old, &new), of(&new, &old)] {
            assert_eq!((&*it.copy, &*it.mails), (&[][..], &[][..]), "{path}");
        }
        assert!(!of(&old, &new).findings.introduced.is_empty(), "{path}");
    }
}

#[test]
fn a_mail_keeps_its_history_under_another_name() {
    let (before, mut after) = edited(
        "journeys/after-payment.yaml",
        "id: film, template: film",
        "id: video, template: film",
    );
    let film = after["templates/film.md"].replace("A minute of film", "A minute of video");
    after.insert("templates/film.md".to_owned(), film);
    let it = changes(&(before, after));
    let shown: Vec<String> = it.copy.iter().map(show).collect();
    let expected = "Subject en all [video]: A minute of [-film-] {+video+} before your plant comes";
    assert_eq!(shown, [expected]);
    assert!(it.mails[0].before.is_some() && it.mails[0].after.is_some());
}

#[test]
fn another_page_on_the_same_host_is_told() {
    let sides = edited(
        "templates/film.md",
        "example/film",
        "example/films/unpacking",
    );
    let shown: Vec<String> = changes(&sides).copy.iter().map(show).collect();
    let expected = "Link en all [film]: [-https://fernandfinch.example/film-] \
         {+https://fernandfinch.example/films/unpacking+}";
    assert_eq!(shown, [expected]);
}

#[test]
fn what_is_not_shown_of_a_long_letter_is_counted() {
    let many = |word: &str| {
        let words: Vec<String> = (0..20_000)
            .map(|it| format!("{word}{}", it * 7 % 9_973))
            .collect();
        words.join(" ")
    };
    let (mut before, mut after) = sides("shop");
    for (files, word) in [(&mut before, "a"), (&mut after, "b")] {
        let text = files["templates/film.md"].replace("Unpacking takes a minute.", &many(word));
        files.insert("templates/film.md".to_owned(), text);
    }
    let it = changes(&(before, after));
    assert_eq!(it.copy.len(), 1);
    assert!(it.copy[0].words.contains(&Run::More {
        removed: 19_880,
        added: 19_880
    }));
    let shown = words(&it.copy[0].words).len();
    assert!(shown < 5_000, "{shown}");
    let payload: usize = it.targets[0].payloads.iter().map(|it| it.diff.len()).sum();
    assert!(payload < 200_000, "{payload}");
}

/// The other way round, what was taken out was put in.
fn mirrored(runs: &[Run]) -> Vec<Run> {
    let flipped = runs.iter().map(|it| match it.clone() {
        Run::Removed(it) => Run::Added(it),
        Run::Added(it) => Run::Removed(it),
        Run::More { removed, added } => Run::More {
            removed: added,
            added: removed,
        },
        it => it,
    });
    settled(flipped)
}

/// What was taken out stands before what was put in.
fn settled(runs: impl Iterator<Item = Run>) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    let mut added: Vec<Run> = Vec::new();
    for run in runs {
        match run {
            Run::Added(_) => added.push(run),
            Run::Removed(_) => out.push(run),
            _ => {
                out.append(&mut added);
                out.push(run);
            }
        }
    }
    out.append(&mut added);
    out
}

/// The mails of a manifest and what they are known by.
fn hashes(compilation: &Compilation<'_>) -> BTreeSet<(MailName, String, String)> {
    let build = build(compilation, Scope::default());
    let manifest: Value =
        serde_json::from_str(build.artifacts.text("manifest.json").unwrap()).unwrap();
    let mut found = BTreeSet::new();
    for journey in manifest["journeys"].as_array().unwrap() {
        let name = journey["name"].as_str().unwrap();
        let mut open = vec![&journey["steps"]];
        while let Some(value) = open.pop() {
            if let Some(mails) = value["mails"].as_object() {
                for (locale, mail) in mails {
                    let (journey, step) =
                        (name.to_owned(), value["node"].as_str().unwrap().to_owned());
                    let hash = mail["sha256"].as_str().unwrap().to_owned();
                    found.insert((MailName { journey, step }, locale.clone(), hash));
                }
            }
            open.extend(value.as_object().into_iter().flat_map(|it| it.values()));
            open.extend(value.as_array().into_iter().flatten());
        }
    }
    found
}

#[test]
fn whatever_changes_no_mail_is_missed_and_the_way_back_is_the_mirror() {
    let mut cases = 0;
    for entry in fs::read_dir(root(CASES)).unwrap() {
        let case = entry.unwrap().file_name().to_string_lossy().into_owned();
        let (before, after) = sides(&case);
        let (before, after) = (workspace(&before), workspace(&after));
        let (old, new) = compile_both(&before, &after);
        let (there, back) = (of(&old, &new), of(&new, &old));
        cases += 1;

        let is_named_alike = !case.contains("rename") && !case.contains("many");
        let facts = |it: &CopyChange, words: Vec<Run>| {
            let mails = it.mails.iter().filter(|_| is_named_alike);
            let mails: Vec<&MailName> = mails.collect();
            format!(
                "{:?} {} {:?} {mails:?} {words:?}",
                it.part, it.locale, it.people
            )
        };
        let there_mirrored: BTreeSet<String> = there
            .copy
            .iter()
            .map(|it| facts(it, mirrored(&it.words)))
            .collect();
        let back_said: BTreeSet<String> = back
            .copy
            .iter()
            .map(|it| facts(it, settled(it.words.iter().cloned())))
            .collect();
        assert_eq!(there_mirrored, back_said, "{case}");
        let beside = |it: &Changes, way: bool| {
            let mails = it.mails.iter().map(|it| {
                let (a, b) = (it.before.clone(), it.after.clone());
                let both = if way { (a, b) } else { (b, a) };
                let mail = Some(&it.mail).filter(|_| is_named_alike);
                format!(
                    "{mail:?} {} {} {both:?} {}",
                    it.locale,
                    it.person,
                    it.alike.len()
                )
            });
            mails.collect::<BTreeSet<String>>()
        };
        assert_eq!(beside(&there, true), beside(&back, false), "{case}");

        if is_named_alike {
            let (old, new) = (hashes(&old), hashes(&new));
            let differ = old.symmetric_difference(&new);
            let differ: BTreeSet<_> = differ.map(|it| (&it.0, &*it.1)).collect();
            let named = there.mails.iter().flat_map(|it| {
                let mails = it.alike.iter().chain([&it.mail]);
                mails.map(|mail| (mail, &*it.locale))
            });
            assert_eq!(differ, named.collect(), "{case}");
        }
    }
    assert!(cases > 10);
}

/// What is to be done with which payloads, and how many stay.
fn payloads(it: &Changes) -> (Vec<(Action, &str)>, usize) {
    let [target] = &*it.targets else {
        panic!("{:?}", it.targets);
    };
    let payloads = target.payloads.iter().map(|it| (it.action, &*it.name));
    (payloads.collect(), target.unchanged)
}

#[test]
fn a_payload_is_known_by_what_it_is_for() {
    let it = changes(&sides("mail-added"));
    let expected = vec![
        (Action::Update, "requests/flow-after-payment.json"),
        (Action::Create, "requests/template-first-water.json"),
    ];
    assert_eq!(
        payloads(&it),
        (expected, 8),
        "the rest only has other numbers"
    );
    let flow = &it.targets[0].payloads[0].diff;
    assert!(
        flow.contains("\n-                \"value\": 21\n+                \"value\": 14\n"),
        "{flow}"
    );
    assert!(!flow.contains("\"M2\""), "{flow}");

    let it = changes(&sides("subject-changed"));
    let flow = &it.targets[0].payloads[0].diff;
    let line = "+                  \"subject_line\": \"A short film before your fern arrives\",\n";
    assert!(flow.contains(line), "{flow}");

    let gone = changes(&sides("journey-deleted"));
    let deleted = gone.targets[0].payloads.iter();
    let mut deleted = deleted.filter(|it| it.action == Action::Delete);
    assert!(deleted.all(|it| it.diff.is_empty()));

    assert!(changes(&sides("whitespace-only")).targets.is_empty());
    assert!(changes(&sides("shop")).targets.is_empty());
}

#[test]
fn an_id_that_differs_is_told_without_saying_which() {
    let it = changes(&edited(
        "journeyc.yaml",
        "order_paid: M2",
        "order_paid: M9x",
    ));
    assert_eq!(it.targets[0].payloads[0].action, Action::Update);
    let flow = &it.targets[0].payloads[0].diff;
    let lines = ["-", "+"].map(|it| flow.lines().filter(|line| line.starts_with(it)).count());
    assert!(lines[0] > 0 && lines[0] == lines[1], "{flow}");
    assert!(flow.contains("‹metrics.order_paid, the old id›"), "{flow}");
    assert!(flow.contains("‹metrics.order_paid, the new id›"), "{flow}");
    assert!(!flow.contains("M9x") && !flow.contains("\"M2\""), "{flow}");
}

#[test]
fn a_secret_in_a_letter_is_not_repeated() {
    let key = format!("pk_{}", "0f9c2b7e51d84a63".repeat(2));
    let sides = edited(
        "templates/film.md",
        "takes a minute",
        &format!("takes {key} minutes"),
    );
    let it = changes(&sides);
    let diffs = it.targets.iter().flat_map(|it| &it.payloads);
    let text: String = diffs.map(|it| it.diff.clone()).collect();
    assert!(text.contains("‹masked›") && !text.contains(&key), "{text}");
}

#[test]
fn what_is_lost_on_the_way_is_introduced() {
    let sides = edited(
        "journeys/cart.yaml",
        "{id: still-there, template: still-there",
        "{id: again, template: still-there",
    );
    let it = changes(&sides);
    let introduced = &it.targets[0].introduced;
    assert!(
        introduced
            .iter()
            .any(|it| it.diagnostic.message.contains("`again`")),
        "{introduced:?}"
    );
    assert!(
        introduced
            .iter()
            .all(|it| it.place.file == "journeys/cart.yaml")
    );
}
