//! Edits of a text that change what it means in one place, and leave all else as it stands.
//!
//! In: a [`Tree`] and [`Rewrite`]s. Out: replacements of bytes, or nothing where it cannot be done.
//! Invariant: the edited text was parsed again and means exactly what the rewrites say; comments,
//! blank lines, quotes and layout of everything else are the same bytes as before. A rewrite of what
//! is used in several places by alias is refused, since it would change the others as well.
//! Not done here: deciding what to change (that is `lint`), writing files (that is `cli`).

mod block;
mod flow;
mod lines;
mod outline;
mod rewrite;
mod value;

pub(crate) use outline::{Outline, Shape};
pub(crate) use rewrite::{Rewrite, Spot};
pub(crate) use value::scalar_of;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::build::{count, parse};
use super::{Data, Tree};
use crate::diagnostic::{Edit, Sink};
use crate::source::Span;
use lines::Lines;
use value::{Expected, Piece};

/// The edits that make all of the rewrites true, in the order of their places.
pub(crate) fn edits(tree: &Tree<'_>, outline: &Outline, rewrites: &[Rewrite]) -> Option<Vec<Edit>> {
    let mut plan = Plan {
        tree,
        outline,
        lines: Lines::of(tree.text)?,
        expected: Expected::default(),
        edits: Vec::new(),
    };
    plan.all(rewrites)?;
    let edits = merged(plan.edits)?;
    let mut text = tree.text.to_owned();
    for (range, new) in edits.iter().rev() {
        text.replace_range(range.clone(), new);
    }
    let mut sink = Sink::default();
    let edited = parse(tree.file, &text, &mut sink)?;
    let is_right = sink.is_empty() && Expected::default().of(&edited) == plan.expected.of(tree);
    let edit = |(range, text): (Range<usize>, String)| Edit {
        span: Span::new(tree.file, count(range.start), count(range.end)),
        text,
    };
    is_right.then(|| edits.into_iter().map(edit).collect())
}

/// Replacements in order, those at the same place put together; nothing if they overlap.
fn merged(mut edits: Vec<(Range<usize>, String)>) -> Option<Vec<(Range<usize>, String)>> {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut res: Vec<(Range<usize>, String)> = Vec::new();
    for (range, text) in edits {
        match res.last_mut() {
            Some((last, before)) if last.start == last.end && last.start == range.start => {
                last.end = range.end;
                before.push_str(&text);
            }
            Some((last, _)) if last.end > range.start => return None,
            _ => res.push((range, text)),
        }
    }
    Some(res)
}

/// What is to be done to one text.
struct Plan<'a, 't> {
    tree: &'a Tree<'t>,
    outline: &'a Outline,
    lines: Lines<'t>,
    expected: Expected,
    edits: Vec<(Range<usize>, String)>,
}

/// A key of a map with its value, as they are written: aliases are not followed.
#[derive(Debug, Clone, Copy)]
struct Written {
    key: u32,
    value: u32,
}

/// A node on the way from the root to a place.
#[derive(Debug, Clone, Copy)]
struct Link {
    node: u32,
    /// The collection that holds it, and its place among the items or pairs.
    parent: Option<(u32, usize)>,
}

impl Plan<'_, '_> {
    fn all(&mut self, rewrites: &[Rewrite]) -> Option<()> {
        let mut adds: BTreeMap<(u32, &str), Vec<Piece>> = BTreeMap::new();
        let mut removes: BTreeMap<u32, (Link, BTreeSet<usize>)> = BTreeMap::new();
        for rewrite in rewrites {
            match rewrite {
                Rewrite::Set { of, key, value } => {
                    self.set(self.map(*of)?, key, &Piece::parse(value)?, value)?;
                }
                Rewrite::Unset { of, key } => self.unset(self.map(*of)?, key)?,
                Rewrite::Add { of, key, entry } => {
                    let entries = adds.entry((self.map(*of)?, key)).or_default();
                    entries.push(Piece::parse(entry)?);
                }
                Rewrite::Replace { at, value } => {
                    self.replace(*at, &Piece::parse(value)?, value)?;
                }
                Rewrite::Remove { entry } => {
                    let (link, list, index) = self.item(*entry)?;
                    let known = removes.entry(list).or_insert((link, BTreeSet::new()));
                    known.1.insert(index);
                }
                Rewrite::Before { entry, new } => self.before(*entry, &Piece::parse(new)?, new)?,
            }
        }
        for ((map, key), entries) in adds {
            self.add(map, key, &entries)?;
        }
        for (list, (link, indexes)) in removes {
            self.remove(list, link, &indexes)?;
        }
        Some(())
    }

