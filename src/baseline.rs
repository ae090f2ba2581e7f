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
