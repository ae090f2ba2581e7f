//! The corpus: small templates by topic, whole templates, and the recipients they are printed for.

use std::collections::BTreeMap;
use std::fs;

use journeyc::diagnostic::{Diagnostic, Sink};
use journeyc::load::Disk;
use journeyc::model::{Program, Property, Table, Type};
use journeyc::render;
use journeyc::source::Sources;
use journeyc::template::ir::Node;
use journeyc::template::{Library, Sample, Shape, Statics, check, compile};
use journeyc::{Compilation, Workspace};
use serde_json::{Value, json};

use super::generated;
use crate::snapshot::root;

pub(super) const FOLDER: &str = "tests/cases/dialect";
const EVENT: &str = "order_paid";

/// One recipient.
pub(super) struct Recipient {
    pub(super) name: String,
    pub(super) sample: Sample,
}

/// One template of the corpus, as it is written.
pub(super) struct Case {
    /// `topic/name`.
    pub(super) name: String,
    pub(super) body: String,
    pub(super) subject: Option<String>,
    /// Whether it is also made into a whole mail, by all the HTML tools.
    pub(super) whole: bool,
    pub(super) origin: Origin,
}

/// Who wrote a template.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Hand,
    /// Made from a fixed seed. Where the flag is set it asks what Jinja answers differently for what
    /// is missing or empty.
    Generated {
        compares: bool,
    },
}

/// A template of the corpus, compiled.
pub(super) struct Compiled {
    pub(super) name: String,
    pub(super) is_generated: bool,
    /// What is printed: a surface's name for people, the surface, and the nodes.
    pub(super) body: Vec<Node>,
    pub(super) subject: Vec<Node>,
    pub(super) mail: Option<render::Mail>,
}

/// The project of the corpus.
pub(super) fn workspace() -> Workspace {
    let world = Disk::open(&root(FOLDER), "2026-11-22".parse().unwrap()).unwrap();
    Workspace::read(&world)
}

pub(super) fn program<'c>(compilation: &'c Compilation<'_>) -> &'c Program {
    compilation.program.as_ref().unwrap()
}

pub(super) fn shape(program: &Program) -> Shape<'_> {
    let event = program.project.events.get(EVENT).unwrap();
    Shape {
        contact: &program.project.contact,
        event: Some((EVENT, &event.properties)),
    }
}

pub(super) fn statics() -> Statics {
    Statics::default().with("brand", &brand())
}

pub(super) fn brand() -> Value {
    json!({"name": "Fern & Finch"})
}

/// The recipients. Each keeps to the kinds that the project declares.
pub(super) fn recipients() -> Vec<Recipient> {
    let text = fs::read_to_string(root(FOLDER).join("samples.json")).unwrap();
    let all: Vec<Value> = serde_json::from_str(&text).unwrap();
    let recipient = |it: Value| Recipient {
        name: it["name"].as_str().unwrap().to_owned(),
        sample: Sample {
            contact: it["contact"].clone(),
            event: it["event"].clone(),
            links: Value::Null,
        },
    };
    all.into_iter().map(recipient).collect()
}

/// Every template: those of `cases`, those of `templates`, and the generated ones.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in sorted("cases") {
        let text = fs::read_to_string(&path).unwrap();
        let topic = path.file_stem().unwrap().to_str().unwrap();
        let written: BTreeMap<String, Value> = serde_yaml::from_str(&text).unwrap();
        for (name, it) in written {
            let (body, subject) = match &it {
                Value::String(body) => (body.clone(), None),
                it => (
                    it["body"].as_str().unwrap().to_owned(),
                    Some(it["subject"].as_str().unwrap().to_owned()),
                ),
            };
            cases.push(Case {
                name: format!("{topic}/{name}"),
                body,
                subject,
                whole: false,
                origin: Origin::Hand,
            });
        }
    }
    for path in sorted("templates") {
        cases.push(Case {
            name: format!("templates/{}", path.file_stem().unwrap().to_str().unwrap()),
            body: fs::read_to_string(&path).unwrap(),
            subject: None,
            whole: true,
            origin: Origin::Hand,
        });
    }
    cases.extend(generated::conditions());
    cases.extend(generated::templates());
    cases
}

