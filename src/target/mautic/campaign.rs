//! A program as a campaign: a tree of events, the emails that it sends, and how all hang together.
//!
//! In: a [`Draft`]. Out: the request that imports it. Invariant: every event has its row among the
//! dependencies, without which the import loses the campaign or the email that it belongs to.
//! Not done here: checks ([`super::faults`]), the archive ([`super::zip`]).

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::super::lowering::{Act, Op};
use super::super::uuid::uuid;
use super::super::wiring::{Joins, Link, Wiring, wire};
use super::super::{Draft, Loss, Request, Requests};
use super::ask::{Asker, Formula, alias};
use super::timing::Pending;
use super::{HEADERS, IMPORT, MOST_EVENTS};
use crate::dialect::Form;
use crate::manifest::{Reentry, Send, Window};
use crate::model::Class;
use crate::template::written_out;

/// Writes one journey.
pub(super) fn journey(draft: &mut Draft<'_, '_>) -> Requests {
    let program = draft.program;
    let event = &program.journey.trigger.event;
    let segment = draft.ledger.id(draft.job, "segments", event, "");
    let wiring = wire(&program.ops, Joins::Copied, MOST_EVENTS);
    let asker = Asker {
        job: draft.job,
        program,
        fields: BTreeSet::new(),
    };
    let mut writer = Writer {
        asker,
        draft,
        wiring: &wiring,
        events: Vec::new(),
        nodes: Vec::new(),
        connections: Vec::new(),
        rows: Vec::new(),
        emails: BTreeMap::new(),
        bodies: Vec::new(),
        handed: IndexMap::new(),
        lanes: 0,
        full: wiring.full,
    };
    let Some(body) = writer.write(&segment) else {
        return Requests::default();
    };
    let request = Request {
        method: "POST",
        path: IMPORT.to_owned(),
        headers: HEADERS.to_vec(),
        form: false,
        body,
        binds: IndexMap::new(),
    };
    Requests {
        before: Vec::new(),
        journey: vec![(format!("campaign-{}", program.name), request)],
    }
}

/// Where an event hangs.
#[derive(Clone, Copy)]
struct Place {
    /// The event above; nothing for the segment.
    parent: Option<usize>,
    /// The way that leads here: `yes`, `no`, or none.
    way: &'static str,
    depth: usize,
    lane: usize,
}

struct Writer<'w, 'd, 'a> {
    asker: Asker<'w, 'a>,
    draft: &'w mut Draft<'d, 'a>,
    wiring: &'w Wiring<'w, 'a>,
    events: Vec<Value>,
    nodes: Vec<Value>,
    connections: Vec<Value>,
    /// Which event needs what.
    rows: Vec<Value>,
    /// The number of each email, by the step that sends it and the language.
    emails: BTreeMap<(String, String), usize>,
    bodies: Vec<Value>,
    /// What the shop works out for the mails: field, and what it is.
    handed: IndexMap<String, String>,
    lanes: usize,
    full: bool,
}

type Next<'n, 'w, 'd, 'a> = &'n dyn Fn(&mut Writer<'w, 'd, 'a>, Place, Pending);

impl<'w, 'd, 'a> Writer<'w, 'd, 'a> {
    fn write(&mut self, segment: &str) -> Option<Value> {
        let program = self.draft.program;
        let root = Place {
            parent: None,
            way: "",
            depth: 0,
            lane: 0,
        };
        self.way(self.wiring.entry, root, Pending::default());
        if self.full || self.events.len() > MOST_EVENTS {
            self.draft.ledger.too_large(Loss {
                line: program.journey.line,
                node: String::new(),
                what: format!("`{}` becomes more than {MOST_EVENTS} events", program.name),
                why: "ways never meet again in Mautic, so what follows a branch is copied into each way".to_owned(),
                help: "make two journeys of it, or ask fewer questions".to_owned(),
            });
            return None;
        }
        let number = segment.parse::<u32>().unwrap_or(0);
        if number == 0 && !segment.is_empty() {
            self.draft.ledger.refuse(Loss {
                line: program.journey.line,
                node: String::new(),
                what: format!("`{segment}` is no id of a segment: Mautic counts segments"),
                why: String::new(),
                help: "write the number that stands in the address of the segment's page"
                    .to_owned(),
            });
        }
        self.hand_work();
        self.nodes
            .push(json!({"id": "lists", "positionX": "100", "positionY": "40"}));
        let document = json!([{
            "campaign": [{
                "id": 1, "name": program.name,
                "description": program.journey.title.clone().unwrap_or_default(),
                "is_published": false,
                "canvas_settings": {"nodes": self.nodes, "connections": self.connections},
                "uuid": self.uuid("campaign", ""),
            }],
            "campaign_event": self.events,
            "email": self.bodies,
            "dependencies": [{
                "campaign_event": self.rows,
                "lists": [{"campaign": 1, "lists": number}],
            }],
        }]);
        Some(document)
    }

