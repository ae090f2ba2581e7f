//! The YAML tree against hostile texts, against another reader, and against chance.

use std::fmt::Write as _;
use std::fs;

use journeyc::diagnostic::{Diagnostic, Sink};
use journeyc::model::Journey;
use journeyc::schema::{self, Validator};
use journeyc::source::FileId;
use journeyc::yaml::{self, Kind, Node};
use proptest::prelude::*;
use serde_json::Value;

use crate::snapshot::root;

/// Parses, validates and reads a text as a journey, and gives back what was found.
fn check(validator: &Validator, text: &str) -> Vec<Diagnostic> {
    let mut sink = Sink::default();
    if let Some(tree) = yaml::parse(FileId(0), text, &mut sink) {
        let broken = validator.validate(&tree, &mut sink);
        let reading = schema::read::<Journey>(&tree, &broken, &mut sink);
        assert!(
            !sink.is_empty() || reading.value.is_some(),
            "what is not read is explained"
        );
    }
    sink.into_sorted()
}

fn validator() -> Validator {
    Validator::new(schema::of::<Journey>("", "A customer journey"))
}

/// Texts that have brought YAML readers to their knees, and the rule that answers each.
fn hostile() -> Vec<(&'static str, String, &'static str)> {
    let mut laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, before) in ('b'..='i').zip('a'..='h') {
        let parts = vec![format!("*{before}"); 9].join(", ");
        let _ = writeln!(laughs, "{name}: &{name} [{parts}]");
    }
    let mut chain = "a0: &a0 x\n".to_owned();
    let mut merges = "a0: &a0 {k0: v}\n".to_owned();
    for n in 1..=30 {
        let m = n - 1;
        let _ = writeln!(chain, "a{n}: &a{n} [*a{m}, *a{m}]");
        let _ = writeln!(merges, "a{n}: &a{n} {{<<: [*a{m}, *a{m}], k{n}: v}}");
    }
    let mut deep_aliases = "a0: &a0 [[[[x]]]]\n".to_owned();
    for n in 1..=40 {
        let _ = writeln!(deep_aliases, "a{n}: &a{n} [*a{}]", n - 1);
    }
    let big = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(100_000),
        "*a, ".repeat(20_000)
    );
    let big_key = format!("{}: 1\n", "k".repeat(100_000));
    let anchors = (0..20_000).fold(String::new(), |mut out, n| {
        let _ = writeln!(out, "- &a{n} x");
        out
    });
    let keys = (0..50_000).fold(String::new(), |mut out, n| {
        let _ = writeln!(out, "k{n}: v");
        out
    });
    let same_key = "k: v\n".repeat(20_000);
    vec![
        ("billion laughs", laughs, "too-large"),
        ("chain of doublings", chain, "too-large"),
        ("merge bomb", merges, "too-large"),
        ("one large text many times", big, "too-large"),
        (
            "nested through aliases",
            deep_aliases + "b: [[[[[[[[[[[[[[[[[[[[[[*a40]]]]]]]]]]]]]]]]]]]]]]",
            "too-large",
        ),
        ("itself", "a: &a [*a]\n".to_owned(), "unsupported-yaml"),
        (
            "merges itself",
            "a: &a {<<: *a}\n".to_owned(),
            "unsupported-yaml",
        ),
        (
            "brackets",
            "[".repeat(100_000) + &"]".repeat(100_000),
            "too-large",
        ),
        ("braces", "{a: ".repeat(100_000), "too-large"),
        ("dashes", "- ".repeat(100_000), "too-large"),
        ("question marks", "? ".repeat(100_000), "too-large"),
        ("a long key", big_key, "invalid-yaml"),
        ("many anchors", anchors, "wrong-type"),
        ("many keys", keys, "unknown-key"),
        ("one key many times", same_key, "duplicate-key"),
        (
            "many items",
            "[".to_owned() + &"1,".repeat(300_000) + "]",
            "wrong-type",
        ),
        (
            "many bad steps",
            format!("steps: [{}]", "x,".repeat(100_000)),
            "wrong-type",
        ),
        ("blank lines", "\n".repeat(1 << 20), "wrong-type"),
        ("one text", "x".repeat(1 << 20), "wrong-type"),
        ("nul", "a: \0\n".to_owned(), "invalid-yaml"),
        (
            "a mark in the middle",
            "a: x\u{feff}\n---\n\u{feff}b: 1\n".to_owned(),
            "unsupported-yaml",
        ),
        ("only a quote", "\"".to_owned(), "invalid-yaml"),
        ("quotes", "\"".repeat(99_999), "invalid-yaml"),
        (
            "spaces and tabs",
            " \t".repeat(50_000) + "x: 1",
            "missing-key",
        ),
        ("colons", ": ".repeat(50_000), "too-large"),
        ("template braces", "{{".repeat(50_000), "too-large"),
    ]
}

