//! Waits in the words of the target: chains, business days, hours and dates.

use super::hours::{common_days, fits, open_hours, rough_minutes};
use super::program::{Act, Op};
use super::{Ability, Lowering, Way};
use crate::manifest::{Action, Duration, Expr, Send, Step, Wait, WaitUntil, Window};
use crate::model::{Class, Weekday};
use crate::target::capability::Unit;

/// Longer chains of single business days become weeks.
const MOST_SINGLE_DAYS: u32 = 10;
pub(super) const MINUTES_OF_A_DAY: u32 = 1_440;
/// Monday to Friday.
const WORK: [Weekday; 5] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
];

impl<'a> Lowering<'a> {
    pub(super) fn wait(&mut self, step: &'a Step, it: &'a Wait, below: &'a [Step]) -> Vec<Op<'a>> {
        let name = step.node.clone();
        self.pause(step, it, below, &name)
    }

    /// A wait, and the exits that are asked behind it.
    pub(super) fn pause(
        &mut self,
        step: &'a Step,
        it: &Wait,
        below: &'a [Step],
        name: &str,
    ) -> Vec<Op<'a>> {
        let zone = self.zone(&it.zone);
        let mut ops = Vec::new();
        if let Some(duration) = &it.duration {
            ops = self.delays(step, name, duration, &zone);
        }
        let mut at = it.at.clone();
        let mut on = it.on.clone();
        let snapped = self.snap(step, below, &it.zone, ops.last(), &mut at, &mut on);
        self.until(step, name, (at, on, &it.zone), &mut ops);
        if ops.is_empty() {
            return ops;
        }
        self.in_window = snapped;
        ops.extend(self.ask_exits(step));
        ops
    }

    /// Lets a wait end within the send window if held mail follows it; whether it surely does.
    fn snap(
        &mut self,
        step: &'a Step,
        below: &'a [Step],
        zone: &str,
        last: Option<&Op<'a>>,
        at: &mut Option<String>,
        on: &mut Vec<Weekday>,
    ) -> bool {
        if !self.can(Ability::SendWindow, Way::Snapped) {
            return false;
        }
        let Some(window) = self.open_hours().filter(|it| it.from < it.to) else {
            return false;
        };
        // Days and hours are narrowed only where mail that waits for the window follows.
        let mail_waits = first_is_held(below) == Some(true);
        let days = common_days(on, &window.days).filter(|it| mail_waits || it == on);
        let ends_with_days = matches!(
            last.map(|it| &it.act),
            Some(Act::Delay {
                unit: Unit::Days,
                ..
            })
        );
        match (&*at, days) {
            (Some(time), Some(days)) if fits(&window, time) && zone == window.zone => {
                *on = days;
                true
            }
            (None, Some(days)) if mail_waits && ends_with_days => {
                let what = format!(
                    "{} has no send window, so people wait until {}",
                    self.title(),
                    window.from
                );
                let why = "the message comes at that hour, up to a day later than it could";
                let help = "write the hour yourself, for example `wait: {for: 3d, at: \"10:00\"}`";
                self.lose(step, what, why, help);
                *at = Some(window.from.clone());
                *on = days;
                true
            }
            _ => false,
        }
    }

    /// The hours in which commercial mail may go out.
    pub(super) fn open_hours(&self) -> Option<Window> {
        let policy = &self.job.manifest.policy;
        open_hours(policy.send_window.as_ref(), policy.quiet_hours.as_ref())
    }

    /// Whose clock a wait goes by.
    pub(super) fn zone(&self, zone: &str) -> String {
        if zone == "contact" && !self.can(Ability::ContactZone, Way::Native) {
            return self.job.manifest.timezone.clone();
        }
        zone.to_owned()
    }

    /// Tells that a clock is not the person's own.
    fn lose_zone(&mut self, step: &Step, zone: &str) {
        if zone != "contact" || self.can(Ability::ContactZone, Way::Native) {
            return;
        }
        let zone = &self.job.manifest.timezone;
        let what = format!(
            "{} does not know the person's own clock: it goes by {zone}",
            self.title()
        );
        let why = "people far away get the message at another hour of their day";
        self.lose(
            step,
            what,
            why,
            "accept it, or make a journey for each region",
        );
    }

