//! What is wrong with a campaign's file, which Mautic imports without looking.
//!
//! In: a [`Request`]. Out: sentences; none when all is well.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::Request;
use super::super::uuid::is_uuid;
use super::IMPORT;

/// The kinds of events that are written, and what sort each is.
const KINDS: [(&str, &str); 6] = [
    ("email.send", "action"),
    ("lead.changelist", "action"),
    ("lead.changetags", "action"),
    ("lead.updatelead", "action"),
    ("lead.field_value", "condition"),
    ("lead.tags", "condition"),
];
/// The longest subject that Mautic takes.
const LONGEST_SUBJECT: usize = 190;

/// What is wrong.
pub(super) fn faults(request: &Request) -> Vec<String> {
    let mut faults = Vec::new();
    if request.path != IMPORT {
        return faults;
    }
    let [document] = request.body.as_array().map_or(&[][..], Vec::as_slice) else {
        return vec![
            "the file does not hold exactly one campaign with all that it needs".to_owned(),
        ];
    };
    let [campaign] = list(document, "campaign") else {
        return vec!["the file does not hold exactly one campaign".to_owned()];
    };
    head(campaign, &mut faults);
    let [rows] = list(document, "dependencies") else {
        return vec!["the file does not say how its parts hang together".to_owned()];
    };
    let sources = list(rows, "lists");
    if sources.is_empty()
        || sources
            .iter()
            .any(|it| number(it, "lists") == 0 || number(it, "campaign") != 1)
    {
        faults.push("no segment begins the campaign".to_owned());
    }
    let events = list(document, "campaign_event");
    let emails = list(document, "email");
    let mut uuids: Vec<&str> = vec![text(campaign, "uuid")];
    for (what, all) in [("event", events), ("email", emails)] {
        let mut ids = BTreeSet::new();
        for it in all {
            let id = number(it, "id");
            if id == 0 || !ids.insert(id) {
                faults.push(format!(
                    "the number {id} of an {what} is there twice, or is none"
                ));
            }
            uuids.push(text(it, "uuid"));
        }
    }
    if uuids.iter().any(|it| !is_uuid(it)) {
        faults.push("something has no UUID".to_owned());
    }
    if uuids.iter().collect::<BTreeSet<_>>().len() < uuids.len() {
        faults.push("two things have the same UUID, so one would overwrite the other".to_owned());
    }
    tree(events, &mut faults);
    for event in events {
        one(event, emails, list(rows, "campaign_event"), &mut faults);
    }
    for email in emails {
        letter(email, events, &mut faults);
    }
    canvas(&campaign["canvas_settings"], events, &mut faults);
    faults
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or(0)
}

fn head(campaign: &Value, faults: &mut Vec<String>) {
    if text(campaign, "name").trim().is_empty() {
        faults.push("the campaign has no name".to_owned());
    }
    if campaign["is_published"] != false {
        faults.push("the campaign would begin at once".to_owned());
    }
    if number(campaign, "id") != 1 {
        faults.push("the campaign is not number 1 of its file".to_owned());
    }
}

/// One root, every parent there, and no way back.
fn tree(events: &[Value], faults: &mut Vec<String>) {
    let above: BTreeMap<u64, u64> = events
        .iter()
        .map(|it| (number(it, "id"), number(it, "parent_id")))
        .collect();
    let kinds: BTreeMap<u64, &str> = events
        .iter()
        .map(|it| (number(it, "id"), text(it, "event_type")))
        .collect();
    let roots = events.iter().filter(|it| it["parent_id"].is_null()).count();
    if roots != 1 {
        faults.push(format!("{roots} events begin the campaign instead of one"));
    }
    for event in events {
        let (id, parent) = (number(event, "id"), number(event, "parent_id"));
        let way = text(event, "decisionPath");
        if !event["parent_id"].is_null() {
            match kinds.get(&parent) {
                None => faults.push(format!("event {id} hangs on {parent}, which is not there")),
                Some(&"condition") if !matches!(way, "yes" | "no") => {
                    faults.push(format!(
                        "event {id} hangs on neither way of the condition {parent}"
                    ));
                }
                Some(&"action") if !way.is_empty() => {
                    faults.push(format!(
                        "event {id} hangs on a way that the action {parent} does not have"
                    ));
                }
                Some(_) => {}
            }
        }
        let mut at = id;
        let mut steps = 0;
        while let Some(next) = above.get(&at).filter(|it| **it != 0) {
            at = *next;
            steps += 1;
            if steps > events.len() {
                faults.push(format!("event {id} comes back to itself"));
                break;
            }
        }
    }
}

