//! Each way of each ability, on a journey of few steps.

use super::*;

/// Abilities that are said outside of the steps, or in the same way whatever the table says.
const OUTSIDE: &[Ability] = &[
    Ability::JourneyByApi,
    Ability::TemplatesByApi,
    Ability::Update,
];

/// A case: the ability and its way, head and steps of a journey, what becomes of it, and a part of
/// what is told: a loss, or an obstacle where nothing becomes of it.
type Case = (Ability, Way, Value, Vec<Value>, &'static str, &'static str);

#[expect(clippy::too_many_lines, reason = "a table")]
#[rustfmt::skip]
fn cases() -> Vec<Case> {
    use Ability as A;
    use Way as W;
    let plain = || json!({});
    let on = |event: &str| json!({"exits": [{"on": event, "line": 5}]});
    let filter = || json!({"trigger": {"event": "paid", "where": condition("event.total > 3 and contact.age > 3")}});
    let a = || send("a");
    let window =
        || json!({"policy": {"send_window": {"from": "08:00", "to": "20:00", "zone": "contact"}}});
    let commercial = || with(send("a"), "class", json!("commercial"));
    let hours = || json!({"kind": "wait", "at": "10:00", "zone": "contact"});
    let days = || json!({"kind": "wait", "on": ["mon"], "zone": "contact"});
    let wait_for = || json!({"node": "w", "kind": "wait_for", "event": "refunded", "timeout": duration("2d"), "on_timeout": [send("late")]});
    let until = || json!({"node": "d", "kind": "wait_until", "date": condition("contact.born"), "if_past": "exit"});
    let split = || {
        json!({"node": "s", "kind": "split", "arms": {
        "x": {"weight": 20, "steps": [send("x")]}, "y": {"weight": 40, "steps": [send("y")]}, "z": {"weight": 40, "steps": []}}})
    };
    let gated = || with(send("a"), "if", condition("contact.age > 3"));
    let set = || json!({"kind": "set", "attribute": "plan", "value": "pro"});
    let enter = || json!({"kind": "enter", "journey": "news"});
    let task = || json!({"node": "t", "kind": "task", "channel": "phone", "owner": "desk"});
    let touch =
        || json!({"node": "t", "kind": "touch", "channel": "parcel", "class": "transactional"});
    let german = || with(send("a"), "mails", json!({"en": mail(), "de": mail()}));
    let cap = || json!({"policy": {"frequency_cap": {"per_day": 1, "when_full": "skip"}}});
    let both = || branch(&["contact.age > 3 and event.total > 3"]);
    let did = || branch(&["contact.did(\"refunded\", since=entry)"]);
    vec![
        (A::TriggerFilter, W::Native, filter(), vec![a()], "if ? [a] else []", ""),
        (A::TriggerFilter, W::Whole, filter(), vec![a()], "a", ""),
        (A::TriggerFilter, W::Asked, filter(), vec![a()], "if ? [a] else []", ""),
        (A::TriggerFilter, W::ByHand, filter(), vec![a()], "a", ""),
        (A::ReentryAfter, W::Native, json!({"reentry": {"after": duration("3d")}}), vec![a()], "a", ""),
        (A::ReentryAfter, W::Lost, json!({"reentry": {"after": duration("3d")}}), vec![a()], "a", "cannot keep people out for 3d"),
        (A::ReentryPerKey, W::Native, json!({"reentry": "per_key"}), vec![a()], "a", ""),
        (A::ReentryPerKey, W::Lost, json!({"reentry": "per_key"}), vec![a()], "a", "does not know `reentry: per_key`"),
        (A::SameCase, W::Native, on("delivered"), vec![a()], "a", ""),
        (A::SameCase, W::Lost, on("delivered"), vec![a()], "a", "does not compare `order`: any `delivered`"),
        (A::Exits, W::Native, on("refunded"), vec![wait("1d"), a()], "1d, a", ""),
        (A::Exits, W::Asked, on("refunded"), vec![wait("1d"), a()], "1d, if came refunded [end] else [], a", ""),
        (A::Exits, W::Lost, on("refunded"), vec![wait("1d"), a()], "1d, a", "does not watch for `refunded`"),
        (A::Exits, W::Refused, on("refunded"), vec![a()], "", "cannot end a journey on `refunded`"),
        (A::BusinessDays, W::Chained, plain(), vec![wait("2bd"), a()], "1d on 5 days of contact, 1d on 5 days of contact, a", ""),
        (A::BusinessDays, W::Rounded, plain(), vec![wait("2bd"), a()], "4d, a", "does not know business days: 2 become 4 days"),
        (A::BusinessDays, W::Refused, plain(), vec![wait("2bd"), a()], "", "cannot wait for business days"),
        (A::TimeOfDay, W::Native, plain(), vec![hours(), a()], "until 10:00 on 0 days of contact, a", ""),
        (A::TimeOfDay, W::Lost, plain(), vec![hours(), a()], "a", "cannot wait until a time of day: people go on at once"),
        (A::TimeOfDay, W::Refused, plain(), vec![hours(), a()], "", "cannot wait until a time of day"),
        (A::Weekdays, W::Native, plain(), vec![days(), a()], "until any time on 1 days of contact, a", ""),
        (A::Weekdays, W::Lost, plain(), vec![days(), a()], "a", "cannot wait until a day of the week: people go on at once"),
        (A::Weekdays, W::Refused, plain(), vec![days(), a()], "", "cannot wait until a day of the week"),
        (A::ContactZone, W::Native, plain(), vec![hours(), a()], "until 10:00 on 0 days of contact, a", ""),
        (A::ContactZone, W::Lost, plain(), vec![hours(), a()], "until 10:00 on 0 days of Europe/Berlin, a", "it goes by Europe/Berlin"),
        (A::WaitForEvent, W::Native, plain(), vec![wait_for(), a()], "await refunded for 2880m else [late], a", ""),
        (A::WaitForEvent, W::Polled, plain(), vec![wait_for(), a()], "1d, if came refunded [] else [1d, if came refunded [] else [late]], a", "it looks every 1 day instead"),
        (A::WaitForEvent, W::Refused, plain(), vec![wait_for(), a()], "", "cannot wait for `refunded`"),
        (A::WaitForDate, W::Native, plain(), vec![until(), a()], "date 0m before, a", ""),
        (A::WaitForDate, W::SecondFlow, plain(), vec![until(), a()], "if past 0d before born [] else [journeyc j-k=\"d\"]", "in a second journey"),
        (A::WaitForDate, W::Refused, plain(), vec![until(), a()], "", "cannot wait for `contact.born`"),
        (A::AskContact, W::Native, plain(), vec![branch(&["contact.age > 3"])], "if ? [w1] else []", ""),
        (A::AskContact, W::Refused, plain(), vec![branch(&["contact.age > 3"])], "", "cannot ask what is known of the person"),
        (A::AskEvent, W::Native, plain(), vec![branch(&["event.total > 3"])], "if ? [w1] else []", ""),
        (A::AskEvent, W::Refused, plain(), vec![branch(&["event.total > 3"])], "", "cannot ask what the trigger's event carries"),
        (A::AskTogether, W::Native, plain(), vec![both()], "if ? [w1] else []", ""),
        (A::AskTogether, W::Apart, plain(), vec![both()], "if ? [if ? [w1] else []] else []", ""),
        (A::AskHistory, W::Native, plain(), vec![did()], "if ? [w1] else []", ""),
        (A::AskHistory, W::Marked, plain(), vec![did()], "journeyc_j_k_refunded=false, if journeyc_j_k_refunded [w1] else []", ""),
        (A::AskHistory, W::Refused, plain(), vec![did()], "", "cannot ask which events have come since"),
        (A::AskCounts, W::Native, plain(), vec![branch(&["contact.count(\"paid\") > 1"])], "if ? [w1] else []", ""),
        (A::AskCounts, W::Refused, plain(), vec![branch(&["contact.count(\"paid\") > 1"])], "", "cannot ask how often an event has come"),
        (A::AskClicks, W::Native, plain(), vec![branch(&["contact.clicked(\"a\")"])], "if ? [w1] else []", ""),
        (A::AskClicks, W::Refused, plain(), vec![branch(&["contact.clicked(\"a\")"])], "", "cannot ask what the person clicked"),
        (A::ManyWays, W::Native, plain(), vec![branch(&["event.total > 3", "event.total > 2"])], "if ? [w1] or ? [w2] else []", ""),
        (A::ManyWays, W::Apart, plain(), vec![branch(&["contact.age > 3", "contact.age > 2"])], "if ? [w1] or ? [w2] else []", ""),
        (A::ManyWays, W::Apart, plain(), vec![branch(&["event.total > 3", "event.total > 2"])], "if ? [w1] else [if ? [w2] else []]", ""),
        (A::ManyWays, W::Nested, plain(), vec![branch(&["contact.age > 3", "contact.age > 2"])], "if ? [w1] else [if ? [w2] else []]", ""),
        (A::Split, W::Native, plain(), vec![split()], "draw 20% x [x] 40% y [y] 40% z []", ""),
        (A::Split, W::Nested, plain(), vec![split()], "draw 20% x [x] 80% not-x [draw 50% y [y] 50% z []]", ""),
        (A::Split, W::Refused, plain(), vec![split()], "", "cannot send people one way or another by chance"),
        (A::Split, W::Refused, json!({"holdout": 5}), vec![a()], "", "cannot keep 5 % of people out by chance"),
        (A::Joins, W::Native, plain(), vec![branch(&["contact.age > 3"]), a()], "if ? [w1] else [], a", ""),
        (A::Joins, W::Copied, plain(), vec![branch(&["contact.age > 3"]), a()], "if ? [w1] else [], a", ""),
        (A::SetAttribute, W::Native, plain(), vec![set(), a()], "plan=\"pro\", a", ""),
        (A::SetAttribute, W::ByHand, plain(), vec![set(), a()], "a", "does not write `plan`"),
        (A::SetAttribute, W::Refused, plain(), vec![set(), a()], "", "cannot write `plan`"),
        (A::EnterJourney, W::Native, plain(), vec![enter(), a()], "enter news, a", ""),
        (A::EnterJourney, W::Listed, plain(), vec![enter(), a()], "list L1, a", "cannot start `news`, so the person is put on its list"),
        (A::EnterJourney, W::ByHand, plain(), vec![enter(), a()], "a", "cannot start `news`, so nobody enters it"),
        (A::Tasks, W::Native, plain(), vec![task(), a()], "t, a", ""),
        (A::Tasks, W::Alerted, plain(), vec![task(), a()], "t to desk@a.example, a", ""),
        (A::Tasks, W::Alerted, plain(), vec![with(task(), "owner", json!("x")), a()], "a", "nobody is told of `t`"),
        (A::Tasks, W::ByHand, plain(), vec![task(), a()], "a", "nobody is told of `t`"),
        (A::Touches, W::ByHand, plain(), vec![touch(), a()], "a", "does not make the parcel touch `t`"),
        (A::Locales, W::Native, plain(), vec![german()], "a+de", ""),
        (A::Locales, W::Gated, plain(), vec![german()], "a if speaks en, a.de if speaks de", ""),
        (A::Locales, W::Nested, plain(), vec![german()], "if speaks de [a.de] else [a]", ""),
        (A::Gates, W::Gated, plain(), vec![gated()], "a if ?", ""),
        (A::Gates, W::Nested, plain(), vec![gated()], "if ? [a.2] else []", ""),
        (A::SendWindow, W::Native, window(), vec![wait("1d"), commercial()], "1d, a", ""),
        (A::SendWindow, W::Snapped, window(), vec![wait("1d"), commercial()], "1d, until 08:00 on 0 days of contact, a", "people wait until 08:00"),
        (A::SendWindow, W::Snapped, window(), vec![commercial()], "a", "does not hold `a` for 08:00 to 20:00"),
        (A::SendWindow, W::Lost, window(), vec![wait("1d"), commercial()], "1d, a", "does not hold `a` for 08:00 to 20:00"),
        (A::FrequencyCap, W::Native, cap(), vec![commercial()], "a", ""),
        (A::FrequencyCap, W::ByHand, cap(), vec![commercial()], "a", ""),
        (A::FrequencyCap, W::Lost, cap(), vec![commercial()], "a", "nothing holds commercial mail to 1 a day"),
        (A::Consent, W::Native, on("left"), vec![commercial()], "a", ""),
        (A::Consent, W::ByHand, on("left"), vec![commercial()], "a", ""),
    ]
}

