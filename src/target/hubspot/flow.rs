//! One workflow: what lets people in, the hours, and the actions; and a small one for each property that
//! says whether an event has come.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::email::{class_of, has_way_out, subscription, tokens};
use super::filters::{Filters, Groups, Of, branch, events, property_of};
use super::request;
use crate::manifest::{Condition, Expr, Journey, Reentry, Send, Window, content_hash};
use crate::model::{Class, IfPast, Weekday};
use crate::target::{
    Act, Arm, Draft, Joins, Ledger, Link, Loss, Mark, Named, Op, Requests, Test, Unit, Wired,
    open_hours, wire,
};

/// Where workflows are created.
pub(super) const PATH: &str = "/automation/v4/flows";

/// The most actions of one workflow. HubSpot names no limit; nobody can read more.
pub(super) const MOST: usize = 200;

/// The most ways of one branch.
pub(super) const MOST_WAYS: usize = 20;

/// The requests of one journey.
pub(super) fn requests(draft: &mut Draft<'_, '_>) -> Requests {
    let program = draft.program;
    let journey = program.journey;
    let wiring = wire(&program.ops, Joins::Shared, MOST);
    if wiring.full {
        draft.ledger.too_large(Loss {
            line: journey.line,
            node: String::new(),
            what: format!(
                "`{}` becomes more than {MOST} actions in HubSpot",
                program.name
            ),
            why: String::new(),
            help: "make two journeys of it".to_owned(),
        });
        return Requests::default();
    }
    check_mails(draft);
    let windows = windows(draft);
    let actions = Actions::new(draft, &wiring.nodes).all(wiring.entry);
    let event = &journey.trigger.event;
    let entry = enrollment(draft, event, program.filter.as_ref(), ("", journey.line));
    let again = !matches!(program.reentry, Reentry::Never);
    let mut requests: Vec<Named> = program.marks.iter().map(|it| marking(draft, it)).collect();
    let entry = enrolls(&entry, again);
    requests.push(named(
        &program.name,
        workflow(journey, &entry, &windows, &actions),
    ));
    Requests {
        before: Vec::new(),
        journey: requests,
    }
}

/// The request with a name that says which version of the workflow it is.
fn named(own: &str, mut body: Value) -> Named {
    let hash = content_hash(&[&body.to_string()]);
    body["name"] = json!(format!("[journeyc] {own} ({})", &hash[..8]));
    let request = request(PATH, body, &format!("workflow:{own}"));
    (format!("workflow-{}", own.replace('/', "-")), request)
}

fn workflow(journey: &Journey, entry: &Value, windows: &[Value], actions: &[Value]) -> Value {
    json!({
        "type": "CONTACT_FLOW",
        "objectTypeId": "0-1",
        "flowType": "WORKFLOW",
        "isEnabled": false,
        "description": format!("Made by journeyc of {}", journey.file),
        "startActionId": "1",
        "canEnrollFromSalesforce": false,
        "suppressionListIds": [],
        "customProperties": {},
        "dataSources": [],
        "timeWindows": windows,
        "blockedDates": [],
        "enrollmentCriteria": entry,
        "actions": actions,
    })
}

fn enrolls(events: &[Value], again: bool) -> Value {
    json!({
        "type": "EVENT_BASED",
        "shouldReEnroll": again,
        "eventFilterBranches": events,
        "listMembershipFilterBranches": [],
    })
}

/// An event, and what must be true of it.
fn enrollment(
    draft: &mut Draft<'_, '_>,
    event: &str,
    filter: Option<&Expr>,
    place: (&str, u32),
) -> Vec<Value> {
    let id = draft.ledger.id(draft.job, "events", event, place.0);
    let groups = match filter {
        None => Some(vec![Vec::new()]),
        Some(filter) => Filters {
            job: draft.job,
            ledger: &mut *draft.ledger,
            marks: &draft.program.marks,
            of: Of::Event(event),
            place,
        }
        .groups(filter, false),
    };
    events(&id, groups.unwrap_or_default())
}

/// The small workflow that sets a property when an event comes.
fn marking(draft: &mut Draft<'_, '_>, mark: &Mark<'_>) -> Named {
    let journey = draft.program.journey;
    let filter = mark.filter.map(|it| &it.tree);
    let entry = enrollment(draft, mark.event, filter, ("", journey.line));
    draft.ledger.by_hand(format!(
        "Create the contact property `{}`, a single checkbox: its own workflow ticks it when `{}` comes.",
        mark.attribute, mark.event
    ));
    let action = json!({
        "actionId": "1",
        "type": "SINGLE_CONNECTION",
        "actionTypeId": "0-5",
        "actionTypeVersion": 0,
        "fields": set(&mark.attribute, "true"),
    });
    named(
        &mark.attribute,
        workflow(journey, &enrolls(&entry, true), &[], &[action]),
    )
}

