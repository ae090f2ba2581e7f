//! Dialects: what is printed means what the preview shows. Here every template of the corpus is
//! compiled, judged by minijinja, and printed in every dialect; real engines then render what was
//! printed (`tests/run`, `tests/oracles`).

mod corpus;
mod docs;
mod generated;
mod jinja;
mod links;
mod proof;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use journeyc::diagnostic::Sink;
use journeyc::dialect::{self, Feature, Support, Surface};
use journeyc::source::Sources;
use journeyc::template::{Library, Spelling, check, compile, evaluate};
use rayon::prelude::*;

use crate::snapshot::{self, root};
use corpus::{Case, Compiled, Origin};
use proof::Tally;

/// What the conformance proof must have at least.
const CASES: usize = 300;
const SAMPLES: usize = 12;

#[test]
fn every_template_is_printed_or_refused_with_a_reason() {
    let workspace = corpus::workspace();
    let compilation = journeyc::compile(&workspace);
    let shape = corpus::shape(corpus::program(&compilation));
    let cases = corpus::cases();
    let by_hand = cases.iter().filter(|it| it.origin == Origin::Hand).count();
    let recipients = corpus::recipients();
    assert!(by_hand >= CASES && recipients.len() >= SAMPLES);
    let sources = corpus::sources(&cases);
    let compiled = corpus::compiled(&cases, &sources, &shape);
    match proof::folder() {
        Some(folder) => proof::hand_over(&recipients, &folder),
        None => skipped(),
    }
    let pieces: Vec<_> = compiled.iter().flat_map(proof::pieces).collect();
    let prove = |it: &&dyn dialect::Dialect| proof::prove(*it, &pieces, &recipients, &shape);
    let tallies: Vec<Tally> = dialect::ALL.par_iter().map(prove).collect();
    let mute: Vec<&String> = tallies.iter().flat_map(|it| &it.mute).collect();
    assert!(mute.is_empty(), "{mute:#?}");
    let table = table(by_hand, cases.len() - by_hand, &tallies);
    snapshot::assert("tests/cases/dialect/table.md", &table);
}

#[allow(clippy::print_stderr, reason = "a skipped proof is said plainly")]
fn skipped() {
    eprintln!(
        "rendered by no provider's engine: JOURNEYC_ORACLE_OUT is not set; tests/run sets it"
    );
}

/// What was printed and refused, so that a rising count is seen in review.
fn table(by_hand: usize, generated: usize, tallies: &[Tally]) -> String {
    let mut out = format!(
        "<!-- Made by `SNAPSHOTS=overwrite cargo test --test suite dialect`. -->\n\
         # What each dialect prints of the corpus\n\n\
         {by_hand} templates by hand and {generated} generated ones, each as a page, a text and a subject\n\
         where it can be one. What is printed is proved by the provider's kind of engine in `tests/run`.\n\n\
         | dialect | printed by hand | refused | printed generated | refused |\n\
         | --- | ---: | ---: | ---: | ---: |\n"
    );
    for (dialect, tally) in dialect::ALL.iter().zip(tallies) {
        let (refused, refused_generated) = tally.refusals();
        let (name, printed, generated) = (dialect.name(), tally.printed, tally.printed_generated);
        let row = format!("| {name} | {printed} | {refused} | {generated} | {refused_generated} |");
        let _ = writeln!(out, "{row}");
    }
    for (dialect, tally) in dialect::ALL.iter().zip(tallies) {
        if tally.refused.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n## {}\n", dialect.name());
        out.push_str("| refused because | by hand | generated |\n| --- | ---: | ---: |\n");
        for (reason, (by_hand, generated)) in &tally.refused {
            let _ = writeln!(out, "| {reason} | {by_hand} | {generated} |");
        }
    }
    out
}

