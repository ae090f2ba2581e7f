//! Each kind of step as actions, except messages (see `message`).

use serde_json::{Value, json};

use super::filters::{self, Groups, Judged, judged};
use super::flow::{Flow, Here, Link, Then};
use super::pause::{self, Pause};
use crate::manifest::{
    Action, Branch, Duration, Repeat, SetAttribute, Split, Step, Task, Touch, Wait, WaitFor, Way,
    Window,
};
use crate::model::Class;

/// More rounds than this are not written out.
const MOST_ROUNDS: u32 = 24;

impl<'a> Flow<'a> {
    /// A touchpoint of another system: nothing for Klaviyo to do.
    pub(super) fn touch(&mut self, step: &Step, it: &Touch) {
        let what = it.title.as_deref().unwrap_or(&step.node);
        let by = it.by.as_deref().unwrap_or("another system");
        self.lose(
            step,
            format!(
                "Klaviyo does not make the {} touch `{}`",
                it.channel.word(),
                step.node
            ),
            "it reaches the customer only if the other system does it on time",
            "make sure that the other system acts on the same event",
        );
        self.ledger.by_hand(format!(
            "`{}` ({}): tell {by} to do this: {what}. Klaviyo takes no part in it.",
            step.node,
            it.channel.word(),
        ));
    }

    /// The address that is alerted for a task, if the account names one for its owner.
    pub(super) fn alert_address(&mut self, step: &Step, it: &Task) -> Option<String> {
        let owner = it.owner.as_deref()?;
        self.job.account.id("alerts", owner)?;
        Some(self.ledger.id(&self.job, "alerts", owner, &step.node))
    }

    /// A task becomes an internal alert: a mail to the people who do it.
    pub(super) fn task(
        &mut self,
        step: &'a Step,
        it: &'a Task,
        address: &str,
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        let alert = |flow: &mut Self, here: Here| {
            flow.alerts
                .insert(step.node.clone(), it.title.clone().unwrap_or_default());
            let sender = &flow.journey.sender;
            let title = it.title.as_deref().unwrap_or(&step.node);
            let data = json!({
                "message": {
                    "name": super::message_name(&flow.journey.name, &step.node, None),
                    "from_email": sender.address,
                    "from_label": sender.name,
                    "to_emails": [address],
                    "subject_line": format!("To do ({}): {title}", it.channel.word()),
                    "template_id": super::shelf::alert_id(&flow.journey.name, &step.node),
                },
                "status": "draft",
            });
            flow.single(&step.node, "send-internal-alert", &data, |flow| {
                next(flow, here)
            })
        };
        match Self::gate(it.only_if.as_ref(), it.unless.as_ref()) {
            None => alert(self, here),
            Some(gate) => self.decide(step, (&gate, false), here, &alert, next),
        }
    }

    /// A task that nobody is alerted of.
    pub(super) fn task_by_hand(&mut self, step: &Step, it: &Task) {
        let title = it.title.as_deref().unwrap_or(&step.node);
        let owner = it.owner.as_deref().unwrap_or("a person");
        let name = it.owner.as_deref().unwrap_or("OWNER");
        self.lose(
            step,
            format!("Klaviyo has no tasks, so nobody is told of `{}`", step.node),
            "the customer waits for somebody who does not know that it is their turn",
            &format!(
                "add the mail address of the team to `targets.klaviyo.environments.{}.ids.alerts.{name}`",
                self.job.account.name
            ),
        );
        self.ledger.by_hand(format!(
            "`{}` ({}): {owner} does this: {title}. Set up the reminder outside of Klaviyo, or add an address under `ids.alerts.{name}` and export again.",
            step.node,
            it.channel.word(),
        ));
    }

    /// The list that stands for a journey, if the account names one.
    pub(super) fn list_of(&mut self, step: &Step, journey: &str) -> Option<String> {
        self.job.account.id("lists", journey)?;
        Some(self.ledger.id(&self.job, "lists", journey, &step.node))
    }

