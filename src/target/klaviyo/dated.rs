//! Waiting for a date: Klaviyo can do that only at the beginning of a flow, so what follows becomes a
//! flow of its own that the date starts.
//!
//! The first flow leaves a mark on the profile, the second looks for it and takes it off again, so
//! that only people who came this far go on.

use serde_json::{Value, json};

use super::filters::{self, property_path};
use super::flow::{Flow, Here, Link, Then};
use super::pause;
use crate::manifest::{Action, Duration, Expr, Kind, Step, WaitUntil};
use crate::model::IfPast;

/// More than any date that journeys wait for: 100 years in days.
const EVER: u32 = 36_500;

/// A flow that a date starts.
#[derive(Debug, Clone)]
pub(super) struct Later {
    /// The step that waits for the date.
    pub(super) node: String,
    /// The flow's definition.
    pub(super) definition: Value,
}

impl<'a> Flow<'a> {
    /// Ends this flow with a mark, and goes on in a second one.
    pub(super) fn wait_until(
        &mut self,
        step: &'a Step,
        it: &'a WaitUntil,
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        let Some(attribute) = self.date_attribute(it) else {
            self.refuse(
                step,
                format!("Klaviyo cannot wait for `{}`", it.date.text),
                "wait for a date of the contact, with an offset in days; or let the shop send an event on that day",
            );
            return None;
        };
        if is_repeated(&self.journey.steps, &step.node) {
            self.refuse(
                step,
                "Klaviyo cannot wait for a date inside a repetition",
                "move the step out of the `repeat`, or make it a journey of its own",
            );
            return None;
        }
        let known = self.later.iter().any(|it| it.node == step.node);
        if !known && !self.second_flow(step, it, attribute, next) {
            return None;
        }
        self.lose_date(step, it);
        let mark = self.mark();
        let operation = json!({"operator": "update", "property_type": "string",
            "property_key": mark, "property_value": step.node});
        let data = json!({"profile_operations": [operation], "status": "draft"});
        let past = past(attribute, it);
        self.choose(
            &format!("{}-past", step.node),
            vec![past],
            here,
            &|flow, here| match it.if_past {
                IfPast::Continue => next(flow, here),
                IfPast::Exit => None,
            },
            &|flow, _| flow.single(&step.node, "update-profile", &data, |_| None),
        )
    }

    /// Builds what follows as a flow; tells whether there is anything in it.
    fn second_flow(
        &mut self,
        step: &'a Step,
        it: &'a WaitUntil,
        attribute: &str,
        next: Then<'_, 'a>,
    ) -> bool {
        let hours = self.open_hours();
        let at = it
            .at
            .clone()
            .or_else(|| hours.as_ref().map(|it| it.from.clone()));
        let at = at.unwrap_or_else(|| "09:00".to_owned());
        let every_day = |days: &[_]| pause::common_days(days, &[]).is_some_and(|it| it.is_empty());
        let inside = hours.is_some_and(|it| it.from <= at && at < it.to && every_day(&it.days));
        let here = Here { in_window: inside };

        let first = self.begin_anew();
        let mark = self.mark();
        let marked = json!({"type": "profile-property", "property": property_path(&mark),
            "filter": {"type": "string", "operator": "equals", "value": step.node}});
        let unmark = json!({"profile_operations": [{"operator": "delete", "property_key": mark}], "status": "draft"});
        let days = it.offset.clone().unwrap_or_default();
        let after: Vec<_> = if it.before {
            Vec::new()
        } else {
            pause::pauses(&days)
        };
        let entry = self.choose(
            &format!("{}-came-this-far", step.node),
            vec![vec![marked]],
            here,
            &|flow, here| {
                flow.before(&step.node, "update-profile", &unmark, |flow| {
                    flow.pauses(&step.node, &after, &|flow| next(flow, here))
                })
            },
            &|_, _| None,
        );
        let actions = self.return_to(first);
        if entry.is_none() {
            return false;
        }
        let definition = json!({
            "triggers": [{
                "type": "date",
                "date_field_type": "profile-property",
                "date_profile_property": property_path(attribute),
                "timedelta_unit_before_date": "days",
                "timedelta_value_before_date": if it.before { days.days } else { 0 },
                "recurrence_frequency": "never",
                "timezone": "profile",
                "trigger_time": pause::clock(&at),
            }],
            "profile_filter": self.exit_filter(),
            "entry_action_id": entry,
            "reentry_criteria": {"duration": 0, "unit": "alltime"},
            "actions": actions,
        });
        self.later.push(Later {
            node: step.node.clone(),
            definition,
        });
        true
    }

