//! The texts of one repository, read once.
//!
//! In: a [`World`]. Out: a [`Workspace`]: every text with its number, and a finding for each that
//! could not be read. Invariant: files are numbered in the order of their paths, whatever order
//! they were read in. Not done here: understanding any of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, RuleId, Sink};
use crate::load::PROJECT_FILE;
use crate::source::{FileId, ReadError, SourceFile, Sources, Span, World};

/// The folder of the journeys.
pub(crate) const JOURNEYS: &str = "journeys/";
/// The folder of the templates.
pub(crate) const TEMPLATES: &str = "templates/";

/// What must hold in every scenario.
pub(crate) const INVARIANTS: &str = "invariants.yaml";

/// A file that cannot be read.
pub(crate) const UNREADABLE_FILE: RuleId = RuleId("unreadable-file");

/// The texts of a repository, and the day on which they are looked at.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Every text; one that could not be read is empty.
    pub sources: Sources,
    /// Today in UTC.
    pub today: NaiveDate,
    /// The revision that the texts belong to, if they belong to one.
    pub revision: Option<String>,
    problems: Vec<Diagnostic>,
    unreadable: Vec<FileId>,
    has_project: bool,
    /// The names of journeys that are there, and are left alone.
    left_out: Vec<String>,
}

impl Workspace {
    /// The folders and files that are read, where they are there.
    pub const ROOTS: &[&str] = &["journeys", "templates", INVARIANTS];

    /// Reads the project file, the journeys, their scenarios and the templates of a world.
    pub fn read(world: &dyn World) -> Self {
        let mut listed = world.list(Self::ROOTS);
        // The project file always counts, so that its absence has a place.
        listed.push((PROJECT_FILE.to_owned(), None));
        listed.retain(|(path, error)| error.is_some() || is_source(path));
        listed.sort_by(|a, b| a.0.cmp(&b.0));
        listed.dedup_by(|a, b| a.0 == b.0);
        let texts: Vec<Result<String, ReadError>> = listed
            .par_iter_mut()
            .map(|(path, error)| error.take().map_or_else(|| world.read(path), Err))
            .collect();
        let mut workspace = Self {
            sources: Sources::default(),
            today: world.today(),
            revision: world.revision(),
            problems: Vec::new(),
            unreadable: Vec::new(),
            has_project: true,
            left_out: Vec::new(),
        };
        for ((path, _), text) in listed.into_iter().zip(texts) {
            match text {
                Ok(text) => {
                    workspace.sources.add(path, text);
                }
                Err(error) => workspace.refuse(&path, &error),
            }
        }
        workspace
    }

    /// Whether there is a project file, readable or not.
    pub(crate) fn has_project(&self) -> bool {
        self.has_project
    }

    /// Whether another one has the same files with the same texts.
    pub(crate) fn has_the_texts_of(&self, other: &Self) -> bool {
        let files = |it: &Self| it.sources.iter().count();
        let pairs = self.sources.iter().zip(other.sources.iter());
        let is_same = |a: &SourceFile, b: &SourceFile| a.path == b.path && a.text == b.text;
        files(self) == files(other)
            && self.problems == other.problems
            && pairs.into_iter().all(|((_, a), (_, b))| is_same(a, b))
    }

    /// The same repository with other texts for some of its files.
    pub(crate) fn edited(&self, texts: impl IntoIterator<Item = (FileId, String)>) -> Self {
        let mut sources = self.sources.clone();
        for (file, text) in texts {
            sources.replace(file, text);
        }
        Self {
            sources,
            today: self.today,
            revision: self.revision.clone(),
            has_project: self.has_project,
            problems: self.problems.clone(),
            unreadable: self.unreadable.clone(),
            left_out: self.left_out.clone(),
        }
    }

    /// The same repository with these journeys alone; of the others the names are still known.
    /// Nothing where a file cannot be read: what it says might matter to any journey.
    pub(crate) fn with_only(&self, journeys: &BTreeSet<FileId>) -> Option<Self> {
        if !self.problems.is_empty() {
            return None;
        }
        let mut res = Self {
            sources: Sources::default(),
            today: self.today,
            revision: self.revision.clone(),
            problems: Vec::new(),
            unreadable: Vec::new(),
            has_project: self.has_project,
            left_out: self.left_out.clone(),
        };
        for (id, file) in self.sources.iter() {
            if is_journey(&file.path) && !journeys.contains(&id) {
                res.left_out.push(stem(&file.path).to_owned());
            } else {
                res.sources
                    .add(Arc::clone(&file.path), Arc::clone(&file.text));
            }
        }
        Some(res)
    }

