//! What differs in what was found.

use std::collections::BTreeSet;

use super::{FindingChanges, Found, Half, Pair, Place};
use crate::diagnostic::{Diagnostic, Status, fingerprints};
use crate::source::LineIndex;

/// What differs. What an `allow` covers on its own side was not found.
pub(super) fn changes(pair: &Pair<'_, '_>) -> FindingChanges {
    let mut changes = FindingChanges::default();
    let mut still = BTreeSet::new();
    for found in counted(&pair.after) {
        still.insert(found.fingerprint.clone());
        match found.diagnostic.status {
            Some(Status::Older) => changes.older += 1,
            Some(Status::Worsened(_)) => changes.worsened.push(found),
            Some(Status::Introduced) | None => changes.introduced.push(found),
        }
    }
    let fixed = counted(&pair.before).filter(|it| !still.contains(&it.fingerprint));
    changes.fixed = fixed.collect();
    changes
}

fn counted<'h>(half: &'h Half<'_, '_>) -> impl Iterator<Item = Found> + 'h {
    let compilation = half.compilation;
    let prints = fingerprints(&compilation.findings, &compilation.workspace.sources);
    let all = compilation.findings.iter().zip(prints);
    let counted = all.filter(|(it, _)| it.suppressed.is_none());
    counted.map(|(it, print)| found(half, it, print))
}

fn found(half: &Half<'_, '_>, diagnostic: &Diagnostic, fingerprint: String) -> Found {
    let sources = &half.compilation.workspace.sources;
    let span = diagnostic.primary.span;
    let text = sources.text(span.file);
    let at = LineIndex::new(text).position(text, span.start);
    Found {
        place: Place {
            file: sources.path(span.file).to_owned(),
            line: at.line,
        },
        column: at.column,
        is_input: half.compilation.is_input(diagnostic),
        diagnostic: diagnostic.clone(),
        fingerprint,
    }
}
