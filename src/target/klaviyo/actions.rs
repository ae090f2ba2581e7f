//! A program as a flow: each thing that happens as one action.
//!
//! In: a draft. Out: the requests of its flows, and of the templates that its alerts need. Invariant:
//! what Klaviyo cannot say is noted in the ledger, and then nothing of the journey is written.

use serde_json::{Map, Value, json};

use super::super::{
    Act, Draft, Joins, Judge, Link, Loss, Named, Op, Program, Requests, Start, Test, Wired, wire,
};
use super::filters::{self, Events, Filters, Groups};
use super::{delays, message_name, suffix, table, templates};
use crate::manifest::{Duration, Kind, Reentry, Send, Task, content_hash};
use crate::model::Class;

/// Where flows are created.
pub(super) const FLOWS: &str = "/api/flows";

/// The requests of one journey: its flow, and one for each date that starts another.
pub(super) fn requests(draft: &mut Draft<'_, '_>) -> Requests {
    remarks(draft);
    let program = draft.program;
    let mut before = Vec::new();
    let mut journey = Vec::new();
    for program in program.all() {
        let mut flow = Flow {
            metric: metric(draft),
            draft: &mut *draft,
            program,
            alerts: Vec::new(),
        };
        let definition = flow.definition();
        before.append(&mut flow.alerts);
        // A changed flow is another flow in Klaviyo, so its name says which one it is.
        let hash = content_hash(&[&definition.to_string()]);
        let name = format!("[journeyc] {} ({})", program.name, &hash[..8]);
        let body = json!({"data": {"type": "flow", "attributes": {"name": name, "definition": definition}}});
        let what = format!("flow-{}", program.name.replace('/', "-"));
        let bind = format!("flow:{}", program.name);
        journey.push((what, super::request(FLOWS, body, bind)));
    }
    Requests { before, journey }
}

/// The trigger's metric.
fn metric(draft: &mut Draft<'_, '_>) -> String {
    let event = &draft.program.journey.trigger.event;
    draft.ledger.id(draft.job, "metrics", event, "")
}

/// What people must know of this journey.
fn remarks(draft: &mut Draft<'_, '_>) {
    let manifest = draft.job.manifest;
    let ledger = &mut *draft.ledger;
    if draft.program.journey.goal.is_some() {
        ledger.remark("Klaviyo has no goals inside flows: choose the metric as the conversion metric in the flow's analytics.");
    }
    if manifest.locales.len() > 1 {
        ledger.by_hand(format!(
            "Fill each profile's `{}` with the language the person reads ({}).",
            super::locale_property(manifest),
            manifest.locales.join(", ")
        ));
        ledger.remark("Each message stands once for each language, one behind the other, and people skip those that are not theirs: a flow's message has one template. This keeps one flow a journey, as Klaviyo's reports expect.");
    }
    let (mut accepted, mut gated) = (false, false);
    draft.program.walk(&mut |op| {
        if let Act::Mail { send, .. } = &op.act {
            accepted |= send.class == Class::Transactional;
            gated |= send.only_if.is_some() || send.unless.is_some();
        }
    });
    if accepted {
        ledger.by_hand(
            "Open each message marked as transactional and see that Klaviyo has accepted the mark; it reviews them.",
        );
    }
    if gated {
        ledger.remark("`if` and `unless` of a message are its additional filters: people who do not pass skip the message and go on.");
    }
}

/// One flow on its way.
struct Flow<'f, 'd, 'a> {
    draft: &'f mut Draft<'d, 'a>,
    program: &'d Program<'a>,
    /// The id of the trigger's metric.
    metric: String,
    /// The templates of alerts.
    alerts: Vec<Named>,
}

