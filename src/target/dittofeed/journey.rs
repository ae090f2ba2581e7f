//! A program as a journey: nodes, and the segments and user properties that they need.
//!
//! In: a [`Draft`]. Out: requests. Invariant: nodes stand in the order in which people come by, every
//! child is there, and what Dittofeed cannot say is in the ledger.
//! Not done here: templates (`mod`), checks of the graph (`faults`).

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::super::capability::Unit;
use super::super::lowering::{Act, Op};
use super::super::uuid::uuid;
use super::super::wiring::{Joins, Link, Wiring, wire};
use super::super::{Draft, Loss, Named, Request, Requests};
use super::ask::{Asker, Formula, Question};
use super::faults::EXIT;
use super::key::{Key, key};
use super::segment::segment;
use super::{HEADERS, MOST_NODES};
use crate::manifest::{Condition, Expr};
use crate::model::{Class, IfPast, Weekday};

/// The hour to which people wait who wait for a day and for no hour.
const HOUR: u32 = 9;
/// How long the first step waits for the trigger, when other events can begin a run as well.
const GRACE_SECONDS: u32 = 60;
/// The trait that says whose clock a person lives by; Dittofeed looks for a user property of this name.
const ZONE: &str = "timezone";

/// Writes one journey.
pub(super) fn journey(draft: &mut Draft<'_, '_>) -> Requests {
    let workspace = draft.ledger.id(draft.job, "workspace", "id", "");
    let program = draft.program;
    let wiring = wire(&program.ops, Joins::Shared, MOST_NODES);
    if wiring.full {
        draft.ledger.too_large(Loss {
            line: program.journey.line,
            node: String::new(),
            what: format!("`{}` becomes more than {MOST_NODES} nodes", program.name),
            why: "nobody can read such a journey".to_owned(),
            help: "make two journeys of it".to_owned(),
        });
        return Requests::default();
    }
    let key = key(draft);
    let mut writer = Writer {
        draft,
        workspace,
        key,
        wiring: &wiring,
        entries: BTreeMap::new(),
        nodes: Vec::new(),
        names: BTreeSet::new(),
        before: Vec::new(),
        segments: BTreeSet::new(),
    };
    writer.write()
}

struct Writer<'w, 'd, 'a> {
    draft: &'w mut Draft<'d, 'a>,
    workspace: String,
    key: Key,
    wiring: &'w Wiring<'w, 'a>,
    /// Where people come to each wired node, once it is written.
    entries: BTreeMap<usize, String>,
    /// The nodes, the last first.
    nodes: Vec<Value>,
    names: BTreeSet<String>,
    before: Vec<Named>,
    segments: BTreeSet<String>,
}

