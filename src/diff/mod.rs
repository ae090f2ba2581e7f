//! After `build`: two compiles, and what the customer notices of the difference.
//!
//! In: two [`Compilation`]s. Out: [`Changes`]. Invariants: what is compared are the manifests, the
//! mails, the payloads and the findings, so that formatting alone changes nothing; whatever differs
//! in a manifest is a [`Change`], if need be one of the kind [`Kind::Other`]; comparing the other way
//! round gives the mirror: what was added is removed, what came sooner comes later.
//! Not done here: words for a page or a terminal (`report`), reading revisions (`load`), judging
//! findings (`baseline`).

mod chart;
mod copy;
mod fields;
mod findings;
#[cfg(test)]
mod fixture;
mod formatting;
mod journeys;
mod kind;
mod muted;
mod numbers;
mod payload;
mod project;
mod reach;
mod timeline;
mod written;

pub use kind::{Breaking, Kind};

use std::sync::Arc;

use crate::build;
use crate::compile::Compilation;
use crate::diagnostic::Diagnostic;
use crate::graph::{self, Graph};
use crate::manifest::{Journey, Manifest};
use crate::model::{Channel, Class, InFlight};
use crate::render::Preview;
use crate::source::Position;

/// Everything that two compiles differ in.
#[derive(Debug, Default, PartialEq)]
pub struct Changes {
    /// What was compared.
    pub before: Revision,
    /// What it was compared with.
    pub after: Revision,
    /// The numbers of the headline: over all journeys that can be judged.
    pub numbers: Vec<Number>,
    /// What the project file says for all journeys: brand, locales, policy, events, senders.
    pub project: Vec<Change>,
    /// The journeys that differ, those that customers notice most first.
    pub journeys: Vec<JourneyChanges>,
    /// The words that differ; the same difference in many mails is one entry.
    pub copy: Vec<CopyChange>,
    /// The mails that differ, for those who want to see them side by side.
    pub mails: Vec<MailChange>,
    /// What several journeys share that differs, and whom it reaches.
    pub reach: Vec<Reach>,
    /// What differs in what was found.
    pub findings: FindingChanges,
    /// What differs in what each target gets.
    pub targets: Vec<TargetChanges>,
    /// Files whose text differs though nothing that they say does.
    pub formatting: Vec<String>,
    /// What `diff.ignore` leaves out, counted by kind.
    pub muted: Vec<(Kind, usize)>,
}

/// One side of the comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revision {
    /// As it was asked for: `origin/main`, `v1.2`; `work tree` for files on disk.
    pub name: String,
    /// The full name of the commit; nothing for the work tree.
    pub commit: Option<String>,
    /// Files that could not be understood: what they say is missing on this side.
    pub broken: Vec<String>,
}

/// One difference in what a journey or the project says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of difference it is.
    pub kind: Kind,
    /// The step, where one is concerned; as it is called now, or was.
    pub step: Option<String>,
    /// What it is about, in a word or two: the event, the attribute, the part of a step. Empty where
    /// the kind says everything.
    pub subject: String,
    /// How it was, in words; nothing where it was not there.
    pub before: Option<String>,
    /// How it is, in words; nothing where it is gone.
    pub after: Option<String>,
    /// Where to look: the line as it is now, or as it was if it is gone.
    pub place: Option<Place>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, from the repository's root.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// What became of a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It is gone.
    Removed,
    /// It is new.
    Added,
    /// It has another name, and is recognised by what it does.
    Renamed,
    /// It says something else.
    Changed,
}

