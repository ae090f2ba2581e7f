//! What the project and single journeys set about the rules, and settings that make no sense.

use journeyc::diagnostic::Level;
use journeyc::lint::Group;

use super::*;

const RULES: &[&str] = &[
    "expired-allow",
    "unused-allow",
    "wait-too-long",
    "zero-wait",
];
const UNTIL: &str = "reason: promised at checkout, until: 2026-11-01";
const STEPS: &str = "steps:\n  - wait: 100d\n";

/// What is found of one rule, with its level; the journey has this under `lint.rules`.
fn of(rule: &str, project: &str, setting: &str) -> Vec<Level> {
    let found = findings(
        Some(project),
        &format!("lint: {{rules: {{{setting}}}}}\n{STEPS}"),
    );
    let own = found.iter().filter(|it| it.rule.0 == rule);
    own.map(|it| it.level).collect()
}

/// What is found of settings; what the repository lacks is nothing to this test.
fn of_settings(project: &str, journey: &str) -> Vec<Diagnostic> {
    let mut found = findings(Some(project), journey);
    found.retain(|it| {
        let group = journeyc::lint::find(it.rule.0).map(|it| it.group);
        group == Some(Group::Input) || RULES.contains(&it.rule.0)
    });
    found
}

/// Each finding's rule, headline and help.
fn said(project: &str, journey: &str) -> Vec<[String; 3]> {
    let found = of_settings(project, journey);
    let said = |it: &Diagnostic| {
        let help = it.help.clone().unwrap_or_default();
        [it.rule.to_string(), it.message.clone(), help]
    };
    found.iter().map(said).collect()
}

fn own(setting: &str) -> Vec<[String; 3]> {
    said(
        "{}",
        &format!("lint: {{rules: {{{setting}}}}}\nsteps:\n  - wait: 1d\n"),
    )
}

#[test]
fn a_journey_sets_a_level_and_a_threshold_for_itself() {
    let here = |setting: &str| {
        of(
            "wait-too-long",
            "{}",
            &format!("wait-too-long: {{{setting}, {UNTIL}}}"),
        )
    };
    assert_eq!(here("level: note"), [Level::Note]);
    assert_eq!(here("level: error"), [Level::Error]);
    assert_eq!(here("level: off"), []);
    assert_eq!(here("threshold: 100d"), []);
    assert_eq!(here("threshold: 99d"), [Level::Warning]);
    assert_eq!(here("threshold: 99d, level: error"), [Level::Error]);

    let project = "policy: {thresholds: {wait-too-long: 200d}}";
    let stricter = format!("wait-too-long: {{threshold: 50d, {UNTIL}}}");
    assert_eq!(of("wait-too-long", project, &stricter), [Level::Warning]);
    assert_eq!(of("wait-too-long", project, ""), []);
}

#[test]
fn a_rule_may_be_on_in_one_journey_alone() {
    let project = "lint: {rules: {wait-too-long: off}}";
    let text = format!(
        "lint: {{rules: {{wait-too-long: {{level: error, {UNTIL}}}}}}}\n{STEPS}# journeys/other.yaml\n{STEPS}"
    );
    let found = findings(Some(project), &text);
    let journeys: Vec<_> = found
        .iter()
        .filter(|it| it.rule.0 == "wait-too-long")
        .map(|it| (it.level, it.journey.as_deref()))
        .collect();
    assert_eq!(journeys, [(Level::Error, Some("example"))]);
    let threshold = format!("wait-too-long: {{threshold: 5d, {UNTIL}}}");
    assert_eq!(
        of("wait-too-long", project, &threshold),
        [],
        "a threshold wakes nobody"
    );
}

#[test]
fn what_is_over_no_longer_counts_and_is_told() {
    let past = "reason: promised, until: 2026-10-31";
    let setting = format!("wait-too-long: {{level: off, {past}}}");
    assert_eq!(of("wait-too-long", "{}", &setting), [Level::Warning]);
    assert_eq!(of("expired-allow", "{}", &setting).len(), 1);
    let found = own(&setting);
    assert_eq!(found[0][0], "expired-allow");
    assert_eq!(
        found[0][1],
        "what was different about `wait-too-long` ended on 2026-10-31"
    );
}