impl Writer<'_, '_, '_> {
    fn write(&mut self) -> Requests {
        for node in &self.wiring.nodes {
            self.names.insert(node.id.clone());
        }
        let mut child = self.way(self.wiring.entry);
        if self.key.is_wide() {
            child = self.let_in(child);
        }
        let mut entry =
            json!({"type": "EventEntryNode", "event": self.key.pattern, "child": child});
        if let Some(path) = &self.key.path {
            entry["key"] = json!(path);
        }
        self.properties();
        self.nodes.reverse();
        let name = self.draft.program.name.clone();
        let body = json!({
            "workspaceId": self.workspace,
            "id": uuid(&self.workspace, "journey", &name),
            "name": name,
            "status": "NotStarted",
            "canRunMultiple": self.key.again,
            "definition": {
                "entryNode": entry,
                "exitNode": {"type": EXIT},
                "nodes": std::mem::take(&mut self.nodes),
            },
        });
        Requests {
            before: std::mem::take(&mut self.before),
            journey: vec![(format!("journey-{name}"), put("/api/admin/journeys/", body))],
        }
    }

    /// Lets in those whose trigger has come.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers make the value for this call only"
    )]
    fn let_in(&mut self, child: String) -> String {
        let question = Question::Case {
            event: self.draft.program.journey.trigger.event.clone(),
            times: (">=", 1),
            properties: Vec::new(),
        };
        let segment = self.segment(&question);
        let id = self.fresh("begin");
        self.nodes.push(json!({
            "id": id, "type": "WaitForNode", "timeoutSeconds": GRACE_SECONDS, "timeoutChild": EXIT,
            "segmentChildren": [{"id": child, "segmentId": segment}],
        }));
        id
    }

    /// Where a link leads; what stands behind it is written first.
    fn way(&mut self, link: Link) -> String {
        let Some(at) = link else {
            return EXIT.to_owned();
        };
        if let Some(entry) = self.entries.get(&at) {
            return entry.clone();
        }
        let Some(node) = self.wiring.nodes.get(at) else {
            return EXIT.to_owned();
        };
        // The nearer way is read first, so it is written last.
        let mut ways: Vec<String> = node.links.iter().rev().map(|it| self.way(*it)).collect();
        ways.reverse();
        let entry = self.node(&node.id, node.op, &ways);
        self.entries.insert(at, entry.clone());
        entry
    }

    /// Writes one node, and gives where people come to it.
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of thing")]
    fn node(&mut self, id: &str, op: &Op<'_>, ways: &[String]) -> String {
        let next = ways.first().map_or(EXIT, String::as_str).to_owned();
        match &op.act {
            Act::Mail { send, locales, .. } => {
                let locale = locales.first().copied().unwrap_or_default();
                let name = self
                    .draft
                    .shelf
                    .name(&self.draft.program.journey.name, op.node, locale);
                let template = uuid(&self.workspace, "template", name);
                let mut node = json!({
                    "id": id, "type": "MessageNode",
                    "name": send.title.as_deref().unwrap_or(op.node),
                    "variant": {"type": "Email", "templateId": template},
                    "child": next, "skipOnFailure": true,
                });
                if send.class == Class::Commercial {
                    node["subscriptionGroupId"] = json!(self.group());
                }
                self.nodes.push(node);
                id.to_owned()
            }
            Act::Delay {
                amount,
                unit,
                days,
                zone,
            } => {
                let size = match unit {
                    Unit::Minutes => 60,
                    Unit::Hours => 3_600,
                    Unit::Days => 86_400,
                };
                let next = if days.is_empty() {
                    next
                } else {
                    let id = self.fresh(&format!("{id}~day"));
                    self.local(op, &id, (None, days, zone), &next)
                };
                let seconds = u64::from(*amount) * size;
                self.delay(id, &json!({"type": "Second", "seconds": seconds}), &next)
            }
            Act::Until { at, days, zone } => self.local(op, id, (at.as_deref(), days, zone), &next),
            Act::Date {
                date,
                before,
                at,
                if_past,
            } => {
                if *if_past == IfPast::Exit {
                    self.refuse(
                        op,
                        "Dittofeed cannot tell whether a date has passed",
                        "write `if_past: continue`, or ask for an attribute before it",
                    );
                }
                let after = match at {
                    Some(at) => {
                        let id = self.fresh(&format!("{id}~hour"));
                        let zone = "contact";
                        self.local(op, &id, (Some(at), &[], zone), &next)
                    }
                    None => next,
                };
                let Some(property) = self.date(op, date) else {
                    return after;
                };
                let variant = json!({
                    "type": "UserProperty", "userProperty": property,
                    "offsetSeconds": before.unsigned_abs() * 60,
                    "offsetDirection": if *before > 0 { "before" } else { "after" },
                });
                self.delay(id, &variant, &after)
            }
            Act::Await {
                event,
                filter,
                timeout,
                ..
            } => self.wait_for(id, op, (event, *filter), *timeout, ways),
            Act::Choose { ways: tests, .. } => {
                self.choose(id, op, tests.iter().map(|it| &it.0), ways)
            }
            Act::Draw { arms } => {
                let children: Vec<Value> = arms
                    .iter()
                    .zip(ways)
                    .map(|(arm, way)| json!({"id": way, "percent": arm.percent, "name": arm.name}))
                    .collect();
                self.nodes
                    .push(json!({"id": id, "type": "RandomCohortNode", "children": children}));
                id.to_owned()
            }
            Act::Task { .. } | Act::Set { .. } | Act::Enter { .. } | Act::End { .. } => {
                self.refuse(
                    op,
                    "Dittofeed has no node for this step",
                    "take it out, or let the shop do it",
                );
                next
            }
        }
    }

    fn delay(&mut self, id: &str, variant: &Value, next: &str) -> String {
        self.nodes
            .push(json!({"id": id, "type": "DelayNode", "variant": variant, "child": next}));
        id.to_owned()
    }

    /// Waits until an hour of one of these days.
    fn local(
        &mut self,
        op: &Op<'_>,
        id: &str,
        (at, days, zone): (Option<&str>, &[Weekday], &str),
        next: &str,
    ) -> String {
        let (hour, minute) = if let Some((hour, minute)) = at.and_then(|it| it.split_once(':')) {
            (hour.parse().unwrap_or(HOUR), minute.parse().unwrap_or(0))
        } else {
            self.lose(
                op,
                format!(
                    "Dittofeed waits for a day only together with an hour: {HOUR:02}:00 is taken"
                ),
                "the message comes at that hour, up to a day later than it could",
                "write the hour yourself, with `at`",
            );
            (HOUR, 0)
        };
        let default = if zone == "contact" {
            self.draft.job.manifest.timezone.as_str()
        } else {
            zone
        };
        if zone != "contact" {
            self.lose(
                op,
                format!("Dittofeed goes by the person's own clock where it knows it, and by {zone} for all others"),
                "people far away get the message at another moment",
                "accept it, or leave `zone` out",
            );
        }
        let mut variant = json!({
            "type": "LocalTime", "hour": hour, "minute": minute, "defaultTimezone": default,
        });
        if !days.is_empty() {
            let days: Vec<u8> = days.iter().map(|it| weekday(*it)).collect();
            variant["allowedDaysOfWeek"] = json!(days);
        }
        self.property(ZONE, &json!({"type": "Trait", "path": ZONE}));
        self.delay(id, &variant, next)
    }

    /// The user property that holds a date, as what an earlier request binds.
    fn date(&mut self, op: &Op<'_>, date: &Condition) -> Option<String> {
        let event = &self.draft.program.journey.trigger.event;
        let (name, definition) = match &date.tree {
            Expr::Contact { name } => (name.clone(), json!({"type": "Trait", "path": name})),
            Expr::Event { name } => (format!("{event}_{name}"), carried(event, name)),
            _ => {
                self.refuse(
                    op,
                    "Dittofeed waits only for an attribute or a property of the event",
                    "name one date",
                );
                return None;
            }
        };
        self.property(&name, &definition);
        Some(format!("${{user-property:{name}}}"))
    }

    fn wait_for(
        &mut self,
        id: &str,
        op: &Op<'_>,
        (event, filter): (&str, Option<&Condition>),
        timeout: Option<u32>,
        ways: &[String],
    ) -> String {
        let arrivals = self.asker().arrivals(event, filter);
        let [came, late] = ways else {
            return EXIT.to_owned();
        };
        let arrivals = match arrivals {
            Ok(arrivals) if !arrivals.is_empty() => arrivals,
            Ok(_) => return late.clone(),
            Err(reason) => {
                self.cannot_ask(op, &reason);
                return late.clone();
            }
        };
        let children: Vec<Value> = arrivals
            .iter()
            .map(|it| json!({"id": came, "segmentId": self.segment(it)}))
            .collect();
        let seconds = u64::from(timeout.unwrap_or(0)) * 60;
        self.nodes.push(json!({
            "id": id, "type": "WaitForNode", "timeoutSeconds": seconds, "timeoutChild": late,
            "segmentChildren": children,
        }));
        id.to_owned()
    }

    /// One question after another; those for whom none holds take the last way.
    fn choose<'t, 'x: 't>(
        &mut self,
        id: &str,
        op: &Op<'_>,
        tests: impl DoubleEndedIterator<Item = &'t super::super::lowering::Test<'x>>,
        ways: &[String],
    ) -> String {
        let tests: Vec<_> = tests.collect();
        let mut formulas = Vec::new();
        for test in &tests {
            match self.asker().formula(test) {
                Ok(formula) => formulas.push(formula),
                Err(reason) => {
                    self.cannot_ask(op, &reason);
                    return EXIT.to_owned();
                }
            }
        }
        self.warn(op, &formulas);
        let mut next = ways.last().cloned().unwrap_or_else(|| EXIT.to_owned());
        // The first question has the node's own name.
        let mut number: usize = formulas.iter().map(questions).sum();
        for (formula, way) in formulas.iter().zip(ways).rev() {
            next = self.ask(id, formula, (way, &next), &mut number);
        }
        next
    }

    /// Asks a formula: the way for those for whom it holds, and the way for the others.
    fn ask(
        &mut self,
        id: &str,
        formula: &Formula,
        (yes, no): (&str, &str),
        number: &mut usize,
    ) -> String {
        match formula {
            Formula::Fixed(holds) => if *holds { yes } else { no }.to_owned(),
            Formula::Not(of) => self.ask(id, of, (no, yes), number),
            Formula::All(of) => {
                let next = yes.to_owned();
                of.iter()
                    .rev()
                    .fold(next, |next, it| self.ask(id, it, (&next, no), number))
            }
            Formula::Any(of) => {
                let next = no.to_owned();
                of.iter()
                    .rev()
                    .fold(next, |next, it| self.ask(id, it, (yes, &next), number))
            }
            Formula::Ask(question) => {
                let here = if *number <= 1 {
                    id.to_owned()
                } else {
                    self.fresh(&format!("{id}~{number}"))
                };
                *number = number.saturating_sub(1);
                let segment = self.segment(question);
                let name = segment_name(&self.workspace, question, self.key.path.as_deref());
                self.nodes.push(json!({
                    "id": here, "type": "SegmentSplitNode", "name": name,
                    "variant": {"type": "Boolean", "segment": segment, "trueChild": yes, "falseChild": no},
                }));
                here
            }
        }
    }

    /// What a question means on Dittofeed that the file does not say.
    fn warn(&mut self, op: &Op<'_>, formulas: &[Formula]) {
        let parts: Vec<String> = formulas.iter().map(|it| format!("{it:?}")).collect();
        let text = parts.concat();
        if text.contains("DFEmailClicked") {
            self.lose(
                op,
                "Dittofeed asks for a click in any mail of the template, whenever it was sent"
                    .to_owned(),
                "a click in an earlier mail of the same template counts as well",
                "use a template of its own for the mail that is asked about",
            );
        }
    }

    /// The segment of a question; its request is written once.
    fn segment(&mut self, question: &Question) -> String {
        let path = self.key.path.clone().unwrap_or_default();
        let segment = segment(&self.workspace, question, &path);
        if self.segments.insert(segment.id.clone()) {
            let mut what: String = format!("segment-{}", segment.name);
            what.truncate(what.char_indices().nth(70).map_or(what.len(), |it| it.0));
            self.before
                .push((what, put("/api/admin/segments/", segment.body)));
        }
        segment.id
    }

    /// The subscription group of commercial mail.
    fn group(&mut self) -> String {
        if self.draft.job.account.id("groups", "commercial").is_some() {
            return self
                .draft
                .ledger
                .id(self.draft.job, "groups", "commercial", "");
        }
        let name = "Commercial mail";
        let id = uuid(&self.workspace, "subscription-group", name);
        let body = json!({
            "workspaceId": self.workspace, "id": id, "name": name, "type": "OptOut", "channel": "Email",
        });
        let request = put("/api/admin/subscription-groups/", body);
        let named = ("subscription-group-commercial".to_owned(), request);
        if !self.before.contains(&named) {
            self.before.push(named);
        }
        id
    }

    /// The user properties that the mails print.
    fn properties(&mut self) {
        let journey = self.draft.program.journey;
        let event = &journey.trigger.event;
        let manifest = self.draft.job.manifest;
        let mut texts = String::new();
        Op::walk(&self.draft.program.ops, &mut |op| {
            if let Act::Mail { locales, .. } = &op.act {
                for locale in locales {
                    if let Some(content) = self.draft.shelf.mail(&journey.name, op.node, locale) {
                        texts.push_str(&content.mail.subject);
                        texts.push_str(&content.mail.html);
                    }
                }
            }
        });
        let prints = |name: &str| {
            [
                format!("user.{name}"),
                format!("user['{name}']"),
                format!("user[\"{name}\"]"),
            ]
            .iter()
            .any(|it| texts.contains(it))
        };
        let own: Vec<&String> = manifest.contact.keys().filter(|it| prints(it)).collect();
        let carries = manifest
            .events
            .get(event)
            .into_iter()
            .flat_map(|it| it.properties.keys());
        let carries: Vec<&String> = carries
            .filter(|it| prints(&format!("{event}_{it}")))
            .collect();
        for name in own {
            self.property(name, &json!({"type": "Trait", "path": name}));
        }
        for name in &carries {
            let full = format!("{event}_{name}");
            self.property(&full, &carried(event, name));
        }
        self.mixed_up(&carries);
    }

    /// Later events that reach the run and carry something of the same name.
    fn mixed_up(&mut self, printed: &[&String]) {
        let journey = self.draft.program.journey;
        let Some(path) = &self.key.path else {
            return;
        };
        let fits = |event: &str| match self.key.pattern.strip_suffix('*') {
            Some(begin) => event.starts_with(begin),
            None => event == self.key.pattern,
        };
        let mut said = Vec::new();
        for (event, it) in &self.draft.job.manifest.events {
            if *event == journey.trigger.event || !fits(event) {
                continue;
            }
            for name in printed
                .iter()
                .filter(|name| **name != path && it.properties.contains_key(**name))
            {
                said.push(format!("`{name}` of `{event}`"));
            }
        }
        if said.is_empty() {
            return;
        }
        self.draft.ledger.lose(Loss {
            line: journey.line,
            node: String::new(),
            what: format!(
                "Dittofeed prints the newest value of the case: {}",
                said.join(", ")
            ),
            why: "mails that go out after such an event show its value instead of the trigger's"
                .to_owned(),
            help: "give the property another name in the other event, if the two can differ"
                .to_owned(),
        });
    }

    /// Asks for a user property; it is known by its name, because it may be there already.
    fn property(&mut self, name: &str, definition: &Value) {
        let body = json!({"workspaceId": self.workspace, "name": name, "definition": definition});
        let mut request = put("/api/admin/user-properties/", body);
        request.binds = IndexMap::from([(format!("user-property:{name}"), "/id".to_owned())]);
        let named = (format!("user-property-{name}"), request);
        if !self.before.contains(&named) {
            self.before.push(named);
        }
    }

    fn asker(&self) -> Asker<'_, '_> {
        Asker {
            job: self.draft.job,
            shelf: self.draft.shelf,
            journey: self.draft.program.journey,
            workspace: &self.workspace,
        }
    }

    /// A name that no node has.
    fn fresh(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !self.names.insert(name.clone()) {
            name = format!("{wanted}~{number}");
            number += 1;
        }
        name
    }

    fn cannot_ask(&mut self, op: &Op<'_>, reason: &str) {
        let what = format!("Dittofeed cannot ask this: {reason}");
        self.refuse(
            op,
            &what,
            "let the shop send the answer as an attribute or with the event",
        );
    }

    fn refuse(&mut self, op: &Op<'_>, what: &str, help: &str) {
        self.draft.ledger.refuse(Loss {
            line: op.line,
            node: op.node.to_owned(),
            what: what.to_owned(),
            why: "the export would do something else to the customer than this file says"
                .to_owned(),
            help: help.to_owned(),
        });
    }

    fn lose(&mut self, op: &Op<'_>, what: String, why: &str, help: &str) {
        self.draft.ledger.lose(Loss {
            line: op.line,
            node: op.node.to_owned(),
            what,
            why: why.to_owned(),
            help: help.to_owned(),
        });
    }
}

