//! The steps of a journey as the actions of a flow.
//!
//! In: a journey. Out: actions with links, and notes of what changed. Invariant: a link leads to an
//! action of the same flow or ends; where ways come together again the rest is copied, because
//! Klaviyo's flows are trees. Not done here: requests and the plan.
//!
//! Steps are lowered from the last to the first: each takes what follows it as a function, and calls
//! it once for each way that leads on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::{Job, Ledger, Loss};
use super::dated::{Later, filter_or_null};
use super::filters::{self, Events, Filters, Groups, Judged, judged};
use super::shelf::Shelf;
use crate::manifest::{Action, Condition, Expr, Journey, Step};
use crate::model::Class;

/// More actions than this nobody can read in Klaviyo, and copies have grown out of hand.
pub(super) const MOST_ACTIONS: usize = 200;

/// How closely each `wait_for` is imitated, so that the flow stays small enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tuning {
    /// Checks by node; as many as make sense where nothing is said; none means that the late steps
    /// are skipped by filters instead of a split.
    pub(super) checks: BTreeMap<String, u32>,
    /// Whether branches that only send become filters on the messages, which needs no copies.
    pub(super) flat: bool,
}

/// The next action; nothing where the flow ends.
pub(super) type Link = Option<String>;

/// What follows a step.
pub(super) type Then<'t, 'a> = &'t dyn Fn(&mut Flow<'a>, Here) -> Link;

/// What is known at a place of the flow.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Here {
    /// Whether the moment surely lies within the send window.
    pub(super) in_window: bool,
}

/// A flow that was put aside for another.
pub(super) struct Aside {
    actions: Vec<Value>,
    names: BTreeSet<String>,
    copies: BTreeMap<String, u32>,
    dated: bool,
}

/// A flow being built.
pub(super) struct Flow<'a> {
    pub(super) job: Job<'a>,
    pub(super) journey: &'a Journey,
    /// The names of the account's templates.
    pub(super) shelf: &'a Shelf,
    pub(super) tuning: &'a Tuning,
    /// The trigger's metric.
    pub(super) metric: String,
    pub(super) ledger: Ledger,
    pub(super) actions: Vec<Value>,
    /// Alerts for people, by step: title and address; they need a template each.
    pub(super) alerts: BTreeMap<String, String>,
    /// The flow's filter: exits that concern everything.
    pub(super) exits: Groups,
    /// Flows that a date starts, which go on where this one ends.
    pub(super) later: Vec<Later>,
    /// Whether a date started the flow, so that nothing is known of the trigger's event.
    pub(super) dated: bool,
    /// Whether there is no room left; everything that follows is thrown away.
    pub(super) full: bool,
    names: BTreeSet<String>,
    copies: BTreeMap<String, u32>,
}

impl<'a> Flow<'a> {
    pub(super) fn new(
        job: Job<'a>,
        journey: &'a Journey,
        shelf: &'a Shelf,
        tuning: &'a Tuning,
    ) -> Self {
        let mut ledger = Ledger::default();
        let metric = ledger.id(&job, "metrics", &journey.trigger.event, "");
        Self {
            job,
            journey,
            shelf,
            tuning,
            metric,
            ledger,
            actions: Vec::new(),
            alerts: BTreeMap::new(),
            exits: Groups::new(),
            later: Vec::new(),
            dated: false,
            full: false,
            names: BTreeSet::new(),
            copies: BTreeMap::new(),
        }
    }

