//! Every email in a provider's language.
//!
//! In: a compilation's mails and a [`Dialect`]. Out: what is printed of each, and what cannot be said.
//! Invariant: an email is printed whole or not at all; every part is tried, so that all that cannot
//! be said is told at once.
//! Not done here: what a provider's API takes (that is `target`).

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::compile::Compilation;
use crate::diagnostic::Sink;
use crate::dialect::{Dialect, Printed, Surface};
use crate::messages::{Message, Messages, shape};
use crate::model::{Document, Program, Send};
use crate::render::Mail;
use crate::template::Shape;
use crate::template::ir::Node;

/// An email in a provider's language.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintedMail {
    /// The subject line.
    pub subject: Printed,
    /// The text that inboxes show after it; empty where it is in the page.
    pub preheader: Printed,
    /// The page.
    pub html: Printed,
    /// The plain text.
    pub text: Printed,
}

/// Where a provider takes the preheader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preheader {
    /// Apart from the page.
    Apart,
    /// In the page, hidden at its top.
    Hidden,
}

/// An email of a journey in one language.
#[derive(Clone, Copy)]
pub struct Email<'b> {
    /// The journey that sends it.
    pub document: &'b Document,
    /// The step that sends it.
    pub send: &'b Send,
    /// The language.
    pub locale: &'b str,
    pub(crate) mail: &'b Mail,
    pub(crate) message: &'b Message,
}

impl<'b> Email<'b> {
    /// The journey and the step, by name.
    pub(crate) fn step(&self) -> (&'b str, &'b str) {
        (&self.document.journey.name.value, &self.send.id.value)
    }

    /// The template, by name.
    pub(crate) fn template_name(&self) -> &'b str {
        &self.send.template.value
    }

    pub(crate) fn key(&self) -> (String, String, String) {
        let journey = self.document.journey.name.value.to_string();
        let step = self.send.id.value.to_string();
        (journey, step, self.locale.to_owned())
    }

    /// What two emails must share to be printed alike: what a journey's event carries decides how a
    /// value is printed.
    pub(crate) fn printing(&self) -> (u32, &str) {
        (self.message.template, self.event())
    }

    pub(crate) fn event(&self) -> &'b str {
        &self.document.journey.trigger.event.value
    }
}

/// Every email of the journeys that are whole.
pub fn emails<'c>(compilation: &'c Compilation<'_>) -> Vec<Email<'c>> {
    let program = compilation.program.iter();
    let all = program.flat_map(|it| each(it, &compilation.messages, &compilation.mails));
    all.collect()
}

/// Prints emails in a provider's language.
pub fn print<'c>(
    compilation: &'c Compilation<'_>,
    emails: Vec<Email<'c>>,
    dialect: &dyn Dialect,
    sink: &mut Sink,
) -> Vec<(Email<'c>, Option<Arc<PrintedMail>>)> {
    match &compilation.program {
        Some(program) => print_all(program, emails, (dialect, Preheader::Apart), sink),
        None => Vec::new(),
    }
}

/// Every email of the journeys that are whole, with its mail.
pub(crate) fn each<'b>(
    program: &'b Program,
    messages: &'b Messages,
    mails: &'b [Option<Arc<Mail>>],
) -> impl Iterator<Item = Email<'b>> {
    let documents = program.documents.iter().zip(&messages.of);
    let whole = documents.filter(|(document, _)| !document.damaged);
    whole.flat_map(move |(document, of)| {
        let sends: Vec<&Send> = document.journey.sends().collect();
        of.iter().filter_map(move |message| {
            Some(Email {
                document,
                send: sends.get(message.send as usize)?,
                locale: &program.project.locales.get(message.locale as usize)?.value,
                mail: mails.get(message.template as usize)?.as_deref()?,
                message,
            })
        })
    })
}

/// Prints each email; those that are alike are printed once.
pub(crate) fn print_all<'b>(
    program: &Program,
    emails: impl IntoIterator<Item = Email<'b>>,
    (dialect, preheader): (&dyn Dialect, Preheader),
    sink: &mut Sink,
) -> Vec<(Email<'b>, Option<Arc<PrintedMail>>)> {
    let emails: Vec<Email<'b>> = emails.into_iter().collect();
    let mut jobs: BTreeMap<(u32, &str), &Mail> = BTreeMap::new();
    for email in &emails {
        jobs.insert(email.printing(), email.mail);
    }
    let jobs: Vec<_> = jobs.into_iter().collect();
    let printed: Vec<(Option<PrintedMail>, Sink)> = jobs
        .par_iter()
        .map(|((_, event), mail)| {
            let mut sink = Sink::default();
            let shape = shape(program, event);
            let printed = print_mail((dialect, preheader), mail, &shape, &mut sink);
            (printed, sink)
        })
        .collect();
    let mut by_job = BTreeMap::new();
    for ((job, _), (mail, found)) in jobs.iter().zip(printed) {
        sink.append(found);
        by_job.insert(*job, mail.map(Arc::new));
    }
    let of = |email: &Email<'b>| by_job.get(&email.printing()).cloned().flatten();
    let printed: Vec<_> = emails.iter().map(of).collect();
    emails.into_iter().zip(printed).collect()
}

fn print_mail(
    (dialect, preheader): (&dyn Dialect, Preheader),
    mail: &Mail,
    shape: &Shape<'_>,
    sink: &mut Sink,
) -> Option<PrintedMail> {
    let mut part = |nodes: &[Node], surface| dialect.print(nodes, surface, shape, sink);
    let subject = part(&mail.subject, Surface::Subject);
    let (preheader, html) = match preheader {
        Preheader::Apart => (
            part(&mail.preheader, Surface::Subject),
            part(&mail.html, Surface::Html),
        ),
        Preheader::Hidden => (Some(Printed::default()), part(&mail.page(), Surface::Html)),
    };
    let text = part(&mail.text, Surface::Text);
    Some(PrintedMail {
        subject: subject?,
        preheader: preheader?,
        html: html?,
        text: text?,
    })
}
