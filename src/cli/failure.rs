//! Why a command could not do its work.

use std::io;

use annotate_snippets::renderer::{DEFAULT_ERROR_STYLE, Style};
use clap::ColorChoice;

use super::{Exit, Streams};
use crate::report::harmless;

/// Why a command stopped.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nobody reads on, as in `journeyc … | head`. No reason to complain.
    ClosedPipe,
    /// The call is wrong; the text is complete, and coloured where it is due.
    Usage(String),
    /// Anything else.
    Message {
        /// What went wrong, in lower case.
        message: String,
        /// What to do about it, as an imperative.
        help: Option<String>,
    },
}

impl Failure {
    /// Something went wrong.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self::Message {
            message: message.into(),
            help: None,
        }
    }

    /// Says what to do about it.
    pub(super) fn help(self, text: impl Into<String>) -> Self {
        match self {
            Self::Message { message, .. } => Self::Message {
                message,
                help: Some(text.into()),
            },
            other => other,
        }
    }

    /// Tells the person, and gives the exit status.
    pub(super) fn report(self, streams: &mut Streams<'_>) -> Exit {
        let text = match self {
            Self::ClosedPipe => return Exit::Clean,
            Self::Usage(text) => text,
            Self::Message { message, help } => {
                let style = if streams.colors_err(ColorChoice::Auto) {
                    DEFAULT_ERROR_STYLE
                } else {
                    Style::new()
                };
                let message = harmless(&message);
                let help =
                    help.map_or(String::new(), |it| format!("  = help: {}\n", harmless(&it)));
                format!("{style}error{style:#}: {message}\n{help}")
            }
        };
        // There is nobody left to tell that telling failed.
        let _ = streams.err.write_all(text.as_bytes());
        let _ = streams.err.flush();
        Exit::Invalid
    }
}

impl From<io::Error> for Failure {
    /// An error of writing to standard output; errors of files say which file, and come otherwise.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::new(format!("cannot write the output: {}", reason(&error))),
        }
    }
}

/// What the system says, in words where there are better ones.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::PermissionDenied => "there is no permission".to_owned(),
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        _ => error.to_string(),
    }
}
