//! What `--base` compares with, and what a person must know about it.

use std::collections::BTreeSet;
use std::io;

use super::Streams;
use super::check::Found;
use crate::baseline::Baseline;
use crate::diagnostic::Status;
use crate::load::{Commit, Fork, History, PROJECT_FILE};
use crate::report::{self, harmless};
use crate::source::{Changed, World};
use crate::workspace::Workspace;

/// How many files are named.
const MAX_NAMED: usize = 3;

/// The base of one check.
pub(super) struct Since {
    reference: String,
    commit: String,
    changed: Changed,
    is_part: bool,
    notes: Vec<String>,
}

impl Since {
    /// What there is to say about a base and what was found since.
    pub(super) fn new(
        reference: &str,
        (history, fork): (&History, &Fork),
        base: &Commit<'_>,
        baseline: Baseline,
        found: &Found,
        workspace: &Workspace,
    ) -> Self {
        let name = base.revision().unwrap_or_default();
        let mut notes = Vec::new();
        if !fork.is_common {
            let hint = if history.is_shallow() {
                format!(
                    "; to leave out what happened there meanwhile, fetch more of the history: {}",
                    history.how_to_deepen()
                )
            } else {
                String::new()
            };
            notes.push(format!(
                "`{reference}` and HEAD have no common ancestor here, so it is compared with \
                 `{reference}` itself{hint}"
            ));
        }
        notes.extend(unread(base));
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
            commit: base.name().to_owned(),
            changed: baseline.changed,
            is_part: workspace.is_part(),
            notes,
        }
    }

    /// What reports say about it.
    pub(super) fn base(&self) -> report::Base<'_> {
        report::Base {
            reference: &self.reference,
            commit: &self.commit,
            is_part: self.is_part,
        }
    }

    /// The lines that have changed since.
    pub(super) fn changed(&self) -> &Changed {
        &self.changed
    }

    /// Tells the person what the comparison cannot know.
    pub(super) fn tell(&self, streams: &mut Streams<'_>) -> io::Result<()> {
        tell(&self.notes, streams)
    }
}

/// Tells the person what a comparison cannot know.
pub(super) fn tell(notes: &[String], streams: &mut Streams<'_>) -> io::Result<()> {
    for note in notes {
        writeln!(streams.err, "note: {}", harmless(note))?;
    }
    Ok(())
}

/// A note on the folders of a commit that cannot be read, if there are any.
pub(super) fn unread(commit: &Commit<'_>) -> Option<String> {
    let folders = commit.submodules();
    let first = folders.first()?;
    let more = match folders.len() - 1 {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let name = commit.revision().unwrap_or_default();
    Some(format!(
        "`{first}`{more} is a submodule, and {name} does not hold its files: what they said is not \
         known"
    ))
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
