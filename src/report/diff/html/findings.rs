//! What stands against a merge, what else was found, and what is mended.

use super::super::Look;
use super::super::wording::{self, count, one, thousands};
use super::markup::Markup;
use super::page::Section;
use crate::diagnostic::{Fix, Level, Status, Verdict};
use crate::diff::{Changes, Extent, Found, Place};
use crate::report::text::timeline;

/// How wide a dated path may be.
const WIDTH: usize = 90;

/// What stands against a merge, with all that is needed to mend it.
pub(super) fn blocking(changes: &Changes, look: Look<'_>) -> Option<Section> {
    let broken = &changes.after.broken;
    let all: Vec<&Found> = changes.findings.blocking().collect();
    let n = all.len() + broken.len();
    let mut body = Markup::default();
    if !broken.is_empty() {
        let files = count(broken.len(), "file");
        body.tag("<p><b>").text(&files);
        body.tag(" cannot be understood</b>, so what is said there is missing here: ");
        body.names(broken.iter().map(String::as_str)).tag("</p>\n");
    }
    list(&all, look, &mut body);
    let title = format!("What stands against it ({})", thousands(n));
    (n > 0).then(|| Section::new("against", title, body))
}

/// The findings beside those that stand against a merge.
pub(super) fn findings(changes: &Changes, look: Look<'_>) -> Option<Section> {
    let all = &changes.findings;
    let is_open = |it: &&Found| it.diagnostic.verdict == Verdict::Undecided;
    let is_listed = |it: &&Found| !it.blocks() && !is_open(it);
    let new: Vec<&Found> = all.introduced.iter().filter(is_listed).collect();
    let worse: Vec<&Found> = all.worsened.iter().filter(is_listed).collect();
    let both = all.introduced.iter().chain(&all.worsened);
    let open: Vec<&Found> = both.filter(is_open).collect();
    let mut body = Markup::default();
    for (title, group) in [("New", new), ("Worse", worse), ("Cannot be decided", open)] {
        if !group.is_empty() {
            body.tag("<h3>").tag(title).tag(": ").number(group.len());
            body.tag("</h3>\n");
            list(&group, look, &mut body);
        }
    }
    if !all.fixed.is_empty() {
        let fixed: Vec<&Found> = all.fixed.iter().collect();
        body.folded(
            |it| {
                it.tag("Mended: ").number(fixed.len()).tag(" 🎉");
            },
            // The lines are those of the files as they were.
            |it| {
                list(
                    &fixed,
                    Look {
                        source: None,
                        ..look
                    },
                    it,
                );
            },
        );
    }
    let older = all.older.unwrap_or_default();
    if older > 0 {
        let were = one(older, "was", "were");
        let text = format!(
            "{} {were} there before, and not counted.",
            count(older, "finding")
        );
        body.tag("<p class=\"meta\">").text(&text).tag("</p>\n");
    }
    let is_empty = all.is_empty() && older == 0;
    (!is_empty).then(|| Section::new("findings", wording::found(all), body))
}

/// Findings, each with the path that breaks the rule and what to write instead.
pub(super) fn list(all: &[&Found], look: Look<'_>, out: &mut Markup) {
    for it in all {
        found(it, look, out);
    }
}

fn found(it: &Found, look: Look<'_>, out: &mut Markup) {
    let diagnostic = &it.diagnostic;
    let (class, word) = match (diagnostic.verdict, diagnostic.level) {
        (Verdict::Undecided, _) => ("open", "undecided"),
        (_, Level::Error) => ("error", "error"),
        (_, Level::Warning) => ("warning", "warning"),
        (_, Level::Note) => ("note", "note"),
    };
    out.tag("<article class=\"finding ")
        .tag(class)
        .tag("\">\n<h4>");
    out.prose(&diagnostic.message)
        .tag("</h4>\n<p class=\"meta\">");
    out.tag("<span class=\"chip\">").tag(word).tag("</span> ");
    out.code(diagnostic.rule.0).tag(" · ");
    out.place(&it.place, look.source);
    if let Some(Status::Worsened(how)) = diagnostic.status {
        out.tag(" · ").text(how.phrase());
    }
    out.tag("</p>\n");
    if let Some(witness) = &diagnostic.witness {
        let lines = timeline(witness, diagnostic, WIDTH, false);
        out.block(lines.iter().map(String::as_str));
    }
    let remarks = [("", &diagnostic.why), ("<b>Help:</b> ", &diagnostic.help)];
    for (lead, text) in remarks {
        if let Some(text) = text {
            out.tag("<p>").tag(lead).prose(text).tag("</p>\n");
        }
    }
    for (label, at) in diagnostic.related.iter().zip(&it.related) {
        out.tag("<p class=\"meta\">");
        place(at, look, out);
        out.tag(": ").prose(&label.text).tag("</p>\n");
    }
    if let Some(fix) = &diagnostic.fix {
        rewrite(fix, &it.edits, look, out);
    }
    out.tag("</article>\n");
}

/// A rewrite: what it does, and what then stands where.
fn rewrite(fix: &Fix, edits: &[Extent], look: Look<'_>, out: &mut Markup) {
    out.tag("<p><b>Rewrite:</b> ")
        .prose(&fix.title)
        .tag("</p>\n");
    for (edit, at) in fix.edits.iter().zip(edits) {
        out.tag("<p class=\"meta\">");
        place(at, look, out);
        if edit.text.is_empty() {
            out.tag(" goes away</p>\n");
            continue;
        }
        out.tag(" becomes</p>\n").block(edit.text.lines());
    }
}

fn place(at: &Extent, look: Look<'_>, out: &mut Markup) {
    let place = Place {
        file: at.file.clone(),
        line: at.start.line,
    };
    out.place(&place, look.source);
}