    fn uuid(&self, kind: &str, name: &str) -> String {
        let program = self.draft.program;
        uuid(
            &self.draft.job.manifest.brand.url,
            kind,
            &format!("{}/{name}", program.name),
        )
    }

    /// What stands behind a link.
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of thing")]
    fn way(&mut self, link: Link, at: Place, wait: Pending) {
        let Some(node) = link.and_then(|it| self.wiring.nodes.get(it)) else {
            return;
        };
        if self.events.len() > MOST_EVENTS {
            self.full = true;
            return;
        }
        let op = node.op;
        let next = node.links.first().copied().flatten();
        match &op.act {
            Act::Delay {
                amount, unit, days, ..
            } => {
                let (at, wait) = if let Some(wait) = wait.then(*amount, *unit, days) {
                    (at, wait)
                } else {
                    let at = self.pause(op, at, &wait);
                    (
                        at,
                        Pending::default()
                            .then(*amount, *unit, days)
                            .unwrap_or_default(),
                    )
                };
                self.way(next, at, wait);
            }
            Act::Until {
                at: hour,
                days,
                zone,
            } => {
                self.own_clock(op, zone);
                let hour = hour.as_deref();
                let (at, wait) = if let Some(wait) = wait.until(hour, days) {
                    (at, wait)
                } else {
                    let at = self.pause(op, at, &wait);
                    (at, Pending::default().until(hour, days).unwrap_or_default())
                };
                self.way(next, at, wait);
            }
            Act::Mail { send, locales, .. } => {
                let at = self.mail(
                    op,
                    send,
                    locales.first().copied().unwrap_or_default(),
                    at,
                    wait,
                );
                self.way(next, at, Pending::default());
            }
            Act::Set { attribute, value } => {
                let (at, wait) = self.set(op, attribute, value, at, wait);
                self.way(next, at, wait);
            }
            Act::Enter { list, .. } => {
                let list = list.as_deref().and_then(|it| it.parse::<u32>().ok());
                let Some(list) = list else {
                    self.refuse(
                        op,
                        "the list that stands for the other journey has no number",
                        "write the number that stands in the address of the segment's page",
                    );
                    return;
                };
                let properties = json!({"addToLists": [list], "removeFromLists": []});
                let name = format!("add to segment {list}");
                let at = self.event(
                    op,
                    ("lead.changelist", "action"),
                    &name,
                    properties,
                    at,
                    &wait,
                );
                self.way(next, at, Pending::default());
            }
            Act::Choose { ways, .. } => {
                let mut formulas = Vec::new();
                for (test, _) in ways {
                    match self.asker.formula(test) {
                        Ok(formula) => formulas.push(formula),
                        Err(reason) => {
                            self.refuse(
                                op,
                                &format!("Mautic cannot ask this: {reason}"),
                                "let the shop send the answer as an attribute or with the event",
                            );
                            return;
                        }
                    }
                }
                self.ways(op, &formulas, &node.links, at, wait);
            }
            Act::Task { .. }
            | Act::Await { .. }
            | Act::Date { .. }
            | Act::Draw { .. }
            | Act::End { .. } => {
                self.refuse(
                    op,
                    "Mautic has no event for this step",
                    "take it out, or let the shop do it",
                );
            }
        }
    }