#[test]
fn every_way_of_every_ability() {
    let cases = cases();
    for (ability, way, head, steps, outline, told) in &cases {
        let out = lowered(&[(*ability, *way)], LIMITS, head, steps);
        let case = format!("{ability:?} by {way:?}: {out:#?}");
        if outline.is_empty() {
            assert!(out.refuses(told), "{case}");
            continue;
        }
        assert_eq!(out.obstacles, Vec::<String>::new(), "{case}");
        assert_eq!(out.outline, *outline, "{case}");
        if told.is_empty() {
            assert_eq!(out.losses, Vec::<String>::new(), "{case}");
        } else {
            assert!(out.loses(told), "{case}");
        }
    }
    for ability in Ability::ALL.iter().filter(|it| !OUTSIDE.contains(it)) {
        for way in ability.ways() {
            let tried = cases.iter().any(|it| it.0 == *ability && it.1 == *way);
            assert!(tried, "nobody tries {ability:?} by {way:?}");
        }
    }
}

#[test]
fn a_native_head_stays_in_the_head() {
    let head = json!({
        "trigger": {"event": "paid", "where": condition("event.total > 3")},
        "exits": [{"on": "refunded", "line": 5}], "reentry": "per_key",
    });
    let out = lowered(&[], LIMITS, &head, &[send("a")]);
    assert_eq!(out.head, "PerKey, filtered, leaves on refunded");
    let marked = [
        (Ability::AskHistory, Way::Marked),
        (Ability::Exits, Way::Asked),
    ];
    let out = lowered(&marked, LIMITS, &head, &[wait("1d"), send("a")]);
    assert_eq!(
        out.head,
        "PerKey, filtered, journeyc_j_k_refunded by refunded"
    );
}

