//! Rules on journeys that nobody would write.

use std::fmt::Write as _;

use proptest::prelude::*;

use journeyc::diagnostic::Status;

use super::*;

/// A step without its id, which is given when it is written down.
#[derive(Debug, Clone)]
enum Shape {
    Plain(&'static str),
    Send(&'static str),
    WaitFor(&'static str, Vec<Shape>),
    Branch(Vec<(&'static str, Vec<Shape>)>, Option<Vec<Shape>>),
    Split(Vec<(u32, Vec<Shape>)>),
    Repeat(&'static str, Vec<Shape>),
}

const CONDITIONS: &[&str] = &[
    "contact.plan == 'pro'",
    "contact.plan != 'pro' and event.total > 5",
    "contact.tier in ['gold', none]",
    "not contact.newsletter",
    "event.total <= 5 or event.total > 7",
    "contact.did('order_paid', since=entry)",
    "contact.count('order_paid', within='30d') > 1",
];

fn steps() -> impl Strategy<Value = Vec<Shape>> {
    let condition = || proptest::sample::select(CONDITIONS);
    let leaf = prop_oneof![
        proptest::sample::select(
            &[
                "wait: 0m",
                "wait: 1h",
                "wait: 400d",
                "wait: {at: '10:00'}",
                "wait: 3bd",
                "enter: example",
                "exit: done",
            ][..]
        )
        .prop_map(Shape::Plain),
        proptest::sample::select(
            &["", ", purpose: feedback_request", ", class: transactional"][..]
        )
        .prop_map(Shape::Send),
        condition().prop_map(|it| Shape::Branch(vec![(it, Vec::new())], None)),
    ];
    let one = leaf.prop_recursive(4, 24, 4, move |inner| {
        let list = || proptest::collection::vec(inner.clone(), 0..4);
        let timing = proptest::sample::select(&["timeout: 3d, ", "timeout: 0d, ", ""][..]);
        let every =
            proptest::sample::select(&["every: 1d, ", "", "until: contact.newsletter, "][..]);
        prop_oneof![
            (timing, list()).prop_map(|(it, steps)| Shape::WaitFor(it, steps)),
            (
                proptest::collection::vec((condition(), list()), 1..3),
                proptest::option::of(list())
            )
                .prop_map(|(ways, otherwise)| Shape::Branch(ways, otherwise)),
            proptest::collection::vec((0u32..120, list()), 1..3).prop_map(Shape::Split),
            (every, list()).prop_map(|(it, steps)| Shape::Repeat(it, steps)),
        ]
    });
    proptest::collection::vec(one, 0..6)
}

/// Writes steps as one line of YAML.
fn write(steps: &[Shape], ids: &mut u32, out: &mut String) {
    out.push('[');
    for step in steps {
        *ids += 1;
        let id = *ids;
        let mut inner = |steps: &[Shape]| {
            let mut text = String::new();
            write(steps, ids, &mut text);
            text
        };
        let _ = match step {
            Shape::Plain(text) => write!(out, "{{{text}}}, "),
            Shape::Send(more) if more.contains("purpose") => {
                write!(out, "{{send: {{id: s{id}, template: x/y{more}}}}}, ")
            }
            Shape::Send(more) => {
                write!(
                    out,
                    "{{send: {{id: s{id}, template: x/y, purpose: content{more}}}}}, "
                )
            }
            Shape::WaitFor(timing, steps) => {
                let steps = inner(steps);
                write!(
                    out,
                    "{{wait_for: {{id: s{id}, event: order_delivered, {timing}on_timeout: {steps}}}}}, "
                )
            }
            Shape::Branch(ways, otherwise) => {
                let mut when = String::new();
                for (condition, steps) in ways {
                    when += &format!("{{if: \"{condition}\", steps: {}}}, ", inner(steps));
                }
                let otherwise = otherwise
                    .as_ref()
                    .map(|it| format!(", else: {}", inner(it)));
                let otherwise = otherwise.unwrap_or_default();
                write!(
                    out,
                    "{{branch: {{id: s{id}, when: [{when}]{otherwise}}}}}, "
                )
            }
            Shape::Split(arms) => {
                let mut text = String::new();
                for (n, (weight, steps)) in arms.iter().enumerate() {
                    text += &format!("a{n}: {{weight: {weight}, steps: {}}}, ", inner(steps));
                }
                write!(out, "{{split: {{id: s{id}, arms: {{{text}}}}}}}, ")
            }
            Shape::Repeat(every, steps) => {
                let steps = inner(steps);
                write!(
                    out,
                    "{{repeat: {{id: s{id}, times: 3, {every}steps: {steps}}}}}, "
                )
            }
        };
    }
    out.push(']');
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, rng_seed: proptest::test_runner::RngSeed::Fixed(2026), ..ProptestConfig::default() })]

    #[test]
    fn any_edit_can_be_looked_at(before in steps(), now in steps()) {
        let text = |steps: &[Shape]| {
            let mut text = String::from("steps: ");
            write(steps, &mut 0, &mut text);
            text
        };
        let found = findings_since(None, Some(&text(&before)), &text(&now));
        prop_assert!(found.iter().all(|it| it.status.is_some()));
    }

    #[test]
    fn rules_never_panic_and_give_the_same_findings_twice(steps in steps()) {
        let mut text = String::from("steps: ");
        write(&steps, &mut 0, &mut text);
        let first = findings(None, &text);
        prop_assert!(first.iter().all(|it| !it.rule.0.starts_with("invalid")), "{}", lines(&first));
        prop_assert_eq!(&first, &findings(None, &text));
        let same = findings_since(None, Some(&text), &text);
        prop_assert!(same.iter().all(|it| it.status == Some(Status::Older)), "{}", lines(&same));
        for it in &first {
            prop_assert!(it.message.chars().count() <= 90, "{}", it.message);
        }
    }
}
