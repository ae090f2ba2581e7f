//! Klaviyo: templates and one flow a journey, `POST /api/templates` and `POST /api/flows`.
//!
//! In: a [`Job`]. Out: requests, and `plan.md`. Invariant: every body passes Klaviyo's published
//! schema without unknown keys, and its own graph is sound ([`faults`]).
//! Not done here: sending; the ids of templates are filled in by whoever sends.

mod dated;
mod faults;
mod filters;
mod flow;
mod header;
mod message;
mod pause;
mod plan;
mod shelf;
mod steps;
#[cfg(test)]
mod tests;

pub use faults::faults;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{
    Ability, Capabilities, IdKind, Job, Ledger, Limits, NOT_EXPRESSIBLE, Provider, Request, Target,
    Unit, Way,
};
use crate::diagnostic::{Diagnostic, Sink};
use crate::manifest::{Action, Journey, Manifest, Step, content_hash};
use crate::source::Artifacts;
use flow::{Flow, Tuning};
use shelf::Shelf;

/// The revision of Klaviyo's API that the bodies are written for.
pub(super) const REVISION: &str = "2026-07-15";

const HEADERS: &[&str] = &["Authorization", "revision", "Content-Type", "Accept"];

/// The target `klaviyo`.
pub(super) struct Klaviyo;

const CAPABILITIES: Capabilities = Capabilities {
    rows: &[
        (
            Ability::JourneyByApi,
            Way::Native,
            "one flow a journey, as a draft; 1 a second, 15 a minute, 100 a day",
        ),
        (
            Ability::TemplatesByApi,
            Way::Native,
            "at most 1,000 in an account; subject and preheader live in the flow's message",
        ),
        (
            Ability::TriggerFilter,
            Way::Native,
            "properties of the event in the trigger, the person in a split behind it",
        ),
        (Ability::ReentryAfter, Way::Native, "after hours or days"),
        (
            Ability::ReentryPerKey,
            Way::Lost,
            "every event starts the flow",
        ),
        (Ability::SameCase, Way::Lost, "a flow does not compare keys"),
        (
            Ability::Exits,
            Way::Native,
            "as a filter of the flow, looked at before each action",
        ),
        (
            Ability::BusinessDays,
            Way::Chained,
            "one day and then until a weekday, for each",
        ),
        (
            Ability::TimeOfDay,
            Way::Native,
            "a wait until a time on certain days",
        ),
        (Ability::Weekdays, Way::Native, "a wait until certain days"),
        (Ability::ContactZone, Way::Native, "the profile's zone"),
        (
            Ability::WaitForEvent,
            Way::Polled,
            "the flow looks again and again, at most daily",
        ),
        (
            Ability::WaitForDate,
            Way::SecondFlow,
            "what follows becomes a second flow that the date starts; dates of the contact only",
        ),
        (Ability::AskContact, Way::Native, "conditional split"),
        (Ability::AskEvent, Way::Native, "trigger split"),
        (Ability::AskTogether, Way::Apart, "one split behind another"),
        (
            Ability::AskHistory,
            Way::Native,
            "by metric, since the flow's start",
        ),
        (Ability::AskCounts, Way::Native, "by metric, in a span"),
        (Ability::AskClicks, Way::Native, "by the message's name"),
        (Ability::ManyWays, Way::Nested, "one split behind another"),
        (
            Ability::Split,
            Way::Nested,
            "random samples, in whole percentages",
        ),
        (
            Ability::Joins,
            Way::Copied,
            "what follows is copied into each way, up to 200 actions",
        ),
        (
            Ability::SetAttribute,
            Way::Native,
            "update profile property",
        ),
        (
            Ability::EnterJourney,
            Way::Listed,
            "if `ids.lists` names a list",
        ),
        (
            Ability::Tasks,
            Way::Alerted,
            "an internal alert, if `ids.alerts` names an address",
        ),
        (
            Ability::Touches,
            Way::ByHand,
            "the other system must act on the same event",
        ),
        (
            Ability::Locales,
            Way::Gated,
            "one message a language, skipped by those who read another",
        ),
        (
            Ability::Gates,
            Way::Gated,
            "additional filters of the message",
        ),
        (
            Ability::SendWindow,
            Way::Snapped,
            "only by the delay before the message",
        ),
        (
            Ability::FrequencyCap,
            Way::ByHand,
            "Smart Sending, with one span for the whole account",
        ),
        (
            Ability::Consent,
            Way::Native,
            "no commercial mail to people who have unsubscribed",
        ),
        (
            Ability::Update,
            Way::Refused,
            "a changed journey is a new flow; people inside finish the old one",
        ),
    ],
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: None,
        longest_wait_for: None,
        endless_wait_for: false,
        most_steps: flow::MOST_ACTIONS,
        most_rounds: 24,
        horizon: None,
    },
};

