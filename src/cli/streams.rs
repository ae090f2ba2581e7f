//! What a run may know and use of the process around it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::ColorChoice;

use crate::report::Look;

/// The process around a run, handed in by `main`, or by a test.
pub struct Streams<'a> {
    /// Where results go.
    pub out: &'a mut dyn Write,
    /// Where everything else goes: progress, complaints.
    pub err: &'a mut dyn Write,
    /// Whether a person looks at `out`.
    pub out_is_terminal: bool,
    /// Whether a person looks at `err`.
    pub err_is_terminal: bool,
    /// The terminal's columns, if there is a terminal.
    pub width: Option<usize>,
    /// The environment's variables.
    pub env: BTreeMap<String, String>,
    /// The folder that relative paths start from.
    pub current_dir: PathBuf,
}

impl Streams<'_> {
    /// Whether to colour what goes to `out`.
    pub(super) fn colors_out(&self, choice: ColorChoice) -> bool {
        self.colors(choice, self.out_is_terminal)
    }

    /// Whether to colour what goes to `err`.
    pub(super) fn colors_err(&self, choice: ColorChoice) -> bool {
        self.colors(choice, self.err_is_terminal)
    }

    /// How wide a report is: as wide as the terminal, within what can be read with ease.
    pub(super) fn look_width(&self) -> usize {
        let width = self.width.filter(|_| self.out_is_terminal);
        width.map_or(Look::default().width, |it| it.clamp(40, 140))
    }

    /// The conventions of no-color.org and bixense.com/clicolors.
    fn colors(&self, choice: ColorChoice, is_terminal: bool) -> bool {
        let variable = |name| self.env.get(name).map_or("", String::as_str);
        match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if !variable("NO_COLOR").is_empty() => false,
            ColorChoice::Auto if !matches!(variable("CLICOLOR_FORCE"), "" | "0") => true,
            ColorChoice::Auto => is_terminal && variable("TERM") != "dumb",
        }
    }
}

#[cfg(test)]
mod tests {
    use ColorChoice::{Always, Auto, Never};

    use super::*;

    #[test]
    fn colours_follow_the_terminal_and_the_conventions() {
        let colors = |env: &[(&str, &str)], choice, is_terminal| {
            let env = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
            Streams {
                out: &mut Vec::new(),
                err: &mut Vec::new(),
                out_is_terminal: is_terminal,
                err_is_terminal: false,
                width: None,
                env: env.collect(),
                current_dir: PathBuf::new(),
            }
            .colors_out(choice)
        };
        assert!(colors(&[], Auto, true));
        assert!(!colors(&[], Auto, false));
        assert!(!colors(&[("NO_COLOR", "1")], Auto, true));
        assert!(colors(&[("NO_COLOR", "")], Auto, true));
        assert!(colors(&[("CLICOLOR_FORCE", "1")], Auto, false));
        assert!(!colors(&[("CLICOLOR_FORCE", "0")], Auto, false));
        assert!(!colors(&[("TERM", "dumb")], Auto, true));
        assert!(colors(&[("NO_COLOR", "1")], Always, false));
        assert!(!colors(&[("CLICOLOR_FORCE", "1")], Never, true));
    }
}
