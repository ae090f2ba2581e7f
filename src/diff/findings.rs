//! What differs in what was found.

use std::collections::BTreeSet;

use super::{Extent, FindingChanges, Found, Half, Pair, Place};
use crate::diagnostic::{Diagnostic, Status, fingerprints};
use crate::source::{self, Places};

/// What differs. What an `allow` covers on its own side was not found.
pub(super) fn changes(pair: &Pair<'_, '_>) -> FindingChanges {
    let mut changes = FindingChanges::default();
    let mut older = 0;
    let mut still = BTreeSet::new();
    let places = Places::new(&pair.after.compilation.workspace.sources);
    for (it, fingerprint) in counted(&pair.after) {
        still.insert(fingerprint.clone());
        let group = match it.status {
            Some(Status::Older) => {
                older += 1;
                continue;
            }
            Some(Status::Worsened(_)) => &mut changes.worsened,
            Some(Status::Introduced) | None => &mut changes.introduced,
        };
        group.push(found(&pair.after, &places, it, fingerprint));
    }
    let places = Places::new(&pair.before.compilation.workspace.sources);
    let fixed = counted(&pair.before).filter(|(_, print)| !still.contains(print));
    changes.fixed = fixed
        .map(|(it, print)| found(&pair.before, &places, it, print))
        .collect();
    changes.older = (!pair.after.compilation.is_part).then_some(older);
    changes
}

fn counted<'h>(half: &'h Half<'_, '_>) -> impl Iterator<Item = (&'h Diagnostic, String)> {
    let compilation = half.compilation;
    let prints = fingerprints(&compilation.findings, &compilation.workspace.sources);
    let all = compilation.findings.iter().zip(prints);
    all.filter(|(it, _)| it.suppressed.is_none())
}

/// A finding of one side, whose texts `places` knows.
pub(super) fn found(
    half: &Half<'_, '_>,
    places: &Places<'_>,
    diagnostic: &Diagnostic,
    fingerprint: String,
) -> Found {
    let source::Place { path, start, end } = places.of(diagnostic.primary.span);
    let edits = diagnostic.fix.iter().flat_map(|it| &it.edits);
    let related = diagnostic.related.iter();
    Found {
        place: Place {
            file: path.to_owned(),
            line: start.line,
        },
        column: start.column,
        end,
        related: related.map(|it| extent(places.of(it.span))).collect(),
        edits: edits.map(|it| extent(places.exact(it.span))).collect(),
        is_input: half.compilation.is_input(diagnostic),
        diagnostic: diagnostic.clone(),
        fingerprint,
    }
}

fn extent(it: source::Place<'_>) -> Extent {
    Extent {
        file: it.path.to_owned(),
        start: it.start,
        end: it.end,
    }
}
