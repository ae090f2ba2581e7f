//! Whatever changes, the comment fits, and says how much it leaves out.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::super::sample::{DAY, change, entry, found, journey, look, row, shop};
use super::super::{LIMIT, comment};
use crate::diagnostic::Level;
use crate::diff::{
    Action, Breaking, BreakingChange, Changes, CopyChange, JourneyChanges, Kind, MailName, Part,
    PayloadChange, Reach, Run, Shared, TargetChanges,
};

/// How much of everything there is.
#[derive(Debug, Clone, Copy)]
struct Size {
    journeys: usize,
    rows: i64,
    findings: usize,
    copy: usize,
    payloads: usize,
}

const HUGE: Size = Size {
    journeys: 400,
    rows: 12,
    findings: 2_000,
    copy: 3_000,
    payloads: 1_000,
};

fn of_size(size: Size, title: &str) -> Changes {
    let mut it = shop();
    it.journeys = (0..size.journeys)
        .map(|at| changed(at, size.rows, title))
        .collect();
    it.findings.worsened.clear();
    it.findings.fixed.clear();
    it.findings.introduced = (0..size.findings)
        .map(|at| {
            let level = if at % 50 == 0 {
                Level::Error
            } else {
                Level::Warning
            };
            found("long-subject", level, &format!("a found{at}x {title}"), 1)
        })
        .collect();
    it.copy = (0..size.copy).map(|at| words(at, title)).collect();
    it.reach = (0..size.copy)
        .map(|at| Reach {
            what: Shared::Template,
            name: format!("{title}{at}"),
            journeys: (0..40).map(|it| format!("{title}{it}")).collect(),
            mails: 12,
        })
        .collect();
    it.targets = (0..20)
        .map(|at| TargetChanges {
            target: format!("{title}{at}"),
            environment: title.to_owned(),
            payloads: (0..size.payloads / 20)
                .map(|at| payload(at, title))
                .collect(),
            unchanged: 3,
            introduced: vec![found("lost-meaning", Level::Warning, title, 1)],
        })
        .collect();
    it.formatting = vec![title.to_owned(); size.copy];
    it
}

fn changed(at: usize, rows: i64, title: &str) -> JourneyChanges {
    let mut it = journey(&format!("journey{at}x"));
    it.title = Some(title.to_owned());
    it.timeline = (0..rows)
        .map(|at| {
            let was = entry(title, title, at * DAY, title);
            let is = entry(title, title, (at + 1) * DAY, title);
            row(Some(was), Some(is), &[Kind::Later, Kind::Sender])
        })
        .collect();
    it.changes = vec![
        change(Kind::Wait, &format!("{at}"), Some(title), Some(title)),
        change(Kind::Internal, title, Some(title), Some(title)),
    ];
    it.breaking = vec![BreakingChange {
        id: Breaking::WaitChanged,
        step: Some(format!("break{at}x")),
        text: title.to_owned(),
        place: None,
    }];
    it.chart = Some(format!("flowchart TD\n{}", "  a --> b\n".repeat(300)));
    it
}

fn words(at: usize, title: &str) -> CopyChange {
    CopyChange {
        part: Part::Text,
        locale: "en".to_owned(),
        people: vec![title.to_owned(); 9],
        everybody: false,
        mails: vec![MailName {
            journey: title.to_owned(),
            step: format!("copy{at}x"),
        }],
        words: vec![
            Run::Same(title.to_owned()),
            Run::Removed(title.to_owned()),
            Run::Added(title.to_owned()),
        ],
        hash: String::new(),
    }
}

fn payload(at: usize, title: &str) -> PayloadChange {
    PayloadChange {
        name: format!("{title}{at}"),
        action: Action::Update,
        diff: format!("-{title}\n+{title}\n").repeat(200),
    }
}

/// What is shown of names like `word17x` between two headings, and what is said to be missing.
fn shown_and_hidden(comment: &str, section: &str, word: &str, what: &[&str]) -> (usize, usize) {
    let named = |part: &&str| part.contains(section);
    let parts: Vec<&str> = comment.split("\n### ").filter(named).collect();
    let mut shown = BTreeSet::new();
    let mut hidden = 0;
    for part in parts {
        for rest in part.split(word).skip(1) {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            if !digits.is_empty() && rest[digits.len()..].starts_with('x') {
                shown.insert(digits);
            }
        }
        for rest in part.split("… and ").skip(1) {
            let (n, rest) = rest.split_once(" more ").unwrap();
            if what.iter().any(|it| rest.starts_with(it)) {
                hidden += n.replace(',', "").parse::<usize>().unwrap();
            }
        }
    }
    (shown.len(), hidden)
}

fn holds(size: Size, title: &str) {
    let changes = of_size(size, title);
    let comment = comment(&changes, look());
    let length = comment.len().max(comment.chars().count());
    assert!(length < LIMIT, "{length}: {size:?}");
    assert!(comment.contains("<sub>Compared"), "the foot is there");
    let opened = comment.matches("<details>").count();
    assert_eq!(opened, comment.matches("</details>").count());

    let counted = |section, word, what: &[&str]| shown_and_hidden(&comment, section, word, what);
    let (shown, hidden) = counted("What customers get", "journey", &["journey"]);
    assert_eq!(
        shown + hidden,
        size.journeys,
        "journeys: {shown} + {hidden}"
    );
    let (above, more) = counted("What stands against it", "found", &["blocking finding"]);
    let (below, rest) = counted("What was found", "found", &["finding"]);
    assert_eq!(above + more + below + rest, size.findings, "findings");
    let (shown, hidden) = counted("What customers will read", "copy", &["difference"]);
    assert_eq!(shown + hidden, size.copy, "copy: {shown} + {hidden}");
    let (shown, hidden) = counted("People who are inside", "break", &["break"]);
    assert_eq!(shown + hidden, size.journeys, "breaks: {shown} + {hidden}");
}

#[test]
fn the_largest_change_fits() {
    holds(HUGE, "Your plant is on its way");
}

#[test]
fn the_longest_titles_fit() {
    let few = Size {
        journeys: 20,
        rows: 4,
        findings: 30,
        copy: 20,
        payloads: 20,
    };
    for title in ["x", "🌱花", "|", "@a", "` "] {
        holds(few, &title.repeat(5_000));
    }
}

#[test]
fn what_is_small_is_whole() {
    let comment = comment(&shop(), look());
    assert!(!comment.contains("… and "), "{comment}");
    assert!(
        comment.contains("```mermaid") && comment.contains("```diff"),
        "{comment}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_change_fits(
        journeys in 0_usize..60,
        rows in 0_i64..8,
        findings in 0_usize..150,
        copy in 0_usize..60,
        payloads in 0_usize..60,
        title in "\\PC{0,300}",
    ) {
        holds(Size { journeys, rows, findings, copy, payloads }, &title);
    }
}
