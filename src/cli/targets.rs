//! `journeyc targets`: the mail providers that journeys can be exported to.

use super::failure::Failure;
use super::{Exit, Global, Streams, plugin};
use crate::report::{Look, targets};

const EXAMPLES: &str = "\
Examples:
  journeyc targets
  journeyc targets --format json
  journeyc explain-target klaviyo

Programs on the PATH whose names begin with `journeyc-export-` are targets too.";

/// List the mail providers that journeys can be exported to, and what each gets
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
    let plugins = plugin::on_the_path(global, streams);
    match args.format {
        Format::Json => targets::list_json(&plugins, streams.out)?,
        Format::Text => {
            let look = Look {
                color: streams.colors_out(global.color),
                width: streams.look_width(),
                quiet: global.quiet,
            };
            targets::list(&plugins, look, streams.out)?;
        }
    }
    Ok(Exit::Clean)
}