fn segment_name(workspace: &str, question: &Question, key: Option<&str>) -> String {
    segment(workspace, question, key.unwrap_or_default()).name
}

/// How many segments a formula asks.
fn questions(formula: &Formula) -> usize {
    match formula {
        Formula::Fixed(_) => 0,
        Formula::Ask(_) => 1,
        Formula::Not(of) => questions(of),
        Formula::All(of) | Formula::Any(of) => of.iter().map(questions).sum(),
    }
}

/// A property of the trigger's event as a user property: worked out when the event comes, and never
/// from an earlier event, which is what `skipReCompute` says.
fn carried(event: &str, name: &str) -> Value {
    json!({"type": "Performed", "event": event, "path": name, "skipReCompute": true})
}

/// Sunday is 0.
fn weekday(day: Weekday) -> u8 {
    match day {
        Weekday::Sun => 0,
        Weekday::Mon => 1,
        Weekday::Tue => 2,
        Weekday::Wed => 3,
        Weekday::Thu => 4,
        Weekday::Fri => 5,
        Weekday::Sat => 6,
    }
}

/// A request that creates or changes a thing.
pub(super) fn put(path: &str, body: Value) -> Request {
    Request {
        method: "PUT",
        path: path.to_owned(),
        headers: HEADERS.to_vec(),
        form: false,
        body,
        binds: IndexMap::new(),
    }
}
