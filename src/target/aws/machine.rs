//! A journey as a state machine in Amazon States Language, with expressions in `JSONata`.
//!
//! In: a [`Program`](crate::target::Program). Out: a definition, or refusals in the ledger. Invariant:
//! every state is reached, everybody ends, and nobody goes round in a circle without waiting.
//! What is known of the person, the trigger's event and the entry are the variables `contact`, `event`
//! and `entry`; the person is read anew behind every wait, as events since may have told more.
//! Not done here: the check of the result (`faults`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::asked::{self, Asking};
use super::jsonata::{code, quoted};
use super::{clock, letter, names};
use crate::manifest::{Condition, Reentry, Window};
use crate::model::{Class, IfPast, Weekday};
use crate::target::capability::Unit;
use crate::target::lowering::open_hours;
use crate::target::{Act, Draft, Joins, Loss, Op, Test, Wired, wire};

/// An execution lasts a year at most.
pub(super) const YEAR: i64 = 365 * 1_440;
/// The last state.
const DONE: &str = "done";
/// The days of the week.
const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];
/// How many seconds between an event's being kept and those who wait for it being told: who looks, does
/// not find it, and then begins to wait must be waiting by then.
pub(super) const GRACE: u32 = 10;

/// Writes the definition of a journey's machine.
pub(super) fn definition(draft: &mut Draft<'_, '_>, most: usize) -> Value {
    let program = draft.program;
    let wired = wire(&program.ops, Joins::Shared, most);
    let policy = &draft.job.manifest.policy;
    let hours = open_hours(policy.send_window.as_ref(), policy.quiet_hours.as_ref());
    let mut held = BTreeSet::new();
    if hours.is_some() {
        find_held(&program.ops, &mut held);
    }
    let environment = &draft.job.account.name;
    let mut machine = Machine {
        states: Map::new(),
        table: names::table(environment),
        hours,
        held,
        behind: BTreeMap::new(),
        draft,
    };
    machine.check_length(&wired.nodes);
    let entry = Machine::name_of(&wired.nodes, wired.entry);
    machine.entry(&entry);
    for node in &wired.nodes {
        let next: Vec<String> = node
            .links
            .iter()
            .map(|it| Machine::name_of(&wired.nodes, *it))
            .collect();
        machine.node(node, &next);
    }
    machine.put(DONE, json!({"Type": "Succeed"}));
    json!({
        "Comment": format!("journeyc {}", machine.draft.program.name),
        "QueryLanguage": "JSONata",
        "StartAt": "enter",
        "States": machine.states,
    })
}

/// One machine under way.
struct Machine<'m, 'd, 'a> {
    draft: &'m mut Draft<'d, 'a>,
    states: Map<String, Value>,
    table: String,
    /// The hours in which commercial mail goes out.
    hours: Option<Window>,
    /// Before which things people wait for these hours.
    held: BTreeSet<String>,
    /// How many minutes may pass from a thing's beginning to the end of the journey.
    behind: BTreeMap<String, i64>,
}

