//! Where nodes lie in the text.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::diagnostic::Sink;

fn sound(text: &str) -> Tree<'_> {
    let mut sink = Sink::default();
    let tree = parse(FileId(7), text, &mut sink).unwrap();
    assert!(sink.is_empty(), "{sink:?}");
    tree
}

/// The source under the value at a path of keys and numbers, and the value's text if it is text.
fn at<'t>(tree: &'t Tree<'_>, path: &str) -> (&'t str, Option<&'t str>) {
    let segments = path.split('/').filter(|it| !it.is_empty());
    let place = tree.resolve(segments.map(|it| match it.parse() {
        Ok(index) => Segment::Index(index),
        Err(_) => Segment::Key(it),
    }));
    (place.value.source(), place.value.as_text())
}

#[test]
fn scalars_lie_where_they_are_written() {
    let tree = sound("né: 'ö''x'\nb: \"a\\n\"  # note\nc:   plain text  \nd: two\n  lines\ne:\n");
    assert_eq!(at(&tree, "né"), ("'ö''x'", Some("ö'x")));
    assert_eq!(at(&tree, "b"), ("\"a\\n\"", Some("a\n")));
    assert_eq!(at(&tree, "c"), ("plain text", Some("plain text")));
    assert_eq!(at(&tree, "d"), ("two\n  lines", Some("two lines")));
    assert_eq!(at(&tree, "e"), ("", None));
    assert_eq!(tree.root().get("e").unwrap().kind(), Kind::Null);
    assert_eq!(tree.root().span().file, FileId(7));
}

#[test]
fn block_scalars_end_with_their_last_visible_character() {
    let tree = sound("a: |\n  one é\n   two\n\n\nb: >-\n  x\n  y\nc: |\n");
    assert_eq!(at(&tree, "a"), ("one é\n   two", Some("one é\n two\n")));
    assert_eq!(at(&tree, "b"), ("x\n  y", Some("x y")));
    assert_eq!(at(&tree, "c"), ("|", Some("")));
}

#[test]
fn carriage_returns_change_nothing() {
    let tree = sound("a: 1\r\nb: |\r\n  x\r\n  y\r\nc:\r\n  - d: e\r\n");
    assert_eq!(at(&tree, "b"), ("x\r\n  y", Some("x\ny\n")));
    assert_eq!(at(&tree, "c"), ("- d: e", None));
    assert_eq!(at(&tree, "c/0/d"), ("e", Some("e")));
}

#[test]
fn collections_end_with_their_last_child() {
    let tree = sound("a:\n  - b: 1\n    c: [x, {y: z}]\n\n# note\nd: {e: }\n");
    assert_eq!(at(&tree, "a"), ("- b: 1\n    c: [x, {y: z}]", None));
    assert_eq!(at(&tree, "a/0"), ("b: 1\n    c: [x, {y: z}]", None));
    assert_eq!(at(&tree, "a/0/c/1"), ("{y: z}", None));
    assert_eq!(at(&tree, "d"), ("{e: }", None));
    assert_eq!(
        at(&tree, ""),
        ("a:\n  - b: 1\n    c: [x, {y: z}]\n\n# note\nd: {e: }", None)
    );
}

#[test]
fn a_path_gives_the_key_and_the_value() {
    let tree = sound("steps:\n  - send: {id: x}\n");
    let place = tree.resolve([
        Segment::Key("steps"),
        Segment::Index(0),
        Segment::Key("send"),
    ]);
    assert_eq!(place.key.unwrap().source(), "send");
    assert_eq!(place.value.source(), "{id: x}");
    assert_eq!(place.slots.len(), 3);
    let beyond = tree.resolve([Segment::Key("steps"), Segment::Index(9)]);
    assert_eq!(beyond.slots.len(), 1, "stops at the last node that exists");
}

#[test]
fn an_alias_is_the_node_that_it_names() {
    let tree = sound("base: &b {id: x, to: y}\nsteps:\n  - *b\n  - <<: *b\n    id: z\n");
    assert_eq!(at(&tree, "steps/0"), ("{id: x, to: y}", None));
    assert_eq!(at(&tree, "steps/1/id"), ("z", Some("z")));
    assert_eq!(at(&tree, "steps/1/to"), ("y", Some("y")));
    let place = tree.resolve([Segment::Key("steps"), Segment::Index(0), Segment::Key("id")]);
    let alias = place.alias.unwrap();
    assert_eq!(&tree.text()[alias.start as usize..alias.end as usize], "*b");
}

#[test]
fn keys_are_text_whatever_they_look_like() {
    let tree = sound("1: a\ntrue: b\n\"x y\": c\nnull: d\n");
    let keys: Vec<&str> = tree.root().pairs().map(|it| it.key.as_key()).collect();
    assert_eq!(keys, ["1", "true", "x y", "null"]);
}

#[test]
fn nodes_are_small() {
    assert!(size_of::<Entry>() <= 24, "{}", size_of::<Entry>());
}
