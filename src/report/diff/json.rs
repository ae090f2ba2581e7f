//! `--format json`: everything, for programs; described by `schema/diff.schema.json`.

use std::io;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::{Format, Look};
use crate::diff::Changes;

pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "Everything, for programs; see schema/diff.schema.json",
    write,
};

/// The version of the format. It grows when a field goes or changes its meaning.
const VERSION: u32 = 1;

/// The result of `journeyc diff --format json`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Diff")]
struct Document {
    /// The version of this format. New fields may come without a new version.
    #[schemars(range(min = 1, max = 1), example = 1)]
    version: u32,
}

/// The JSON Schema of the format.
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Document>()
}

fn write(_changes: &Changes, _look: Look<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let document = Document { version: VERSION };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}
