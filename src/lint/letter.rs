//! An email as it is sent, with the steps that send it.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::contact::{has_contact, has_link};
use super::copy::Boilerplate;
use super::declared::{Used, used};
use super::facts::Clients;
use super::hrefs::{Href, hrefs};
use super::pitch::pitch_in;
use super::tree::Tree;
use super::uses::{Use, uses};
use super::ways::{readings, said};
use super::written::written;
use crate::messages::Messages;
use crate::model::{Class, Journey, Program, Project, Purpose, Send};
use crate::render::Mail;
use crate::source::Span;
use crate::template::ir::Node;
use crate::template::{Part, Template};

/// One email in one language.
pub(crate) struct Letter<'p> {
    /// The compiled template.
    pub(crate) template: &'p Template,
    /// What is sent.
    pub(crate) mail: &'p Mail,
    /// The steps that send it, in the order of the files; at least one.
    pub(crate) sent_by: Vec<SentBy<'p>>,
    project: &'p Project,
    read: Read<'p>,
}

/// What several rules read off a letter, made once.
#[derive(Default)]
struct Read<'p> {
    subject: OnceLock<String>,
    text: OnceLock<String>,
    link: OnceLock<bool>,
    contact: OnceLock<bool>,
    tree: OnceLock<Tree>,
    outlook: OnceLock<Tree>,
    written: OnceLock<String>,
    uses: OnceLock<Vec<Use>>,
    used: OnceLock<Vec<Used<'p>>>,
    subjects: OnceLock<BTreeSet<String>>,
    own_words: OnceLock<Vec<u64>>,
    pitch: OnceLock<Option<&'static str>>,
    hrefs: OnceLock<Vec<Href<'p>>>,
}

/// A step that sends an email.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SentBy<'p> {
    /// The journey.
    pub(crate) journey: &'p Journey,
    /// The step.
    pub(crate) send: &'p Send,
}

impl SentBy<'_> {
    /// What law takes the email for.
    pub(crate) fn class(&self) -> Class {
        self.journey.class_of(self.send)
    }
}

impl<'p> Letter<'p> {
    /// All that the subject says on any way; see [`said`].
    pub(crate) fn said_subject(&self) -> &str {
        self.read.subject.get_or_init(|| said(&self.mail.subject))
    }

    /// All that the plain text says on any way; see [`said`].
    pub(crate) fn said_text(&self) -> &str {
        self.read.text.get_or_init(|| said(&self.mail.text))
    }

    /// Whether it links to anything that a click on it would tell of; see [`has_link`].
    pub(crate) fn has_link(&self) -> bool {
        *self.read.link.get_or_init(|| has_link(self.mail))
    }

    /// Whether it links to somebody who helps; see [`has_contact`].
    pub(crate) fn has_contact(&self) -> bool {
        let contact = &self.read.contact;
        *contact.get_or_init(|| has_contact(self.project, self.mail))
    }

    /// The page as most mail programs read it; see [`Tree::of`].
    pub(crate) fn tree(&self) -> &Tree {
        self.read.tree.get_or_init(|| Tree::of(&self.mail.html))
    }

    /// The page as Outlook on Windows reads it; see [`Tree::for_outlook`].
    pub(crate) fn outlook_tree(&self) -> &Tree {
        let outlook = &self.read.outlook;
        outlook.get_or_init(|| Tree::for_outlook(&self.mail.html))
    }

    /// What its author wrote, before MJML and our own stages; see [`written`].
    pub(crate) fn written(&self) -> &str {
        self.read.written.get_or_init(|| written(self.template))
    }

    /// What its author used that not every mail program knows; see [`uses`]. All ask for the same
    /// table.
    pub(crate) fn uses(&self, clients: &Clients) -> &[Use] {
        let written = self.written();
        self.read.uses.get_or_init(|| uses(written, clients))
    }

    /// What it uses of what is known per recipient, as the project declares it; see [`used`].
    pub(crate) fn used(&self) -> &[Used<'p>] {
        self.read.used.get_or_init(|| used(self.project, self))
    }

    /// The ways in which its subject may read, in small letters; see [`readings`].
    pub(crate) fn subjects(&self) -> &BTreeSet<String> {
        let read = || readings(&self.mail.subject).into_iter();
        let subjects = &self.read.subjects;
        subjects.get_or_init(|| read().map(|it| it.to_lowercase()).collect())
    }

    /// The words that it does not share; see [`Boilerplate::own_words`]. All ask for the same
    /// boilerplate.
    pub(crate) fn own_words(&self, shared: &Boilerplate) -> &[u64] {
        self.read.own_words.get_or_init(|| shared.own_words(self))
    }

    /// The first words in it that sell; see [`pitch_in`].
    pub(crate) fn pitch(&self) -> Option<&'static str> {
        *self.read.pitch.get_or_init(|| pitch_in(self))
    }

    /// What a part of it says.
    pub(crate) fn nodes(&self, part: Part) -> &'p [Node] {
        match part {
            Part::Subject => &self.mail.subject,
            Part::Preheader => &self.mail.preheader,
            Part::Body => &self.mail.text,
        }
    }

    /// What the steps send it for.
    pub(crate) fn purposes(&self) -> impl Iterator<Item = Purpose> {
        let all = self.sent_by.iter();
        all.flat_map(|it| it.send.purpose.values())
    }

    /// The addresses that the page leads to or loads from.
    pub(crate) fn hrefs(&self) -> &[Href<'p>] {
        self.read.hrefs.get_or_init(|| hrefs(&self.mail.html))
    }
}

impl Letter<'_> {
    /// The place to point at when the email as a whole is meant: its subject line, or else the top
    /// of the template's file.
    pub(crate) fn span(&self) -> Span {
        let top = Span::start_of(self.template.file);
        self.template.subject_span.unwrap_or(top)
    }

    /// The place of its preheader; else that of the whole.
    pub(crate) fn preheader_span(&self) -> Span {
        self.template.preheader_span.unwrap_or_else(|| self.span())
    }
}

/// Every letter of a program that could be made, in the order of [`Messages::templates`].
pub(super) fn letters<'p>(
    program: &'p Program,
    messages: &'p Messages,
    mails: &'p [Option<std::sync::Arc<Mail>>],
) -> Vec<Letter<'p>> {
    let mut sent_by: Vec<Vec<SentBy<'p>>> = vec![Vec::new(); messages.templates.len()];
    for (document, emails) in program.documents.iter().zip(&messages.of) {
        let sends: Vec<&Send> = document.journey.sends().collect();
        for email in emails {
            sent_by[email.template as usize].push(SentBy {
                journey: &document.journey,
                send: sends[email.send as usize],
            });
        }
    }
    let made = messages.templates.iter().zip(mails).zip(sent_by);
    made.filter_map(|((template, mail), sent_by)| {
        Some(Letter {
            template: template.as_deref()?,
            mail: mail.as_deref()?,
            sent_by,
            project: &program.project,
            read: Read::default(),
        })
    })
    .collect()
}
