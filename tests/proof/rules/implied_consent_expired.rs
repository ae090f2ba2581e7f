//! C002: advertising goes out when the purchase or the inquiry that it rests on is too long ago.

use journeyc::model::{
    Basis, Channel, Class, ConsentSource, Duration, Journey, Jurisdiction, Milestone, Purpose, Step,
};
use journeyc::simulate::{Holder, Life, Record, What};

use super::super::town::{events, length};
use super::super::visits::stays;
use super::super::{Checker, Town, Violation};

/// The checker.
pub struct ImpliedConsentExpired;

impl Checker for ImpliedConsentExpired {
    fn rule(&self) -> &'static str {
        "implied-consent-expired"
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let mut res = Vec::new();
        if !town.journeys().any(|(_, it)| rests_on_purchase(town, it)) {
            return res;
        }
        for stay in stays(town, record) {
            let journey = town.journey(stay.visit.journey);
            if !rests_on_purchase(town, journey) {
                continue;
            }
            let purchase = town.limit(self.rule(), Some(journey));
            let purchase = length(purchase.unwrap_or(Duration::of_days(730)));
            let (lasts, age) = begin(town, journey, purchase);
            for (_, moment) in &stay.moments {
                // What the queue of the cap holds back comes late for a reason of its own; and where there are
                // both a window and quiet hours, nobody may know when they are over.
                let policy = &town.project().policy;
                let both = policy.send_window.is_some() && policy.quiet_hours.is_some();
                let is_excused = |it| it == Holder::Cap || both;
                if matches!(moment.what, What::Held(_, it, _) if is_excused(it)) {
                    break;
                }
                let Some(no) = moment.what.touchpoint() else {
                    continue;
                };
                if !is_advert(journey, &town.step(no).step.value) {
                    continue;
                }
                let again = events(life, record)
                    .filter(|it| it.0 >= stay.entered && it.0 <= moment.at)
                    .filter(|it| town.milestone(it.1) == Some(Milestone::Payment))
                    .map(|it| it.0)
                    .last();
                let since = |from: i64| town.at_least(life, from, moment.at);
                let renewed = again.is_some_and(|it| since(it) <= purchase);
                if since(stay.entered) + age > lasts && !renewed {
                    let says = "the consent has run out";
                    let found = Violation::of(stay.visit.journey, moment.at, says);
                    res.push(found.at_steps(&[no]));
                    break;
                }
            }
        }
        res
    }
}

/// Whether the consent ends by itself.
fn rests_on_purchase(town: &Town<'_>, journey: &Journey) -> bool {
    let laws = if journey.jurisdictions.is_empty() {
        &town.project().jurisdictions
    } else {
        &journey.jurisdictions
    };
    match journey.basis.as_ref().map(|it| it.value) {
        Some(Basis::Implied) => true,
        Some(Basis::SoftOptIn) => laws.iter().any(|it| it.value == Jurisdiction::Ca),
        _ => false,
    }
}

/// How long the consent lasts, and how old it is at least on entry.
fn begin(town: &Town<'_>, journey: &Journey, purchase: i64) -> (i64, i64) {
    let inquiry = purchase.min(181 * 86_400);
    let consent = journey.consent.as_ref();
    let source = consent.and_then(|it| it.source.as_ref()).map(|it| it.value);
    let age = consent.and_then(|it| it.age.as_ref());
    let age = age.map_or(0, |it| length(it.value));
    let event = town.project().event(&journey.trigger.event.value);
    let milestone = event
        .and_then(|it| it.milestone.as_ref())
        .map(|it| it.value);
    match source {
        Some(ConsentSource::Inquiry) => (inquiry, age),
        None if milestone == Some(Milestone::Intent) => (inquiry, age),
        Some(ConsentSource::Purchase | ConsentSource::Checkout) | None => (purchase, age),
        // Nobody knows how old it is; the age that is said is that of something else.
        Some(_) => (purchase, 0),
    }
}

/// Whether law takes a step for advertising.
pub fn is_advert(journey: &Journey, step: &Step) -> bool {
    let purposes = step.purposes();
    let only = |these: &[Purpose]| {
        !purposes.is_empty() && purposes.iter().all(|it| these.contains(&it.value))
    };
    match step {
        Step::Send(it) => {
            let asks = purposes
                .iter()
                .any(|it| it.value == Purpose::ConsentRequest);
            journey.class_of(it) == Class::Commercial
                && !(it.requested == Some(true) && asks)
                && !only(&[Purpose::LegalNotice])
        }
        Step::Touch(it) => {
            let inherited = || {
                journey.class == Class::Commercial
                    && !only(&[
                        Purpose::Confirmation,
                        Purpose::Receipt,
                        Purpose::StatusUpdate,
                        Purpose::DelayNotice,
                        Purpose::Acknowledgement,
                        Purpose::LegalNotice,
                    ])
            };
            matches!(it.channel, Channel::Email | Channel::Sms)
                && it
                    .class
                    .as_ref()
                    .map_or_else(inherited, |it| it.value == Class::Commercial)
        }
        _ => false,
    }
}
