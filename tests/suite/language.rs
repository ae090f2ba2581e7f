//! `docs/language.md` is written from the same types as the schemas, and every field explains
//! itself: what it is for, an example, and what each word of a list means.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use journeyc::model::{Journey, Project};
use journeyc::scenario::file::{Invariants, ScenarioFile};
use journeyc::schema;
use serde_json::{Map, Value};

use crate::snapshot;

const INTRODUCTION: &str = "\
# The journey language

This page is generated from the types that read the files (`SNAPSHOTS=overwrite cargo test --test suite language`),
as are the schemas in `schema/`, which let an editor complete and explain every key. *Required* fields are marked.

A project file says what all journeys share; a journey file reads from top to bottom like the plan on the whiteboard.
There is no goto: branches and timeouts hold their own steps, and afterwards the journey goes on below. A step is a
mapping with exactly one key, its kind. Step ids are stable and unique within a journey, because people are inside.

Durations are `30m`, `4h`, `3d`, `2w`, `1bd` (business days, Monday to Friday) and sums such as `1d 12h`. Days and
weeks are calendar units in the contact's zone, so `3d` over a clock change is 71 or 73 hours.

Conditions: `==  !=  <  <=  >  >=  in  and  or  not`, numbers, texts in quotes, `true`, `false`, `none`, lists
`[\"a\", \"b\"]`, `contact.x`, `event.x` (the trigger's event; beside `where`, the event that it stands next to),
`contact.count(\"event\", within=\"30d\")`, `contact.did(\"event\", since=entry)`, `contact.clicked(\"step\")`. They are
checked against the declared events and attributes.

A finding is accepted at the narrowest place, with a reason and a day after which it counts again:
`allow: [{rule: post-payment-gap, reason: \"8 weeks is promised at checkout\", until: 2027-03-01}]`.

What is different about a rule in a whole journey stands in that journey, with the same reason and day: a `level` (`off`
included), a `threshold`, or both: `lint: {rules: {post-payment-gap: {threshold: 60d, reason: \"8 weeks is promised at
checkout\", until: 2027-03-01}}}`. A threshold counts where a rule looks at one journey or its letters; what journeys do
to each other is measured by the project's. After the day the project's settings count again, and the entry is reported.
";

const SCENARIOS: &str = "\
# Scenarios

A scenario says what a customer lives through, and what must hold then. `journeyc test` lives through weeks in
microseconds, over all journeys at once, with a clock of its own. This page is generated from the types that read the
files (`SNAPSHOTS=overwrite cargo test --test suite language`); `schema/scenario.schema.json` lets an editor complete them.

## Begin

| call | what it does |
| --- | --- |
| `journeyc simulate post-purchase --at \"Fri 17:30\"` | Shows what one person lives through; it needs no scenario. |
| `journeyc test --record post-purchase` | Writes a scenario for each way through the journey, with its timeline. |
| `journeyc test` | Tries all scenarios. |
| `journeyc test friday` | Tries those that have the word in their name; `journeyc test journeys/post-purchase.yaml` those of a journey. |
| `journeyc test --coverage` | Says journey by journey what no scenario has tried. |
| `journeyc test --accept` | Lets the recorded timelines say what happens now. The diff of the files is what customers notice. |
| `journeyc check --as-scenario FINGERPRINT` | Turns a finding into a scenario that fails because of it. `journeyc check --format json` shows the fingerprints. |

The exit status is 0 if all holds, 1 if something does not, and 2 if a file cannot be understood.

A file of three scenarios:

```yaml
# yaml-language-server: $schema=../schema/scenario.schema.json
clock: {start: Fri 17:30}
contact: {persona: first-timer}

scenarios:
  - name: normal order
    events:
      - {event: payment, data: {order_id: A1}}
      - {at: 4d, event: delivered}
    expect:
      - {send: confirmation, within: [payment, 10m], two_way: true}
      - {send: {purpose: feedback_request}, after: delivered + 7d, local_time: [\"08:00\", \"21:00\"]}
    never:
      - {send: {class: commercial}, between: [payment, delivered]}
    ends: {state: completed}

  - name: the parcel never arrives
    extends: normal order
    events: {remove: [delivered]}
    expect: [{send: {purpose: delay_notice}, by: payment + 5d}]
    never: [{send: {purpose: feedback_request}}]

  - name: paid late on a Friday, wherever she lives
    matrix: {zone: [Europe/Berlin, America/New_York, Pacific/Auckland, null]}
    events: [{event: payment}]
    expect: [{send: {purpose: next_steps}, within: [payment, 24h]}]
```

What does not hold is shown as the life that breaks it, dated by the clock on the person's wall, with the reason of each
delay. Here the office hours of a shop keep what a buyer should hear within a day:

```text
FAIL normal order › next-steps within 24h of order_paid from anna    journeys/order.scenario.yaml:13
  Fri 27 Mar 17:30  ● order_paid
  Fri 27 Mar 17:30  ✉ confirmation  anna
  Sat 28 Mar 17:30  ‖ wait 1d ends, next-steps held until Mon 30 Mar 09:00: send window (Mon–Fri 09:00–17:00, Europe/Berlin)
  Mon 30 Mar 09:00  ✉ next-steps    anna  +62 h 30 min  ← 38 h 30 min late (clock change −1 h)
  it comes too late
  expected by Sat 28 Mar 17:30
```

## Where it stands

In `journeys/`, in files that end in `.scenario.yaml`. A file that is named after a journey, such as
`post-purchase.scenario.yaml`, means that journey wherever it does not say otherwise. `journeyc check` reports what is wrong
with the files themselves; `journeyc test` lives them.

## Time

A point in time is `start`; an event, a milestone that one event carries, or a step, each with or without an offset
(`payment`, `order_paid + 1d`, `review-request - 2h`); a duration after the start (`4d`, in `history` before it: `-30d`); or a
day with a time (`2026-05-04T07:00`), on the clock of `clock.zone`. An event counts when it comes for the first time, a step
when it happens for the first time. Names hold dashes, so a minus stands between spaces.

Days, weeks and business days are counted on the person's clock, as in journeys. Without `clock.zone` the start is read on
the person's clock too, so that a `matrix` over zones is the same hour for everybody. A scenario without a start begins on
Monday, 2 March 2026, at ten; `Fri 17:30` is in that week.

`within: [payment, 24h]` holds from the payment to 24 hours later, both included; `by` includes its point, `before` and `after`
do not, `between` includes both. A touchpoint that happens because of an event comes after it, also in the same second.

## Who, and what happens

What is not said is filled in, so that tests stay short. A persona brings a zone, a language and attributes, and replaces the
person that was described before it. Attributes that may be missing are not known if not said, as with many real people; the
rest, and what events carry, have the first sample value of `journeyc.yaml`. A property that tells cases apart, such as
`order_id`, is that of the event before, so that a delivery belongs to its order; in `history` it is that of another order.

Events, and milestones that exactly one event carries, go by their names. What comes after something that only the life shows
is written as `{at: review-request + 1d, event: review_given}`; it does not come where that does not happen.

`{click: review-request}` is a click in a message. `{at: 5d, contact: {plan: pro}}` is a change: from then on conditions ask, and
letters say, what is known now. A date that somebody waits for already stays the one that it was when the wait began. What
changed before the start is part of who the person is, and stands in the scenario's own `contact`.

`extends` takes over who lives, what happens and the settings of another scenario of the file, but nothing that must hold: what
holds for an order that arrives need not hold for one that does not. A list of events replaces what is taken over;
`{add, remove}` changes it. `remove` names events and clicked messages, and `contact.plan` for each line that changes this
attribute; such a line goes as a whole.

There is no key for the policy: send window, quiet hours, caps and thresholds are those of `journeyc.yaml`. A test that
brings its own would prove something about a shop that does not exist.

## What must hold

Everything must hold in every life: for each value of the matrix, for each arm of each split that `assign` does not name, and
for each mixture of the delays of `jitter`. What is not said may happen; `exactly` and `timeline` say everything.

Touchpoints are chosen by step (`confirmation`, or `post-purchase/confirmation` where several journeys that act have one) or by
what they are (`{purpose: offer, class: commercial}`), which survives a new name.

`invariants.yaml` beside `journeyc.yaml` says what holds in all scenarios: the same clauses under `expect`, `never` and `at_most`. A
clause is asked wherever its steps act and the events come that its times are counted from. A window of `never` or `at_most`
whose last event does not come goes on to the end.

## What is recorded, and what was tried

`journeyc test --record JOURNEY` looks for few lives that take every way through a journey, and writes each with its
`timeline` and `recorded: true` into the file beside the journey. It writes those anew the next time, and leaves all others as
they are. In a recorded scenario the journey acts alone. `--accept` changes no more than the lines of timelines that differ; a
comment beside or above a line that goes, goes with it.

The last line of `journeyc test` counts edges: whatever can become of somebody at a step (a way of a branch, an arm of a split,
an event that comes or does not come, a message that goes out or is left out), each exit of a journey, and each language.
`journeyc check --base` names the steps that a change touches and no scenario comes to (`journeyc explain change-without-test`).

## What the linter says, lived through

Most rules about time, feedback and people who already bought speak of what somebody lives through. Before such a finding
fails a check, `journeyc check` looks for that life: the answers to conditions, the second at which it begins, the hour of a
clock change, the events in between, other journeys that fill the frequency cap. `journeyc check --as-scenario FINGERPRINT`
writes what it found as a scenario, which fails as long as the finding is there: a start for a test of your own.

Where none of up to 5,000 lives comes to it, the finding is *undecided*: the ways through the journeys allow it, and perhaps
nobody ever goes them, because two messages wait for the same morning or a queue holds both. It does not fail a check but
under `--strict`. What takes too long is not looked for: findings about journeys of more than 250 steps, and those that are
left after some seconds, stand as they are.

## Limits

A scenario has at most 1,000 events and 1,000 cases of its matrix; all scenarios together have at most 100,000 cases; at most
32 scenarios build on each other.
";

#[test]
fn the_page_of_the_language_is_up_to_date() {
    let mut page = INTRODUCTION.to_owned();
    let mut seen = BTreeSet::new();
    let project = schema::of::<Project>("", "");
    chapter(
        "The project file, `journeyc.yaml`",
        &project,
        &mut seen,
        &mut page,
    );
    let journey = schema::of::<Journey>("", "");
    chapter(
        "A journey, `journeys/NAME.yaml`",
        &journey,
        &mut seen,
        &mut page,
    );
    snapshot::assert("docs/language.md", &page);
}

#[test]
fn the_page_of_scenarios_is_up_to_date() {
    let mut page = SCENARIOS.to_owned();
    let mut seen = BTreeSet::new();
    let file = schema::of::<ScenarioFile>("", "");
    chapter(
        "A file of scenarios, `journeys/NAME.scenario.yaml`",
        &file,
        &mut seen,
        &mut page,
    );
    let invariants = schema::of::<Invariants>("", "");
    chapter(
        "What always holds, `invariants.yaml`",
        &invariants,
        &mut seen,
        &mut page,
    );
    snapshot::assert("docs/scenarios.md", &page);
}

#[test]
fn every_field_explains_itself() {
    let mut silent = Vec::new();
    for schema in [
        schema::of::<Project>("", ""),
        schema::of::<Journey>("", ""),
        schema::of::<ScenarioFile>("", ""),
        schema::of::<Invariants>("", ""),
    ] {
        let definitions = schema["$defs"].as_object().unwrap();
        let root = ("file".to_owned(), schema.as_object().unwrap());
        let all = definitions
            .iter()
            .map(|(name, it)| (name.clone(), it.as_object().unwrap()));
        for (name, definition) in all.chain([root]) {
            let words = definition
                .get("enum")
                .and_then(Value::as_array)
                .map_or(0, Vec::len);
            let explained = definition
                .get("markdownEnumDescriptions")
                .and_then(Value::as_array);
            if explained.map_or(0, Vec::len) != words {
                silent.push(format!("{name}: a word without an explanation"));
            }
            let Some(fields) = definition.get("properties").and_then(Value::as_object) else {
                continue;
            };
            for (field, it) in fields {
                if it.get("description").is_none() {
                    silent.push(format!("{name}.{field}: no description"));
                }
                if it.get("examples").is_none() && name != "Step" {
                    silent.push(format!("{name}.{field}: no example"));
                }
            }
        }
    }
    assert!(silent.is_empty(), "\n{}", silent.join("\n"));
}

fn chapter(title: &str, schema: &Value, seen: &mut BTreeSet<String>, page: &mut String) {
    let definitions = schema["$defs"].as_object().unwrap();
    writeln!(page, "\n## {title}\n").unwrap();
    let mut queue = Vec::new();
    section(schema.as_object().unwrap(), &mut queue, page);
    let mut at = 0;
    while let Some(name) = queue.get(at).cloned() {
        at += 1;
        if !seen.insert(name.clone()) {
            continue;
        }
        let definition = definitions[&name].as_object().unwrap();
        writeln!(page, "\n### {}\n", heading(&name)).unwrap();
        section(definition, &mut queue, page);
    }
}

fn section(definition: &Map<String, Value>, queue: &mut Vec<String>, page: &mut String) {
    let text = |it: &Value| it.as_str().unwrap_or("").replace('\n', " ");
    if let Some(description) = definition.get("description") {
        writeln!(page, "{}", text(description)).unwrap();
    }
    if let Some(fields) = definition.get("properties").and_then(Value::as_object) {
        let required = definition.get("required").and_then(Value::as_array);
        writeln!(
            page,
            "\n| key | what it is | example |\n| --- | --- | --- |"
        )
        .unwrap();
        for (name, field) in fields {
            let is_required = required.is_some_and(|it| it.iter().any(|it| it == name));
            let mark = if is_required { " *Required.*" } else { "" };
            let description = text(field.get("description").unwrap_or(&Value::Null));
            let example = field
                .get("examples")
                .map(|it| example(&it[0]))
                .unwrap_or_default();
            let kinds = links(field, queue);
            writeln!(
                page,
                "| `{name}` | {}{mark}{kinds} | {example} |",
                cell(&description)
            )
            .unwrap();
        }
    }
    let words = definition.get("enum").and_then(Value::as_array);
    let explained = definition
        .get("markdownEnumDescriptions")
        .and_then(Value::as_array);
    if let (Some(words), Some(explained)) = (words, explained) {
        writeln!(page, "\n| word | meaning |\n| --- | --- |").unwrap();
        for (word, meaning) in words.iter().zip(explained) {
            writeln!(page, "| `{}` | {} |", text(word), cell(&text(meaning))).unwrap();
        }
    }
    let mut more = Value::Object(definition.clone());
    more.as_object_mut().unwrap().remove("properties");
    more.as_object_mut().unwrap().remove("$defs");
    let kinds = links(&more, queue);
    if !kinds.is_empty() {
        writeln!(page, "\n{}", kinds.trim_start()).unwrap();
    }
}

/// Links to the definitions that a schema refers to, which are then due.
fn links(schema: &Value, queue: &mut Vec<String>) -> String {
    let mut names = Vec::new();
    references(schema, &mut names);
    let links: Vec<String> = names
        .iter()
        .map(|name| format!("[{}](#{})", heading(name), heading(name).replace(' ', "-")))
        .collect();
    queue.extend(names);
    if links.is_empty() {
        String::new()
    } else {
        format!(" See {}.", links.join(", "))
    }
}

fn references(schema: &Value, names: &mut Vec<String>) {
    match schema {
        Value::Object(it) => {
            for (key, value) in it {
                match (key.as_str(), value) {
                    ("$ref", Value::String(path)) => {
                        let name = path.rsplit('/').next().unwrap();
                        // The description says that there may be several.
                        let name = name.strip_prefix("OneOrMore").unwrap_or(name).to_owned();
                        if name != "string" && !names.contains(&name) {
                            names.push(name);
                        }
                    }
                    ("examples" | "enum", _) => {}
                    (_, value) => references(value, names),
                }
            }
        }
        Value::Array(it) => it.iter().for_each(|it| references(it, names)),
        _ => {}
    }
}

/// `ChangedEvents` to `changed events`.
fn heading(name: &str) -> String {
    let mut res = String::new();
    for it in name.chars() {
        if it.is_uppercase() && !res.is_empty() {
            res.push(' ');
        }
        res.extend(it.to_lowercase());
    }
    res
}

fn example(value: &Value) -> String {
    let text = match value {
        Value::String(it) => it.clone(),
        other => flow(other),
    };
    format!("`{}`", cell(&text))
}

/// A value as people write it in YAML, on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(it) => {
            let pairs: Vec<_> = it
                .iter()
                .map(|(k, v)| format!("{k}: {}", flow(v)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Array(it) => {
            let items: Vec<_> = it.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(it) if !it.contains([':', ',', '{', '[', '#', '"']) => it.clone(),
        other => other.to_string(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
