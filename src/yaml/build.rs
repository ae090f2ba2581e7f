//! From parser events to the arena.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::scalar::{self, Plain};
use super::{Data, Entry, Kind, MAX_DEPTH, Tree, syntax};
use crate::diagnostic::{Diagnostic, RuleId, Sink};
use crate::source::{FileId, Span};

const DUPLICATE_KEY: RuleId = RuleId("duplicate-key");
pub(super) const UNSUPPORTED: RuleId = RuleId("unsupported-yaml");
pub(super) const TOO_LARGE: RuleId = RuleId("too-large");

/// What aliases may add in all: nodes, and bytes of scalars. Without the second, one long text
/// repeated by alias is a bomb.
const MAX_ALIASED: Weight = Weight {
    nodes: 100_000,
    bytes: 4 << 20,
};

/// How many findings of one file are reported one by one.
const MAX_REPORTS: usize = 200;

/// Up to this many keys, comparing each with each is faster than a hash map.
const FEW_KEYS: usize = 12;

/// Parses a text (without byte order mark) into a tree. Gives nothing if the text is not YAML or
/// asks for too much; the reason is then in the sink. Anything smaller is reported and left out,
/// so that the rest can still be checked.
pub fn parse<'t>(file: FileId, text: &'t str, sink: &mut Sink) -> Option<Tree<'t>> {
    let depth = MAX_DEPTH as usize;
    let options = granit_parser::options! {
        emit_comments: false,
        block_nesting_limit: depth,
        flow_nesting_limit: depth,
    };
    let mut builder = Builder::new(file, text, sink);
    for event in Parser::new_from_str_with_options(text, options) {
        let outcome = match event {
            Ok((event, span)) => builder.event(event, &span),
            Err(error) => Err(Box::new(syntax::explain(
                &error,
                file,
                text,
                builder.reached,
            ))),
        };
        match outcome {
            Ok(Go::On) => {}
            Ok(Go::Done) => break,
            Err(diagnostic) => {
                builder.reports.sink.push(*diagnostic);
                return None;
            }
        }
    }
    Some(builder.finish())
}

enum Go {
    On,
    Done,
}

/// What a node stands for once every alias below it is followed.
#[derive(Clone, Copy, Default)]
struct Weight {
    nodes: u64,
    bytes: u64,
}

/// A collection that is still open.
struct Frame {
    node: u32,
    is_flow: bool,
    /// Where its children begin in `Builder::open`.
    from: usize,
    anchor: usize,
    before: Weight,
    /// How many levels of collections lie below, aliases followed.
    height: u32,
}

/// An anchored node; `done` is `None` while its collection is open.
struct Anchor {
    node: u32,
    done: Option<(Weight, u32)>,
}

/// The sink, with an end: a file can hold more mistakes than anybody would read.
struct Reports<'s> {
    sink: &'s mut Sink,
    count: usize,
}

impl Reports<'_> {
    fn push(&mut self, diagnostic: Diagnostic) {
        self.count += 1;
        if self.count <= MAX_REPORTS {
            self.sink.push(diagnostic);
        } else if self.count == MAX_REPORTS + 1 {
            let place = diagnostic.primary.span;
            let diagnostic =
                Diagnostic::error(TOO_LARGE, place, "there are more problems like those above")
                    .help("solve those that are shown first; they may be one and the same");
            self.sink.push(diagnostic);
        }
    }
}

struct Builder<'t, 's> {
    tree: Tree<'t>,
    reports: Reports<'s>,
    frames: Vec<Frame>,
    /// Children of all open collections.
    open: Vec<u32>,
    /// Pairs that are kept of the map being closed.
    kept: Vec<u32>,
    /// Anchors by the parser's number for them.
    anchors: HashMap<usize, Anchor>,
    total: Weight,
    aliased: Weight,
    documents: usize,
    has_root: bool,
    /// One past the last byte that the parser has made sense of.
    reached: u32,
}

impl<'t, 's> Builder<'t, 's> {
    fn new(file: FileId, text: &'t str, sink: &'s mut Sink) -> Self {
        Self {
            tree: Tree {
                file,
                text,
                // A node every ten bytes or so is what journeys come to.
                nodes: Vec::with_capacity(text.len() / 10 + 1),
                kids: Vec::with_capacity(text.len() / 10 + 1),
                decoded: String::new(),
                root: 0,
            },
            reports: Reports { sink, count: 0 },
            frames: Vec::new(),
            open: Vec::new(),
            kept: Vec::new(),
            anchors: HashMap::new(),
            total: Weight::default(),
            aliased: Weight::default(),
            documents: 0,
            has_root: false,
            reached: 0,
        }
    }