fn set(property: &str, value: &str) -> Value {
    json!({"property_name": property, "value": {"type": "STATIC_VALUE", "staticValue": value}})
}

/// What emails need beside their text: the subscription type of their class, what the event carries, and
/// a link to unsubscribe.
fn check_mails(draft: &mut Draft<'_, '_>) {
    let (program, shelf, journey) = (draft.program, draft.shelf, draft.program.journey);
    let ledger: &mut Ledger = draft.ledger;
    Op::walk(&program.ops, &mut |op| {
        let Act::Mail { locales, send, .. } = &op.act else {
            return;
        };
        for locale in locales {
            let Some(content) = shelf.mail(&journey.name, op.node, locale) else {
                continue;
            };
            let class = class_of(draft.job, content);
            ledger.id(draft.job, "subscriptions", subscription(class), op.node);
            if class != send.class {
                ledger.lose(Loss {
                    line: op.line,
                    node: op.node.to_owned(),
                    what: format!(
                        "`{}` shares the template `{}` with commercial mail, so HubSpot sends it as commercial",
                        op.node, content.template
                    ),
                    why: "people who have unsubscribed do not get it".to_owned(),
                    help: "give the commercial mail a template of its own".to_owned(),
                });
            }
            let tokens = tokens(content);
            if !tokens.is_empty() {
                let tokens = tokens.join("`, `");
                ledger.lose(Loss {
                    line: op.line,
                    node: op.node.to_owned(),
                    what: format!("HubSpot hands what the event carries to `{}` only by custom tokens", op.node),
                    why: "what they should show stays empty until somebody sets them up".to_owned(),
                    help: "set the tokens up as the plan says; they are not in every plan of HubSpot's"
                        .to_owned(),
                });
                ledger.by_hand(format!(
                    "In the action of the workflow that sends `{}`, give the email these custom tokens with the properties of the event that have the same names: `{tokens}`.",
                    op.node
                ));
            }
            if !has_way_out(&content.mail.html) {
                ledger.lose(Loss {
                    line: op.line,
                    node: op.node.to_owned(),
                    what: format!("HubSpot takes no email without a link to unsubscribe, so `{}` gets one", op.node),
                    why: "a person who follows it may get no more mail, not even about an order".to_owned(),
                    help: "send this message by HubSpot's add-on for transactional email, or from the shop"
                        .to_owned(),
                });
            }
        }
    });
}

/// The hours of the workflow, where it sends commercial mail that waits for them.
fn windows(draft: &mut Draft<'_, '_>) -> Vec<Value> {
    let policy = &draft.job.manifest.policy;
    let Some(window) = open_hours(policy.send_window.as_ref(), policy.quiet_hours.as_ref()) else {
        return Vec::new();
    };
    let is_held = |it: &Send| it.class == Class::Commercial && !it.bypass_window;
    let mut waiting = None;
    let mut free = None;
    Op::walk(&draft.program.ops, &mut |op| {
        if let Act::Mail { send, .. } = &op.act {
            let place = if is_held(send) {
                &mut waiting
            } else {
                &mut free
            };
            place.get_or_insert((op.node, op.line));
        }
    });
    let Some((_, line)) = waiting else {
        return Vec::new();
    };
    let mut lose = |(node, line): (&str, u32), what: String, why: &str, help: &str| {
        draft.ledger.lose(Loss {
            line,
            node: node.to_owned(),
            what,
            why: why.to_owned(),
            help: help.to_owned(),
        });
    };
    if window.from >= window.to {
        let what = "HubSpot takes no hours that run over midnight, so it holds no mail back";
        let why = "a message may come at night";
        lose(
            ("", line),
            what.to_owned(),
            why,
            "name hours within one day",
        );
        return Vec::new();
    }
    if let Some(place) = free {
        let what = format!(
            "HubSpot holds everything of a workflow for {} to {}, `{}` too",
            window.from, window.to, place.0
        );
        let why = "a message that should come at once waits for the morning or for Monday";
        lose(
            place,
            what,
            why,
            "make a journey of its own of the mail that may not wait",
        );
    }
    if window.zone != draft.job.manifest.timezone {
        let what = "HubSpot's hours go by the account's clock";
        let why = "people far away get the message at another hour of their day";
        let help = "accept it, or make a journey for each region";
        lose(("", draft.program.journey.line), what.to_owned(), why, help);
    }
    hours(&window)
}

