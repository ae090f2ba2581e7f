//! A program as an automation: steps with keys, and connections between them.
//!
//! In: a [`Draft`]. Out: [`Requests`]: the events and properties that it needs, one small automation
//! for each mark, and the automation itself. Invariant: keys are unique; a step has one connection for
//! each answer; what cannot be said is refused at the step.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::{
    Act, Draft, Joins, Link, Loss, Mark, Named, Op, Requests, Test, Unit, Wired, wire,
};
use super::MOST_STEPS;
use super::letter::{self, Tree};
use super::properties::Fields;
use super::rules::{Rules, spelled};
use crate::manifest::{Condition, Expr, content_hash};
use crate::model::Class;

/// What one journey asks for.
pub(super) fn requests(draft: &mut Draft<'_, '_>) -> Requests {
    let program = draft.program;
    let mut fields = Fields::new(draft.job.manifest, &program.marks);
    let mut journey = Vec::new();
    for mark in &program.marks {
        journey.extend(marking(draft, &mut fields, mark));
    }
    tell_of_marks(draft);
    let trigger = &program.journey.trigger.event;
    fields.listen(trigger);
    let mut graph = Graph::new(draft, fields);
    let start = graph.key("start");
    graph.step(&start, "trigger", json!({"event_name": trigger}));
    let wiring = wire(&program.ops, Joins::Shared, MOST_STEPS);
    let keys: Vec<String> = wiring.nodes.iter().map(|it| graph.key(&it.id)).collect();
    let to = |link: Link| link.map(|it| keys[it].as_str());
    graph.connect(&start, to(wiring.entry), "default");
    for (key, node) in keys.iter().zip(&wiring.nodes) {
        let links: Vec<Option<&str>> = node.links.iter().map(|it| to(*it)).collect();
        graph.node(key, node, &links);
    }
    let full = wiring.full || graph.steps.len() > MOST_STEPS;
    let (steps, connections, fields) = (graph.steps, graph.connections, graph.fields);
    if full {
        let line = program.journey.line;
        draft.ledger.too_large(Loss {
            line,
            node: String::new(),
            what: format!(
                "the journey becomes more than {MOST_STEPS} steps, as many as Resend takes"
            ),
            why: String::new(),
            help: "split the journey in two, or let letters and branches ask fewer questions"
                .to_owned(),
        });
        return Requests::default();
    }
    journey.push(automation(&program.name, steps, connections));
    Requests {
        before: fields.requests(),
        journey,
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "callers make the value for this call only"
)]
fn automation(name: &str, steps: Vec<Value>, connections: Vec<Value>) -> Named {
    let mut body = json!({
        "name": "",
        "status": "disabled",
        "steps": steps,
        "connections": connections,
    });
    // A changed automation is another one, so its name says which one it is.
    let hash = content_hash(&[&body.to_string()]);
    body["name"] = json!(format!("[journeyc] {name} ({})", &hash[..8]));
    let binds = [(format!("automation:{name}"), "/id")];
    let what = format!("automation-{}", name.replace('/', "-"));
    (what, super::request("/automations", body, &binds))
}

/// The small automation that notes on the contact that an event has come.
fn marking(draft: &mut Draft<'_, '_>, fields: &mut Fields<'_>, mark: &Mark<'_>) -> Option<Named> {
    let name = format!("{}/{}", draft.program.name, mark.attribute);
    fields.listen(mark.event);
    let mut steps =
        vec![json!({"key": "start", "type": "trigger", "config": {"event_name": mark.event}})];
    let mut connections = Vec::new();
    let mut from = ("start", "default");
    let done = fields.contact(&mark.attribute).and_then(|field| {
        if let Some(filter) = mark.filter {
            let mut rules = Rules {
                fields,
                event: mark.event,
            };
            let asked = rules.asked(&Test::Holds(filter.tree.clone()))?;
            steps.push(json!({"key": "meant", "type": "condition", "config": asked.rule}));
            connections.push(json!({"from": "start", "to": "meant", "type": "default"}));
            let way = if asked.swapped {
                "condition_not_met"
            } else {
                "condition_met"
            };
            from = ("meant", way);
        }
        Ok(field)
    });
    match done {
        Ok(field) => {
            let mut properties = serde_json::Map::new();
            let key = field.path.trim_start_matches("contact.properties.");
            properties.insert(key.to_owned(), spelled(&field, &json!(true)));
            let config = json!({"properties": properties});
            steps.push(json!({"key": "note", "type": "contact_update", "config": config}));
            connections.push(json!({"from": from.0, "to": "note", "type": from.1}));
            Some(automation(&name, steps, connections))
        }
        Err(reason) => {
            let line = draft.program.journey.line;
            refuse(draft, ("", line), reason, HELP_TO_ASK);
            None
        }
    }
}

