//! The beginning: what was compared, the verdict, one sentence, and the numbers in large.

use super::super::wording::{self, Piece, count, headline, one};
use super::markup::Markup;
use crate::diff::{Changes, Revision, Verdict};

/// What a reviewer must know before anything else.
pub(super) fn top(changes: &Changes, out: &mut Markup) {
    let (class, verdict) = match changes.verdict() {
        Verdict::Blocked => ("blocked", "Blocked"),
        Verdict::Fine => ("fine", "Nothing stands against it"),
        Verdict::Nothing => ("fine", "No change for the customer"),
    };
    out.tag("<header class=\"").tag(class).tag("\">\n");
    out.tag("<p class=\"compared\">What changes for customers from ");
    revision(&changes.before, out);
    out.tag(" to ");
    revision(&changes.after, out);
    out.tag("</p>\n<h1>").tag(verdict).tag("</h1>\n");
    if changes.verdict() == Verdict::Nothing {
        nothing(changes, out);
    } else {
        sentence(changes, out);
        tiles(changes, out);
    }
    out.tag("</header>\n");
}

fn revision(it: &Revision, out: &mut Markup) {
    out.tag("<b>").text(&it.name).tag("</b>");
    if let Some(commit) = &it.commit {
        let short: String = commit.chars().take(8).collect();
        out.tag(" (").code(&short).tag(")");
    }
}

fn sentence(changes: &Changes, out: &mut Markup) {
    out.tag("<p class=\"lead\">");
    for it in headline(changes) {
        match it {
            Piece::Plain(text) => out.text(&text),
            Piece::Strong(text) => out.tag("<b>").text(&text).tag("</b>"),
        };
    }
    out.tag("</p>\n");
}

/// All there is to say where nothing differs.
fn nothing(changes: &Changes, out: &mut Markup) {
    let files = &changes.formatting;
    if !files.is_empty() {
        let n = files.len();
        let text = format!(
            "Only {} {} written differently: ",
            count(n, "file"),
            one(n, "is", "are")
        );
        out.tag("<p class=\"lead\">").text(&text);
        out.names(files.iter().map(String::as_str));
        out.tag(".</p>\n");
    }
    if let Some(text) = wording::muted(&changes.muted) {
        out.tag("<p>").prose(&text).tag("</p>\n");
    }
}

/// How much there is of each kind, each leading to its section.
fn tiles(changes: &Changes, out: &mut Markup) {
    let blocking = changes.findings.blocking().count() + changes.after.broken.len();
    let inside = changes.breaking().count();
    let journeys = changes.journeys.iter();
    let journeys = journeys.filter(|it| wording::is_noticed(it)).count();
    let words = wording::mails(&changes.copy);
    let tiles = [
        (
            blocking,
            "#against",
            one(
                blocking,
                "thing stands against it",
                "things stand against it",
            ),
        ),
        (
            journeys,
            "#journeys",
            one(journeys, "journey changes", "journeys change"),
        ),
        (
            words,
            "#words",
            one(words, "email reads differently", "emails read differently"),
        ),
        (
            inside,
            "#inside",
            one(
                inside,
                "break for people inside",
                "breaks for people inside",
            ),
        ),
    ];
    let some: Vec<_> = tiles.into_iter().filter(|it| it.0 > 0).collect();
    if some.is_empty() {
        return;
    }
    out.tag("<ul class=\"tiles\">\n");
    for (n, to, what) in some {
        out.tag("<li><a href=\"").tag(to).tag("\"><b>").number(n);
        out.tag("</b> ").text(&what).tag("</a></li>\n");
    }
    out.tag("</ul>\n");
}
