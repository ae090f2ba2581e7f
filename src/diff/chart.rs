//! A journey as a Mermaid flowchart, with what differs marked.
//!
//! In: the journey as it is now, and its rows. Out: a chart that GitHub, GitLab and Gitea draw.
//! Invariant: nothing that an author writes can end a label, so nothing of it becomes markup, a
//! directive or a link. Not done here: touchpoints that are gone, which the rows tell.

use std::collections::BTreeMap;

use super::{Half, Kind, Row};
use crate::graph::{Mark, NodeId, Size, mermaid_marked};
use crate::manifest::Journey;

/// What every platform draws without being asked to: some begin to refuse at 5,000 characters.
const SIZE: Size = Size {
    bytes: 4_500,
    boxes: 60,
};

/// The journey as it is now: whole where it is small, else what differs with its neighbours. Nothing
/// where it is too large and no touchpoint differs.
pub(super) fn of(half: &Half<'_, '_>, journey: &Journey, rows: &[Row]) -> Option<String> {
    let graph = half.graph(journey)?;
    let mark = |row: &Row| {
        let mark = match row.flags.as_slice() {
            [] => return None,
            flags if flags.contains(&Kind::StepAdded) => Mark::Added,
            _ => Mark::Changed,
        };
        Some((row.after.as_ref()?.step.clone(), mark))
    };
    let steps: BTreeMap<String, Mark> = rows.iter().filter_map(mark).collect();
    let touchpoints = graph.touchpoints();
    let marks = touchpoints.filter_map(|(id, it)| Some((id, *steps.get(it.id()?)?)));
    let marks: BTreeMap<NodeId, Mark> = marks.collect();
    mermaid_marked(&graph, &marks, SIZE)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::super::fixture::{Side, compare, named};
    use super::super::timeline;
    use super::*;

    /// The chart of the journey `j`, all of which is new.
    fn chart(steps: &str) -> String {
        let after = Side::new().journey("j", steps);
        compare(&Side::new(), &after, |pair| {
            let journey = named(&pair.after, "j").unwrap();
            let rows = timeline::rows(pair, None, Some(journey), &BTreeMap::new());
            of(&pair.after, journey, &rows).unwrap()
        })
    }

    /// Whether a line of a chart is one that we write: a box, a line between boxes, or a class. What
    /// stands in quotes holds nothing that means anything to anybody.
    fn is_ours(line: &str) -> bool {
        let parts: Vec<&str> = line.split('"').collect();
        let outside: String = parts.iter().step_by(2).copied().collect();
        let inside: String = parts.iter().skip(1).step_by(2).copied().collect();
        let quoted = !inside.contains([
            '<', '>', '`', '[', ']', '{', '}', '|', '%', '\\', '*', '_', '&',
        ]);
        let words: Vec<&str> = outside.split(|it: char| !it.is_alphanumeric()).collect();
        let known = |it: &&str| {
            it.is_empty()
                || ["exits", "added", "flowchart", "TD"].contains(it)
                || it
                    .strip_prefix('n')
                    .is_some_and(|it| it.parse::<u32>().is_ok())
        };
        let is_class = line.starts_with("  classDef added fill:#d3f5d9,");
        parts.len() % 2 == 1 && quoted && (is_class || words.iter().all(known))
    }

    #[test]
    fn no_title_breaks_out_of_its_label() {
        let titles = [
            r#"\"]; click n0 \"javascript:alert(1)\""#,
            "end",
            r"a\n  n0 --> evil\n%%{init: {'theme': 'dark'}}%%",
            "<script>alert(1)</script><img src=x onerror=alert(1)>",
            "```\\n</details>\\n# Approved",
            "subgraph x; style n0 fill:red; classDef added fill:red",
            "`**bold** _it_`",
            "#quot;#35;#60;b#62;",
            "n1(((x))) & n2 |yes| {{no}} [/a/]",
            "\\u202Eright to left \\u2028 another line",
            "$$\\\\href{javascript:alert(1)}{x}$$",
            "@{shape: circle}",
        ];
        for title in titles {
            let text = chart(&format!(
                "  - send: {{id: a, template: t, purpose: content, title: \"{title}\"}}\n  \
                 - branch: {{id: b, when: [{{if: contact.plan == \"pro\", title: \"{title}\", steps: [{{exit: done}}]}}]}}"
            ));
            let wrong: Vec<&str> = text.lines().filter(|it| !is_ours(it)).collect();
            assert!(wrong.is_empty(), "{title}: {wrong:#?}\n{text}");
            assert_eq!(text.matches(":::added\n").count(), 1, "{text}");
        }
    }
}