/// Whoever cannot ask both at once asks one after another at the door as well.
#[test]
fn a_trigger_that_asks_both_is_taken_apart() {
    let apart = [(Ability::AskTogether, Way::Apart)];
    for (text, expected) in [
        (
            "event.total > 3 or contact.age > 3",
            "if ? [a] else [if ? [a.2] else []]",
        ),
        (
            "event.total > 9 and (event.total > 3 or contact.age > 3)",
            "if ? [a] else [if ? [a.2] else []]",
        ),
    ] {
        let head = json!({"trigger": {"event": "paid", "where": condition(text)}});
        let out = lowered(&apart, LIMITS, &head, &[send("a")]);
        assert_eq!(out.outline, expected);
    }
}

#[test]
fn an_exit_for_one_class_is_a_question_before_its_messages() {
    let head = json!({"exits": [{"on": "refunded", "only": "commercial", "line": 5}]});
    let steps = [with(send("a"), "class", json!("commercial")), send("b")];
    let out = lowered(&[], LIMITS, &head, &steps);
    assert_eq!(out.outline, "a if not came refunded, b");
    let out = lowered(&[(Ability::Gates, Way::Nested)], LIMITS, &head, &steps);
    assert_eq!(out.outline, "if not came refunded [a.2] else [], b");
}

