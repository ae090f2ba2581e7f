#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

fn statics() -> Statics {
    Statics::default()
        .with("brand", &json!({"name": "Fern & Finch", "url": "https://fern.example", "list": [1, 2, 3], "links": {"help": "https://fern.example/help"}}))
        .with("journey", &json!({"name": "post-purchase", "title": "After"}))
        .with("sender", &json!({"name": "Maya", "address": "maya@fern.example"}))
}

fn sources(files: &[(&str, &str)]) -> Sources {
    let mut sorted = files.to_vec();
    sorted.sort_unstable();
    let mut sources = Sources::default();
    for (path, text) in sorted {
        sources.add(format!("templates/{path}"), text);
    }
    sources
}

fn compile_all(
    files: &[(&str, &str)],
    name: &str,
    locale: &str,
) -> (Option<Template>, Vec<Diagnostic>, Sources) {
    let sources = sources(files);
    let mut sink = Sink::default();
    let library = Library::parse(&sources, "templates/", &["en", "de"], &mut sink);
    let template = compile(&library, name, locale, &statics(), &mut sink).filter(|it| it.is_sound);
    drop(library);
    (template, sink.into_sorted(), sources)
}

fn body(text: &str) -> Template {
    let (template, found, _) = compile_all(&[("t.html", text)], "t", "en");
    assert!(found.is_empty(), "{text}: {found:#?}");
    template.unwrap()
}

fn sample() -> Sample {
    Sample {
        contact: json!({"first_name": "Ana & Co", "points": 0, "nick": null, "plan": "pro", "vip": true}),
        event: json!({"lines": [{"name": "Fern", "price": 3.5}, {"name": "Pot", "price": 2}], "empty": [], "total": 12}),
        links: serde_json::Value::Null,
    }
}

fn shows(text: &str) -> String {
    evaluate(&body(text).body, &sample(), Spelling::default())
}

/// The message, the text under its place, and the help of each finding.
fn refusals(text: &str) -> Vec<(String, String, String)> {
    let (template, found, sources) = compile_all(&[("t.html", text)], "t", "en");
    assert!(template.is_none(), "{text}");
    found
        .into_iter()
        .map(|it| {
            (
                it.message,
                sources.slice(it.primary.span).to_owned(),
                it.help.unwrap_or_default(),
            )
        })
        .collect()
}

#[test]
fn the_static_folds_away() {
    let template = body(
        "{% set x = brand.list %}{% for n in x if n > 1 %}{{ loop.index }}:{{ n * 2 }} {% endfor %}{{ brand.name }}",
    );
    assert_eq!(
        template.body,
        [Node::Text("1:4 2:6 Fern &amp; Finch".into())]
    );
}

#[test]
fn the_deferred_stays_and_means_the_same() {
    assert_eq!(
        shows("Hi {{ contact.first_name|default('there') }}!"),
        "Hi Ana &amp; Co!"
    );
    assert_eq!(
        shows("{{ contact.nick|default('<b>')|upper }}"),
        "&lt;B&gt;"
    );
    assert_eq!(shows("{{ contact.points|default('none') }}"), "0");
    assert_eq!(
        shows(
            "{% for l in event.lines %}{{ loop.index }}/{{ loop.length }} {{ l.name }} {{ l.price }}{% if not loop.last %}, {% endif %}{% else %}none{% endfor %}"
        ),
        "1/2 Fern 3.5, 2/2 Pot 2"
    );
    assert_eq!(
        shows("{% for l in event.empty %}x{% else %}none{% endfor %}"),
        "none"
    );
    assert_eq!(
        shows("{{ 'a' if contact.plan in ['pro', 'max'] and not contact.nick else 'b' }}"),
        "a"
    );
    assert_eq!(
        shows(
            "{{ contact.nick or contact.first_name }}{{ contact.vip }}{{ contact.plan == 'pro' }}"
        ),
        "Ana &amp; Cotruetrue"
    );
}

