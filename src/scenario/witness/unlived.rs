//! Findings that are about a life, and that no life which can be made up shows.
//!
//! In: a finding. Out: why it cannot be lived: it is about when we hear of something, about what a template
//! says, or about messages that are sent from elsewhere.

use crate::diagnostic::MomentKind;
use crate::model::{Class, SenderKind, Step};
use crate::simulate::StepNo;

use super::sentence::Finding;

const LATE: &str =
    "it is about an event that we hear of late; in a life that is made up, events come in time";
const SIGNED: &str = "a template chooses who signs; a life knows what journeys say";
const CROWDED: &str = "no other journey of the repository can fill the frequency cap before";

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

    /// Whether the cap drops a message although nothing can have come before it.
    fn is_never_crowded(&self) -> bool {
        let others = self
            .simulation
            .journeys()
            .filter(|it| !self.route.journeys.contains(&it.0));
        let mut sends = others.flat_map(|it| it.1.sends().map(move |send| it.1.class_of(send)));
        let before = self.route.touches.len();
        !self.route.dropped.is_empty() && before == 0 && !sends.any(|it| it == Class::Commercial)
    }
}