    /// Another journey begins by putting the person on its list.
    pub(super) fn enter(
        &mut self,
        step: &'a Step,
        journey: &'a str,
        list: &str,
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        self.lose(
            step,
            format!("Klaviyo cannot start `{journey}`, so the person is put on its list"),
            "the other journey begins only if its flow listens to the list",
            &format!("let the flow of `{journey}` start from the list as well, or from a copy with that trigger"),
        );
        self.ledger.by_hand(format!(
            "`enter: {journey}`: make a copy of the flow `{journey}` whose trigger is \"Added to list\" with the list `{list}`.",
        ));
        let data = json!({"name": format!("enter {journey}"), "on_execution": true, "list_id": list, "status": "draft"});
        let name = format!("enter-{journey}");
        self.single(&name, "list-update", &data, |flow| next(flow, here))
    }

    /// Another journey that nothing in Klaviyo can start.
    pub(super) fn enter_by_hand(&mut self, step: &Step, journey: &str) {
        let account = &self.job.account.name;
        let help = format!(
            "add the id of a list to `targets.klaviyo.environments.{account}.ids.lists.{journey}`, or let the shop send the event that starts it"
        );
        self.lose(
            step,
            format!("Klaviyo cannot start the journey `{journey}` from another one"),
            "the relationship ends here, unless something else starts it",
            &help,
        );
        self.ledger.by_hand(format!(
            "`enter: {journey}`: let your shop send the event that starts `{journey}` when a person gets here.",
        ));
    }

    /// A wait as a chain of delays.
    pub(super) fn wait(
        &mut self,
        step: &'a Step,
        it: &'a Wait,
        below: &'a [Step],
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        let (list, inside) = self.timed(step, it, below);
        let here = if list.is_empty() {
            here
        } else {
            Here { in_window: inside }
        };
        self.pauses(&step.node, &list, &|flow| next(flow, here))
    }

    /// The delays of a wait, and whether they end within the send window.
    fn timed(&mut self, step: &Step, it: &Wait, below: &[Step]) -> (Vec<Pause>, bool) {
        let mut list = it.duration.as_ref().map(pause::pauses).unwrap_or_default();
        if it.duration.as_ref().is_some_and(pause::is_rounded) {
            self.lose(
                step,
                "Klaviyo counts many business days as whole weeks and the rest as days",
                "somebody who starts at a weekend may wait a day longer or shorter",
                "write the wait in days or weeks",
            );
        }
        let (mut at, mut on, mut inside) = (it.at.clone(), it.on.clone(), false);
        let hours = self.open_hours().filter(|it| it.from < it.to);
        if let Some(window) = hours {
            // Days and hours are narrowed only where mail that waits for the window follows.
            let held = first_is_held(below).unwrap_or(false);
            let days = pause::common_days(&on, &window.days).filter(|it| held || *it == on);
            let ends_with_days = list.last().is_some_and(pause::counts_days);
            match (&at, days) {
                (Some(time), Some(days)) if fits(&window, time) && it.zone == window.zone => {
                    on = days;
                    inside = true;
                }
                (None, Some(days)) if held && ends_with_days => {
                    self.lose(
                        step,
                        format!(
                            "Klaviyo has no send window, so people wait until {}",
                            window.from
                        ),
                        "the message comes at that hour, up to a day later than it could",
                        "write the hour yourself, for example `wait: {for: 3d, at: \"10:00\"}`",
                    );
                    at = Some(window.from.clone());
                    on = days;
                    inside = true;
                }
                _ => {}
            }
        }
        match (at, list.last_mut()) {
            (Some(at), _) => list.push(pause::until(Some(&at), &on, &it.zone)),
            (None, _) if on.is_empty() => {}
            (None, Some(end)) if pause::counts_days(end) => pause::only_on(end, &on, &it.zone),
            (None, _) => list.push(pause::until(None, &on, &it.zone)),
        }
        (list, inside)
    }

