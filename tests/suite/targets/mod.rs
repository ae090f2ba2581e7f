//! Projects as every target takes them.
//!
//! `tests/cases/targets/accounts/TARGET.yaml` holds an account for each target: what stands below
//! `targets: TARGET:` in a project file. The shop of this repository and the torture project are
//! exported with it, and what is written is kept for checks from outside where `JOURNEYC_ORACLE_OUT`
//! names a folder: `exports/PROJECT/TARGET/ENVIRONMENT/`.

mod aws;
mod klaviyo;
mod page;
mod plans;
mod scope;

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use journeyc::diagnostic::Diagnostic;
use journeyc::load::Disk;
use journeyc::source::Artifacts;
use journeyc::{Scope, Workspace, compile};

use crate::check::copy;
use crate::snapshot::root;

/// The projects that every target is tried with.
pub(crate) const PROJECTS: [&str; 2] = ["shop", "torture"];

/// What one target gets of one project.
pub(crate) struct Export {
    /// The files, by their paths below `TARGET/ENVIRONMENT/`, and `manifest.json`.
    pub(crate) artifacts: Artifacts,
    /// What was found on the way.
    pub(crate) findings: Vec<Diagnostic>,
}

/// Exports a project to a target, with the account of `accounts/`.
pub(crate) fn export(project: &str, target: &str) -> Export {
    let folder = tempfile::tempdir().unwrap();
    let from = match project {
        "shop" => root(""),
        _ => root("tests/cases/targets").join(project),
    };
    for part in ["journeys", "templates"] {
        let to = folder.path().join(part);
        fs::create_dir_all(&to).unwrap();
        copy(&from.join(part), &to);
    }
    let file = fs::read_to_string(from.join("journeyc.yaml")).unwrap();
    let file = file.split("\ntargets:").next().unwrap();
    let account = root("tests/cases/targets/accounts").join(format!("{target}.yaml"));
    let account =
        fs::read_to_string(&account).unwrap_or_else(|it| panic!("{}: {it}", account.display()));
    let account: Vec<String> = account.lines().map(|it| format!("    {it}\n")).collect();
    let account = account.concat();
    let file = format!("{file}\ntargets:\n  {target}:\n{account}");
    fs::write(folder.path().join("journeyc.yaml"), file).unwrap();
    let disk = Disk::open(
        folder.path(),
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
    )
    .unwrap();
    let workspace = Workspace::read(&disk);
    let compilation = compile(&workspace);
    assert!(!compilation.is_invalid(), "{:?}", compilation.findings);
    let scope = Scope {
        target: Some(target),
        ..Scope::default()
    };
    let build = journeyc::export(&compilation, scope);
    let export = Export {
        artifacts: build.artifacts,
        findings: build.findings,
    };
    keep(project, &export);
    export
}

/// Keeps what was written for checks from outside.
fn keep(project: &str, export: &Export) {
    let Ok(out) = std::env::var("JOURNEYC_ORACLE_OUT") else {
        return;
    };
    let folder = Path::new(&out).join("exports").join(project);
    for (path, bytes) in export.artifacts.iter() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
