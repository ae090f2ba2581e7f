//! What stands above a journey's steps: trigger, re-entry, exits, and what has no place on the target.

use super::program::{Act, Arm, Leave, Op, Test};
use super::questions::{Judge, Place};
use super::{Ability, Lowering, Way, or_never};
use crate::manifest::{Action, Exit, Expr, Reentry, Step};
use crate::model::{Class, Milestone, WhenFull};

impl<'a> Lowering<'a> {
    /// What the target asks of the event itself, and what must be asked behind the trigger.
    pub(super) fn trigger(&mut self) -> (Option<Expr>, Option<Expr>) {
        let Some(condition) = &self.journey.trigger.filter else {
            return (None, None);
        };
        match self.target.can.way(Ability::TriggerFilter) {
            Way::Native => {}
            Way::Whole | Way::ByHand => return (Some(condition.tree.clone()), None),
            _ => return (None, Some(condition.tree.clone())),
        }
        let parts = match &condition.tree {
            Expr::And { of } => of.clone(),
            other => vec![other.clone()],
        };
        let (event, person): (Vec<Expr>, Vec<Expr>) = parts
            .into_iter()
            .partition(|it| Judge::of(it) == Judge::Event);
        let join = |mut of: Vec<Expr>| match of.len() {
            0 | 1 => of.pop(),
            _ => Some(Expr::And { of }),
        };
        (join(event), join(person))
    }

