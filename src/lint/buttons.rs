//! What people are asked to press.

use super::tree::{Element, View};

/// Whether a link looks like a button: it has its own colour behind it, or fills a cell that has.
pub(crate) fn is_button(link: Element<'_>) -> bool {
    let paints = |it: Element<'_>| {
        it.style("background-color").is_some()
            || it.style("background").is_some()
            || it.attribute("bgcolor").is_some()
    };
    let differs = |it: Element<'_>| {
        let around = it.parent().map(|it| it.look(View::Light).background);
        paints(it) && around != Some(it.look(View::Light).background)
    };
    let fills = |cell: Element<'_>| cell.name() == "td" && cell.text() == link.text();
    link.attribute("role") == Some("button")
        || differs(link)
        || !link.text().is_empty() && link.parent().is_some_and(|it| fills(it) && differs(it))
}