    fn set(&mut self, map: u32, key: &str, new: &Piece, text: &str) -> Option<()> {
        self.expect_key(map, key, Some(new.value.clone()));
        let text = if self.is_flow(map) { &new.flow } else { text };
        match self.pair(map, key) {
            Some(pair) => self.put(pair, text),
            None => self.insert_pair(map, key, &format!("{key}: {text}")),
        }
    }

    fn unset(&mut self, map: u32, key: &str) -> Option<()> {
        self.expect_key(map, key, None);
        let pairs = self.pairs(map);
        let at = pairs.iter().position(|it| self.key(*it) == key)?;
        if pairs.len() == 1 {
            return None;
        }
        if self.is_flow(map) {
            self.cut_from_flow(&self.pair_ranges(&pairs), &BTreeSet::from([at]))
        } else {
            let next = pairs.get(at + 1).map(|it| self.start(it.key));
            self.cut_block(self.start(pairs[at].key), self.pair_end(pairs[at]), next)
        }
    }

    fn add(&mut self, map: u32, key: &str, entries: &[Piece]) -> Option<()> {
        let values: Vec<_> = entries.iter().map(|it| it.value.clone()).collect();
        let flow: Vec<_> = entries.iter().map(|it| it.flow.as_str()).collect();
        let flow = flow.join(", ");
        let Some(pair) = self.pair(map, key) else {
            self.expect_key(map, key, Some(value::Value::List(values)));
            let is_flow = self.is_flow(map) || !entries.iter().any(|it| it.is_collection);
            let text = if is_flow {
                format!("{key}: [{flow}]")
            } else {
                self.block_list(map, key, entries)
            };
            return self.insert_pair(map, key, &text);
        };
        let entry = self.tree.entry(pair.value);
        match entry.data {
            Data::List { len, .. } => {
                let added = self.expected.added.entry(pair.value).or_default();
                added.extend(values.into_iter().map(|it| (len as usize, it)));
                if self.is_flow(pair.value) {
                    self.append_to_flow(pair.value, &flow)
                } else {
                    self.append_to_block(pair, entries)
                }
            }
            Data::Null => {
                self.expect_key(map, key, Some(value::Value::List(values)));
                self.put(pair, &format!("[{flow}]"))
            }
            _ => None,
        }
    }

    fn replace(&mut self, at: Span, new: &Piece, text: &str) -> Option<()> {
        let way = self.way(at);
        let link = way.last().filter(|it| self.tree.span(it.node) == at)?;
        let is_scalar = !matches!(
            self.tree.entry(link.node).data,
            Data::List { .. } | Data::Map { .. }
        );
        if !is_scalar || at.start == at.end {
            return None;
        }
        self.expected.replaced.insert(link.node, new.value.clone());
        let is_flow = way.iter().any(|it| self.is_flow(it.node));
        let text = if is_flow { &new.flow } else { text };
        self.cut(at.start as usize..at.end as usize, text.to_owned())
    }

    fn remove(&mut self, list: u32, link: Link, indexes: &BTreeSet<usize>) -> Option<()> {
        let items = self.items(list);
        if indexes.len() == items.len() {
            return self.empty(list, link);
        }
        let removed = self.expected.removed.entry(list).or_default();
        removed.extend(indexes.iter().copied());
        if self.is_flow(list) {
            let ranges: Vec<_> = items
                .iter()
                .map(|it| self.start(*it)..self.end(*it))
                .collect();
            return self.cut_from_flow(&ranges, indexes);
        }
        // Neighbours go together, so that what stands between them is taken once.
        let begins = |it: &&usize| !it.checked_sub(1).is_some_and(|it| indexes.contains(&it));
        for first in indexes.iter().filter(begins) {
            let end = (*first..items.len())
                .take_while(|it| indexes.contains(it))
                .last()?;
            let after = self.dash(list, end + 1);
            self.cut_block(self.dash(list, *first)?, self.end(items[end]), after)?;
        }
        Some(())
    }

