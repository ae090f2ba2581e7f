//! Projects and journeys for tests, written as YAML.

#![allow(clippy::unwrap_used, reason = "tests")]

use serde::de::DeserializeOwned;

use crate::diagnostic::Sink;
use crate::model::{Journey, Project};
use crate::source::FileId;
use crate::yaml::{self, Corrections, Reader};

pub(super) fn read<T: DeserializeOwned>(text: &str) -> T {
    let mut sink = Sink::default();
    let tree = yaml::parse(FileId(0), text, &mut sink).unwrap();
    assert!(sink.is_empty(), "{sink:?}\n{text}");
    match T::deserialize(Reader::new(tree.root(), &Corrections::default())) {
        Ok(it) => it,
        Err(refusal) => panic!("{}\n{text}", refusal.message()),
    }
}

/// A project with this policy, in YAML's flow style.
pub(super) fn project(policy: &str) -> Project {
    read(&format!(
        "version: 1
brand: {{name: Fern & Finch, url: https://fernandfinch.example}}
profile: ecommerce
timezone: Europe/London
locales: [en]
events:
  order_paid: {{milestone: payment}}
  order_delivered: {{milestone: delivered}}
  order_refunded: {{milestone: refunded}}
  review_given: {{milestone: feedback_given}}
  unsubscribed: {{milestone: unsubscribed}}
policy: {policy}
"
    ))
}

/// A commercial journey on `order_paid` with these steps, each line indented by two spaces.
pub(super) fn journey(steps: &str) -> Journey {
    read(&format!(
        "journey: test
class: commercial
from: care
trigger: {{event: order_paid}}
steps:
{steps}
"
    ))
}