#[test]
fn hostile_texts_are_answered_briefly() {
    let validator = validator();
    for (name, text, rule) in hostile() {
        // A bomb would never come to an end; how long each takes is for the benchmark.
        let found = check(&validator, &text);
        assert!(found.len() <= 1000, "{name}: {} findings", found.len());
        assert!(
            found.iter().any(|it| it.rule.0 == rule),
            "{name}: {:?}",
            found.iter().map(|it| it.rule.0).collect::<Vec<_>>()
        );
        assert_places(&text, &found);
    }
}

/// Every place of every finding lies in the text, on character boundaries.
fn assert_places(text: &str, found: &[Diagnostic]) {
    for it in found {
        let edits = it.fix.iter().flat_map(|it| &it.edits).map(|it| it.span);
        let labels = it.related.iter().chain([&it.primary]).map(|it| it.span);
        for span in labels.chain(edits) {
            let slice = text.get(span.start as usize..span.end as usize);
            assert!(slice.is_some(), "{span:?} of {}: {it:?}", text.len());
        }
    }
}

fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool(it) => it.into(),
        Kind::Int(it) => it.into(),
        Kind::Float(it) => it.into(),
        Kind::Text(it) => it.into(),
        Kind::List => node.items().map(|it| value(it.value)).collect(),
        Kind::Map => node
            .pairs()
            .map(|it| (it.key.as_key().to_owned(), value(it.value)))
            .collect(),
    }
}

#[test]
fn another_reader_reads_the_same() {
    let mut texts: Vec<String> = [
        "a: 1\nb: [x, 'y', \"z\\t\\u00e9\", ~, null, true, False, 1.5, -3, 0x1f, 1e3]\n",
        "a: |\n  one\n   two\n\n  three\nb: >\n  one\n  two\n\n  three\nc: |-\n  x\nd: >+\n  y\n\n",
        "a: plain\n  goes on\n  and on\nb: 'single\n\n  quoted'\nc: \"double\\\n  quoted\"\n",
        "- - a\n  - b\n- - c\n-\n- {}\n- []\n",
        "a: &x {b: 1}\nc: *x\nd: [*x, *x]\n",
        "\"quoted key\": 1\n'other': 2\n? plain\n: 3\n",
        "a: no\nb: on\nc: 12:30\nd: 2024-01-02\ne: 1_000\nf: 0o17\n",
        "a: 'it''s'\nb: \"\\\"\"\nc: x#y # note\nd: -x\ne: ':'\nf: a:b\n",
        "# note\n\na: # note\n  - 1 # note\n# note\nb: 2\n",
        "a: {b: {c: [1, {d: e}]}, f: \"g, h\"}\n",
        "---\na: 1\n...\n",
        "a: \u{1f600} emoji\nb: \u{e9}\u{308}\n",
    ]
    .map(str::to_owned)
    .to_vec();
    for entry in fs::read_dir(root("journeys")).unwrap() {
        texts.push(fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    texts.push(fs::read_to_string(root("journeyc.yaml")).unwrap());
    for text in texts {
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            let theirs: Value = serde_yaml::from_str(&text).unwrap();
            let mut sink = Sink::default();
            let tree = yaml::parse(FileId(0), &text, &mut sink).unwrap();
            assert!(sink.is_empty(), "{text}\n{sink:?}");
            assert_eq!(value(tree.root()), theirs, "{text}");
        }
    }
}

/// One change to a text: at a place, so many characters go, and a piece comes.
fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, usize, String)>> {
    let pieces = prop::sample::select(vec![
        "",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        ":",
        ": ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "'",
        "\"",
        "#",
        " #",
        "&a ",
        "*a",
        "<<: *a",
        "!t ",
        "|",
        ">",
        "é",
        "\u{1f600}",
        "\u{feff}",
        "\0",
        "null",
        "send",
        "steps:",
        "3d",
        "12",
        "true",
        "---\n",
        "...",
        "{{ x }}",
        "%",
        "@",
        "\\",
        "? ",
        "x: y",
    ]);
    let piece = pieces.prop_map(str::to_owned);
    prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, piece), 1..7)
}

fn apply(text: &str, edits: &[(prop::sample::Index, usize, String)]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for (at, removed, piece) in edits {
        let at = at.index(characters.len() + 1);
        let end = (at + removed).min(characters.len());
        characters.splice(at..end, piece.chars());
    }
    characters.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(2026), ..ProptestConfig::default() })]

    #[test]
    fn no_change_to_a_journey_brings_us_down(edits in edits(), pick in any::<prop::sample::Index>()) {
        thread_local! {
            static VALIDATOR: Validator = validator();
            static TEXTS: Vec<String> = {
                let mut paths: Vec<_> = fs::read_dir(root("journeys"))
                    .unwrap()
                    .map(|it| it.unwrap().path())
                    .collect();
                paths.sort();
                paths.iter().map(|it| fs::read_to_string(it).unwrap()).collect()
            };
        }
        let text = TEXTS.with(|it| apply(&it[pick.index(it.len())], &edits));
        let found = VALIDATOR.with(|it| check(it, &text));
        assert_places(&text, &found);
        let again = VALIDATOR.with(|it| check(it, &text));
        prop_assert_eq!(found, again, "the same text yields the same findings");
    }
}