fn hours(window: &Window) -> Vec<Value> {
    const WEEK: [(Weekday, &str); 7] = [
        (Weekday::Mon, "MONDAY"),
        (Weekday::Tue, "TUESDAY"),
        (Weekday::Wed, "WEDNESDAY"),
        (Weekday::Thu, "THURSDAY"),
        (Weekday::Fri, "FRIDAY"),
        (Weekday::Sat, "SATURDAY"),
        (Weekday::Sun, "SUNDAY"),
    ];
    WEEK.iter()
        .filter(|it| window.days.is_empty() || window.days.contains(&it.0))
        .map(|it| json!({"day": it.1, "startTime": clock(&window.from), "endTime": clock(&window.to)}))
        .collect()
}

/// `09:30` as HubSpot writes it.
fn clock(time: &str) -> Value {
    let (hour, minute) = time.split_once(':').unwrap_or((time, "0"));
    let number = |it: &str| it.parse::<u32>().unwrap_or_default();
    json!({"hour": number(hour), "minute": number(minute)})
}

/// The actions of one workflow while they are made.
struct Actions<'w, 'd, 'a, 'n> {
    draft: &'w mut Draft<'d, 'a>,
    nodes: &'n [Wired<'d, 'a>],
    /// How many ways lead to each node.
    ways: Vec<usize>,
    /// The id of each node's first action; nothing for nodes that leave none.
    ids: Vec<Option<u32>>,
    /// Nodes to which an edge leads already: all further ones are jumps.
    reached: BTreeSet<usize>,
    made: Vec<Value>,
}

impl<'w, 'd, 'a, 'n> Actions<'w, 'd, 'a, 'n> {
    fn new(draft: &'w mut Draft<'d, 'a>, nodes: &'n [Wired<'d, 'a>]) -> Self {
        let mut ways = vec![0; nodes.len()];
        for link in nodes.iter().flat_map(|it| &it.links).flatten() {
            ways[*link] += 1;
        }
        Self {
            draft,
            nodes,
            ways,
            ids: Vec::new(),
            reached: BTreeSet::new(),
            made: Vec::new(),
        }
    }

    fn all(mut self, entry: Link) -> Vec<Value> {
        let mut next = 1;
        let mut merged = BTreeSet::new();
        for (at, node) in self.nodes.iter().enumerate() {
            if let Some((_, until)) = self.until_behind(at) {
                merged.insert(until);
            }
            let leaves = !merged.contains(&at) && !self.is_by_hand(node.op);
            self.ids.push(leaves.then_some(next));
            next += match node.op.act {
                _ if !leaves => 0,
                Act::Await { .. } => 2,
                _ => 1,
            };
        }
        self.reached.extend(self.there(entry));
        for at in 0..self.nodes.len() {
            if let Some(id) = self.ids[at] {
                self.action(at, id);
            }
        }
        self.made
    }

    /// A node that leaves an action, from a link on.
    fn there(&self, mut link: Link) -> Link {
        while let Some(at) = link {
            if self.ids[at].is_some() {
                return link;
            }
            link = self.nodes[at].links.first().copied().flatten();
        }
        None
    }

    /// Clearing a property has no words.
    fn is_by_hand(&mut self, op: &Op<'_>) -> bool {
        let Act::Set { attribute, value } = &op.act else {
            return false;
        };
        if !value.is_null() && !value.is_array() && !value.is_object() {
            return false;
        }
        self.draft.ledger.lose(Loss {
            line: op.line,
            node: op.node.to_owned(),
            what: format!("HubSpot does not set `{attribute}` to {value}"),
            why: "what asks for it later gets the old answer".to_owned(),
            help: "let the shop write it when the same event comes".to_owned(),
        });
        self.draft.ledger.by_hand(format!(
            "`{attribute}`: let the shop set it to {value} when people come to line {}.",
            op.line
        ));
        true
    }

    /// The time of day until which a delay in days goes on, where that is all that follows it.
    fn until_behind(&self, at: usize) -> Option<(&'n str, usize)> {
        let node = &self.nodes[at];
        let next = node.links.first().copied().flatten()?;
        let days = matches!(
            node.op.act,
            Act::Delay {
                unit: Unit::Days,
                ..
            }
        );
        let until = &self.nodes[next].op;
        match &until.act {
            Act::Until { at: Some(time), .. } if days && self.ways[next] == 1 => {
                Some((time.as_str(), next))
            }
            _ => None,
        }
    }

