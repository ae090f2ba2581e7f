//! A journey's timeline as a table: what was, beside what is, in the order of time.

use super::super::timeline::{Line, Touchpoint};
use super::super::wording::{channel, count, flags, sign};
use super::markup::Markup;
use crate::diff::Entry;

/// The table.
pub(super) fn table(lines: &[Line<'_>], out: &mut Markup) {
    out.tag("<table class=\"timeline\">\n<thead><tr><th scope=\"col\">when</th>");
    out.tag("<th scope=\"col\">before</th><th scope=\"col\">after</th></tr></thead>\n<tbody>\n");
    for line in lines {
        match line {
            Line::Touchpoint(it) => row(it, out),
            Line::Skipped(n) => {
                out.tag("<tr class=\"skipped\"><td>…</td><td colspan=\"2\">");
                out.text(&count(*n, "touchpoint"))
                    .tag(" as before</td></tr>\n");
            }
        }
    }
    out.tag("</tbody>\n</table>\n");
}

fn row(it: &Touchpoint<'_>, out: &mut Markup) {
    if let Some(entry) = it.entry().filter(|_| it.is_first) {
        out.tag("<tr class=\"since\"><th scope=\"rowgroup\" colspan=\"3\">after ");
        out.text(&entry.since).tag("</th></tr>\n");
    }
    let differs = !it.row.flags.is_empty();
    out.tag(if differs {
        "<tr>"
    } else {
        "<tr class=\"same\">"
    });
    out.tag("<td>");
    if let Some(entry) = it.entry() {
        out.text(&entry.when);
    }
    out.tag("</td><td>");
    match it.before {
        Some(entry) if differs && it.after.is_none() => {
            out.tag("<del>");
            touchpoint(entry, out);
            out.tag("</del>");
        }
        Some(entry) => touchpoint(entry, out),
        None => none(out),
    }
    out.tag("</td><td>");
    match it.after {
        Some(entry) if differs && it.before.is_none() => {
            out.tag("<ins>");
            touchpoint(entry, out);
            out.tag("</ins>");
        }
        Some(entry) => touchpoint(entry, out),
        None => none(out),
    }
    // What comes at another time is explained where it is now.
    if differs && (it.after.is_some() || !it.is_elsewhere()) {
        out.tag("<ul class=\"chips\">");
        for flag in flags(it.row) {
            out.tag("<li class=\"chip\">").text(&flag).tag("</li>");
        }
        out.tag("</ul>");
    }
    out.tag("</td></tr>\n");
}

fn touchpoint(it: &Entry, out: &mut Markup) {
    out.tag("<span title=\"")
        .tag(channel(it.channel))
        .tag("\">");
    out.tag(sign(it.channel)).tag("</span> ").text(&it.title);
}

fn none(out: &mut Markup) {
    out.tag("<span class=\"none\">—</span>");
}
