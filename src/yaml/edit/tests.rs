//! Edits of texts laid out in every way that people lay out texts.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::source::FileId;

const FILE: FileId = FileId(3);

fn shape(keys: &[&str], required: &[&str]) -> Shape {
    let owned = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect();
    Shape {
        keys: owned(keys),
        required: owned(required),
    }
}

fn outline() -> Outline {
    Outline::new(vec![
        shape(
            &[
                "journey", "from", "trigger", "exits", "next", "allow", "steps",
            ],
            &["journey", "steps"],
        ),
        shape(&["id", "template", "class", "if", "allow"], &["id"]),
    ])
}

/// Where a part of a text stands.
fn of(text: &str, part: &str) -> Span {
    let at = text.find(part).unwrap();
    Span::new(FILE, count(at), count(at + part.len()))
}

fn edited(text: &str, rewrites: &[Rewrite]) -> Option<String> {
    let mut sink = Sink::default();
    let tree = parse(FILE, text, &mut sink).unwrap();
    assert!(sink.is_empty(), "{sink:?}");
    let found = edits(&tree, &outline(), rewrites)?;
    let mut res = text.to_owned();
    for it in found.iter().rev() {
        res.replace_range(it.span.start as usize..it.span.end as usize, &it.text);
    }
    Some(res)
}

#[track_caller]
fn becomes(text: &str, rewrite: Rewrite, expected: &str) {
    let res = edited(text, std::slice::from_ref(&rewrite));
    assert_eq!(res.as_deref(), Some(expected));
    // The same with the line breaks of Windows, and without the last one.
    let windows = |it: &str| it.replace('\n', "\r\n");
    if !matches!(
        rewrite,
        Rewrite::Set {
            of: Spot::File(_),
            ..
        } | Rewrite::Add {
            of: Spot::File(_),
            ..
        }
    ) {
        return;
    }
    let res = edited(&windows(text), std::slice::from_ref(&rewrite));
    assert_eq!(res, Some(windows(expected)));
    let res = edited(text.trim_end(), &[rewrite]);
    assert_eq!(res.as_deref(), Some(expected.trim_end()));
}

fn set(of: Spot, key: &'static str, value: &str) -> Rewrite {
    Rewrite::Set {
        of,
        key,
        value: value.to_owned(),
    }
}

fn add(of: Spot, key: &'static str, entry: &str) -> Rewrite {
    Rewrite::Add {
        of,
        key,
        entry: entry.to_owned(),
    }
}

fn before(entry: Span, new: &str) -> Rewrite {
    Rewrite::Before {
        entry,
        new: new.to_owned(),
    }
}

const ROOT: Spot = Spot::File(FILE);

#[test]
fn a_missing_list_is_made_where_people_look_for_it() {
    becomes(
        "# About this.\njourney: a  # its name\ntrigger: {event: b}\n\n# What happens:\nsteps:\n  - wait: 1d\n",
        add(ROOT, "exits", "{on: paid, reason: bought}"),
        "# About this.\njourney: a  # its name\ntrigger: {event: b}\nexits:\n  - {on: paid, reason: bought}\n\n# What happens:\nsteps:\n  - wait: 1d\n",
    );
    becomes(
        "journey: a\nsteps:\n- wait: 1d\n",
        add(ROOT, "exits", "{on: paid}"),
        "journey: a\nexits:\n- {on: paid}\nsteps:\n- wait: 1d\n",
    );
    becomes(
        "journey: a\nsteps: []\n",
        add(ROOT, "next", "b"),
        "journey: a\nnext: [b]\nsteps: []\n",
    );
    becomes(
        "{journey: a, steps: []}\n",
        add(ROOT, "exits", "{on: b}"),
        "{journey: a, exits: [{on: b}], steps: []}\n",
    );
}