    /// One question after another; those for whom none holds take the last way.
    fn ways(
        &mut self,
        op: &'w Op<'a>,
        formulas: &[Formula],
        links: &[Link],
        at: Place,
        wait: Pending,
    ) {
        let (Some((first, rest)), Some((link, links))) =
            (formulas.split_first(), links.split_first())
        else {
            self.way(links.first().copied().flatten(), at, wait);
            return;
        };
        let yes = |writer: &mut Self, at: Place, wait: Pending| writer.way(*link, at, wait);
        let no =
            |writer: &mut Self, at: Place, wait: Pending| writer.ways(op, rest, links, at, wait);
        self.ask(op, first, (&yes, &no), at, wait);
    }

    /// Asks a formula, and goes on both ways.
    fn ask(
        &mut self,
        op: &'w Op<'a>,
        formula: &Formula,
        (yes, no): (Next<'_, 'w, 'd, 'a>, Next<'_, 'w, 'd, 'a>),
        at: Place,
        wait: Pending,
    ) {
        if self.events.len() > MOST_EVENTS {
            self.full = true;
            return;
        }
        match formula {
            Formula::Fixed(true) => yes(self, at, wait),
            Formula::Fixed(false) => no(self, at, wait),
            Formula::Not(of) => self.ask(op, of, (no, yes), at, wait),
            Formula::All(of) => match of.split_first() {
                None => yes(self, at, wait),
                Some((first, rest)) => {
                    let rest = Formula::All(rest.to_vec());
                    let more = |it: &mut Self, at: Place, wait: Pending| {
                        it.ask(op, &rest, (yes, no), at, wait);
                    };
                    self.ask(op, first, (&more, no), at, wait);
                }
            },
            Formula::Any(of) => match of.split_first() {
                None => no(self, at, wait),
                Some((first, rest)) => {
                    let rest = Formula::Any(rest.to_vec());
                    let more = |it: &mut Self, at: Place, wait: Pending| {
                        it.ask(op, &rest, (yes, no), at, wait);
                    };
                    self.ask(op, first, (yes, &more), at, wait);
                }
            },
            Formula::Ask(question) => {
                let here = self.event(
                    op,
                    (question.kind, "condition"),
                    &question.name,
                    question.properties.clone(),
                    at,
                    &wait,
                );
                yes(self, Place { way: "yes", ..here }, Pending::default());
                self.lanes += 1;
                let lane = self.lanes;
                no(
                    self,
                    Place {
                        way: "no",
                        lane,
                        ..here
                    },
                    Pending::default(),
                );
            }
        }
    }

    /// An event that has only a wait to say: everybody who can be written to goes on.
    fn pause(&mut self, op: &'w Op<'a>, at: Place, wait: &Pending) -> Place {
        let properties = json!({"field": "email", "operator": "!empty", "value": ""});
        let here = self.event(
            op,
            ("lead.field_value", "condition"),
            "wait",
            properties,
            at,
            wait,
        );
        Place { way: "yes", ..here }
    }

    fn mail(
        &mut self,
        op: &'w Op<'a>,
        send: &'a Send,
        locale: &'a str,
        mut at: Place,
        mut wait: Pending,
    ) -> Place {
        let held = send.class == Class::Commercial && !send.bypass_window;
        if let Some(window) = self.window().filter(|_| held) {
            self.own_clock(op, &window.zone);
            if let Some(within) = wait.within(&window) {
                wait = within;
            } else {
                at = self.pause(op, at, &wait);
                wait = Pending::default().within(&window).unwrap_or_default();
            }
        }
        let number = self.email(op, send, locale);
        let kind = if send.class == Class::Commercial {
            "marketing"
        } else {
            "transactional"
        };
        let properties = json!({"email": number, "email_type": kind, "priority": 2, "attempts": 3});
        let name = send.title.as_deref().unwrap_or(op.node);
        let here = self.event(op, ("email.send", "action"), name, properties, at, &wait);
        if let Some(event) = self.events.last_mut() {
            event["channel"] = json!("email");
            event["channel_id"] = json!(number);
        }
        if let Some(row) = self.rows.last_mut() {
            row["email"] = json!(number);
        }
        here
    }

