//! Which steps ask for feedback: what many rules mean by "a request".

use crate::graph::{Node, NodeKind};
use crate::model::{Journey, Name, Purpose, Send};
use crate::source::{Span, Spanned};

/// Whether a step asks for feedback, or reminds of a step that does.
pub(crate) fn asks(journey: &Journey, purposes: &[Spanned<Purpose>], send: Option<&Send>) -> bool {
    let own = purposes
        .iter()
        .any(|it| it.value == Purpose::FeedbackRequest);
    own || send.is_some_and(|it| {
        it.asks.is_some()
            || reminded(journey, it).is_some_and(|it| asks(journey, &it.purpose.0, None))
    })
}

/// Whether a journey asks for feedback anywhere; cheap, so that rules need no graph to say no.
pub(crate) fn any_asks(journey: &Journey) -> bool {
    let steps = journey.walk();
    steps
        .iter()
        .any(|(it, _)| asks(journey, it.purposes(), None))
        || journey
            .sends()
            .any(|it| asks(journey, &it.purpose.0, Some(it)))
}

/// Whether a node is a request for feedback, or a reminder of one.
pub(crate) fn is_ask(journey: &Journey, node: &Node<'_>) -> bool {
    let send = match node.kind {
        NodeKind::Send(it) => Some(it),
        _ => None,
    };
    asks(journey, node.step.map_or(&[], |it| it.purposes()), send)
}

/// The message that another reminds of.
pub(crate) fn reminded<'j>(journey: &'j Journey, send: &Send) -> Option<&'j Send> {
    let name = send.reminder_of.as_ref()?;
    journey.sends().find(|it| it.id == *name)
}

/// What a question is about, if not the product; a reminder asks the same again.
pub(crate) fn about<'j>(journey: &'j Journey, send: &'j Send) -> Option<&'j Name> {
    let own = send.about.as_ref();
    own.or_else(|| reminded(journey, send)?.about.as_ref())
}

/// The step's name, which is shorter to point at than the step.
pub(crate) fn place(node: &Node<'_>) -> Span {
    let id = node.step.and_then(|it| it.id());
    id.map_or(node.span, |it| it.span)
}
