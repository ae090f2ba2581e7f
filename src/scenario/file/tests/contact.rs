//! What becomes known of the person in the middle of a life.

use serde_json::{Value, json};

use super::{read, said};
use crate::scenario::Case;
use crate::simulate::{Outside, When};

/// What changes, and how many seconds after the start where that is known.
fn changes(case: &Case) -> Vec<(Option<i64>, Value)> {
    let all = case.outside.iter().map(|it| &it.occurrence);
    let changes = all.filter_map(|it| match (&it.what, it.when) {
        (Outside::Attributes(values), When::At(at)) => {
            Some((Some(at - case.start), Value::Object(values.clone())))
        }
        (Outside::Attributes(values), _) => Some((None, Value::Object(values.clone()))),
        _ => None,
    });
    changes.collect()
}

#[test]
fn attributes_change_when_it_is_said() {
    let text = "
scenarios:
  - name: base
    events:
      - {event: payment}
      - {contact: {newsletter: false}}
      - {at: 5d, contact: {first_name: Jo, newsletter: true}}
      - {at: payment + 6d, contact: {first_name: null}}
      - {at: card + 1d, contact: {newsletter: false}}
      - {at: delivered, contact: {newsletter: true}}
      - {at: viewed, event: delivered}
      - {at: card, event: viewed}
  - name: child
    extends: base
    matrix: {attributes: {newsletter: [true, false]}}
    jitter: {step_delay: [0m, 15m]}
    events: {remove: [contact.first_name, viewed, delivered], add: [{at: 7d, contact: {newsletter: true}}]}
";
    let (found, said) = read(
        &text.replace("      - {at: delivered, contact: {newsletter: true}}\n", ""),
        None,
    );
    assert_eq!(said, [""; 0]);
    let day = 86_400;
    let first = (Some(0), json!({"newsletter": false}));
    let dependent = (None, json!({"newsletter": false}));
    assert_eq!(
        changes(&found[0].cases[0]),
        [
            first.clone(),
            (
                Some(5 * day),
                json!({"first_name": "Jo", "newsletter": true})
            ),
            (Some(6 * day), json!({"first_name": null})),
            dependent.clone(),
        ]
    );
    // A line goes as a whole, and the rest of the list stays as it was.
    assert_eq!(found[1].cases.len(), 2);
    for (case, newsletter) in found[1].cases.iter().zip([true, false]) {
        let last = (Some(7 * day), json!({"newsletter": true}));
        assert_eq!(changes(case), [first.clone(), dependent.clone(), last]);
        assert_eq!(case.person.attributes["newsletter"], newsletter);
    }
    // What is counted from an event that does not come, does not come either.
    let (_, said) = read(text, None);
    assert_eq!(
        said,
        [
            "10: delivered: `order_delivered` never comes in this scenario (add it to `events`, or count from something that happens)"
        ]
    );
}

#[test]
fn what_cannot_change_is_said() {
    for (line, expected) in [
        (
            "{contact: {first_nam: Jo}}",
            "first_nam: there is no contact attribute `first_nam` (did you mean `first_name`?)",
        ),
        (
            "{contact: {newsletter: 1}}",
            "1: `newsletter` cannot have this value ()",
        ),
        (
            "{contact: {newsletter: null}}",
            "null: `newsletter` cannot have this value ()",
        ),
        (
            "{contact: {}}",
            "{}: this changes nothing of the contact (write an attribute and its new value, or remove the line)",
        ),
        (
            "{contact: {attributes: {newsletter: true}}}",
            "attributes: here attributes stand right below `contact` (write for example `contact: {plan: pro}`)",
        ),
        (
            "{contact: {newsletter: true}, event: payment}",
            "{newsletter: true}: one thing happens at a time: an event, a click or a change of the contact (write the change into a line of its own)",
        ),
        (
            "{contact: {newsletter: true}, click: card}",
            "{newsletter: true}: one thing happens at a time: an event, a click or a change of the contact (write the change into a line of its own)",
        ),
        (
            "{contact: {newsletter: true}, data: {order_id: A1}}",
            "order_id: a change of the contact carries nothing (remove `data`)",
        ),
        (
            "{at: -1d, contact: {newsletter: true}}",
            "-1d: this comes before the start (put it under `attributes` of the scenario's `contact`, or let the scenario start earlier)",
        ),
        (
            "{at: 500d, contact: {newsletter: true}}",
            "500d: this comes after the scenario's end (set `until` to a longer time)",
        ),
        (
            "{at: card - 1d, contact: {newsletter: true}}",
            "card - 1d: nobody knows this long before it happens (count from the start, or from something that happens earlier)",
        ),
        (
            "{at: crad, contact: {newsletter: true}}",
            "crad: there is no event, milestone or step `crad` (did you mean `card`?)",
        ),
    ] {
        assert_eq!(
            said(&format!("events: [{line}]")),
            [format!("3: {expected}")],
            "{line}"
        );
    }
    // What is wrong is told once, whatever the matrix, and never as missing.
    let twice = said("matrix: {locale: [en, de]}\nevents: [{contact: {x: 1}}]");
    assert_eq!(twice.len(), 1, "{twice:?}");
    let form = said("events: [{contact: pro}]");
    assert_eq!(form.len(), 1, "{form:?}");
    let removed = said("events: {remove: [contact.newsletter]}");
    assert_eq!(removed.len(), 1, "{removed:?}");
}
