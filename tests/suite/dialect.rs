//! Dialects: what is printed means what the preview shows. Here every template of the corpus is
//! printed; real engines then render it (`tests/run`, `tests/oracles/django_parity.py`).

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use journeyc::Workspace;
use journeyc::diagnostic::Sink;
use journeyc::dialect::{self, Feature, Support, Surface};
use journeyc::load::Disk;
use journeyc::model::Program;
use journeyc::render;
use journeyc::template::ir::Node;
use journeyc::template::{Library, Sample, Shape, Statics, check, compile, evaluate};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::snapshot::root;

const CORPUS: &str = "tests/cases/dialect";

/// The recipients of the corpus.
fn samples() -> Vec<(String, Sample)> {
    let text = fs::read_to_string(root(CORPUS).join("samples.json")).unwrap();
    let all: Vec<Value> = serde_json::from_str(&text).unwrap();
    all.into_iter()
        .map(|it| {
            let sample = Sample {
                contact: it["contact"].clone(),
                event: it["event"].clone(),
                links: Value::Null,
            };
            (it["name"].as_str().unwrap().to_owned(), sample)
        })
        .collect()
}

fn corpus() -> Workspace {
    let world = Disk::open(&root(CORPUS), "2026-11-22".parse().unwrap()).unwrap();
    Workspace::read(&world)
}

fn shape(program: &Program) -> Shape<'_> {
    let event = program.project.events.get("order_paid").unwrap();
    Shape {
        contact: &program.project.contact,
        event: Some(("order_paid", &event.properties)),
    }
}

fn statics() -> Statics {
    Statics::default().with("brand", &json!({"name": "Fern & Finch"}))
}

/// Lines for the oracles.
struct Lines {
    text: String,
    count: usize,
}

impl Lines {
    fn new() -> Self {
        Self {
            text: String::new(),
            count: 0,
        }
    }

    fn add(&mut self, name: &str, nodes: &[Node], surface: Surface, shape: &Shape<'_>) {
        let django = dialect::find("django").unwrap();
        let mut sink = Sink::default();
        let template = django.print(nodes, surface, shape, &mut sink);
        let found: Vec<String> = sink.iter().map(|it| it.message.clone()).collect();
        assert!(found.is_empty(), "{name}: {found:?}");
        let template = template.unwrap().text;
        for (sample_name, sample) in samples() {
            let line = json!({
                "name": format!("{name}, {surface:?}"),
                "sample": sample_name,
                "template": template,
                "contact": sample.contact,
                "event": sample.event,
                "expected": evaluate(nodes, &sample, django.spelling()),
            });
            writeln!(self.text, "{line}").unwrap();
            self.count += 1;
        }
    }

    /// Hands the lines to the oracles, if somebody asked for them.
    #[allow(clippy::print_stderr, reason = "a skipped proof is said plainly")]
    fn hand_over(self) {
        let Ok(path) = std::env::var("JOURNEYC_ORACLE_OUT") else {
            eprintln!("not rendered by Django: JOURNEYC_ORACLE_OUT is not set; tests/run sets it");
            return;
        };
        // Tests run side by side: each adds its lines in one write.
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        file.write_all(self.text.as_bytes()).unwrap();
    }
}

/// The same nodes with nothing escaped, as a plain text has them.
fn unescaped(nodes: &[Node]) -> Vec<Node> {
    let each = |node: &Node| match node {
        Node::Text(_) => node.clone(),
        Node::Out(it) => {
            let mut it = it.clone();
            it.escape = false;
            Node::Out(it)
        }
        Node::If(it) => {
            let mut it = it.clone();
            for arm in &mut it.arms {
                arm.body = unescaped(&arm.body);
            }
            it.otherwise = unescaped(&it.otherwise);
            Node::If(it)
        }
        Node::For(it) => {
            let mut it = it.clone();
            it.body = unescaped(&it.body);
            it.otherwise = unescaped(&it.otherwise);
            Node::For(it)
        }
    };
    nodes.iter().map(each).collect()
}

fn uses_links(nodes: &[Node]) -> bool {
    format!("{nodes:?}").contains("root: Link")
}

