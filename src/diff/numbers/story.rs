//! What a buyer gets, on one side: the journeys that belong to the story of a payment.
//!
//! Which ones may belong is found by names alone, so that of thousands of journeys only these are
//! looked at more closely, and only if one of them has changed.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::diff::Half;
use crate::graph::lives::{Doors, Life, Member, Timetable};
use crate::graph::{Graph, Timing};
use crate::load::PROJECT_FILE;
use crate::model::{Journey, Milestone, Program};
use crate::source::Sources;

/// The story of the payments of one side.
pub(super) struct Story<'a> {
    program: &'a Program,
    sources: &'a Sources,
    doors: Doors<'a>,
    timing: Timing<'a>,
    /// The journeys that may belong to it, by name.
    journeys: Vec<&'a Journey>,
    /// Whether no journey is missing from the compile, or could not be understood.
    is_whole: bool,
}

impl<'a> Story<'a> {
    /// Nothing where the project file cannot be read.
    pub(super) fn of(half: &Half<'a, '_>) -> Option<Self> {
        let compilation = half.compilation;
        let program = compilation.program.as_ref()?;
        let doors = Doors::of(program.whole().map(|it| &it.journey));
        let payments = program.project.events_of(Milestone::Payment);
        let journeys = doors.around(payments.map(|it| &*it.value));
        let is_whole = program.whole().count() == compilation.journeys;
        Some(Self {
            program,
            sources: &compilation.workspace.sources,
            doors,
            timing: Timing::of(&program.project),
            journeys,
            is_whole,
        })
    }

    /// Whether the files that it is told in say the same, letter by letter.
    pub(super) fn is_written_like(&self, other: &Story<'_>) -> bool {
        self.is_whole == other.is_whole && self.texts() == other.texts()
    }

    /// The texts of its files and of the project file.
    fn texts(&self) -> BTreeMap<&str, &str> {
        let of_journeys = self.journeys.iter().map(|it| it.name.span.file);
        let files = self.sources.iter();
        let project = files.filter(|(_, it)| &*it.path == PROJECT_FILE);
        let files = of_journeys.chain(project.map(|it| it.0));
        let text = |it| (self.sources.path(it), self.sources.text(it));
        files.map(text).collect()
    }

    /// The timed graph of one of its journeys.
    pub(super) fn graph(&self, journey: &'a Journey) -> Graph<'a> {
        self.timing.graph(journey)
    }

    /// For each kind of buyer the journeys that they are in. Nothing where that cannot be told.
    pub(super) fn parties(&self) -> Option<Vec<Vec<Member<'a>>>> {
        if !self.is_whole {
            return None;
        }
        let tables: BTreeMap<&str, OnceLock<Timetable<'a>>> = self
            .journeys
            .iter()
            .map(|it| (&*it.name.value, OnceLock::new()))
            .collect();
        let nothing = Timetable::default();
        let table = |it: &'a Journey| match tables.get(&*it.name.value) {
            Some(cell) => cell.get_or_init(|| Timetable::of(&self.graph(it), &self.doors)),
            None => &nothing,
        };
        let project = &self.program.project;
        let payments = project.events_of(Milestone::Payment);
        let lives = payments.filter_map(|it| self.doors.life(&it.value, table));
        let parties = |it: Life<'a>| it.parties(project);
        Some(lives.flat_map(parties).collect())
    }
}