impl Machine<'_, '_, '_> {
    fn put(&mut self, name: &str, state: Value) {
        self.states.insert(name.to_owned(), state);
    }

    fn name_of(nodes: &[Wired<'_, '_>], link: Option<usize>) -> String {
        let node = link.and_then(|it| nodes.get(it));
        node.map_or_else(|| DONE.to_owned(), |it| names::state(&it.id, ""))
    }

    fn fallback(&self) -> &str {
        &self.draft.job.manifest.timezone
    }

    /// Who comes in: what the machine remembers, what the trigger asks, and whether it may be again.
    fn entry(&mut self, next: &str) {
        let journey = self.draft.program.journey;
        let manifest = self.draft.job.manifest;
        self.put("enter", json!({
            "Type": "Pass",
            "Assign": {
                "contact": "{% $states.input.detail.contact %}",
                "event": "{% $exists($states.input.detail.event) ? $states.input.detail.event : {} %}",
            },
            "Next": "keep",
        }));
        let case = asked::case(manifest, journey).unwrap_or_else(|| "\"\"".to_owned());
        let admit = "admit".to_owned();
        let filter = self.draft.program.filter.clone();
        let asks = if filter.is_some() { "meant" } else { &admit };
        self.put(
            "keep",
            json!({
                "Type": "Pass",
                "Assign": {"entry": {
                    "who": code("$text($contact.id)"),
                    "at": "{% $states.input.time %}",
                    "moment": "{% $states.input.time & \"#\" & $states.input.id %}",
                    "id": "{% $states.input.id %}",
                    "by": "{% $states.input.`detail-type` %}",
                    "began": "{% $millis() %}",
                    "case": code(&case),
                }},
                "Next": asks,
            }),
        );
        if let Some(filter) = filter {
            // Those whom another journey sends are meant.
            let test = Test::Any(vec![Test::Holds(filter)]);
            self.choose(
                "meant",
                &[(test, admit.clone())],
                DONE,
                "$entry.by = \"enter\" or ",
            );
        }
        let state = self.admission(next);
        self.put(&admit, state);
    }

    /// Notes the entry, unless there was one that keeps people out.
    fn admission(&self, next: &str) -> Value {
        let program = self.draft.program;
        let subject = format!(
            "{} & $entry.who",
            quoted(&format!("entry#{}#", program.name))
        );
        let mut item = json!({
            "subject": {"S": code(&subject)},
            "at": {"N": "{% $string($millis()) %}"},
        });
        let mut condition = "attribute_not_exists(subject)".to_owned();
        let mut values = Value::Null;
        let once = match &program.reentry {
            Reentry::Never => "\"once\"".to_owned(),
            Reentry::PerKey => "\"case#\" & $entry.case".to_owned(),
            Reentry::After(span) => {
                let minutes =
                    i64::from(span.days + span.business_days) * 1_440 + i64::from(span.minutes);
                condition.push_str(" OR #at < :before");
                values = json!({":before": {"N": code(&format!("$string($millis() - {})", minutes * 60_000))}});
                "\"last\"".to_owned()
            }
            // The bus may deliver one event twice.
            Reentry::Always => {
                item["expires"] = json!({"N": code("$string($floor($millis() / 1000) + 604800)")});
                "\"event#\" & $entry.id".to_owned()
            }
        };
        item["moment"] = json!({"S": code(&once)});
        let mut arguments = json!({
            "TableName": self.table,
            "Item": item,
            "ConditionExpression": condition,
        });
        if !values.is_null() {
            arguments["ExpressionAttributeNames"] = json!({"#at": "at"});
            arguments["ExpressionAttributeValues"] = values;
        }
        json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem",
            "Arguments": arguments,
            "Retry": retry("DynamoDb"),
            "Catch": [{"ErrorEquals": ["DynamoDb.ConditionalCheckFailedException"], "Next": DONE}],
            "Next": next,
        })
    }

    fn node(&mut self, node: &Wired<'_, '_>, next: &[String]) {
        let op = node.op;
        let first = names::state(&node.id, "");
        let then = next.first().map_or(DONE, String::as_str).to_owned();
        let held = self.held.contains(&op.id);
        let part = |part: &str| names::state(&node.id, part);
        // What waits for the open hours waits first, and asks for exits again.
        let own = if held { part("now") } else { first.clone() };
        if held {
            self.hold(&first, &part, &own);
        }
        match &op.act {
            Act::Mail { .. } | Act::Task { .. } => {
                let sent = letter::task(self.draft, op);
                if let Some(mut state) = sent {
                    state["Next"] = json!(then);
                    state["Catch"] = json!([{"ErrorEquals": ["States.ALL"], "Next": then}]);
                    self.put(&own, state);
                }
            }
            Act::Delay {
                amount,
                unit,
                days,
                zone,
            } => {
                let minutes = i64::from(*amount) * size(*unit);
                let seconds = if days.is_empty() {
                    json!(minutes * 60)
                } else {
                    self.tell_clock(op, zone);
                    let moment = clock::Moment {
                        after: minutes * 60_000,
                        at: None,
                        days,
                    };
                    json!(code(&clock::until(moment, zone, self.fallback())))
                };
                self.pause(&own, &part("who"), seconds, &then);
            }
            Act::Until { at, days, zone } => {
                self.tell_clock(op, zone);
                let moment = clock::Moment {
                    after: 0,
                    at: at.as_deref(),
                    days,
                };
                let seconds = code(&clock::until(moment, zone, self.fallback()));
                self.pause(&own, &part("who"), json!(seconds), &then);
            }
            Act::Await {
                event,
                filter,
                timeout,
                ..
            } => {
                let late = next.get(1).map_or(DONE, String::as_str).to_owned();
                self.wait_for((event, *filter, *timeout), (&own, &part), &then, &late);
            }
            Act::Date {
                date,
                before,
                at,
                if_past,
            } => {
                self.date(op, (date, *before, *at, *if_past), (&own, &part), &then);
            }
            Act::Choose { ways, .. } => {
                let tests: Vec<(Test<'_>, String)> = ways
                    .iter()
                    .map(|it| it.0.clone())
                    .zip(next.iter().cloned())
                    .collect();
                let otherwise = next.last().map_or(DONE, String::as_str).to_owned();
                self.choose(&own, &tests, &otherwise, "");
            }
            Act::Draw { arms } => {
                let percents: Vec<u32> = arms.iter().map(|it| it.percent).collect();
                self.draw(&own, &part("draw"), &percents, next);
            }
            Act::Set { attribute, value } => {
                let merged = format!("$merge([$contact, {{{}: {value}}}])", quoted(attribute));
                let state = self.remember(&merged, &then);
                self.put(&own, state);
            }
            Act::Enter { journey, .. } => {
                let state = enter(&self.draft.job.account.name, journey, &then);
                self.put(&own, state);
            }
            Act::End { .. } => {}
        }
    }

    /// Waits, and then reads the person anew.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers make the value for this call only"
    )]
    fn pause(&mut self, name: &str, who: &str, seconds: Value, next: &str) {
        self.put(
            name,
            json!({"Type": "Wait", "Seconds": seconds, "Next": who}),
        );
        self.read(who, next);
    }

    /// Reads what is known of the person by now.
    fn read(&mut self, name: &str, next: &str) {
        let state = json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem",
            "Arguments": {
                "TableName": self.table,
                "Key": {"subject": {"S": "{% \"contact#\" & $entry.who %}"}, "moment": {"S": "contact"}},
                "ConsistentRead": true,
            },
            "Assign": {"contact": "{% $exists($states.result.Item.data.S) ? $parse($states.result.Item.data.S) : $contact %}"},
            "Retry": retry("DynamoDb"),
            "Next": next,
        });
        self.put(name, state);
    }

    /// Changes what is known of the person.
    fn remember(&self, contact: &str, next: &str) -> Value {
        json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem",
            "Arguments": {
                "TableName": self.table,
                "Item": {
                    "subject": {"S": "{% \"contact#\" & $entry.who %}"},
                    "moment": {"S": "contact"},
                    "at": {"S": "{% $now() %}"},
                    "data": {"S": code(&format!("$string({contact})"))},
                },
            },
            "Assign": {"contact": code(contact)},
            "Retry": retry("DynamoDb"),
            "Next": next,
        })
    }

    /// Holds people back until commercial mail may go out.
    fn hold(&mut self, first: &str, part: &dyn Fn(&str) -> String, own: &str) {
        let Some(window) = self.hours.clone() else {
            return;
        };
        let seconds = code(&clock::open(&window, self.fallback()));
        let asked = self.draft.program.asked.clone();
        let next = if asked.is_some() {
            part("left")
        } else {
            own.to_owned()
        };
        self.pause(first, &part("who"), json!(seconds), &next);
        if let Some(test) = asked {
            self.choose(&next, &[(test, DONE.to_owned())], own, "");
        }
    }

    /// Looks up what the tests ask for, and takes the first way whose test holds.
    fn choose(&mut self, name: &str, ways: &[(Test<'_>, String)], otherwise: &str, or: &str) {
        let journey = self.draft.program.journey;
        let mut asking = Asking::new(self.draft.job.manifest, journey, &self.table);
        let choices: Vec<Value> = ways
            .iter()
            .map(|(test, next)| {
                let condition = format!("{or}{}", asking.condition(test));
                json!({"Condition": code(&condition), "Next": next})
            })
            .collect();
        let choice = json!({"Type": "Choice", "Choices": choices, "Default": otherwise});
        self.look_up(name, asking, |_| choice);
    }

    /// Look-ups one after another, and then a last state.
    fn look_up(&mut self, name: &str, asking: Asking<'_>, last: impl FnOnce(&str) -> Value) {
        let lookups = asking.lookups();
        let place = |at: usize| match at {
            0 => name.to_owned(),
            at => names::state(name, &format!("{}", at + 1)),
        };
        for (at, lookup) in lookups.iter().enumerate() {
            self.put(
                &place(at),
                json!({
                    "Type": "Task",
                    "Resource": "arn:aws:states:::aws-sdk:dynamodb:query",
                    "Arguments": lookup.arguments,
                    "Assign": {lookup.variable.clone(): lookup.answer},
                    "Retry": retry("DynamoDb"),
                    "Next": place(at + 1),
                }),
            );
        }
        let state = last(name);
        self.put(&place(lookups.len()), state);
    }

    fn draw(&mut self, name: &str, draw: &str, percents: &[u32], next: &[String]) {
        self.put(
            name,
            json!({
                "Type": "Pass",
                "Assign": {"drawn": "{% $floor($random() * 100) %}"},
                "Next": draw,
            }),
        );
        let mut below = 0;
        let mut choices = Vec::new();
        for (percent, next) in percents.iter().zip(next) {
            below += percent;
            if *percent > 0 {
                choices
                    .push(json!({"Condition": code(&format!("$drawn < {below}")), "Next": next}));
            }
        }
        // The last arm takes the rest.
        let last = choices.pop().map_or(json!(DONE), |it| it["Next"].clone());
        let state = if choices.is_empty() {
            json!({"Type": "Pass", "Next": last})
        } else {
            json!({"Type": "Choice", "Choices": choices, "Default": last})
        };
        self.put(draw, state);
    }

    /// Looks whether the event has come; if not, waits until told, and looks again.
    fn wait_for(
        &mut self,
        (event, filter, timeout): (&str, Option<&Condition>, Option<u32>),
        (own, part): (&str, &dyn Fn(&str) -> String),
        then: &str,
        late: &str,
    ) {
        let minutes = timeout.map_or(YEAR, i64::from);
        let (look, wait, who, who_late) =
            (part("look"), part("wait"), part("who"), part("who, late"));
        self.put(
            own,
            json!({
                "Type": "Pass",
                "Assign": {"deadline": code(&format!("$millis() + {}", minutes * 60_000))},
                "Next": look,
            }),
        );
        let journey = self.draft.program.journey;
        let mut asking = Asking::new(self.draft.job.manifest, journey, &self.table);
        let variable = asking.came(event, filter);
        let choice = json!({
            "Type": "Choice",
            "Choices": [
                {"Condition": code(&format!("{variable} > 0")), "Next": who},
                {"Condition": "{% $millis() >= $deadline %}", "Next": who_late},
            ],
            "Default": wait,
        });
        self.look_up(&look, asking, |_| choice);
        let subject = format!("{} & $entry.who", quoted(&format!("waiter#{event}#")));
        self.put(&wait, json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem.waitForTaskToken",
            "Arguments": {
                "TableName": self.table,
                "Item": {
                    "subject": {"S": code(&subject)},
                    "moment": {"S": "{% $states.context.Execution.Name & \"#\" & $states.context.State.Name %}"},
                    "token": {"S": "{% $states.context.Task.Token %}"},
                    "expires": {"N": "{% $string($ceil($deadline / 1000) + 86400) %}"},
                },
            },
            "TimeoutSeconds": "{% $max([1, $ceil(($deadline - $millis()) / 1000)]) %}",
            "Retry": retry("DynamoDb"),
            "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": who_late}],
            "Next": look,
        }));
        self.read(&who, then);
        self.read(&who_late, late);
    }

    fn date(
        &mut self,
        op: &Op<'_>,
        (date, before, at, if_past): (&Condition, i64, Option<&str>, IfPast),
        (own, part): (&str, &dyn Fn(&str) -> String),
        then: &str,
    ) {
        self.tell_clock(op, "contact");
        let mut asking = Asking::new(
            self.draft.job.manifest,
            self.draft.program.journey,
            &self.table,
        );
        let value = match &date.tree {
            crate::manifest::Expr::Contact { name } => super::jsonata::field("$contact", name),
            crate::manifest::Expr::Event { name } => super::jsonata::field("$event", name),
            other => asking.expression(other),
        };
        let (choose, wait, who) = (part("when"), part("wait"), part("who"));
        let moment = clock::date(&value, before, at, self.fallback());
        self.put(
            own,
            json!({
                "Type": "Pass",
                "Assign": {"moment": code(&moment)},
                "Next": choose,
            }),
        );
        let gone = match if_past {
            IfPast::Continue => then,
            IfPast::Exit => DONE,
        };
        let behind = self.behind.get(&op.id).copied().unwrap_or(0);
        let most = (YEAR - 1_440 - behind).max(0) * 60_000;
        self.put(
            &choose,
            json!({
                "Type": "Choice",
                "Choices": [
                    {"Condition": "{% $moment <= $millis() %}", "Next": gone},
                    {"Condition": code(&format!("$moment > $entry.began + {most}")), "Next": DONE},
                ],
                "Default": wait,
            }),
        );
        self.pause(
            &wait,
            &who,
            json!("{% $ceil(($moment - $millis()) / 1000) %}"),
            then,
        );
        self.draft.ledger.lose(Loss {
            line: op.line,
            node: op.node.to_owned(),
            what: format!(
                "AWS waits for `{}` for {} days at most, counted from entry",
                date.text,
                most / 86_400_000
            ),
            why: "people whose date is further away leave the journey here".to_owned(),
            help: "let the shop send an event when the date comes near".to_owned(),
        });
        if at.is_none() {
            self.draft.ledger.remark(format!(
                "`{}` is a day: its moment is 09:00 by the person's clock.",
                date.text
            ));
        }
    }

    /// Tells that the person's clock is an offset that does not follow changes of the clocks.
    fn tell_clock(&mut self, op: &Op<'_>, zone: &str) {
        if zone != "contact" {
            return;
        }
        self.draft.ledger.lose(Loss {
            line: op.line,
            node: op.node.to_owned(),
            what:
                "AWS knows the person's clock only as the offset from UTC that the shop sent last"
                    .to_owned(),
            why: "where the clocks change in between, the message comes an hour earlier or later"
                .to_owned(),
            help: "let the shop send `utc_offset` anew with its events, or name a zone in the step"
                .to_owned(),
        });
    }

    /// Refuses what lasts longer than an execution may.
    fn check_length(&mut self, nodes: &[Wired<'_, '_>]) {
        let hold = self
            .hours
            .as_ref()
            .map_or(0, |it| (closed(&it.days) + 1) * 1_440);
        let lasts = |node: &Wired<'_, '_>| {
            let waits = self.held.contains(&node.op.id);
            minutes(&node.op.act) + if waits { hold } else { 0 }
        };
        // Every link leads to a node that stands behind in this order.
        let mut longest = vec![None; nodes.len()];
        let mut order = Vec::new();
        let mut seen = vec![false; nodes.len()];
        let mut stack: Vec<(usize, bool)> = (0..nodes.len()).rev().map(|it| (it, false)).collect();
        while let Some((at, leave)) = stack.pop() {
            if leave {
                order.push(at);
            } else if !std::mem::replace(&mut seen[at], true) {
                stack.push((at, true));
                stack.extend(nodes[at].links.iter().flatten().map(|it| (*it, false)));
            }
        }
        let mut behind = vec![0; nodes.len()];
        for at in &order {
            let links = nodes[*at].links.iter().flatten();
            behind[*at] = lasts(&nodes[*at]) + links.map(|it| behind[*it]).max().unwrap_or(0);
            self.behind.insert(nodes[*at].op.id.clone(), behind[*at]);
        }
        let mut too_long: Option<(i64, usize)> = None;
        for at in order.into_iter().rev() {
            let begin: i64 = longest[at].unwrap_or(0);
            let end = begin + lasts(&nodes[at]);
            if end > YEAR && begin <= YEAR {
                too_long = too_long.or(Some((end, at)));
            }
            for next in nodes[at].links.iter().flatten() {
                longest[*next] = longest[*next].max(Some(end));
            }
        }
        if let Some((end, at)) = too_long {
            self.draft.ledger.refuse(Loss {
                line: nodes[at].op.line,
                node: nodes[at].op.node.to_owned(),
                what: format!("AWS ends every execution after a year, and with this step a person may need {} days", end / 1_440),
                why: "the rest of the journey would never happen".to_owned(),
                help: "make what follows a journey of its own that an event of the shop starts".to_owned(),
            });
        }
    }
}