    fn finish(mut self) -> Tree<'t> {
        if !self.has_root {
            self.tree.root = self.push(0, 0, Data::Null);
        }
        self.tree.nodes.shrink_to_fit();
        self.tree.kids.shrink_to_fit();
        self.tree
    }

    fn event(
        &mut self,
        event: Event<'t>,
        span: &granit_parser::Span,
    ) -> Result<Go, Box<Diagnostic>> {
        let (start, end) = range(span);
        if let Some(tag) = span.tag_span() {
            self.report_tag(range(&tag));
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.report_second_document(start, end);
                    return Ok(Go::Done);
                }
            }
            Event::Alias(anchor) => self.alias(anchor, start, end)?,
            Event::Scalar(value, style, anchor, _) => {
                self.scalar(&value, style, anchor, start, end);
            }
            Event::SequenceStart(style, anchor, _) | Event::MappingStart(style, anchor, _) => {
                self.begin(style, anchor, start)?;
            }
            Event::SequenceEnd => self.end_list(end),
            Event::MappingEnd => self.end_map(end)?,
            _ => {}
        }
        self.reached = self.reached.max(end);
        Ok(Go::On)
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span::new(self.tree.file, start, end)
    }

    fn push(&mut self, start: u32, end: u32, data: Data) -> u32 {
        let id = count(self.tree.nodes.len());
        self.tree.nodes.push(Entry { start, end, data });
        id
    }

    fn attach(&mut self, id: u32) {
        if self.frames.is_empty() {
            self.tree.root = id;
            self.has_root = true;
        } else {
            self.open.push(id);
        }
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, anchor: usize, start: u32, end: u32) {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let written = &self.tree.text[start as usize..end as usize];
        // The parser's span of a block scalar runs over the blank lines behind it.
        let end = if block {
            start + count(written.trim_end().len())
        } else {
            end
        };
        let data = if matches!(style, ScalarStyle::Plain) {
            match if start == end {
                Plain::Null
            } else {
                scalar::resolve(value)
            } {
                Plain::Null => Data::Null,
                Plain::Bool(value) => Data::Bool(value),
                Plain::Int(value) => Data::Int(value),
                Plain::Float(value) => Data::Float(value),
                Plain::Text => self.text(value, start, end),
            }
        } else if block {
            self.text(value, start, end)
        } else {
            self.text(value, start + 1, end.saturating_sub(1))
        };
        self.total.nodes += 1;
        self.total.bytes += value.len() as u64;
        let id = self.push(start, end, data);
        if anchor != 0 {
            let weight = Weight {
                nodes: 1,
                bytes: value.len() as u64,
            };
            self.anchors.insert(
                anchor,
                Anchor {
                    node: id,
                    done: Some((weight, 0)),
                },
            );
        }
        self.attach(id);
    }

    /// Text is a run of the source wherever the source spells it out.
    fn text(&mut self, value: &str, start: u32, end: u32) -> Data {
        if self.tree.text.get(start as usize..end as usize) == Some(value) {
            return Data::Text {
                at: start,
                len: end - start,
            };
        }
        let at = count(self.tree.decoded.len());
        self.tree.decoded.push_str(value);
        Data::Decoded {
            at,
            len: count(value.len()),
        }
    }

    fn begin(
        &mut self,
        style: StructureStyle,
        anchor: usize,
        start: u32,
    ) -> Result<(), Box<Diagnostic>> {
        let node = self.push(start, start, Data::Null);
        self.attach(node);
        if count(self.frames.len()) >= MAX_DEPTH {
            return Err(self.too_deep(start, start + 1));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, Anchor { node, done: None });
        }
        self.frames.push(Frame {
            node,
            is_flow: matches!(style, StructureStyle::Flow),
            from: self.open.len(),
            anchor,
            before: self.total,
            height: 1,
        });
        self.total.nodes += 1;
        Ok(())
    }

    fn alias(&mut self, anchor: usize, start: u32, end: u32) -> Result<(), Box<Diagnostic>> {
        let place = self.span(start, end);
        let Some(Anchor { node, done }) = self.anchors.get(&anchor) else {
            return Ok(());
        };
        let (node, Some((weight, height))) = (*node, *done) else {
            let name = &self.tree.text[start as usize..end as usize];
            return Err(Box::new(
                Diagnostic::error(
                    UNSUPPORTED,
                    place,
                    format!("`{name}` refers to the block that it stands in"),
                )
                .label("this would repeat itself for ever")
                .help("write the repeated part out, or give the anchor to a smaller part"),
            ));
        };
        self.charge(weight, place)?;
        if count(self.frames.len()) + height > MAX_DEPTH {
            return Err(self.too_deep(start, end));
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.height = frame.height.max(height + 1);
        }
        let id = self.push(start, end, Data::Alias(node));
        self.attach(id);
        Ok(())
    }

    fn charge(&mut self, weight: Weight, place: Span) -> Result<(), Box<Diagnostic>> {
        for sum in [&mut self.total, &mut self.aliased] {
            sum.nodes = sum.nodes.saturating_add(weight.nodes);
            sum.bytes = sum.bytes.saturating_add(weight.bytes);
        }
        if self.aliased.nodes > MAX_ALIASED.nodes || self.aliased.bytes > MAX_ALIASED.bytes {
            return Err(Box::new(
                Diagnostic::error(TOO_LARGE, place, "the aliases of this file repeat too much")
                    .label("from here on the repeated parts are too large")
                    .help("write the repeated parts out, or split the file"),
            ));
        }
        Ok(())
    }

    fn too_deep(&self, start: u32, end: u32) -> Box<Diagnostic> {
        Box::new(syntax::too_deep(self.span(start, end)))
    }

    fn end_list(&mut self, end: u32) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let at = count(self.tree.kids.len());
        let last = self.open[frame.from..].last().copied();
        self.tree.kids.extend(self.open.drain(frame.from..));
        let len = count(self.tree.kids.len()) - at;
        self.close(&frame, Data::List { at, len }, last, end);
    }

    fn end_map(&mut self, end: u32) -> Result<(), Box<Diagnostic>> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        let last = self.open[frame.from..].last().copied();
        let start = self.tree.entry(frame.node).start;
        if frame.is_flow && self.is_template(&frame) {
            // `{{ name }}` is a map in a map to YAML and a variable to its author. Taking it as
            // the text that was meant keeps the schema from a second, puzzling complaint.
            self.reports.push(syntax::unquoted_template(
                self.tree.file,
                self.tree.text,
                start,
            ));
            self.open.truncate(frame.from);
            self.close(
                &frame,
                Data::Text {
                    at: start,
                    len: end - start,
                },
                None,
                end,
            );
            return Ok(());
        }
        let merges = self.keep_pairs(frame.from);
        self.open.truncate(frame.from);
        for (key, value) in merges {
            self.merge(key, value)?;
        }
        let at = count(self.tree.kids.len());
        let len = count(self.kept.len() / 2);
        self.tree.kids.append(&mut self.kept);
        self.close(&frame, Data::Map { at, len }, last, end);
        Ok(())
    }

    fn close(&mut self, frame: &Frame, data: Data, last: Option<u32>, end: u32) {
        let start = self.tree.entry(frame.node).start;
        // A block collection's end event lies at the next token: it ends with its last child.
        let end = if frame.is_flow {
            end
        } else {
            last.map_or(start, |it| self.tree.entry(it).end).max(start)
        };
        self.tree.nodes[frame.node as usize] = Entry { start, end, data };
        if let Some(anchor) = self.anchors.get_mut(&frame.anchor) {
            let weight = Weight {
                nodes: self.total.nodes - frame.before.nodes,
                bytes: self.total.bytes - frame.before.bytes,
            };
            anchor.done = Some((weight, frame.height));
        }
        if let Some(parent) = self.frames.last_mut() {
            parent.height = parent.height.max(frame.height + 1);
        }
    }

    /// Whether a flow map is a template's `{{ … }}` that was not put in quotes.
    fn is_template(&self, frame: &Frame) -> bool {
        let start = self.tree.entry(frame.node).start as usize;
        self.tree.text[start..].starts_with("{{")
            && self.open[frame.from..]
                .first()
                .is_some_and(|it| matches!(self.tree.node(*it).kind(), Kind::Map))
    }

    /// Puts the map's pairs into `kept`: the first of each key, `<<` not included, which is
    /// returned.
    fn keep_pairs(&mut self, from: usize) -> Vec<(u32, u32)> {
        self.kept.clear();
        let mut merges = Vec::new();
        let mut seen = HashMap::new();
        let many = self.open.len() - from > 2 * FEW_KEYS;
        for pair in self.open[from..].chunks_exact(2) {
            let (key, value) = (pair[0], pair[1]);
            let entry = self.tree.entry(key);
            let Some(text) = self.tree.key_text(key) else {
                self.reports.push(bad_key(
                    self.tree.text,
                    self.tree.span(key),
                    self.tree.node(key).kind(),
                ));
                continue;
            };
            if text == "<<" && entry.end - entry.start == 2 && merges.is_empty() {
                merges.push((key, value));
                continue;
            }
            let first = if many {
                match seen.entry(text) {
                    std::collections::hash_map::Entry::Occupied(it) => Some(*it.get()),
                    std::collections::hash_map::Entry::Vacant(it) => {
                        it.insert(key);
                        None
                    }
                }
            } else {
                self.kept
                    .chunks_exact(2)
                    .map(|it| it[0])
                    .find(|it| self.tree.key_text(*it) == Some(text))
            };
            match first {
                Some(first) => self.reports.push(
                    Diagnostic::error(
                        DUPLICATE_KEY,
                        self.tree.span(key),
                        format!("`{text}` is written twice"),
                    )
                    .label("this one is ignored")
                    .related(self.tree.span(first), "the first one")
                    .help("keep one of the two")
                    .subject(text),
                ),
                None => self.kept.extend([key, value]),
            }
        }
        merges
    }

    /// Adds the pairs of a `<<` value that the map does not have itself.
    fn merge(&mut self, key: u32, value: u32) -> Result<(), Box<Diagnostic>> {
        let node = self.tree.node(value);
        let sources: Vec<u32> = match node.kind() {
            Kind::Map => vec![node.id],
            Kind::List => node.items().map(|it| it.value.id).collect(),
            _ => Vec::new(),
        };
        let place = self.tree.span(key);
        let all_maps = sources
            .iter()
            .all(|it| matches!(self.tree.entry(*it).data, Data::Map { .. }));
        if sources.is_empty() || !all_maps {
            self.reports.push(
                Diagnostic::error(
                    UNSUPPORTED,
                    place,
                    "`<<` takes over keys from another block, but there is none here",
                )
                .help("write `<<: *name`, where `&name` marks the block to take over"),
            );
            return Ok(());
        }
        let runs: Vec<(u32, u32)> = sources
            .iter()
            .filter_map(|it| match self.tree.entry(*it).data {
                Data::Map { at, len } => Some((at, len)),
                _ => None,
            })
            .collect();
        // The pairs are counted although they are only linked: whoever walks the tree walks them
        // again.
        let nodes = runs.iter().map(|it| u64::from(it.1)).sum();
        self.charge(Weight { nodes, bytes: 0 }, place)?;
        let tree = &self.tree;
        let own = self.kept.chunks_exact(2);
        let mut seen: HashSet<&str> = own.filter_map(|it| tree.key_text(it[0])).collect();
        for (at, len) in runs {
            let run = &tree.kids[at as usize..(at + 2 * len) as usize];
            for pair in run.chunks_exact(2) {
                if tree.key_text(pair[0]).is_some_and(|it| seen.insert(it)) {
                    self.kept.extend(pair);
                }
            }
        }
        Ok(())
    }

    fn report_tag(&mut self, (start, end): (u32, u32)) {
        let place = self.span(start, end);
        let tag = &self.tree.text[start as usize..end as usize];
        let help = if tag.starts_with("!!") {
            format!("remove `{tag}`; put a value in quotes if it must be text")
        } else {
            "if this is text, put all of it in quotes".to_owned()
        };
        self.reports.push(
            Diagnostic::error(
                UNSUPPORTED,
                place,
                format!("`{tag}` is a YAML tag, and journeys use none"),
            )
            .label("a word that starts with `!` is a tag")
            .help(help),
        );
    }

    fn report_second_document(&mut self, start: u32, end: u32) {
        let place = self.span(start, end);
        self.reports.push(
            Diagnostic::error(
                UNSUPPORTED,
                place,
                "a second document begins here, but a file holds only one",
            )
            .label("everything from here on is ignored")
            .help("move what follows to a file of its own, or remove the `---`"),
        );
    }
}

