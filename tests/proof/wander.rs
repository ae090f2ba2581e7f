//! Whether any life shows a finding that its witness did not show.
//!
//! Lives grow out of one another: what does something that no life did before is kept, and grown further.
//! The checker says whether a life breaks the rule as the finding says.

use std::collections::HashSet;

use journeyc::diagnostic::Diagnostic;
use journeyc::simulate::{Record, StepNo, What};

use super::aim::aimed;
use super::dice::Dice;
use super::history::{self, Heard};
use super::{Checker, Tale, Town};

/// So many lives at most are kept to grow further.
const KEPT: usize = 400;

/// The first life that shows it, and how many it took.
pub fn shows(
    town: &Town<'_>,
    checker: &dyn Checker,
    finding: &Diagnostic,
    tries: u32,
) -> Option<(Tale, u32)> {
    let heard = Heard::of(town);
    let mut dice = Dice::new(1, u64::from(finding.primary.span.start));
    let targets = targets(town, finding);
    let mut seen: HashSet<(u32, u32, u32)> = HashSet::new();
    let mut kept: Vec<(Tale, Record)> = Vec::new();
    for no in 0..tries {
        let tale = if kept.is_empty() || dice.percent(3) {
            history::first(town, &heard, &mut dice)
        } else {
            let newest = kept.len().saturating_sub(20);
            let place = if dice.percent(40) {
                newest + dice.below(kept.len() - newest)
            } else {
                dice.below(kept.len())
            };
            let (tale, record) = &kept[place];
            let aimed = dice
                .percent(50)
                .then(|| aimed(town, tale, record, &mut dice))
                .flatten();
            aimed.unwrap_or_else(|| history::otherwise(town, &heard, tale, record, &mut dice))
        };
        let record = town.simulation.live(&tale.life, &mut tale.chance());
        let violations = checker.violations(town, &tale.life, &record);
        if violations
            .iter()
            .any(|it| checker.is_meant(town, it, finding))
        {
            return Some((tale, no + 1));
        }
        let before = seen.len();
        seen.extend(features(&record, &targets));
        if seen.len() > before && kept.len() < KEPT {
            kept.push((tale, record));
        }
    }
    None
}

/// The steps that a finding points at.
fn targets(town: &Town<'_>, finding: &Diagnostic) -> HashSet<StepNo> {
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    let mut spans: Vec<_> = labels.map(|it| it.span).collect();
    spans.extend(
        finding
            .witness
            .iter()
            .flat_map(|it| &it.moments)
            .filter_map(|it| it.span),
    );
    let steps = town.simulation.steps();
    let named = steps.filter(|(_, it)| {
        spans.contains(&it.step.span)
            || it
                .step
                .value
                .id()
                .is_some_and(|id| spans.contains(&id.span))
    });
    named.map(|it| it.0).collect()
}

/// What is new in a life if no other one had it.
fn features(record: &Record, targets: &HashSet<StepNo>) -> Vec<(u32, u32, u32)> {
    let mut res = Vec::new();
    let kind = |what: What| match what {
        What::Event(no) => (1, no.min(8)),
        What::Click(_) => (2, 0),
        What::Entered(_) => (3, 0),
        What::Refused(_) => (4, 0),
        What::Sent(it) | What::Task(it) | What::Touch(it) => (5, it.0),
        What::Skipped(it, skip) => (6 + skip as u32, it.0),
        What::Held(it, holder, _) => (12 + holder as u32, it.0),
        What::Waits(it, _) => (17, it.0),
        What::Waited(it) => (18, it.0),
        What::Came(it, _) => (19, it.0),
        What::TimedOut(it) => (20, it.0),
        What::Past(it) => (21, it.0),
        What::Way(it, way) => (22 + way.map_or(0, |it| it + 1).min(7), it.0),
        What::Arm(it, arm) => (30 + arm.min(7), it.0),
        What::Round(it, no) => (40 + no.min(7), it.0),
        What::Set(it) => (50, it.0),
        What::Enters(it) => (51, it.0),
        What::Stopped(no) => (52, no),
        What::Goal(_) => (53, 0),
        What::Left(_) => (54, 0),
        What::Changed(_) => (55, 0),
    };
    let mut last = 0;
    for (no, it) in record.moments.iter().enumerate().take(400) {
        let (kind_no, step) = kind(it.what);
        let code = kind_no * 10_000 + step;
        res.push((0, it.visit.map_or(0, |it| it.journey.0 + 1), code));
        res.push((1, last, code));
        last = code;
        if it.what.step().is_some_and(|it| targets.contains(&it)) {
            for other in record.moments[..no].iter().rev().take(40) {
                let gap = (it.at - other.at).max(0);
                let bucket = 64 - (gap.unsigned_abs().leading_zeros());
                let (kind_no, step) = kind(other.what);
                res.push((2 + bucket, kind_no * 10_000 + step, code));
            }
        }
    }
    res
}
