//! Which steps ask for feedback: what many rules mean by "a request".

use crate::graph::{Exposure, Graph, Node, NodeId, NodeKind};
use crate::model::{Journey, Milestone, Name, Project, Purpose, Send, Step};
use crate::source::{Span, Spanned};

/// How far a chain of reminders is followed.
const CHAIN: usize = 8;

/// Whether a step asks for feedback, or reminds of a step that does.
pub(crate) fn asks(journey: &Journey, purposes: &[Spanned<Purpose>], send: Option<&Send>) -> bool {
    let requests =
        |it: &[Spanned<Purpose>]| it.iter().any(|it| it.value == Purpose::FeedbackRequest);
    let any = |it: &Send| it.asks.is_some() || requests(&it.purpose.0);
    requests(purposes) || send.is_some_and(|it| chain(journey, it).any(any))
}

/// Whether a journey asks for feedback anywhere; cheap, so that rules need no graph to say no.
pub(crate) fn any_asks(journey: &Journey) -> bool {
    journey.walk().any(|(it, _)| {
        let send = match &it.value {
            Step::Send(it) => Some(&**it),
            _ => None,
        };
        asks(journey, it.purposes(), send)
    })
}

/// Whether a node is a request for feedback, or a reminder of one.
pub(crate) fn is_ask(journey: &Journey, node: &Node<'_>) -> bool {
    let send = match node.kind {
        NodeKind::Send(it) => Some(it),
        _ => None,
    };
    asks(journey, node.step.map_or(&[], |it| it.purposes()), send)
}

/// The requests that people get, in the order of the file.
pub(crate) fn requests<'g, 'm>(
    journey: &Journey,
    graph: &'g Graph<'m>,
) -> impl Iterator<Item = (NodeId, &'g Node<'m>)> {
    graph
        .touchpoints()
        .filter(move |(id, it)| is_ask(journey, it) && !graph.is_dropped(*id))
}

/// The message of a node, if it is one.
pub(crate) fn send_of<'m>(node: &Node<'m>) -> Option<&'m Send> {
    match node.kind {
        NodeKind::Send(it) => Some(it),
        _ => None,
    }
}

/// Whether a request is about what was bought: it does not say that it is about something else.
pub(crate) fn is_about_product(journey: &Journey, node: &Node<'_>) -> bool {
    send_of(node).is_none_or(|it| about(journey, it).is_none())
}

/// The events of a milestone that a journey speaks of; if it speaks of none, the first declared one
/// stands for all. A repository may have one for each of its many products.
pub(crate) fn events_in<'g>(
    project: &'g Project,
    graph: &'g Graph<'_>,
    milestone: Milestone,
) -> Vec<&'g str> {
    let carries = |name: &str| {
        let declared = project.event(name).and_then(|it| it.milestone);
        declared.is_some_and(|it| it.value == milestone)
    };
    let watched = graph.exits().iter().map(|it| &*it.event.value);
    let mut known: Vec<&str> = watched.filter(|it| carries(it)).collect();
    for (id, _) in graph.edges() {
        let facts = graph.establishes(id).chain(graph.denies(id));
        known.extend(
            facts
                .filter(|it| it.milestone == Some(milestone))
                .map(|it| it.name),
        );
    }
    known.sort_unstable();
    known.dedup();
    if known.is_empty() {
        let declared = project.events_of(milestone).next();
        known.extend(declared.map(|it| &*it.value));
    }
    known
}

/// The first of some requests that people come by although something has happened, of which the
/// journey may know several events, and has not been ended.
pub(crate) fn asked_despite<'g>(
    project: &'g Project,
    graph: &'g Graph<'_>,
    requests: &[NodeId],
    begun: Milestone,
    ended: Option<Milestone>,
) -> Option<(NodeId, Exposure<'g>)> {
    let ends = ended.map_or_else(Vec::new, |it| events_in(project, graph, it));
    let mut worst = None;
    for event in events_in(project, graph, begun) {
        let exposed = graph.exposed_from_entry(event, &ends);
        let found = requests.iter().find_map(|it| Some((*it, exposed.at(*it)?)));
        // The journey looks after one of them, and so after the matter.
        worst = worst.or(Some(found?));
    }
    worst
}

/// The message that another reminds of.
pub(crate) fn reminded<'j>(journey: &'j Journey, send: &Send) -> Option<&'j Send> {
    let name = send.reminder_of.as_ref()?;
    journey.sends().find(|it| it.id == *name)
}

/// A message, the one that it reminds of, the one that this one reminds of, and so on.
fn chain<'j>(journey: &'j Journey, send: &'j Send) -> impl Iterator<Item = &'j Send> {
    std::iter::successors(Some(send), |it| reminded(journey, it)).take(CHAIN)
}

/// The question at the beginning of a chain of reminders.
pub(crate) fn original<'j>(journey: &'j Journey, reminder: &'j Send) -> Option<&'j Send> {
    let mut before = chain(journey, reminder);
    before.next();
    before.last()
}

/// What a question is about, if not the product; a reminder asks the same again.
pub(crate) fn about<'j>(journey: &'j Journey, send: &'j Send) -> Option<&'j Name> {
    chain(journey, send).find_map(|it| it.about.as_ref())
}

/// The step's name, which is shorter to point at than the step.
pub(crate) fn place(node: &Node<'_>) -> Span {
    let id = node.step.and_then(|it| it.id());
    id.map_or(node.span, |it| it.span)
}
