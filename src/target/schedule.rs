//! Requests that schedule one mail for one recipient, for providers that take no journey but take a mail
//! ahead of its time.
//!
//! In: an [`Export`], and what the target makes of each mail ([`Target::scheduled`]). Out:
//! `schedule/NNN-JOURNEY-STEP.json`, each with the event behind which it is sent, its offsets, its
//! conditions, and what to fill in for every `${…}`. A mail that is due later than the provider takes
//! it is a finding that names the horizon, and has a request only where a system of the team's own
//! waits until the moment is near.
//! Invariant: every `${…}` of a request is explained beside it.
//! Not done here: the moment itself, and whether the conditions hold: whoever sends works them out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Ability, Act, Content, Export, Job, Ledger, Loss, Request, Target, Way};
use crate::dialect::{Entries, Form};
use crate::manifest::{Action, Journey, Offsets, Send, Step, Touchpoint, Window, between};
use crate::model::{Class, Milestone};
use crate::source::Artifacts;
use crate::template::written_out;

/// One mail of a journey, in one language, for one recipient.
#[derive(Debug)]
pub struct Scheduled<'s> {
    /// The journey.
    pub journey: &'s Journey,
    /// The step.
    pub step: &'s Step,
    /// The mail's step in full.
    pub send: &'s Send,
    /// The language.
    pub locale: &'s str,
    /// The shelf's name of the template.
    pub name: &'s str,
    /// What the template holds.
    pub content: &'s Content<'s>,
    /// The properties of the trigger's event, each as `${event.NAME}`.
    pub event: Map<String, Value>,
    /// The contact's attributes, each as `${contact.NAME}`.
    pub contact: Map<String, Value>,
    /// What must be worked out and handed over, by the name in the template, each as `${variable.NAME}`.
    pub variables: Map<String, Value>,
}

/// A request that schedules a mail. In it, `${recipient.email}`, `${recipient.id}` and `${send_at}`
/// stand for what differs from person to person, beside what [`Scheduled`] gives and earlier requests bind.
#[derive(Debug)]
pub struct Scheduling {
    /// The request.
    pub request: Request,
    /// How it wants the moment, such as "in seconds since 1970, as a number".
    pub send_at: &'static str,
}

/// When a mail is due, counted from an event that has surely come before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct After {
    /// The event; any of them where several mean the same.
    events: Vec<String>,
    /// Not before, in seconds.
    earliest_seconds: i64,
    /// Not after, in seconds; missing when nothing bounds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_seconds: Option<i64>,
}

/// A file that says how one mail is scheduled.
#[derive(Debug, Serialize)]
struct Sheet<'s> {
    journey: &'s str,
    step: &'s str,
    file: &'s str,
    line: u32,
    locale: &'s str,
    template: &'s str,
    after: After,
    /// Where it is due later than the provider takes it: how long before its moment it is sent off, in
    /// seconds. Somebody waits until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    send_off_within_seconds: Option<i64>,
    only_if: Vec<String>,
    unless: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hours: Vec<String>,
    fill_in: BTreeMap<String, String>,
    request: &'s Request,
}

/// How far ahead a target takes a mail, in hours; nothing where it takes journeys, or none ahead.
fn horizon(target: &dyn Target) -> Option<u32> {
    let can = target.capabilities();
    let by_api = can.is(Ability::JourneyByApi, Way::Native);
    can.limits.horizon.filter(|_| !by_api)
}

/// Whether a system of the team's own waits for as long as it takes.
fn waits_outside(target: &dyn Target) -> bool {
    let mut rows = target.capabilities().rows.iter();
    rows.any(|it| it.0 == Ability::TimeOfDay && it.1 == Way::Outside)
}