/// What differs in one journey.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyChanges {
    /// Its name; as it was, if it is gone.
    pub name: String,
    /// Its name before, where that was another.
    pub was: Option<String>,
    /// What it does for the customer, as its title says.
    pub title: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// The file and the line of its name; as they were, if it is gone.
    pub place: Place,
    /// What differs, those that customers notice most first.
    pub changes: Vec<Change>,
    /// Every touchpoint on both sides, in the order of time.
    pub timeline: Vec<Row>,
    /// Its own numbers.
    pub numbers: Vec<Number>,
    /// What breaks for people who are inside.
    pub breaking: Vec<BreakingChange>,
    /// What the author says becomes of people who are inside; nothing where nothing is said.
    pub in_flight: Option<InFlight>,
    /// The journey as a Mermaid flowchart, as it is now; nothing if it is gone.
    pub chart: Option<String>,
}

/// Something that breaks for people who are inside of a journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakingChange {
    /// What kind of break it is; its id is final.
    pub id: Breaking,
    /// The step, where one is concerned.
    pub step: Option<String>,
    /// What happens to whom, in one sentence.
    pub text: String,
    /// Where to look.
    pub place: Option<Place>,
}

/// One touchpoint of a timeline, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As it was.
    pub before: Option<Entry>,
    /// As it is.
    pub after: Option<Entry>,
    /// What differs; empty where nothing does.
    pub flags: Vec<Kind>,
}

/// A touchpoint on a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The step.
    pub step: String,
    /// Its title, or the subject of its mail in the first language, or the step's id in words.
    pub title: String,
    /// How the customer is reached.
    pub channel: Channel,
    /// What law takes it for; nothing for tasks.
    pub class: Option<Class>,
    /// Who speaks, as the inbox shows it, or who does it.
    pub sender: Option<String>,
    /// What time is counted from: the last milestone or event that has surely passed.
    pub since: String,
    /// Seconds after that, at the earliest.
    pub earliest: i64,
    /// Seconds after that, at the latest; nothing when nothing bounds it.
    pub latest: Option<i64>,
    /// When, in words: `22 h – 3 d 22 h`.
    pub when: String,
    /// What may hold it back beyond: `send_window`, `quiet_hours`.
    pub held_by: Vec<String>,
}

/// A number that a reviewer can hold on to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Which one.
    pub id: NumberId,
    /// Before; nothing where it could not be told, or nothing bounds it.
    pub before: Option<i64>,
    /// After.
    pub after: Option<i64>,
}

/// The numbers there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberId {
    /// The most messages that one person gets within 30 days, on the densest way.
    ContactLoad,
    /// The longest silence after a payment, in seconds.
    SilenceAfterPayment,
}

/// A part of a mail that people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The subject line.
    Subject,
    /// What inboxes show behind the subject.
    Preheader,
    /// The text of the page.
    Text,
    /// The words on a button or link that asks to do something.
    CallToAction,
    /// The host that a link leads to.
    LinkHost,
    /// The page that a link leads to, on a host that was linked before.
    Link,
    /// How the page looks: its words are the same.
    Look,
}

/// A mail of a journey.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailName {
    /// The journey.
    pub journey: String,
    /// The step that sends it.
    pub step: String,
}

/// Words that differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyChange {
    /// Where in the mail.
    pub part: Part,
    /// In which language.
    pub locale: String,
    /// For whom it reads like this: samples and personas, as previews call them. Empty where none of
    /// them sees it: then the words are those of the template, with its tags.
    pub people: Vec<String>,
    /// Whether they are all to whom the mail can be shown.
    pub everybody: bool,
    /// The mails in which exactly this differs.
    pub mails: Vec<MailName>,
    /// The words, with what was taken out and put in.
    pub words: Vec<Run>,
    /// SHA-256 of the words as they are now, in hexadecimal: what a reviewer accepts.
    pub hash: String,
}

/// A run of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// As before.
    Same(String),
    /// Taken out.
    Removed(String),
    /// Put in.
    Added(String),
    /// So many words that are as before, and are not shown.
    Skipped(usize),
    /// So many more words were taken out and put in than are shown.
    More {
        /// How many were taken out.
        removed: usize,
        /// How many were put in.
        added: usize,
    },
}

