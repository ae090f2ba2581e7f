//! Findings that are about a life, and that no life which can be made up shows.
//!
//! In: a finding. Out: why it cannot be lived: it is about when we hear of something, about what a template
//! says, or about messages that are sent from elsewhere.

use crate::diagnostic::MomentKind;
use crate::model::{Class, Journey, Reentry, SenderKind, Step};
use crate::simulate::StepNo;

use super::sentence::Finding;

const LATE: &str =
    "it is about an event that we hear of late; in a life that is made up, events come in time";
const SIGNED: &str = "a template chooses who signs; a life knows what journeys say";
const CROWDED: &str = "no journey of the repository can fill the frequency cap before";

impl Finding<'_, '_> {
    /// Why no life can show it, if that is so.
    pub(super) fn unlived(&self) -> Option<&'static str> {
        if self.is_told_late() {
            Some(LATE)
        } else if self.is_signed_elsewhere() {
            Some(SIGNED)
        } else if self.is_never_crowded() {
            Some(CROWDED)
        } else {
            None
        }
    }

    /// Whether only events count against it of which we hear late.
    fn is_told_late(&self) -> bool {
        let events = self.diagnostic.witness.iter().flat_map(|it| &it.moments);
        let only_trigger = events.filter(|it| it.kind == MomentKind::Event).count() < 2;
        match self.diagnostic.rule.0 {
            // The window reaches back to the entry, but not further.
            "guard-window-not-longer-than-wait" => {
                let event = self.diagnostic.subject.as_deref();
                let event = event.and_then(|it| self.simulation.event(it));
                only_trigger
                    && event.is_some_and(|it| self.route.events.iter().all(|told| told.0 != it))
            }
            "abandonment-vs-post-purchase" => {
                let name = self.diagnostic.subject.as_deref().unwrap_or_default();
                let journey = self.journey().map(|it| self.simulation.journey(it));
                let declared = self.simulation.project().event(name);
                declared.is_some_and(|it| it.polled)
                    && journey.is_some_and(|it| it.exits.iter().any(|it| *it.on.value == *name))
            }
            _ => false,
        }
    }

    /// Whether the people who write are not those whom the journey names.
    fn is_signed_elsewhere(&self) -> bool {
        if !matches!(
            self.diagnostic.rule.0,
            "sender-churn" | "handover-unannounced"
        ) {
            return false;
        }
        let Some(target) = self.target() else {
            return false;
        };
        let mut others = self
            .diagnostic
            .related
            .iter()
            .filter_map(|it| self.places.step(it.span));
        let own = self.person(target);
        own.is_none() || others.any(|it| self.person(it).is_none() || self.person(it) == own)
    }

    /// The human being whom a journey lets write a message.
    fn person(&self, step: StepNo) -> Option<&str> {
        let Step::Send(send) = &self.simulation.step(step).step.value else {
            return None;
        };
        let journey = self.simulation.journey(self.of(step));
        let senders = &self.simulation.project().senders;
        let sender = senders.get(&*journey.sender_of(send).value)?;
        (sender.kind == SenderKind::Person).then_some(&*sender.name.value)
    }

    /// Whether the cap drops a message, or lets it wait, although no life can fill it before.
    fn is_never_crowded(&self) -> bool {
        let policy = &self.simulation.project().policy;
        let (Some(_), Some(cap)) = (self.route.full, &policy.frequency_cap) else {
            return false;
        };
        let it = &cap.commercial;
        let limits = [it.per_day, it.per_week, it.per_month];
        let least = limits.into_iter().flatten().min().unwrap_or(u32::MAX);
        // Who may come in again may have come often.
        let most = self.simulation.journeys().map(|(_, journey)| {
            let capped = journey.sends().filter(|it| {
                journey.class_of(it) == Class::Commercial && it.bypass_window != Some(true)
            });
            let repeats = journey
                .walk()
                .any(|(it, _)| matches!(it.value, Step::Repeat(_)));
            match u32::try_from(capped.count()) {
                Ok(0) => 0,
                Ok(count) if never(journey) && !repeats => count,
                _ => u32::MAX,
            }
        });
        // The message itself does not count.
        let most = most.fold(0, u32::saturating_add);
        most.saturating_sub(1) < least
    }
}

/// Whether nobody comes into a journey twice.
fn never(journey: &Journey) -> bool {
    let reentry = journey.reentry.as_ref().map(|it| it.value);
    reentry.is_none_or(|it| it == Reentry::Never)
}