/// What one event must say.
fn one(event: &Value, emails: &[Value], rows: &[Value], faults: &mut Vec<String>) {
    let id = number(event, "id");
    let mut fault = |what: &str| faults.push(format!("event {id} {what}"));
    let kind = text(event, "type");
    match KINDS.iter().find(|it| it.0 == kind) {
        None => fault(&format!("is of a kind that is not known: `{kind}`")),
        Some((_, sort)) if *sort != text(event, "event_type") => {
            fault("is of another sort than its kind");
        }
        Some(_) => {}
    }
    let row = rows.iter().find(|it| number(it, "campaign_event") == id);
    if row.is_none_or(|it| number(it, "campaign") != 1) {
        fault("has no row among the dependencies, so the import would lose its campaign");
    }
    let time = |key: &str| match event[key].as_str() {
        None => event[key].is_null(),
        Some(it) => {
            let parts: Vec<Option<u8>> = it.split(':').map(|it| it.parse().ok()).collect();
            matches!(parts[..], [Some(0..24), Some(0..60), Some(0..60)])
        }
    };
    match text(event, "trigger_mode") {
        "immediate" => {}
        "interval" => {
            if !matches!(
                text(event, "trigger_interval_unit"),
                "i" | "h" | "d" | "m" | "y"
            ) {
                fault("waits in a unit that Mautic does not know");
            }
        }
        _ => fault("waits in a way that the import cannot read"),
    }
    if event["trigger_interval"].as_u64().is_none() {
        fault("waits for no number");
    }
    if ![
        "trigger_hour",
        "triggerRestrictedStartHour",
        "triggerRestrictedStopHour",
    ]
    .into_iter()
    .all(time)
    {
        fault("waits for an hour that no clock shows");
    }
    if list(event, "triggerRestrictedDaysOfWeek")
        .iter()
        .any(|it| it.as_u64().is_none_or(|it| it > 6))
    {
        fault("waits for a day that no week has");
    }
    let properties = &event["properties"];
    match kind {
        "email.send" => {
            let email = number(properties, "email");
            if !emails.iter().any(|it| number(it, "id") == email) {
                fault(&format!("sends the email {email}, which is not there"));
            }
            if email != number(event, "channel_id")
                || row.is_none_or(|it| number(it, "email") != email)
            {
                fault("names its email in one place only, so the import would lose it");
            }
        }
        "lead.field_value" if text(properties, "field").is_empty() => fault("asks no field"),
        "lead.tags" if list(properties, "tags").is_empty() => fault("asks no tag"),
        "lead.changelist" if list(properties, "addToLists").is_empty() => {
            fault("adds to no segment");
        }
        _ => {}
    }
}

fn letter(email: &Value, events: &[Value], faults: &mut Vec<String>) {
    let id = number(email, "id");
    let subject = text(email, "subject").chars().count();
    if subject == 0 || subject > LONGEST_SUBJECT {
        faults.push(format!(
            "the subject of email {id} has {subject} characters; 1 to {LONGEST_SUBJECT} are taken"
        ));
    }
    if text(email, "custom_html").is_empty() {
        faults.push(format!("email {id} is blank"));
    }
    if email["is_published"] != true || email["email_type"] != "template" {
        faults.push(format!("email {id} could not be sent by a campaign"));
    }
    if !events
        .iter()
        .any(|it| number(&it["properties"], "email") == id)
    {
        faults.push(format!("nothing sends email {id}"));
    }
}

/// The picture shows every event, and every line leads from and to something.
fn canvas(canvas: &Value, events: &[Value], faults: &mut Vec<String>) {
    let shown: Vec<&Value> = list(canvas, "nodes").iter().map(|it| &it["id"]).collect();
    let lines = list(canvas, "connections");
    for event in events {
        if !shown.contains(&&event["id"]) {
            faults.push(format!("event {} is not in the picture", event["id"]));
        }
        if lines
            .iter()
            .filter(|it| it["targetId"] == event["id"])
            .count()
            != 1
        {
            faults.push(format!(
                "not exactly one line leads to event {}",
                event["id"]
            ));
        }
    }
    for line in lines {
        if !shown.contains(&&line["sourceId"]) || !shown.contains(&&line["targetId"]) {
            faults.push("a line of the picture begins or ends at nothing".to_owned());
        }
    }
}