    /// An edge to where a link leads; nothing where the journey ends.
    fn edge(&mut self, link: Link) -> Option<Value> {
        let at = self.there(link)?;
        let id = self.ids[at]?;
        let kind = if self.reached.insert(at) {
            "STANDARD"
        } else {
            "GOTO"
        };
        Some(json!({"edgeType": kind, "nextActionId": id.to_string()}))
    }

    fn action(&mut self, at: usize, id: u32) {
        let node = &self.nodes[at];
        let op = node.op;
        let mut next = node.links.first().copied().flatten();
        let (kind, version, fields) = match &op.act {
            Act::Mail { locales, .. } => {
                let journey = &self.draft.program.journey.name;
                let locale = locales.first().copied().unwrap_or_default();
                let name = self.draft.shelf.name(journey, op.node, locale);
                (
                    "0-4",
                    0,
                    json!({"content_id": format!("${{email:{name}}}")}),
                )
            }
            Act::Delay {
                amount, unit, zone, ..
            } => {
                let units = match unit {
                    Unit::Minutes => "MINUTES",
                    Unit::Hours => "HOURS",
                    Unit::Days => "DAYS",
                };
                let mut fields = json!({"delta": amount.to_string(), "time_unit": units});
                if let Some((time, until)) = self.until_behind(at) {
                    fields["time_of_day"] = clock(time);
                    next = self.nodes[until].links.first().copied().flatten();
                    self.check_clock(op, zone);
                }
                ("0-1", 0, fields)
            }
            Act::Until { at, zone, .. } => {
                self.check_clock(op, zone);
                let time = clock(at.as_deref().unwrap_or("00:00"));
                // A delay needs a length; then it goes on until the time.
                let fields = json!({"delta": "1", "time_unit": "MINUTES", "time_of_day": time});
                ("0-1", 0, fields)
            }
            Act::Date {
                date,
                before,
                at,
                if_past,
            } => ("0-35", 0, self.date(op, date, *before, *at, *if_past)),
            Act::Set { attribute, value } => {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                ("0-5", 0, set(&property_of(attribute), &text))
            }
            Act::Enter { list, .. } => {
                let fields = json!({"listId": list, "targetObject": "{{ enrolled_object }}"});
                ("0-63809083", 3, fields)
            }
            Act::Await {
                event,
                filter,
                timeout,
                ..
            } => return self.wait_for(node, id, event, *filter, timeout.unwrap_or(1)),
            Act::Choose { ways, .. } => return self.choose(node, id, ways),
            Act::Draw { arms } => return self.draw(node, id, arms),
            Act::Task { .. } | Act::End { .. } => {
                self.refuse(op, "HubSpot has no action for this step", "leave it out");
                return;
            }
        };
        self.single(id, (kind, version), &fields, next);
    }

    fn single(&mut self, id: u32, (kind, version): (&str, u32), fields: &Value, next: Link) {
        let mut action = json!({
            "actionId": id.to_string(),
            "type": "SINGLE_CONNECTION",
            "actionTypeId": kind,
            "actionTypeVersion": version,
            "fields": fields,
        });
        if let Some(edge) = self.edge(next) {
            action["connection"] = edge;
        }
        self.made.push(action);
    }

    fn wait_for(
        &mut self,
        node: &Wired<'d, 'a>,
        id: u32,
        event: &str,
        filter: Option<&Condition>,
        minutes: u32,
    ) {
        let place = (node.op.node, node.op.line);
        let branches = enrollment(self.draft, event, filter.map(|it| &it.tree), place);
        let branch = id + 1;
        self.made.push(json!({
            "actionId": id.to_string(),
            "type": "SINGLE_CONNECTION",
            "actionTypeId": "0-29",
            "actionTypeVersion": 0,
            "fields": {"event_filter_branches": branches, "expiration_minutes": minutes.to_string()},
            "connection": {"edgeType": "STANDARD", "nextActionId": branch.to_string()},
        }));
        let mut came = Map::new();
        came.insert("branchValue".to_owned(), json!("true"));
        if let Some(edge) = self.edge(node.links.first().copied().flatten()) {
            came.insert("connection".to_owned(), edge);
        }
        let mut action = json!({
            "actionId": branch.to_string(),
            "type": "STATIC_BRANCH",
            "inputValue": {"type": "FIELD_DATA", "actionId": id.to_string(), "dataKey": "hs_event_criteria_met"},
            "staticBranches": [came],
            "defaultBranchName": "It has not come",
        });
        if let Some(edge) = self.edge(node.links.get(1).copied().flatten()) {
            action["defaultBranch"] = edge;
        }
        self.made.push(action);
    }