    /// The attribute whose date is waited for, where Klaviyo can.
    fn date_attribute(&self, it: &'a WaitUntil) -> Option<&'a str> {
        let Expr::Contact { name } = &it.date.tree else {
            return None;
        };
        let kind = self.job.manifest.contact.get(name).map(|it| it.kind);
        let whole_days = |it: &Duration| it.minutes == 0 && it.business_days == 0;
        let days = it.offset.as_ref().is_none_or(whole_days);
        (days && kind == Some(Kind::Date)).then_some(name)
    }

    /// The attribute that tells the second flow who came this far.
    fn mark(&self) -> String {
        format!("journeyc {}", self.journey.name)
    }

    fn lose_date(&mut self, step: &Step, it: &WaitUntil) {
        let exits: Vec<String> = self
            .journey
            .exits
            .iter()
            .filter(|exit| exit.only.is_none() && !self.is_native(exit))
            .map(|exit| format!("`{}`", exit.on))
            .collect();
        let mut why = if exits.is_empty() {
            "people without that date hear nothing more".to_owned()
        } else {
            format!(
                "between the two flows nobody watches for {}, so those people still hear from us",
                exits.join(", ")
            )
        };
        why.push_str("; `since=entry` counts from the second flow's beginning");
        self.lose(
            step,
            format!(
                "Klaviyo waits for `{}` in a second flow, which the date starts",
                it.date.text
            ),
            &why,
            "let the shop clear the date when the person should hear nothing more",
        );
        self.ledger.by_hand(format!(
            "Set the two flows of `{}` to live together. The first leaves the mark `{}` on the profile, the second takes it off.",
            self.journey.name,
            self.mark()
        ));
    }
}

/// When the moment has passed already, as alternatives.
fn past(attribute: &str, it: &WaitUntil) -> Vec<Value> {
    let filter = |operator: &str, quantity: u32| {
        let filter =
            json!({"type": "date", "operator": operator, "unit": "day", "quantity": quantity});
        json!({"type": "profile-property", "property": property_path(attribute), "filter": filter})
    };
    let days = it.offset.as_ref().map_or(0, |it| it.days);
    match (days, it.before) {
        (0, _) => vec![filter("in-the-last", EVER)],
        (_, true) => vec![filter("in-the-last", EVER), filter("in-the-next", days)],
        (_, false) => vec![filter("at-least", days)],
    }
}

/// Whether a step stands inside a repetition.
fn is_repeated(steps: &[Step], node: &str) -> bool {
    steps.iter().any(|step| {
        let inner = step.inner();
        if let Action::Repeat(it) = &step.does {
            let mut found = false;
            Step::walk(&it.steps, &mut |step| found |= step.node == node);
            return found;
        }
        inner.into_iter().any(|it| is_repeated(it, node))
    })
}

/// Whether a printed template speaks of the trigger's event.
pub(super) fn speaks_of_event(text: &str) -> bool {
    let named = |it: &str| it == "event" || it.starts_with("event.") || it.starts_with("event|");
    [("{{", "}}"), ("{%", "%}")]
        .into_iter()
        .any(|(open, close)| {
            text.split(open).skip(1).any(|part| {
                let code = part.split(close).next().unwrap_or(part);
                code.split([' ', '(', ',', ':']).any(named)
            })
        })
}

/// The filter of the flow, empty or not.
pub(super) fn filter_or_null(groups: filters::Groups) -> Value {
    if groups.is_empty() {
        return Value::Null;
    }
    filters::filter(groups)
}
