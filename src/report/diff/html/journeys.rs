//! What customers get, and when: what holds for all journeys, and then journey by journey.

use super::super::Look;
use super::super::timeline;
use super::super::wording::{self, beside_table, brief, count, fate, is_noticed, lead};
use super::markup::Markup;
use super::page::Section;
use super::table;
use crate::diff::{Change, Changes, JourneyChanges, Number};

/// What the project file says for all journeys.
pub(super) fn project(changes: &Changes, look: Look<'_>) -> Option<Section> {
    let all = changes.project.iter();
    let noticed: Vec<&Change> = all.filter(|it| it.kind.is_noticed()).collect();
    let mut body = Markup::default();
    list(&noticed, look, &mut body);
    (!noticed.is_empty()).then(|| Section::new("project", "For every journey", body))
}

/// The journeys in which customers notice something.
pub(super) fn journeys(changes: &Changes, look: Look<'_>) -> Option<Section> {
    let all: Vec<&JourneyChanges> = changes
        .journeys
        .iter()
        .filter(|it| is_noticed(it))
        .collect();
    let title = format!(
        "What customers get, and when ({})",
        count(all.len(), "journey")
    );
    let (mut body, mut index) = (Markup::default(), Markup::default());
    index.tag("<ul>\n");
    for (at, it) in all.iter().enumerate() {
        index.tag("<li><a href=\"#journey-").digits(at).tag("\">");
        index.text(&it.name).tag("</a> <small>");
        index.text(&brief(it)).tag("</small></li>\n");
        journey(it, at, look, &mut body);
    }
    index.tag("</ul>\n");
    (!all.is_empty()).then(|| Section {
        index,
        ..Section::new("journeys", title, body)
    })
}

fn journey(it: &JourneyChanges, at: usize, look: Look<'_>, out: &mut Markup) {
    out.tag("<article id=\"journey-")
        .digits(at)
        .tag("\">\n<h3>");
    out.text(it.title.as_deref().unwrap_or(&it.name));
    if let Some(word) = fate(it.fate) {
        out.tag(" <span class=\"chip\">").text(word).tag("</span>");
    }
    out.tag("</h3>\n<p class=\"meta\">").code(&it.name);
    if let Some(was) = &it.was {
        out.tag(" (was ").code(was).tag(")");
    }
    out.tag(" · ").text(&brief(it)).tag(" · ");
    out.place(&it.place, look.source).tag("</p>\n");
    numbers(&it.numbers, out);
    if it.timeline.iter().any(|it| !it.flags.is_empty()) {
        timeline(it, out);
    }
    let noticed = |it: &&Change| it.kind.is_noticed();
    let rest: Vec<&Change> = beside_table(it).into_iter().filter(noticed).collect();
    list(&rest, look, out);
    if let Some(chart) = &it.chart {
        out.folded(
            |it| {
                it.tag("The journey as it is now, as a Mermaid flowchart");
            },
            |it| {
                it.block(chart.lines());
            },
        );
    }
    out.tag("</article>\n");
}

/// How a journey's numbers differ.
fn numbers(numbers: &[Number], out: &mut Markup) {
    for it in numbers.iter().filter(|it| it.before != it.after) {
        let (lead, number) = wording::number(it);
        out.tag("<p>").text(lead).tag(" <b>").text(&number);
        out.tag("</b>.</p>\n");
    }
}

/// The touchpoints around those that differ, and all of them behind a line.
fn timeline(it: &JourneyChanges, out: &mut Markup) {
    let lines = timeline::lines(&it.timeline);
    table::table(&lines, out);
    let is_short = |it: &timeline::Line<'_>| matches!(it, timeline::Line::Skipped(_));
    if lines.iter().any(is_short) {
        let all = timeline::all(&it.timeline);
        out.folded(
            |out| {
                out.text(&format!("All {}", count(it.timeline.len(), "touchpoint")));
            },
            |out| table::table(&all, out),
        );
    }
}

/// Changes, one a line.
pub(super) fn list(changes: &[&Change], look: Look<'_>, out: &mut Markup) {
    if changes.is_empty() {
        return;
    }
    out.tag("<ul class=\"changes\">\n");
    for it in changes {
        out.tag("<li>");
        change(it, look, out);
        out.tag("</li>\n");
    }
    out.tag("</ul>\n");
}

/// `⏳ wait a-day: 22 h → 22 min`.
fn change(it: &Change, look: Look<'_>, out: &mut Markup) {
    out.tag("<span aria-hidden=\"true\">").tag(it.kind.symbol());
    out.tag("</span> ").text(&lead(it));
    if let Some(step) = &it.step {
        out.tag(" ").code(step);
    }
    if !it.subject.is_empty() {
        out.tag(" ").text(&it.subject);
    }
    if it.before.is_some() || it.after.is_some() {
        out.tag(": ");
    }
    if let Some(before) = &it.before {
        out.tag("<del>").text(before).tag("</del>");
    }
    if it.before.is_some() && it.after.is_some() {
        out.tag(" → ");
    }
    if let Some(after) = &it.after {
        out.tag("<ins>").text(after).tag("</ins>");
    }
    if let Some(place) = &it.place {
        out.tag(" <small>")
            .place(place, look.source)
            .tag("</small>");
    }
}
