//! What makes people leave, or keeps them out, once something has happened to them.

use crate::model::{Class, Condition, ExprKind, Journey, Milestone, Project, Step};

/// Whether commercial messages stop once an event with the milestone has come: by an exit, or because
/// each of them asks for itself.
pub(crate) fn stops_on(project: &Project, journey: &Journey, milestone: Milestone) -> bool {
    let carries = |event: &str| carries(project, event, milestone);
    let exit = journey
        .exits
        .iter()
        .any(|it| carries(&it.on.value) && it.only.is_none_or(|class| class == Class::Commercial));
    exit || super::commercial::adverts(journey).iter().all(|advert| {
        let step = journey.walk().find(|(it, _)| it.id() == Some(advert.id));
        let conditions = step.map(|(it, _)| match &it.value {
            Step::Send(it) => [&it.only_if, &it.unless],
            Step::Touch(it) => [&it.only_if, &it.unless],
            _ => [&None, &None],
        });
        let mut conditions = conditions.into_iter().flatten().flatten();
        conditions.any(|it| asks_for(project, it, milestone))
    })
}

/// Whether a condition asks whether an event with the milestone has come.
pub(crate) fn asks_for(project: &Project, condition: &Condition, milestone: Milestone) -> bool {
    let mut found = false;
    if let Ok(expr) = &condition.parsed {
        expr.walk(&mut |it| {
            if let ExprKind::History(it) = &it.kind {
                found |= carries(project, &it.event, milestone);
            }
        });
    }
    found
}

/// Whether an event carries a milestone.
pub(crate) fn carries(project: &Project, event: &str, milestone: Milestone) -> bool {
    let event = project.event(event).and_then(|it| it.milestone);
    event.is_some_and(|it| it.value == milestone)
}