#[test]
fn settings_of_a_journey_must_make_sense() {
    for (setting, message, help) in [
        (
            "wait-to-long: {level: off, UNTIL}",
            "there is no rule `wait-to-long`",
            "did you mean `wait-too-long`?",
        ),
        (
            "unknown-event: {level: off, UNTIL}",
            "`unknown-event` is always an error",
            "remove the line",
        ),
        (
            "semantics-shift: {level: off, UNTIL}",
            "`semantics-shift` cannot be set for one journey",
            "remove the line",
        ),
        (
            "wait-too-long: {UNTIL}",
            "nothing is different about `wait-too-long` here",
            "write a `level`",
        ),
        (
            "wait-too-long: {threshold: 3, UNTIL}",
            "this threshold of `wait-too-long` is of the wrong kind",
            "write a duration",
        ),
        (
            "split-weights: {threshold: 3, UNTIL}",
            "`split-weights` has no threshold",
            "remove the line",
        ),
        (
            "wait-too-long: {level: off, reason: ' ', until: 2027-01-01}",
            "there is no reason",
            "write why",
        ),
    ] {
        let found = own(&setting.replace("UNTIL", UNTIL));
        assert_eq!(found.len(), 1, "{setting}: {found:#?}");
        assert_eq!(found[0][1], message, "{setting}");
        assert!(found[0][2].starts_with(help), "{setting}: {}", found[0][2]);
    }
    for (setting, key) in [
        ("wait-too-long: {level: off, until: 2027-01-01}", "reason"),
        ("wait-too-long: {level: off, reason: promised}", "until"),
    ] {
        let found = own(setting);
        assert_eq!(
            found[0][1],
            format!("`wait-too-long` has no `{key}`"),
            "{found:#?}"
        );
    }
}

#[test]
fn thresholds_must_make_sense() {
    for (threshold, problem) in [
        ("0d", "is no time at all"),
        ("99y", ""),
        ("9999d", "is longer than any journey"),
        ("3", "is of the wrong kind"),
        ("-3d", ""),
    ] {
        let project = format!("policy: {{thresholds: {{wait-too-long: {threshold}}}}}");
        let found = of_settings(&project, "steps:\n  - wait: 1d\n");
        let message = format!("this threshold of `wait-too-long` {problem}");
        let is_said = |it: &Diagnostic| it.message == message || problem.is_empty();
        assert_eq!(found.len(), 1, "{threshold}: {}", lines(&found));
        assert!(
            is_said(&found[0]) && found[0].level == Level::Error,
            "{threshold}: {}",
            lines(&found)
        );
        let place = found[0].primary.span;
        assert!(place.end > place.start, "{threshold}: at its place");
    }
}

#[test]
fn rules_that_are_not_there_get_the_nearest_name() {
    for (project, journey) in [
        ("lint: {rules: {zero-wate: off}}", ""),
        ("policy: {thresholds: {zero-wate: 3d}}", ""),
        (
            "allow: [{rule: zero-wate, reason: x, until: 2027-01-01}]",
            "",
        ),
        (
            "{}",
            "allow: [{rule: zero-wate, reason: x, until: 2027-01-01}]\n",
        ),
        (
            "{}",
            "lint: {rules: {zero-wate: {level: off, reason: x, until: 2027-01-01}}}\n",
        ),
    ] {
        let found = said(project, &format!("{journey}steps:\n  - wait: 1d\n"));
        assert_eq!(found.len(), 1, "{project} {journey}: {found:#?}");
        assert_eq!(found[0][1], "there is no rule `zero-wate`");
        assert!(
            found[0][2].starts_with("did you mean `zero-wait`?"),
            "{}",
            found[0][2]
        );
    }
}

#[test]
fn an_exception_says_why_and_until_when() {
    for (allow, expected) in [
        (
            "{rule: zero-wait, until: 2027-01-01}",
            "an entry of `allow` has no `reason`",
        ),
        (
            "{rule: zero-wait, reason: x}",
            "an entry of `allow` has no `until`",
        ),
        (
            "{rule: zero-wait, reason: '', until: 2027-01-01}",
            "there is no reason",
        ),
        (
            "{rule: unknown-event, reason: x, until: 2027-01-01}",
            "`unknown-event` cannot be accepted",
        ),
        (
            "{rule: zero-wait, reason: x, until: 2026-10-31}",
            "the exception for `zero-wait` ended on 2026-10-31",
        ),
    ] {
        let step = "- send: {id: a, template: x/a, purpose: content}\n";
        let in_step = step.replace("content}", &format!("content, allow: [{allow}]}}"));
        for (project, journey) in [
            (format!("allow: [{allow}]"), format!("steps:\n{step}")),
            ("{}".to_owned(), format!("allow: [{allow}]\nsteps:\n{step}")),
            ("{}".to_owned(), format!("steps:\n{in_step}")),
        ] {
            let found = said(&project, &journey);
            let is_said = found.iter().any(|it| it[1] == expected);
            assert!(is_said, "{project} {journey}: {found:#?}");
        }
    }
}