    /// The email of a step in one language; what copies of a step send is one email.
    fn email(&mut self, op: &Op<'_>, send: &Send, locale: &str) -> usize {
        let key = (op.id.clone(), locale.to_owned());
        if let Some(number) = self.emails.get(&key) {
            return *number;
        }
        let number = self.emails.len() + 1;
        self.emails.insert(key, number);
        let journey = &self.draft.program.journey.name;
        let Some(content) = self.draft.shelf.mail(journey, op.node, locale) else {
            return number;
        };
        let mail = content.mail;
        for variable in &mail.variables {
            let mut what = format!("`{}`", written_out(&variable.value));
            if variable.form == Form::Html {
                what.push_str(", with `&`, `<`, `>`, quotes and braces escaped for a page");
            }
            self.handed.insert(variable.name.clone(), what);
        }
        self.bodies.push(json!({
            "id": number,
            "translation_parent_id": null, "variant_parent_id": null,
            "unsubscribeform_id": null, "preference_center_id": null,
            "is_published": true,
            "name": format!("{}/{}", self.draft.program.name, op.id),
            "description": null,
            "subject": mail.subject,
            "preheader_text": mail.preheader,
            "from_name": send.sender.name,
            "use_owner_as_mailer": false,
            "template": null, "content": [], "utm_tags": [],
            "plain_text": mail.text,
            "custom_html": mail.html,
            "email_type": "template",
            "publish_up": null, "publish_down": null,
            "revision": 1,
            "lang": locale,
            "variant_settings": [], "variant_start_date": null,
            "dynamic_content": [], "headers": [],
            "public_preview": false,
            "uuid": self.uuid("email", &format!("{}/{locale}", op.id)),
        }));
        number
    }

    fn set(
        &mut self,
        op: &'w Op<'a>,
        attribute: &str,
        value: &Value,
        at: Place,
        wait: Pending,
    ) -> (Place, Pending) {
        let tag = json!([attribute]);
        if self
            .draft
            .program
            .marks
            .iter()
            .any(|it| it.attribute == attribute)
        {
            let (add, remove) = if value == &json!(true) {
                (tag, json!([]))
            } else {
                (json!([]), tag)
            };
            // All signs are taken away by one event.
            if let (true, Some(last)) = (wait.is_none(), self.events.last_mut())
                && at.parent == Some(self.rows.len())
                && last["type"] == "lead.changetags"
                && add == json!([])
                && let Some(tags) = last["properties"]["remove_tags"].as_array_mut()
            {
                tags.push(json!(attribute));
                return (at, wait);
            }
            let properties = json!({"add_tags": add, "remove_tags": remove});
            let here = self.event(
                op,
                ("lead.changetags", "action"),
                "tags",
                properties,
                at,
                &wait,
            );
            return (here, Pending::default());
        }
        let field = alias(self.draft.job, attribute);
        let value = match value {
            Value::Null => {
                self.draft.ledger.lose(Loss {
                    line: op.line,
                    node: op.node.to_owned(),
                    what: format!(
                        "Mautic cannot empty `{field}`: a blank value leaves what is there"
                    ),
                    why: "what asks for it later gets the old answer".to_owned(),
                    help:
                        "write a word that means nothing, such as `none`, or let the shop empty it"
                            .to_owned(),
                });
                return (at, wait);
            }
            Value::Bool(it) => json!(u8::from(*it)),
            other => other.clone(),
        };
        self.asker.fields.insert(field.clone());
        let name = format!("set {field}");
        let here = self.event(
            op,
            ("lead.updatelead", "action"),
            &name,
            json!({field: value}),
            at,
            &wait,
        );
        (here, Pending::default())
    }

