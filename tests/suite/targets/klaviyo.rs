//! The shop of this repository as Klaviyo takes it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use journeyc::diagnostic::{Diagnostic, Level, Sink};
use journeyc::load::Disk;
use journeyc::manifest::{self, Action, Letters, Manifest, Step};
use journeyc::source::Artifacts;
use journeyc::target::{self, Account, Job, Mail, Mails};
use journeyc::{Workspace, compile};

use crate::snapshot;

/// The mails that the manifest asks for, all with the same short words.
fn mails(manifest: &Manifest) -> Mails {
    let mut mails = Mails::new();
    for journey in &manifest.journeys {
        Step::walk(&journey.steps, &mut |step| {
            if let Action::Send(it) = &step.does {
                for locale in it.mails.keys() {
                    let mail = Mail {
                        subject: format!("{} {locale}", step.node),
                        preheader: None,
                        html: "<p>{% unsubscribe %}</p>".to_owned(),
                        text: "{% unsubscribe_link %}".to_owned(),
                        variables: Vec::new(),
                    };
                    let key = (journey.name.clone(), step.node.clone(), locale.clone());
                    mails.insert(key, std::sync::Arc::new(mail));
                }
            }
        });
    }
    mails
}

/// The shop for one account, and what was found.
fn export(target: &str, environment: &str) -> (Manifest, Artifacts, Sink) {
    let root = snapshot::root("");
    let disk = Disk::open(&root, NaiveDate::default()).unwrap();
    let workspace = Workspace::read(&disk);
    let compilation = compile(&workspace);
    let program = compilation.program.as_ref().unwrap();
    let mut letters = Letters::new();
    for document in &program.documents {
        for send in document.journey.sends() {
            for locale in &program.project.locales {
                let letter = manifest::Letter {
                    subject: send.id.value.to_string(),
                    preheader: None,
                    sha256: manifest::content_hash(&[&send.id.value]),
                    sender: None,
                };
                let key = (
                    document.journey.name.value.to_string(),
                    send.id.value.to_string(),
                    locale.value.to_string(),
                );
                letters.insert(key, letter);
            }
        }
    }
    let manifest = manifest::build(&manifest::Input {
        program,
        sources: &workspace.sources,
        letters: &letters,
        timings: &manifest::timings(program),
        revision: None,
    });
    let places = manifest::places(program);
    let settings = program.project.targets.get(target).unwrap();
    let account = Account::of(
        environment,
        settings.environments.get(environment).unwrap(),
        None,
    );
    let mails = mails(&manifest);
    let job = Job {
        manifest: &manifest,
        mails: &mails,
        account: &account,
        places: &places,
    };
    let mut sink = Sink::default();
    let artifacts = target::write(target::find(target).unwrap(), &job, &mut sink);
    (manifest, artifacts, sink)
}

/// Every journey is either written whole or left out with a finding, never dropped.
#[test]
fn klaviyo_takes_the_shop() {
    let (manifest, artifacts, sink) = export("klaviyo", "prod");
    keep(&manifest, &artifacts);
    let mut written = BTreeSet::new();
    for (_, bytes) in artifacts.iter().filter(|it| it.0.contains("-flow-")) {
        let request: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        // A journey that waits for a date is two flows: `flow:journey` and `flow:journey/step`.
        let bound = request["binds"].as_object().unwrap().keys().next().unwrap();
        let name = bound.trim_start_matches("flow:").split('/').next().unwrap();
        written.insert(name.to_owned());
    }
    let left_out =
        |it: &&Diagnostic| it.level == Level::Error || it.message.contains("no journey is written");
    let left_out = sink.iter().filter(left_out);
    let left_out: BTreeSet<String> = left_out.filter_map(|it| it.journey.clone()).collect();
    let all: BTreeSet<String> = manifest.journeys.iter().map(|it| it.name.clone()).collect();
    assert!(written.is_disjoint(&left_out), "{left_out:?}");
    assert_eq!(&(&written | &left_out), &all);
    assert_eq!(left_out.into_iter().collect::<Vec<_>>(), ["undeliverable"]);
}

/// Keeps what was written for a check against Klaviyo's schema from outside, where a folder is named.
fn keep(manifest: &Manifest, artifacts: &Artifacts) {
    let Ok(folder) = std::env::var("JOURNEYC_BODIES") else {
        return;
    };
    let write = |path: &str, bytes: &[u8]| {
        let path = Path::new(&folder).join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    for (path, bytes) in artifacts.iter() {
        write(&format!("klaviyo/prod/{path}"), bytes);
    }
    write("manifest.json", manifest::to_json(manifest).as_bytes());
    write("schedule.csv", manifest::sheet(manifest).as_bytes());
    write("schedule.ics", manifest::calendar(manifest).as_bytes());
}
