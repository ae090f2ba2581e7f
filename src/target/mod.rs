//! Stage 12: what the compiler writes for each mail provider.
//!
//! In: the [`Manifest`], templates printed in the provider's language ([`Mails`]) and the ids of one
//! account ([`Account`]). Out: [`Artifacts`]: requests in the order in which they are sent, and
//! `plan.md` for people; and findings on every step whose meaning changes on the way.
//! Invariant: everything is written as draft; what cannot be said is a finding on the step, never
//! silence; targets never import targets.
//! Not done here: sending anything, reading files, printing templates (that is `dialect`).

mod audience;
mod aws;
mod braze;
mod brevo;
mod capability;
mod customerio;
mod dittofeed;
mod export;
mod field;
mod hubspot;
mod iterable;
mod klaviyo;
mod ledger;
mod lowering;
mod mailchimp;
mod mailgun;
mod mandrill;
mod mautic;
mod need;
mod omnisend;
mod outside;
mod plan;
mod provider;
mod request;
mod resend;
mod schedule;
mod script;
mod sendgrid;
mod sheet;
mod shelf;
mod tree;
mod uuid;
mod wiring;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{RuleId, Sink};
use crate::dialect::Variable;
use crate::manifest::{Manifest, Places};
use crate::model::Environment;
use crate::source::{Artifacts, Span};

pub use capability::{Ability, Capabilities, Limits, Row, Support, Unit, Way};
pub use export::{Draft, Export, Named, Outcome, Requests, needs, write};
pub use ledger::{Ledger, Loss};
use lowering::open_hours;
pub use lowering::{Act, Arm, Judge, Leave, Mark, Op, Program, Start, Test};
pub use need::Need;
pub use provider::{IdKind, Provider};
pub use request::Request;
pub use schedule::{Scheduled, Scheduling};
pub use sheet::{Vocabulary, Word};
pub use shelf::{Content, Shelf, together};
pub use tree::without_ends;
pub use wiring::{Joins, Link, Wired, Wiring, size, wire};

/// A mail is due later than the target takes it ahead of its time.
pub const BEYOND_HORIZON: RuleId = RuleId("beyond-horizon");
/// The target cannot take the journey at all.
pub const NOT_EXPRESSIBLE: RuleId = RuleId("not-expressible-on-target");
/// The target takes the step, and something about it changes.
pub const SEMANTICS_SHIFT: RuleId = RuleId("semantics-shift");
/// An id of the account is not in `journeyc.yaml`.
pub const MISSING_ID: RuleId = RuleId("missing-target-id");
/// The journey becomes larger than the target can hold.
pub const TOO_LARGE: RuleId = RuleId("target-too-large");

/// Every rule that targets report.
pub const RULES: &[RuleId] = &[
    BEYOND_HORIZON,
    MISSING_ID,
    NOT_EXPRESSIBLE,
    SEMANTICS_SHIFT,
    TOO_LARGE,
];

/// A mail provider.
pub trait Target: Sync {
    /// Its name in `journeyc.yaml` and on the command line.
    fn name(&self) -> &'static str;

    /// Its name as people write it.
    fn title(&self) -> &'static str;

    /// The dialect in which it wants its templates.
    fn dialect(&self) -> &'static str;

    /// What it can take.
    fn capabilities(&self) -> &'static Capabilities;

    /// How its API is reached, and how its account calls things.
    fn provider(&self) -> &'static Provider;

    /// A field of every body that holds a key, and the environment variable that holds it, where the
    /// provider wants it there. `send.sh` puts it in; no file holds it.
    fn key_in_body(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// A mail as it fits the provider, where its dialect cannot know what only the account says.
    fn fitted(&self, _account: &Account, _mail: &Mail) -> Option<Mail> {
        None
    }

    /// The requests that create one template; `name` is the shelf's.
    fn template(&self, _job: &Job<'_>, _name: &str, _content: &Content<'_>) -> Vec<Named> {
        Vec::new()
    }

    /// The requests that create one journey. What cannot be said is noted in the draft's ledger, and
    /// then nothing of it is written.
    fn journey(&self, _draft: &mut Draft<'_, '_>) -> Requests {
        Requests::default()
    }

    /// What is wrong with the graph of a journey's request, which published schemas cannot see; nothing
    /// when all is well, or when the request creates no journey.
    fn faults(&self, _request: &Request) -> Vec<String> {
        Vec::new()
    }

    /// The request that schedules one mail for one recipient, where the target takes mail ahead of its
    /// time ([`Limits::horizon`]) and no journeys.
    fn scheduled(&self, _export: &Export<'_, '_>, _mail: &Scheduled<'_>) -> Option<Scheduling> {
        None
    }

    /// Files beside the requests, such as an archive or a build sheet.
    fn files(&self, _export: &Export<'_, '_>, _artifacts: &mut Artifacts, _sink: &mut Sink) {}

    /// What a person does once in every account, in the provider's own words.
    fn chores(&self) -> &'static [&'static str] {
        &[]
    }

