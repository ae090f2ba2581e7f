//! What customers do not notice, folded away.

use super::super::Look;
use super::super::wording::{self, beside_table, count, one};
use super::journeys::list;
use super::markup::Markup;
use super::page::Section;
use crate::diff::{Change, Changes, JourneyChanges};

/// Changes that customers do not notice, files that are only written differently, and what is muted.
pub(super) fn unnoticed(changes: &Changes, look: Look<'_>) -> Option<Section> {
    let hidden = |it: &&Change| !it.kind.is_noticed();
    let project: Vec<&Change> = changes.project.iter().filter(hidden).collect();
    let journeys = changes.journeys.iter();
    let journeys: Vec<(&JourneyChanges, Vec<&Change>)> = journeys
        .map(|it| (it, beside_table(it).into_iter().filter(hidden).collect()))
        .filter(|(_, changes): &(_, Vec<&Change>)| !changes.is_empty())
        .collect();
    let n = project.len() + journeys.iter().map(|(_, it)| it.len()).sum::<usize>();
    let mut body = Markup::default();
    if n > 0 {
        body.folded(
            |out| {
                out.text(&count(n, "change"))
                    .tag(" to what only colleagues see");
            },
            |out| {
                list(&project, look, out);
                for (it, changes) in &journeys {
                    out.tag("<h3>").text(&it.name).tag("</h3>\n");
                    list(changes, look, out);
                }
            },
        );
    }
    written_differently(changes, &mut body);
    if let Some(text) = wording::muted(&changes.muted) {
        body.tag("<p>").prose(&text).tag("</p>\n");
    }
    (body.len() > 0).then(|| Section::new("unnoticed", "What customers do not notice", body))
}

fn written_differently(changes: &Changes, out: &mut Markup) {
    let files = &changes.formatting;
    if files.is_empty() {
        return;
    }
    let text = format!(
        "Only written differently {} {}: ",
        one(files.len(), "is", "are"),
        count(files.len(), "file")
    );
    out.tag("<p>").text(&text);
    out.names(files.iter().map(String::as_str));
    out.tag(".</p>\n");
}