    fn choose(&mut self, node: &Wired<'d, 'a>, id: u32, ways: &[(Test<'a>, Vec<Op<'a>>)]) {
        let op = node.op;
        if ways.len() > MOST_WAYS {
            let what = format!("a branch of HubSpot has {MOST_WAYS} ways at most");
            self.refuse(op, &what, "put a branch into the `else` of another");
            return;
        }
        let mut branches = Vec::new();
        for (at, (test, _)) in ways.iter().enumerate() {
            let Some(groups) = self.groups(op, test) else {
                return;
            };
            let mut way = json!({
                "branchName": format!("Way {}", at + 1),
                "filterBranch": branch(groups),
            });
            if let Some(edge) = self.edge(node.links.get(at).copied().flatten()) {
                way["connection"] = edge;
            }
            branches.push(way);
        }
        let mut action = json!({
            "actionId": id.to_string(),
            "type": "LIST_BRANCH",
            "listBranches": branches,
            "defaultBranchName": "Everybody else",
        });
        if let Some(edge) = self.edge(node.links.get(ways.len()).copied().flatten()) {
            action["defaultBranch"] = edge;
        }
        self.made.push(action);
    }

    fn groups(&mut self, op: &Op<'_>, test: &Test<'_>) -> Option<Groups> {
        let mut filters = Filters {
            job: self.draft.job,
            ledger: &mut *self.draft.ledger,
            marks: &self.draft.program.marks,
            of: Of::Contact,
            place: (op.node, op.line),
        };
        filters.test(test, false)
    }

    fn draw(&mut self, node: &Wired<'d, 'a>, id: u32, arms: &[Arm<'a>]) {
        let mut branches = Vec::new();
        for (arm, link) in arms.iter().zip(&node.links) {
            let mut way = json!({"percentage": arm.percent});
            if let Some(edge) = self.edge(*link) {
                way["connection"] = edge;
            }
            branches.push(way);
        }
        self.made.push(json!({
            "actionId": id.to_string(),
            "type": "AB_TEST_BRANCH",
            "testBranches": branches,
        }));
    }

    /// A wait for a date of the contact.
    fn date(
        &mut self,
        op: &Op<'_>,
        date: &Condition,
        before: i64,
        at: Option<&str>,
        if_past: IfPast,
    ) -> Value {
        let Expr::Contact { name } = &date.tree else {
            let what = format!("HubSpot cannot wait for `{}`", date.text);
            self.refuse(op, &what, "keep the date in an attribute of the contact");
            return Value::Null;
        };
        let days = -before;
        if days < 0 || days % 1_440 != 0 {
            let what = format!(
                "HubSpot waits for `{}` in whole days, and not for days before it",
                date.text
            );
            self.refuse(
                op,
                &what,
                "let the shop keep the earlier day in an attribute of its own",
            );
            return Value::Null;
        }
        if if_past != IfPast::Continue {
            self.draft.ledger.lose(Loss {
                line: op.line,
                node: op.node.to_owned(),
                what: format!("HubSpot goes on at once where `{}` has passed", date.text),
                why: "the message comes although its day is over".to_owned(),
                help: "let the shop clear the date when it has passed, and ask for it with `if`"
                    .to_owned(),
            });
        }
        json!({
            "date": {"type": "OBJECT_PROPERTY", "propertyName": property_of(name)},
            "delta": (days / 1_440).to_string(),
            "time_unit": "DAYS",
            "time_of_day": clock(at.unwrap_or("00:00")),
        })
    }

    /// HubSpot has one clock: the account's, which is set to the project's zone by hand.
    fn check_clock(&mut self, op: &Op<'_>, zone: &str) {
        if zone == self.draft.job.manifest.timezone || zone == "contact" {
            return;
        }
        let what = format!("HubSpot goes by the account's clock, not by that of {zone}");
        let help = "take `zone` away, or write the hour in the project's `timezone`";
        self.refuse(op, &what, help);
    }

    fn refuse(&mut self, op: &Op<'_>, what: &str, help: &str) {
        let ledger: &mut Ledger = self.draft.ledger;
        ledger.refuse(Loss {
            line: op.line,
            node: op.node.to_owned(),
            what: what.to_owned(),
            why: "the export would do something else to the customer than this file says"
                .to_owned(),
            help: help.to_owned(),
        });
    }
}