impl<'a> Flow<'_, '_, 'a> {
    fn definition(&mut self) -> Value {
        let most = table::MOST_ACTIONS;
        let wiring = wire(&self.program.ops, Joins::Copied, most);
        let name = |link: Link| link.and_then(|it| wiring.nodes.get(it)).map(|it| &it.id);
        let mut actions = Vec::new();
        for node in &wiring.nodes {
            let links: Vec<Value> = node.links.iter().map(|it| json!(name(*it))).collect();
            actions.extend(self.action(node, &links));
        }
        json!({
            "triggers": [self.trigger()],
            "profile_filter": self.exits(),
            "entry_action_id": name(wiring.entry),
            "reentry_criteria": self.reentry(),
            "actions": actions,
        })
    }

    fn trigger(&mut self) -> Value {
        if let Start::Date {
            attribute,
            before,
            at,
        } = &self.program.start
        {
            return json!({
                "type": "date",
                "date_field_type": "profile-property",
                "date_profile_property": filters::property_path(attribute),
                "timedelta_unit_before_date": "days",
                "timedelta_value_before_date": before,
                "recurrence_frequency": "never",
                "timezone": "profile",
                "trigger_time": delays::clock(at),
            });
        }
        let mut trigger = json!({"type": "metric", "id": self.metric});
        if let Some(filter) = &self.program.filter {
            let line = self.program.journey.line;
            let test = Test::Holds(filter.clone());
            let groups = self.groups(("", line), &test, false).unwrap_or_default();
            if !groups.is_empty() {
                trigger["trigger_filter"] = filters::filter(groups);
            }
        }
        trigger
    }

    /// Exits are a filter of the flow, which Klaviyo looks at before each action.
    fn exits(&mut self) -> Value {
        let mut groups = Groups::new();
        for exit in &self.program.exits {
            let test = Test::Came {
                event: exit.event,
                filter: exit.filter,
            };
            let own = self.groups(("", exit.line), &test, true);
            groups = filters::both(groups, own.unwrap_or_default());
        }
        filters::filter_or_null(groups)
    }

    fn reentry(&mut self) -> Value {
        match &self.program.reentry {
            Reentry::Never => json!({"duration": 1, "unit": "alltime"}),
            Reentry::Always | Reentry::PerKey => json!({"duration": 0, "unit": "alltime"}),
            Reentry::After(it) => {
                let (duration, unit, exact) = reentry_after(it);
                if !exact {
                    self.draft.ledger.lose(Loss {
                        line: self.program.journey.line,
                        node: String::new(),
                        what: format!("re-entry after {} becomes {duration} {unit}s", it.text),
                        why: "people may come in again a little later than the file says"
                            .to_owned(),
                        help: "write it in days or hours".to_owned(),
                    });
                }
                json!({"duration": duration, "unit": unit})
            }
        }
    }

    /// One action; nothing where Klaviyo cannot say it, which is noted.
    fn action(&mut self, node: &Wired<'_, 'a>, links: &[Value]) -> Option<Value> {
        let op = node.op;
        let next = json!({"next": links.first()});
        let (kind, links, data) = match &op.act {
            Act::Mail {
                send,
                locales,
                gate,
            } => {
                let locale = locales.first()?;
                let data = self.message(op, send, locale, gate.as_ref())?;
                ("send-email", next, data)
            }
            Act::Task { task, to } => {
                let data = self.alert(op, task, to.as_deref());
                ("send-internal-alert", next, data)
            }
            Act::Delay {
                amount,
                unit,
                days,
                zone,
            } => (
                "time-delay",
                next,
                delays::delay(*amount, *unit, days, zone),
            ),
            Act::Until { at, days, zone } => {
                let data = delays::until(at.as_deref(), days, zone);
                ("target-date", next, data)
            }
            Act::Choose { ways, .. } if ways.len() == 1 => {
                let (kind, data) = self.fork(op, &ways.first()?.0)?;
                (kind, two(links), data)
            }
            Act::Choose { ways, .. } => {
                let tests: Vec<&Test<'a>> = ways.iter().map(|it| &it.0).collect();
                let data = self.branches(node, &tests, links)?;
                return Some(
                    json!({"temporary_id": node.id, "type": "multi-branch-split", "data": data}),
                );
            }
            Act::Draw { arms } => {
                let percentage = arms.first()?.percent;
                let sample = json!({"type": "profile-sample", "percentage": percentage});
                let data = json!({"profile_filter": filters::filter(vec![vec![sample]])});
                ("conditional-split", two(links), data)
            }
            Act::Set { attribute, value } => {
                let Some(operation) = self.operation(attribute, value) else {
                    let what =
                        format!("Klaviyo cannot write this kind of value into `{attribute}`");
                    let help = "write a text, a number, yes or no, a date, or null to clear it";
                    self.refuse((op.node, op.line), what, help);
                    return None;
                };
                let data = json!({"profile_operations": [operation], "status": "draft"});
                ("update-profile", next, data)
            }
            Act::Enter { journey, list } => {
                let data = json!({"name": format!("enter {journey}"), "on_execution": true, "list_id": list, "status": "draft"});
                ("list-update", next, data)
            }
            // The table says that flows have neither, and an end is a link.
            Act::Await { .. } | Act::Date { .. } | Act::End { .. } => return None,
        };
        Some(json!({"temporary_id": node.id, "type": kind, "links": links, "data": data}))
    }