    /// Whether only some of the journeys that are there are looked at.
    pub(crate) fn is_part(&self) -> bool {
        !self.left_out.is_empty()
    }

    /// What could not be read.
    pub(crate) fn problems(&self, sink: &mut Sink) {
        for it in &self.problems {
            sink.push(it.clone());
        }
    }

    /// The files whose texts are there.
    pub(crate) fn readable(&self) -> impl Iterator<Item = (FileId, &str)> {
        let readable = |id: &FileId| self.unreadable.binary_search(id).is_err();
        let files = self.sources.iter().filter(move |(id, _)| readable(id));
        files.map(|(id, file)| (id, &*file.path))
    }

    /// The journey files whose texts are there.
    pub(crate) fn journeys(&self) -> Vec<FileId> {
        let all = self.readable().filter(|(_, path)| is_journey(path));
        all.map(|(id, _)| id).collect()
    }

    /// The names of journeys whose texts are not there, or not looked at.
    pub(crate) fn unread_journeys(&self) -> impl Iterator<Item = &str> {
        let paths = self.unreadable.iter().map(|id| self.sources.path(*id));
        let is_journey = |it: &&str| it.starts_with(JOURNEYS) && !is_scenario(it);
        let unread = paths.filter(is_journey).map(stem);
        unread.chain(self.left_out.iter().map(String::as_str))
    }

    fn refuse(&mut self, path: &str, error: &ReadError) {
        let before = match error {
            ReadError::NotUtf8 { before } => before.as_str(),
            _ => "",
        };
        let id = self.sources.add_damaged(path, before);
        self.unreadable.push(id);
        let missing = path == PROJECT_FILE && *error == ReadError::NotFound;
        self.has_project &= !missing;
        let message = if missing {
            format!("there is no `{PROJECT_FILE}` here")
        } else {
            format!("`{path}` cannot be read: {error}")
        };
        let help = match error {
            ReadError::NotFound if missing => {
                "run `journeyc init DIR` for a working repository, or name its folder with `--root`"
            }
            ReadError::NotFound => "write the file, or remove the link that leads nowhere",
            ReadError::TooLarge { .. } => {
                "split it: no journey or template that people read is that long"
            }
            ReadError::NotUtf8 { .. } => "save it as UTF-8 in your editor",
            ReadError::Outside => {
                "copy the file into the repository: nothing outside of it is read"
            }
            ReadError::LinkLoop => "remove the link",
            ReadError::Io(_) => "see that the file and its folder can be read",
        };
        let end = u32::try_from(before.len()).unwrap_or(u32::MAX);
        let span = Span::new(id, end, end);
        let diagnostic = Diagnostic::error(UNREADABLE_FILE, span, message);
        self.problems.push(diagnostic.help(help).subject(path));
    }
}

/// The name of a journey file without folder and ending.
pub(crate) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name
        .strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"));
    name.unwrap_or_else(|| path.rsplit('/').next().unwrap_or(path))
}

pub(crate) fn is_journey(path: &str) -> bool {
    let yaml = |ending: &str| path.ends_with(ending);
    path.starts_with(JOURNEYS) && (yaml(".yaml") || yaml(".yml")) && !is_scenario(path)
}

/// Whether a file holds scenarios. They stand beside the journeys.
pub(crate) fn is_scenario(path: &str) -> bool {
    let ends = path.ends_with(".scenario.yaml") || path.ends_with(".scenario.yml");
    ends && path.starts_with(JOURNEYS)
}

fn is_source(path: &str) -> bool {
    let template = [".mjml", ".html", ".md"]
        .iter()
        .any(|it| path.ends_with(it));
    let below = path.strip_prefix(TEMPLATES);
    let plan = path == PROJECT_FILE || path == INVARIANTS || is_journey(path) || is_scenario(path);
    plan || below.is_some_and(|it| template || is_catalogue(it))
}

/// `messages.yaml`, `messages.de.yaml`: the short texts that templates share.
fn is_catalogue(below: &str) -> bool {
    let stem = below
        .strip_suffix(".yaml")
        .or_else(|| below.strip_suffix(".yml"));
    stem.is_some_and(|it| it == "messages" || it.starts_with("messages."))
}
