//! Who speaks in a message, and whether anybody reads an answer to it.

use std::collections::BTreeMap;

use crate::graph::{Graph, NodeId, NodeKind};
use crate::model::{Channel, Journey, Name, Project, Send, Sender, SenderKind, Step};
use crate::source::Span;

use super::contact::refuses;
use super::context::LintContext;

/// The sender of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voice<'p> {
    /// Its short name.
    pub(crate) id: &'p Name,
    /// What the project says about it.
    pub(crate) sender: &'p Sender,
}

/// Why nobody reads the answers to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// The address of this place says so.
    Refused(Span),
    /// The sender with this address is declared `monitored: false`.
    Unmonitored(Span),
}

/// The people who sign the messages of a journey, as the customer knows them.
#[derive(Debug, Default)]
pub(crate) struct People<'p> {
    /// Their names in the inbox with the short name of one of their senders; at most 64.
    pub(crate) names: Vec<(&'p str, &'p str)>,
    /// For each node at which a person writes, who it is.
    pub(crate) signed: BTreeMap<NodeId, Signed>,
}

/// A message that a person signs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed {
    /// The person's place among the names.
    pub(crate) person: usize,
    /// Whose customers the message says it takes over, as bits.
    pub(crate) takes_over: u64,
}

/// Who speaks in a message: the template's choice, the step's, or the journey's. Nothing if there is
/// no such sender.
pub(crate) fn voice<'p>(cx: &LintContext<'p>, journey: &Journey, send: &Send) -> Option<Voice<'p>> {
    let asked = cx.letters_of(send).find_map(|it| it.template.from.as_ref());
    let name = asked.map_or(&*journey.sender_of(send).value, |it| &*it.value);
    let (id, sender) = cx.project().senders.get_key_value(name)?;
    Some(Voice { id, sender })
}

/// The people who sign what a journey sends.
pub(crate) fn people<'p>(cx: &LintContext<'p>, journey: &Journey, graph: &Graph<'_>) -> People<'p> {
    let mut res = People::default();
    // What the cap always drops is signed by nobody.
    let delivered = graph.touchpoints().filter(|it| !graph.is_dropped(it.0));
    for (id, node) in delivered {
        let NodeKind::Send(send) = node.kind else {
            continue;
        };
        let Some(voice) = voice(cx, journey, send) else {
            continue;
        };
        if voice.sender.kind != SenderKind::Person {
            continue;
        }
        if let Some(person) = res.number(&voice.sender.name.value, &voice.id.value) {
            let own = send.handover_from.as_ref();
            let takes_over = res.takes_over(cx.project(), voice.sender, own);
            res.signed.insert(id, Signed { person, takes_over });
        }
    }
    res
}

/// Whether persons with different names sign messages of a journey; cheap, and needs no graph.
pub(crate) fn several_people(cx: &LintContext<'_>, journey: &Journey) -> bool {
    let mut first: Option<&str> = None;
    journey.sends().any(|send| {
        let voice = voice(cx, journey, send);
        let person = voice.filter(|it| it.sender.kind == SenderKind::Person);
        person.is_some_and(|it| {
            let name = &*it.sender.name.value;
            !same_name(first.get_or_insert(name), name)
        })
    })
}

/// Whether a step is part of a conversation: a mail that invites an answer, or people who talk.
pub(crate) fn talks(step: &Step) -> bool {
    let speaks = |it: Channel| {
        matches!(
            it,
            Channel::Phone
                | Channel::Chat
                | Channel::Store
                | Channel::Visit
                | Channel::Helpdesk
                | Channel::Social
        )
    };
    match step {
        Step::Send(it) => it.two_way == Some(true),
        Step::Task(it) => speaks(it.channel),
        Step::Touch(it) => speaks(it.channel),
        _ => false,
    }
}

fn same_name(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

impl<'p> Voice<'p> {
    /// Where an answer to one of its messages goes.
    pub(crate) fn reply_to<'s>(&self, send: &'s Send) -> &'s Name
    where
        'p: 's,
    {
        let own = self
            .sender
            .reply_to
            .as_ref()
            .unwrap_or(&self.sender.address);
        send.reply_to.as_ref().unwrap_or(own)
    }

    /// Why nobody reads the answers to one of its messages; nothing if somebody does, or if that is
    /// not said.
    pub(crate) fn unread(&self, project: &Project, send: &Send) -> Option<Unread> {
        let to = self.reply_to(send);
        if refuses(&to.value) {
            return Some(Unread::Refused(to.span));
        }
        let is_there = |it: &&Sender| it.address.value.eq_ignore_ascii_case(&to.value);
        let own = Some(self.sender).filter(is_there);
        let there = own.or_else(|| project.senders.values().find(is_there));
        let reader = match there {
            Some(it) => Some(it),
            None => send.reply_to.is_none().then_some(self.sender),
        };
        let unread = reader.filter(|it| it.monitored == Some(false))?;
        Some(Unread::Unmonitored(unread.address.span))
    }
}

impl<'p> People<'p> {
    /// A person's number, with a new one for a new name.
    fn number(&mut self, name: &'p str, id: &'p str) -> Option<usize> {
        let known = self.names.iter().position(|it| same_name(it.0, name));
        if known.is_some() || self.names.len() >= 64 {
            return known;
        }
        self.names.push((name, id));
        Some(self.names.len() - 1)
    }

    /// The persons whose customers a message takes over: those whom it or the project names, and those
    /// from whom these took over before.
    fn takes_over(&mut self, project: &'p Project, sender: &'p Sender, own: Option<&Name>) -> u64 {
        let mut bits = 0;
        for first in [own, sender.handover_from.as_ref()].into_iter().flatten() {
            let mut next = project.senders.get_key_value(&*first.value);
            // The register may go round in a circle.
            for _ in 0..16 {
                let Some((id, it)) = next else {
                    break;
                };
                if let Some(person) = self.number(&it.name.value, &id.value) {
                    bits |= 1 << person;
                }
                let before = it.handover_from.as_ref();
                next = before.and_then(|it| project.senders.get_key_value(&*it.value));
            }
        }
        bits
    }
}
