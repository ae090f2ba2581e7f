//! What customers will read, word by word.

use super::super::wording::{self, capital, count, mails, thousands};
use super::markup::Markup;
use super::page::Section;
use crate::diff::{Changes, CopyChange, MailName, Part, Run};

/// The words that differ.
pub(super) fn copy(changes: &Changes) -> Option<Section> {
    let all = &changes.copy;
    if all.is_empty() {
        return None;
    }
    let title = format!("What customers will read ({})", count(mails(all), "email"));
    let mut body = Markup::default();
    for it in all {
        difference(it, &mut body);
    }
    Some(Section::new("words", title, body))
}

fn difference(it: &CopyChange, out: &mut Markup) {
    out.tag("<figure class=\"words\">\n<figcaption><b>");
    out.text(&capital(wording::part(it.part))).tag("</b> of ");
    names(&it.mails, out);
    out.tag(", in ").code(&it.locale).tag(", ");
    whom(it, out);
    all_names(&it.mails, out);
    out.tag("</figcaption>\n<p>");
    if it.part == Part::Look && it.words.is_empty() {
        out.tag("looks different; the words are the same");
    }
    for (at, it) in it.words.iter().enumerate() {
        out.tag(if at == 0 { "" } else { " " });
        run(it, out);
    }
    out.tag("</p>\n</figure>\n");
}

/// How many mails are named where several are meant.
const FIRST: usize = 3;

/// One mail by its name, several by their number and the first of them.
pub(super) fn names(all: &[MailName], out: &mut Markup) {
    if all.len() > 1 {
        out.text(&count(all.len(), "email")).tag(" (");
    }
    list(all.iter().take(FIRST), out);
    if all.len() > FIRST {
        out.tag(" and ").number(all.len() - FIRST).tag(" more");
    }
    if all.len() > 1 {
        out.tag(")");
    }
}

/// All of them behind a line, where [`names`] does not name all.
pub(super) fn all_names(all: &[MailName], out: &mut Markup) {
    if all.len() > FIRST {
        out.folded(
            |out| {
                out.tag("All ").text(&count(all.len(), "email"));
            },
            |out| list(all.iter(), out),
        );
    }
}

fn list<'n>(all: impl Iterator<Item = &'n MailName>, out: &mut Markup) {
    for (at, it) in all.enumerate() {
        out.tag(if at == 0 { "" } else { ", " });
        name(it, out);
    }
}

/// A mail's name: `cart › still-there`.
pub(super) fn name(it: &MailName, out: &mut Markup) {
    out.code(&it.journey).tag(" › ").code(&it.step);
}

/// For whom it reads like this.
fn whom(it: &CopyChange, out: &mut Markup) {
    if it.people.is_empty() {
        out.tag("as the template has it, for no sample of a customer sees it");
    } else if it.everybody {
        out.tag("for everybody");
    } else {
        out.tag("for ").names(it.people.iter().map(String::as_str));
    }
}

fn run(it: &Run, out: &mut Markup) {
    match it {
        Run::Same(text) => out.text(text),
        Run::Removed(text) => out.tag("<del>").text(text).tag("</del>"),
        Run::Added(text) => out.tag("<ins>").text(text).tag("</ins>"),
        Run::Skipped(n) => {
            let text = format!("[{} as before]", count(*n, "word"));
            out.tag("<small>").text(&text).tag("</small>")
        }
        Run::More { removed, added } => {
            let text = format!(
                "[… {} more words taken out, {} put in]",
                thousands(*removed),
                thousands(*added)
            );
            out.tag("<small>").text(&text).tag("</small>")
        }
    };
}
