//! Templates: the shop's own letters can be made, in every locale, for everybody.

use std::collections::BTreeSet;

use journeyc::diagnostic::Sink;
use journeyc::load::Disk;
use journeyc::model::Property;
use journeyc::render::{self, preview};
use journeyc::template::{Library, Sample, Shape, Statics, Template, check, compile, uses};
use journeyc::{Compilation, Workspace};
use serde_json::{Map, Value, json};

use crate::snapshot::root;

fn statics(compilation: &Compilation<'_>) -> Statics {
    let brand = &compilation.program.as_ref().unwrap().project.brand;
    let links: Map<String, Value> = brand
        .links
        .iter()
        .map(|(name, link)| (name.to_string(), Value::from(link.to_string())))
        .collect();
    Statics::default()
        .with("brand", &json!({"name": &*brand.name.value, "url": &*brand.url.value, "postal_address": brand.postal_address.as_ref().map(|it| it.value.to_string()), "links": links}))
        .with("journey", &json!({"name": "j", "title": "J"}))
        .with("step", &json!({"id": "s"}))
        .with("sender", &json!({"name": "Maya", "address": "maya@fernandfinch.example"}))
}

fn object<'p>(all: impl IntoIterator<Item = (String, &'p Property)>, n: usize) -> Value {
    let pairs = all.into_iter().map(|(name, it)| {
        let value = it.sample_value(&name, n);
        (name, value)
    });
    Value::Object(pairs.collect())
}

#[test]
fn every_letter_of_the_shop_can_be_made() {
    let today = "2026-11-22".parse().unwrap();
    let world = Disk::open(&root("."), today).unwrap();
    let workspace = Workspace::read(&world);
    let compilation = journeyc::compile(&workspace);
    let program = compilation.program.as_ref().unwrap();
    let statics = statics(&compilation);
    let mut sink = Sink::default();
    let locales: Vec<&str> = program
        .project
        .locales
        .iter()
        .map(|it| &*it.value)
        .collect();
    let library = Library::parse(&workspace.sources, "templates/", &locales, &mut sink);
    let mut seen = BTreeSet::new();
    for document in &program.documents {
        let journey = &document.journey;
        let event = program.project.events.get(&*journey.trigger.event.value);
        for send in journey.sends() {
            for locale in &locales {
                let name = &*send.template.value;
                let template = compile(&library, name, locale, &statics, &mut sink);
                let Some(template) = template.filter(|it| it.is_sound) else {
                    continue;
                };
                let shape = Shape {
                    contact: &program.project.contact,
                    event: event.map(|it| (&*journey.trigger.event.value, &it.properties)),
                };
                check(&template, &shape, &mut sink);
                assert!(uses(&template, &shape).iter().all(|it| !it.path.is_empty()));
                if seen.insert((name.to_owned(), *locale)) {
                    look(&template, &shape, &mut sink);
                }
            }
        }
    }
    let found: Vec<String> = sink
        .into_sorted()
        .iter()
        .map(|it| {
            let at = workspace.sources.locate(it.primary.span).0;
            let path = workspace.sources.path(it.primary.span.file);
            format!(
                "{path}:{}:{} {} ({:?})",
                at.line, at.column, it.message, it.help
            )
        })
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    assert!(seen.len() > 20, "{}", seen.len());
}

fn look(template: &Template, shape: &Shape<'_>, sink: &mut Sink) {
    let Some(mail) = render::render(template, sink) else {
        return;
    };
    for n in 0..3 {
        let contact = shape
            .contact
            .iter()
            .map(|(name, it)| (name.to_string(), it));
        let event = shape.event.iter().flat_map(|it| it.1.iter());
        let event = event.map(|(name, it)| (name.to_string(), it));
        let sample = Sample {
            contact: object(contact, n),
            event: object(event, n),
            links: Value::Null,
        };
        let seen = preview(&mail, &sample);
        for text in [&seen.subject, &seen.html, &seen.text] {
            for mark in ["JC", "<!--jc", "{{", "{%"] {
                assert!(!text.contains(mark), "{}: {mark} in {text}", template.name);
            }
            assert!(!text.trim().is_empty());
        }
    }
}