    /// Lowers steps and then what follows them.
    pub(super) fn steps(&mut self, steps: &'a [Step], here: Here, then: Then<'_, 'a>) -> Link {
        let mut rest = steps;
        // Steps that leave no action are passed in a loop, so that a long list of them is not a deep
        // recursion.
        loop {
            if self.full {
                return None;
            }
            let Some((step, below)) = rest.split_first() else {
                return then(self, here);
            };
            let next = |flow: &mut Self, here: Here| flow.steps(below, here, then);
            match &step.does {
                Action::Exit { .. } => return None,
                Action::Touch(it) => self.touch(step, it),
                Action::Task(it) => match self.alert_address(step, it) {
                    Some(address) => return self.task(step, it, &address, here, &next),
                    None => self.task_by_hand(step, it),
                },
                Action::Enter { journey } => match self.list_of(step, journey) {
                    Some(list) => return self.enter(step, journey, &list, here, &next),
                    None => self.enter_by_hand(step, journey),
                },
                Action::Send(it) => return self.send(step, it, &[], here, &next),
                Action::Wait(it) => return self.wait(step, it, below, here, &next),
                Action::WaitFor(it) => return self.wait_for(step, it, here, &next),
                Action::WaitUntil(it) => return self.wait_until(step, it, here, &next),
                Action::Branch(it) => return self.branch(step, it, here, &next),
                Action::Split(it) => return self.split(step, it, here, &next),
                Action::Repeat(it) => return self.repeat(step, it, here, &next),
                Action::Set(it) => return self.set(step, it, here, &next),
            }
            rest = below;
        }
    }

    /// Puts this flow aside and begins one that a date starts.
    pub(super) fn begin_anew(&mut self) -> Aside {
        Aside {
            actions: std::mem::take(&mut self.actions),
            names: std::mem::take(&mut self.names),
            copies: std::mem::take(&mut self.copies),
            dated: std::mem::replace(&mut self.dated, true),
        }
    }

    /// Goes back to a flow that was put aside, and gives the actions of the other.
    pub(super) fn return_to(&mut self, aside: Aside) -> Vec<Value> {
        self.names = aside.names;
        self.copies = aside.copies;
        self.dated = aside.dated;
        std::mem::replace(&mut self.actions, aside.actions)
    }

    /// The flow's filter as JSON.
    pub(super) fn exit_filter(&self) -> Value {
        filter_or_null(self.exits.clone())
    }

    /// Reserves the place of an action; nothing when there is no room.
    pub(super) fn open(&mut self, name: &str) -> Option<(usize, String)> {
        if self.actions.len() >= MOST_ACTIONS {
            self.full = true;
        }
        if self.full {
            return None;
        }
        let plain = name.replace('@', "");
        let mut id = plain.clone();
        // Node names hold no dots, so a number behind a dot is a name of its own.
        while !self.names.insert(id.clone()) {
            let copy = self.copies.entry(plain.clone()).or_insert(1);
            *copy += 1;
            id = format!("{plain}.{copy}");
        }
        self.actions.push(Value::Null);
        Some((self.actions.len() - 1, id))
    }

    /// Fills a reserved place.
    pub(super) fn close(&mut self, at: usize, id: &str, kind: &str, links: &Value, data: &Value) {
        let action = json!({"temporary_id": id, "type": kind, "links": links, "data": data});
        if let Some(slot) = self.actions.get_mut(at) {
            *slot = action;
        }
    }

    /// An action with one way on.
    pub(super) fn single(
        &mut self,
        name: &str,
        kind: &str,
        data: &Value,
        next: impl FnOnce(&mut Self) -> Link,
    ) -> Link {
        let (at, id) = self.open(name)?;
        let next = next(self);
        self.close(at, &id, kind, &json!({"next": next}), data);
        Some(id)
    }

    /// An action that matters only if something follows it, such as a delay.
    pub(super) fn before(
        &mut self,
        name: &str,
        kind: &str,
        data: &Value,
        next: impl FnOnce(&mut Self) -> Link,
    ) -> Link {
        let (at, id) = self.open(name)?;
        let next = next(self);
        if next.is_none() {
            self.retract(at, &id);
            return None;
        }
        self.close(at, &id, kind, &json!({"next": next}), data);
        Some(id)
    }

