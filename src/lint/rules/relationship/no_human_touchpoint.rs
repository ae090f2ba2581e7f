use std::collections::BTreeMap;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::voice::voice;
use crate::model::{Channel, Journey, SenderKind, Stage, Step};
use crate::source::Span;

rule! {
    NoHumanTouchpoint, id: "no-human-touchpoint", group: Relationship, level: Warning,
    docs: "no_human_touchpoint.md",
}

impl Rule for NoHumanTouchpoint {
    fn check_repository(&self, cx: &LintContext<'_>, out: &mut Findings) {
        if !cx.is_whole() {
            return;
        }
        // For each stage, whether somebody can be met there, and the place that names the stage first.
        let mut stages: BTreeMap<Stage, (bool, Span)> = BTreeMap::new();
        for journey in cx.journeys() {
            for (step, _) in journey.walk() {
                let own = match &step.value {
                    Step::Send(it) => it.stage,
                    Step::Task(_) | Step::Touch(_) => None,
                    _ => continue,
                };
                let human = is_human(cx, journey, &step.value);
                for stage in own
                    .iter()
                    .chain(journey.stage.0.iter().filter(|_| own.is_none()))
                {
                    let known = stages.entry(stage.value).or_insert((false, stage.span));
                    known.0 |= human;
                }
            }
        }
        for (stage, (_, place)) in stages.iter().filter(|(_, it)| !it.0) {
            let stage = stage.word();
            out.fail(*place, format!("nobody meets a person in the stage `{stage}`"))
                .label("the first journey of this stage")
                .why("whoever is stuck or in doubt there finds machines only, and goes elsewhere")
                .help(
                    "invite answers in one of its mails (`two_way: true`), let somebody call (`task`), or \
                     let a person write",
                )
                .subject(stage);
        }
    }
}

/// Whether a step leads to a person: somebody writes, reads the answer, calls or is there.
fn is_human(cx: &LintContext<'_>, journey: &Journey, step: &Step) -> bool {
    match step {
        Step::Send(send) => {
            let Some(voice) = voice(cx, journey, send) else {
                return false;
            };
            let is_person = voice.sender.kind == SenderKind::Person || send.human == Some(true);
            let is_heard = voice.unread(cx.project(), send).is_none();
            is_heard && (is_person || send.two_way == Some(true))
        }
        Step::Task(_) => true,
        Step::Touch(it) => matches!(
            it.channel,
            Channel::Phone | Channel::Store | Channel::Visit | Channel::Helpdesk
        ),
        _ => false,
    }
}