const PROVIDER: Provider = Provider {
    address: Some("https://a.klaviyo.com"),
    address_variable: "KLAVIYO_ADDRESS",
    headers: &[
        ("Authorization", "Klaviyo-API-Key $KLAVIYO_API_KEY"),
        ("revision", REVISION),
        ("Content-Type", "application/vnd.api+json"),
        ("Accept", "application/vnd.api+json"),
    ],
    envelopes: false,
    preheaders: true,
    ids: &[
        IdKind {
            kind: "metrics",
            what: "metric",
            place: "Analytics > Metrics, in the address of the metric's page",
        },
        IdKind {
            kind: "lists",
            what: "list",
            place: "Audience > Lists & segments, in the address of the list's page",
        },
        IdKind {
            kind: "alerts",
            what: "team, a mail address",
            place: "your own address book",
        },
    ],
    remarks: &[
        "75 templates a second and 750 a minute, at most 1,000 in all; one flow a second, 15 a minute and 100 a day.",
        "The key needs the scopes `templates:write` and `flows:write`.",
    ],
};

impl Target for Klaviyo {
    fn name(&self) -> &'static str {
        "klaviyo"
    }

    fn title(&self) -> &'static str {
        "Klaviyo"
    }

    fn dialect(&self) -> &'static str {
        "django"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn whole(&self, job: &Job<'_>, sink: &mut Sink) -> Option<Artifacts> {
        let templates = Shelf::new(job);
        let outcomes: Vec<Outcome<'_>> = job
            .manifest
            .journeys
            .iter()
            .map(|journey| outcome(job, journey, &templates))
            .collect();
        let mut requests = Vec::new();
        let mut made = BTreeSet::new();
        for outcome in &outcomes {
            outcome
                .ledger
                .report(job, self, &outcome.journey.name, sink);
            for fault in outcome.bodies.iter().flat_map(|(_, body)| faults(body)) {
                sink.push(internal(job, outcome.journey, &fault));
            }
            if !outcome.bodies.is_empty() {
                let own = templates.requests(job, outcome.journey, &outcome.alerts, &mut made);
                requests.extend(own);
            }
        }
        for outcome in &outcomes {
            for (name, body) in &outcome.bodies {
                let binds = IndexMap::from([(format!("flow:{name}"), "/data/id".to_owned())]);
                let what = format!("flow-{}", name.replace('/', "-"));
                requests.push((what, request("/api/flows", body.clone(), binds)));
            }
        }
        let mut artifacts = Artifacts::default();
        let mut files = Vec::new();
        for (number, (what, request)) in (1..).zip(requests) {
            let file = Request::file(number, &what);
            artifacts.add(file.clone(), request.to_json());
            files.push((file, request));
        }
        artifacts.add("plan.md", plan::plan(job, &outcomes, &files));
        Some(artifacts)
    }
}

/// What became of one journey.
struct Outcome<'a> {
    journey: &'a Journey,
    ledger: Ledger,
    /// Its flows, where they can be written: one, and one more for each date that it waits for.
    bodies: Vec<(String, Value)>,
    /// Its alerts for people, by step: they need a template each.
    alerts: BTreeMap<String, String>,
    actions: usize,
}

fn outcome<'a>(job: &Job<'a>, journey: &'a Journey, shelf: &Shelf) -> Outcome<'a> {
    let tuning = Tuning::default();
    let mut best = build(job, journey, shelf, &tuning);
    if best.full {
        best = shrink(job, journey, shelf);
    }
    let (mut ledger, actions, alerts) = (best.ledger, best.actions, best.alerts);
    if best.full {
        header::too_large(&mut ledger, journey);
    }
    if actions == 0 && ledger.is_writable() {
        header::nothing_to_do(&mut ledger, journey);
    }
    let body = |(node, definition): (Option<String>, Value)| {
        // A changed flow is another flow in Klaviyo, so its name says which one it is.
        let hash = content_hash(&[&definition.to_string()]);
        let own = node.map_or_else(
            || journey.name.clone(),
            |it| format!("{}/{it}", journey.name),
        );
        let name = format!("[journeyc] {own} ({})", &hash[..8]);
        let body = json!({"data": {"type": "flow", "attributes": {"name": name, "definition": definition}}});
        (own, body)
    };
    let writable = actions > 0 && ledger.is_writable();
    let definitions = best.definitions.into_iter().filter(|_| writable);
    let bodies = definitions.map(body).collect();
    Outcome {
        journey,
        ledger,
        bodies,
        alerts,
        actions,
    }
}

