//! The ids of the account that journeys need, with their gaps.
//!
//! In: what became of the journeys. Out: one [`Need`] for each thing of the account, however many
//! journeys need it, and a finding for each gap. Invariant: an id is never made up.

use std::collections::BTreeMap;

use super::{IdKind, Job, Ledger, MISSING_ID, Outcome, Target};
use crate::diagnostic::{Diagnostic, Sink};
use crate::source::Span;

/// How many further places a finding about a gap points at before it only counts them.
const SHOWN: usize = 2;

/// A thing of the account that journeys need the id of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The kind of id, as `journeyc.yaml` calls it.
    pub kind: String,
    /// Our name for the thing.
    pub name: String,
    /// The id; nothing where `journeyc.yaml` has none.
    pub id: Option<String>,
    /// The journeys that need it, in the manifest's order.
    pub journeys: Vec<String>,
    /// What the provider calls such a thing, where the target says so.
    pub what: &'static str,
    /// Where people find the id at the provider, where the target says so.
    pub place: &'static str,
}

/// What journeys need, those first that are missing.
pub(super) fn all(target: &dyn Target, outcomes: &[Outcome<'_>]) -> Vec<Need> {
    let mut needs: BTreeMap<(bool, &str, &str), Need> = BTreeMap::new();
    for outcome in outcomes {
        let ledger = &outcome.ledger;
        let gaps = ledger.missing().map(|(kind, name, _)| (kind, name, None));
        let known = ledger.ids().map(|(kind, name, id)| (kind, name, Some(id)));
        for (kind, name, id) in gaps.chain(known) {
            let need = needs
                .entry((id.is_some(), kind, name))
                .or_insert_with(|| Need {
                    kind: kind.to_owned(),
                    name: name.to_owned(),
                    id: id.map(str::to_owned),
                    journeys: Vec::new(),
                    what: known_kind(target, kind).map_or("", |it| it.what),
                    place: known_kind(target, kind).map_or("", |it| it.place),
                });
            need.journeys.push(outcome.journey.name.clone());
        }
    }
    needs.into_values().collect()
}

/// A finding for each id that is missing, at the first step that needs it.
pub(super) fn report(
    target: &dyn Target,
    job: &Job<'_>,
    outcomes: &[Outcome<'_>],
    sink: &mut Sink,
) {
    let mut gaps: BTreeMap<(&str, &str), Vec<(&str, &str)>> = BTreeMap::new();
    for outcome in outcomes {
        for (kind, name, node) in outcome.ledger.missing() {
            let places = gaps.entry((kind, name)).or_default();
            places.push((&outcome.journey.name, node));
        }
    }
    for ((kind, name), places) in gaps {
        sink.push(gap(target, job, (kind, name), &places));
    }
}

fn gap(
    target: &dyn Target,
    job: &Job<'_>,
    (kind, name): (&str, &str),
    places: &[(&str, &str)],
) -> Diagnostic {
    let (account, target_name) = (&job.account.name, target.name());
    let path = format!("targets.{target_name}.environments.{account}.ids.{kind}");
    let place = |(journey, node): &(&str, &str)| -> Span { Ledger::place(job, journey, node) };
    let first = places.first().copied().unwrap_or_default();
    let known = known_kind(target, kind);
    let what = known.map_or(kind, |it| it.what);
    let title = target.title();
    let found = known.map_or_else(String::new, |it| {
        format!("; find it at {title}: {}", it.place)
    });
    let help = format!(
        "write `{name}: …` below `{path}` in journeyc.yaml{found}. \
         `journeyc export {target_name} --env {account} --list-ids` lists every gap"
    );
    let message = format!("the account `{account}` at {title} has no id for `{name}` ({what})");
    let mut it = Diagnostic::error(MISSING_ID, place(&first), message)
        .label("needed here")
        .help(help)
        .why("an id that is made up would send this journey's mail to nobody, or to others")
        .journey(first.0)
        .subject(format!("{path}.{name}"));
    if !first.1.is_empty() && !first.1.starts_with('@') {
        it = it.step(first.1);
    }
    let others = places.get(1..).unwrap_or_default();
    let more = others.len().saturating_sub(SHOWN);
    for (number, other) in (1..).zip(others.iter().take(SHOWN)) {
        let rest = match more {
            0 => String::new(),
            1 => ", and in 1 more journey".to_owned(),
            _ => format!(", and in {more} more journeys"),
        };
        let rest = if number == SHOWN { rest } else { String::new() };
        it = it.related(place(other), format!("and here{rest}"));
    }
    if let Some(span) = job.account.span {
        it = it.related(span, "the account's ids stand here");
    }
    it
}

fn known_kind(target: &dyn Target, kind: &str) -> Option<&'static IdKind> {
    target.provider().ids.iter().find(|it| it.kind == kind)
}