    fn message(
        &mut self,
        op: &Op<'a>,
        send: &Send,
        locale: &str,
        gate: Option<&Test<'a>>,
    ) -> Option<Value> {
        let journey = &self.program.journey.name;
        let content = self.draft.shelf.mail(journey, op.node, locale)?;
        let key = (journey.clone(), op.node.to_owned(), locale.to_owned());
        // Steps that share a template may differ in what stands above it.
        let mail = self.draft.job.mails.get(&key)?;
        let parts = [&mail.subject, &content.mail.html, &content.mail.text];
        let mut parts = parts.into_iter().chain(&mail.preheader);
        if self.program.start != Start::Event && parts.any(|it| templates::speaks_of_event(it)) {
            let what = format!(
                "`{}` speaks of the event, which Klaviyo has forgotten behind a `wait_until`",
                op.node
            );
            let help = "write the mail without `event`, or keep what it needs in an attribute of the contact";
            self.refuse((op.node, op.line), what, help);
            return None;
        }
        let filter = match gate {
            Some(test) => filters::filter_or_null(self.groups((op.node, op.line), test, false)?),
            None => Value::Null,
        };
        Some(json!({
            "message": {
                "name": message_name(journey, op.node, suffix(self.draft.job, locale)),
                "from_email": send.sender.address,
                "from_label": send.sender.name,
                "reply_to_email": send.sender.reply_to,
                "subject_line": mail.subject,
                "preview_text": mail.preheader,
                "template_id": templates::id(self.draft.shelf.name(journey, op.node, locale)),
                "smart_sending_enabled": send.class == Class::Commercial,
                "transactional": send.class == Class::Transactional,
                "add_tracking_params": false,
                "additional_filters": filter,
            },
            "status": "draft",
        }))
    }

    /// A mail to the people who do a task.
    fn alert(&mut self, op: &Op<'a>, task: &Task, to: Option<&str>) -> Value {
        let journey = self.program.journey;
        let title = task.title.as_deref().filter(|it| !it.is_empty());
        let title = title.unwrap_or(op.node);
        self.alerts.push(templates::alert(journey, op.node, title));
        json!({
            "message": {
                "name": message_name(&journey.name, op.node, None),
                "from_email": journey.sender.address,
                "from_label": journey.sender.name,
                "to_emails": to.into_iter().collect::<Vec<_>>(),
                "subject_line": format!("To do ({}): {title}", task.channel.word()),
                "template_id": templates::id(&templates::alert_name(&journey.name, op.node)),
            },
            "status": "draft",
        })
    }

    /// Two ways: what the event carries is asked by another action than what is known of the person.
    fn fork(&mut self, op: &Op<'a>, test: &Test<'a>) -> Option<(&'static str, Value)> {
        let groups = self.groups((op.node, op.line), test, false)?;
        let filter = filters::filter(groups);
        Some(match test.judge() {
            Judge::Event => {
                let data = json!({"trigger_filter": filter, "trigger_id": self.metric, "trigger_type": "metric"});
                ("trigger-split", data)
            }
            _ => ("conditional-split", json!({"profile_filter": filter})),
        })
    }

