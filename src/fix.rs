//! The safe fixes of a repository, made in memory.
//!
//! In: a [`Workspace`] and which files may change. Out: the workspace as it is afterwards, and what
//! has changed. Invariant: every fix that was made took its finding away and brought no error; what
//! a person has to look at first, and what an `allow` covers, is left alone.
//! Not done here: working out edits (that is `lint` and `schema`), writing files (that is `cli`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::compile::compile;
use crate::diagnostic::{Applicability, Diagnostic, Edit, Level};
use crate::lint;
use crate::source::FileId;
use crate::workspace::Workspace;

/// One fix may make room for another, or for the same one again; an end is an end.
const ROUNDS: usize = 10;

/// What says that a file is no YAML.
const INVALID_YAML: &str = "invalid-yaml";

/// A repository after its fixes.
#[derive(Debug)]
pub struct Fixed {
    /// The texts as they are now.
    pub workspace: Workspace,
    /// The files that have changed, by path.
    pub changes: Vec<Change>,
    /// How many findings were fixed.
    pub fixes: usize,
}

/// A file that has changed.
#[derive(Debug)]
pub struct Change {
    /// The path from the repository's root.
    pub path: Arc<str>,
    /// The text that was read.
    pub before: Arc<str>,
    /// The text that shall be written.
    pub after: Arc<str>,
}

impl Fixed {
    /// A repository that nothing is done to.
    pub(crate) fn nothing(workspace: Workspace) -> Self {
        Self {
            workspace,
            changes: Vec::new(),
            fixes: 0,
        }
    }
}

/// Makes every safe fix in the files that may change.
pub fn fix(workspace: Workspace, may_change: &dyn Fn(&str) -> bool) -> Fixed {
    let original = workspace.sources.clone();
    let mut state = State::of(workspace);
    let mut refused = BTreeSet::new();
    let mut fixes = 0;
    for _ in 0..ROUNDS {
        let chosen = state.choose(may_change, &refused);
        if chosen.is_empty() {
            break;
        }
        let mut round = Round {
            before: &state,
            made: Vec::new(),
            after: None,
            refused: &mut refused,
        };
        round.make(&chosen);
        fixes += round.made.len();
        if let Some(after) = round.after {
            state = after;
        }
    }
    let now = state.workspace.sources.iter();
    let changes = now
        .zip(original.iter())
        .filter(|&((_, after), (_, before))| after.text != before.text)
        .map(|((_, after), (_, before))| Change {
            path: Arc::clone(&before.path),
            before: Arc::clone(&before.text),
            after: Arc::clone(&after.text),
        });
    Fixed {
        changes: changes.collect(),
        fixes,
        workspace: state.workspace,
    }
}