/// How many minutes something takes at most.
fn minutes(act: &Act<'_>) -> i64 {
    match act {
        Act::Delay {
            amount, unit, days, ..
        } => i64::from(*amount) * size(*unit) + closed(days) * 1_440,
        Act::Until { days, .. } => (closed(days) + 1) * 1_440,
        Act::Await { timeout, .. } => timeout.map_or(YEAR, i64::from),
        _ => 0,
    }
}

/// How many days in a row are not among these at most.
fn closed(days: &[Weekday]) -> i64 {
    if days.is_empty() {
        return 0;
    }
    let (mut most, mut run) = (0, 0);
    for day in WEEK.iter().chain(&WEEK) {
        run = if days.contains(day) { 0 } else { run + 1 };
        most = most.max(run);
    }
    most
}

fn size(unit: Unit) -> i64 {
    match unit {
        Unit::Minutes => 1,
        Unit::Hours => 60,
        Unit::Days => 1_440,
    }
}

/// Starts another journey's machine; its address differs from this one's in the name alone.
fn enter(environment: &str, journey: &str, next: &str) -> Value {
    let name = names::machine(environment, journey);
    let address = format!(
        "$join($append($split($states.context.StateMachine.Id, \":\")[[0..5]], {}), \":\")",
        quoted(&name)
    );
    let input = "$string({\"detail-type\": \"enter\", \"id\": $states.context.Execution.Name & \"#\" & $states.context.State.Name, \"time\": $now(), \"detail\": {\"contact\": $contact, \"event\": $event}})";
    json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:startExecution",
        "Arguments": {"StateMachineArn": code(&address), "Input": code(input)},
        "Retry": retry("Sfn"),
        // A journey that is not written is a loss in the plan; the rest of this one goes on.
        "Catch": [{"ErrorEquals": ["Sfn.StateMachineDoesNotExistException"], "Next": next}],
        "Next": next,
    })
}