/// The files that cases include, by the path that they write.
pub(super) fn parts() -> BTreeMap<String, String> {
    let part = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        (format!("parts/{name}"), text)
    };
    sorted("templates/parts").into_iter().map(part).collect()
}

fn sorted(folder: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(root(FOLDER).join(folder)).unwrap();
    let mut files: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    files.retain(|it| it.is_file());
    files.sort();
    files
}

/// The texts of the cases as files of a repository, numbered in their order.
pub(super) fn sources(cases: &[Case]) -> Sources {
    let mut sources = Sources::default();
    for (at, case) in cases.iter().enumerate() {
        let text = match &case.subject {
            Some(subject) => {
                format!("---\nsubject: {}\n---\n{}", json!(subject), case.body)
            }
            None => case.body.clone(),
        };
        sources.add(format!("{at:05}.html"), text);
    }
    for (path, text) in parts() {
        sources.add(path, text);
    }
    sources
}

/// Compiles every case; none of them may be wrong in any way.
pub(super) fn compiled(cases: &[Case], sources: &Sources, shape: &Shape<'_>) -> Vec<Compiled> {
    let mut sink = Sink::default();
    let library = Library::parse(sources, "", &["en"], &mut sink);
    let mut all = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let template = compile(&library, &format!("{at:05}"), "en", &statics(), &mut sink);
        let template = template.unwrap_or_else(|| panic!("{} is not there", case.name));
        check(&template, shape, &mut sink);
        let mail = case
            .whole
            .then(|| render::render(&template, &mut Sink::default()));
        all.push(Compiled {
            name: case.name.clone(),
            is_generated: case.origin != Origin::Hand,
            body: template.body,
            subject: template.subject,
            mail: mail.flatten(),
        });
    }
    let tell = |it: Diagnostic| {
        let path = sources.path(it.primary.span.file);
        let number = path.split('.').next().and_then(|it| it.parse().ok());
        let name = number.map_or(path, |it: usize| &cases[it].name);
        let at = sources.slice(it.primary.span);
        format!("{name}: {} {:?} {at:?}", it.message, it.help)
    };
    let wrong: Vec<String> = sink.into_sorted().into_iter().map(tell).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    all
}

/// What is wrong with a value that ought to be of a kind.
pub(super) fn misfit(value: &Value, kind: &Type, path: &str, wrong: &mut Vec<String>) {
    let fits = match (kind, value) {
        (Type::Text | Type::Date, Value::String(_))
        | (Type::Number, Value::Number(_))
        | (Type::Boolean, Value::Bool(_)) => true,
        (Type::List(kind), Value::Array(items)) => {
            for (at, item) in items.iter().enumerate() {
                misfit(item, kind, &format!("{path}[{at}]"), wrong);
            }
            true
        }
        (Type::Objects(fields), Value::Array(items)) => {
            for (at, item) in items.iter().enumerate() {
                misfits(item, fields, &format!("{path}[{at}]"), wrong);
            }
            true
        }
        _ => false,
    };
    if !fits {
        wrong.push(format!("{path}: {value} is not {}", kind.phrase()));
    }
}

/// What is wrong with an object that ought to have these properties.
pub(super) fn misfits(
    value: &Value,
    properties: &Table<Property>,
    path: &str,
    wrong: &mut Vec<String>,
) {
    let known = |key: &String| properties.keys().any(|it| *it.value == **key);
    for key in value.as_object().unwrap().keys().filter(|it| !known(it)) {
        wrong.push(format!("{path}.{key} is not declared"));
    }
    for (name, property) in properties {
        let path = format!("{path}.{}", name.value);
        match value.get(&*name.value) {
            None | Some(Value::Null) if property.nullable => {}
            None => wrong.push(format!("{path} is missing")),
            // What may be missing may be empty.
            Some(Value::String(it)) if it.is_empty() && property.nullable => {}
            Some(it) => {
                misfit(it, &property.kind, &path, wrong);
                let listed = property.choices.iter().any(|one| one.value == *it);
                if !listed && !property.choices.is_empty() {
                    wrong.push(format!("{path}: {it} is not listed"));
                }
            }
        }
    }
}
