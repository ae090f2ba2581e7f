//! Small repositories in memory, compared.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Half, Pair};
use crate::compile::compile;
use crate::load::Memory;
use crate::manifest::Journey;
use crate::workspace::Workspace;

const PROJECT: &str = "version: 1
brand: {name: Fern & Finch, url: https://fernandfinch.example, postal_address: 1 Orchard Row}
profile: ecommerce
timezone: Europe/London
locales: [en]
senders:
  care: {kind: role, name: Fern & Finch, address: care@fernandfinch.example}
  maya: {kind: person, name: Maya, address: maya@fernandfinch.example}
events:
  cart_left: {}
  film_watched: {}
  order_paid: {milestone: payment, key: order_id, properties: {order_id: string, total: number}}
  order_delivered: {milestone: delivered}
contact:
  plan: {type: string, nullable: true}
policy: {}
";

/// The files of one side.
#[derive(Clone)]
pub(super) struct Side(Memory);

impl Side {
    /// A project without journeys, with one template `t`.
    pub(super) fn new() -> Self {
        let world = Memory::new(chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap());
        let letter = "---\nsubject: Hello\npreheader: There\n---\nA letter.\n";
        Self(world.with("journeyc.yaml", PROJECT)).with("templates/t.md", letter)
    }

    /// Adds a file, or replaces it.
    pub(super) fn with(self, path: &str, text: &str) -> Self {
        Self(self.0.with(path, text))
    }

    /// Replaces some words of the project file.
    pub(super) fn project(self, old: &str, new: &str) -> Self {
        assert!(PROJECT.contains(old), "{old}");
        self.with("journeyc.yaml", &PROJECT.replace(old, new))
    }

    /// Adds a journey: commercial, on `order_paid`, with these steps, each line indented by two spaces.
    pub(super) fn journey(self, name: &str, steps: &str) -> Self {
        self.journey_on(name, "order_paid", steps)
    }

    /// The same on another event.
    pub(super) fn journey_on(self, name: &str, event: &str, steps: &str) -> Self {
        let text = format!(
            "journey: {name}\nclass: commercial\nfrom: care\ntrigger: {{event: {event}}}\nsteps:\n{steps}\n"
        );
        self.with(&format!("journeys/{name}.yaml"), &text)
    }
}

/// Compiles both sides and asks something of them.
pub(super) fn compare<T>(before: &Side, after: &Side, ask: impl FnOnce(&Pair<'_, '_>) -> T) -> T {
    let (before, after) = (Workspace::read(&before.0), Workspace::read(&after.0));
    let (before, after) = (compile(&before), compile(&after));
    for side in [&before, &after] {
        let wrong: Vec<&str> = side
            .findings
            .iter()
            .filter(|it| side.is_input(it))
            .map(|it| &*it.message)
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
    ask(&Pair {
        before: Half::new(&before),
        after: Half::new(&after),
    })
}

/// The journey of this name, if it is there.
pub(super) fn named<'p>(half: &'p Half<'_, '_>, name: &str) -> Option<&'p Journey> {
    half.journeys().iter().find(|it| it.name == name)
}