    /// Adds an event, and gives the place below it.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers make the value for this call only"
    )]
    fn event(
        &mut self,
        op: &Op<'_>,
        (kind, sort): (&str, &str),
        name: &str,
        properties: Value,
        at: Place,
        wait: &Pending,
    ) -> Place {
        let number = self.events.len() + 1;
        let mut event = json!({
            "id": number, "campaign_id": 1, "name": name,
            "description": format!("journeyc: {}", if op.node.is_empty() { "entry" } else { op.node }),
            "type": kind, "event_type": sort, "event_order": at.depth + 1,
            "properties": properties,
            "decisionPath": at.way,
            "channel": "", "channel_id": 0,
            "parent_id": at.parent,
            "uuid": self.uuid("event", &format!("{}/{number}", op.id)),
        });
        wait.put(&mut event);
        self.events.push(event);
        let (x, y) = (100 + 220 * at.lane, 150 + 110 * at.depth);
        self.nodes
            .push(json!({"id": number, "positionX": x.to_string(), "positionY": y.to_string()}));
        let (source, anchor) = match at.parent {
            None => (json!("lists"), "leadsource"),
            Some(parent) if at.way.is_empty() => (json!(parent), "bottom"),
            Some(parent) => (json!(parent), at.way),
        };
        self.connections.push(json!({
            "sourceId": source, "targetId": number, "anchors": {"source": anchor, "target": "top"},
        }));
        self.rows
            .push(json!({"campaign": 1, "campaign_event": number}));
        Place {
            parent: Some(number),
            way: "",
            depth: at.depth + 1,
            lane: at.lane,
        }
    }

    /// The hours in which commercial mail may go out: the send window, without the quiet hours.
    fn window(&self) -> Option<Window> {
        let policy = &self.draft.job.manifest.policy;
        let quiet = policy.quiet_hours.as_ref();
        let window = match (policy.send_window.clone(), quiet) {
            (None, None) => return None,
            (Some(window), None) => window,
            (None, Some(quiet)) => Window {
                days: Vec::new(),
                from: quiet.to.clone(),
                to: quiet.from.clone(),
                zone: quiet.zone.clone(),
            },
            (Some(mut window), Some(quiet)) => {
                window.from = window.from.max(quiet.to.clone());
                window.to = window.to.min(quiet.from.clone());
                window
            }
        };
        Some(window).filter(|it| it.from < it.to)
    }

    /// Tells that a clock is the person's own whatever the file says.
    fn own_clock(&mut self, op: &Op<'_>, zone: &str) {
        if zone == "contact" {
            return;
        }
        self.draft.ledger.lose(Loss {
            line: op.line,
            node: op.node.to_owned(),
            what: format!("Mautic goes by the person's own clock where it knows it, not by {zone}"),
            why: "people far away get the message at another moment".to_owned(),
            help: "accept it, or leave `zone` out".to_owned(),
        });
    }

    /// What people set up once for this campaign.
    fn hand_work(&mut self) {
        let program = self.draft.program;
        let journey = program.journey;
        let trigger = &journey.trigger.event;
        let mut work = vec![format!(
            "Let the shop put people into the segment of `{trigger}` when the event comes, and take them out when the campaign is over for them: Mautic begins a campaign when somebody comes into its segment."
        )];
        if program.reentry != Reentry::Never {
            work.push(format!(
                "On the page of the campaign `{}`, allow contacts to restart it: the file cannot say so.",
                program.name
            ));
        }
        for mark in &program.marks {
            let filter = mark
                .filter
                .map_or_else(String::new, |it| format!(" for which `{}`", it.text));
            work.push(format!(
                "When `{}` comes{filter}, let the shop give the person the tag `{}`; the campaign takes it away when somebody comes in.",
                mark.event, mark.attribute
            ));
        }
        for field in &self.asker.fields {
            if field != "preferred_locale" {
                work.push(format!("See that contacts have the field `{field}`, and that the shop writes it before the person comes in."));
            }
        }
        for (field, what) in &self.handed {
            work.push(format!("Make the contact field `{field}` (text area), and let the shop write {what} into it before the mail is due."));
        }
        for item in work {
            self.draft.ledger.by_hand(item);
        }
        let commercial = self
            .events
            .iter()
            .any(|it| it["properties"]["email_type"] == "marketing");
        if commercial && program.reentry != Reentry::Never {
            self.draft.ledger.lose(Loss {
                line: journey.line,
                node: String::new(),
                what: format!(
                    "Mautic sends each commercial mail of `{}` to a person once, and never again",
                    program.name
                ),
                why: "somebody who comes in a second time gets the service mails only".to_owned(),
                help: "accept it, or import a copy of the campaign under another name each season"
                    .to_owned(),
            });
        }
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
}
