use crate::graph::{Graph, NodeId, NodeKind};
use crate::lint::bought::{after_payment, path_after_payment};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rule::{Rule, rule};
use crate::lint::voice::voice;
use crate::model::{Journey, Send};
use crate::source::Span;

rule! {
    NoHelpRoute, id: "no-help-route", group: Relationship, level: Warning, docs: "no_help_route.md",
}

impl Rule for NoHelpRoute {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let unread: Vec<&Send> = journey
            .sends()
            .filter(|it| {
                let voice = voice(cx, journey, it);
                voice.is_some_and(|voice| voice.unread(cx.project(), it).is_some())
            })
            .collect();
        if unread.is_empty() {
            return;
        }
        let graph = &*cx.graph(journey);
        let paid = after_payment(journey, graph);
        let is_unread = |it: &Send| unread.iter().any(|own| own.id.span == it.id.span);
        let mut found: Vec<(NodeId, &Send, Span)> = Vec::new();
        for (id, node) in graph.touchpoints() {
            if let NodeKind::Send(send) = node.kind
                && paid.has_node(id)
                && is_unread(send)
                && let Some(letter) = closed_letter(cx, send)
            {
                found.push((id, send, letter));
            }
        }
        report(journey, graph, &found, out);
    }
}

/// The place of a letter without any way to reach somebody, if the step sends one.
fn closed_letter(cx: &LintContext<'_>, send: &Send) -> Option<Span> {
    let mut letters = cx.letters_of(send);
    let closed = letters.find(|it| !it.has_contact())?;
    Some(closed.span())
}

/// The first letter stands for all: a block in the layout or the sender cures them together.
fn report(
    journey: &Journey,
    graph: &Graph<'_>,
    found: &[(NodeId, &Send, Span)],
    out: &mut Findings,
) {
    let Some(((node, send, letter), rest)) = found.split_first() else {
        return;
    };
    let path = path_after_payment(journey, graph, *node);
    let more = match rest.len() {
        0 => String::new(),
        more => format!(", nor in {more} more here"),
    };
    out.fail(
        send.id.span,
        format!(
            "`{}` leaves a paying customer without a way to ask",
            send.id.value
        ),
    )
    .label(format!("answers reach nobody, and no help is linked{more}"))
    .related(
        *letter,
        "no mail address, phone number or help page in this letter",
    )
    .why("a small question stays open until it is a complaint")
    .help(
        "link a help page, `mailto:` or `tel:` in the layout's footer, or let somebody read the \
         answers: `reply_to: care@…`",
    )
    .witness(path.map(|it| graph.witness(&it)));
}
