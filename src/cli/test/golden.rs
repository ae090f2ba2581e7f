//! `journeyc test --record` and `--accept`: timelines that nobody has to write.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::super::failure::Failure;
use super::super::{Exit, Global, Streams, fix, progress, repository, write};
use super::Choice;
use crate::compile::{Compilation, compile};
use crate::diagnostic::did_you_mean;
use crate::fix::Change;
use crate::lint;
use crate::load::Disk;
use crate::model::Program;
use crate::scenario::file::Written;
use crate::scenario::record::{self, Recorded};
use crate::scenario::{Case, golden};
use crate::source::Span;
use crate::workspace::Workspace;

/// Records journeys, each into the file beside it.
pub(super) fn record(
    disk: &Disk,
    wanted: &[PathBuf],
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let workspace = Workspace::read(disk);
    let compilation = compile(&workspace);
    let program = sound(&compilation)?;
    for name in journeys_of(program, disk, wanted, streams)? {
        let Some(document) = program
            .documents
            .iter()
            .find(|it| *it.journey.name.value == *name)
        else {
            continue;
        };
        let path = workspace.sources.path(document.file);
        let stem = path
            .strip_suffix(".yaml")
            .or_else(|| path.strip_suffix(".yml"));
        let target = format!("{}.scenario.yaml", stem.unwrap_or(path));
        let existing = workspace.sources.find(&target);
        let existing = existing.map(|it| Arc::clone(&workspace.sources.file(it).text));
        let work = || {
            record::record(
                program,
                &document.journey,
                existing.as_deref(),
                &lint::ids(),
            )
        };
        let recorded = progress::during(streams, global, "recording", work)
            .map_err(|it| Failure::new(it.message).help(it.help))?;
        if existing.as_deref() != Some(&recorded.text) {
            match existing {
                Some(before) => {
                    let change = Change {
                        path: target.as_str().into(),
                        before,
                        after: recorded.text.as_str().into(),
                    };
                    fix::write(disk, &[change])?;
                }
                None => write::whole(
                    &disk.root().join(&target),
                    &target,
                    recorded.text.as_bytes(),
                )?,
            }
        }
        tell(&recorded, &target, global, streams)?;
    }
    Ok(Exit::Clean)
}

fn sound<'c>(compilation: &'c Compilation<'_>) -> Result<&'c Program, Failure> {
    let program = compilation.program.as_ref();
    program
        .filter(|_| !compilation.is_invalid())
        .ok_or_else(|| {
            Failure::new("the repository cannot be understood")
                .help("run `journeyc check` and cure what it finds first")
        })
}

/// The journeys that are meant, each once. Nothing is written where one of them is none.
fn journeys_of(
    program: &Program,
    disk: &Disk,
    wanted: &[PathBuf],
    streams: &Streams<'_>,
) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for path in wanted {
        let name = journey_of(program, disk, path, streams)?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The journey that a path or a name means.
fn journey_of(
    program: &Program,
    disk: &Disk,
    wanted: &PathBuf,
    streams: &Streams<'_>,
) -> Result<String, Failure> {
    let shown = wanted.display().to_string();
    let file = streams.current_dir.join(wanted);
    let name = if file.exists() {
        let inside = repository::inside(disk, std::slice::from_ref(wanted), streams)?;
        let path = inside.first().map_or("", String::as_str);
        crate::workspace::stem(path).to_owned()
    } else {
        shown.clone()
    };
    if program.journey(&name).is_some() {
        return Ok(name);
    }
    let known = program.documents.iter().map(|it| &*it.journey.name.value);
    let help = did_you_mean(&name, known, "journeys");
    Err(Failure::new(format!("there is no journey `{shown}`")).help(help))
}

fn tell(
    recorded: &Recorded,
    target: &str,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    if global.quiet {
        return Ok(());
    }
    let mut parts = Vec::new();
    for (count, what) in [
        (recorded.added.len(), "new"),
        (recorded.changed.len(), "changed"),
        (recorded.dropped.len(), "gone"),
        (recorded.kept, "as before"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    let (taken, all) = recorded.edges;
    writeln!(
        streams.out,
        "{target}: {} · edges {taken}/{all}",
        parts.join(", ")
    )?;
    for (names, sign) in [
        (&recorded.added, '+'),
        (&recorded.changed, '~'),
        (&recorded.dropped, '-'),
    ] {
        for name in names {
            writeln!(streams.out, "  {sign} {name}")?;
        }
    }
    if !recorded.missed.is_empty() {
        writeln!(
            streams.out,
            "  no life was found for: {}",
            recorded.missed.join(", ")
        )?;
    }
    Ok(())
}

/// Lets the golden timelines of the chosen scenarios say what happens now.
pub(super) fn accept(
    disk: &Disk,
    choice: &Choice,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let workspace = Workspace::read(disk);
    let compilation = compile(&workspace);
    let program = sound(&compilation)?;
    let mut files: BTreeMap<_, Vec<(&Written, Span, Vec<String>)>> = BTreeMap::new();
    for written in choice.of_all(&compilation) {
        let (Some(span), Some(first)) = (written.timeline, written.cases.first()) else {
            continue;
        };
        let lines = of_all_lives(program, written, first)?;
        if golden::lines(first).is_some_and(|old| old != lines) {
            files
                .entry(written.file)
                .or_default()
                .push((written, span, lines));
        }
    }
    let mut changes = Vec::new();
    let mut said = Vec::new();
    for (file, timelines) in files {
        let source = workspace.sources.file(file);
        let wanted: Vec<(Span, Vec<String>)> =
            timelines.iter().map(|it| (it.1, it.2.clone())).collect();
        let accepted = record::accept(&source.text, &wanted).ok_or_else(|| {
            Failure::new(format!(
                "the timelines of `{}` cannot be written",
                source.path
            ))
            .help("write `timeline:` as a list of lines with dashes; nothing was changed")
        })?;
        for ((written, ..), (removed, added)) in timelines.iter().zip(accepted.lines) {
            let name = &written.name.value;
            said.push(format!(
                "accepted {}: {name} (-{removed} +{added} lines)",
                source.path
            ));
        }
        changes.push(Change {
            path: Arc::clone(&source.path),
            before: Arc::clone(&source.text),
            after: accepted.text.into(),
        });
    }
    fix::write(disk, &changes)?;
    if !global.quiet {
        for line in &said {
            writeln!(streams.err, "{line}")?;
        }
        if said.is_empty() {
            writeln!(
                streams.err,
                "nothing to accept: every timeline says what happens"
            )?;
        }
    }
    Ok(())
}

/// The one timeline that all lives of a scenario have.
fn of_all_lives(
    program: &Program,
    written: &Written,
    first: &Case,
) -> Result<Vec<String>, Failure> {
    let mut found: Option<Vec<String>> = None;
    for case in &written.cases {
        let simulation = first.acting.simulation(program);
        for lines in golden::timelines(&simulation, case) {
            if found.as_ref().is_some_and(|it| *it != lines) {
                let name = &written.name.value;
                return Err(Failure::new(format!(
                    "`{name}` has more than one timeline: chance or its matrix decides"
                ))
                .help("name the arm of each split with `assign`, or take the matrix away"));
            }
            found = Some(lines);
        }
    }
    Ok(found.unwrap_or_default())
}
