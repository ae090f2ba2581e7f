//! What `--base` compares with, and what a person must know about it.

use std::collections::BTreeSet;
use std::io;

use annotate_snippets::normalize_untrusted_str;

use super::Streams;
use super::check::Found;
use crate::baseline::Baseline;
use crate::diagnostic::Status;
use crate::load::{Base, PROJECT_FILE};
use crate::report;
use crate::source::{Changed, World};
use crate::workspace::Workspace;

/// How many files are named.
const MAX_NAMED: usize = 3;

/// The base of one check.
pub(super) struct Since {
    reference: String,
    commit: String,
    changed: Changed,
    notes: Vec<String>,
}

impl Since {
    /// What there is to say about a base and what was found since.
    pub(super) fn new(
        reference: &str,
        base: &Base<'_>,
        baseline: Baseline,
        found: &Found,
        workspace: &Workspace,
    ) -> Self {
        let name = base.revision().unwrap_or_default();
        let mut notes = Vec::new();
        if !base.is_ancestor() {
            let hint = if base.is_shallow() {
                "; fetch more of the history to leave out what happened there meanwhile"
            } else {
                ""
            };
            notes.push(format!(
                "`{reference}` and HEAD have no common ancestor here, so it is compared with \
                 `{reference}` itself{hint}"
            ));
        }
        if !baseline.has_project {
            notes.push(format!(
                "there is no {PROJECT_FILE} in {name}, so everything counts as introduced"
            ));
        } else if let Some(broken) = broken(&baseline, found, workspace) {
            notes.push(format!(
                "{name} could not be understood ({broken}), so what is found there now counts as \
                 introduced"
            ));
        }
        Self {
            reference: reference.to_owned(),
            commit: base.commit().to_owned(),
            changed: baseline.changed,
            notes,
        }
    }

    /// What reports say about it.
    pub(super) fn base(&self) -> report::Base<'_> {
        report::Base {
            reference: &self.reference,
            commit: &self.commit,
        }
    }

    /// The lines that have changed since.
    pub(super) fn changed(&self) -> &Changed {
        &self.changed
    }

    /// Tells the person what the comparison cannot know.
    pub(super) fn tell(&self, streams: &mut Streams<'_>) -> io::Result<()> {
        for note in &self.notes {
            writeln!(streams.err, "note: {}", normalize_untrusted_str(note))?;
        }
        Ok(())
    }
}

/// The files that could not be understood in the base, as far as something is found in them now.
fn broken(baseline: &Baseline, found: &Found, workspace: &Workspace) -> Option<String> {
    let introduced = found
        .findings
        .iter()
        .filter(|it| it.status == Some(Status::Introduced))
        .map(|it| workspace.sources.path(it.primary.span.file));
    let concerned: BTreeSet<&str> = introduced.filter(|it| baseline.is_broken(it)).collect();
    if concerned.is_empty() {
        return None;
    }
    if baseline.broken.contains(PROJECT_FILE) {
        return Some(PROJECT_FILE.to_owned());
    }
    let named: Vec<&str> = concerned.iter().copied().take(MAX_NAMED).collect();
    let more = match concerned.len() - named.len() {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    Some(format!("{}{more}", named.join(", ")))
}