    /// The hours in which commercial mail may go out.
    pub(super) fn open_hours(&self) -> Option<Window> {
        let policy = &self.job.manifest.policy;
        pause::open_hours(policy.send_window.as_ref(), policy.quiet_hours.as_ref())
    }

    /// Delays one after another, if something follows them.
    pub(super) fn pauses(
        &mut self,
        name: &str,
        list: &[Pause],
        next: &dyn Fn(&mut Self) -> Link,
    ) -> Link {
        let Some((first, rest)) = list.split_first() else {
            return next(self);
        };
        self.before(name, first.kind, &first.data, |flow| {
            flow.pauses(name, rest, next)
        })
    }

    /// Klaviyo cannot wait for an event: the flow looks for it again and again.
    pub(super) fn wait_for(
        &mut self,
        step: &'a Step,
        it: &'a WaitFor,
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        let Some(timeout) = &it.timeout else {
            self.refuse(
                step,
                format!("Klaviyo cannot wait for `{}` without an end", it.event),
                "add a `timeout`, or make what follows a journey of its own that this event starts",
            );
            return None;
        };
        let most = pause::most_looks(timeout);
        let wanted = self.tuning.checks.get(&step.node).copied().unwrap_or(most);
        if wanted == 0 && is_flat(&it.on_timeout) {
            return self.wait_whole(step, it, timeout, next);
        }
        let parts = pause::looks(timeout, wanted.max(1));
        let longest = parts.iter().max_by_key(|it| pause::rough_minutes(it));
        let longest = longest.map(Duration::in_words).unwrap_or_default();
        self.lose_wait(
            step,
            it,
            &format!("the flow looks every {longest} instead"),
            &longest,
        );
        let _ = here;
        self.look(step, it, &parts, next)
    }

    /// Waits a part of the timeout, looks, and goes on or waits again.
    fn look(
        &mut self,
        step: &'a Step,
        it: &'a WaitFor,
        parts: &[Duration],
        next: Then<'_, 'a>,
    ) -> Link {
        let (first, rest) = parts.split_first()?;
        let here = Here::default();
        let name = format!("{}-wait", step.node);
        self.pauses(&name, &pause::pauses(first), &|flow| {
            if rest.is_empty() && it.on_timeout.is_empty() {
                return next(flow, here);
            }
            let place = (step.node.as_str(), step.line);
            let came = flow.came(place, &it.event, it.filter.as_ref(), true)?;
            flow.choose(&step.node, vec![vec![came]], here, next, &|flow, here| {
                if rest.is_empty() {
                    flow.steps(&it.on_timeout, here, next)
                } else {
                    flow.look(step, it, rest, next)
                }
            })
        })
    }

    /// Waits the whole timeout; then the late messages are skipped by those for whom it came.
    fn wait_whole(
        &mut self,
        step: &'a Step,
        it: &'a WaitFor,
        timeout: &Duration,
        next: Then<'_, 'a>,
    ) -> Link {
        let longest = timeout.in_words();
        self.lose_wait(
            step,
            it,
            &format!("everybody waits the whole {longest}"),
            &longest,
        );
        let place = (step.node.as_str(), step.line);
        let absent = self.came(place, &it.event, it.filter.as_ref(), false)?;
        let name = format!("{}-wait", step.node);
        self.pauses(&name, &pause::pauses(timeout), &|flow| {
            let extra = vec![vec![absent.clone()]];
            flow.flat(&it.on_timeout, &extra, Here::default(), next)
        })
    }

    fn lose_wait(&mut self, step: &Step, it: &WaitFor, how: &str, longest: &str) {
        let mut why = format!("the customer hears from us up to {longest} after it happened");
        if self.shares_key(&it.event) {
            why.push_str(
                "; with two cases at once, news of the one is taken for news of the other",
            );
        }
        self.lose(
            step,
            format!("Klaviyo cannot wait for `{}`: {how}", it.event),
            &why,
            "shorten the timeout, or make what follows a journey of its own that this event starts",
        );
    }