/// Notes every mail that is due later than the target takes it.
pub(super) fn look(target: &dyn Target, job: &Job<'_>, journey: &Journey, ledger: &mut Ledger) {
    let Some(hours) = horizon(target) else {
        return;
    };
    Step::walk(&journey.steps, &mut |step| {
        if !matches!(step.does, Action::Send(_)) {
            return;
        }
        let Some(after) = after(job, journey, step) else {
            return;
        };
        if fits(&after, hours) {
            return;
        }
        ledger.beyond(Loss {
            line: step.line,
            node: step.node.clone(),
            what: format!(
                "`{}` is due {} after `{}`, and {} takes a mail at most {} ahead",
                step.node,
                between(after.earliest_seconds, after.latest_seconds),
                after.events.join("` or `"),
                target.title(),
                in_words(hours)
            ),
            why: "nobody can schedule it when the event comes, so it is never sent unless something asks again".to_owned(),
            help: if waits_outside(target) {
                format!(
                    "let your own system wait, and send the request off within {} of the moment",
                    in_words(hours)
                )
            } else {
                format!(
                    "build the journey from its sheet, or let your own system wait and send the request within {} of the moment",
                    in_words(hours)
                )
            },
        });
    });
}

fn fits(after: &After, hours: u32) -> bool {
    after
        .latest_seconds
        .is_some_and(|it| it <= i64::from(hours) * 3_600)
}

/// Hours as people say them, and the number itself: `3 days (72 hours)`.
fn in_words(hours: u32) -> String {
    match (hours / 24, hours % 24) {
        (days, 0) if days > 1 => format!("{days} days ({hours} hours)"),
        _ => format!("{hours} hours"),
    }
}

/// Writes a file for each mail that can be scheduled.
pub(super) fn write(target: &dyn Target, export: &Export<'_, '_>, artifacts: &mut Artifacts) {
    let Some(hours) = horizon(target) else {
        return;
    };
    let mut number = 0;
    for outcome in export.outcomes.iter().filter(|it| it.is_written()) {
        let mut seen = BTreeSet::new();
        let mut mails = Vec::new();
        outcome.program.walk(&mut |op| {
            if let Act::Mail { locales, .. } = &op.act {
                for locale in locales {
                    // A step that comes by several times is scheduled by one and the same request.
                    if seen.insert((op.node, *locale)) {
                        mails.push((op.node, *locale));
                    }
                }
            }
        });
        for (node, locale) in mails {
            let Some((step, text)) = file(target, export, outcome.journey, (node, locale), hours)
            else {
                continue;
            };
            number += 1;
            let mut name = format!("{}-{step}", outcome.journey.name);
            if let Some(locale) = super::shelf::suffix(export.job, locale) {
                name = format!("{name}.{locale}");
            }
            artifacts.add(Request::file_in("schedule", number, &name), text);
        }
    }
}

/// The name of the step and the text of its file; nothing where it cannot be scheduled.
fn file<'j>(
    target: &dyn Target,
    export: &Export<'_, '_>,
    journey: &'j Journey,
    (node, locale): (&str, &str),
    hours: u32,
) -> Option<(&'j str, String)> {
    let job = export.job;
    let step = find(&journey.steps, node)?;
    let Action::Send(send) = &step.does else {
        return None;
    };
    let after = after(job, journey, step)?;
    let is_late = !fits(&after, hours);
    // Where a system of the team's own waits, it asks for the request when the moment is near.
    if is_late && !waits_outside(target) {
        return None;
    }
    let content = export.shelf.mail(&journey.name, node, locale)?;
    let scheduled = Scheduled {
        journey,
        step,
        send,
        locale,
        name: export.shelf.name(&journey.name, node, locale),
        content,
        event: placeholders("event", event_names(job, journey)),
        contact: placeholders("contact", job.manifest.contact.keys().map(String::as_str)),
        variables: placeholders(
            "variable",
            content.mail.variables.iter().map(|it| it.name.as_str()),
        ),
    };
    let made = target.scheduled(export, &scheduled)?;
    let row = job.manifest.schedule.iter();
    let row = row
        .filter(|it| it.journey == journey.name)
        .find(|it| it.step == node);
    let words =
        |of: fn(&Touchpoint) -> &Vec<String>| row.map(|it| of(it).clone()).unwrap_or_default();
    let sheet = Sheet {
        journey: &journey.name,
        step: node,
        file: &journey.file,
        line: step.line,
        locale,
        template: scheduled.name,
        after,
        send_off_within_seconds: is_late.then_some(i64::from(hours) * 3_600),
        only_if: words(|it| &it.only_if),
        unless: words(|it| &it.unless),
        hours: windows(job, send),
        fill_in: fill_in(&made, &scheduled),
        request: &made.request,
    };
    let mut text = serde_json::to_string_pretty(&sheet).unwrap_or_default();
    text.push('\n');
    Some((&step.node, text))
}