    /// Several ways, the first of which that fits is taken.
    fn branches(
        &mut self,
        node: &Wired<'_, 'a>,
        tests: &[&Test<'a>],
        links: &[Value],
    ) -> Option<Value> {
        let mut branches = Vec::new();
        for (at, (test, link)) in tests.iter().zip(links).enumerate() {
            let groups = self.groups((node.op.node, node.op.line), test, false)?;
            let name = format!("way {}", at + 1);
            branches.push(json!({
                "branch_id": format!("{}-{}", node.id, at + 1), "order": at, "is_else": false,
                "name": name, "branch_filter": filters::filter(groups), "links": {"next": link},
            }));
        }
        branches.push(json!({
            "branch_id": format!("{}-else", node.id), "order": tests.len(), "is_else": true,
            "name": "everyone else", "links": {"next": links.last()},
        }));
        Some(json!({"name": node.op.node, "branches": branches}))
    }

    fn operation(&self, attribute: &str, value: &Value) -> Option<Value> {
        if value.is_null() {
            return Some(json!({"operator": "delete", "property_key": attribute}));
        }
        let contact = &self.draft.job.manifest.contact;
        let declared = contact.get(attribute).map(|it| it.kind);
        let kind = match (value, declared) {
            (Value::String(_), Some(Kind::Date)) => "date",
            (Value::String(_), _) => "string",
            (Value::Bool(_), _) => "boolean",
            (Value::Number(_), _) => "numeric",
            _ => return None,
        };
        Some(json!({
            "operator": "update",
            "property_type": kind,
            "property_key": attribute,
            "property_value": value,
        }))
    }

    /// The groups of a question; one that Klaviyo cannot say refuses the journey.
    fn groups(&mut self, place: (&str, u32), test: &Test<'a>, negate: bool) -> Option<Groups> {
        let (node, line) = place;
        let mut filters = Filters {
            job: self.draft.job,
            journey: self.program.journey,
            ledger: &mut *self.draft.ledger,
            node,
            line,
            event: &self.program.journey.trigger.event,
            events: Events::Trigger {
                metric: &self.metric,
            },
        };
        match filters.test(test, negate) {
            Ok(groups) => Some(groups),
            Err(reason) => {
                let about = match test {
                    Test::Came { event, .. } => format!(" on `{event}`"),
                    _ => String::new(),
                };
                let what = format!("Klaviyo cannot say this condition{about}: {reason}");
                let help =
                    "simplify the condition, or let the shop send the answer as an attribute";
                self.refuse(place, what, help);
                None
            }
        }
    }

    fn refuse(&mut self, (node, line): (&str, u32), what: String, help: &str) {
        self.draft.ledger.refuse(Loss {
            line,
            node: node.to_owned(),
            what,
            why: "the flow would do something else to the customer than this file says".to_owned(),
            help: help.to_owned(),
        });
    }
}

/// The links of an action with two ways.
fn two(links: &[Value]) -> Value {
    let mut all = Map::new();
    for (name, link) in ["next_if_true", "next_if_false"].iter().zip(links) {
        all.insert((*name).to_owned(), link.clone());
    }
    Value::Object(all)
}

/// A span in Klaviyo's units, and whether it is exact.
fn reentry_after(it: &Duration) -> (u32, &'static str, bool) {
    let days = it
        .days
        .saturating_add(it.business_days.div_ceil(5).saturating_mul(7));
    if it.minutes == 0 {
        return (days.max(1), "day", it.business_days == 0);
    }
    let hours = days
        .saturating_mul(24)
        .saturating_add(it.minutes.div_ceil(60));
    (
        hours,
        "hour",
        it.minutes.is_multiple_of(60) && it.business_days == 0,
    )
}
