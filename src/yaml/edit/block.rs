//! Edits where lines and indentation say what belongs together.

use super::value::Piece;
use super::{Data, Plan, Written};

impl Plan<'_, '_> {
    /// Writes another value behind a key.
    pub(super) fn put(&mut self, pair: Written, text: &str) -> Option<()> {
        let colon = self.colon(pair.key)?;
        let (start, end) = (self.start(pair.value), self.end(pair.value));
        let value = self.tree.entry(pair.value);
        if value.start == value.end {
            self.edits.push((colon..colon, format!(" {text}")));
            return Some(());
        }
        let between = &self.lines.text[colon..start];
        if between.trim().is_empty() {
            self.cut(colon..end, format!(" {text}"))
        } else {
            self.cut(start..end, text.to_owned())
        }
    }

    /// Writes a new key with its value, where people look for it.
    pub(super) fn insert_pair(&mut self, map: u32, key: &str, text: &str) -> Option<()> {
        let pairs = self.pairs(map);
        let keys: Vec<_> = pairs.iter().map(|it| self.key(*it)).collect();
        let predecessor = self.outline.predecessor(&keys, key).map(|it| pairs[it]);
        if self.is_flow(map) {
            let ranges = self.pair_ranges(&pairs);
            let end = predecessor.map(|it| self.pair_end(it));
            return self.insert_in_flow(map, &ranges, end, text);
        }
        let indent = self.indent(map)?;
        let Some(predecessor) = predecessor else {
            let start = self.start(pairs.first()?.key);
            let newline = self.lines.newline;
            self.edits
                .push((start..start, format!("{text}{newline}{indent}")));
            return Some(());
        };
        let end = self.pair_end(predecessor);
        let at = self.lines.end_of_block(end, indent.len() + 1);
        let newline = self.lines.newline;
        self.edits
            .push((at..at, format!("{newline}{indent}{text}")));
        Some(())
    }

    /// `key:` with a list below it.
    pub(super) fn block_list(&self, map: u32, key: &str, entries: &[Piece]) -> String {
        let column = self.lines.column(self.start(map)) + self.list_offset(map);
        let mut res = format!("{key}:");
        for it in entries {
            res.push_str(self.lines.newline);
            res.push_str(&self.dashed(&it.flow, column));
        }
        res
    }

    pub(super) fn append_to_block(&mut self, pair: Written, entries: &[Piece]) -> Option<()> {
        let list = self.start(pair.value);
        let column = self.lines.column(list);
        let bottom = *self.items(pair.value).last()?;
        // Comments below the last item belong to the list if they are indented like it, unless the
        // next key is as well.
        let is_deeper = column > self.lines.column(self.start(pair.key));
        let inside = if is_deeper { column } else { column + 1 };
        let at = self.lines.end_of_block(self.end(bottom), inside);
        let newline = self.lines.newline;
        let lines = entries
            .iter()
            .map(|it| format!("{newline}{}", self.dashed(&it.flow, column)));
        let lines: String = lines.collect();
        self.edits.push((at..at, lines));
        Some(())
    }

    pub(super) fn before_in_block(&mut self, dash: usize, text: &str) {
        let column = self.lines.column(dash);
        let newline = self.lines.newline;
        let new = self.dashed(text, column);
        if self.lines.begins_line(dash) {
            let at = self.lines.top(dash);
            self.edits.push((at..at, format!("{new}{newline}")));
        } else {
            let new = format!("{}{newline}{}", new.trim_start(), " ".repeat(column));
            self.edits.push((dash..dash, new));
        }
    }

    /// Takes an item or a pair out; `next` is where the next one begins.
    pub(super) fn cut_block(&mut self, head: usize, end: usize, next: Option<usize>) -> Option<()> {
        if self.lines.begins_line(head) {
            self.edits
                .push((self.lines.block(head, end), String::new()));
            return Some(());
        }
        let next = next?;
        let below = self.lines.end(end);
        if self.lines.text.get(below..next)?.contains('#') {
            return None;
        }
        self.edits.push((head..next, String::new()));
        Some(())
    }

    /// Where the dash of an item stands.
    pub(super) fn dash(&self, list: u32, index: usize) -> Option<usize> {
        let first = self.start(list);
        let is_dash = |at: usize| self.lines.text[at..].starts_with('-');
        if index == 0 {
            return is_dash(first).then_some(first);
        }
        let items = self.items(list);
        let (above, item) = (self.end(items[index - 1]), *items.get(index)?);
        let column = self.lines.column(first);
        let mut line = self.lines.next(above)?;
        while line <= self.start(item) {
            let at = line + column;
            let is_it = at < self.lines.end(line) && self.lines.text.is_char_boundary(at);
            if is_it && is_dash(at) && self.lines.begins_line(at) {
                return Some(at);
            }
            line = self.lines.next(line)?;
        }
        None
    }

    /// An entry with its dash, all lines indented so far.
    fn dashed(&self, text: &str, column: usize) -> String {
        let indent = " ".repeat(column);
        let mut res = String::new();
        for (n, line) in text.trim_end().lines().enumerate() {
            if n > 0 {
                res.push_str(self.lines.newline);
            }
            let lead = if n == 0 { "- " } else { "  " };
            if !line.is_empty() {
                res.push_str(&indent);
                res.push_str(lead);
                res.push_str(line);
            }
        }
        res
    }

    /// What the lines of a map begin with: as many spaces as stand before its first key, dashes
    /// counted.
    fn indent(&self, map: u32) -> Option<String> {
        let before = self.lines.before(self.start(map));
        let is_plain = before.bytes().all(|it| matches!(it, b' ' | b'-'));
        is_plain.then(|| " ".repeat(before.len()))
    }

    /// How much further than their keys this file indents lists.
    fn list_offset(&self, map: u32) -> usize {
        let of = |map: u32| {
            let pairs = self.pairs(map);
            pairs.into_iter().find_map(|it| {
                let is_list = matches!(self.tree.entry(it.value).data, Data::List { .. });
                let is_block = is_list && !self.is_flow(it.value);
                let column = |id: u32| self.lines.column(self.start(id));
                is_block.then(|| column(it.value).saturating_sub(column(it.key)))
            })
        };
        of(map).or_else(|| of(self.tree.root)).unwrap_or(2)
    }
}