fn find<'j>(steps: &'j [Step], node: &str) -> Option<&'j Step> {
    let mut found = None;
    Step::walk(steps, &mut |step| {
        if step.node == node {
            found = Some(step);
        }
    });
    found
}

fn event_names<'m>(job: &Job<'m>, journey: &Journey) -> impl Iterator<Item = &'m str> {
    let event = job.manifest.events.get(&journey.trigger.event);
    event
        .into_iter()
        .flat_map(|it| it.properties.keys().map(String::as_str))
}

fn placeholders<'n>(owner: &str, names: impl Iterator<Item = &'n str>) -> Map<String, Value> {
    names
        .map(|it| (it.to_owned(), json!(format!("${{{owner}.{it}}}"))))
        .collect()
}

/// When a step is due: counted from the event that comes nearest before it, so that as much as can be
/// lies within the horizon.
fn after(job: &Job<'_>, journey: &Journey, step: &Step) -> Option<After> {
    let node = journey.graph.nodes.iter().find(|it| it.id == step.node)?;
    let range = |it: &Offsets| -> Option<(i64, Option<i64>)> {
        let latest = it.latest.as_deref().map(seconds);
        Some((seconds(&it.earliest)?, latest.unwrap_or(None)))
    };
    let mut all = Vec::new();
    if let Some((earliest, latest)) = node.after_trigger.as_ref().and_then(range) {
        all.push(After {
            events: vec![journey.trigger.event.clone()],
            earliest_seconds: earliest,
            latest_seconds: latest,
        });
    }
    for since in &node.after_milestones {
        let events = of_milestone(job, journey, since.milestone);
        if let Some((earliest, latest)) = range(&since.after).filter(|_| !events.is_empty()) {
            all.push(After {
                events,
                earliest_seconds: earliest,
                latest_seconds: latest,
            });
        }
    }
    // The first of equals: the trigger.
    all.into_iter()
        .min_by_key(|it| it.latest_seconds.unwrap_or(i64::MAX))
}

/// The events that the journey begins with or waits for, and that mean this milestone.
fn of_milestone(job: &Job<'_>, journey: &Journey, milestone: Milestone) -> Vec<String> {
    let mut names = vec![journey.trigger.event.as_str()];
    Step::walk(&journey.steps, &mut |step| {
        if let Action::WaitFor(it) = &step.does {
            names.push(&it.event);
        }
    });
    let means = |it: &&str| {
        let event = job.manifest.events.get(*it);
        event.and_then(|it| it.milestone) == Some(milestone)
    };
    let names: BTreeSet<String> = names.into_iter().filter(means).map(str::to_owned).collect();
    names.into_iter().collect()
}

/// The seconds of an ISO 8601 duration of days, hours, minutes and seconds.
fn seconds(iso: &str) -> Option<i64> {
    let (sign, rest) = match iso.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, iso),
    };
    let mut total: i64 = 0;
    let mut number: Option<i64> = None;
    for it in rest.strip_prefix('P')?.chars() {
        if let Some(digit) = it.to_digit(10) {
            let so_far = number.unwrap_or(0);
            number = Some(so_far.checked_mul(10)?.checked_add(i64::from(digit))?);
            continue;
        }
        let size = match it {
            'T' => continue,
            'D' => 86_400,
            'H' => 3_600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(size)?)?;
    }
    number.is_none().then_some(sign * total)
}

/// The hours in which the mail may go out, in words.
fn windows(job: &Job<'_>, send: &Send) -> Vec<String> {
    if send.class != Class::Commercial || send.bypass_window {
        return Vec::new();
    }
    let policy = &job.manifest.policy;
    let said = |lead: &str, it: &Window| {
        let days: Vec<&str> = it.days.iter().map(|it| it.word()).collect();
        let days = match days.len() {
            0 => "every day".to_owned(),
            _ => days.join(", "),
        };
        let zone = match it.zone.as_str() {
            "contact" => "the person's own time zone",
            zone => zone,
        };
        format!("{lead} {days} from {} to {}, by {zone}", it.from, it.to)
    };
    let open = policy.send_window.as_ref();
    let quiet = policy.quiet_hours.as_ref();
    open.map(|it| said("only", it))
        .into_iter()
        .chain(quiet.map(|it| said("never", it)))
        .collect()
}