    /// Messages that some skip by filters: no split, so nothing is copied.
    fn flat(&mut self, steps: &'a [Step], extra: &Groups, here: Here, next: Then<'_, 'a>) -> Link {
        let Some((step, rest)) = steps.split_first() else {
            return next(self, here);
        };
        match &step.does {
            Action::Send(it) => self.send(step, it, extra, here, &|flow, here| {
                flow.flat(rest, extra, here, next)
            }),
            Action::Touch(it) => {
                self.touch(step, it);
                self.flat(rest, extra, here, next)
            }
            _ => self.steps(steps, here, next),
        }
    }

    /// Ways as splits one after another.
    pub(super) fn branch(
        &mut self,
        step: &'a Step,
        it: &'a Branch,
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        let all_flat = it.when.iter().all(|way| {
            is_flat(&way.steps)
                && matches!(
                    judged(&way.condition.tree),
                    Judged::Profile | Judged::Anywhere
                )
        });
        if self.tuning.flat && all_flat && is_flat(&it.otherwise) {
            return self.flat_ways(step, it, &it.when, &Groups::new(), here, next);
        }
        self.ways(step, it, &it.when, here, next)
    }

    fn ways(
        &mut self,
        step: &'a Step,
        it: &'a Branch,
        ways: &'a [Way],
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        let Some((way, rest)) = ways.split_first() else {
            return self.steps(&it.otherwise, here, next);
        };
        self.decide(
            step,
            (&way.condition.tree, false),
            here,
            &|flow, here| flow.steps(&way.steps, here, next),
            &|flow, here| flow.ways(step, it, rest, here, next),
        )
    }

    /// The same without splits: each message is skipped by those whose way it is not.
    fn flat_ways(
        &mut self,
        step: &'a Step,
        it: &'a Branch,
        ways: &'a [Way],
        before: &Groups,
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        let Some((way, rest)) = ways.split_first() else {
            return self.flat(&it.otherwise, before, here, next);
        };
        let yes = self.groups(step, &way.condition.tree, false)?;
        let no = self.groups(step, &way.condition.tree, true)?;
        let here_yes = filters::both(yes, before.clone());
        let here_no = filters::both(no, before.clone());
        self.flat(&way.steps, &here_yes, here, &|flow, here| {
            flow.flat_ways(step, it, rest, &here_no, here, next)
        })
    }