    /// Takes the last entry out of a list: the list's key goes with it where it may.
    fn empty(&mut self, list: u32, link: Link) -> Option<()> {
        let (map, index) = link.parent?;
        let pairs = self.pairs(map);
        let pair = pairs.get(index).filter(|it| it.value == list)?;
        let keys: Vec<_> = pairs.iter().map(|it| self.key(*it)).collect();
        let key = self.key(*pair).to_owned();
        if !self.outline.requires(&keys, &key) && pairs.len() > 1 {
            return self.unset(map, &key);
        }
        self.expect_key(map, &key, Some(value::Value::List(Vec::new())));
        let colon = self.colon(pair.key)?;
        let between = &self.lines.text[colon..self.start(list)];
        if !between.trim().is_empty() {
            return None;
        }
        self.edits.push((colon..self.end(list), " []".to_owned()));
        Some(())
    }

    fn before(&mut self, entry: Span, new: &Piece, text: &str) -> Option<()> {
        let (_, list, index) = self.item(entry)?;
        let added = self.expected.added.entry(list).or_default();
        added.push((index, new.value.clone()));
        if self.is_flow(list) {
            self.before_in_flow(self.start(self.items(list)[index]), &new.flow);
        } else {
            self.before_in_block(self.dash(list, index)?, text);
        }
        Some(())
    }

    fn expect_key(&mut self, map: u32, key: &str, value: Option<value::Value>) {
        let keys = self.expected.keys.entry(map).or_default();
        keys.push((key.to_owned(), value));
    }

    /// Replaces bytes, unless comments would go.
    fn cut(&mut self, range: Range<usize>, text: String) -> Option<()> {
        let old = &self.lines.text[range.clone()];
        if old.contains('\n') && old.contains('#') {
            return None;
        }
        self.edits.push((range, text));
        Some(())
    }
}

/// Places in the tree.
impl Plan<'_, '_> {
    /// The nodes from the root to the innermost one that holds a place.
    fn way(&self, span: Span) -> Vec<Link> {
        let mut res = vec![Link {
            node: self.tree.root,
            parent: None,
        }];
        while let Some(last) = res.last().copied() {
            let holds = |it: &u32| {
                let entry = self.tree.entry(*it);
                entry.start <= span.start && span.end <= entry.end
            };
            let children = match self.tree.entry(last.node).data {
                Data::List { .. } => self.items(last.node),
                Data::Map { .. } => self.pairs(last.node).iter().map(|it| it.value).collect(),
                _ => break,
            };
            let found = children.iter().enumerate().find(|(_, it)| holds(it));
            let Some((at, node)) = found else {
                break;
            };
            res.push(Link {
                node: *node,
                parent: Some((last.node, at)),
            });
        }
        res
    }

    fn map(&self, spot: Spot) -> Option<u32> {
        let exact = |span: Span| {
            let way = self.way(span);
            let is_it = |it: &&Link| self.tree.span(it.node) == span && self.is_map(it.node);
            way.iter().rev().find(is_it).map(|it| it.node)
        };
        let found = match spot {
            Spot::File(_) => self.tree.root,
            Spot::Around(span) => {
                let way = self.way(span);
                way.iter().rev().find(|it| self.is_map(it.node))?.node
            }
            Spot::Step(span) => match self.pairs(exact(span)?)[..] {
                [only] => only.value,
                _ => return None,
            },
        };
        self.is_map(found).then_some(found)
    }

    /// The innermost item of a list that holds a place: the way to the list, the list, and the
    /// item's number.
    fn item(&self, entry: Span) -> Option<(Link, u32, usize)> {
        let way = self.way(entry);
        let is_list = |it: u32| matches!(self.tree.entry(it).data, Data::List { .. });
        let at = way
            .iter()
            .rposition(|it| it.parent.is_some_and(|(list, _)| is_list(list)))?;
        let (list, index) = way[at].parent?;
        Some((way[at - 1], list, index))
    }

    fn is_map(&self, id: u32) -> bool {
        matches!(self.tree.entry(id).data, Data::Map { .. })
    }

    fn is_flow(&self, id: u32) -> bool {
        let rest = &self.lines.text[self.start(id)..];
        match self.tree.entry(id).data {
            Data::Map { .. } => rest.starts_with('{'),
            Data::List { .. } => rest.starts_with('['),
            _ => false,
        }
    }

