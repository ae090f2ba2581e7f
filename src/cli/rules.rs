//! `journeyc rules`: what is looked for.

use super::failure::Failure;
use super::{Exit, Global, Streams};
use crate::report::{Look, rules};

const EXAMPLES: &str = "\
Examples:
  journeyc rules
  journeyc rules --format json
  journeyc explain feedback-before-delivery";

/// List every rule with its level and what it finds
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// How to write the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// A way to write the list.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// A table for people
    Text,
    /// Everything, for programs
    Json,
}

pub(super) fn run(
    args: &Args,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    match args.format {
        Format::Json => rules::table_json(streams.out)?,
        Format::Text => {
            let look = Look {
                color: streams.colors_out(global.color),
                width: streams.look_width(),
                quiet: global.quiet,
            };
            rules::table(look, streams.out)?;
        }
    }
    Ok(Exit::Clean)
}