/// One attempt.
struct Built {
    ledger: Ledger,
    /// The flow, and those that dates start, by the step that waits.
    definitions: Vec<(Option<String>, Value)>,
    actions: usize,
    alerts: BTreeMap<String, String>,
    full: bool,
}

fn build(job: &Job<'_>, journey: &Journey, shelf: &Shelf, tuning: &Tuning) -> Built {
    let mut flow = Flow::new(*job, journey, shelf, tuning);
    let mut definitions = vec![(None, flow.definition())];
    let later = std::mem::take(&mut flow.later);
    definitions.extend(later.into_iter().map(|it| (Some(it.node), it.definition)));
    let actions = definitions
        .iter()
        .filter_map(|it| it.1["actions"].as_array());
    Built {
        actions: actions.map(Vec::len).sum(),
        definitions,
        ledger: flow.ledger,
        alerts: flow.alerts,
        full: flow.full,
    }
}

/// Finds the closest imitation that has room: every `wait_for` looks as rarely as possible first, and
/// then the one that looks most rarely looks once more, as long as there is room.
fn shrink(job: &Job<'_>, journey: &Journey, shelf: &Shelf) -> Built {
    let mut tuning = Tuning {
        flat: true,
        checks: BTreeMap::new(),
    };
    let closest = build(job, journey, shelf, &tuning);
    if !closest.full {
        return closest;
    }
    let mut nodes = Vec::new();
    Step::walk(&journey.steps, &mut |step| {
        if let Action::WaitFor(it) = &step.does {
            let minutes = it.timeout.as_ref().map_or(0, pause::rough_minutes);
            let most = it.timeout.as_ref().map_or(0, pause::most_looks);
            nodes.push((step.node.clone(), most, minutes));
        }
    });
    for (node, ..) in &nodes {
        tuning.checks.insert(node.clone(), 0);
    }
    let mut best = build(job, journey, shelf, &tuning);
    if best.full {
        return best;
    }
    while !nodes.is_empty() {
        // The longest stretch without a look; the first of equals.
        let stretch = |node: &str, minutes: u32| {
            let looks = tuning.checks.get(node).copied().unwrap_or(0);
            (looks == 0, minutes / looks.max(1))
        };
        let mut at = 0;
        for (number, (node, _, minutes)) in nodes.iter().enumerate() {
            if stretch(node, *minutes) > stretch(&nodes[at].0, nodes[at].2) {
                at = number;
            }
        }
        let (node, most, _) = nodes[at].clone();
        let mut closer = tuning.clone();
        let looks = closer.checks.entry(node).or_insert(0);
        *looks += 1;
        let saturated = *looks >= most;
        let attempt = build(job, journey, shelf, &closer);
        if attempt.full {
            nodes.remove(at);
            continue;
        }
        best = attempt;
        tuning = closer;
        if saturated {
            nodes.remove(at);
        }
    }
    best
}

fn request(path: &str, body: Value, binds: IndexMap<String, String>) -> Request {
    Request {
        method: "POST",
        path: path.to_owned(),
        headers: HEADERS.to_vec(),
        form: false,
        body,
        binds,
    }
}

/// What Klaviyo calls a message: journey and step, and the language where it is not the default.
fn message_name(journey: &str, node: &str, suffix: Option<&str>) -> String {
    match suffix {
        Some(locale) => format!("{journey} / {node} ({locale})"),
        None => format!("{journey} / {node}"),
    }
}

/// The language as part of a name; the default language goes without.
fn suffix<'l>(job: &Job<'_>, locale: &'l str) -> Option<&'l str> {
    let default = job.manifest.locales.first();
    (default.map(String::as_str) != Some(locale)).then_some(locale)
}

/// Where a profile's language stands: in an attribute that the project declares, else in Klaviyo's
/// own field.
fn locale_property(manifest: &Manifest) -> String {
    let declared = ["locale", "language"];
    let found = declared
        .iter()
        .find(|it| manifest.contact.contains_key(**it));
    found.map_or_else(|| "locale".to_owned(), |it| filters::property_path(it))
}

/// A flow that does not hold together is our own mistake; it is said, never sent.
fn internal(job: &Job<'_>, journey: &Journey, fault: &str) -> Diagnostic {
    let key = (journey.name.clone(), String::new());
    let span = job.places.get(&key).copied();
    let span = span.unwrap_or(crate::source::Span::start_of(crate::source::FileId(0)));
    Diagnostic::error(
        NOT_EXPRESSIBLE,
        span,
        format!("the flow does not hold together: {fault}"),
    )
    .help("report this as a fault of journeyc, with the journey's file")
    .journey(journey.name.clone())
    .subject(fault)
}