#[test]
fn a_list_grows_at_its_end() {
    becomes(
        "exits:\n  - {on: a}  # first\n  # - {on: old}\n\n# Then.\nsteps:\n  - wait: 1d\n",
        add(ROOT, "exits", "{on: b}"),
        "exits:\n  - {on: a}  # first\n  # - {on: old}\n  - {on: b}\n\n# Then.\nsteps:\n  - wait: 1d\n",
    );
    becomes(
        "exits:\n- on: a\n  reason: b\n# Then.\nsteps: []\n",
        add(ROOT, "exits", "{on: b}"),
        "exits:\n- on: a\n  reason: b\n- {on: b}\n# Then.\nsteps: []\n",
    );
    becomes(
        "next: [a, b,]  # c\n",
        add(ROOT, "next", "\"d, e\""),
        "next: [a, b, \"d, e\",]  # c\n",
    );
    becomes("next: []\n", add(ROOT, "next", "a"), "next: [a]\n");
    becomes(
        "next:  # none\n",
        add(ROOT, "next", "a"),
        "next: [a]  # none\n",
    );
    becomes(
        "next: [\n  a,\n  b\n]\nsteps: []\n",
        add(ROOT, "next", "c"),
        "next: [\n  a,\n  b,\n  c\n]\nsteps: []\n",
    );
    let two = [add(ROOT, "next", "b"), add(ROOT, "next", "c")];
    assert_eq!(
        edited("journey: a\n", &two).unwrap(),
        "journey: a\nnext: [b, c]\n"
    );
}

#[test]
fn a_key_is_set_in_every_layout() {
    let text = "steps:\n  - send:\n      id: x  # name\n      # why not b\n      template: a\n\n  - wait: 1d\n";
    let step = Spot::Step(of(
        text,
        "send:\n      id: x  # name\n      # why not b\n      template: a",
    ));
    becomes(
        text,
        set(step, "class", "transactional"),
        "steps:\n  - send:\n      id: x  # name\n      # why not b\n      template: a\n      class: transactional\n\n  - wait: 1d\n",
    );
    becomes(
        text,
        set(step, "template", "b"),
        "steps:\n  - send:\n      id: x  # name\n      # why not b\n      template: b\n\n  - wait: 1d\n",
    );
    let text = "steps:\n  - send: {id: x, allow: []}\n";
    let step = Spot::Step(of(text, "send: {id: x, allow: []}"));
    becomes(
        text,
        set(step, "if", "a, b"),
        "steps:\n  - send: {id: x, if: \"a, b\", allow: []}\n",
    );
    becomes(
        "journey: a\ntrigger:\n  event: b\nsteps: []\n",
        set(ROOT, "trigger", "{event: c}"),
        "journey: a\ntrigger: {event: c}\nsteps: []\n",
    );
    becomes(
        "journey: a\nfrom:\nsteps: []\n",
        set(ROOT, "from", "b"),
        "journey: a\nfrom: b\nsteps: []\n",
    );
    becomes(
        "steps: []\n",
        set(ROOT, "journey", "b"),
        "journey: b\nsteps: []\n",
    );
}

#[test]
fn a_key_goes_with_its_lines() {
    let unset = |key| Rewrite::Unset { of: ROOT, key };
    becomes(
        "journey: a\n\n# Who.\nfrom: b  # c\n\nsteps: []\n",
        unset("from"),
        "journey: a\n\nsteps: []\n",
    );
    becomes(
        "journey: a\nsteps: []\nnext:\n  - b\n  # c\n",
        unset("next"),
        "journey: a\nsteps: []\n",
    );
    becomes("{journey: a, next: [b]}", unset("next"), "{journey: a}");
    becomes("{next: [b], journey: a}", unset("next"), "{journey: a}");
    let text = "steps:\n  - send:\n      id: x\n      class: c\n  - id: y\n    if: b\n";
    let of = Spot::Around(of(text, "id: y\n    if: b"));
    becomes(
        text,
        Rewrite::Unset { of, key: "id" },
        "steps:\n  - send:\n      id: x\n      class: c\n  - if: b\n",
    );
    let text = "journey: a\nfrom: b";
    assert_eq!(edited(text, &[unset("from")]).unwrap(), "journey: a");
}

#[test]
fn an_entry_goes_with_its_comments() {
    let remove = |text: &str, part: &str| Rewrite::Remove {
        entry: of(text, part),
    };
    let text = "steps:\n  # One.\n  - wait: 1d\n\n  # Two,\n  # and more.\n  - send: # x\n      id: a\n      # inner\n\n  # Three.\n  - wait: 3d\n";
    becomes(
        text,
        remove(text, "send: # x\n      id: a"),
        "steps:\n  # One.\n  - wait: 1d\n\n  # Three.\n  - wait: 3d\n",
    );
    becomes(
        text,
        remove(text, "wait: 1d"),
        "steps:\n\n  # Two,\n  # and more.\n  - send: # x\n      id: a\n      # inner\n\n  # Three.\n  - wait: 3d\n",
    );
    becomes(
        text,
        remove(text, "3d"),
        "steps:\n  # One.\n  - wait: 1d\n\n  # Two,\n  # and more.\n  - send: # x\n      id: a\n      # inner\n",
    );
    let text = "next: [a, b, c]\n";
    becomes(text, remove(text, "a"), "next: [b, c]\n");
    becomes(text, remove(text, "b"), "next: [a, c]\n");
    becomes(text, remove(text, "c"), "next: [a, b]\n");
    let text = "next: [p, q, r]\n";
    let all = ["p", "q"].map(|it| remove(text, it));
    assert_eq!(edited(text, &all).unwrap(), "next: [r]\n");
    let all = ["q", "r"].map(|it| remove(text, it));
    assert_eq!(edited(text, &all).unwrap(), "next: [p]\n");
    let text = "steps:\r\n- a\r\n- b\r\n- c";
    let all = ["b", "c"].map(|it| remove(text, it));
    assert_eq!(edited(text, &all).unwrap(), "steps:\r\n- a");
}