#[test]
fn recipients_keep_to_the_declared_kinds() {
    let workspace = corpus::workspace();
    let compilation = journeyc::compile(&workspace);
    let shape = corpus::shape(corpus::program(&compilation));
    let mut wrong = Vec::new();
    let recipients = corpus::recipients();
    for it in &recipients {
        let contact = format!("{}: contact", it.name);
        corpus::misfits(&it.sample.contact, shape.contact, &contact, &mut wrong);
        let (_, properties) = shape.event.unwrap();
        let event = format!("{}: event", it.name);
        corpus::misfits(&it.sample.event, properties, &event, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Whatever may be missing is missing for somebody.
    for (name, property) in shape.contact {
        let missing = |it: &corpus::Recipient| it.sample.contact.get(&*name.value).is_none();
        let is_covered = recipients.iter().any(missing);
        assert_eq!(is_covered, property.nullable, "{}", name.value);
    }
}

/// Where journeyc's language differs from Jinja on purpose: the reason, the cases, and for which
/// recipients.
type Differences = BTreeMap<String, BTreeMap<String, Vec<String>>>;

#[test]
fn what_is_compiled_says_what_jinja_says() {
    let workspace = corpus::workspace();
    let compilation = journeyc::compile(&workspace);
    let shape = corpus::shape(corpus::program(&compilation));
    let cases = corpus::cases();
    let recipients = corpus::recipients();
    let sources = corpus::sources(&cases);
    let compiled = corpus::compiled(&cases, &sources, &shape);
    let text = fs::read_to_string(root(corpus::FOLDER).join("jinja.yaml")).unwrap();
    let differences: Differences = serde_yaml::from_str(&text).unwrap();
    let mut expected: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (case, samples) in differences.values().flatten() {
        let samples = samples.iter().map(String::as_str);
        expected.entry(case).or_default().extend(samples);
    }
    let env = jinja::environment();
    let (mut wrong, mut told) = (String::new(), BTreeMap::new());
    for (case, compiled) in cases.iter().zip(&compiled) {
        let known = expected.remove(&*case.name).unwrap_or_default();
        let found = differing(&env, case, compiled, &recipients);
        let names: BTreeSet<&str> = found.iter().map(|it| it.0).collect();
        if names != known {
            let _ = writeln!(wrong, "{}: known to differ for {known:?}", case.name);
            for (sample, said) in found.iter().filter(|it| !known.contains(it.0)) {
                let _ = writeln!(wrong, "  {sample}: {said}");
            }
            told.insert(case.name.as_str(), names);
        }
    }
    assert!(expected.is_empty(), "no such cases: {expected:?}");
    assert!(wrong.is_empty(), "{wrong}\n{told:#?}");
}

/// The recipients for whom minijinja says something else, and what both say.
fn differing<'r>(
    env: &minijinja::Environment<'_>,
    case: &Case,
    compiled: &Compiled,
    recipients: &'r [corpus::Recipient],
) -> Vec<(&'r str, String)> {
    let mut found = Vec::new();
    for it in recipients {
        // Jinja orders what is missing and finds it equal to itself; journeyc does not.
        if case.origin == (Origin::Generated { compares: true }) && !is_complete(it) {
            continue;
        }
        let mut compare = |name, source: &str, nodes| {
            let theirs = jinja::rendered(env, name, source, &it.sample);
            let ours = evaluate(nodes, &it.sample, Spelling::default());
            if theirs != ours {
                found.push((&*it.name, format!("jinja {theirs:?}, journeyc {ours:?}")));
            }
        };
        compare("body.html", &case.body, &compiled.body);
        if let Some(subject) = &case.subject {
            compare("subject", subject, &compiled.subject);
        }
    }
    found
}

/// Whether nothing that generated templates compare is missing or empty.
fn is_complete(it: &corpus::Recipient) -> bool {
    let text = |it: &serde_json::Value| it.as_str().is_some_and(|it| !it.is_empty());
    let (contact, event) = (&it.sample.contact, &it.sample.event);
    ["first_name", "plan", "since", "size"]
        .iter()
        .all(|key| text(&contact[key]))
        && ["note", "due"].iter().all(|key| text(&event[key]))
        && contact["points"].is_number()
        && contact["vip"].is_boolean()
        && event["gift"].is_boolean()
        && text(&event["tags"][0])
        && text(&event["lines"][1]["name"])
}

/// What a dialect says of itself is what it does.
#[test]
fn a_dialect_prints_exactly_what_it_claims() {
    let workspace = corpus::workspace();
    let compilation = journeyc::compile(&workspace);
    let shape = corpus::shape(corpus::program(&compilation));
    let mut wrong = Vec::new();
    for feature in Feature::ALL {
        let mut sources = Sources::default();
        sources.add("t.html", feature.example().to_owned());
        let mut sink = Sink::default();
        let library = Library::parse(&sources, "", &["en"], &mut sink);
        let template = compile(&library, "t", "en", &corpus::statics(), &mut sink).unwrap();
        check(&template, &shape, &mut sink);
        assert_eq!(sink.len(), 0, "{feature:?}");
        for dialect in dialect::ALL {
            let support = dialect.support(*feature);
            let printed = dialect.print(&template.body, Surface::Html, &shape, &mut sink);
            let is_as_said = match (&printed, support) {
                (None, Support::No(reason)) => !reason.is_empty(),
                (Some(it), Support::Computed(_)) => !it.variables.is_empty(),
                (Some(it), Support::Yes | Support::Rewritten(_)) => it.variables.is_empty(),
                _ => false,
            };
            if !is_as_said {
                let name = dialect.name();
                wrong.push(format!(
                    "{name}, {feature:?}: claims {support:?}, prints {printed:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