/// A mail that differs, as one person sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct MailChange {
    /// The mail.
    pub mail: MailName,
    /// The language.
    pub locale: String,
    /// Whose eyes: the first sample or persona for whom it differs.
    pub person: String,
    /// As it was; nothing where it is new.
    pub before: Option<Arc<Preview>>,
    /// As it is; nothing where it is gone.
    pub after: Option<Arc<Preview>>,
    /// Other mails that differ in exactly the same words.
    pub alike: Vec<MailName>,
}

/// What is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// A layout, a partial, or a template that several steps send.
    Template,
    /// The catalogue of short texts.
    Catalogue,
    /// A sender.
    Sender,
    /// An event.
    Event,
    /// An attribute of the contact.
    Attribute,
    /// A part of the policy, such as the send window.
    Policy,
    /// The brand.
    Brand,
    /// A language.
    Locale,
}

/// Something shared that differs, and whom it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// What it is.
    pub what: Shared,
    /// Its name: a file below `templates/`, a sender's id, an event.
    pub name: String,
    /// The journeys that it reaches, by name.
    pub journeys: Vec<String>,
    /// How many mails of theirs come out differently: other words, another sender, other hours.
    pub mails: usize,
}

/// What differs in what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingChanges {
    /// New.
    pub introduced: Vec<Found>,
    /// There before, and milder.
    pub worsened: Vec<Found>,
    /// Gone.
    pub fixed: Vec<Found>,
    /// How many are as they were; nothing where only the journeys that the change reaches were looked
    /// at.
    pub older: Option<usize>,
}

/// Characters of a file, as people count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// The file, from the repository's root.
    pub file: String,
    /// The first.
    pub start: Position,
    /// One past the last.
    pub end: Position,
}

/// A finding and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What was found. Its spans belong to the texts of its own side; the place is beside it.
    pub diagnostic: Diagnostic,
    /// What it is known by from one run to the next.
    pub fingerprint: String,
    /// The file and the line.
    pub place: Place,
    /// The column, from 1, counted in characters.
    pub column: u32,
    /// One past its last character.
    pub end: Position,
    /// Where its related places are, in its own order.
    pub related: Vec<Extent>,
    /// What the edits of its fix replace, in its own order.
    pub edits: Vec<Extent>,
    /// Whether the input itself is wrong.
    pub is_input: bool,
}

/// What differs in what a target gets for one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetChanges {
    /// The target.
    pub target: String,
    /// The environment.
    pub environment: String,
    /// The payloads that differ, by their names.
    pub payloads: Vec<PayloadChange>,
    /// How many payloads are as they were.
    pub unchanged: usize,
    /// What was found while writing them that was not found before, such as lost meaning.
    pub introduced: Vec<Found>,
}

/// A payload that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadChange {
    /// Its name: the path in the target's folder, without a number that only says the order.
    pub name: String,
    /// What is to be done at the provider.
    pub action: Action,
    /// The lines that differ, as a unified diff with secrets and ids masked; empty where it is new or
    /// gone.
    pub diff: String,
}

/// What is to be done at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It is not there yet.
    Create,
    /// It is there, and differs.
    Update,
    /// It is there, and no longer wanted.
    Delete,
}

/// What a reviewer is told first. `Ord` puts the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing that a customer, a provider or a reviewer would notice.
    Nothing,
    /// Something changes, and nothing stands against it.
    Fine,
    /// An error is new or worse, or a file cannot be understood.
    Blocked,
}

/// One side, with what is made of it once for all comparisons.
pub(crate) struct Half<'a, 'w> {
    pub(crate) compilation: &'a Compilation<'w>,
    /// Nothing where the project file cannot be read.
    pub(crate) manifest: Option<Manifest>,
    timing: Option<graph::Timing<'a>>,
}

/// Both sides.
pub(crate) struct Pair<'a, 'w> {
    pub(crate) before: Half<'a, 'w>,
    pub(crate) after: Half<'a, 'w>,
}