fn bad_key(text: &str, place: Span, kind: Kind<'_>) -> Diagnostic {
    if matches!(kind, Kind::Null) {
        // Nothing is there to see but the `:` behind it.
        let rest = text.get(place.start as usize..).unwrap_or("");
        let seen = u32::from(rest.starts_with(':'));
        let place = Span::new(place.file, place.start, place.end.max(place.start + seen));
        return Diagnostic::error(UNSUPPORTED, place, "there is no name before this `:`")
            .help("write a name before the `:`, or put the text in quotes");
    }
    let what = if matches!(kind, Kind::List) {
        "a list"
    } else {
        "a block"
    };
    Diagnostic::error(
        UNSUPPORTED,
        place,
        format!("{what} cannot be the name of a value"),
    )
    .label("this stands before a `:`, where a name is expected")
    .help("write a name before the `:`; put text that starts with `{` or `[` in quotes")
}

/// The bytes of a parser's span. The parser gives byte offsets for every text that it is given
/// whole; should one ever be missing, the start of the file is still a place.
fn range(span: &granit_parser::Span) -> (u32, u32) {
    let range = span.byte_range().unwrap_or(0..0);
    (count(range.start), count(range.end))
}

/// A number of bytes or nodes. Files are at most 1 MiB long, so that this never saturates.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
