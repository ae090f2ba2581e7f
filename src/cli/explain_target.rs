//! `journeyc explain-target`: what one mail provider can take.

use super::failure::Failure;
use super::{Exit, Global, Streams, plugin};
use crate::diagnostic::did_you_mean;
use crate::report::{Look, targets};
use crate::target;

const EXAMPLES: &str = "\
Examples:
  journeyc explain-target klaviyo
  journeyc targets                   what there is to choose from";

/// Explain one mail provider: what of a journey it can take, its limits, and the ids that it needs
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The target's name, as `journeyc targets` shows it
    #[arg(value_name = "NAME")]
    target: String,
}

pub(super) fn run(
    args: &Args,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let name = &args.target;
    let Some(target) = target::find(name) else {
        let plugins = plugin::on_the_path(global, streams);
        if let Some(it) = plugins.iter().find(|it| it.name == *name) {
            let message = format!("`{name}` is a plug-in, and only it knows what it can take");
            return Err(Failure::new(message)
                .help(format!("ask its author; the program is `{}`", it.program)));
        }
        let known = target::ALL.iter().map(|it| it.name());
        let help = match did_you_mean(name, known, "targets") {
            near if near.ends_with('?') => near,
            _ => "`journeyc targets` lists all of them".to_owned(),
        };
        return Err(Failure::new(format!("there is no target `{name}`")).help(help));
    };
    let look = Look {
        color: streams.colors_out(global.color),
        width: streams.look_width(),
        quiet: global.quiet,
    };
    targets::page(target, look, streams.out)?;
    Ok(Exit::Clean)
}
