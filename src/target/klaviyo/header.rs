//! What stands above a journey's steps: trigger, re-entry, exits, and what has no place in Klaviyo.

use serde_json::{Value, json};

use super::super::{Ledger, Loss};
use super::filters::{self, Groups, Judged, judged};
use super::flow::{Flow, Here, Link, MOST_ACTIONS};
use crate::manifest::{Action, Duration, Expr, Journey, Reentry, Step};
use crate::model::{Class, WhenFull};

impl Flow<'_> {
    /// The flow's definition.
    pub(super) fn definition(&mut self) -> Value {
        let (trigger_filter, rest) = self.trigger();
        self.exits = self.watch();
        let reentry = self.reentry();
        self.remarks();
        let entry = self.entry(rest.as_ref());
        let mut trigger = json!({"type": "metric", "id": self.metric});
        if !trigger_filter.is_empty() {
            trigger["trigger_filter"] = filters::filter(trigger_filter);
        }
        json!({
            "triggers": [trigger],
            "profile_filter": self.exit_filter(),
            "entry_action_id": entry,
            "reentry_criteria": reentry,
            "actions": self.actions,
        })
    }

    /// The trigger's filter, and what must be asked behind it because it concerns the person.
    fn trigger(&mut self) -> (Groups, Option<Expr>) {
        let Some(condition) = &self.journey.trigger.filter else {
            return (Groups::new(), None);
        };
        let parts = match &condition.tree {
            Expr::And { of } => of.clone(),
            other => vec![other.clone()],
        };
        let (event, person): (Vec<Expr>, Vec<Expr>) = parts
            .into_iter()
            .partition(|it| judged(it) == Judged::Event);
        let start = self.start();
        let mut groups = Groups::new();
        for part in &event {
            groups = filters::both(groups, self.groups(&start, part, false).unwrap_or_default());
        }
        let rest = match person.len() {
            0 => None,
            1 => person.into_iter().next(),
            _ => Some(Expr::And { of: person }),
        };
        (groups, rest)
    }

    /// Lets people in: holdout, what the trigger asks of the person, then the steps.
    fn entry(&mut self, rest: Option<&Expr>) -> Link {
        let journey = self.journey;
        let start = self.start();
        let steps = |flow: &mut Self, here: Here| flow.steps(&journey.steps, here, &|_, _| None);
        let ask = |flow: &mut Self, here: Here| match rest {
            Some(expr) => flow.decide(&start, (expr, false), here, &steps, &|_, _| None),
            None => steps(flow, here),
        };
        let here = Here::default();
        match journey.holdout.filter(|it| *it > 0) {
            Some(percentage) => {
                let sample = json!({"type": "profile-sample", "percentage": percentage});
                self.choose("holdout", vec![vec![sample]], here, &|_, _| None, &ask)
            }
            None => ask(self, here),
        }
    }

    /// The journey's head as a step, for notes and names.
    fn start(&self) -> Step {
        Step {
            node: "@entry".to_owned(),
            line: self.journey.line,
            does: Action::Exit {
                reason: String::new(),
            },
        }
    }

    /// Exits become a filter of the flow, which Klaviyo looks at before each action.
    fn watch(&mut self) -> Groups {
        let mut groups = Groups::new();
        let mut mistaken = Vec::new();
        for exit in &self.journey.exits {
            if self.is_native(exit) {
                self.ledger.remark(format!(
                    "The exit on `{}` needs nothing: Klaviyo itself sends no commercial mail to people who have unsubscribed or whose address bounces.",
                    exit.on
                ));
                continue;
            }
            if exit.on == self.journey.trigger.event {
                self.ledger.refuse(Loss {
                    line: exit.line,
                    node: String::new(),
                    what: format!("Klaviyo cannot tell a second `{}` from the first", exit.on),
                    why: "people would leave the flow at the moment they enter it".to_owned(),
                    help: "let the shop send an event of its own for the second one".to_owned(),
                });
                continue;
            }
            if self.shares_key(&exit.on) {
                mistaken.push((exit.on.as_str(), exit.line));
            }
            if exit.only.is_some() {
                continue;
            }
            let place = ("", exit.line);
            if let Some(came) = self.came(place, &exit.on, exit.filter.as_ref(), false) {
                groups.push(vec![came]);
            }
        }
        self.mistake(&mistaken);
        groups
    }

    /// Whether an event and the trigger's tell their cases apart by the same property.
    pub(super) fn shares_key(&self, event: &str) -> bool {
        let events = &self.job.manifest.events;
        let key = |name: &str| events.get(name).and_then(|it| it.key.as_deref());
        key(event).is_some() && key(event) == key(&self.journey.trigger.event)
    }

    /// Exits that another case of the same person sets off as well.
    fn mistake(&mut self, exits: &[(&str, u32)]) {
        let Some((_, line)) = exits.first() else {
            return;
        };
        let trigger = self.job.manifest.events.get(&self.journey.trigger.event);
        let key = trigger.and_then(|it| it.key.as_deref()).unwrap_or_default();
        let events: Vec<String> = exits.iter().map(|it| format!("`{}`", it.0)).collect();
        self.ledger.lose(Loss {
            line: *line,
            node: String::new(),
            what: format!("Klaviyo does not compare `{key}`: any {} ends the flow", events.join(" or ")),
            why: "with two cases at once, the end of the one ends the mail about the other".to_owned(),
            help: "accept it if people rarely have two at once, else let the shop send an event for the other case"
                .to_owned(),
        });
    }

    fn reentry(&mut self) -> Value {
        match &self.journey.reentry {
            None | Some(Reentry::Never) => json!({"duration": 1, "unit": "alltime"}),
            Some(Reentry::Always) => json!({"duration": 0, "unit": "alltime"}),
            Some(Reentry::PerKey) => {
                self.note(
                    "Klaviyo does not know `reentry: per_key`: every event starts the flow",
                    "an event that is sent twice for one order starts the messages twice",
                    "make sure that the shop sends each event once",
                );
                json!({"duration": 0, "unit": "alltime"})
            }
            Some(Reentry::After(it)) => {
                let (duration, unit, exact) = reentry_after(it);
                if !exact {
                    let what = format!("re-entry after {} becomes {duration} {unit}s", it.text);
                    let why = "people may come in again a little later than the file says";
                    self.note(&what, why, "write it in days or hours");
                }
                json!({"duration": duration, "unit": unit})
            }
        }
    }

    /// What the head of the journey says and Klaviyo has no place for.
    fn remarks(&mut self) {
        let journey = self.journey;
        if journey.priority.is_some() {
            self.ledger.by_hand(
                "Klaviyo's flows have no priority, so two of them may write to one person on one day. Where that hurts, exclude the people of the other flow in the flow's filters.",
            );
        }
        if journey.trigger.enroll_existing {
            self.ledger.by_hand(
                "Add the people who already qualify with \"Add past profiles\" once the flow is live.",
            );
        }
        if self.sends(Class::Transactional) {
            self.ledger.by_hand(
                "Open each message marked as transactional and see that Klaviyo has accepted the mark; it reviews them.",
            );
        }
        self.cap();
    }

    fn cap(&mut self) {
        let Some(cap) = &self.job.manifest.policy.frequency_cap else {
            return;
        };
        if !self.sends(Class::Commercial) {
            return;
        }
        let limits = [
            (cap.per_day, "day"),
            (cap.per_week, "week"),
            (cap.per_month, "month"),
        ];
        let said: Vec<String> = limits
            .iter()
            .filter_map(|(number, unit)| number.map(|it| format!("{it} a {unit}")))
            .collect();
        self.ledger.by_hand(format!(
            "Under Settings > Email > Smart Sending, set a span that keeps commercial mail to {}; Klaviyo has one span for the whole account.",
            said.join(", ")
        ));
        if cap.when_full == WhenFull::Queue {
            self.note(
                "Smart Sending drops a message above the cap instead of queueing it",
                "the person never gets the message",
                "set `when_full: skip`, or raise the cap",
            );
        }
    }

    fn note(&mut self, what: &str, why: &str, help: &str) {
        self.ledger.lose(Loss {
            line: self.journey.line,
            node: String::new(),
            what: what.to_owned(),
            why: why.to_owned(),
            help: help.to_owned(),
        });
    }
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

/// Notes that a journey has no room.
pub(super) fn too_large(ledger: &mut Ledger, journey: &Journey) {
    ledger.too_large(Loss {
        line: journey.line,
        node: String::new(),
        what: format!("as a Klaviyo flow this journey has more than {MOST_ACTIONS} actions"),
        why: "nobody can check what such a flow does to the customer".to_owned(),
        help:
            "split the journey: Klaviyo copies everything behind each branch, split and `wait_for`"
                .to_owned(),
    });
}

/// Notes that a journey has no step that Klaviyo takes.
pub(super) fn nothing_to_do(ledger: &mut Ledger, journey: &Journey) {
    ledger.lose(Loss {
        line: journey.line,
        node: String::new(),
        what: "Klaviyo has nothing to do here, so no flow is written".to_owned(),
        why: "people and other systems do every step; nobody reminds them".to_owned(),
        help: "see the plan for what people do".to_owned(),
    });
}
