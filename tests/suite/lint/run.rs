//! Levels, thresholds, exceptions and the order of findings.

use journeyc::diagnostic::Level;

use super::*;

const LONG_WAIT: &str = "steps:\n  - wait: 100d\n";

/// The rules that these tests are about; what others find in the same journeys does not matter.
const WATCHED: [&str; 7] = [
    "expired-allow",
    "feedback-before-delivery",
    "invalid-value",
    "unknown-rule",
    "unused-allow",
    "wait-too-long",
    "zero-wait",
];

fn levels(project: &str, journey: &str) -> Vec<(String, Level, bool)> {
    findings(Some(project), journey)
        .iter()
        .filter(|it| WATCHED.contains(&it.rule.0))
        .map(|it| (it.rule.to_string(), it.level, it.suppressed.is_some()))
        .collect()
}

#[test]
fn a_repository_sets_levels_and_thresholds() {
    let rule = || "wait-too-long".to_owned();
    assert_eq!(levels("{}", LONG_WAIT), [(rule(), Level::Warning, false)]);
    for (level, expected) in [("error", Level::Error), ("note", Level::Note)] {
        let project = format!("lint: {{rules: {{wait-too-long: {level}}}}}");
        assert_eq!(levels(&project, LONG_WAIT), [(rule(), expected, false)]);
    }
    assert_eq!(levels("lint: {rules: {wait-too-long: off}}", LONG_WAIT), []);
    assert_eq!(
        levels("policy: {thresholds: {wait-too-long: 100d}}", LONG_WAIT),
        []
    );
    let year = "steps:\n  - wait: 400d\n";
    assert_eq!(levels("{}", year), [(rule(), Level::Error, false)]);
    let project = "lint: {rules: {wait-too-long: note}}";
    assert_eq!(levels(project, year), [(rule(), Level::Note, false)]);
}

#[test]
fn settings_that_mean_nothing_are_invalid() {
    for project in [
        "lint: {rules: {unknown-event: warning}}",
        "lint: {groups: {input: warning}}",
        "policy: {thresholds: {split-weights: 3}}",
        "policy: {thresholds: {wait-too-long: 3}}",
    ] {
        let found = levels(project, "steps:\n  - wait: 1d\n");
        assert_eq!(
            found,
            [("invalid-value".to_owned(), Level::Error, false)],
            "{project}"
        );
    }
}

#[test]
fn an_exception_covers_at_each_level_and_the_narrowest_counts() {
    let allow = |until| format!("[{{rule: zero-wait, reason: one moment, until: {until}}}]");
    let (open, over) = (allow("2026-11-01"), allow("2026-10-31"));
    let journey = |journey: &str, step: &str| {
        format!(
            "allow: {journey}\nsteps:\n  - send: {{id: a, template: x/a, purpose: content}}\n  \
             - send: {{id: b, template: x/b, purpose: content, allow: {step}}}\n"
        )
    };
    let found = |project: &str, header: &str, step: &str| {
        let project = format!("allow: {project}");
        let mut found = levels(&project, &journey(header, step));
        found.sort();
        found
            .into_iter()
            .map(|(rule, _, covered)| format!("{rule}{}", if covered { " covered" } else { "" }))
            .collect::<Vec<_>>()
    };
    assert_eq!(found("[]", "[]", "[]"), ["zero-wait"]);
    assert_eq!(found(&open, "[]", "[]"), ["zero-wait covered"]);
    assert_eq!(found("[]", &open, "[]"), ["zero-wait covered"]);
    assert_eq!(found("[]", "[]", &open), ["zero-wait covered"]);
    assert_eq!(found("[]", "[]", &over), ["expired-allow", "zero-wait"]);
    assert_eq!(
        found("[]", &open, &over),
        ["expired-allow", "zero-wait covered"]
    );
    assert_eq!(
        found("[]", &open, &open),
        ["unused-allow", "zero-wait covered"]
    );
}

#[test]
fn findings_name_their_journey_and_step() {
    let text = "- repeat:\n    id: outer\n    times: 2\n    every: 1d\n    steps:\n      - wait_for: {id: inner, event: order_paid}\n";
    let mut found = findings(None, text);
    found.retain(|it| it.rule.0 == "wait-without-timeout");
    assert_eq!(found.len(), 1, "{}", lines(&found));
    assert_eq!(found[0].journey.as_deref(), Some("example"));
    assert_eq!(found[0].step.as_deref(), Some("inner"));
}

#[test]
fn a_journey_whose_meaning_is_not_known_is_left_alone() {
    let unclear = "- wait_for: {id: a, event: ordr_paid}\n";
    let found = findings(None, unclear);
    let of_journey = found.iter().filter(|it| it.journey.is_some());
    let rules: Vec<_> = of_journey.map(|it| it.rule.0).collect();
    assert_eq!(rules, ["unknown-event"], "{}", lines(&found));
    // A template that is not there changes nothing about the waits.
    let clear = "- send: {id: a, template: missing/a, purpose: content}\n- wait: 100d\n";
    let found = findings(None, clear);
    let has = |rule| found.iter().any(|it| it.rule.0 == rule);
    assert!(
        has("unknown-template") && has("wait-too-long"),
        "{}",
        lines(&found)
    );
}

#[test]
fn the_sample_shop_is_clean() {
    use journeyc::load::Disk;
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let world = Disk::open(root, today()).unwrap();
    let workspace = Workspace::read(&world);
    let mut found = journeyc::compile(&workspace).findings;
    // The shop sets levels of rules that are still to come.
    found.retain(|it| it.rule.0 != "unknown-rule");
    assert!(found.is_empty(), "{}", lines(&found));
}
