//! Stage 8: mails.
//!
//! In: a compiled template. Out: a [`Mail`]: subject, preheader, HTML and plain text, all still in
//! the IR; and what one recipient sees of it ([`preview`]).
//! Invariant: HTML and text come from the same page, and whichever way the choices fall, every tag
//! that is opened is closed.
//! Not done here: providers' languages (`dialect`).

mod eml;
mod html;
mod markup;
mod mjml;
mod parameters;
mod place;
mod reading;
mod shown;
#[cfg(test)]
mod survival_tests;
#[cfg(test)]
mod tests;
mod text;
mod tokens;

pub use eml::{Envelope, Mailbox, eml};
pub(crate) use markup::{Piece, attribute, attributes, decode, is_void, pieces};
pub(crate) use reading::{Reading, Word, reading};

use crate::diagnostic::Sink;
use crate::source::Sources;
use crate::template::ir::{self, Node};
use crate::template::{Sample, Spelling, Template, evaluate};

/// A mail, with what is known per recipient left open.
#[derive(Debug, Clone, PartialEq)]
pub struct Mail {
    /// The language.
    pub locale: String,
    /// The subject line; plain text.
    pub subject: Vec<Node>,
    /// The preheader; plain text.
    pub preheader: Vec<Node>,
    /// The page, without the preheader.
    pub html: Vec<Node>,
    /// The plain text, without the preheader.
    pub text: Vec<Node>,
    /// How many nodes of the page stand before its content: the preheader goes between.
    opening: usize,
}

impl Mail {
    /// The page with the preheader hidden at its top, as inboxes read it. Providers that take the
    /// preheader apart from the page get [`Mail::html`] instead.
    pub fn page(&self) -> Vec<Node> {
        let mut nodes = self.html[..self.opening].to_vec();
        if !self.preheader.is_empty() {
            // The padding keeps inboxes from showing the page's first words behind it.
            ir::push_text(
                &mut nodes,
                "<div style=\"display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;\
                 opacity:0;overflow:hidden;mso-hide:all\">",
            );
            ir::push_all(&mut nodes, html::escaped(&self.preheader));
            ir::push_text(&mut nodes, &"&#847;&zwnj;&nbsp;".repeat(40));
            ir::push_text(&mut nodes, "</div>");
        }
        ir::push_all(&mut nodes, self.html[self.opening..].to_vec());
        nodes
    }
}

/// What one recipient sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The subject line.
    pub subject: String,
    /// The preheader.
    pub preheader: String,
    /// The page, with the preheader hidden at its top.
    pub html: String,
    /// The plain text.
    pub text: String,
}

/// Makes the mail of a template. `None` if it cannot be made; the reason has been told.
pub fn render(template: &Template, sink: &mut Sink) -> Option<Mail> {
    render_from(template, None, sink)
}

/// The same; with the texts that the template was read from, what is wrong in its MJML has a place.
pub fn render_from(
    template: &Template,
    sources: Option<&Sources>,
    sink: &mut Sink,
) -> Option<Mail> {
    let page = html::page(template, sources, sink)?;
    let text = text::text(&page);
    let mut html = page.tokens.nodes(&page.html[..page.opening]);
    let opening = html.len();
    html.extend(page.tokens.nodes(&page.html[page.opening..]));
    Some(Mail {
        locale: template.locale.clone(),
        subject: one_line(&template.subject),
        preheader: one_line(&template.preheader),
        html,
        text,
        opening,
    })
}

/// What one recipient sees of a mail.
pub fn preview(mail: &Mail, sample: &Sample) -> Preview {
    let plain = |nodes: &[Node]| evaluate(nodes, sample, Spelling::default());
    Preview {
        subject: plain(&mail.subject),
        preheader: plain(&mail.preheader),
        html: plain(&mail.page()),
        text: plain(&mail.text),
    }
}

/// Header lines have no line ends.
fn one_line(nodes: &[Node]) -> Vec<Node> {
    let each = |node: &Node| match node {
        Node::Text(text) => Node::Text(text.replace(['\r', '\n'], " ")),
        Node::If(it) => {
            let mut it = it.clone();
            for arm in &mut it.arms {
                arm.body = one_line(&arm.body);
            }
            it.otherwise = one_line(&it.otherwise);
            Node::If(it)
        }
        Node::For(it) => {
            let mut it = it.clone();
            it.body = one_line(&it.body);
            it.otherwise = one_line(&it.otherwise);
            Node::For(it)
        }
        Node::Out(it) => Node::Out(it.clone()),
    };
    nodes.iter().map(each).collect()
}
