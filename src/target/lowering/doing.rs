//! What happens beside mail: tasks, touches, attributes and other journeys.

use super::program::{Act, Op};
use super::steps::gate;
use super::{Ability, Lowering, Way};
use crate::manifest::{Step, Task, Touch};

impl<'a> Lowering<'a> {
    pub(super) fn task(&mut self, step: &'a Step, it: &'a Task) -> Vec<Op<'a>> {
        let Some(to) = self.told(step, it) else {
            return Vec::new();
        };
        let work = |lowering: &mut Self| {
            let to = to.clone();
            vec![lowering.op(step, Act::Task { task: it, to })]
        };
        match gate(it.only_if.as_ref(), it.unless.as_ref()) {
            None => work(self),
            Some(expr) => self.decide(step, (&expr, false), &work, &|_| Vec::new()),
        }
    }

    /// Whom a task reaches: nobody said where the target has tasks; nothing where nobody is told.
    #[expect(
        clippy::option_option,
        reason = "told, and told by whom, are two questions"
    )]
    fn told(&mut self, step: &'a Step, it: &'a Task) -> Option<Option<String>> {
        let way = self.target.can.way(Ability::Tasks);
        if way == Way::Native {
            return Some(None);
        }
        let owner = it.owner.as_deref();
        if let Some(owner) = owner.filter(|_| way == Way::Alerted)
            && self.job.account.id("alerts", owner).is_some()
        {
            return Some(Some(self.ledger.id(&self.job, "alerts", owner, &step.node)));
        }
        let title = it.title.as_deref().unwrap_or(&step.node);
        let name = owner.unwrap_or("OWNER");
        let team = owner.unwrap_or("a person");
        let (help, cure) = if way == Way::Alerted {
            (
                format!(
                    "add the mail address of the team to `targets.{}.environments.{}.ids.alerts.{name}`",
                    self.target.name, self.job.account.name
                ),
                format!(", or add an address under `ids.alerts.{name}` and export again"),
            )
        } else {
            (
                "let the system in which the team works watch the same events".to_owned(),
                String::new(),
            )
        };
        let what = format!(
            "{} has no tasks, so nobody is told of `{}`",
            self.title(),
            step.node
        );
        let why = "the customer waits for somebody who does not know that it is their turn";
        self.lose(step, what, why, &help);
        self.ledger.by_hand(format!(
            "`{}` ({}): {team} does this: {title}. Set up the reminder outside of {}{cure}.",
            step.node,
            it.channel.word(),
            self.title(),
        ));
        None
    }

    /// A touchpoint of another system: nothing to do here.
    pub(super) fn touch(&mut self, step: &Step, it: &Touch) {
        let what = it.title.as_deref().unwrap_or(&step.node);
        let by = it.by.as_deref().unwrap_or("another system");
        let headline = format!(
            "{} does not make the {} touch `{}`",
            self.title(),
            it.channel.word(),
            step.node
        );
        let why = "it reaches the customer only if the other system does it on time";
        self.lose(
            step,
            headline,
            why,
            "make sure that the other system acts on the same event",
        );
        self.ledger.by_hand(format!(
            "`{}` ({}): tell {by} to do this: {what}. {} takes no part in it.",
            step.node,
            it.channel.word(),
            self.title(),
        ));
    }

    pub(super) fn set(
        &mut self,
        step: &'a Step,
        attribute: &str,
        value: &serde_json::Value,
    ) -> Vec<Op<'a>> {
        match self.target.can.way(Ability::SetAttribute) {
            Way::Native => {
                let act = Act::Set {
                    attribute: attribute.to_owned(),
                    value: value.clone(),
                };
                vec![self.op(step, act)]
            }
            Way::ByHand => {
                let what = format!("{} does not write `{attribute}`", self.title());
                let why = "what asks for it later gets the old answer";
                self.lose(
                    step,
                    what,
                    why,
                    "let the shop write it when the same event comes",
                );
                self.ledger.by_hand(format!(
                    "`{attribute}`: let the shop set it to {value} when people come to line {}.",
                    step.line
                ));
                Vec::new()
            }
            _ => {
                let what = format!("{} cannot write `{attribute}`", self.title());
                self.refuse(
                    (&step.node, step.line),
                    what,
                    "let the shop write it when the same event comes",
                );
                Vec::new()
            }
        }
    }

    pub(super) fn enter(&mut self, step: &'a Step, journey: &'a str) -> Vec<Op<'a>> {
        let way = self.target.can.way(Ability::EnterJourney);
        let name = format!("enter-{journey}");
        if way == Way::Native {
            return vec![self.named(
                &name,
                step,
                Act::Enter {
                    journey,
                    list: None,
                },
            )];
        }
        if way == Way::Listed && self.job.account.id("lists", journey).is_some() {
            let list = self.ledger.id(&self.job, "lists", journey, &step.node);
            let what = format!(
                "{} cannot start `{journey}`, so the person is put on its list",
                self.title()
            );
            let why = "the other journey begins only if it listens to the list";
            let help = format!(
                "let `{journey}` start from the list as well, or from a copy with that trigger"
            );
            self.lose(step, what, why, &help);
            self.ledger.by_hand(format!(
                "`enter: {journey}`: make a copy of `{journey}` whose trigger is being added to the list `{list}`.",
            ));
            let act = Act::Enter {
                journey,
                list: Some(list),
            };
            return vec![self.named(&name, step, act)];
        }
        let help = if way == Way::Listed {
            format!(
                "add the list that stands for it to `targets.{}.environments.{}.ids.lists.{journey}`",
                self.target.name, self.job.account.name
            )
        } else {
            format!("let the shop send the event that starts `{journey}`")
        };
        let what = format!(
            "{} cannot start `{journey}`, so nobody enters it from here",
            self.title()
        );
        self.lose(
            step,
            what,
            "the messages of the other journey never come",
            &help,
        );
        self.ledger.by_hand(format!(
            "`enter: {journey}`: start `{journey}` yourself for people who come to line {}.",
            step.line
        ));
        Vec::new()
    }
}
