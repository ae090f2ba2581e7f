//! `docs/targets.md` is written from what targets say of themselves; `journeyc targets` and
//! `journeyc explain-target` show the same on a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use journeyc::cli::{self, Streams};
use journeyc::report::targets::{gets, journey, remark};
use journeyc::target::{self, Ability, Support, Target};

use crate::cli::run;
use crate::snapshot::{self, root};

const INTRODUCTION: &str = "\
# Mail providers

A journey is written once and exported to the provider that a team already pays: a *target*. This page says what each
target gets, and what becomes of each part of a journey on the way. It is generated from the tables that the compiler
itself goes by (`SNAPSHOTS=overwrite cargo test --test suite -- targets::page`), so that it cannot promise more than is
done. `journeyc targets` and `journeyc explain-target NAME` say the same on a terminal.

`journeyc export NAME` writes `dist-NAME/`, with a folder for each of your accounts:

- `requests/`: what is sent to the provider, numbered in the order of sending. Everything is created as a draft or
  switched off: going live is a person's act. Keys are never in files.
- `plan.md`: what will be created; what the provider cannot say, and what was done instead, line by line; and what
  people set up by hand, in the provider's own words.

The accounts and their ids stand in `journeyc.yaml`, below `targets`: see [language.md](language.md). An id that is
missing is an error that says where to find it. Targets that are not here can be added as programs of your own:
see [plugins.md](plugins.md).

Five words say what becomes of a part of a journey:
";

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    page.push('\n');
    for it in Support::ALL {
        let _ = writeln!(page, "- *{}*: {}.", it.word(), it.meaning());
    }
    page.push_str(
        "\n## The targets\n\n| name | provider | journeys | what it gets | templates in |\n",
    );
    page.push_str("| --- | --- | --- | --- | --- |\n");
    for it in target::ALL {
        let how = journey(it.capabilities().way(Ability::JourneyByApi).support());
        let (name, title, dialect) = (it.name(), it.title(), it.dialect());
        let gets = gets(*it);
        let _ = writeln!(
            page,
            "| [`{name}`](#{}) | {title} | {how} | {gets} | `{dialect}` |",
            anchor(*it)
        );
    }
    page.push_str("\nThe languages of templates are explained in [dialects.md](dialects.md).\n");
    page.push_str("\n## What each can say\n\n| |");
    for it in target::ALL {
        let _ = write!(page, " {} |", it.name());
    }
    let _ = writeln!(page, "\n| --- |{}", " --- |".repeat(target::ALL.len()));
    for ability in Ability::ALL {
        let _ = write!(page, "| {} |", ability.title());
        for it in target::ALL {
            let _ = write!(
                page,
                " {} |",
                it.capabilities().way(*ability).support().word()
            );
        }
        page.push('\n');
    }
    for it in target::ALL {
        section(*it, &mut page);
    }
    page
}

fn anchor(target: &dyn Target) -> String {
    let title = target.title().to_lowercase();
    let kept = title
        .chars()
        .filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
    kept.collect::<String>().replace(' ', "-")
}

fn section(target: &dyn Target, page: &mut String) {
    let gets = gets(target);
    let _ = write!(
        page,
        "\n## {}\n\n`{}` gets {gets}.\n\n",
        target.title(),
        target.name()
    );
    page.push_str("| what | | how |\n| --- | --- | --- |\n");
    for it in target.capabilities().rows {
        let (what, word) = (it.0.title(), it.1.support().word());
        let remark = remark(it).replace('|', "\\|");
        let _ = writeln!(page, "| {what} | {word} | {remark} |");
    }
    page.push_str("\nLimits:\n\n");
    for (what, much) in target.capabilities().limits.in_words() {
        let _ = writeln!(page, "- {what}: {much}");
    }
    let provider = target.provider();
    if !provider.ids.is_empty() {
        let name = target.name();
        let _ = write!(
            page,
            "\nIds, below `targets.{name}.environments.ENV.ids`:\n\n"
        );
        for it in provider.ids {
            let _ = writeln!(page, "- `{}`: {} ({})", it.kind, it.what, it.place);
        }
    }
    if let Some(address) = provider.address {
        let _ = write!(page, "\nReached at `{address}`");
        if !provider.address_variable.is_empty() {
            let _ = write!(
                page,
                "; `{}` names another address",
                provider.address_variable
            );
        }
        let keys: Vec<String> = provider.keys().iter().map(|it| format!("`{it}`")).collect();
        match keys.as_slice() {
            [] => page.push_str(".\n"),
            [one] => {
                let _ = writeln!(page, ". The key comes from the variable {one}.");
            }
            more => {
                let _ = writeln!(
                    page,
                    ". The keys come from the variables {}.",
                    more.join(", ")
                );
            }
        }
    }
    let known = target.chores().iter().chain(provider.remarks);
    let known: Vec<_> = known.collect();
    if !known.is_empty() {
        page.push_str("\nWhat a person must know:\n\n");
        for it in known {
            let _ = writeln!(page, "- {it}");
        }
    }
}