#[test]
fn a_variable_set_in_a_choice_holds_the_choice() {
    let text = "{% set g = 'Hello' %}{% if contact.first_name %}{% set g = 'Hi ' ~ contact.first_name %}{% elif contact.vip %}{% set g = 'Dear' %}{% endif %}{{ g }}|{% if contact.nick %}{% set g = 'x' %}{% endif %}{{ g }}";
    assert_eq!(shows(text), "Hi Ana &amp; Co|Hi Ana &amp; Co");
    let text = "{% if contact.vip %}{% set b %}<b>{{ contact.plan }}</b>{% endset %}{% else %}{% set b = 'no' %}{% endif %}{{ b }}";
    assert_eq!(shows(text), "<b>pro</b>");
    let (message, place, _) =
        refusals("{% if contact.vip %}{% set a = 1 %}{% endif %}{{ a }}").remove(0);
    assert_eq!(
        (message.as_str(), place.as_str()),
        ("this variable is set for some recipients only", "a")
    );
}

#[test]
fn macros_take_what_is_deferred() {
    let text = "{% macro b(label, url='u') %}<a href=\"{{ url }}\">{{ label|upper }}</a>{% endmacro %}{{ b('x') }}{{ b(contact.plan, url=links.unsubscribe) }}{% call b('c') %}in {{ contact.plan }}{% endcall %}";
    assert_eq!(
        shows(text),
        "<a href=\"u\">X</a><a href=\"https://links.example/unsubscribe\">PRO</a><a href=\"u\">C</a>"
    );
    let text = "{% macro w() %}<i>{{ caller() }}</i>{% endmacro %}{% call w() %}in {{ contact.plan }}{% endcall %}";
    assert_eq!(shows(text), "<i>in pro</i>");
}

#[test]
fn layouts_blocks_includes_and_locales() {
    let files = [
        (
            "base.html",
            "<html>{% block title %}T{% endblock %}|{% block content %}{% endblock %}|{% include 'foot.html' %}</html>",
        ),
        ("foot.html", "en {{ brand.name }}"),
        ("foot.de.html", "de {{ contact.plan }}"),
        ("m.html", "{% macro hi(n) %}Hi {{ n }}{% endmacro %}"),
        (
            "a.html",
            "---\nlayout: base.html\nsubject: \"S {{ contact.plan }}\"\n---\n{% from 'm.html' import hi %}{{ hi(contact.plan) }}{% block title %}{{ super() }}2{% endblock %}",
        ),
        (
            "b.html",
            "{% extends 'base.html' %}{% import 'm.html' as m %}{% block content %}{{ m.hi('x') }}{% endblock %}",
        ),
    ];
    let show = |name, locale| {
        let (template, found, _) = compile_all(&files, name, locale);
        assert!(found.is_empty(), "{found:#?}");
        evaluate(&template.unwrap().body, &sample(), Spelling::default())
    };
    assert_eq!(
        show("a", "en"),
        "<html>T2|Hi pro|en Fern &amp; Finch</html>"
    );
    assert_eq!(show("b", "de"), "<html>T|Hi x|de pro</html>");
}

#[test]
fn subjects_are_plain_and_their_places_exact() {
    let text = "---\nsubject: \"It\\'s {{ contact.first_name }}: {{ nope }}\"\n---\nx"
        .replace("\\'", "\\u0027");
    let (_, found, sources) = compile_all(&[("t.html", &text)], "t", "en");
    assert_eq!(found.len(), 1);
    assert_eq!(sources.slice(found[0].primary.span), "nope");
    let template = body("---\nsubject: \"Hi {{ contact.first_name }} & {{ brand.name }}\"\n---\nx");
    assert_eq!(
        evaluate(&template.subject, &sample(), Spelling::default()),
        "Hi Ana & Co & Fern & Finch"
    );
}