    /// A time of day, days of the week, or both, behind the delays.
    fn until(
        &mut self,
        step: &'a Step,
        name: &str,
        (at, on, zone): (Option<String>, Vec<Weekday>, &str),
        ops: &mut Vec<Op<'a>>,
    ) {
        let at = at.filter(|_| self.may(step, Ability::TimeOfDay, "wait until a time of day"));
        let may_days =
            on.is_empty() || self.may(step, Ability::Weekdays, "wait until a day of the week");
        let on = if may_days { on } else { Vec::new() };
        if at.is_none() && on.is_empty() {
            return;
        }
        self.lose_zone(step, zone);
        let zone = self.zone(zone);
        if at.is_none()
            && let Some(Op {
                act:
                    Act::Delay {
                        unit: Unit::Days,
                        days,
                        zone: own,
                        ..
                    },
                ..
            }) = ops.last_mut()
        {
            *days = on;
            *own = zone;
            return;
        }
        let op = self.named(name, step, Act::Until { at, days: on, zone });
        ops.push(op);
    }

    /// Whether the target can; where it cannot, a loss or a refusal says so.
    fn may(&mut self, step: &Step, ability: Ability, what: &str) -> bool {
        match self.target.can.way(ability) {
            Way::Native => true,
            Way::Lost => {
                let what = format!("{} cannot {what}: people go on at once", self.title());
                let why = "the message comes at another hour or day than the file says";
                self.lose(step, what, why, "write a wait in days or hours only");
                false
            }
            _ => {
                let what = format!("{} cannot {what}", self.title());
                self.refuse(
                    (&step.node, step.line),
                    what,
                    "write a wait in days or hours only",
                );
                false
            }
        }
    }

