#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use super::rows;
use crate::diff::fixture::{Side, compare, named};
use crate::diff::{Kind, Row};

const SEND: &str = "  - send: {id: NAME, template: t, purpose: content}\n";

fn send(name: &str) -> String {
    SEND.replace("NAME", name)
}

/// The rows of the journey `j`, with steps paired by their names unless said otherwise.
fn compared(before: &Side, after: &Side, renamed: &[(&str, &str)]) -> Vec<Row> {
    compare(before, after, |pair| {
        let (old, new) = (named(&pair.before, "j"), named(&pair.after, "j"));
        let nodes = |it: Option<&crate::manifest::Journey>| -> Vec<String> {
            let nodes = it.iter().flat_map(|it| &it.graph.nodes);
            nodes.map(|it| it.id.clone()).collect()
        };
        let (was, is) = (nodes(old), nodes(new));
        let mut pairs: BTreeMap<&str, &str> = BTreeMap::new();
        for node in was.iter().filter(|it| is.contains(it)) {
            pairs.insert(node, node);
        }
        pairs.extend(renamed.iter().copied());
        rows(pair, old, new, &pairs)
    })
}

/// The rows of a journey with some steps and with others.
fn of(before: &str, after: &str) -> Vec<Row> {
    let (before, after) = (
        Side::new().journey("j", before),
        Side::new().journey("j", after),
    );
    let rows = compared(&before, &after, &[]);
    mirrors(&rows, &compared(&after, &before, &[]));
    rows
}

/// Asserts that rows are those of the other direction with their sides swapped.
fn mirrors(there: &[Row], back: &[Row]) {
    let swapped = back.iter().map(|it| {
        let mut flags: Vec<Kind> = it.flags.iter().map(|it| it.mirrored()).collect();
        flags.sort();
        Row {
            before: it.after.clone(),
            after: it.before.clone(),
            flags,
        }
    });
    let name = |it: &Row| {
        let step = |it: &Option<crate::diff::Entry>| it.as_ref().map(|it| it.step.clone());
        (step(&it.before), step(&it.after))
    };
    let mut swapped: Vec<Row> = swapped.collect();
    let mut there = there.to_vec();
    swapped.sort_by_key(name);
    there.sort_by_key(name);
    assert_eq!(there, swapped);
}

/// Rows as short lines: `film: payment 22 h → payment 3 d [later]`.
fn lines(rows: &[Row]) -> Vec<String> {
    let line = |row: &Row| {
        let side = |it: &Option<crate::diff::Entry>| {
            it.as_ref()
                .map_or("—".to_owned(), |it| format!("{} {}", it.since, it.when))
        };
        let step = row.after.as_ref().or(row.before.as_ref()).unwrap();
        let flags: Vec<&str> = row.flags.iter().map(|it| it.id()).collect();
        let (before, after) = (side(&row.before), side(&row.after));
        format!("{}: {before} → {after} [{}]", step.step, flags.join(" "))
    };
    rows.iter().map(line).collect()
}

#[test]
fn a_wait_typed_as_minutes_makes_all_that_follows_sooner() {
    let steps = |wait: &str| {
        format!(
            "  - wait: {wait}\n{}  - wait: 3d\n{}",
            send("film"),
            send("tips")
        )
    };
    assert_eq!(
        lines(&of(&steps("22h"), &steps("22m"))),
        [
            "film: payment 22 h → payment 22 min [sooner]",
            "tips: payment 3 d 22 h → payment 3 d 22 min [sooner]",
        ]
    );
}

#[test]
fn what_waits_for_the_delivery_is_counted_from_it() {
    let before = format!("{}  - wait: 3d\n{}", send("film"), send("review"));
    let after = format!(
        "{}  - wait_for: {{id: there, event: order_delivered, timeout: 21d, on_timeout: [{{send: {{id: late, template: t, purpose: delay_notice}}}}, {{exit: late}}]}}\n  - wait: 7d\n{}",
        send("film"),
        send("review"),
    );
    assert_eq!(
        lines(&of(&before, &after)),
        [
            "film: payment at once → payment at once []",
            "review: payment 3 d → delivered 7 d [step-moved later]",
            "late: — → payment 21 d [step-added]",
        ]
    );
}

