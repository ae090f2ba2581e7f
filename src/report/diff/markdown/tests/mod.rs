#![allow(clippy::unwrap_used, reason = "tests")]

mod hostile;
mod room;

use super::super::sample::{look, shop};
use super::*;
use crate::diff::Kind;

#[test]
fn two_hidden_lines_come_first() {
    let comment = comment(&shop(), look());
    let lines: Vec<&str> = comment.lines().take(2).collect();
    assert_eq!(lines[0], "<!-- journeyc:v1 journeyc.yaml -->");
    let second = "<!-- journeyc:verdict=blocked content=";
    assert!(lines[1].starts_with(second), "{}", lines[1]);
}

/// A push that changes nothing that is said is no news, wherever its links lead.
#[test]
fn links_and_commits_are_no_news() {
    let mut changes = shop();
    let second =
        |changes: &Changes, look| comment(changes, look).lines().nth(1).unwrap().to_owned();
    let first = second(&changes, look());
    changes.before.commit = Some("f".repeat(40));
    let elsewhere = Look {
        source: Some("https://example.com/shop/blob/ffffff"),
        report: None,
        ..look()
    };
    assert_eq!(first, second(&changes, elsewhere));
    changes.journeys.pop();
    assert_ne!(first, second(&changes, look()));
}

#[test]
fn the_order_is_what_a_reviewer_needs_first() {
    let comment = comment(&shop(), look());
    let headings: Vec<&str> = comment.lines().filter(|it| it.starts_with("##")).collect();
    assert_eq!(
        headings,
        [
            "## ❌ Blocked",
            "### ❌ What stands against it (1)",
            "### For every journey",
            "### What customers get, and when (1 journey)",
            "#### `after-payment` — From payment to the plant at home",
            "### What customers will read (6 emails)",
            "### People who are inside (1 break in 1 journey)",
            "### What journeys share",
            "### What was found (3 new, 1 worse, 1 mended; 1 of them above)",
            "### What is sent to the platforms",
        ]
    );
}

#[test]
fn what_moves_is_struck_through_where_it_was_and_bold_where_it_is() {
    let comment = comment(&shop(), look());
    let rows: Vec<&str> = comment
        .lines()
        .filter(|it| it.contains("Review request"))
        .collect();
    assert_eq!(
        rows,
        [
            "| 3 d | ~~✉ Review request~~ | — |",
            "| **order_delivered**<br>7 d – 21 d | — | **✉ Review request** *(⏪ later, ↕ moved)* |",
        ]
    );
    assert!(
        comment.contains("| … | *1 touchpoint as before* | |"),
        "{comment}"
    );
}

#[test]
fn who_says_nothing_of_people_inside_is_told_what_to_write() {
    let said = comment(&shop(), look());
    assert!(
        said.contains("**Nobody says what becomes of them.** Write `in_flight:`"),
        "{said}"
    );
    let mut changes = shop();
    changes.journeys[0].in_flight = Some(crate::model::InFlight::Stop);
    let said = comment(&changes, look());
    assert!(said.contains("`in_flight: stop`: they leave"), "{said}");
}

#[test]
fn no_change_is_one_line() {
    let mut changes = Changes {
        formatting: vec!["journeys/cart.yaml".to_owned()],
        muted: vec![(Kind::Internal, 3)],
        ..Changes::default()
    };
    let written = comment(&changes, look());
    let lines: Vec<&str> = written.lines().skip(2).collect();
    assert_eq!(
        lines,
        [
            "No change for the customer. Only 1 file is written differently: `journeys/cart.yaml`. \
          3 changes are muted by `diff.ignore` (3 not seen by customers)."
        ]
    );
    changes.formatting.clear();
    changes.muted.clear();
    assert_eq!(comment(&changes, look()).lines().count(), 3);
}

#[test]
fn the_same_change_in_many_journeys_is_shown_once() {
    let mut changes = shop();
    let mut other = changes.journeys[0].clone();
    other.name = "after-renewal".to_owned();
    changes.journeys.push(other);
    let said = comment(&changes, look());
    assert!(
        said.contains("**The same in 1 other journey:** `after-renewal`"),
        "{said}"
    );
    assert_eq!(said.matches("~~✉ Review request~~").count(), 1);
}

#[test]
fn a_fix_of_half_a_line_is_no_suggestion() {
    let mut changes = shop();
    assert!(comment(&changes, look()).contains("```suggestion\n"));
    changes.findings.introduced[0].edits[0].start.column = 5;
    let said = comment(&changes, look());
    assert!(
        !said.contains("```suggestion") && said.contains("```yaml\n"),
        "{said}"
    );
    changes.findings.introduced[0].diagnostic.conceals = true;
    assert!(!comment(&changes, look()).contains("```yaml"));
}