    /// An action with two ways on; nothing if both end at once.
    pub(super) fn fork(
        &mut self,
        name: &str,
        kind: &str,
        data: &Value,
        yes: impl FnOnce(&mut Self) -> Link,
        no: impl FnOnce(&mut Self) -> Link,
    ) -> Link {
        let (at, id) = self.open(name)?;
        let yes = yes(self);
        let no = no(self);
        if yes.is_none() && no.is_none() {
            self.retract(at, &id);
            return None;
        }
        let links = json!({"next_if_true": yes, "next_if_false": no});
        self.close(at, &id, kind, &links, data);
        Some(id)
    }

    /// Takes back the last reserved place.
    fn retract(&mut self, at: usize, id: &str) {
        if at + 1 == self.actions.len() {
            self.actions.pop();
            self.names.remove(id);
        }
    }

    /// Goes one way if a condition holds and another if not.
    pub(super) fn decide(
        &mut self,
        step: &Step,
        condition: (&Expr, bool),
        here: Here,
        yes: Then<'_, 'a>,
        no: Then<'_, 'a>,
    ) -> Link {
        let (expr, negate) = condition;
        match judged(expr) {
            Judged::Event | Judged::Both if self.dated => {
                self.refuse(
                    step,
                    "Klaviyo has forgotten the event when a date starts the flow",
                    "ask before the `wait_until`, and keep the answer in an attribute with `set`",
                );
                None
            }
            Judged::Both => self.decide_apart(step, condition, here, yes, no),
            Judged::Event => {
                let groups = self.groups(step, expr, negate)?;
                let trigger = json!({
                    "trigger_filter": filters::filter(groups),
                    "trigger_id": self.metric,
                    "trigger_type": "metric",
                });
                self.fork(
                    &step.node,
                    "trigger-split",
                    &trigger,
                    |flow| yes(flow, here),
                    |flow| no(flow, here),
                )
            }
            Judged::Profile | Judged::Anywhere => {
                let groups = self.groups(step, expr, negate)?;
                self.choose(&step.node, groups, here, yes, no)
            }
        }
    }

    /// A conditional split, unless the groups always or never hold.
    pub(super) fn choose(
        &mut self,
        name: &str,
        groups: Groups,
        here: Here,
        yes: Then<'_, 'a>,
        no: Then<'_, 'a>,
    ) -> Link {
        if groups.is_empty() {
            return yes(self, here);
        }
        if filters::is_never(&groups) {
            return no(self, here);
        }
        let data = json!({"profile_filter": filters::filter(groups)});
        self.fork(
            name,
            "conditional-split",
            &data,
            |flow| yes(flow, here),
            |flow| no(flow, here),
        )
    }

    /// A condition on both the person and the event becomes one split after another.
    fn decide_apart(
        &mut self,
        step: &Step,
        (expr, negate): (&Expr, bool),
        here: Here,
        yes: Then<'_, 'a>,
        no: Then<'_, 'a>,
    ) -> Link {
        let (parts, all) = match expr {
            Expr::Not { of } => return self.decide(step, (of, !negate), here, yes, no),
            Expr::And { of } => (of, !negate),
            Expr::Or { of } => (of, negate),
            _ => {
                self.refuse(
                    step,
                    "Klaviyo cannot compare an attribute with a property of the event",
                    "compare each with a fixed value, or let the shop send the answer in the event",
                );
                return None;
            }
        };
        let Some((first, rest)) = gather(parts) else {
            return yes(self, here);
        };
        let wrap = |mut of: Vec<Expr>| match (of.len(), expr) {
            (1, _) => of.remove(0),
            (_, Expr::And { .. }) => Expr::And { of },
            _ => Expr::Or { of },
        };
        let (first, rest) = (wrap(first), (!rest.is_empty()).then(|| wrap(rest)));
        let Some(rest) = rest else {
            return self.decide(step, (&first, negate), here, yes, no);
        };
        let further =
            |flow: &mut Self, here: Here| flow.decide(step, (&rest, negate), here, yes, no);
        if all {
            self.decide(step, (&first, negate), here, &further, no)
        } else {
            self.decide(step, (&first, negate), here, yes, &further)
        }
    }