#[test]
fn what_cannot_be_deferred_is_refused_at_its_place() {
    for (text, message, place) in [
        ("a {{ nme }}", "there is no variable `nme`", "nme"),
        ("{{ brand.nmae }}", "`brand` has no `nmae`", "nmae"),
        (
            "a {% if contact.x %}b",
            "this `{% if` is never closed",
            "{% if",
        ),
        (
            "{% if contact.x %}b{% endif %}{%- for x in event.lines %}b",
            "this `{%- for` is never closed",
            "{%- for",
        ),
        (
            "a {{ contact.x </p> {{ contact.y }}",
            "this `{{` is never closed",
            "{{",
        ),
        (
            "{{ links.unsubscrbe }}",
            "there is no link `unsubscrbe` that providers make",
            "unsubscrbe",
        ),
        ("{{ contact.x|uper }}", "there is no filter `uper`", "uper"),
        (
            "{{ contact.x is definde }}",
            "there is no test `definde`",
            "definde",
        ),
        (
            "{{ event.total * 2 }}",
            "what is known per recipient only cannot be calculated with",
            "event.total * 2",
        ),
        (
            "{{ event.lines[:2] }}",
            "slices such as `[:3]` do not work with every provider",
            "event.lines[:2]",
        ),
        (
            "{{ contact }}",
            "`contact` as a whole cannot be printed",
            "contact",
        ),
        (
            "{{ namespace(a=1) }}",
            "`namespace` does not work with any provider",
            "namespace",
        ),
        (
            "{% include 'foo.html' %}",
            "there is no template file `foo.html`",
            "'foo.html'",
        ),
        (
            "{{ contact.x|join(', ') }}",
            "`join` cannot be applied to what is known per recipient only",
            "join",
        ),
        (
            "{{ event.at|date('%q') }}",
            "`%q` is not a part of dates that every provider can write",
            "date",
        ),
        (
            "{{ contact.name.upper() }}",
            "what is known per recipient only has no method `upper`",
            "contact.name.upper()",
        ),
        (
            "{% for l in event.lines %}{{ loop.cycle('a') }}{% endfor %}",
            "`loop` as a whole has no method `cycle`",
            "loop.cycle('a')",
        ),
        (
            "{% for l in event.lines %}{% break %}{% endfor %}",
            "`break` and `continue` cannot leave this block",
            "for l in event.lines",
        ),
        (
            "{% elsif x %}",
            "`elsif` is not a statement of templates",
            "elsif",
        ),
        (
            "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=1) }}",
            "the macro `m` takes no value `b`",
            "m(b=1)",
        ),
    ] {
        let found = refusals(text);
        assert_eq!(found[0].0, message, "{text}");
        assert!(found[0].1.starts_with(place), "{text}: {:?}", found[0].1);
        assert!(!found[0].2.is_empty());
    }
}

#[test]
fn no_template_exhausts_the_compiler() {
    let deep = format!(
        "{}{}",
        "{% if contact.a %}".repeat(300),
        "{% endif %}".repeat(300)
    );
    let bombs = [
        deep,
        format!("{{{{ {}1{} }}}}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("{{{{ {}1 }}}}", "not ".repeat(5_000)),
        format!("{{{{ 1{} }}}}", " ~ 1".repeat(50_000)),
        format!("{{% if a %}}{}{{% endif %}}", "{% elif b %}".repeat(3_000)),
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}".to_owned(),
        "{% for i in range(90000) %}{% for j in range(90000) %}x{% endfor %}{% endfor %}"
            .to_owned(),
        format!(
            "{{% set s = 'xxxxxxxxxx' %}}{}",
            "{% set s = s ~ s %}".repeat(40)
        ),
        format!(
            "{{% set s = ['x'] %}}{}{{{{ s }}}}",
            "{% set s = [s, s] %}".repeat(60)
        ),
        "{{ 'x' * 1000000000 }}".to_owned(),
        "{{ ('x' * 1000)|replace('x', 'y' * 1000)|replace('y', 'z' * 1000) }}".to_owned(),
        "{{ 'x'|indent(1000000000) }}{{ '%999999999d'|format(1) }}".to_owned(),
        "{% include 't.html' %}".to_owned(),
        format!(
            "{{% set x = 'a' %}}{}{{{{ x }}}}",
            "{% if contact.a %}{% set x = x ~ contact.b %}{% endif %}".repeat(30)
        ),
    ];
    for text in bombs {
        let found = refusals(&text);
        assert!(!found.is_empty(), "{}", &text[..60.min(text.len())]);
    }
}