/// What stands for each `${…}` of a request.
fn fill_in(made: &Scheduling, mail: &Scheduled<'_>) -> BTreeMap<String, String> {
    let mut names = BTreeSet::new();
    collect(&made.request.path, &mut names);
    walk(&made.request.body, &mut names);
    names
        .into_iter()
        .map(|name| {
            let what = explain(made, mail, &name);
            (name, what)
        })
        .collect()
}

fn explain(made: &Scheduling, mail: &Scheduled<'_>, name: &str) -> String {
    match name {
        "recipient.email" => return "the address of the person".to_owned(),
        "recipient.id" => return "the person's id, as the provider knows it".to_owned(),
        "send_at" => return format!("the moment at which it goes out, {}", made.send_at),
        _ => {}
    }
    if let Some(name) = name.strip_prefix("event.") {
        return format!("`{name}` of the event `{}`", mail.journey.trigger.event);
    }
    if let Some(name) = name.strip_prefix("contact.") {
        return format!("the person's `{name}`");
    }
    if let Some(name) = name.strip_prefix("variable.") {
        let variables = &mail.content.mail.variables;
        if let Some(it) = variables.iter().find(|it| it.name == name) {
            return format!("`{}`, {}", written_out(&it.value), form(&it.form));
        }
    }
    "what an earlier request binds under this name".to_owned()
}

/// How a value is handed over, in words.
fn form(form: &Form) -> String {
    match form {
        Form::Text => "as text".to_owned(),
        Form::Html => "as text for a page, with `& < > \" '` escaped".to_owned(),
        Form::Answer => "as true or false".to_owned(),
        Form::Entries(Entries { var, fields }) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|it| {
                    let value = written_out(&it.value);
                    format!("`{}` (`{value}`, {})", it.name, self::form(&it.form))
                })
                .collect();
            format!("as a list; each entry `{var}` has {}", fields.join(", "))
        }
    }
}

fn walk(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => collect(text, names),
        Value::Array(all) => all.iter().for_each(|it| walk(it, names)),
        Value::Object(map) => map.iter().for_each(|(key, it)| {
            collect(key, names);
            walk(it, names);
        }),
        _ => {}
    }
}

fn collect(text: &str, names: &mut BTreeSet<String>) {
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once("${") {
        let Some((name, more)) = behind.split_once('}') else {
            return;
        };
        names.insert(name.to_owned());
        rest = more;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        for (iso, expected) in [
            ("PT0S", Some(0)),
            ("PT22H", Some(79_200)),
            ("P3DT22H", Some(338_400)),
            ("-PT1H", Some(-3_600)),
            ("P1DT1H1M1S", Some(90_061)),
            ("", None),
            ("P1", None),
            ("P1W", None),
            ("PH", None),
            ("P99999999999999999999D", None),
        ] {
            assert_eq!(seconds(iso), expected, "{iso}");
        }
    }

    #[test]
    fn what_has_no_end_never_fits() {
        let after = |latest_seconds| After {
            events: vec!["paid".to_owned()],
            earliest_seconds: 0,
            latest_seconds,
        };
        assert!(fits(&after(Some(72 * 3_600)), 72));
        assert!(!fits(&after(Some(72 * 3_600 + 1)), 72));
        assert!(!fits(&after(None), 72));
    }

    #[test]
    fn every_place_to_fill_in_is_found() {
        let mut names = BTreeSet::new();
        walk(
            &json!({"a": ["${x}", {"b": "Hello ${y.z} and ${x} ${"}], "${k}": 1}),
            &mut names,
        );
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(names, ["k", "x", "y.z"]);
    }

    #[test]
    fn the_horizon_is_named_in_days_and_hours() {
        assert_eq!(in_words(72), "3 days (72 hours)");
        assert_eq!(in_words(30), "30 hours");
        assert_eq!(in_words(24), "24 hours");
    }
}