#[test]
fn the_last_entry_takes_its_key_along_if_it_may() {
    let text = "journey: a\nallow:\n  # why\n  - {rule: r}\nsteps:\n  - wait: 0d\n";
    let remove = |part: &str| Rewrite::Remove {
        entry: of(text, part),
    };
    becomes(text, remove("r}"), "journey: a\nsteps:\n  - wait: 0d\n");
    becomes(
        text,
        remove("wait: 0d"),
        "journey: a\nallow:\n  # why\n  - {rule: r}\nsteps: []\n",
    );
    let text = "journey: a\nallow: [{rule: r}]\nsteps: []\n";
    let entry = of(text, "r}");
    becomes(text, Rewrite::Remove { entry }, "journey: a\nsteps: []\n");
}

#[test]
fn an_entry_comes_before_another() {
    let text = "steps:\n  # Ask.\n  - send: {id: ask}\n";
    becomes(
        text,
        before(
            of(text, "send: {id: ask}"),
            "wait_for:\n  id: delivery\n  timeout: 10d",
        ),
        "steps:\n  - wait_for:\n      id: delivery\n      timeout: 10d\n  # Ask.\n  - send: {id: ask}\n",
    );
    let text = "steps: [{send: {id: ask}}]\n";
    becomes(
        text,
        before(
            of(text, "{send: {id: ask}}"),
            "wait_for:\n  id: delivery\n  timeout: 10d",
        ),
        "steps: [{wait_for: {id: delivery, timeout: 10d}}, {send: {id: ask}}]\n",
    );
    let text = "a:\n  - - x\n    - y\n";
    becomes(
        text,
        before(of(text, "x"), "w"),
        "a:\n  - - w\n    - x\n    - y\n",
    );
    becomes(
        text,
        before(of(text, "y"), "w"),
        "a:\n  - - x\n    - w\n    - y\n",
    );
}

#[test]
fn scalars_keep_to_their_brackets() {
    let text = "a: [b, 'c']\nd: e  # f\n";
    let replace = |part: &str, value: &str| Rewrite::Replace {
        at: of(text, part),
        value: value.to_owned(),
    };
    becomes(
        text,
        replace("'c'", "x, y"),
        "a: [b, \"x, y\"]\nd: e  # f\n",
    );
    becomes(text, replace("e", "x, y"), "a: [b, 'c']\nd: x, y  # f\n");
    assert_eq!(edited(text, &[replace("[b, 'c']", "x")]), None);
}

#[test]
fn what_is_used_elsewhere_stays() {
    let text = "journey: a\nnext: &n [a, b]\nallow: *n\nsteps: []\n";
    let entry = of(text, "b");
    assert_eq!(edited(text, &[Rewrite::Remove { entry }]), None);
    assert_eq!(edited(text, &[add(ROOT, "next", "c")]), None);
    assert_eq!(edited(text, &[add(ROOT, "allow", "c")]), None);
    assert_eq!(
        edited(text, &[set(ROOT, "allow", "[c]")]).unwrap(),
        "journey: a\nnext: &n [a, b]\nallow: [c]\nsteps: []\n"
    );
    let text = "base: &b\n  id: x\n  if: c\nsend:\n  <<: *b\n  id: y\n";
    let of = Spot::Around(of(text, "id: x\n  if: c"));
    assert_eq!(edited(text, &[set(of, "class", "c")]), None);
    assert_eq!(
        edited(text, &[set(of, "id", "z")])
            .unwrap()
            .matches("id: z")
            .count(),
        1
    );
    // A key of its own goes before one that is taken over.
    let way = edited(text, &[set(ROOT, "steps", "[]")]).unwrap();
    assert!(way.starts_with("base: &b\n  id: x\n"), "{way}");
}