    /// The keys and values that a map has itself, in the order of the text; those that it takes over
    /// with `<<` are written elsewhere.
    fn pairs(&self, map: u32) -> Vec<Written> {
        let entry = self.tree.entry(map);
        let Data::Map { at, len } = entry.data else {
            return Vec::new();
        };
        let run = &self.tree.kids[at as usize..(at + 2 * len) as usize];
        let all = run.chunks_exact(2).map(|it| Written {
            key: it[0],
            value: it[1],
        });
        all.filter(|it| {
            (entry.start..entry.end.max(entry.start + 1)).contains(&self.tree.entry(it.key).start)
        })
        .collect()
    }

    fn pair(&self, map: u32, key: &str) -> Option<Written> {
        let pairs = self.pairs(map);
        pairs.into_iter().find(|it| self.key(*it) == key)
    }

    fn key(&self, pair: Written) -> &str {
        self.tree.key_text(pair.key).unwrap_or_default()
    }

    fn items(&self, list: u32) -> Vec<u32> {
        match self.tree.entry(list).data {
            Data::List { at, len } => self.tree.kids[at as usize..(at + len) as usize].to_vec(),
            _ => Vec::new(),
        }
    }

    fn start(&self, id: u32) -> usize {
        let entry = self.tree.entry(id);
        let start = entry.start as usize;
        if !matches!(entry.data, Data::List { .. }) {
            return start;
        }
        let text = self.lines.text;
        let first = self.items(id).first().map(|it| self.tree.entry(*it).start);
        if first == Some(entry.start) {
            // A list that is not indented further than its key begins, to the parser, behind its
            // first dash.
            return self.dash_above(start).unwrap_or(start);
        }
        if text[start..].starts_with(['[', '-']) {
            return start;
        }
        let mut at = start;
        for line in text[start..].split_inclusive('\n') {
            let rest = line.trim_start();
            if !(rest.is_empty() || rest.starts_with('#')) {
                return at + line.len() - rest.len();
            }
            at += line.len();
        }
        start
    }

    /// The dash that the value here stands behind.
    fn dash_above(&self, value: usize) -> Option<usize> {
        let mut line = self.lines.start(value);
        let mut before = self.lines.before(value);
        loop {
            let rest = before.trim_start();
            if rest.starts_with('-') {
                let own = self.lines.before(value).trim_end();
                let is_own = line == self.lines.start(value);
                let at = if is_own {
                    own.len() - 1
                } else {
                    before.len() - rest.len()
                };
                return before[at..].starts_with('-').then_some(line + at);
            }
            if !(rest.is_empty() || rest.starts_with('#')) {
                return None;
            }
            (line, before) = self.lines.above(line)?;
        }
    }

    /// One past the last byte of a node.
    fn end(&self, id: u32) -> usize {
        let entry = self.tree.entry(id);
        match entry.data {
            Data::Map { .. } if !self.is_flow(id) => {
                let last = self.pairs(id).last().map(|it| self.pair_end(*it));
                last.unwrap_or(0).max(self.start(id))
            }
            Data::List { .. } if !self.is_flow(id) => {
                let last = self.items(id).last().map(|it| self.end(*it));
                last.unwrap_or(0).max(self.start(id) + 1)
            }
            // Nothing at all has its place at whatever comes next.
            _ if entry.start == entry.end => {
                self.lines.text[..entry.start as usize].trim_end().len()
            }
            _ => entry.end as usize,
        }
    }

    fn pair_end(&self, pair: Written) -> usize {
        let value = self.tree.entry(pair.value);
        let key = self.tree.entry(pair.key).end as usize;
        if value.start == value.end {
            self.colon(pair.key).unwrap_or(key)
        } else {
            self.end(pair.value).max(key)
        }
    }

    /// One past the colon behind a key.
    fn colon(&self, key: u32) -> Option<usize> {
        let end = self.tree.entry(key).end as usize;
        let rest = &self.lines.text[end..];
        let colon = rest.find(':')?;
        let is_next = rest[..colon].trim_matches(' ').is_empty();
        is_next.then_some(end + colon + 1)
    }

    fn pair_ranges(&self, pairs: &[Written]) -> Vec<Range<usize>> {
        let range = |it: &Written| self.start(it.key)..self.pair_end(*it);
        pairs.iter().map(range).collect()
    }
}

#[cfg(test)]
mod tests;
