//! What is sent to the platforms.

use super::super::Look;
use super::super::wording::{action, count, one};
use super::findings;
use super::markup::Markup;
use super::page::Section;
use crate::diff::{Action, Changes, Found, PayloadChange, TargetChanges};

/// How many bytes of lines are shown in all.
const LONGEST: usize = 4_000_000;

/// Per target what is created, updated and deleted, and the lines that differ, folded away.
pub(super) fn payloads(changes: &Changes, look: Look<'_>) -> Option<Section> {
    let all: Vec<&TargetChanges> = changes.targets.iter().filter(|it| !it.is_empty()).collect();
    let mut body = Markup::default();
    body.tag("<div class=\"wide\"><table>\n<thead><tr>");
    for title in [
        "platform",
        "environment",
        "create",
        "update",
        "delete",
        "as before",
    ] {
        body.tag("<th scope=\"col\">").tag(title).tag("</th>");
    }
    body.tag("</tr></thead>\n<tbody>\n");
    for it in &all {
        row(it, &mut body);
    }
    body.tag("</tbody>\n</table></div>\n");
    let mut room = LONGEST;
    for it in &all {
        lost(it, look, &mut body);
        if !it.payloads.is_empty() {
            room = listed(it, room, &mut body);
        }
    }
    let title = "What is sent to the platforms";
    (!all.is_empty()).then(|| Section::new("platforms", title, body))
}

fn row(it: &TargetChanges, out: &mut Markup) {
    out.tag("<tr><td>").text(&it.target);
    out.tag("</td><td>").text(&it.environment).tag("</td>");
    for wanted in [Action::Create, Action::Update, Action::Delete] {
        let n = it.payloads.iter().filter(|it| it.action == wanted).count();
        out.tag("<td class=\"number\">").number(n).tag("</td>");
    }
    out.tag("<td class=\"number\">").number(it.unchanged);
    out.tag("</td></tr>\n");
}

/// What the target cannot express, as far as that is new.
fn lost(it: &TargetChanges, look: Look<'_>, out: &mut Markup) {
    if it.introduced.is_empty() {
        return;
    }
    out.tag("<h3>New remarks on what ").text(&it.target);
    out.tag(" makes of it</h3>\n");
    let all: Vec<&Found> = it.introduced.iter().collect();
    findings::list(&all, look, out);
}

/// The payloads of one target, with the lines that differ as far as there is room. Returns what room
/// is left.
fn listed(it: &TargetChanges, room: usize, out: &mut Markup) -> usize {
    let mut left = room;
    let mut hidden = 0;
    out.folded(
        |out| {
            out.text(&it.target)
                .tag(", ")
                .text(&it.environment)
                .tag(": ");
            out.text(&count(it.payloads.len(), "payload"));
        },
        |out| {
            for it in &it.payloads {
                let size = it.diff.len().saturating_mul(2);
                let is_shown = size <= left;
                payload(it, is_shown, out);
                if is_shown {
                    left -= size;
                } else {
                    hidden += 1;
                }
            }
            if hidden > 0 {
                let are = one(hidden, "is", "are");
                let text = format!(
                    "The lines of {} {are} not shown: they would make this page too large.",
                    count(hidden, "payload")
                );
                out.tag("<p>").text(&text).tag("</p>\n");
            }
        },
    );
    left
}

fn payload(it: &PayloadChange, is_shown: bool, out: &mut Markup) {
    out.tag("<p>")
        .tag(action(it.action))
        .tag(" ")
        .code(&it.name);
    out.tag("</p>\n");
    if it.diff.is_empty() || !is_shown {
        return;
    }
    out.tag("<pre class=\"diff\">");
    for line in it.diff.lines() {
        let (begin, end) = match line.bytes().next() {
            Some(b'+') => ("<ins>", "</ins>"),
            Some(b'-') => ("<del>", "</del>"),
            _ => ("", ""),
        };
        out.tag(begin).text(line).tag(end).tag("\n");
    }
    out.tag("</pre>\n");
}
