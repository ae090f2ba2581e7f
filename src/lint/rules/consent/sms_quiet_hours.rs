use std::collections::BTreeSet;

use crate::graph::{By, EdgeId, EdgeKind, Graph, NodeId, NodeKind};
use crate::lint::commercial::is_advert_touch;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::Rewrite;
use crate::lint::rule::{Rule, rule};
use crate::model::{
    Channel, Duration, Journey, Jurisdiction, Name, Project, Step, TimeOfDay, Wait,
};
use crate::source::Spanned;

rule! {
    SmsQuietHours, id: "sms-quiet-hours", group: Consent, level: Error, docs: "sms_quiet_hours.md"
}

/// The hours in which every state of the country lets texts come, on most days.
const OPENS: u32 = 9 * 60;
const CLOSES: u32 = 20 * 60;

impl Rule for SmsQuietHours {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let is_text = |step: &Step| match step {
            Step::Touch(it) => it.channel == Channel::Sms && is_advert_touch(journey, it),
            _ => false,
        };
        if !journey.walk().any(|(it, _)| is_text(&it.value)) {
            return;
        }
        let graph = cx.graph(journey);
        for (id, node) in graph.touchpoints() {
            let Some(step) = node.step.filter(|it| is_text(&it.value)) else {
                continue;
            };
            let mut clock = Clock {
                graph: &graph,
                project: cx.project(),
                seen: BTreeSet::new(),
            };
            let (false, Some(name)) = (clock.is_by_day(id), step.value.id()) else {
                continue;
            };
            out.fail(
                name.span,
                format!("`{}` may buzz in the middle of the night", name.value),
            )
            .level(cx.legal(journey, &[Jurisdiction::Us, Jurisdiction::UsCa]))
            .label("nothing holds it until the day")
            .why("a phone rings at three in the morning, and it was about a sale")
            .help("put `- wait: {at: \"10:00\"}` before it: ten o'clock where the person is")
            .witness(graph.path_to(id, By::Shortest).map(|it| graph.witness(&it)))
            .suggest(
                "Wait until ten in the morning where the person is",
                vec![Rewrite::Before {
                    entry: step.span,
                    new: "wait: {at: \"10:00\"}".to_owned(),
                }],
            );
        }
    }
}

/// Looks back from a node for what fixes the time of day.
struct Clock<'c, 'm> {
    graph: &'c Graph<'m>,
    project: &'c Project,
    seen: BTreeSet<NodeId>,
}

impl Clock<'_, '_> {
    /// Whether everybody comes by at a civil hour.
    fn is_by_day(&mut self, node: NodeId) -> bool {
        if !self.seen.insert(node) {
            return true;
        }
        let arriving: Vec<EdgeId> = self.graph.arriving(node).map(|it| it.0).collect();
        // Only the entry has nothing before it, and an event comes at any hour.
        !arriving.is_empty() && arriving.into_iter().all(|it| self.along(it))
    }

    fn along(&mut self, id: EdgeId) -> bool {
        let edge = *self.graph.edge(id);
        match (self.graph.node(edge.from).kind, edge.kind) {
            (NodeKind::Wait(it), _) => self.after_wait(edge.from, it),
            (NodeKind::WaitUntil(it), _) => it.at.as_ref().is_some_and(|at| is_civil(at.value)),
            (NodeKind::Hold(_), _) => self.has_civil_window(),
            (NodeKind::WaitFor(it), EdgeKind::Timeout(_)) => {
                self.after_days(edge.from, it.timeout.as_ref())
            }
            (NodeKind::WaitFor(_), _)
            | (NodeKind::Round(_), EdgeKind::Rounds(_))
            | (_, EdgeKind::Again(_) | EdgeKind::Until(_)) => false,
            _ => self.is_by_day(edge.from),
        }
    }

    fn after_wait(&mut self, node: NodeId, wait: &Wait) -> bool {
        if let Some(at) = &wait.at {
            return is_civil(at.value) && is_local(wait.zone.as_ref());
        }
        self.after_days(node, wait.duration.as_ref())
    }

    /// Whole days later it is the same hour.
    fn after_days(&mut self, node: NodeId, duration: Option<&Spanned<Duration>>) -> bool {
        let whole = |it: Duration| it.minutes == 0 && it.business_days == 0;
        duration.is_some_and(|it| whole(it.value)) && self.is_by_day(node)
    }

    /// Whether mail leaves at civil hours only; a text right after it does, too.
    fn has_civil_window(&self) -> bool {
        let window = self.project.policy.send_window.as_ref();
        window.is_some_and(|it| {
            is_civil(it.from.value) && is_civil(it.to.value) && is_local(it.zone.as_ref())
        })
    }
}

fn is_civil(at: TimeOfDay) -> bool {
    (OPENS..=CLOSES).contains(&u32::from(at.minutes))
}

fn is_local(zone: Option<&Name>) -> bool {
    zone.is_none_or(|it| &*it.value == "contact")
}
