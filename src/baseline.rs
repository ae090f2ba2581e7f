//! Right after `compile`: which findings a change is to blame for.
//!
//! In: the texts of the work tree and those that the change began from. Out: the work tree's
//! [`Compilation`], each finding with its [`Status`]. Invariant: what neither line numbers nor
//! time can tell apart stays `Older`: both are judged as of the same day.
//! Not done here: reading git (`load`), deciding what fails a check (`cli`).
//!
//! Findings are matched by their fingerprints: rule, journey (or file), step and subject. A journey
//! under a new name is therefore a new journey.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::affected;
use crate::compile::{Compilation, compile, compile_after};
use crate::diagnostic::{Diagnostic, Level, Status, Verdict, Worsening, fingerprints};
use crate::load::PROJECT_FILE;
use crate::source::Changed;
use crate::workspace::Workspace;

/// What a change is compared with.
#[derive(Debug, Default)]
pub struct Baseline {
    /// What was found there, by fingerprint.
    found: BTreeMap<String, Before>,
    /// The lines that have changed since.
    pub changed: Changed,
    /// Files that could not be understood there: nothing in them can be told from what is new.
    pub broken: BTreeSet<String>,
    /// Whether there was a project file.
    pub has_project: bool,
}

/// What there is to know of a finding that was there before.
#[derive(Debug)]
struct Before {
    level: Level,
    verdict: Verdict,
    is_accepted: bool,
    measure: Option<i64>,
}

/// Compiles the work tree, and says what a change did to each finding. Where it changed no text,
/// nothing is compiled twice.
pub fn compile_since<'w>(
    workspace: &'w Workspace,
    base: &Workspace,
) -> (Compilation<'w>, Baseline) {
    let changed = Changed::between(&base.sources, &workspace.sources);
    let (mut compilation, mut baseline) = if base.has_the_texts_of(workspace) {
        let compilation = compile(workspace);
        let baseline = Baseline::of(&compilation);
        (compilation, baseline)
    } else {
        let before = compile(base);
        let compilation = compile_after(workspace, before.program.as_ref());
        (compilation, Baseline::of(&before))
    };
    baseline.changed = changed;
    baseline.judge(&mut compilation.findings, workspace);
    (compilation, baseline)
}

/// Compiles both sides of a change, and says of each finding of the newer what the change did to it.
pub fn compile_both<'w>(
    before: &'w Workspace,
    after: &'w Workspace,
) -> (Compilation<'w>, Compilation<'w>) {
    let before = compile(before);
    let mut compilation = compile_after(after, before.program.as_ref());
    Baseline::of(&before).judge(&mut compilation.findings, after);
    (before, compilation)
}

/// Compiles of both sides of a change what it can make a difference to, and hands that over; everything
/// where that differs in what is found, since it might then differ elsewhere as well.
pub fn compile_reached<T>(
    before: &Workspace,
    after: &Workspace,
    use_both: impl FnOnce(&Compilation<'_>, &Compilation<'_>) -> T,
) -> T {
    if let Some((before, after)) = affected::narrow(before, after) {
        let before = compile(&before);
        let mut after = compile_after(&after, before.program.as_ref());
        let baseline = Baseline::of(&before);
        baseline.judge(&mut after.findings, after.workspace);
        if baseline.is_what_is_found(&after) {
            return use_both(&before, &after);
        }
    }
    let (before, after) = compile_both(before, after);
    use_both(&before, &after)
}

/// The same as [`compile_since`] for the journeys that a change can make a difference to; nothing where
/// that may be any of them, or differs in what is found.
pub fn compile_reached_since<T>(
    workspace: &Workspace,
    base: &Workspace,
    use_it: impl FnOnce(&Compilation<'_>, Baseline) -> T,
) -> Option<T> {
    let (base, workspace) = affected::narrow(base, workspace)?;
    let (compilation, baseline) = compile_since(&workspace, &base);
    let is_enough = baseline.is_what_is_found(&compilation);
    is_enough.then(|| use_it(&compilation, baseline))
}

/// The files of both sides that could not be understood, and where that matters to the comparison:
/// what is the same on both sides, and was no better before, is not what the change is about.
pub fn broken(before: &Compilation<'_>, after: &Compilation<'_>) -> (Vec<String>, Vec<String>) {
    let (old, new) = (before.broken(), after.broken());
    let text = |it: &Compilation<'_>, path: &str| {
        let sources = &it.workspace.sources;
        sources
            .find(path)
            .map(|it| Arc::clone(&sources.file(it).text))
    };
    let fresh: BTreeSet<&str> = after
        .counted()
        .filter(|it| it.status != Some(Status::Older) && after.is_input(it))
        .map(|it| after.workspace.sources.path(it.primary.span.file))
        .collect();
    let is_old_story = |path: &&String| {
        path.as_str() != PROJECT_FILE
            && old.contains(*path)
            && new.contains(*path)
            && !fresh.contains(path.as_str())
            && text(before, path) == text(after, path)
    };
    let kept = |all: &BTreeSet<String>| -> Vec<String> {
        let kept = all.iter().filter(|it| !is_old_story(it));
        kept.cloned().collect()
    };
    (kept(&old), kept(&new))
}

