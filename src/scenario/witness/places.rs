//! Where the steps and the ways of branches of a simulation stand in the files.
//!
//! In: a simulation. Out: numbers of steps, by the places that witnesses and findings point at.

use std::collections::BTreeMap;

use crate::model::Step;
use crate::simulate::{Simulation, StepNo};
use crate::source::{FileId, Span, Spanned};

/// Where the steps and the ways of branches of a simulation stand in the files.
#[derive(Debug)]
pub(super) struct Places<'p> {
    steps: BTreeMap<Span, StepNo>,
    /// How many steps a file has.
    lengths: BTreeMap<FileId, usize>,
    /// The ways of branches, by their conditions and titles.
    pub(super) ways: BTreeMap<Span, (StepNo, usize)>,
    /// The steps.
    pub(super) of: BTreeMap<StepNo, &'p Spanned<Step>>,
}

impl<'p> Places<'p> {
    /// All of a simulation.
    pub(super) fn of(simulation: &Simulation<'p>) -> Self {
        let mut res = Self {
            steps: BTreeMap::new(),
            lengths: BTreeMap::new(),
            ways: BTreeMap::new(),
            of: BTreeMap::new(),
        };
        for (no, placed) in simulation.steps() {
            let step = placed.step;
            res.steps.insert(step.span, no);
            *res.lengths.entry(step.span.file).or_default() += 1;
            res.of.insert(no, step);
            if let Some(id) = step.value.id() {
                res.steps.entry(id.span).or_insert(no);
            }
            if let Step::Branch(it) = &step.value {
                for (number, way) in it.when.iter().enumerate() {
                    res.ways.insert(way.condition.text.span, (no, number));
                    if let Some(title) = &way.title {
                        res.ways.insert(title.span, (no, number));
                    }
                }
            }
        }
        res
    }

    /// How many steps a file has.
    pub(super) fn steps_in(&self, file: FileId) -> usize {
        self.lengths.get(&file).copied().unwrap_or(0)
    }

    /// The step at a place: its own, or its name's.
    pub(super) fn step(&self, span: Span) -> Option<StepNo> {
        self.steps.get(&span).copied()
    }

    /// The number of a step.
    pub(super) fn number(&self, step: &Spanned<Step>) -> Option<StepNo> {
        self.steps.get(&step.span).copied()
    }
}