#[test]
fn the_page_of_targets_is_up_to_date() {
    snapshot::assert("docs/targets.md", &page());
}

/// What every target says about itself can be read by people: no row without a reason, no empty place.
#[test]
fn every_target_explains_what_it_does_not_take_as_it_is() {
    for it in target::ALL {
        for row in it.capabilities().rows {
            let (ability, way, _) = row;
            let is_said = way.support() == Support::Yes || !remark(row).is_empty();
            assert!(
                is_said,
                "{}: {ability:?} by {way:?} without a word why",
                it.name()
            );
        }
        for id in it.provider().ids {
            assert!(
                !id.what.is_empty() && !id.place.is_empty(),
                "{}: {}",
                it.name(),
                id.kind
            );
        }
        let is_sent = it.provider().address.is_some();
        assert!(
            !is_sent || !it.provider().keys().is_empty() || it.key_in_body().is_some(),
            "{}: without a key",
            it.name()
        );
    }
}

#[test]
fn targets_are_listed_and_explained() {
    let list = run(&root("."), &["targets"]);
    assert_eq!((list.exit, list.err.as_str()), (0, ""));
    assert!(list.out.starts_with("name "), "{}", list.out);
    for it in target::ALL {
        assert!(list.out.contains(it.title()), "{}", list.out);
        let page = run(&root("."), &["explain-target", it.name()]);
        assert_eq!((page.exit, page.err.as_str()), (0, ""));
        for (ability, way, _) in it.capabilities().rows {
            let line = page
                .out
                .lines()
                .find(|line| line.trim_start().starts_with(ability.title()));
            let line = line.unwrap_or_else(|| panic!("{}: {ability:?}", it.name()));
            assert!(line.contains(way.support().word()), "{line}");
        }
        for id in it.provider().ids {
            assert!(
                page.out.contains(&format!("- `{}`: ", id.kind)),
                "{}",
                page.out
            );
        }
        // A quotation is kept whole, however long.
        let is_narrow = |it: &str| it.chars().count() <= 100 || it.trim().starts_with('`');
        assert!(
            page.out.lines().chain(list.out.lines()).all(is_narrow),
            "{}",
            page.out
        );
        assert!(!page.out.contains('\u{1b}'));
    }
    let quiet = run(&root("."), &["targets", "--quiet"]);
    assert_eq!(
        quiet
            .out
            .lines()
            .next()
            .map(|it| it.starts_with(target::ALL[0].name())),
        Some(true)
    );
}

#[test]
fn programs_read_the_same_of_targets() {
    let list = run(&root("."), &["targets", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!(list["version"], 1);
    let targets = list["targets"].as_array().unwrap();
    assert_eq!(targets.len(), target::ALL.len());
    let klaviyo = targets.iter().find(|it| it["name"] == "klaviyo").unwrap();
    assert_eq!(klaviyo["journeys"], "written");
    assert_eq!(klaviyo["keys"], serde_json::json!(["KLAVIYO_API_KEY"]));
    assert_eq!(
        klaviyo["capabilities"].as_array().unwrap().len(),
        Ability::ALL.len()
    );
    assert_eq!(list["plugins"], serde_json::json!([]));
}

#[test]
fn a_target_that_is_not_there_is_answered_with_what_was_meant() {
    let typo = run(&root("."), &["explain-target", "klavio"]);
    assert_eq!((typo.exit, typo.out.as_str()), (2, ""));
    assert!(typo.err.contains("did you mean `klaviyo`?"), "{}", typo.err);
    let wild = run(&root("."), &["explain-target", "pigeons"]);
    assert!(
        wild.err.contains("there is no target `pigeons`"),
        "{}",
        wild.err
    );
    assert!(
        wild.err.contains("`journeyc targets` lists all of them"),
        "{}",
        wild.err
    );
}

#[test]
fn a_narrow_terminal_gets_narrow_lines_and_colours_only_where_they_are_wanted() {
    let shown = |width, color: &str, env: &[(&str, &str)], args: &[&str]| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let env = env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut streams = Streams {
            out: &mut out,
            err: &mut err,
            out_is_terminal: true,
            err_is_terminal: true,
            width: Some(width),
            env: env.collect::<BTreeMap<_, _>>(),
            current_dir: root("."),
        };
        let start = ["journeyc", "--color", color];
        let args = start.iter().chain(args).map(Into::into);
        assert_eq!(cli::run(args, &mut streams), 0);
        String::from_utf8(out).unwrap()
    };
    for args in [&["targets"][..], &["explain-target", "klaviyo"]] {
        for width in [40, 60, 80] {
            let text = shown(width, "never", &[], args);
            for line in text.lines() {
                let is_one_word = line.trim().split(' ').count() == 1 || line.contains('`');
                assert!(
                    line.chars().count() <= width || is_one_word,
                    "{width}: {line}"
                );
            }
        }
        assert!(shown(80, "auto", &[], args).contains('\u{1b}'));
        assert!(!shown(80, "auto", &[("NO_COLOR", "1")], args).contains('\u{1b}'));
    }
}
