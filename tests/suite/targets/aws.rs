//! What the templates of SES must be given for two people, for a check from outside.
//!
//! `JOURNEYC_ORACLE_OUT/aws-data/PROJECT.json` gets, for each mail, the data that our own reading of the
//! template hands over. `tests/oracles/aws_data.py` holds against it what the machines work out.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use journeyc::diagnostic::Sink;
use journeyc::load::Disk;
use journeyc::manifest::{Kind, Manifest, Property};
use journeyc::template::Sample;
use journeyc::{Workspace, compile, dialect, printed};
use serde_json::{Map, Value, json};

use super::{PROJECTS, export};
use crate::snapshot::root;

/// Values that are awkward: signs that HTML means something by, nothing at all, zero.
fn value(name: &str, property: &Property, rich: bool) -> Value {
    match property.kind {
        _ if property.nullable && !rich => Value::Null,
        Kind::String if rich => json!(format!("{name} Tom & \"Jo\" O'Neil <b> {{x}} ß")),
        Kind::String => json!(""),
        Kind::Number => json!(if rich { 42.5 } else { 0.0 }),
        Kind::Boolean => json!(rich),
        Kind::Date => json!(if rich {
            "2026-12-04"
        } else {
            "2027-01-31T09:05:00+02:00"
        }),
        Kind::List => json!(if rich {
            vec!["one", "two & three"]
        } else {
            Vec::new()
        }),
        Kind::Objects if rich => {
            json!([{"name": "Fern & pot", "price": "£18.00", "kind": "plant", "quantity": 2}])
        }
        Kind::Objects => json!([]),
    }
}

fn values<'p>(properties: impl Iterator<Item = (&'p String, &'p Property)>, rich: bool) -> Value {
    let all = properties.map(|(name, it)| (name.clone(), value(name, it, rich)));
    Value::Object(all.collect::<Map<_, _>>())
}

/// Two texts of one mail may each need something of a list's entries.
fn join(known: &mut Value, new: Value) {
    match (known, new) {
        (Value::Array(known), Value::Array(new)) => {
            for (known, new) in known.iter_mut().zip(new) {
                join(known, new);
            }
        }
        (Value::Object(known), Value::Object(new)) => {
            for (name, value) in new {
                join(known.entry(name).or_insert(Value::Null), value);
            }
        }
        (known, new) => *known = new,
    }
}

#[test]
fn every_mail_has_the_data_that_its_template_asks_for() {
    for project in PROJECTS {
        let from = match project {
            "shop" => root(""),
            _ => root("tests/cases/targets").join(project),
        };
        let written = export(project, "aws").artifacts;
        let manifest = written.iter().find(|it| it.0 == "manifest.json").unwrap();
        let manifest: Manifest = serde_json::from_slice(manifest.1).unwrap();
        let disk = Disk::open(&from, NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()).unwrap();
        let workspace = Workspace::read(&disk);
        let compilation = compile(&workspace);
        let ses = dialect::find("handlebars-ses").unwrap();
        let mut sink = Sink::default();
        let emails = printed::emails(&compilation);
        let mut all = Vec::new();
        for (email, mail) in printed::print(&compilation, emails, ses, &mut sink) {
            let mail = mail.unwrap();
            let journey = &email.document.journey;
            let event = &manifest.events[&*journey.trigger.event.value];
            let samples = [true, false].map(|rich| {
                let sample = Sample {
                    contact: values(manifest.contact.iter(), rich),
                    event: values(event.properties.iter(), rich),
                    links: json!({"preferences": "https://fernandfinch.example/preferences"}),
                };
                let parts = [&mail.subject, &mail.html, &mail.text];
                let variables = parts.into_iter().flat_map(|it| &it.variables);
                let mut data = json!({});
                for it in variables {
                    if let Some(value) = it.handed_over(&sample, ses.spelling()) {
                        join(&mut data[it.name.as_str()], value);
                    }
                }
                json!({"contact": sample.contact, "event": sample.event, "data": data})
            });
            all.push(json!({
                "journey": *journey.name.value,
                "step": *email.send.id.value,
                "locale": email.locale,
                "samples": samples,
            }));
        }
        assert!(all.len() > 10, "{project} has {} mails", all.len());
        if let Ok(out) = std::env::var("JOURNEYC_ORACLE_OUT") {
            let folder = Path::new(&out).join("aws-data");
            fs::create_dir_all(&folder).unwrap();
            let text = serde_json::to_string(&all).unwrap();
            fs::write(folder.join(format!("{project}.json")), text).unwrap();
        }
    }
}