#[test]
fn the_static_names_read_are_known_beforehand() {
    let files = [
        (
            "a.html",
            "---\nlayout: b.html\nsubject: \"{{ journey.title }}\"\n---\n{{ contact.x }}",
        ),
        (
            "b.html",
            "{% block content %}{% endblock %}{% include 'c.html' %}",
        ),
        ("c.html", "{{ sender.name }}"),
    ];
    let sources = sources(&files);
    let mut sink = Sink::default();
    let library = Library::parse(&sources, "templates/", &["en"], &mut sink);
    assert_eq!(
        library.reads("a", "en").into_iter().collect::<Vec<_>>(),
        ["journey", "sender"]
    );
    assert_eq!(
        library.names().into_iter().collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
}

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/dialect");

#[allow(clippy::disallowed_methods, reason = "tests read cases")]
fn corpus() -> (Vec<(String, String)>, Vec<serde_json::Value>) {
    let mut templates: Vec<(String, String)> = std::fs::read_dir(format!("{CORPUS}/templates"))
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    templates.sort();
    let samples = std::fs::read_to_string(format!("{CORPUS}/samples.json")).unwrap();
    (templates, serde_json::from_str(&samples).unwrap())
}

/// Where this language means something else than minijinja on purpose, whether only for what is
/// missing or empty, and why.
const OWN_MEANING: [(&str, bool, &str); 10] = [
    (
        "if_defined",
        true,
        "a missing value and an empty text are the same",
    ),
    ("if_compare", true, "what is missing has no order"),
    ("if_not_compare", true, "what is missing has no order"),
    ("if_chained", true, "what is missing has no order"),
    ("if_text", true, "two missing values are not equal"),
    (
        "if_in",
        true,
        "nothing is in what is missing, and an empty text is in no other",
    ),
    (
        "index",
        true,
        "a missing list has no first entry; that is no error",
    ),
    (
        "escaping",
        true,
        "`none | safe` prints nothing, as `none` does",
    ),
    (
        "joined",
        false,
        "`~` writes none and booleans as printing them does",
    ),
    (
        "default_joined",
        false,
        "`~` writes none as printing it does",
    ),
];

#[test]
fn folding_first_gives_what_minijinja_gives_at_once() {
    let (templates, samples) = corpus();
    let mut env = environment::environment();
    env.set_undefined_behavior(minijinja::UndefinedBehavior::Chainable);
    let mut wrong = Vec::new();
    for (name, text) in &templates {
        let (template, found, _) =
            compile_all(&[(name, text)], name.trim_end_matches(".html"), "en");
        assert!(found.is_empty(), "{found:?}");
        let template = template.unwrap();
        let own = OWN_MEANING
            .iter()
            .find(|it| name.trim_end_matches(".html") == it.0);
        for sample in &samples {
            let is_bare = matches!(
                sample["name"].as_str(),
                Some("nulls" | "missing" | "empty" | "holes")
            );
            if own.is_some_and(|it| is_bare || !it.1) {
                continue;
            }
            let links = json!({"unsubscribe": "https://links.example/unsubscribe", "preferences": "https://links.example/preferences", "web_view": "https://links.example/web_view"});
            let mut roots = statics().roots;
            for (root, value) in [
                ("contact", &sample["contact"]),
                ("event", &sample["event"]),
                ("links", &links),
            ] {
                roots.insert(root.to_owned(), Value::from(Serde(value)));
            }
            let whole = env
                .render_named_str("t.html", text, Value::from(roots))
                .map_err(|it| it.to_string());
            let sample = Sample {
                contact: sample["contact"].clone(),
                event: sample["event"].clone(),
                links,
            };
            let folded = evaluate(&template.body, &sample, Spelling::default());
            if whole.as_ref() != Ok(&folded) {
                wrong.push(format!(
                    "{name}:\n  minijinja {whole:?}\n  folded    {folded:?}"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }
}

/// What mutations put in.
const BITS: &[&str] = &[
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "|",
    "(",
    ")",
    "[",
    "]",
    "'",
    "\"",
    ".",
    "contact",
    "event.lines",
    " not ",
    " in ",
    "{% if ",
    "{% endif %}",
    "{% for x in ",
    "{% endfor %}",
    "{% else %}",
    "loop.",
    "links.",
    "\u{0}",
    "ü",
    "👩\u{200d}🌾",
    "-",
    "~",
    "==",
    "0",
    "99999999999999999999",
    "1e999",
    "{% set x = ",
    "{% macro m(a) %}",
    "{% endmacro %}",
    "<table>",
    "<!--",
    "-->",
    "</p>",
    "---\n",
    "\\",
    "JC",
    "\n",
];

#[test]
fn no_mutation_of_a_template_panics() {
    let (templates, samples) = corpus();
    let mut dice = Dice(42);
    for round in 0..1_500 {
        let (_, text) = &templates[dice.roll(templates.len())];
        let mut chars: Vec<char> = text.chars().collect();
        for _ in 0..=dice.roll(6) {
            let at = dice.roll(chars.len() + 1);
            match dice.roll(3) {
                0 if at < chars.len() => {
                    let end = (at + dice.roll(8)).min(chars.len());
                    chars.drain(at..end);
                }
                1 => {
                    let (_, other) = &templates[dice.roll(templates.len())];
                    let piece: Vec<char> = other
                        .chars()
                        .skip(dice.roll(40))
                        .take(dice.roll(40))
                        .collect();
                    chars.splice(at..at, piece);
                }
                _ => {
                    let piece = BITS[dice.roll(BITS.len())].chars();
                    chars.splice(at..at, piece);
                }
            }
        }
        let text: String = chars.into_iter().collect();
        let (name, text) = match round % 3 {
            0 => ("t.html", text),
            1 => ("t.md", text),
            _ => (
                "t.mjml",
                format!(
                    "<mjml><mj-body><mj-section><mj-column><mj-text>{text}</mj-text></mj-column></mj-section></mj-body></mjml>"
                ),
            ),
        };
        let (template, found, sources) = compile_all(&[(name, &text)], "t", "en");
        for it in &found {
            let whole = sources.text(it.primary.span.file);
            let (start, end) = (it.primary.span.start as usize, it.primary.span.end as usize);
            assert!(
                start <= end && whole.is_char_boundary(start) && whole.is_char_boundary(end),
                "{text:?}: {it:?}"
            );
        }
        let Some(template) = template else {
            assert!(!found.is_empty(), "{text:?}");
            continue;
        };
        for sample in samples.iter().step_by(3) {
            let sample = Sample {
                contact: sample["contact"].clone(),
                event: sample["event"].clone(),
                links: serde_json::Value::Null,
            };
            evaluate(&template.body, &sample, Spelling::default());
        }
    }
}

fn shape_findings(text: &str) -> Vec<(&'static str, String, String)> {
    use crate::model::{Property, Table, Type};
    let span = Span::start_of(FileId(0));
    let name = |it: &str| crate::source::Spanned::new(Box::<str>::from(it), span);
    let mut contact = Table::new();
    contact.insert(
        name("first_name"),
        Property {
            nullable: true,
            ..Property::of(Type::Text)
        },
    );
    contact.insert(name("points"), Property::of(Type::Number));
    let mut fields = Table::new();
    fields.insert(name("name"), Property::of(Type::Text));
    let mut event = Table::new();
    event.insert(name("lines"), Property::of(Type::Objects(fields)));
    event.insert(name("order_id"), Property::of(Type::Text));
    let (template, found, sources) = compile_all(&[("t.html", text)], "t", "en");
    assert!(found.is_empty(), "{found:?}");
    let shape = Shape {
        contact: &contact,
        event: Some(("order_paid", &event)),
    };
    let mut sink = Sink::default();
    check(&template.unwrap(), &shape, &mut sink);
    sink.into_sorted()
        .into_iter()
        .map(|it| {
            (
                it.rule.0,
                it.message,
                sources.slice(it.primary.span).to_owned(),
            )
        })
        .collect()
}

#[test]
fn variables_are_held_against_what_is_declared() {
    let fine = "---\nsubject: \"{{ event.order_id }}\"\n---\n{% for l in event.lines %}{{ l.name|upper }}{{ loop.index }}{% endfor %}{% if contact.points > 3 and contact.first_name == 'a' %}{{ event.lines[0].name }}{{ event.lines|length }}{% endif %}";
    assert_eq!(shape_findings(fine), []);
    for (text, rule, message, place) in [
        (
            "{{ contact.frist_name }}",
            "unknown-attribute",
            "people have no attribute `frist_name`",
            "contact.frist_name",
        ),
        (
            "---\nsubject: 'Hi {{ event.oder_id }}'\n---\n",
            "unknown-property",
            "the event `order_paid` has no property `oder_id`",
            "event.oder_id",
        ),
        (
            "{% macro m(x) %}{% for l in x %}{{ l.nme }}{% endfor %}{% endmacro %}{{ m(event.lines) }}",
            "unknown-property",
            "an entry of this list has no field `nme`",
            "l.nme",
        ),
        (
            "{% for c in event.order_id %}{{ c }}{% endfor %}",
            "type-mismatch",
            "a loop cannot go over a string",
            "event.order_id",
        ),
        (
            "{{ event.order_id.name }}",
            "type-mismatch",
            "a string has no field `name`",
            "event.order_id.name",
        ),
        (
            "{{ event.lines.name }}",
            "type-mismatch",
            "`.name` asks a list, not one of its entries",
            "event.lines.name",
        ),
        (
            "{{ event.lines }}",
            "type-mismatch",
            "a list cannot be printed",
            "event.lines",
        ),
        (
            "{{ contact.points|upper }}",
            "type-mismatch",
            "`upper` cannot be applied to a number",
            "upper",
        ),
        (
            "{% if contact.points == '3' %}x{% endif %}",
            "type-mismatch",
            "a number is compared with a string",
            "contact.points == '3'",
        ),
    ] {
        assert_eq!(
            shape_findings(text),
            [(rule, message.to_owned(), place.to_owned())]
        );
    }
}

#[test]
fn what_may_be_missing_is_covered_by_a_default_or_a_question() {
    use crate::model::{Property, Table, Type};
    let span = Span::start_of(FileId(0));
    let mut contact = Table::new();
    contact.insert(
        crate::source::Spanned::new("n".into(), span),
        Property {
            nullable: true,
            ..Property::of(Type::Text)
        },
    );
    let shape = Shape {
        contact: &contact,
        event: None,
    };
    let open = |text: &str| {
        uses(&body(text), &shape)
            .iter()
            .filter(|it| it.printed && it.nullable && !it.covered)
            .count()
    };
    assert_eq!(open("{{ contact.n }}{{ contact.n|upper }}"), 2);
    assert_eq!(
        open(
            "{{ contact.n|default('x') }}{% if contact.n %}{{ contact.n }}{% endif %}{{ contact.n or 'x' }}"
        ),
        0
    );
    assert_eq!(
        open(
            "{% if not contact.n %}x{% else %}{{ contact.n }}{% endif %}{% if contact.n == 'a' %}{{ contact.n }}{% endif %}"
        ),
        0
    );
    assert_eq!(open("{% if not contact.n %}{{ contact.n }}{% endif %}"), 1);
}
