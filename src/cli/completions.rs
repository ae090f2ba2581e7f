//! `journeyc completions`: what makes the tab key work.

use clap_complete::Shell;

use super::failure::Failure;
use super::{Exit, Streams};

const EXAMPLES: &str = "\
Examples:
  journeyc completions bash > ~/.local/share/bash-completion/completions/journeyc
  journeyc completions zsh  > ~/.zfunc/_journeyc
  journeyc completions fish > ~/.config/fish/completions/journeyc.fish";

/// Print a shell's completion script
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &Args, streams: &mut Streams<'_>) -> Result<Exit, Failure> {
    // The generator panics when its writer fails, so it gets one that cannot.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "journeyc", &mut script);
    streams.out.write_all(&script)?;
    Ok(Exit::Clean)
}
