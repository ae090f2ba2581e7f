//! The flat schedule: one row a touchpoint, readable without the file.

use std::collections::BTreeMap;

use super::build::Timing;
use super::condition::Condition;
use super::period::{offsets, range_words};
use super::steps::{Action, Step};
use super::types::{Journey, Touchpoint};
use crate::model::{Channel, Class};

/// The rows of a journey.
pub(super) fn rows(journey: &Journey, timings: &BTreeMap<String, &Timing>) -> Vec<Touchpoint> {
    let mut schedule = Schedule {
        journey,
        timings,
        rows: Vec::new(),
    };
    let around = Around {
        after: journey.trigger.event.clone(),
        only_if: journey.trigger.filter.iter().map(say).collect(),
        unless: Vec::new(),
    };
    schedule.steps(&journey.steps, around);
    schedule.rows
}

/// What is known at a place of the journey.
#[derive(Clone)]
struct Around {
    after: String,
    only_if: Vec<String>,
    unless: Vec<String>,
}

struct Schedule<'a> {
    journey: &'a Journey,
    timings: &'a BTreeMap<String, &'a Timing>,
    rows: Vec<Touchpoint>,
}

impl Schedule<'_> {
    /// Walks steps; gives what is known below them, or nothing when nobody gets there.
    fn steps(&mut self, steps: &[Step], mut around: Around) -> Option<Around> {
        for step in steps {
            around = self.step(step, around)?;
        }
        Some(around)
    }

    fn step(&mut self, step: &Step, around: Around) -> Option<Around> {
        match &step.does {
            Action::Send(_) | Action::Task(_) | Action::Touch(_) => self.row(step, &around),
            Action::WaitFor(it) => {
                let mut late = around.clone();
                late.unless.push(it.event.clone());
                let after_late = match it.timeout {
                    Some(_) => self.steps(&it.on_timeout, late),
                    None => None,
                };
                let mut there = around;
                if after_late.is_none() {
                    there.after.clone_from(&it.event);
                }
                return Some(there);
            }
            Action::Branch(it) => return self.branch(it, &around),
            Action::Split(it) => {
                let mut any = None;
                for (name, arm) in &it.arms {
                    let mut inside = around.clone();
                    inside
                        .only_if
                        .push(format!("drawn for {name} ({} %)", arm.weight));
                    any = any.or(self.steps(&arm.steps, inside));
                }
                any?;
            }
            Action::Repeat(it) => {
                let mut inside = around.clone();
                if let Some(until) = &it.until {
                    inside.unless.push(say(until));
                }
                self.steps(&it.steps, inside)?;
            }
            Action::Exit { .. } => return None,
            Action::Wait(_) | Action::WaitUntil(_) | Action::Set(_) | Action::Enter { .. } => {}
        }
        Some(around)
    }

    /// What one open way knows holds below the branch; where several are open, what was known above.
    fn branch(&mut self, it: &super::steps::Branch, around: &Around) -> Option<Around> {
        let mut open = Vec::new();
        let mut rest = around.clone();
        for way in &it.when {
            let mut inside = rest.clone();
            inside.only_if.push(say(&way.condition));
            open.extend(self.steps(&way.steps, inside));
            rest.unless.push(say(&way.condition));
        }
        open.extend(self.steps(&it.otherwise, rest));
        match open.len() {
            0 => None,
            1 => open.pop(),
            _ => Some(around.clone()),
        }
    }

    fn row(&mut self, step: &Step, around: &Around) {
        let timing = self.timings.get(&step.node);
        let mut only_if = around.only_if.clone();
        let mut unless = around.unless.clone();
        let trigger = &self.journey.trigger.event;
        let mut row = Touchpoint {
            journey: self.journey.name.clone(),
            step: step.node.clone(),
            channel: Channel::Email,
            purpose: Vec::new(),
            class: None,
            sender: None,
            template: None,
            offsets: timing.map(|it| offsets(it.trigger.earliest, it.trigger.latest)),
            when: timing.map_or_else(String::new, |it| {
                range_words(it.trigger.earliest, it.trigger.latest, trigger)
            }),
            after: around.after.clone(),
            only_if: Vec::new(),
            unless: Vec::new(),
        };
        let (own_if, own_unless) = match &step.does {
            Action::Send(it) => {
                row.purpose.clone_from(&it.purpose);
                row.class = Some(it.class);
                row.sender = Some(it.sender.mailbox());
                row.template = Some(it.template.clone());
                (&it.only_if, &it.unless)
            }
            Action::Task(it) => {
                row.channel = it.channel;
                row.purpose.clone_from(&it.purpose);
                row.sender.clone_from(&it.owner);
                row.template.clone_from(&it.title);
                (&it.only_if, &it.unless)
            }
            Action::Touch(it) => {
                row.channel = it.channel;
                row.purpose.clone_from(&it.purpose);
                row.class = Some(it.class);
                row.sender.clone_from(&it.by);
                row.template.clone_from(&it.title);
                (&it.only_if, &it.unless)
            }
            _ => return,
        };
        only_if.extend(own_if.iter().map(say));
        unless.extend(own_unless.iter().map(say));
        unless.extend(self.exits(row.class));
        // Several waits for one event say the same.
        row.only_if = once(only_if);
        row.unless = once(unless);
        self.rows.push(row);
    }

    fn exits(&self, class: Option<Class>) -> impl Iterator<Item = String> {
        let concerns = move |only: Option<Class>| only.is_none_or(|it| Some(it) == class);
        let exits = self.journey.exits.iter();
        exits
            .filter(move |exit| concerns(exit.only))
            .map(|exit| match &exit.filter {
                Some(filter) => format!("{} where {}", exit.on, filter.text),
                None => exit.on.clone(),
            })
    }
}

/// Each line once, where it stands first.
fn once(lines: Vec<String>) -> Vec<String> {
    let lines: indexmap::IndexSet<String> = lines.into_iter().collect();
    lines.into_iter().collect()
}

fn say(condition: &Condition) -> String {
    condition
        .text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
