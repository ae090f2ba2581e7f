//! Random projects that are valid, as trees that can be written as YAML and made smaller.
//!
//! In: dice. Out: a [`Plan`]. Invariant: what comes out has no input errors. Not done here: lives.

mod baskets;
mod conditions;
mod mutation;
mod project;
mod situations;
mod steps;
mod write;

use journeyc::load::Memory;
use serde_json::Value;

use super::dice::Dice;
use super::hand::{TEMPLATE, today};

/// The names of the templates; all say the same.
const TEMPLATES: [&str; 4] = ["letters/a", "letters/b", "letters/c", "letters/d"];

/// A project as a tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What stands in `journeyc.yaml`.
    pub project: Value,
    /// What stands in the files of the journeys.
    pub journeys: Vec<Value>,
}

impl Plan {
    /// A random project with one to four journeys.
    pub fn random(dice: &mut Dice) -> Self {
        let mut journeys = situations::several(dice);
        for journey in &mut journeys {
            let times = dice.of(&[0, 0, 1, 1, 2, 3, 5]);
            for _ in 0..times {
                mutation::mutate(journey, dice);
            }
        }
        let mut plan = Self {
            project: project::random(dice),
            journeys,
        };
        plan.link(dice);
        for journey in &mut plan.journeys {
            mutation::mend(journey);
        }
        plan
    }

    /// Lets some journeys start others, and name those that follow. Nobody goes round in circles.
    fn link(&mut self, dice: &mut Dice) {
        let names: Vec<String> = self.journeys.iter().map(name).map(str::to_owned).collect();
        for (at, journey) in self.journeys.iter_mut().enumerate() {
            let later = &names[at + 1..];
            if !later.is_empty() && dice.percent(25) {
                let other = &later[dice.below(later.len())];
                mutation::insert(journey, dice, serde_json::json!({"enter": other}));
            }
            if names.len() > 1 && dice.percent(40) {
                journey["next"] = serde_json::json!([names[dice.below(names.len())]]);
            }
        }
    }

    /// The project as files.
    pub fn world(&self) -> Memory {
        let mut world = Memory::new(today()).with("journeyc.yaml", write::document(&self.project));
        for journey in &self.journeys {
            let path = format!("journeys/{}.yaml", name(journey));
            world = world.with(path, write::document(journey));
        }
        for template in TEMPLATES {
            world = world.with(format!("templates/{template}.md"), TEMPLATE);
        }
        world
    }

    /// The project as tests write it down.
    pub fn write(&self) -> String {
        let mut project = self.project.clone();
        if let Some(entries) = project.as_object_mut() {
            entries.remove("lint");
        }
        let mut out = format!("# journeyc.yaml\n{}", write::document(&project));
        for journey in &self.journeys {
            out += &format!(
                "# journeys/{}.yaml\n{}",
                name(journey),
                write::document(journey)
            );
        }
        out
    }
}

/// The name of a journey.
pub fn name(journey: &Value) -> &str {
    journey["journey"].as_str().unwrap_or("")
}