#[test]
fn what_cannot_be_done_is_left() {
    let text = "journey: a\nnext: [a, # one\n  b] # two\nsteps:\n  - |\n    a\n";
    let entry = of(text, "b]");
    let entry = Span::new(FILE, entry.start, entry.end - 1);
    assert_eq!(
        edited(text, &[Rewrite::Remove { entry }]),
        None,
        "a comment would go"
    );
    assert_eq!(
        edited(text, &[set(ROOT, "next", "[c]")]),
        None,
        "a comment would go"
    );
    assert_eq!(edited(text, &[set(ROOT, "from", "a: b: c")]), None);
    assert_eq!(edited(text, &[set(ROOT, "from", "a\nsteps: b")]), None);
    assert_eq!(
        edited("a: 1\r\nb: 2\n", &[set(ROOT, "c", "3")]),
        None,
        "mixed line breaks"
    );
    assert_eq!(edited("- a\n", &[set(ROOT, "c", "3")]), None);
}

/// Lays out a document by chance: a journey with lists, maps, comments and blank lines.
struct Layout<'c> {
    chances: &'c [u8],
    at: usize,
    out: String,
}

impl Layout<'_> {
    fn chance(&mut self, of: usize) -> usize {
        self.at += 1;
        let byte = self.chances.get(self.at % self.chances.len().max(1));
        usize::from(byte.copied().unwrap_or(0)) % of
    }

    fn comments(&mut self, indent: usize) {
        for _ in 0..self.chance(3).saturating_sub(1) {
            let n = self.at;
            let _ = writeln!(self.out, "{}# comment {n}: - [a, {{", " ".repeat(indent));
        }
        if self.chance(6) == 0 {
            self.out.push('\n');
        }
    }

    fn line_end(&mut self) {
        let n = self.at;
        if self.chance(4) == 0 {
            let _ = write!(self.out, "  # behind {n}");
        }
        self.out.push('\n');
    }

    fn scalar(&mut self) -> &'static str {
        ["a", "'b, c'", "\"d: # e\"", "é", "12", "f g", "'it''s'"][self.chance(7)]
    }

    fn flow(&mut self, depth: usize) -> String {
        match self.chance(if depth > 1 { 1 } else { 3 }) {
            0 => self.scalar().to_owned(),
            1 => {
                let parts: Vec<_> = (0..self.chance(4)).map(|_| self.flow(depth + 1)).collect();
                format!("[{}]", parts.join(", "))
            }
            _ => {
                let parts: Vec<_> = (0..self.chance(4))
                    .map(|n| {
                        format!(
                            "{}: {}",
                            ["id", "if", "class", "x y"][n],
                            self.flow(depth + 1)
                        )
                    })
                    .collect();
                format!("{{ {} }}", parts.join(", "))
            }
        }
    }

    /// A value behind `key:` or `-`, with its line break.
    fn value(&mut self, indent: usize, depth: usize) {
        match self.chance(if depth > 2 { 1 } else { 3 }) {
            0 => {
                let text = self.flow(0);
                let _ = write!(self.out, " {text}");
                self.line_end();
            }
            1 => {
                self.line_end();
                let indent = indent
                    + if depth > 0 {
                        2
                    } else {
                        [0, 2, 4][self.chance(3)]
                    };
                for _ in 0..=self.chance(3) {
                    self.comments(indent);
                    let _ = write!(self.out, "{}-", " ".repeat(indent));
                    if self.chance(2) == 0 {
                        self.out.push(' ');
                        self.map(indent + 2, depth + 1, true);
                    } else {
                        // A list right in a list is nothing that journeys have.
                        self.item(indent, depth + 1);
                    }
                }
            }
            _ => {
                self.line_end();
                self.map(indent + 2, depth + 1, false);
            }
        }
    }

    fn item(&mut self, indent: usize, depth: usize) {
        if depth > 2 || self.chance(2) == 0 {
            let text = self.flow(0);
            let _ = write!(self.out, " {text}");
            self.line_end();
        } else {
            self.line_end();
            self.map(indent + 2, depth + 1, false);
        }
    }

    fn map(&mut self, indent: usize, depth: usize, mut is_begun: bool) {
        let keys = ["id", "if", "\"template\"", "allow", "class"];
        for key in &keys[..=self.chance(4)] {
            if !is_begun {
                self.comments(indent);
                self.out.push_str(&" ".repeat(indent));
            }
            is_begun = false;
            let _ = write!(self.out, "{key}:");
            self.value(indent, depth);
        }
    }
}