#[test]
fn hand_work_is_told() {
    let head =
        json!({"policy": {"frequency_cap": {"per_day": 1, "when_full": "skip"}}, "priority": 3});
    let steps = [
        with(send("a"), "class", json!("commercial")),
        json!({"node": "t", "kind": "task", "channel": "phone", "title": "Ring"}),
    ];
    let but = [
        (Ability::FrequencyCap, Way::ByHand),
        (Ability::Tasks, Way::ByHand),
    ];
    let out = lowered(&but, LIMITS, &head, &steps);
    for part in [
        "limit on messages to 1 a day",
        "no priority between journeys",
        "a person does this: Ring",
    ] {
        assert!(
            out.hand_work.iter().any(|it| it.contains(part)),
            "{part}: {:#?}",
            out.hand_work
        );
    }
}

#[test]
fn long_waits_become_chains_and_small_units_are_used() {
    let limits = Limits {
        units: &[Unit::Minutes, Unit::Hours],
        longest_wait: Some(1_440),
        longest_wait_for: Some(1_440),
        endless_wait_for: false,
        ..LIMITS
    };
    let out = lowered(&[], limits, &json!({}), &[wait("2d 12h"), send("a")]);
    assert_eq!(out.outline, "24h, 24h, 12h, a");
    let chained = [(Ability::BusinessDays, Way::Chained)];
    let out = lowered(&chained, limits, &json!({}), &[wait("1bd"), send("a")]);
    assert_eq!(out.outline, "24h, until any time on 5 days of contact, a");
    let no_days = [chained[0], (Ability::Weekdays, Way::Lost)];
    let out = lowered(&no_days, limits, &json!({}), &[wait("1bd"), send("a")]);
    assert!(out.refuses("cannot wait for business days"), "{out:?}");
    let wait_for = json!({"node": "w", "kind": "wait_for", "event": "refunded", "timeout": duration("36h"), "on_timeout": [send("late")]});
    let out = lowered(&[], limits, &json!({}), &[wait_for.clone(), send("a")]);
    assert_eq!(
        out.outline,
        "await refunded for 1440m else [await refunded for 720m else [late]], a"
    );
    let endless = json!({"node": "w", "kind": "wait_for", "event": "refunded"});
    let out = lowered(&[], limits, &json!({}), &[endless.clone(), send("a")]);
    assert!(out.refuses("cannot wait for `refunded` without an end"));
    let out = lowered(&[], LIMITS, &json!({}), &[endless, send("a")]);
    assert_eq!(out.outline, "await refunded for ever else [], a");
}