/// Tries again where AWS asks for it.
pub(super) fn retry(service: &str) -> Value {
    let errors: Vec<String> = [
        "TooManyRequestsException",
        "ThrottlingException",
        "InternalServerErrorException",
        "ProvisionedThroughputExceededException",
        "LimitExceededException",
    ]
    .iter()
    .map(|it| format!("{service}.{it}"))
    .collect();
    json!([{"ErrorEquals": errors, "IntervalSeconds": 5, "MaxAttempts": 6, "BackoffRate": 2, "JitterStrategy": "FULL"}])
}

/// Finds the things before which people wait for the open hours: held mail, or the question before it.
fn find_held(ops: &[Op<'_>], held: &mut BTreeSet<String>) {
    for op in ops {
        if leads_to_held(op, op.node) {
            held.insert(op.id.clone());
            continue;
        }
        for inner in op.inner() {
            find_held(inner, held);
        }
    }
}

/// Whether something is held mail of a step, or asks whether to send it.
fn leads_to_held(op: &Op<'_>, node: &str) -> bool {
    match &op.act {
        Act::Mail { send, .. } => {
            op.node == node && send.class == Class::Commercial && !send.bypass_window
        }
        Act::Choose { .. } if op.node == node => {
            let mut inner = op.inner().into_iter().filter_map(<[_]>::first);
            inner.any(|it| leads_to_held(it, node))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_row_of_closed_days_goes_over_the_weekend_too() {
        assert_eq!(closed(&[]), 0);
        assert_eq!(closed(&WEEK), 0);
        assert_eq!(closed(&WEEK[..5]), 2);
        assert_eq!(closed(&[Weekday::Wed]), 6);
        assert_eq!(closed(&[Weekday::Tue, Weekday::Thu]), 4);
    }
}
