use crate::graph::{Elapsed, Graph, Node, NodeId, NodeKind};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::voice::voice;
use crate::model::{Class, Journey, Send, SendWindow, TimeOfDay, Wait, Weekday};

rule! {
    ReplyInvitedWhenClosed, id: "reply-invited-when-closed", group: Relationship, level: Note,
    docs: "reply_invited_when_closed.md",
}

impl Rule for ReplyInvitedWhenClosed {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let staffed = |send: &Send| {
            let invites = send.two_way == Some(true);
            let voice = invites.then(|| voice(cx, journey, send)).flatten()?;
            voice.sender.staffed.as_ref()
        };
        if !journey.sends().any(|it| staffed(it).is_some()) {
            return;
        }
        let graph = &*cx.graph(journey);
        for (id, node) in graph.touchpoints() {
            let NodeKind::Send(send) = node.kind else {
                continue;
            };
            // Whoever has just done something is awake, and is answered at once.
            let is_prompt = graph.earliest(id) == Some(Elapsed::ZERO);
            let Some(staffed) = staffed(send).filter(|_| !is_prompt) else {
                continue;
            };
            if let Some(when) = when_closed(cx, graph, id, node, staffed) {
                let name = &send.id.value;
                out.fail(send.id.span, format!("`{name}` invites an answer when nobody is there"))
                    .label(format!("may come {when}"))
                    .related(staffed.from.span, "somebody is there from this hour on")
                    .why("they answer while it is on their mind, and hear nothing until they have forgotten it")
                    .help("put a wait before it that ends when somebody is there: `wait: {for: 1d, at: \"10:00\", on: [tue]}`");
            }
        }
    }
}

/// A moment at which a mail may go out while nobody answers.
fn when_closed(
    cx: &LintContext<'_>,
    graph: &Graph<'_>,
    id: NodeId,
    node: &Node<'_>,
    staffed: &SendWindow,
) -> Option<String> {
    let mut waits = Vec::new();
    if all_timed(graph, id, &mut waits) {
        return waits.into_iter().find_map(|(wait, at)| {
            let on: Vec<Weekday> = wait.on.iter().map(|it| it.value).collect();
            let until = TimeOfDay {
                minutes: at.minutes + 1,
            };
            uncovered(&on, at, until, staffed)
        });
    }
    let bypasses = matches!(node.kind, NodeKind::Send(it) if it.bypass_window == Some(true));
    let window = cx.project().policy.send_window.as_ref();
    let window = window.filter(|_| node.class == Some(Class::Commercial) && !bypasses);
    match window {
        Some(it) => {
            let days: Vec<Weekday> = it.days.iter().map(|it| it.value).collect();
            uncovered(&days, it.from.value, it.to.value, staffed)
        }
        None => Some("at any hour, day or night".to_owned()),
    }
}

/// Whether people come to a node only from waits that end at a time of day; collects these.
fn all_timed<'g>(graph: &Graph<'g>, id: NodeId, found: &mut Vec<(&'g Wait, TimeOfDay)>) -> bool {
    graph
        .arriving(id)
        .all(|(_, edge)| match graph.node(edge.from).kind {
            NodeKind::Guard | NodeKind::Hold(_) => all_timed(graph, edge.from, found),
            NodeKind::Wait(wait) => wait.at.as_ref().is_some_and(|at| {
                found.push((wait, at.value));
                true
            }),
            _ => false,
        })
}

/// The first moment of these hours that nobody covers; no days are all days.
fn uncovered(
    days: &[Weekday],
    from: TimeOfDay,
    to: TimeOfDay,
    staffed: &SendWindow,
) -> Option<String> {
    let is_open =
        |day: Weekday| staffed.days.is_empty() || staffed.days.iter().any(|it| it.value == day);
    let all = Weekday::ALL.iter().copied();
    let mut chosen = all.filter(|it| days.is_empty() || days.contains(it));
    if let Some(day) = chosen.clone().find(|it| !is_open(*it)) {
        return Some(format!("on {} at {from}", day.word()));
    }
    let day = chosen.next()?;
    if from < staffed.from.value {
        Some(format!("at {from} ({})", day.word()))
    } else if to > staffed.to.value {
        Some(format!("after {}", staffed.to.value))
    } else {
        None
    }
}
