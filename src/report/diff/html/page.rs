//! The page as a whole: its head, its index, its sections, its foot.

use super::super::Look;
use super::super::wording::{Piece, headline};
use super::frame::POLICY;
use super::markup::Markup;
use super::{copy, findings, inside, journeys, mails, payloads, top, unnoticed};
use crate::diff::{Changes, Verdict};

/// How the page looks.
const STYLE: &str = include_str!("page.css");

/// How many bytes a page may have before it holds no more emails.
const LONGEST: usize = 20_000_000;

/// A section.
pub(super) struct Section {
    /// What a link to it is called.
    pub(super) id: &'static str,
    /// Its heading.
    pub(super) title: String,
    /// What stands below.
    pub(super) body: Markup,
    /// What the index names below it.
    pub(super) index: Markup,
}

impl Section {
    /// One that has no index of its own.
    pub(super) fn new(id: &'static str, title: impl Into<String>, body: Markup) -> Self {
        Self {
            id,
            title: title.into(),
            body,
            index: Markup::default(),
        }
    }
}

/// The whole page.
pub(super) fn page(changes: &Changes, look: Look<'_>) -> String {
    let mut out = Markup::default();
    head(changes, &mut out);
    top::top(changes, &mut out);
    let sections = sections(changes, look);
    if sections.len() > 1 {
        index(&sections, &mut out);
    }
    for it in &sections {
        out.tag("<section id=\"").tag(it.id).tag("\">\n<h2>");
        out.text(&it.title).tag("</h2>\n");
        out.piece(&it.body).tag("</section>\n");
    }
    foot(changes, &mut out);
    out.into_string()
}

/// All sections that say anything: what a reviewer must know first, what nobody notices last.
fn sections(changes: &Changes, look: Look<'_>) -> Vec<Section> {
    if changes.verdict() == Verdict::Nothing {
        return Vec::new();
    }
    let mut sections: Vec<Section> = [
        findings::blocking(changes, look),
        journeys::project(changes, look),
        journeys::journeys(changes, look),
        copy::copy(changes),
        inside::inside(changes, look),
        inside::reach(changes),
        findings::findings(changes, look),
        payloads::payloads(changes, look),
        unnoticed::unnoticed(changes, look),
    ]
    .into_iter()
    .flatten()
    .collect();
    let used: usize = sections.iter().map(|it| it.body.len()).sum();
    sections.extend(mails::mails(changes, LONGEST.saturating_sub(used)));
    sections
}

fn head(changes: &Changes, out: &mut Markup) {
    let sentence = headline(changes).into_iter().map(|it| match it {
        Piece::Plain(text) | Piece::Strong(text) => text,
    });
    let sentence: String = sentence.collect();
    out.tag("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.tag("<meta http-equiv=\"Content-Security-Policy\" content=\"");
    out.tag(POLICY).tag("\">\n");
    out.tag("<meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">\n");
    out.tag("<meta name=\"referrer\" content=\"no-referrer\">\n");
    out.tag("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.tag("<meta name=\"color-scheme\" content=\"light dark\">\n");
    out.tag("<title>Journeys: ")
        .text(&sentence)
        .tag("</title>\n");
    out.tag("<style>\n").tag(STYLE).tag("</style>\n</head>\n");
    out.tag("<body>\n<main>\n");
}

fn index(sections: &[Section], out: &mut Markup) {
    out.tag("<nav aria-label=\"On this page\">\n<h2>On this page</h2>\n<ol>\n");
    for it in sections {
        out.tag("<li><a href=\"#").tag(it.id).tag("\">");
        out.text(&it.title).tag("</a>").piece(&it.index);
        out.tag("</li>\n");
    }
    out.tag("</ol>\n</nav>\n");
}

/// What to do about a finding that is meant to be there.
fn foot(changes: &Changes, out: &mut Markup) {
    out.tag("</main>\n<footer>\n");
    if !changes.findings.is_empty() {
        out.tag("<p>").prose(
            "To accept a finding, write `allow: [{rule: …, reason: …, until: …}]` at its step, its \
             journey or in `journeyc.yaml`; `journeyc explain RULE` says what a rule is about.",
        );
        out.tag("</p>\n");
    }
    out.tag("<p>").prose(
        "Written by `journeyc diff --format html`. This page holds all it shows, runs no script and \
         asks no server for anything.",
    );
    out.tag("</p>\n</footer>\n</body>\n</html>\n");
}