    /// How journeys are said there: a kind of step that a journey must have for it to be told, or
    /// nothing, and a sentence.
    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
}

/// Every target, by name. The list is the registry: a new target is a file and a line here.
pub const ALL: &[&dyn Target] = &[
    &aws::Aws,
    &braze::Braze,
    &brevo::Brevo,
    &customerio::CustomerIo,
    &dittofeed::Dittofeed,
    &hubspot::HubSpot,
    &iterable::Iterable,
    &klaviyo::Klaviyo,
    &mailchimp::Mailchimp,
    &mailgun::Mailgun,
    &mandrill::Mandrill,
    &mautic::Mautic,
    &omnisend::Omnisend,
    &resend::Resend,
    &sendgrid::SendGrid,
];

/// The target with this name.
pub fn find(name: &str) -> Option<&'static dyn Target> {
    ALL.iter().copied().find(|it| it.name() == name)
}

/// What a target works from.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The journeys.
    pub manifest: &'a Manifest,
    /// The mails, in the target's dialect.
    pub mails: &'a Mails,
    /// The account to write for.
    pub account: &'a Account,
    /// Where journeys and steps stand, for findings.
    pub places: &'a Places,
}

/// One mail, printed in a provider's language.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mail {
    /// The subject line.
    pub subject: String,
    /// The text that inboxes show after it; nothing where the page holds it.
    pub preheader: Option<String>,
    /// The HTML part; with the preheader hidden at its top where the provider does not take it apart.
    pub html: String,
    /// The plain-text part.
    pub text: String,
    /// What whoever sends must work out and hand over beside the recipient's own data.
    pub variables: Vec<Variable>,
}

/// Mails by journey, step and locale.
pub type Mails = BTreeMap<(String, String, String), Arc<Mail>>;

/// One account at a provider, as `journeyc.yaml` describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The environment's name, such as `prod`.
    pub name: String,
    /// The account's own ids, by kind and by our name.
    pub ids: BTreeMap<String, BTreeMap<String, String>>,
    /// Where `journeyc.yaml` names the environment, where it does.
    pub span: Option<Span>,
}

impl Account {
    /// The account of an environment of the project file.
    pub fn of(name: &str, environment: &Environment, span: Option<Span>) -> Self {
        let ids = environment.ids.iter().map(|(kind, table)| {
            let table = table
                .iter()
                .map(|(name, id)| (name.value.to_string(), id.value.to_string()));
            (kind.value.to_string(), table.collect())
        });
        Self {
            name: name.to_owned(),
            ids: ids.collect(),
            span,
        }
    }

    /// The account's id of a thing.
    pub fn id(&self, kind: &str, name: &str) -> Option<&str> {
        Some(self.ids.get(kind)?.get(name)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_sorted_and_every_ability_is_answered_in_a_way_that_the_lowering_knows() {
        assert!(ALL.is_sorted_by_key(|it| it.name()));
        for target in ALL {
            let rows = target.capabilities().rows;
            let answered: Vec<Ability> = rows.iter().map(|it| it.0).collect();
            assert_eq!(answered, Ability::ALL, "{}", target.name());
            for (ability, way, _) in rows {
                let ways = ability.ways();
                let known =
                    ways.contains(way) || (*way == Way::Outside && ways.contains(&Way::Native));
                assert!(known, "{}: {ability:?} by {way:?}", target.name());
            }
            // Whoever marks people writes attributes.
            let can = target.capabilities();
            let marks = can.is(Ability::AskHistory, Way::Marked)
                || can.is(Ability::WaitForDate, Way::SecondFlow);
            assert!(!marks || can.is(Ability::SetAttribute, Way::Native));
            let units = target.capabilities().limits.units;
            assert!(units.first() == Some(&Unit::Minutes) && units.is_sorted());
            assert!(crate::dialect::find(target.dialect()).is_some());
            assert!(find(target.name()).is_some());
        }
        assert!(find("nobody").is_none());
    }
}
