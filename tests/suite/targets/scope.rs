//! Accounts on the command line: environments, journeys, and the ids that are missing.

use std::fs;
use std::path::Path;

use journeyc::diff::{Revision, compare};
use journeyc::load::Disk;
use journeyc::{Workspace, compile};
use serde_json::Value;

use crate::check::copy;
use crate::cli::run;
use crate::snapshot::root;

/// An account at Klaviyo that has all.
const WHOLE: &str = "targets: {klaviyo: {environments: {prod: {ids: {metrics: {order_paid: Xa1b2C, \
                     order_delivered: Xa1b2D}}}}}}";

/// A repository with two journeys that are alike, `after-payment` and `second`.
fn shop(targets: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&root("tests/cases/check/clean"), folder.path());
    let journeys = folder.path().join("journeys");
    let first = fs::read_to_string(journeys.join("after-payment.yaml")).unwrap();
    let second = first.replace("journey: after-payment", "journey: second");
    assert_ne!(first, second);
    fs::write(journeys.join("second.yaml"), second).unwrap();
    declare(folder.path(), targets);
    folder
}

fn declare(folder: &Path, targets: &str) {
    let file = fs::read_to_string(root("tests/cases/check/clean/journeyc.yaml")).unwrap();
    fs::write(folder.join("journeyc.yaml"), format!("{file}\n{targets}\n")).unwrap();
}

#[test]
fn a_wrong_target_or_environment_is_answered_with_what_to_write() {
    let folder = shop(WHOLE);
    for (args, words) in [
        (
            &["export", "klavio"][..],
            &[
                "there is no target `klavio`",
                "did you mean `klaviyo`?",
                "`journeyc-export-klavio`",
            ][..],
        ),
        (
            &["export", "no_name"],
            &[
                "there is no target `no_name`",
                "`journeyc targets` lists all of them",
            ],
        ),
        (
            &["export", "braze"],
            &[
                "journeyc.yaml has no target `braze`",
                "targets: {braze: {environments: {prod: {}}}}",
                "--list-ids",
            ],
        ),
        (
            &["export", "klaviyo", "--env", "prd"],
            &[
                "the target `klaviyo` has no environment `prd`",
                "did you mean `prod`?",
            ],
        ),
        (
            &["export", "klaviyo", "secnd"],
            &["there is no journey `secnd`", "did you mean `second`?"],
        ),
        (
            &["export", "klaviyo", "--list-ids", "--env", "prd"],
            &["did you mean `prod`?"],
        ),
        (
            &["export", "klaviyo", "--list-ids", "--out", "x"],
            &["cannot be used with"],
        ),
        (&["export", "klaviyo", "--format", "json"], &["--list-ids"]),
        (
            &["export", "klaviyo", "--plugin-timeout", "0"],
            &["1..=3600"],
        ),
        (
            &["build", "--env", "prd"],
            &["there is no environment `prd`", "did you mean `prod`?"],
        ),
    ] {
        let told = run(folder.path(), args);
        assert_eq!((told.exit, told.out.as_str()), (2, ""), "{args:?}");
        for word in words {
            assert!(told.err.contains(word), "{args:?}: {}", told.err);
        }
        assert!(!told.err.contains('\u{1b}'), "{args:?}");
    }
    declare(folder.path(), "targets: {klaviyo: {}}");
    let none = run(folder.path(), &["export", "klaviyo"]);
    assert!(
        none.exit == 1 && none.err.contains("has no environment to export to"),
        "{}",
        none.err
    );
    let none = run(folder.path(), &["export", "klaviyo", "--env", "prod"]);
    assert!(
        none.exit == 2 && none.err.contains("environments: {prod: {}}"),
        "{}",
        none.err
    );
    let none = run(folder.path(), &["export", "klaviyo", "--list-ids"]);
    assert!(
        none.exit == 2 && none.err.contains("has no environment"),
        "{}",
        none.err
    );
}

