//! The command line program: streams in, exit code out.

use std::io::{BufWriter, IsTerminal, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use journeyc::cli::{self, Streams};

/// The exit status of a run that ended in a fault of the program itself.
const FAULT: u8 = 2;

fn main() -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("no message");
        let place = panic
            .location()
            .map_or(String::new(), |it| format!(" ({it})"));
        // There is nobody left to tell that telling failed.
        let _ = writeln!(
            std::io::stderr(),
            "error: journeyc ran into a fault of its own: {message}{place}\n  = help: \
             please report it, with the journey if you can: {}/issues",
            env!("CARGO_PKG_REPOSITORY")
        );
    }));
    let run = panic::catch_unwind(AssertUnwindSafe(run));
    ExitCode::from(run.unwrap_or(FAULT))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the process is read here, and handed on"
)]
fn run() -> u8 {
    let terminal = terminal_size::terminal_size();
    let variables = std::env::vars_os();
    let mut streams = Streams {
        out: &mut BufWriter::new(std::io::stdout()),
        err: &mut std::io::stderr(),
        out_is_terminal: std::io::stdout().is_terminal(),
        err_is_terminal: std::io::stderr().is_terminal(),
        width: terminal.map(|(width, _)| usize::from(width.0)),
        env: variables
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
        current_dir: std::env::current_dir().unwrap_or_default(),
    };
    cli::run(std::env::args_os(), &mut streams)
}
