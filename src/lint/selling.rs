//! Which messages ask for a purchase, and which event is that purchase.

use crate::graph::Node;
use crate::model::{Journey, Milestone, Name, Project, Purpose, Step};
use crate::source::Spanned;

/// Whether a touchpoint is there to win a purchase: it follows a cart or a customer that was left,
/// or it offers something in a journey whose goal is a payment. A newsletter only informs.
pub(crate) fn sells(project: &Project, journey: &Journey, node: &Node<'_>) -> bool {
    node.is_touchpoint() && node.step.is_some_and(|it| step_sells(project, journey, it))
}

/// Whether anything in a journey is there to win a purchase; cheap, so that rules need no graph to
/// say no.
pub(crate) fn any_sells(project: &Project, journey: &Journey) -> bool {
    let mut steps = journey.walk();
    steps.any(|(it, _)| step_sells(project, journey, it))
}

/// The events that say that somebody has bought, but for the one that let them in: who came in by a
/// payment has bought something else.
pub(crate) fn purchases<'p>(
    project: &'p Project,
    journey: &'p Journey,
) -> impl Iterator<Item = &'p Name> {
    let trigger = &*journey.trigger.event.value;
    project
        .events_of(Milestone::Payment)
        .filter(move |it| *it.value != *trigger)
}

fn step_sells(project: &Project, journey: &Journey, step: &Spanned<Step>) -> bool {
    let has = |wanted: Purpose| step.purposes().iter().any(|it| it.value == wanted);
    if has(Purpose::Abandonment) || has(Purpose::WinBack) {
        return true;
    }
    has(Purpose::Offer) && hopes_for_payment(project, journey) && !is_newsletter(journey)
}

fn hopes_for_payment(project: &Project, journey: &Journey) -> bool {
    let event = journey
        .goal
        .as_ref()
        .and_then(|it| project.event(&it.event.value));
    let milestone = event.and_then(|it| it.milestone.as_ref());
    milestone.is_some_and(|it| it.value == Milestone::Payment)
}

fn is_newsletter(journey: &Journey) -> bool {
    let mut purposes = journey.walk().flat_map(|(it, _)| it.purposes());
    purposes.any(|it| it.value == Purpose::Newsletter)
}