/// Whatever unit a target counts in, a timeout in business days is never cut short.
#[test]
fn a_timeout_in_business_days_is_their_most_days() {
    let units: [&'static [Unit]; 2] = [&[Unit::Minutes], &[Unit::Minutes, Unit::Hours, Unit::Days]];
    for units in units {
        for way in [Way::Chained, Way::Rounded] {
            let limits = Limits { units, ..LIMITS };
            let step = json!({"node": "w", "kind": "wait_for", "event": "refunded", "timeout": duration("3bd"), "on_timeout": [send("late")]});
            let out = lowered(&[(Ability::BusinessDays, way)], limits, &json!({}), &[step]);
            assert_eq!(out.outline, "await refunded for 7200m else [late]");
            assert!(
                out.loses("the 3 business days of a timeout as 5 days"),
                "{out:?}"
            );
        }
    }
}

#[test]
fn nothing_is_asked_or_waited_for_that_nobody_notices() {
    let quiet = json!({"node": "b", "kind": "branch", "when": [{"if": condition("contact.age > 3"), "steps": [wait("1d")]}], "else": []});
    let exit = json!({"kind": "exit", "reason": "done"});
    let end = json!({"node": "c", "kind": "branch", "when": [{"if": condition("contact.age > 3"), "steps": [exit.clone()]}], "else": [exit.clone()]});
    for (steps, expected) in [
        (vec![send("a"), wait("1d"), quiet.clone()], "a"),
        (vec![send("a"), exit.clone(), send("b")], "a"),
        (vec![send("a"), end, wait("1d"), send("b")], "a"),
        (vec![wait("1d"), exit], ""),
        (vec![quiet, send("a")], "if ? [1d] else [], a"),
        (vec![branch(&["true"]), send("a")], "w1, a"),
        (
            vec![with(send("a"), "if", condition("false")), send("b")],
            "b",
        ),
        (
            vec![with(send("a"), "unless", condition("false")), send("b")],
            "a, b",
        ),
    ] {
        let out = lowered(&[], LIMITS, &json!({}), &steps);
        assert_eq!(out.outline, expected);
        assert_eq!(out.losses, Vec::<String>::new());
    }
}

#[test]
fn shares_that_do_not_divide_are_told() {
    let arm = |weight: u32, id: &str| json!({"weight": weight, "steps": [send(id)]});
    let step = json!({"node": "s", "kind": "split", "arms": {"x": arm(1, "x"), "y": arm(1, "y"), "z": arm(1, "z")}});
    let out = lowered(&[], LIMITS, &json!({}), &[step]);
    assert_eq!(out.outline, "draw 33% x [x] 33% y [y] 34% z [z]");
    assert!(out.loses("1 of 3 becomes 33 %"));
}
