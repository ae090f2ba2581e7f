//! The comment of a pull request that changes 400 journeys at once.

use std::collections::BTreeSet;

use crate::cli::run;
use crate::repository::Repository;
use crate::snapshot::root;

const JOURNEYS: usize = 400;

/// Neither characters nor bytes may be more.
const LIMIT: usize = 60_000;

/// A journey of its own: no two wait alike, so that no two changes are the same.
fn journey(at: usize, hours: usize) -> String {
    format!(
        "journey: nudge{at}x
title: \"Nudge {at} – 花 <b>@team</b> #{at}\"
owner: lifecycle
stage: during
class: commercial
basis: soft_opt_in
from: care
trigger: {{event: checkout_started}}
reentry: {{after: 30d}}
exits:
  - {{on: order_paid, reason: bought}}
  - {{on: unsubscribed, reason: unsubscribed}}
steps:
  - wait: {{id: pause{at}, for: {hours}h}}
  - send: {{id: letter{at}x, template: still-there, purpose: abandonment}}
"
    )
}

fn write(it: &Repository, more: usize) {
    for at in 0..JOURNEYS {
        let text = journey(at, at + 1 + more);
        it.write(&format!("journeys/nudge{at}.yaml"), &text);
    }
}

/// The shop without its own journeys, with 400 others, all of which come later than before, under
/// another footer.
fn shop() -> Repository {
    let it = Repository::new();
    let shop = root("tests/cases/diff/shop");
    for path in [
        "journeyc.yaml",
        "templates/layouts/plain.html",
        "templates/partials/footer.html",
        "templates/still-there.md",
    ] {
        it.write(path, &std::fs::read_to_string(shop.join(path)).unwrap());
    }
    write(&it, 0);
    it.commit();
    write(&it, 5);
    it.write(
        "templates/partials/footer.html",
        "<p>Robin and the team, at your service.</p>\n\
         <p><a href=\"{{ links.unsubscribe }}\">Unsubscribe</a> {{ brand.postal_address }}</p>\n",
    );
    it
}

/// Names of a kind, each once, in a part of the comment.
fn named<'c>(part: &'c str, word: &str) -> BTreeSet<&'c str> {
    let after = part.split(word).skip(1);
    let names = after.filter_map(|it| it.split_once('x').map(|(at, _)| at));
    names.filter(|it| it.parse::<usize>().is_ok()).collect()
}

/// What `… and 12 more …` adds up to.
fn hidden(part: &str) -> usize {
    let after = part.split("… and ").skip(1);
    let numbers = after.map(|it| it.split_once(" more ").unwrap().0.replace(',', ""));
    numbers.map(|it| it.parse::<usize>().unwrap()).sum()
}

#[test]
fn four_hundred_journeys_fit_into_a_comment() {
    let it = shop();
    let args = [
        "diff",
        "HEAD",
        "--format",
        "markdown",
        "--report-url",
        "https://example.com/r",
    ];
    let run = run(it.folder.path(), &args);
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    let comment = run.out;
    let length = comment.len().max(comment.chars().count());
    assert!(length < LIMIT, "{length}");
    let section = |title: &str| -> &str {
        let mut parts = comment.split("\n### ");
        parts
            .find(|it| it.starts_with(title))
            .unwrap_or_else(|| panic!("{title}: {comment}"))
    };

    let journeys = section("What customers get, and when (400 journeys)");
    let shown = named(journeys, "nudge").len();
    assert_eq!(shown + hidden(journeys), JOURNEYS, "{shown}");
    assert!(shown >= 50, "there is room for more than {shown}");
    let tables = journeys.matches("| when | before | after |").count();
    assert!(tables >= 10, "there is room for more than {tables} tables");

    // The same words in 400 mails are one difference.
    let copy = section("What customers will read (400 emails)");
    assert!(copy.contains("400 emails ("), "{copy}");
    assert!(
        copy.contains("~~Maya~~ **Robin**") || copy.contains("**Robin"),
        "{copy}"
    );

    let shared = section("What journeys share");
    let names = named(shared, "nudge").len();
    assert!(
        shared.contains("reaches 400 emails in 400 journeys"),
        "{shared}"
    );
    assert!(
        shared.contains(&format!("{} more", JOURNEYS - names)),
        "{shared}"
    );

    let inside = section("People who are inside (400 breaks in 400 journeys)");
    let shown = named(inside, "nudge").len();
    assert_eq!(shown + hidden(inside), JOURNEYS, "{inside}");

    for word in ["@team", "<b>", " #3"] {
        assert!(!comment.contains(word), "{word}");
    }
}