    /// A duration as delays one after another: business days, days, then hours or minutes.
    pub(super) fn delays(
        &mut self,
        step: &'a Step,
        name: &str,
        it: &Duration,
        zone: &str,
    ) -> Vec<Op<'a>> {
        let mut ops = Vec::new();
        let mut push = |lowering: &mut Self, amount: u32, unit, days: &[Weekday], until: bool| {
            let (days, zone) = (days.to_vec(), zone.to_owned());
            let act = if until {
                let at = None;
                Act::Until { at, days, zone }
            } else {
                Act::Delay {
                    amount,
                    unit,
                    days,
                    zone,
                }
            };
            ops.push(lowering.named(name, step, act));
        };
        let whole_days = self.target.can.limits.units.contains(&Unit::Days);
        for (amount, unit, on_work) in self.parts(step, it) {
            let (days, then): (&[Weekday], &[Weekday]) = match (on_work, whole_days) {
                (false, _) => (&[], &[]),
                (true, true) => (&WORK, &[]),
                // Only a delay of days can end on certain days.
                (true, false) => (&[], &WORK),
            };
            for amount in self.chain(amount, unit) {
                push(self, amount, unit, days, false);
            }
            if !then.is_empty() {
                push(self, 0, unit, then, true);
            }
        }
        ops
    }

    /// A duration in the target's units: how many, of what, and whether it ends on a business day.
    fn parts(&mut self, step: &Step, it: &Duration) -> Vec<(u32, Unit, bool)> {
        let mut parts = Vec::new();
        let mut days = it.days;
        let mut business = it.business_days;
        match self.target.can.way(Ability::BusinessDays) {
            _ if business == 0 => {}
            Way::Chained if !self.ends_on_days() => {
                let what = format!("{} cannot wait for business days", self.title());
                self.refuse((&step.node, step.line), what, "write it in days");
            }
            Way::Chained => {
                if business > MOST_SINGLE_DAYS {
                    let what =
                        format!("{business} business days become weeks, and the rest single days");
                    let why = "a day or two earlier or later than the file says";
                    self.lose(step, what, why, "write it in days");
                    let weeks = business / 5 * 7;
                    parts.push(self.in_unit(weeks.saturating_mul(MINUTES_OF_A_DAY), Unit::Days));
                    business %= 5;
                }
                let (amount, unit, _) = self.in_unit(MINUTES_OF_A_DAY, Unit::Days);
                parts.extend((0..business).map(|_| (amount, unit, true)));
            }
            Way::Rounded => {
                let whole = calendar_days(business);
                let what = format!(
                    "{} does not know business days: {} become {whole} days",
                    self.title(),
                    business
                );
                let why = "the message may come on a weekend, or up to two days late";
                self.lose(step, what, why, "write it in days");
                days = days.saturating_add(whole);
            }
            _ => {
                let what = format!("{} cannot wait for business days", self.title());
                self.refuse((&step.node, step.line), what, "write it in days");
            }
        }
        if days > 0 {
            parts.push(self.in_unit(days.saturating_mul(MINUTES_OF_A_DAY), Unit::Days));
        }
        if it.minutes > 0 {
            parts.push(self.in_unit(it.minutes, Unit::Hours));
        }
        parts
    }

    /// Whether a day can be waited so that it ends on certain days of the week.
    fn ends_on_days(&self) -> bool {
        let whole_days = self.target.can.limits.units.contains(&Unit::Days);
        whole_days || self.can(Ability::Weekdays, Way::Native)
    }

    /// Minutes in the largest unit that divides them, at most the wanted one.
    fn in_unit(&self, minutes: u32, most: Unit) -> (u32, Unit, bool) {
        let units = self.target.can.limits.units;
        for (unit, size) in [(Unit::Days, MINUTES_OF_A_DAY), (Unit::Hours, 60)] {
            if unit <= most && units.contains(&unit) && minutes.is_multiple_of(size) {
                return (minutes / size, unit, false);
            }
        }
        (minutes, Unit::Minutes, false)
    }

    /// A delay as one or several, none longer than the target's longest.
    fn chain(&self, amount: u32, unit: Unit) -> Vec<u32> {
        let size = match unit {
            Unit::Minutes => 1,
            Unit::Hours => 60,
            Unit::Days => MINUTES_OF_A_DAY,
        };
        let most = self.target.can.limits.longest_wait;
        let most = most.map_or(u32::MAX, |it| (it / size).max(1));
        links(amount, most)
    }

    /// Waits for a date.
    pub(super) fn wait_until(&mut self, step: &'a Step, it: &'a WaitUntil) -> Vec<Op<'a>> {
        if self.can(Ability::WaitForDate, Way::SecondFlow) {
            return self.wait_in_second(step, it);
        }
        if !self.can(Ability::WaitForDate, Way::Native) {
            let what = format!("{} cannot wait for `{}`", self.title(), it.date.text);
            let help = "let the shop send an event on that day, and begin a journey with it";
            self.refuse((&step.node, step.line), what, help);
            return Vec::new();
        }
        let asked = match &it.date.tree {
            Expr::Event { .. } => Ability::AskEvent,
            _ => Ability::AskContact,
        };
        if self.can(asked, Way::Refused) {
            let what = format!("{} does not know `{}`", self.title(), it.date.text);
            let help = "keep the date in an attribute of the contact";
            self.refuse((&step.node, step.line), what, help);
        }
        let offset = it
            .offset
            .as_ref()
            .map_or(0, |it| i64::from(rough_minutes(it)));
        let act = Act::Date {
            date: &it.date,
            before: if it.before { offset } else { -offset },
            at: it.at.as_deref(),
            if_past: it.if_past,
        };
        let mut ops = vec![self.op(step, act)];
        self.in_window = false;
        ops.extend(self.ask_exits(step));
        ops
    }

    /// Tells where nothing keeps a message within the send window.
    pub(super) fn check_window(&mut self, step: &'a Step, it: &'a Send) {
        if it.class != Class::Commercial || it.bypass_window || self.in_window {
            return;
        }
        let Some(window) = self.open_hours() else {
            return;
        };
        if self.can(Ability::SendWindow, Way::Native) {
            return;
        }
        let what = format!(
            "{} does not hold `{}` for {} to {}",
            self.title(),
            step.node,
            window.from,
            window.to
        );
        let help = if self.can(Ability::SendWindow, Way::Snapped) {
            "put a `wait` of days with `at:` before it"
        } else {
            "let the shop send the event within these hours"
        };
        self.lose(
            step,
            what,
            "the message may arrive in the middle of the night",
            help,
        );
    }
}

/// The most days that so many business days take.
pub(super) fn calendar_days(business: u32) -> u32 {
    let weekend = if business.is_multiple_of(5) { 0 } else { 2 };
    (business / 5 * 7)
        .saturating_add(business % 5)
        .saturating_add(weekend)
}

/// An amount in parts of at most so much, the full ones first.
pub(super) fn links(amount: u32, most: u32) -> Vec<u32> {
    let most = most.max(1);
    let full = (amount / most) as usize;
    let mut all = vec![most; full];
    let rest = amount % most;
    if rest > 0 {
        all.push(rest);
    }
    all
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
