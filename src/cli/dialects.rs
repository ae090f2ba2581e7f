//! `journeyc dialects`: the languages of mail providers, and what each cannot say.

use super::failure::Failure;
use super::{Exit, Global, Streams};
use crate::diagnostic::did_you_mean;
use crate::report::{Look, dialects};

const EXAMPLES: &str = "\
Examples:
  journeyc dialects
  journeyc dialects handlebars-ses
  journeyc print --dialect handlebars-ses";

/// List the languages that templates are written in for mail providers, and what each can say
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// One of them, in full
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(super) fn run(
    args: &Args,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let look = Look {
        color: streams.colors_out(global.color),
        width: streams.look_width(),
        quiet: global.quiet,
    };
    let Some(name) = &args.name else {
        dialects::list(look, streams.out)?;
        return Ok(Exit::Clean);
    };
    let Some(dialect) = crate::dialect::find(name) else {
        let known = crate::dialect::ALL.iter().map(|it| it.name());
        let help = did_you_mean(name, known, "dialects");
        return Err(Failure::new(format!("there is no dialect `{name}`")).help(help));
    };
    dialects::page(dialect, look, streams.out)?;
    Ok(Exit::Clean)
}
