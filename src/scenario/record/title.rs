//! What a recorded scenario is called: what it was made to show.

use crate::model::Step;
use crate::scenario::coverage::{Edge, Outcome};
use crate::simulate::Simulation;

/// The name of a life that was made for an edge; of the first life where none is given.
pub(super) fn of(simulation: &Simulation<'_>, aim: Option<Edge>) -> String {
    let Some(edge) = aim else {
        return "as it comes".to_owned();
    };
    let journey = simulation.journey(edge.journey);
    let Some(step) = edge.step else {
        return match edge.outcome {
            Outcome::Exit(number) => match journey.exits.get(number as usize) {
                Some(it) => format!("{} comes", it.on.value),
                None => "leaves".to_owned(),
            },
            _ => "comes to the end".to_owned(),
        };
    };
    let step = &simulation.step(step).step.value;
    let name = step.id().map_or(step.kind(), |it| &it.value);
    match (edge.outcome, step) {
        (Outcome::Came, Step::WaitFor(it)) => format!("{} comes at {name}", it.event.value),
        (Outcome::Timeout, Step::WaitFor(it)) => {
            format!("{} does not come at {name}", it.event.value)
        }
        (Outcome::If | Outcome::Unless, _) => format!("{name} does not happen"),
        (Outcome::Past, _) => format!("the date of {name} has passed"),
        (Outcome::Way(number), Step::Branch(it)) => {
            let way = it.when.get(number as usize);
            match way.and_then(|it| it.title.as_ref()) {
                Some(title) => format!("{name} - {}", title.value),
                None => format!("way {} of {name}", number + 1),
            }
        }
        (Outcome::Else, _) => format!("no way of {name}"),
        (Outcome::Arm(number), Step::Split(it)) => match it.arms.get_index(number as usize) {
            Some((arm, _)) => format!("{name} - {}", arm.value),
            None => name.to_owned(),
        },
        (Outcome::Again, _) => format!("another round of {name}"),
        (Outcome::Until, _) => format!("the rounds of {name} end early"),
        _ => format!("{name} happens"),
    }
}
