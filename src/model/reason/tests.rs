#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::source::{FileId, Span, Spanned};

fn table(declared: &[(&str, Property)]) -> Table<Property> {
    let name = |it: &str| Spanned::new(it.into(), Span::start_of(FileId(0)));
    declared
        .iter()
        .map(|(it, property)| (name(it), property.clone()))
        .collect()
}

fn property(kind: crate::model::Type, choices: &[&str], nullable: bool) -> Property {
    let choice = |it: &&str| Spanned::new((*it).into(), Span::start_of(FileId(0)));
    Property {
        choices: choices.iter().map(choice).collect(),
        nullable,
        ..Property::of(kind)
    }
}

/// Whether the conditions can hold together; one that begins with `!` must not hold.
fn possible(conditions: &[&str]) -> bool {
    use crate::model::Type;
    let contact = table(&[
        ("plan", property(Type::Text, &["free", "pro"], false)),
        ("tier", property(Type::Text, &["a", "b"], true)),
        ("name", property(Type::Text, &[], false)),
        ("vip", property(Type::Boolean, &[], false)),
        ("letters", property(Type::Boolean, &[], true)),
        ("age", property(Type::Number, &[], false)),
        ("height", property(Type::Number, &[], true)),
        ("born", property(Type::Date, &[], false)),
    ]);
    let event = table(&[("total", property(Type::Number, &[], false))]);
    let words = Vocabulary {
        contact: &contact,
        event: Some(&event),
    };
    let parsed: Vec<(Expr, bool)> = conditions
        .iter()
        .map(|it| match it.strip_prefix('!') {
            Some(it) => (Expr::parse(it).unwrap(), false),
            None => (Expr::parse(it).unwrap(), true),
        })
        .collect();
    words.possible(parsed.iter().map(|(it, truth)| (it, *truth)))
}

#[test]
fn contradictions_are_found() {
    for conditions in [
        &["contact.plan == \"free\"", "contact.plan == \"pro\""][..],
        &["!contact.plan == \"free\"", "!\"pro\" == contact.plan"],
        &["contact.plan not in [\"free\", \"pro\"]"],
        &["contact.name == \"Ana\"", "contact.name != 'Ana'"],
        &[
            "contact.name in [\"Ana\", \"Ben\"]",
            "not (contact.name == \"Ana\")",
            "contact.name != \"Ben\"",
        ],
        &["contact.name == none"],
        &["contact.vip", "not contact.vip"],
        &["contact.vip == false", "contact.vip"],
        &["contact.letters", "contact.letters == none"],
        &["event.total > 100", "event.total <= 100"],
        &["event.total >= 5 and event.total <= 5", "event.total != 5"],
        &["event.total > 5 or event.total > 9", "5 > event.total"],
        &["contact.count(\"x\") > 1", "contact.count('x') < 2"],
        &[
            "contact.count(\"x\", within=\"7d\") > 0",
            "not contact.did(\"x\", within=\"1w\")",
        ],
        &[
            "contact.did(\"x\", since=entry)",
            "!contact.did(\"x\", since=entry)",
        ],
        &["contact.count(\"x\") < 0"],
        &["contact.clicked(\"a\")", "not contact.clicked(\"a\")"],
        &[
            "contact.age == contact.height",
            "!contact.age == contact.height",
        ],
        &[
            "contact.plan == \"free\" and contact.vip",
            "contact.plan == \"pro\" or not contact.vip",
        ],
        &["1 > 2"],
    ] {
        assert!(!possible(conditions), "{conditions:?}");
    }
}

#[test]
fn what_is_not_certain_is_possible() {
    for conditions in [
        &["contact.plan == \"free\""][..],
        &["contact.tier not in [\"a\", \"b\"]"],
        &["!contact.tier == \"a\"", "!contact.tier == \"b\""],
        &["contact.name != \"Ana\"", "contact.name != \"Ben\""],
        &["not contact.letters", "contact.letters != true"],
        &["!contact.letters", "contact.letters == none"],
        &["event.total > 5", "event.total < 6"],
        &["contact.count(\"x\") > 0", "contact.count(\"x\") < 2"],
        &[
            "contact.count(\"x\", within=\"7d\") == 0",
            "contact.did(\"x\")",
        ],
        &["contact.did(\"x\")", "not contact.did(\"y\")"],
        &["!contact.height > 3", "!contact.height <= 3"],
        &[
            "contact.born > \"2020-01-01\"",
            "contact.born < \"2020-01-01\"",
        ],
        &["contact.unknown == 1", "contact.unknown == 2"],
        &[
            "contact.plan == \"free\" or contact.vip",
            "contact.plan == \"pro\"",
        ],
    ] {
        assert!(possible(conditions), "{conditions:?}");
    }
}

#[test]
fn many_alternatives_end_in_time() {
    let each = |n: usize| format!("contact.did(\"a{n}\") or contact.did(\"b{n}\")");
    let mut conditions: Vec<String> = (0..60).map(each).collect();
    // Looked at last, so that the contradiction would be found once for each of 2^60 cases.
    for name in ["x", "y"] {
        conditions.push(format!(
            "contact.plan == \"free\" or contact.name == \"{name}\""
        ));
        conditions.push(format!(
            "contact.plan == \"pro\" or contact.name == \"{name}\""
        ));
        conditions.push(format!("contact.vip or contact.name == \"{name}\""));
        conditions.push(format!("not contact.vip or contact.name == \"{name}\""));
    }
    let conditions: Vec<&str> = conditions.iter().map(String::as_str).collect();
    assert!(!possible(&conditions[60..]));
    assert!(possible(&conditions), "given up, so nothing is certain");
}

#[test]
fn a_filter_is_asked_when_the_event_has_just_happened() {
    let (contact, event) = (table(&[]), table(&[]));
    let words = Vocabulary {
        contact: &contact,
        event: Some(&event),
    };
    let lets_in = |text: &str| words.lets_in(&Expr::parse(text).unwrap(), "paid");
    for (text, expected) in [
        (r#"contact.did("paid")"#, true),
        (r#"not contact.did("paid")"#, false),
        (r#"not contact.count("paid", within="90d") > 0"#, false),
        (r#"contact.count("paid", within="90d") > 1"#, true),
        (r#"contact.did("opened", since=entry)"#, false),
        (r#"not contact.did("opened", since=entry)"#, true),
        (r#"contact.did("opened")"#, true),
        (r#"not contact.did("opened")"#, true),
    ] {
        assert_eq!(lets_in(text), expected, "{text}");
    }
}
