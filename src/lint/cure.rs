//! From changes said by meaning to replacements of bytes.
//!
//! Only files with a finding that can be cured are parsed again. A change that cannot be made
//! without touching anything else is left to the author: the finding then has its help alone.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde_json::Value;

use crate::diagnostic::{Diagnostic, Fix, Sink};
use crate::model::{Journey, Project};
use crate::schema;
use crate::source::{FileId, Sources};
use crate::yaml::edit::{Outline, Shape, edits};
use crate::yaml::parse;

use super::findings::{Cure, Found};

/// Gives each finding its fix, where there is one.
pub(super) fn lower(sources: &Sources, found: Vec<Found>) -> Vec<Diagnostic> {
    let mut by_file: BTreeMap<FileId, Vec<(usize, &Cure)>> = BTreeMap::new();
    for (at, it) in found.iter().enumerate() {
        let is_open = it.diagnostic.suppressed.is_none();
        if let Some(cure) = it.cure.as_ref().filter(|_| is_open)
            && let Some(file) = file_of(cure)
        {
            by_file.entry(file).or_default().push((at, cure));
        }
    }
    if by_file.is_empty() {
        return found.into_iter().map(|it| it.diagnostic).collect();
    }
    let outline = outline();
    let by_file: Vec<_> = by_file.into_iter().collect();
    let fixes: BTreeMap<usize, Fix> = by_file
        .into_par_iter()
        .flat_map_iter(|(file, cures)| in_file(sources, file, &outline, &cures))
        .collect();
    let mut res: Vec<_> = found.into_iter().map(|it| it.diagnostic).collect();
    for (at, fix) in fixes {
        res[at].fix = Some(fix);
    }
    res
}

fn in_file(
    sources: &Sources,
    file: FileId,
    outline: &Outline,
    cures: &[(usize, &Cure)],
) -> Vec<(usize, Fix)> {
    let mut sink = Sink::default();
    let path = sources.path(file);
    // Journeys are listed by just these endings.
    if ![".yaml", ".yml"].iter().any(|it| path.ends_with(it)) {
        return Vec::new();
    }
    let Some(tree) = parse(file, sources.text(file), &mut sink) else {
        return Vec::new();
    };
    // What the parser complains about and leaves out could stand where the edit goes.
    if !sink.is_empty() {
        return Vec::new();
    }
    let fix = |(at, cure): &(usize, &Cure)| {
        let fix = Fix {
            title: cure.title.clone(),
            applicability: cure.applicability,
            edits: edits(&tree, outline, &cure.rewrites)?,
        };
        Some((*at, fix))
    };
    cures.iter().filter_map(fix).collect()
}

/// The one file that a cure changes; changes in several files are more than anybody expects of one
/// finding.
fn file_of(cure: &Cure) -> Option<FileId> {
    let mut files = cure.rewrites.iter().map(super::rewrite::Rewrite::file);
    let first = files.next()?;
    files.all(|it| it == first).then_some(first)
}

/// The mappings of journeys and of the project file, with their keys in the order of the
/// documentation.
fn outline() -> Outline {
    let schemas = [schema::of::<Journey>("", ""), schema::of::<Project>("", "")];
    let mut shapes = Vec::new();
    for root in &schemas {
        shapes.extend(shape(root));
    }
    for root in &schemas {
        let inner = root.get("$defs").and_then(Value::as_object);
        shapes.extend(
            inner
                .into_iter()
                .flat_map(|it| it.values())
                .filter_map(shape),
        );
    }
    Outline::new(shapes)
}

fn shape(schema: &Value) -> Option<Shape> {
    let keys = schema.get("properties")?.as_object()?;
    let required = schema.get("required").and_then(Value::as_array);
    let required = required.into_iter().flatten().filter_map(Value::as_str);
    Some(Shape {
        keys: keys.keys().cloned().collect(),
        required: required.map(str::to_owned).collect(),
    })
}
