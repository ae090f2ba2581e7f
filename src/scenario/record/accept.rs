//! Golden timelines as they are now.

use std::ops::Range;

use similar::{ChangeTag, TextDiff};

use crate::diagnostic::Sink;
use crate::source::{FileId, Span};
use crate::yaml::{self, Kind, Node};

/// A file with golden timelines as they are now.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The text.
    pub text: String,
    /// For each timeline, how many lines went, and how many came.
    pub lines: Vec<(usize, usize)>,
}

/// Writes golden timelines anew, each at the place of the list that it is; lines that stay keep their
/// bytes, with the comments above them. Nothing where that cannot be done.
pub fn accept(text: &str, timelines: &[(Span, Vec<String>)]) -> Option<Accepted> {
    let mut sink = Sink::default();
    let tree = yaml::parse(FileId(0), text, &mut sink).filter(|_| sink.is_empty())?;
    let all = lists(&tree);
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut lines = Vec::new();
    let mut expected: Vec<Vec<String>> = all.iter().map(|it| texts(*it)).collect::<Option<_>>()?;
    for (span, new) in timelines {
        let is_it = |it: &Node<'_>| (it.span().start, it.span().end) == (span.start, span.end);
        let at = all.iter().position(is_it)?;
        let (edit, counts) = edit(text, all[at], new)?;
        edits.push(edit);
        lines.push(counts);
        expected[at].clone_from(new);
    }
    edits.sort_by_key(|it| it.0.start);
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut text = text.to_owned();
    for (range, new) in edits.into_iter().rev() {
        let new = match ending {
            "\n" => new,
            _ => new.replace("\r\n", "\n").replace('\n', ending),
        };
        text.replace_range(range, &new);
    }
    let tree = yaml::parse(FileId(0), &text, &mut sink).filter(|_| sink.is_empty())?;
    let written: Option<Vec<Vec<String>>> = lists(&tree).into_iter().map(texts).collect();
    (written? == expected).then_some(Accepted { text, lines })
}

/// The golden timelines of a file.
fn lists<'a>(tree: &'a yaml::Tree<'_>) -> Vec<Node<'a>> {
    let scenarios = tree.root().get("scenarios").into_iter();
    scenarios
        .flat_map(|it| it.items().filter_map(|it| it.value.get("timeline")))
        .collect()
}

/// The lines of a list.
fn texts(list: Node<'_>) -> Option<Vec<String>> {
    let lines = list.items();
    lines
        .map(|it| it.value.as_text().map(str::to_owned))
        .collect()
}

type Edit = (Range<usize>, String);

/// What becomes of one list.
fn edit(text: &str, list: Node<'_>, new: &[String]) -> Option<(Edit, (usize, usize))> {
    if list.kind() != Kind::List {
        return None;
    }
    let old = texts(list)?;
    let line_of = |at: usize| text[..at].rfind('\n').map_or(0, |it| it + 1);
    let spans = list.items().map(|it| it.value.span());
    let spans: Vec<Range<usize>> = spans.map(|it| it.start as usize..it.end as usize).collect();
    let stands_alone = |it: &Range<usize>| {
        text[line_of(it.start)..it.start].trim() == "-" && !text[it.clone()].contains('\n')
    };
    let counts = counts(&old, new);
    if spans.is_empty() || !spans.iter().all(stands_alone) {
        return anew(text, list, new).map(|it| (it, counts));
    }
    let begin = line_of(spans[0].start);
    let indent = text[begin..spans[0].start].find('-')?;
    let end_of = |it: &Range<usize>| {
        text[it.end..]
            .find('\n')
            .map_or(text.len(), |n| it.end + n + 1)
    };
    // What belongs to an entry: the comments above it, and its line.
    let mut starts = vec![begin];
    starts.extend(spans.iter().map(end_of));
    let mut out = String::new();
    let diff = TextDiff::from_slices(&refs(&old), &refs(new));
    for change in diff.iter_all_changes() {
        match (change.tag(), change.old_index()) {
            (ChangeTag::Equal, Some(at)) => {
                out.push_str(&text[starts[at]..starts[at + 1]]);
                if !out.ends_with('\n') {
                    // The last line of a file may have no end.
                    out.push('\n');
                }
            }
            (ChangeTag::Insert, _) => out.push_str(&line(change.value(), indent)),
            _ => {}
        }
    }
    let end = *starts.last()?;
    if new.is_empty() {
        return anew(text, list, new).map(|it| (it, counts));
    }
    Some(((begin..end, out), counts))
}

/// The whole list in place of the old one.
fn anew(text: &str, list: Node<'_>, new: &[String]) -> Option<Edit> {
    let span = list.span();
    let (start, end) = (span.start as usize, span.end as usize);
    let key = text[..start].rfind("timeline")?;
    let colon = key + text[key..].find(':')? + 1;
    let begin = text[..key].rfind('\n').map_or(0, |it| it + 1);
    // Inside of brackets there are no lines with dashes.
    if text[begin..key].contains(['{', ',']) {
        return None;
    }
    let indent = key - begin + 2;
    let end = colon.max(text[..end].trim_end().len());
    let list: String = new.iter().map(|it| line(it, indent)).collect();
    let new = match list.trim_end_matches('\n') {
        "" => " []".to_owned(),
        list => format!("\n{list}"),
    };
    Some((colon..end, new))
}

fn line(text: &str, indent: usize) -> String {
    format!("{:indent$}- {}\n", "", yaml::edit::scalar_of(text))
}

fn refs(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}

/// How many lines go, and how many come.
fn counts(old: &[String], new: &[String]) -> (usize, usize) {
    let (old, new) = (refs(old), refs(new));
    let diff = TextDiff::from_slices(&old, &new);
    let changes: Vec<ChangeTag> = diff.iter_all_changes().map(|it| it.tag()).collect();
    let of = |tag| changes.iter().filter(|it| **it == tag).count();
    (of(ChangeTag::Delete), of(ChangeTag::Insert))
}
