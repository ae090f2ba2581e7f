//! `journeyc explain`: one rule's page.

use super::failure::Failure;
use super::{Exit, Global, Streams};
use crate::diagnostic::did_you_mean;
use crate::lint;
use crate::report::{Look, rules};

const EXAMPLES: &str = "\
Examples:
  journeyc explain feedback-before-delivery
  journeyc explain unknown-event";

/// Explain one rule: why customers suffer, what breaks it, and what to write instead
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The rule's name, as findings show it
    rule: String,
}

pub(super) fn run(
    args: &Args,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let Some(rule) = lint::find(&args.rule) else {
        let help = match did_you_mean(&args.rule, lint::ids(), "rules") {
            near if near.ends_with('?') => near,
            _ => "`journeyc rules` lists all of them".to_owned(),
        };
        return Err(Failure::Message {
            message: format!("there is no rule `{}`", args.rule),
            help: Some(help),
        });
    };
    let look = Look {
        color: streams.colors_out(global.color),
        width: streams.look_width(),
        quiet: global.quiet,
    };
    rules::page(rule, look, streams.out)?;
    Ok(Exit::Clean)
}