impl Baseline {
    fn of(compilation: &Compilation<'_>) -> Self {
        let sources = &compilation.workspace.sources;
        let prints = fingerprints(&compilation.findings, sources);
        let found = prints.into_iter().zip(&compilation.findings);
        Self {
            found: found.map(|(print, it)| (print, Before::of(it))).collect(),
            changed: Changed::default(),
            broken: compilation.broken(),
            has_project: compilation.workspace.has_project(),
        }
    }

    /// Whether what was found there is of any use for the findings in a file.
    pub fn is_broken(&self, path: &str) -> bool {
        self.broken.contains(path) || self.broken.contains(PROJECT_FILE)
    }

    /// Whether the same was found before as in a compile that was judged.
    fn is_what_is_found(&self, now: &Compilation<'_>) -> bool {
        let is_older = |it: &Diagnostic| it.status == Some(Status::Older);
        let prints = fingerprints(&now.findings, &now.workspace.sources);
        let prints: BTreeSet<&String> = prints.iter().collect();
        now.findings.iter().all(is_older) && self.found.keys().eq(prints)
    }

    fn judge(&self, findings: &mut [Diagnostic], workspace: &Workspace) {
        let prints = fingerprints(findings, &workspace.sources);
        for (finding, print) in findings.iter_mut().zip(prints) {
            let before = self.found.get(&print);
            finding.status = Some(match before.map(|it| it.worsening(finding)) {
                None => Status::Introduced,
                Some(Some(it)) => Status::Worsened(it),
                Some(None) => Status::Older,
            });
        }
    }
}

impl Before {
    fn of(it: &Diagnostic) -> Self {
        Self {
            level: it.level,
            verdict: it.verdict,
            is_accepted: it.suppressed.is_some(),
            measure: it.measure,
        }
    }

    /// In what a finding is worse now, if it is.
    fn worsening(&self, now: &Diagnostic) -> Option<Worsening> {
        let is_measured_worse = match (self.measure, now.measure) {
            (Some(before), Some(now)) => before < now,
            _ => false,
        };
        if self.is_accepted && now.suppressed.is_none() {
            Some(Worsening::Accepted)
        } else if self.level < now.level {
            Some(Worsening::Level(self.level))
        } else if self.verdict == Verdict::Undecided && now.verdict == Verdict::Fail {
            Some(Worsening::Undecided)
        } else {
            is_measured_worse.then_some(Worsening::Measure)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{RuleId, Suppression};
    use crate::source::{FileId, Span};

    #[test]
    fn worse_is_more_weight_a_decision_a_lost_exception_or_a_larger_measure() {
        let place = Span::start_of(FileId(0));
        let warning = || Diagnostic::warning(RuleId("a"), place, "");
        let error = || Diagnostic::error(RuleId("a"), place, "");
        let accepted = |mut it: Diagnostic| {
            let (reason, until) = (String::new(), String::new());
            it.suppressed = Some(Suppression { reason, until });
            it
        };
        let worsening = |before, now| Before::of(&before).worsening(&now);
        let level = Some(Worsening::Level(Level::Warning));
        assert_eq!(worsening(warning(), error()), level);
        assert_eq!(worsening(error(), warning()), None);
        assert_eq!(
            worsening(warning().undecided(""), warning()),
            Some(Worsening::Undecided)
        );
        assert_eq!(worsening(warning(), warning().undecided("")), None);
        assert_eq!(
            worsening(accepted(warning()), warning()),
            Some(Worsening::Accepted)
        );
        assert_eq!(worsening(warning(), accepted(warning())), None);
        let measured = |it| warning().measure(it);
        assert_eq!(
            worsening(measured(1), measured(2)),
            Some(Worsening::Measure)
        );
        assert_eq!(worsening(measured(2), measured(2)), None);
        assert_eq!(worsening(warning(), measured(2)), None);
    }
}
