//! `journeyc man`: the manual.

use std::path::PathBuf;

use super::failure::{Failure, reason};
use super::{Exit, Streams};

const EXAMPLES: &str = "\
Examples:
  journeyc man | man -l -
  journeyc man --out /usr/local/share/man/man1";

/// Print the manual page
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Write a page for each command into this folder instead
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, streams: &mut Streams<'_>) -> Result<Exit, Failure> {
    let Some(folder) = &args.out else {
        clap_mangen::Man::new(super::command()).render(&mut streams.out)?;
        return Ok(Exit::Clean);
    };
    let folder = streams.current_dir.join(folder);
    std::fs::create_dir_all(&folder)
        .and_then(|()| clap_mangen::generate_to(super::command(), &folder))
        .map_err(|error| {
            Failure::new(format!(
                "cannot write manual pages into `{}`: {}",
                folder.display(),
                reason(&error)
            ))
        })?;
    Ok(Exit::Clean)
}
