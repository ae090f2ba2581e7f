//! Edits inside brackets.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Plan;

impl Plan<'_, '_> {
    /// Puts a new part behind the one that ends at `after`, or else first.
    pub(super) fn insert_in_flow(
        &mut self,
        id: u32,
        parts: &[Range<usize>],
        after: Option<usize>,
        text: &str,
    ) -> Option<()> {
        match (after, parts.first()) {
            (Some(end), _) => {
                let part = parts.iter().find(|it| it.end == end)?;
                let text = self.behind(part, text);
                self.edits.push((end..end, text));
            }
            (None, Some(first)) => {
                self.before_in_flow(first.start, text);
                return Some(());
            }
            (None, None) => {
                let inside = self.start(id) + 1;
                self.edits.push((inside..inside, text.to_owned()));
            }
        }
        Some(())
    }

    pub(super) fn append_to_flow(&mut self, list: u32, text: &str) -> Option<()> {
        let items = self.items(list);
        let ranges: Vec<_> = items
            .iter()
            .map(|it| self.start(*it)..self.end(*it))
            .collect();
        let end = ranges.last().map(|it| it.end);
        self.insert_in_flow(list, &ranges, end, text)
    }

    pub(super) fn before_in_flow(&mut self, start: usize, text: &str) {
        let is_alone = self.lines.begins_line(start);
        let gap = if is_alone {
            format!("{}{}", self.lines.newline, self.lines.before(start))
        } else {
            " ".to_owned()
        };
        self.edits.push((start..start, format!("{text},{gap}")));
    }

    /// Takes parts out of brackets, each with one comma.
    pub(super) fn cut_from_flow(
        &mut self,
        parts: &[Range<usize>],
        indexes: &BTreeSet<usize>,
    ) -> Option<()> {
        let first_kept = (0..parts.len()).find(|it| !indexes.contains(it))?;
        if first_kept > 0 {
            self.cut(parts[0].start..parts[first_kept].start, String::new())?;
        }
        for index in indexes.iter().filter(|it| **it > first_kept) {
            self.cut(parts[index - 1].end..parts[*index].end, String::new())?;
        }
        Some(())
    }

    /// A part with the comma before it, on a line of its own where the other one has one.
    fn behind(&self, part: &Range<usize>, text: &str) -> String {
        let rest = &self.lines.text[part.end..self.lines.end(part.end)];
        if self.lines.begins_line(part.start) && !rest.contains('#') {
            let indent = self.lines.before(part.start);
            format!(",{}{indent}{text}", self.lines.newline)
        } else {
            format!(", {text}")
        }
    }
}