/// What people must know of marks.
fn tell_of_marks(draft: &mut Draft<'_, '_>) {
    let marks = &draft.program.marks;
    if marks.is_empty() {
        return;
    }
    let events: BTreeSet<&str> = marks.iter().map(|it| it.event).collect();
    let events: Vec<String> = events.into_iter().map(|it| format!("`{it}`")).collect();
    let count = marks.len();
    draft.ledger.lose(Loss {
        line: draft.program.journey.line,
        node: String::new(),
        what: format!(
            "Resend remembers no events: a mark on the contact says that {} came, and is asked behind each wait",
            events.join(" or ")
        ),
        why: "a person who is in the journey twice has one mark for both, and mail that is due between two waits still goes out".to_owned(),
        help: "accept it if people are rarely in it twice".to_owned(),
    });
    let name = &draft.program.name;
    draft.ledger.by_hand(format!(
        "Switch on the automations whose names begin with `[journeyc] {name}/` ({count} of them) before `[journeyc] {name}`: they set the marks."
    ));
}

const HELP_TO_ASK: &str =
    "let the shop send the answer as an attribute or with the event, or leave the condition out";

fn refuse(
    draft: &mut Draft<'_, '_>,
    (node, line): (&str, u32),
    what: impl Into<String>,
    help: &str,
) {
    draft.ledger.refuse(Loss {
        line,
        node: node.to_owned(),
        what: what.into(),
        why: "the export would do something else to the customer than this file says".to_owned(),
        help: help.to_owned(),
    });
}

struct Graph<'g, 'd, 'a> {
    draft: &'g mut Draft<'d, 'a>,
    fields: Fields<'a>,
    steps: Vec<Value>,
    connections: Vec<Value>,
    keys: BTreeMap<String, u32>,
}

impl<'g, 'd, 'a> Graph<'g, 'd, 'a> {
    fn new(draft: &'g mut Draft<'d, 'a>, fields: Fields<'a>) -> Self {
        Self {
            draft,
            fields,
            steps: Vec::new(),
            connections: Vec::new(),
            keys: BTreeMap::new(),
        }
    }