/// Compares two compiles. The findings of `after` must have been judged against those of `before`
/// (see [`compile_since`](crate::compile_since)).
pub fn compare(
    before: (&Compilation<'_>, Revision),
    after: (&Compilation<'_>, Revision),
) -> Changes {
    let pair = Pair {
        before: Half::new(before.0),
        after: Half::new(after.0),
    };
    let journeys = journeys::changes(&pair);
    let (copy, mails) = copy::changes(&pair, &journeys);
    let mut changes = Changes {
        before: before.1,
        after: after.1,
        numbers: numbers::overall(&pair),
        project: project::changes(&pair),
        journeys,
        copy,
        mails,
        reach: reach::changes(&pair),
        findings: findings::changes(&pair),
        targets: payload::changes(&pair),
        formatting: Vec::new(),
        muted: Vec::new(),
    };
    changes.formatting = formatting::files(&pair, &changes);
    muted::take_out(&pair, &mut changes);
    changes
}

impl<'a, 'w> Half<'a, 'w> {
    pub(crate) fn new(compilation: &'a Compilation<'w>) -> Self {
        let project = compilation.program.as_ref().map(|it| &it.project);
        Self {
            compilation,
            manifest: build::manifest(compilation),
            timing: project.map(graph::Timing::of),
        }
    }

    /// The timed graph of one of its journeys.
    pub(crate) fn graph(&self, journey: &Journey) -> Option<Graph<'a>> {
        let documents = &self.compilation.program.as_ref()?.documents;
        let sources = &self.compilation.workspace.sources;
        // Documents stand in the order of their paths.
        let place = documents.binary_search_by(|it| sources.path(it.file).cmp(&journey.file));
        let document = documents.get(place.ok()?)?;
        Some(self.timing.as_ref()?.graph(&document.journey))
    }

    /// The journeys that are whole, in the order of their files.
    pub(crate) fn journeys(&self) -> &[Journey] {
        self.manifest.as_ref().map_or(&[], |it| &it.journeys)
    }
}

impl Changes {
    /// What a reviewer is told first.
    pub fn verdict(&self) -> Verdict {
        if self.findings.blocking().next().is_some() || !self.after.broken.is_empty() {
            Verdict::Blocked
        } else if self.is_empty() {
            Verdict::Nothing
        } else {
            Verdict::Fine
        }
    }

    /// Whether nothing differs that anybody would notice; formatting and what is muted do not count.
    pub fn is_empty(&self) -> bool {
        self.project.is_empty()
            && self.journeys.is_empty()
            && self.copy.is_empty()
            && self.mails.is_empty()
            && self.findings.is_empty()
            && self.targets.iter().all(TargetChanges::is_empty)
            && self.numbers.iter().all(|it| it.before == it.after)
    }

    /// What breaks for people who are inside, over all journeys.
    pub fn breaking(&self) -> impl Iterator<Item = (&JourneyChanges, &BreakingChange)> {
        let each = |it| -> Box<dyn Iterator<Item = _>> {
            let it: &JourneyChanges = it;
            Box::new(it.breaking.iter().map(move |change| (it, change)))
        };
        self.journeys.iter().flat_map(each)
    }
}

impl FindingChanges {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.introduced.is_empty() && self.worsened.is_empty() && self.fixed.is_empty()
    }

    /// What stands against a merge: errors that are new or worse.
    pub fn blocking(&self) -> impl Iterator<Item = &Found> {
        self.introduced
            .iter()
            .chain(&self.worsened)
            .filter(|it| it.blocks())
    }
}

impl Found {
    /// Whether it stands against a merge.
    pub fn blocks(&self) -> bool {
        use crate::diagnostic::{Level, Verdict};
        let it = &self.diagnostic;
        it.suppressed.is_none() && it.level == Level::Error && it.verdict == Verdict::Fail
    }
}

impl TargetChanges {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.payloads.is_empty() && self.introduced.is_empty()
    }
}