    /// Arms as random samples of those who are left.
    pub(super) fn split(
        &mut self,
        step: &'a Step,
        it: &'a Split,
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        let arms: Vec<(u32, &'a [Step])> = it
            .arms
            .values()
            .filter(|arm| arm.weight > 0)
            .map(|arm| (arm.weight, &arm.steps[..]))
            .collect();
        self.arms(step, &arms, here, next)
    }

    fn arms(
        &mut self,
        step: &'a Step,
        arms: &[(u32, &'a [Step])],
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        let Some(((weight, steps), rest)) = arms.split_first() else {
            return next(self, here);
        };
        if rest.is_empty() {
            return self.steps(steps, here, next);
        }
        let left: u32 = arms.iter().map(|arm| arm.0).sum();
        let percentage = (weight * 200 + left) / (left * 2);
        if percentage * left != weight * 100 {
            self.lose(
                step,
                format!(
                    "Klaviyo draws whole percentages: {weight} of {left} becomes {percentage} %"
                ),
                "the arms differ a little in size",
                "choose weights that divide evenly",
            );
        }
        let sample = json!({"type": "profile-sample", "percentage": percentage});
        let data = json!({"profile_filter": filters::filter(vec![vec![sample]])});
        self.fork(
            &step.node,
            "conditional-split",
            &data,
            |flow| flow.steps(steps, here, next),
            |flow| flow.arms(step, rest, here, next),
        )
    }

    /// Rounds written out one after another.
    pub(super) fn repeat(
        &mut self,
        step: &'a Step,
        it: &'a Repeat,
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        if it.times > MOST_ROUNDS {
            self.refuse(
                step,
                format!(
                    "Klaviyo has no loops, and {} rounds are too many to write out",
                    it.times
                ),
                &format!(
                    "use at most {MOST_ROUNDS} `times`, or let the journey enter itself again"
                ),
            );
            return None;
        }
        self.round(step, it, 1, here, next)
    }

    fn round(
        &mut self,
        step: &'a Step,
        it: &'a Repeat,
        number: u32,
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        self.steps(&it.steps, here, &|flow, here| {
            if number >= it.times {
                return next(flow, here);
            }
            let wait = Wait {
                duration: it.every.clone(),
                zone: "contact".to_owned(),
                ..Wait::default()
            };
            let (list, inside) = flow.timed(step, &wait, &it.steps);
            let here = if list.is_empty() {
                here
            } else {
                Here { in_window: inside }
            };
            let again = |flow: &mut Self, here: Here| flow.round(step, it, number + 1, here, next);
            let name = format!("{}-every", step.node);
            flow.pauses(&name, &list, &|flow| match &it.until {
                Some(until) => flow.decide(step, (&until.tree, false), here, next, &again),
                None => again(flow, here),
            })
        })
    }

    /// Writes an attribute of the profile.
    pub(super) fn set(
        &mut self,
        step: &'a Step,
        it: &'a SetAttribute,
        here: Here,
        next: Then<'_, 'a>,
    ) -> Link {
        let Some(operation) = self.operation(it) else {
            self.refuse(
                step,
                format!(
                    "Klaviyo cannot write this kind of value into `{}`",
                    it.attribute
                ),
                "write a text, a number, yes or no, a date, or null to clear it",
            );
            return None;
        };
        let data = json!({"profile_operations": [operation], "status": "draft"});
        self.single(&step.node, "update-profile", &data, |flow| next(flow, here))
    }

    fn operation(&self, it: &SetAttribute) -> Option<Value> {
        use crate::manifest::Kind;
        if it.value.is_null() {
            return Some(json!({"operator": "delete", "property_key": it.attribute}));
        }
        let declared = self
            .job
            .manifest
            .contact
            .get(&it.attribute)
            .map(|it| it.kind);
        let kind = match (&it.value, declared) {
            (Value::String(_), Some(Kind::Date)) => "date",
            (Value::String(_), _) => "string",
            (Value::Bool(_), _) => "boolean",
            (Value::Number(_), _) => "numeric",
            _ => return None,
        };
        Some(json!({
            "operator": "update",
            "property_type": kind,
            "property_key": it.attribute,
            "property_value": it.value,
        }))
    }
}

/// Whether steps only send, so that filters on the messages can stand for a split.
fn is_flat(steps: &[Step]) -> bool {
    steps.iter().all(|step| match &step.does {
        Action::Send(it) => {
            let gate = Flow::gate(it.only_if.as_ref(), it.unless.as_ref());
            gate.is_none_or(|it| matches!(judged(&it), Judged::Profile | Judged::Anywhere))
        }
        Action::Touch(_) => true,
        _ => false,
    })
}

/// Whether mail that waits for the send window goes out before the next delay; nothing when there is
/// neither mail nor delay.
fn first_is_held(steps: &[Step]) -> Option<bool> {
    for step in steps {
        let found = match &step.does {
            Action::Send(it) if it.class == Class::Commercial && !it.bypass_window => Some(true),
            Action::Wait(_) | Action::WaitFor(_) | Action::WaitUntil(_) | Action::Exit { .. } => {
                Some(false)
            }
            Action::Branch(_) | Action::Split(_) | Action::Repeat(_) => {
                let inner = step.inner();
                let ways: Vec<_> = inner.into_iter().filter_map(first_is_held).collect();
                ways.contains(&true).then_some(true)
            }
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Whether a time of day lies within a window.
fn fits(window: &Window, time: &str) -> bool {
    window.from.as_str() <= time && time < window.to.as_str()
}
