//! Waiting for an event: by the target itself, or by looking again and again.

use super::hours::{looks, most_looks, rough_minutes};
use super::program::{Act, Op};
use super::waits::{MINUTES_OF_A_DAY, calendar_days, links};
use super::{Ability, Lowering, Way};
use crate::manifest::{Duration, Step, WaitFor};

impl<'a> Lowering<'a> {
    /// Waits for an event.
    pub(super) fn wait_for(&mut self, step: &'a Step, it: &'a WaitFor) -> Vec<Op<'a>> {
        self.mix_up(step, it);
        match self.target.can.way(Ability::WaitForEvent) {
            Way::Native => self.await_event(step, it),
            Way::Polled => self.poll(step, it),
            _ => {
                let what = format!("{} cannot wait for `{}`", self.title(), it.event);
                let help = "make what follows a journey of its own that this event starts";
                self.refuse((&step.node, step.line), what, help);
                Vec::new()
            }
        }
    }

    /// News of one case may be taken for news of another.
    fn mix_up(&mut self, step: &'a Step, it: &'a WaitFor) {
        if !self.shares_key(&it.event) || self.can(Ability::SameCase, Way::Native) {
            return;
        }
        let what = format!("{} takes any `{}` of the person", self.title(), it.event);
        let why = "with two cases at once, news of the one is taken for news of the other";
        self.lose(
            step,
            what,
            why,
            "accept it if people rarely have two at once",
        );
    }

    fn await_event(&mut self, step: &'a Step, it: &'a WaitFor) -> Vec<Op<'a>> {
        let limits = self.target.can.limits;
        let wait = |timeout, late| Act::Await {
            event: &it.event,
            filter: it.filter.as_ref(),
            timeout,
            late,
        };
        let Some(timeout) = &it.timeout else {
            if !limits.endless_wait_for {
                self.refuse_endless(step, it);
                return Vec::new();
            }
            let mut ops = vec![self.op(step, wait(None, Vec::new()))];
            self.in_window = false;
            ops.extend(self.ask_exits(step));
            return ops;
        };
        // Waiting for an event ends at a moment, so business days count as the days they take at most.
        let mut minutes = timeout
            .days
            .saturating_mul(MINUTES_OF_A_DAY)
            .saturating_add(timeout.minutes);
        if timeout.business_days > 0 {
            let days = calendar_days(timeout.business_days);
            minutes = minutes.saturating_add(days.saturating_mul(MINUTES_OF_A_DAY));
            self.round_timeout(step, timeout.business_days, days);
        }
        let parts = links(minutes.max(1), limits.longest_wait_for.unwrap_or(u32::MAX));
        self.in_window = false;
        // Those who are late in one part wait in the next: the last is built first.
        let ids: Vec<String> = parts.iter().map(|_| self.id(&step.node)).collect();
        let mut late = self.ask_exits(step);
        late.extend(self.block(&it.on_timeout));
        self.in_window = false;
        for (part, id) in parts.into_iter().zip(ids).rev() {
            let act = wait(Some(part), late);
            late = vec![Op {
                id,
                node: &step.node,
                line: step.line,
                act,
            }];
        }
        let mut ops = late;
        ops.extend(self.ask_exits(step));
        ops
    }

    /// Tells that business days of a timeout are counted as days.
    fn round_timeout(&mut self, step: &'a Step, business: u32, days: u32) {
        if self.can(Ability::BusinessDays, Way::Refused) {
            let what = format!("{} cannot wait for business days", self.title());
            self.refuse((&step.node, step.line), what, "write it in days");
            return;
        }
        let what = format!(
            "{} counts the {business} business days of a timeout as {days} days",
            self.title()
        );
        let why = "people wait up to two days longer";
        self.lose(step, what, why, "write it in days");
    }

    fn refuse_endless(&mut self, step: &Step, it: &WaitFor) {
        let what = format!(
            "{} cannot wait for `{}` without an end",
            self.title(),
            it.event
        );
        let help =
            "add a `timeout`, or make what follows a journey of its own that this event starts";
        self.refuse((&step.node, step.line), what, help);
    }

    /// Looks for the event again and again.
    fn poll(&mut self, step: &'a Step, it: &'a WaitFor) -> Vec<Op<'a>> {
        let Some(timeout) = &it.timeout else {
            self.refuse_endless(step, it);
            return Vec::new();
        };
        let most = most_looks(timeout);
        let wanted = self.tuning.looks.get(&step.node).copied().unwrap_or(most);
        if wanted == 0 && self.is_flat(&it.on_timeout) {
            return self.wait_whole(step, it, timeout);
        }
        let parts = looks(timeout, wanted.max(1));
        let longest = parts.iter().max_by_key(|it| rough_minutes(it));
        let longest = longest.map(Duration::in_words).unwrap_or_default();
        self.lose_wait(step, it, &format!("it looks every {longest}"), &longest);
        self.look(step, it, &parts)
    }

    /// Waits the whole timeout; then the late messages are skipped by those for whom it came.
    fn wait_whole(&mut self, step: &'a Step, it: &'a WaitFor, timeout: &Duration) -> Vec<Op<'a>> {
        let longest = timeout.in_words();
        let how = format!("everybody waits the whole {longest}");
        self.lose_wait(step, it, &how, &longest);
        let zone = self.zone("contact");
        let mut ops = self.delays(step, &format!("{}-wait", step.node), timeout, &zone);
        self.in_window = false;
        ops.extend(self.ask_exits(step));
        let Some(test) = self.came(&it.event, it.filter.as_ref()) else {
            self.refuse_look(step, it);
            return ops;
        };
        self.gates.push(test.negated());
        ops.extend(self.block(&it.on_timeout));
        self.gates.pop();
        ops
    }

    fn lose_wait(&mut self, step: &'a Step, it: &'a WaitFor, how: &str, longest: &str) {
        let what = format!(
            "{} cannot wait for `{}`: {how} instead",
            self.title(),
            it.event
        );
        let why = format!("the customer hears from us up to {longest} after it happened");
        let help =
            "shorten the timeout, or make what follows a journey of its own that this event starts";
        self.lose(step, what, &why, help);
    }

    fn refuse_look(&mut self, step: &'a Step, it: &'a WaitFor) {
        let what = format!(
            "{} cannot ask whether `{}` has come",
            self.title(),
            it.event
        );
        let help = "make what follows a journey of its own that this event starts";
        self.refuse((&step.node, step.line), what, help);
    }

    /// Waits a part of the timeout, looks, and goes on or waits again.
    fn look(&mut self, step: &'a Step, it: &'a WaitFor, parts: &[Duration]) -> Vec<Op<'a>> {
        let Some((first, rest)) = parts.split_first() else {
            return self.block(&it.on_timeout);
        };
        let zone = self.zone("contact");
        let mut ops = self.delays(step, &format!("{}-wait", step.node), first, &zone);
        self.in_window = false;
        ops.extend(self.ask_exits(step));
        if rest.is_empty() && it.on_timeout.is_empty() {
            return ops;
        }
        let Some(test) = self.came(&it.event, it.filter.as_ref()) else {
            self.refuse_look(step, it);
            return ops;
        };
        let more = |lowering: &mut Self| lowering.look(step, it, rest);
        ops.extend(self.choose(step, test, &|_| Vec::new(), &more));
        ops
    }
}