#[test]
fn an_event_without_a_milestone_is_counted_from_as_well() {
    let steps = |wait: &str| {
        format!(
            "  - wait_for: {{id: seen, event: film_watched}}\n  - wait: {wait}\n{}",
            send("tips")
        )
    };
    assert_eq!(
        lines(&of(&steps("1d"), &steps("2d"))),
        ["tips: film_watched 1 d → film_watched 2 d [later]"]
    );
    let either = "  - wait_for: {id: seen, event: film_watched, timeout: 2d}\n";
    let steps = format!("{either}{}", send("tips"));
    assert_eq!(
        lines(&of(&steps, &steps)),
        ["tips: payment at once – 2 d → payment at once – 2 d []"]
    );
}

#[test]
fn what_is_gone_stays_where_it_was() {
    let before = format!("{}{}  - wait: 1d\n{}", send("a"), send("b"), send("c"));
    let after = format!("{}  - wait: 1d\n{}", send("a"), send("c"));
    assert_eq!(
        lines(&of(&before, &after)),
        [
            "a: payment at once → payment at once []",
            "b: payment at once → — [step-removed]",
            "c: payment 1 d → payment 1 d []",
        ]
    );
}

#[test]
fn of_two_that_change_places_both_have_moved_and_their_times_too() {
    let before = format!("{}  - wait: 1d\n{}", send("a"), send("b"));
    let after = format!("{}  - wait: 1d\n{}", send("b"), send("a"));
    assert_eq!(
        lines(&of(&before, &after)),
        [
            "b: payment 1 d → payment at once [step-moved sooner]",
            "a: payment at once → payment 1 d [step-moved later]",
        ]
    );
}

#[test]
fn a_name_alone_is_no_match_and_a_pair_is() {
    let (before, after) = (
        Side::new().journey("j", &send("a")),
        Side::new().journey("j", &send("b")),
    );
    assert_eq!(
        lines(&compared(&before, &after, &[("a", "b")])),
        ["b: payment at once → payment at once [step-renamed]"]
    );
    let rows = compare(&before, &before, |pair| {
        let (old, new) = (named(&pair.before, "j"), named(&pair.after, "j"));
        rows(pair, old, new, &BTreeMap::new())
    });
    assert_eq!(
        lines(&rows),
        [
            "a: payment at once → — [step-removed]",
            "a: — → payment at once [step-added]",
        ]
    );
}

#[test]
fn who_speaks_what_law_takes_it_for_and_what_holds_it_back() {
    let before = "  - send: {id: a, template: t, purpose: content}\n  - touch: {id: card, channel: parcel, by: shop, purpose: thank_you}";
    let after = "  - send: {id: a, template: t, purpose: content, from: maya, class: transactional}\n  - touch: {id: card, channel: sms, by: shop, purpose: thank_you}";
    let window = |it: Side| {
        it.project(
            "policy: {}",
            "policy: {send_window: {from: '08:00', to: '20:00', zone: contact}}",
        )
    };
    let before = window(Side::new()).journey("j", before);
    let after = window(Side::new()).journey("j", after);
    let rows = compared(&before, &after, &[]);
    mirrors(&rows, &compared(&after, &before, &[]));
    let flags: Vec<&[Kind]> = rows.iter().map(|it| &*it.flags).collect();
    assert_eq!(
        flags,
        [
            &[Kind::Sooner, Kind::Window, Kind::Sender, Kind::Class][..],
            &[Kind::Sooner, Kind::Channel][..],
        ]
    );
    let entry = rows[0].before.as_ref().unwrap();
    assert_eq!(entry.title, "Hello");
    assert_eq!(entry.held_by, ["send_window"]);
    assert_eq!(
        entry.sender.as_deref(),
        Some("Fern & Finch <care@fernandfinch.example>")
    );
    assert_eq!(rows[1].before.as_ref().unwrap().title, "card");
}

#[test]
fn sooner_at_the_earliest_and_later_at_the_latest_is_another_time() {
    let steps = |wait: &str| format!("  - wait: {wait}\n{}", send("a"));
    let rows = of(&steps("36h"), &steps("{for: 1d, on: [mon, thu]}"));
    assert_eq!(rows[0].flags, [Kind::Timing]);
}

#[test]
fn what_nobody_gets_any_more_is_gone() {
    let before = send("a") + &send("b");
    let after = format!("{}  - exit: done\n{}", send("a"), send("b"));
    let rows = of(&before, &after);
    assert_eq!(lines(&rows)[1], "b: payment at once → — [step-removed]");
}
