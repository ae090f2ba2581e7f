//! What breaks for people who are inside, and how far a difference in something shared reaches.

use super::super::Look;
use super::super::wording::{capital, count, in_flight, shared};
use super::markup::Markup;
use super::page::Section;
use crate::diff::{BreakingChange, Changes, JourneyChanges};
use crate::model::InFlight;

/// The breaks journey by journey, those first whose author does not say what becomes of people.
pub(super) fn inside(changes: &Changes, look: Look<'_>) -> Option<Section> {
    let journeys = changes.journeys.iter();
    let mut all: Vec<&JourneyChanges> = journeys.filter(|it| !it.breaking.is_empty()).collect();
    all.sort_by_key(|it| it.in_flight.is_some());
    let breaks = changes.breaking().count();
    let title = format!(
        "People who are inside ({} in {})",
        count(breaks, "break"),
        count(all.len(), "journey")
    );
    let mut body = Markup::default();
    for it in &all {
        body.tag("<article>\n<h3>");
        body.text(it.title.as_deref().unwrap_or(&it.name));
        body.tag("</h3>\n<ul>\n");
        for it in &it.breaking {
            broken(it, look, &mut body);
        }
        body.tag("</ul>\n");
        answer(it, &mut body);
        body.tag("</article>\n");
    }
    (!all.is_empty()).then(|| Section::new("inside", title, body))
}

fn broken(it: &BreakingChange, look: Look<'_>, out: &mut Markup) {
    out.tag("<li>").prose(&it.text).tag(" <small>");
    out.code(it.id.id());
    if let Some(step) = &it.step {
        out.tag(" ").code(step);
    }
    if let Some(place) = &it.place {
        out.tag(" ").place(place, look.source);
    }
    out.tag("</small></li>\n");
}

/// What the author says becomes of people, or what is to be written.
fn answer(it: &JourneyChanges, out: &mut Markup) {
    if let Some(given) = it.in_flight {
        let said = format!("in_flight: {}", given.word());
        out.tag("<p class=\"answer\">").code(&said).tag(" — ");
        out.text(in_flight(given)).tag(".</p>\n");
        return;
    }
    out.tag("<p class=\"answer open\"><b>Nobody says what becomes of them.</b> Write ");
    out.code("in_flight:")
        .tag(" in ")
        .code(&it.place.file)
        .tag(":</p>\n<ul>\n");
    for it in InFlight::ALL {
        out.tag("<li>").code(it.word()).tag(": ");
        out.text(in_flight(*it)).tag("</li>\n");
    }
    out.tag("</ul>\n");
}

/// Each shared thing, with the journeys that it reaches.
pub(super) fn reach(changes: &Changes) -> Option<Section> {
    let all = &changes.reach;
    let mut body = Markup::default();
    body.tag("<ul>\n");
    for it in all {
        body.tag("<li>").text(&capital(shared(it.what))).tag(" ");
        body.code(&it.name).tag(" reaches ");
        if it.mails > 0 {
            body.text(&count(it.mails, "email")).tag(" in ");
        }
        body.text(&count(it.journeys.len(), "journey"));
        body.tag(if it.journeys.is_empty() { "" } else { ": " });
        body.names(it.journeys.iter().map(String::as_str));
        body.tag("</li>\n");
    }
    body.tag("</ul>\n");
    (!all.is_empty()).then(|| Section::new("shared", "What journeys share", body))
}