#[test]
fn every_template_of_the_corpus_is_printed_for_every_sample() {
    let workspace = corpus();
    let compilation = journeyc::compile(&workspace);
    let program = compilation.program.as_ref().unwrap();
    let shape = shape(program);
    let mut sink = Sink::default();
    let library = Library::parse(&workspace.sources, "templates/", &["en"], &mut sink);
    let mut lines = Lines::new();
    let names = library.names();
    assert!(names.len() >= 40, "{}", names.len());
    for name in names {
        let template = compile(&library, name, "en", &statics(), &mut sink);
        let found: Vec<String> = sink
            .iter()
            .map(|it| {
                format!(
                    "{name}: {} {:?} {:?}",
                    it.message,
                    it.help,
                    workspace.sources.slice(it.primary.span)
                )
            })
            .collect();
        assert!(found.is_empty(), "{found:?}");
        let template = template.unwrap();
        check(&template, &shape, &mut sink);
        lines.add(name, &template.body, Surface::Html, &shape);
        let plain = unescaped(&template.body);
        lines.add(name, &plain, Surface::Text, &shape);
        if !uses_links(&plain) {
            lines.add(name, &plain, Surface::Subject, &shape);
        }
        // And as a whole mail, after all the HTML tools.
        if let Some(mail) = render::render(&template, &mut Sink::default()) {
            lines.add(
                &format!("{name} as a mail"),
                &mail.html,
                Surface::Html,
                &shape,
            );
            lines.add(
                &format!("{name} as a mail"),
                &mail.text,
                Surface::Text,
                &shape,
            );
        }
    }
    let found: Vec<String> = sink
        .iter()
        .map(|it| {
            format!(
                "{} {:?}",
                it.message,
                workspace.sources.slice(it.primary.span)
            )
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");
    assert!(lines.count > 1_000, "{}", lines.count);
    lines.hand_over();
}

/// A question, in Jinja.
fn question() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        Just("contact.first_name".to_owned()),
        Just("contact.vip".to_owned()),
        Just("contact.points".to_owned()),
        Just("event.tags".to_owned()),
        Just("contact.plan == 'pro'".to_owned()),
        Just("contact.plan != 'pro'".to_owned()),
        Just("contact.points > 0".to_owned()),
        Just("contact.points <= 12".to_owned()),
        Just("contact.plan < 'm'".to_owned()),
        Just("contact.plan in ['pro', 'free']".to_owned()),
        Just("'new' in event.tags".to_owned()),
        Just("contact.points is defined".to_owned()),
        Just("contact.points|default(3) > 2".to_owned()),
        Just("contact.plan|default('x')|upper == 'X'".to_owned()),
        Just("contact.vip == false".to_owned()),
        Just("contact.plan == contact.first_name".to_owned()),
        Just("contact.points < event.total".to_owned()),
    ];
    atom.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|it| format!("not ({it})")),
        ]
    })
}

#[test]
fn any_condition_means_the_same_without_parentheses() {
    let workspace = corpus();
    let compilation = journeyc::compile(&workspace);
    let program = compilation.program.as_ref().unwrap();
    let shape = shape(program);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut lines = Lines::new();
    let mut too_long = 0;
    for n in 0..400 {
        let text = question().new_tree(&mut runner).unwrap().current();
        let mut sources = journeyc::source::Sources::default();
        sources.add(
            "t.html",
            format!("{{% if {text} %}}yes{{% elif not {text} %}}no{{% else %}}both{{% endif %}}"),
        );
        let mut sink = Sink::default();
        let library = Library::parse(&sources, "", &["en"], &mut sink);
        let template = compile(&library, "t", "en", &statics(), &mut sink).unwrap();
        if dialect::find("django")
            .unwrap()
            .print(&template.body, Surface::Html, &shape, &mut sink)
            .is_none()
        {
            // Refused with a reason: there is a bound to what can be written without parentheses.
            too_long += 1;
            continue;
        }
        lines.add(
            &format!("condition {n}: {text}"),
            &template.body,
            Surface::Html,
            &shape,
        );
    }
    assert!(too_long < 80, "{too_long} of 400 conditions are refused");
    lines.hand_over();
}

/// What a dialect says of itself is what it does.
#[test]
fn a_dialect_prints_exactly_what_it_claims() {
    let workspace = corpus();
    let compilation = journeyc::compile(&workspace);
    let shape = shape(compilation.program.as_ref().unwrap());
    let mut wrong = Vec::new();
    for feature in Feature::ALL {
        let mut sources = journeyc::source::Sources::default();
        sources.add("t.html", feature.example().to_owned());
        let mut sink = Sink::default();
        let library = Library::parse(&sources, "", &["en"], &mut sink);
        let template = compile(&library, "t", "en", &statics(), &mut sink).unwrap();
        check(&template, &shape, &mut sink);
        assert_eq!(sink.len(), 0, "{feature:?}");
        for dialect in dialect::ALL {
            let support = dialect.support(*feature);
            let printed = dialect.print(&template.body, Surface::Html, &shape, &mut sink);
            let is_as_said = match (&printed, support) {
                (None, Support::No(reason)) => !reason.is_empty(),
                (Some(it), Support::Computed(_)) => !it.variables.is_empty(),
                (Some(_), Support::Yes | Support::Rewritten(_)) => true,
                _ => false,
            };
            if !is_as_said {
                let name = dialect.name();
                wrong.push(format!(
                    "{name}, {feature:?}: claims {support:?}, prints {printed:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