    /// Lets people in: holdout, what the trigger asks of the person, then the steps.
    pub(super) fn entry(&mut self, behind: Option<Expr>) -> Vec<Op<'a>> {
        let journey = self.journey;
        let ops = match behind {
            None => self.block(&journey.steps),
            Some(expr) => self.ask_at_entry(&expr),
        };
        let Some(percent) = journey.holdout.filter(|it| *it > 0) else {
            return ops;
        };
        if self.can(Ability::Split, Way::Refused) {
            let what = format!(
                "{} cannot keep {percent} % of people out by chance",
                self.title()
            );
            let help = "take `holdout` away, or let the shop send the event only for the others";
            self.refuse(("", journey.line), what, help);
            return ops;
        }
        let arm = |name: &str, percent: u32, ops| Arm {
            name: name.to_owned(),
            percent,
            ops,
        };
        let id = self.id("holdout");
        let percent = percent.min(100);
        let arms = vec![
            arm("holdout", percent, vec![self.end("holdout")]),
            arm("everybody-else", 100 - percent, ops),
        ];
        vec![Op {
            id,
            node: "",
            line: journey.line,
            act: Act::Draw { arms },
        }]
    }

    fn end(&mut self, reason: &'a str) -> Op<'a> {
        Op {
            id: self.id(&format!("{reason}-end")),
            node: "",
            line: self.journey.line,
            act: Act::End { reason },
        }
    }

    fn ask_at_entry(&mut self, expr: &Expr) -> Vec<Op<'a>> {
        let journey = self.journey;
        let place = Place {
            name: "entry",
            node: "",
            line: journey.line,
        };
        let inside = |it: &mut Self| it.block(&journey.steps);
        self.decide(place, (expr, false), &inside, &|it| {
            vec![it.end("not-meant")]
        })
    }

    /// What the target watches itself; the rest is asked behind every wait.
    pub(super) fn exits(&mut self) -> Vec<Leave<'a>> {
        let journey = self.journey;
        let mut watched = Vec::new();
        let mut mistaken = Vec::new();
        for exit in &journey.exits {
            if self.is_native(exit) {
                let remark = format!(
                    "The exit on `{}` needs nothing: {} itself sends no commercial mail to people who have unsubscribed or whose address bounces.",
                    exit.on,
                    self.title()
                );
                self.ledger.remark(remark);
                continue;
            }
            let way = self.target.can.way(Ability::Exits);
            let ways_back = way == Way::Native && self.can(Ability::SameCase, Way::Native);
            if exit.on == journey.trigger.event && !ways_back {
                let what = format!(
                    "{} cannot tell a second `{}` from the first",
                    self.title(),
                    exit.on
                );
                let help = "let the shop send an event of its own for the second one";
                self.refuse(("", exit.line), what, help);
                continue;
            }
            match way {
                Way::Native if exit.only.is_none() => watched.push(Leave {
                    event: &exit.on,
                    filter: exit.filter.as_ref(),
                    line: exit.line,
                }),
                Way::Native | Way::Asked => {}
                Way::Lost => self.lose_all(
                    exit.line,
                    format!("{} does not watch for `{}`", self.title(), exit.on),
                    "the customer hears from us although it is settled",
                    "take people out yourself when it happens, or ask for it with `unless` before each message",
                ),
                _ => {
                    let what = format!("{} cannot end a journey on `{}`", self.title(), exit.on);
                    let help = "ask for it with `unless` before each message, or keep this journey elsewhere";
                    self.refuse(("", exit.line), what, help);
                    continue;
                }
            }
            if self.shares_key(&exit.on) && self.can(Ability::SameCase, Way::Lost) {
                mistaken.push((exit.on.as_str(), exit.line));
            }
        }
        self.mistake(&mistaken);
        watched
    }

    /// Leaves for those whom an exit concerns; asked behind every wait where the target does not watch.
    pub(super) fn ask_exits(&mut self, step: &'a Step) -> Vec<Op<'a>> {
        let Some((test, reason)) = self.asked() else {
            return Vec::new();
        };
        let id = self.id(&format!("{}-exit", step.node));
        let end = Op {
            id: self.id(&format!("{}-end", step.node)),
            node: &step.node,
            line: step.line,
            act: Act::End { reason },
        };
        vec![Op {
            id,
            node: &step.node,
            line: step.line,
            act: Act::Choose {
                ways: vec![(test, vec![end])],
                otherwise: Vec::new(),
            },
        }]
    }

    /// Whether an exit has come that concerns everything, where exits are asked for; and the reason.
    pub(super) fn asked(&mut self) -> Option<(Test<'a>, &'a str)> {
        if !self.can(Ability::Exits, Way::Asked) {
            return None;
        }
        let journey = self.journey;
        let mut tests = Vec::new();
        let mut reason = "exit";
        for exit in &journey.exits {
            if exit.only.is_some() || self.is_native(exit) || exit.on == journey.trigger.event {
                continue;
            }
            let Some(test) = self.came(&exit.on, exit.filter.as_ref()) else {
                let what = format!("{} cannot ask whether `{}` has come", self.title(), exit.on);
                let help = "ask for an attribute with `unless` before each message, or keep this journey elsewhere";
                self.refuse(("", exit.line), what, help);
                continue;
            };
            tests.push(test);
            reason = exit.reason.as_deref().unwrap_or(&exit.on);
        }
        if tests.len() > 1 {
            reason = "exit";
        }
        Test::any(tests).map(|it| (it, reason))
    }

    /// Exits that concern one class of messages only: such a message goes to those for whom none came.
    pub(super) fn exits_of(&mut self, class: Class) -> Vec<Test<'a>> {
        let journey = self.journey;
        let mut tests = Vec::new();
        for exit in &journey.exits {
            if exit.only != Some(class) || self.is_native(exit) || exit.on == journey.trigger.event
            {
                continue;
            }
            match self.came(&exit.on, exit.filter.as_ref()) {
                Some(test) => tests.push(test.negated()),
                None if self.can(Ability::Exits, Way::Lost) => {}
                None => {
                    let what =
                        format!("{} cannot ask whether `{}` has come", self.title(), exit.on);
                    let help = "ask for an attribute with `unless` before each message, or keep this journey elsewhere";
                    self.refuse(("", exit.line), what, help);
                }
            }
        }
        tests
    }

    /// Whether the target itself does what an exit asks for: no commercial mail to people who have
    /// unsubscribed or whose address bounces.
    pub(super) fn is_native(&self, exit: &Exit) -> bool {
        let events = &self.job.manifest.events;
        let milestone = events.get(&exit.on).and_then(|it| it.milestone);
        let own = matches!(
            milestone,
            Some(Milestone::Unsubscribed | Milestone::Bounced)
        );
        let commercial = match exit.only {
            Some(only) => only == Class::Commercial,
            None => !self.sends(Class::Transactional),
        };
        own && commercial && exit.filter.is_none() && self.can(Ability::Consent, Way::Native)
    }

    /// Whether an event and the trigger's tell their cases apart by the same property, and it can still
    /// come for the case that has let the person in.
    pub(super) fn shares_key(&self, event: &str) -> bool {
        let events = &self.job.manifest.events;
        let trigger = &self.journey.trigger.event;
        let key = |name: &str| events.get(name).and_then(|it| it.key.as_deref());
        let milestone = |name: &str| events.get(name).and_then(|it| it.milestone);
        event != trigger
            && !Milestone::is_over(milestone(event), milestone(trigger))
            && key(event).is_some()
            && key(event) == key(trigger)
    }

    /// Exits that another case of the same person sets off as well.
    fn mistake(&mut self, exits: &[(&str, u32)]) {
        let Some((_, line)) = exits.first() else {
            return;
        };
        let trigger = self.job.manifest.events.get(&self.journey.trigger.event);
        let key = trigger.and_then(|it| it.key.as_deref()).unwrap_or_default();
        let events: Vec<String> = exits.iter().map(|it| format!("`{}`", it.0)).collect();
        self.lose_all(
            *line,
            format!(
                "{} does not compare `{key}`: any {} ends the journey",
                self.title(),
                events.join(" or ")
            ),
            "with two cases at once, the end of the one ends the mail about the other",
            "accept it if people rarely have two at once, else let the shop send an event for the other case",
        );
    }

    /// Who may come in again, as far as the target can.
    pub(super) fn reentry(&mut self) -> Reentry {
        let wanted = or_never(self.journey.reentry.as_ref());
        let line = self.journey.line;
        match &wanted {
            Reentry::PerKey if self.can(Ability::ReentryPerKey, Way::Lost) => {
                self.lose_all(
                    line,
                    format!(
                        "{} does not know `reentry: per_key`: every event starts the journey",
                        self.title()
                    ),
                    "an event that is sent twice for one case starts the messages twice",
                    "make sure that the shop sends each event once",
                );
                Reentry::Always
            }
            Reentry::After(span) if self.can(Ability::ReentryAfter, Way::Lost) => {
                self.lose_all(
                    line,
                    format!(
                        "{} cannot keep people out for {}: every event starts the journey",
                        self.title(),
                        span.text
                    ),
                    "people get the same messages again sooner than the file says",
                    "let the shop send the event again only after that time",
                );
                Reentry::Always
            }
            _ => wanted,
        }
    }

    /// What the head of the journey says and the target has no place for.
    pub(super) fn remarks(&mut self) {
        let journey = self.journey;
        if journey.priority.is_some() {
            self.ledger.by_hand(format!(
                "{} has no priority between journeys, so two of them may write to one person on one day. Where that hurts, exclude the people of the other journey.",
                self.title()
            ));
        }
        if journey.trigger.enroll_existing {
            self.ledger.by_hand(
                "Add the people who already qualify once the journey is live: `enroll_existing` asks for them.",
            );
        }
        self.cap();
    }

    fn cap(&mut self) {
        let Some(cap) = &self.job.manifest.policy.frequency_cap else {
            return;
        };
        if !self.sends(Class::Commercial) || self.can(Ability::FrequencyCap, Way::Native) {
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
        let said = said.join(", ");
        let line = self.journey.line;
        if self.can(Ability::FrequencyCap, Way::Lost) {
            self.lose_all(
                line,
                format!(
                    "{} keeps no count of mails: nothing holds commercial mail to {said}",
                    self.title()
                ),
                "a person in several journeys gets more mail than the policy allows",
                "see that journeys that write to the same people exclude each other",
            );
            return;
        }
        let note = match self.target.can.note(Ability::FrequencyCap) {
            "" => String::new(),
            note => format!(": {note}"),
        };
        self.ledger.by_hand(format!(
            "Set the account's limit on messages to {said}, as the policy of the project asks{note}."
        ));
        if cap.when_full == WhenFull::Queue {
            self.lose_all(
                line,
                format!(
                    "{} drops a message above the cap instead of queueing it",
                    self.title()
                ),
                "the person never gets the message",
                "set `when_full: skip`, or raise the cap",
            );
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
}