    /// A key that no other step has: letters, digits and `_`.
    fn key(&mut self, id: &str) -> String {
        let plain: String = id
            .chars()
            .map(|it| if it.is_ascii_alphanumeric() { it } else { '_' })
            .collect();
        let mut key = plain.clone();
        while self.keys.contains_key(&key) {
            let count = self.keys.entry(plain.clone()).or_insert(1);
            *count += 1;
            key = format!("{plain}_{count}");
        }
        self.keys.insert(key.clone(), 1);
        key
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers make the value for this call only"
    )]
    fn step(&mut self, key: &str, kind: &str, config: Value) {
        self.steps
            .push(json!({"key": key, "type": kind, "config": config}));
    }

    fn connect(&mut self, from: &str, to: Option<&str>, kind: &str) {
        if let Some(to) = to {
            self.connections
                .push(json!({"from": from, "to": to, "type": kind}));
        }
    }

    fn refuse(&mut self, op: &Op<'_>, what: impl Into<String>, help: &str) {
        refuse(self.draft, (op.node, op.line), what, help);
    }

    fn node(&mut self, key: &str, node: &Wired<'_, '_>, links: &[Option<&str>]) {
        let op = node.op;
        let next = links.first().copied().flatten();
        match &op.act {
            Act::Mail { send, locales, .. } => {
                let locale = locales.first().copied().unwrap_or_default();
                self.mail(key, op, (send.class, locale), next);
            }
            Act::Delay { amount, unit, .. } => {
                self.step(key, "delay", json!({"duration": duration(*amount, *unit)}));
                self.connect(key, next, "default");
            }
            Act::Await {
                event,
                filter,
                timeout,
                ..
            } => {
                self.wait(key, op, (event, *filter, *timeout));
                if timeout.is_none() {
                    self.connect(key, next, "default");
                } else {
                    self.connect(key, next, "event_received");
                    self.connect(key, links.get(1).copied().flatten(), "timeout");
                }
            }
            Act::Choose { ways, .. } => {
                let Some((test, _)) = ways.first().filter(|_| ways.len() == 1) else {
                    return self.refuse(op, "Resend has two ways at one place only", HELP_TO_ASK);
                };
                let no = links.get(1).copied().flatten();
                self.ask(key, op, test, (next, no));
            }
            Act::Set { attribute, value } => {
                self.set(key, op, attribute, value);
                self.connect(key, next, "default");
            }
            _ => self.refuse(op, "Resend has no step of this kind", "leave the step out"),
        }
    }

    fn ask(
        &mut self,
        key: &str,
        op: &Op<'_>,
        test: &Test<'_>,
        (yes, no): (Option<&str>, Option<&str>),
    ) {
        let event = self.draft.program.journey.trigger.event.as_str();
        let mut rules = Rules {
            fields: &mut self.fields,
            event,
        };
        match rules.asked(test) {
            Ok(asked) => {
                self.step(key, "condition", asked.rule);
                let (met, not_met) = if asked.swapped { (no, yes) } else { (yes, no) };
                self.connect(key, met, "condition_met");
                self.connect(key, not_met, "condition_not_met");
            }
            Err(reason) => self.refuse(op, reason, HELP_TO_ASK),
        }
    }

    fn wait(
        &mut self,
        key: &str,
        op: &Op<'_>,
        (event, filter, timeout): (&str, Option<&Condition>, Option<u32>),
    ) {
        self.fields.listen(event);
        let mut config = json!({"event_name": event});
        if let Some(minutes) = timeout {
            config["timeout"] = json!(span(minutes));
        }
        if let Some(filter) = filter {
            let mut asks_contact = false;
            filter
                .tree
                .walk(&mut |it| asks_contact |= matches!(it, Expr::Contact { .. }));
            let mut rules = Rules {
                fields: &mut self.fields,
                event,
            };
            match rules.rule(&filter.tree, false) {
                Ok(rule) if !asks_contact => config["filter_rule"] = rule,
                Ok(_) => self.refuse(
                    op,
                    "Resend asks only the event that it waits for, not the contact",
                    "ask for the contact in a `branch` behind it",
                ),
                Err(reason) => self.refuse(op, reason, HELP_TO_ASK),
            }
        }
        self.step(key, "wait_for_event", config);
    }

    fn set(&mut self, key: &str, op: &Op<'_>, attribute: &str, value: &Value) {
        let field = match self.fields.contact(attribute) {
            Ok(field) => field,
            Err(reason) => return self.refuse(op, reason, "let the shop write it"),
        };
        if value.is_array() || value.is_object() {
            return self.refuse(
                op,
                format!("Resend keeps single values only in `{attribute}`"),
                "let the shop write it",
            );
        }
        let value = spelled(&field, value);
        let config = match field.path.strip_prefix("contact.properties.") {
            Some(name) => {
                let mut properties = serde_json::Map::new();
                properties.insert(name.to_owned(), value);
                json!({"properties": properties})
            }
            None if attribute == "email" => {
                return self.refuse(
                    op,
                    "Resend cannot change an address",
                    "let the shop write it",
                );
            }
            None => {
                let mut own = serde_json::Map::new();
                own.insert(attribute.to_owned(), value);
                Value::Object(own)
            }
        };
        self.step(key, "contact_update", config);
    }

    /// A mail: whether it may be sent, the questions that choose the template, then the templates.
    fn mail(&mut self, key: &str, op: &Op<'_>, (class, locale): (Class, &str), next: Option<&str>) {
        let (templates, journey) = (self.draft.shelf, self.draft.program.journey);
        let name = templates.name(&journey.name, op.node, locale);
        let Some(content) = templates.content(name) else {
            return self.refuse(op, "the mail is not there", "mend the template first");
        };
        let manifest = self.draft.job.manifest;
        let tree = match letter::tree(manifest, &mut self.fields, name, content) {
            Ok(tree) => tree,
            Err(reason) => {
                let help =
                    "let the event carry the finished words, or write the letter without them";
                return self.refuse(op, reason, help);
            }
        };
        let mut raw = BTreeSet::new();
        letter::leaves(&tree, &mut |leaf| {
            raw.extend(leaf.slots.iter().filter_map(|it| it.raw.clone()));
        });
        if !raw.is_empty() {
            let names: Vec<String> = raw.iter().map(|it| format!("`{it}`")).collect();
            let come = if raw.len() == 1 {
                "it comes"
            } else {
                "they come"
            };
            self.draft.ledger.lose(Loss {
                line: op.line,
                node: op.node.to_owned(),
                what: format!("Resend puts {} into the page as {come}", names.join(", ")),
                why: "a `<` or `&` in it breaks the page, or shows what a stranger has written as our own".to_owned(),
                help: "let the shop take `<`, `>` and `&` out before it hands the value over".to_owned(),
            });
        }
        let mut key = key.to_owned();
        if class == Class::Commercial {
            let inner = self.key(&format!("{key}_mail"));
            let rule = json!({"type": "rule", "field": "contact.unsubscribed", "operator": "eq", "value": true});
            self.step(&key, "condition", rule);
            self.connect(&key, next, "condition_met");
            self.connect(&key, Some(&inner), "condition_not_met");
            key = inner;
        }
        self.letter(&key, op, &tree, next);
    }

    fn letter(&mut self, key: &str, op: &Op<'_>, tree: &Tree, next: Option<&str>) {
        match tree {
            Tree::Ask(test, ways) => {
                let yes = self.key(&format!("{key}_yes"));
                let no = self.key(&format!("{key}_no"));
                self.ask(key, op, &Test::Holds(test.clone()), (Some(&yes), Some(&no)));
                self.letter(&yes, op, &ways.0, next);
                self.letter(&no, op, &ways.1, next);
            }
            Tree::Leaf(leaf) => {
                let variables: serde_json::Map<String, Value> = leaf
                    .slots
                    .iter()
                    .map(|it| (it.key.clone(), it.value.clone()))
                    .collect();
                let mut template = json!({"id": format!("${{template:{}}}", leaf.name)});
                if !variables.is_empty() {
                    template["variables"] = Value::Object(variables);
                }
                self.step(key, "send_email", json!({"template": template}));
                self.connect(key, next, "default");
            }
        }
    }
}

/// A span in English.
fn duration(amount: u32, unit: Unit) -> String {
    let unit = match unit {
        Unit::Minutes => "minute",
        Unit::Hours => "hour",
        Unit::Days => "day",
    };
    let more = if amount == 1 { "" } else { "s" };
    format!("{amount} {unit}{more}")
}

/// Minutes in the largest unit that divides them.
fn span(minutes: u32) -> String {
    match minutes {
        it if it.is_multiple_of(1_440) => duration(it / 1_440, Unit::Days),
        it if it.is_multiple_of(60) => duration(it / 60, Unit::Hours),
        it => duration(it, Unit::Minutes),
    }
}
