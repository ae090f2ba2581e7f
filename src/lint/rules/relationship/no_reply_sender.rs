use std::collections::BTreeMap;

use crate::diagnostic::Level;
use crate::graph::{By, Graph, NodeId, NodeKind};
use crate::lint::bought::{after_payment, path_after_payment};
use crate::lint::contact::refuses;
use crate::lint::context::LintContext;
use crate::lint::findings::{Finding, Findings};
use crate::lint::rule::{Rule, rule};
use crate::lint::voice::{Unread, Voice, voice};
use crate::model::{Journey, Send};

rule! {
    NoReplySender, id: "no-reply-sender", group: Relationship, level: Warning, docs: "no_reply_sender.md",
}

impl Rule for NoReplySender {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let found = |send: &Send| {
            let voice = voice(cx, journey, send)?;
            Some((voice, fault(cx, &voice, send)?))
        };
        if !journey.sends().any(|it| found(it).is_some()) {
            return;
        }
        let graph = &*cx.graph(journey);
        let paid = after_payment(journey, graph);
        // One address is one cause, however many letters lead there; the worst letter shows it.
        let mut by_address: BTreeMap<&str, Vec<Case<'_>>> = BTreeMap::new();
        for (node, it) in graph.touchpoints() {
            if let NodeKind::Send(send) = it.kind
                && let Some((voice, fault)) = found(send)
            {
                let address = match fault {
                    Fault::Unread(_) => voice.reply_to(send),
                    Fault::Shown => &voice.sender.address,
                };
                let is_after = paid.has_node(node);
                by_address.entry(&address.value).or_default().push(Case {
                    node,
                    send,
                    voice,
                    fault,
                    is_after,
                });
            }
        }
        for (address, cases) in &by_address {
            let worst = cases.iter().find(|it| it.is_after).or(cases.first());
            if let Some(worst) = worst {
                report(journey, graph, worst, cases.len() - 1, out).subject(*address);
            }
        }
    }
}

/// A letter that nobody can answer.
struct Case<'g> {
    node: NodeId,
    send: &'g Send,
    voice: Voice<'g>,
    fault: Fault,
    is_after: bool,
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    /// Answers reach nobody.
    Unread(Unread),
    /// Answers reach somebody, but the address that the inbox shows says that they do not.
    Shown,
}

fn fault(cx: &LintContext<'_>, voice: &Voice<'_>, send: &Send) -> Option<Fault> {
    if let Some(it) = voice.unread(cx.project(), send) {
        return Some(Fault::Unread(it));
    }
    refuses(&voice.sender.address.value).then_some(Fault::Shown)
}

fn report<'f>(
    journey: &Journey,
    graph: &Graph<'_>,
    case: &Case<'_>,
    more: usize,
    out: &'f mut Findings,
) -> Finding<'f> {
    let (send, sender) = (case.send, case.voice.sender);
    let step = &send.id.value;
    let (message, place, said) = match case.fault {
        Fault::Unread(Unread::Refused(place)) => (
            format!(
                "nobody can answer `{step}`: replies go to `{}`",
                case.voice.reply_to(send).value
            ),
            place,
            "this address tells people not to write back",
        ),
        Fault::Unread(Unread::Unmonitored(place)) => (
            format!("nobody reads the answers to `{step}`"),
            place,
            "`monitored: false` stands with this address",
        ),
        Fault::Shown => (
            format!("`{step}` comes from an address that tells people not to answer"),
            sender.address.span,
            "the inbox shows this address, whatever `reply_to` says",
        ),
    };
    let is_unread = matches!(case.fault, Fault::Unread(_));
    let path = if case.is_after {
        path_after_payment(journey, graph, case.node)
    } else {
        graph.path_to(case.node, By::Shortest)
    };
    let label = match (case.is_after, more) {
        (true, 0) => "sent to people who have paid".to_owned(),
        (true, more) => format!("sent to people who have paid, like {more} more here"),
        (false, 0) => format!("sent by `{}`", case.voice.id.value),
        (false, more) => format!("sent by `{}`, like {more} more here", case.voice.id.value),
    };
    let level = if case.is_after && is_unread {
        Level::Error
    } else {
        Level::Warning
    };
    out.fail(send.id.span, message)
        .level(level)
        .label(label)
        .related(place, said)
        .why("whoever has a question finds a closed door, and asks the public instead, or the bank")
        .help(
            "send from an address that somebody reads, such as `care@…`, and say so: `monitored: \
             true` and `handled_by`",
        )
        .witness(path.map(|it| graph.witness(&it)))
}