#[test]
fn each_missing_id_is_told_once_with_where_to_find_it_and_where_it_goes() {
    let folder = shop("targets: {klaviyo: {environments: {prod: {ids: {metrics: {}}}}}}");
    let run_ = run(folder.path(), &["export", "klaviyo"]);
    assert_eq!((run_.exit, run_.out.as_str()), (1, ""));
    assert!(run_.err.ends_with("nothing was written\n"), "{}", run_.err);
    let told = run_.err.matches("error[missing-target-id]").count();
    let list = run(
        folder.path(),
        &["export", "klaviyo", "--list-ids", "--format", "json"],
    );
    assert_eq!((list.exit, list.err.as_str()), (0, ""));
    let list: Value = serde_json::from_str(&list.out).unwrap();
    let account = &list["accounts"][0];
    assert_eq!(
        (&account["target"], &account["environment"]),
        (&"klaviyo".into(), &"prod".into())
    );
    assert_eq!(account["missing"], told, "{}", run_.err);
    let ids = account["ids"].as_array().unwrap();
    assert!(told > 0 && ids.iter().all(|it| it["id"].is_null()));
    for id in ids {
        let message = format!(
            "the account `prod` at Klaviyo has no id for `{}`",
            id["name"].as_str().unwrap()
        );
        assert_eq!(
            run_.err.matches(&message).count(),
            1,
            "{message}: {}",
            run_.err
        );
    }
    for word in [
        "`targets.klaviyo.environments.prod.ids.metrics`",
        "find it at Klaviyo: Analytics > Metrics",
        "and here",
        "--list-ids",
    ] {
        let err = run_.err.replace("\n           ", " ");
        assert!(err.contains(word), "{word}: {err}");
    }
    let shown = run(folder.path(), &["export", "klaviyo", "--list-ids"]);
    assert!(
        shown
            .out
            .starts_with(&format!("klaviyo prod: {told} of {told} ids missing below")),
        "{}",
        shown.out
    );
    assert!(
        shown.out.contains("metrics (metric; Analytics > Metrics"),
        "{}",
        shown.out
    );
    assert!(!folder.path().join("dist-klaviyo").exists());

    // With what the list asks for, the export is written.
    let mut kinds: std::collections::BTreeMap<&str, Vec<String>> =
        std::collections::BTreeMap::new();
    for id in ids {
        let (kind, name) = (id["kind"].as_str().unwrap(), id["name"].as_str().unwrap());
        let value = if kind == "alerts" {
            "team@fernandfinch.example"
        } else {
            "Xa1b2C"
        };
        kinds
            .entry(kind)
            .or_default()
            .push(format!("{name}: {value}"));
    }
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(kind, all)| format!("{kind}: {{{}}}", all.join(", ")))
        .collect();
    declare(
        folder.path(),
        &format!(
            "targets: {{klaviyo: {{environments: {{prod: {{ids: {{{}}}}}}}}}}}",
            kinds.join(", ")
        ),
    );
    let done = run(folder.path(), &["export", "klaviyo"]);
    assert_eq!(done.exit, 0, "{}", done.err);
    let shown = run(folder.path(), &["export", "klaviyo", "--list-ids"]);
    assert!(
        shown
            .out
            .starts_with(&format!("klaviyo prod: all {told} ids are there\n")),
        "{}",
        shown.out
    );
}

#[test]
fn only_the_journeys_that_are_named_go_to_a_target() {
    let folder = shop(WHOLE);
    let count = |folder: &Path, out: &str| {
        let requests = fs::read_dir(folder.join(out).join("klaviyo/prod/requests")).unwrap();
        let names: Vec<String> = requests
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.iter().filter(|it| it.contains("flow")).count()
    };
    let all = run(
        folder.path(),
        &["export", "klaviyo", "--env", "prod", "--out", "all"],
    );
    assert_eq!(all.exit, 0, "{}", all.err);
    let one = run(
        folder.path(),
        &[
            "export", "klaviyo", "second", "--env", "prod", "--out", "one",
        ],
    );
    assert_eq!(one.exit, 0, "{}", one.err);
    assert!(count(folder.path(), "all") > count(folder.path(), "one"));
    let plan = fs::read_to_string(folder.path().join("one/klaviyo/prod/plan.md")).unwrap();
    assert!(
        plan.contains("`second`") && !plan.contains("after-payment"),
        "{plan}"
    );

    let part = WHOLE.replace("klaviyo: {", "klaviyo: {journeys: [second], ");
    declare(folder.path(), &part);
    let declared = run(
        folder.path(),
        &["export", "klaviyo", "--env", "prod", "--out", "declared"],
    );
    assert_eq!(declared.exit, 0, "{}", declared.err);
    assert_eq!(
        count(folder.path(), "declared"),
        count(folder.path(), "one")
    );
    let other = run(folder.path(), &["export", "klaviyo", "after-payment"]);
    assert!(
        other.exit == 2 && other.err.contains("does not go to `klaviyo`"),
        "{}",
        other.err
    );
    assert!(
        other.err.contains("`targets.klaviyo.journeys`"),
        "{}",
        other.err
    );

    // A comparison looks at what goes there, and at nothing else.
    let was = shop(WHOLE);
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let read = |folder: &Path| Workspace::read(&Disk::open(folder, day).unwrap());
    let (before, after) = (read(was.path()), read(folder.path()));
    let (before, after) = (compile(&before), compile(&after));
    let none = Revision::default;
    let changes = compare((&before, none()), (&after, none()));
    let deleted = changes.targets.iter().flat_map(|it| &it.payloads);
    let deleted: Vec<&str> = deleted.map(|it| it.name.as_str()).collect();
    assert!(
        deleted.iter().any(|it| it.contains("after-payment")),
        "{deleted:?}"
    );
    assert!(
        deleted.iter().all(|it| !it.contains("flow-second")),
        "{deleted:?}"
    );
}