/// Every place in a tree: maps, items and scalars.
fn places(tree: &Tree<'_>) -> Vec<Rewrite> {
    let mut res = vec![
        add(ROOT, "exits", "{on: a, where: 'b'}"),
        set(ROOT, "zzz", "new"),
    ];
    let mut open = vec![tree.root()];
    while let Some(node) = open.pop() {
        for pair in node.pairs() {
            if node.len() > 1 {
                let of = Spot::Around(node.span());
                let key = ["id", "if", "template", "allow", "class"];
                let key = key.into_iter().find(|it| *it == pair.key.as_key());
                res.extend(key.map(|key| Rewrite::Unset { of, key }));
                res.extend(key.map(|key| set(of, key, "\"new\"")));
            }
            open.push(pair.value);
        }
        for item in node.items() {
            let entry = item.value.span();
            if item.value.is_empty() && item.value.source().starts_with(['[', '{']) {
                continue;
            }
            res.push(Rewrite::Remove { entry });
            res.push(before(entry, "send:\n  id: new\n  template: x"));
            open.push(item.value);
        }
        if matches!(node.kind(), super::super::Kind::Map) && !node.is_empty() {
            res.push(set(Spot::Around(node.span()), "new", "[1, 'two']"));
            res.push(add(Spot::Around(node.span()), "allow", "{rule: r}"));
        }
    }
    res
}

/// The lines around a place.
fn around<'t>(text: &'t str, rewrite: &Rewrite) -> &'t str {
    let at = match rewrite {
        Rewrite::Remove { entry: it }
        | Rewrite::Before { entry: it, .. }
        | Rewrite::Set {
            of: Spot::Around(it),
            ..
        }
        | Rewrite::Unset {
            of: Spot::Around(it),
            ..
        } => it.start as usize,
        _ => 0,
    };
    let from = text[..at].rmatch_indices('\n').nth(8).map_or(0, |it| it.0);
    let to = text[at..]
        .match_indices('\n')
        .nth(8)
        .map_or(text.len(), |it| at + it.0);
    &text[from..to]
}

fn comments(text: &str) -> Vec<&str> {
    let all = text
        .match_indices("# comment ")
        .chain(text.match_indices("# behind "));
    all.map(|(at, _)| text[at..].lines().next().unwrap())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 40, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(2026), ..ProptestConfig::default() })]

    /// Whatever the layout, an edit does what it says (the edits themselves see to that), keeps every
    /// comment but those of what goes, and is nearly always possible.
    #[test]
    fn edits_fit_every_layout(chances in proptest::collection::vec(any::<u8>(), 20..60), windows: bool, ends: bool, from in 0..9_usize) {
        let mut layout = Layout { chances: &chances, at: 0, out: String::new() };
        layout.map(0, 0, false);
        let mut text = layout.out;
        if !ends {
            text.truncate(text.trim_end().len());
        }
        if windows {
            text = text.replace('\n', "\r\n");
        }
        let mut sink = Sink::default();
        let tree = parse(FILE, &text, &mut sink);
        prop_assert!(sink.is_empty(), "{text}\n{sink:?}");
        let tree = tree.unwrap();
        for rewrite in places(&tree).into_iter().skip(from).step_by(9) {
            let res = edited(&text, std::slice::from_ref(&rewrite));
            let Some(res) = res else {
                let may_fail = match &rewrite {
                    // Comments would go, or a scalar stands where a list is to grow.
                    Rewrite::Set { .. } | Rewrite::Add { .. } => text.contains('#') || matches!(rewrite, Rewrite::Add { .. }),
                    // A dash alone on its line, with comments below, leaves no sure place before it.
                    Rewrite::Remove { .. } | Rewrite::Before { .. } => true,
                    Rewrite::Unset { .. } => text.contains('#'),
                    Rewrite::Replace { .. } => false,
                };
                prop_assert!(may_fail, "{rewrite:?} in\n{}", around(&text, &rewrite));
                continue;
            };
            let removes = matches!(rewrite, Rewrite::Remove { .. } | Rewrite::Unset { .. });
            let kept = comments(&res);
            for it in comments(&text) {
                prop_assert!(removes || kept.contains(&it), "{rewrite:?} loses {it} in\n{text}\n{res}");
            }
            prop_assert!(!res.contains('\t'));
            // A file of one line has no line ends to go by.
            prop_assert_eq!(windows && text.contains('\n'), res.contains("\r\n"));
        }
    }
}
