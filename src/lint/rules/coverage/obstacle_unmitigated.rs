use std::collections::BTreeMap;

use crate::diagnostic::Level;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::stages::{Touchpoint, touchpoints};
use crate::model::{Name, Obstacle};

rule! {
    ObstacleUnmitigated, id: "obstacle-unmitigated", group: Coverage, level: Warning,
    docs: "obstacle_unmitigated.md"
}

impl Rule for ObstacleUnmitigated {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        let obstacles = &cx.project().obstacles;
        if !cx.is_whole() || obstacles.is_empty() || cx.journeys().next().is_none() {
            return;
        }
        let by_name: BTreeMap<(&str, &str), Touchpoint<'_>> = touchpoints(cx)
            .map(|it| ((&*it.journey.name.value, it.id()), it))
            .collect();
        for (name, obstacle) in obstacles {
            let help = obstacle.mitigated_by.iter().filter_map(|it| {
                let touchpoint = by_name.get(&it.value.split_once('/')?)?;
                Some((it, touchpoint))
            });
            let help: Vec<_> = help.collect();
            let in_time = |it: &Touchpoint<'_>| {
                let stages = it.stages();
                stages.is_empty() || stages.iter().any(|it| *it <= obstacle.stage)
            };
            match help.as_slice() {
                [] => report_none(name, obstacle, out),
                _ if help.iter().any(|(_, it)| in_time(it)) => {}
                [(reference, touchpoint), ..] => {
                    report_late(name, obstacle, reference, touchpoint, out);
                }
            }
        }
    }
}

fn report_none(name: &Name, obstacle: &Obstacle, out: &mut Findings) {
    let what = &obstacle.description.value;
    let finding = match obstacle.mitigated_by.first() {
        Some(reference) => out
            .fail(
                reference.span,
                format!("`{}` helps nobody over `{}`", reference.value, name.value),
            )
            .label("the customer does not notice this step"),
        None => out
            .fail(
                name.span,
                format!("no touchpoint helps over `{}`", name.value),
            )
            .label(format!("we know: {what}")),
    };
    let finding = finding
        .related(obstacle.description.span, "this is where people get stuck")
        .why("we know where people get stuck, and let each of them find out alone")
        .help(format!(
            "name the step that helps, `mitigated_by: [journey/step]`; there should be one in the \
             stage `{}`",
            obstacle.stage.word()
        ));
    if let Some(owner) = &obstacle.owner {
        finding
            .level(Level::Note)
            .related(owner.span, "this team works on it");
    }
}

fn report_late(
    name: &Name,
    obstacle: &Obstacle,
    reference: &Name,
    touchpoint: &Touchpoint<'_>,
    out: &mut Findings,
) {
    let stage = obstacle.stage.word();
    let message = format!("help over `{}` comes a stage too late", name.value);
    out.fail(reference.span, message)
        .label(format!(
            "people get stuck in `{stage}`, and this comes later"
        ))
        .related(touchpoint.place(), "the step that is meant to help")
        .why("whoever needed it has given up by then")
        .help(format!(
            "name a touchpoint in the stage `{stage}` or before; if this one stands there, give it \
             `stage: {stage}`"
        ));
}
