//! `journeyc schema`: what editors complete from.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::failure::{Failure, reason};
use super::{Exit, Global, Streams, repository};
use crate::manifest::Manifest;
use crate::model::{Journey, Project};
use crate::scenario::file::{Invariants, ScenarioFile};
use crate::{report, schema};

/// One schema.
struct Entry {
    file: &'static str,
    make: fn() -> Value,
}

/// Every schema.
const SCHEMAS: [Entry; 9] = [
    Entry {
        file: "diff.schema.json",
        make: report::diff::schema,
    },
    Entry {
        file: "invariants.schema.json",
        make: || schema::of::<Invariants>("", "The invariants of all scenarios"),
    },
    Entry {
        file: "journey.schema.json",
        make: || schema::of::<Journey>("", "A customer journey"),
    },
    Entry {
        file: "life.schema.json",
        make: report::scenario::life_schema,
    },
    Entry {
        file: "manifest.schema.json",
        make: || schema::of::<Manifest>("", "The schedule manifest of journeyc"),
    },
    Entry {
        file: "project.schema.json",
        make: || schema::of::<Project>("", "A journeyc project"),
    },
    Entry {
        file: "report.schema.json",
        make: report::schema,
    },
    Entry {
        file: "scenario.schema.json",
        make: || schema::of::<ScenarioFile>("", "Scenarios of customer journeys"),
    },
    Entry {
        file: "tests.schema.json",
        make: report::scenario::schema,
    },
];

const EXAMPLES: &str = "\
Examples:
  journeyc schema            write the schemas
  journeyc schema --check    fail when one of them is out of date

Editors find a schema by the first line of a file:
  # yaml-language-server: $schema=../schema/journey.schema.json";

/// Write the JSON Schemas that editors complete from
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Write nothing; fail when a file is missing or out of date
    #[arg(long)]
    check: bool,
    /// The folder to write to [default: schema, in the repository's root]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(
    args: &Args,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let (folder, shown) = if let Some(out) = &args.out {
        (streams.current_dir.join(out), out.display().to_string())
    } else {
        let root = repository::root(global, streams);
        let root = root.unwrap_or_else(|| streams.current_dir.clone());
        (root.join("schema"), "schema".to_owned())
    };
    let shown = shown.trim_end_matches('/');
    if !args.check {
        fs::create_dir_all(&folder).map_err(|error| failure(shown, &error))?;
    }
    let mut exit = Exit::Clean;
    for Entry { file, make } in SCHEMAS {
        let (path, shown) = (folder.join(file), format!("{shown}/{file}"));
        let text = schema::to_text(&make());
        if !args.check {
            fs::write(&path, text).map_err(|error| failure(&shown, &error))?;
            if !global.quiet {
                writeln!(streams.out, "wrote {shown}")?;
            }
            continue;
        }
        // Git may turn line ends around on checkout.
        let problem = match fs::read_to_string(&path) {
            Ok(found) if found.replace("\r\n", "\n") == text => continue,
            Ok(_) => "is out of date",
            Err(_) => "is not there",
        };
        writeln!(streams.out, "{shown} {problem}")?;
        exit = Exit::Findings;
    }
    Ok(exit)
}

fn failure(shown: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write `{shown}`: {}", reason(error)))
}