    /// The groups of a condition; one that Klaviyo cannot say refuses the journey.
    pub(super) fn groups(&mut self, step: &Step, expr: &Expr, negate: bool) -> Option<Groups> {
        let found = self.filters(&step.node, step.line).groups(expr, negate);
        found
            .map_err(|reason| self.refuse_condition(step, &reason))
            .ok()
    }

    /// Filters for a place; the trigger's event is what `event.x` means there.
    pub(super) fn filters<'f>(&'f mut self, node: &'f str, line: u32) -> Filters<'f, 'a> {
        Filters {
            job: &self.job,
            journey: self.journey,
            ledger: &mut self.ledger,
            node,
            line,
            event: &self.journey.trigger.event,
            events: Events::Trigger {
                metric: &self.metric,
            },
        }
    }

    /// Whether an event came since entry, as one condition.
    pub(super) fn came(
        &mut self,
        (node, line): (&str, u32),
        event: &str,
        filter: Option<&Condition>,
        wanted: bool,
    ) -> Option<Value> {
        let mut filters = self.filters(node, line);
        filters.event = event;
        filters.events = Events::Inside;
        match filters.came(event, filter, wanted) {
            Ok(condition) => Some(condition),
            Err(reason) => {
                self.ledger.refuse(Loss {
                    line,
                    node: node.to_owned(),
                    what: format!("Klaviyo cannot say this condition on `{event}`: {reason}"),
                    why: String::new(),
                    help: "simplify the `where`, or let the shop send an event of its own for this case"
                        .to_owned(),
                });
                None
            }
        }
    }

    /// What `if` and `unless` of a touchpoint ask together.
    pub(super) fn gate(only_if: Option<&Condition>, unless: Option<&Condition>) -> Option<Expr> {
        let unless = unless.map(|it| Expr::Not {
            of: Box::new(it.tree.clone()),
        });
        match (only_if.map(|it| it.tree.clone()), unless) {
            (Some(a), Some(b)) => Some(Expr::And { of: vec![a, b] }),
            (a, b) => a.or(b),
        }
    }

    /// Whether the journey sends mail of this class.
    pub(super) fn sends(&self, class: Class) -> bool {
        let mut found = false;
        Step::walk(&self.journey.steps, &mut |step| {
            found |= matches!(&step.does, Action::Send(it) if it.class == class);
        });
        found
    }

    /// Notes a loss at a step.
    pub(super) fn lose(&mut self, step: &Step, what: impl Into<String>, why: &str, help: &str) {
        self.ledger.lose(Loss {
            line: step.line,
            node: step.node.clone(),
            what: what.into(),
            why: why.to_owned(),
            help: help.to_owned(),
        });
    }

    /// Refuses the journey because of a step.
    pub(super) fn refuse(&mut self, step: &Step, what: impl Into<String>, help: &str) {
        self.ledger.refuse(Loss {
            line: step.line,
            node: step.node.clone(),
            what: what.into(),
            why: "the flow would do something else to the customer than this file says".to_owned(),
            help: help.to_owned(),
        });
    }

    fn refuse_condition(&mut self, step: &Step, reason: &str) {
        self.refuse(
            step,
            format!("Klaviyo cannot say this condition: {reason}"),
            "simplify the condition, or let the shop send the answer as an attribute",
        );
    }
}

/// Parts that are judged in the same place first, and the rest; nothing when there are no parts.
fn gather(parts: &[Expr]) -> Option<(Vec<Expr>, Vec<Expr>)> {
    let of = |wanted: Judged| -> Vec<Expr> {
        let found = parts.iter().filter(|it| judged(it) == wanted);
        found.cloned().collect()
    };
    let first = [Judged::Profile, Judged::Event]
        .into_iter()
        .map(of)
        .find(|it| !it.is_empty());
    if let Some(first) = first {
        let rest = parts.iter().filter(|it| !first.contains(it));
        let rest = rest.cloned().collect();
        return Some((first, rest));
    }
    let (first, rest) = parts.split_first()?;
    Some((vec![first.clone()], rest.to_vec()))
}
