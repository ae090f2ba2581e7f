//! What no report repeats: lines are shown with their secrets covered.
//!
//! The same line may be shown for another finding, so what is covered is the place, not the finding.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::source::FileId;
use crate::source::Window;

/// Where secrets stand, by file.
pub(super) struct Secrets {
    places: BTreeMap<FileId, Vec<Range<usize>>>,
}

impl Secrets {
    /// Those that findings point at, accepted ones included.
    pub(super) fn of(findings: &[Diagnostic]) -> Self {
        let mut places: BTreeMap<FileId, Vec<Range<usize>>> = BTreeMap::new();
        for it in findings.iter().filter(|it| it.conceals) {
            let span = it.primary.span;
            let bytes = span.start as usize..span.end as usize;
            places.entry(span.file).or_default().push(bytes);
        }
        Self { places }
    }

    /// Lines of a file with stars in place of each secret's bytes, so that whatever points into the
    /// lines still points at the same place.
    pub(super) fn cover<'s>(&self, file: FileId, mut window: Window<'s>) -> Window<'s> {
        for secret in self.places.get(&file).into_iter().flatten() {
            let end = window.start + window.text.len();
            let (from, to) = (secret.start.max(window.start), secret.end.min(end));
            if from >= to {
                continue;
            }
            let within = from - window.start..to - window.start;
            let stars = "*".repeat(within.len());
            window.text.to_mut().replace_range(within, &stars);
        }
        window
    }
}