/// What tells findings apart, wherever edits move them to.
type Key = (&'static str, String, String);

/// A repository at one moment.
struct State {
    workspace: Workspace,
    findings: Vec<Diagnostic>,
}

/// A fix that may be made.
#[derive(Debug, Clone)]
struct Candidate {
    key: Key,
    is_input: bool,
    edits: Vec<Edit>,
}

impl State {
    fn of(workspace: Workspace) -> Self {
        let findings = compile(&workspace).findings;
        Self {
            workspace,
            findings,
        }
    }

    fn key(&self, it: &Diagnostic) -> Key {
        let path = self.workspace.sources.path(it.primary.span.file);
        (it.rule.0, path.to_owned(), it.message.clone())
    }

    /// The fixes that can be made together. Those of invalid input come first: what the rest of the
    /// file means is known only afterwards.
    fn choose(&self, may_change: &dyn Fn(&str) -> bool, refused: &BTreeSet<Key>) -> Vec<Candidate> {
        let sources = &self.workspace.sources;
        let mut res: Vec<Candidate> = Vec::new();
        for it in self.findings.iter().filter(|it| it.suppressed.is_none()) {
            let Some(fix) = &it.fix else {
                continue;
            };
            let is_allowed = fix
                .edits
                .iter()
                .all(|it| may_change(sources.path(it.span.file)));
            let key = self.key(it);
            if fix.applicability == Applicability::Safe && is_allowed && !refused.contains(&key) {
                res.push(Candidate {
                    key,
                    is_input: lint::is_input(it.rule),
                    edits: fix.edits.clone(),
                });
            }
        }
        if res.iter().any(|it| it.is_input) {
            res.retain(|it| it.is_input);
        }
        let mut taken: BTreeMap<FileId, Vec<(u32, u32)>> = BTreeMap::new();
        res.retain(|it| {
            // Edits that only touch wait for the next round as well: which comes first is not said.
            let is_free = it.edits.iter().all(|edit| {
                let others = taken.get(&edit.span.file).into_iter().flatten();
                let (start, end) = (edit.span.start, edit.span.end);
                others.clone().all(|other| end < other.0 || other.1 < start)
            });
            if is_free {
                for edit in &it.edits {
                    let others = taken.entry(edit.span.file).or_default();
                    others.push((edit.span.start, edit.span.end));
                }
            }
            is_free
        });
        res
    }

    /// The repository with these edits.
    fn with(&self, candidates: &[Candidate]) -> Self {
        let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        for edit in candidates.iter().flat_map(|it| &it.edits) {
            by_file.entry(edit.span.file).or_default().push(edit);
        }
        let texts = by_file.into_iter().map(|(file, mut edits)| {
            let mut text = self.workspace.sources.text(file).to_owned();
            edits.sort_by_key(|it| (it.span.start, it.span.end));
            for edit in edits.iter().rev() {
                text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
            }
            (file, text)
        });
        Self::of(self.workspace.edited(texts))
    }

    fn counts(&self, holds: impl Fn(&Diagnostic) -> bool) -> BTreeMap<Key, usize> {
        let mut res = BTreeMap::new();
        let uncovered = self.findings.iter().filter(|it| it.suppressed.is_none());
        for it in uncovered.filter(|it| holds(it)) {
            *res.entry(self.key(it)).or_insert(0) += 1;
        }
        res
    }

    /// Whether these fixes took their findings away, and brought no error.
    fn is_better(&self, before: &Self, made: &[Candidate]) -> bool {
        if made.iter().any(|it| it.is_input) {
            return self.reads_further(before, made);
        }
        let errors = |it: &Diagnostic| it.level == Level::Error;
        let known = before.counts(errors);
        let is_known = |(key, n): (&Key, &usize)| known.get(key).is_some_and(|it| n <= it);
        if !self.counts(errors).iter().all(is_known) {
            return false;
        }
        let (then, now) = (before.counts(|_| true), self.counts(|_| true));
        let of = |counts: &BTreeMap<Key, usize>, key| counts.get(key).copied().unwrap_or(0);
        made.iter().all(|it| {
            let cured = made.iter().filter(|other| other.key == it.key).count();
            of(&now, &it.key) + cured <= of(&then, &it.key)
        })
    }

    /// Whether no finding is left at the places of these fixes, and no file is worse YAML than
    /// before. What comes to light behind them was there before.
    fn reads_further(&self, before: &Self, made: &[Candidate]) -> bool {
        let is_broken = |it: &Diagnostic| it.rule.0 == INVALID_YAML;
        let broken: BTreeSet<FileId> = before
            .findings
            .iter()
            .filter(|it| is_broken(it))
            .map(|it| it.primary.span.file)
            .collect();
        self.findings.iter().all(|it| {
            let span = it.primary.span;
            let is_left = |candidate: &Candidate| {
                candidate.key == self.key(it)
                    && candidate.edits.iter().any(|edit| {
                        let end = edit.span.start as usize + edit.text.len();
                        edit.span.file == span.file
                            && edit.span.start <= span.start
                            && (span.start as usize) < end
                    })
            };
            (!is_broken(it) || broken.contains(&span.file)) && !made.iter().any(is_left)
        })
    }
}

/// One round of fixes, all from the same state.
struct Round<'a> {
    before: &'a State,
    made: Vec<Candidate>,
    after: Option<State>,
    refused: &'a mut BTreeSet<Key>,
}

impl Round<'_> {
    /// Makes all of these together with those that are made already; where that goes wrong, finds
    /// out whose fault it is by halves.
    fn make(&mut self, candidates: &[Candidate]) {
        let all = [&self.made[..], candidates].concat();
        let after = self.before.with(&all);
        if after.is_better(self.before, &all) {
            self.made = all;
            self.after = Some(after);
        } else if let [only] = candidates {
            self.refused.insert(only.key.clone());
        } else {
            let (first, second) = candidates.split_at(candidates.len() / 2);
            self.make(first);
            self.make(second);
        }
    }
}
