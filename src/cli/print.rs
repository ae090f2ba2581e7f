//! `journeyc print`: an email in a provider's own language.

use std::io;

use clap::ValueEnum;

use super::failure::Failure;
use super::{Exit, Global, Streams, repository};
use crate::compile::{Compilation, compile};
use crate::diagnostic::{Diagnostic, Sink, did_you_mean};
use crate::dialect::{self, Dialect, Form, Printed, Variable};
use crate::printed::{self, Email, PrintedMail};
use crate::report::{FORMATS, Look, Report};
use crate::workspace::Workspace;

const EXAMPLES: &str = "\
Examples:
  journeyc print --dialect liquid-braze                      can Braze say all of our emails?
  journeyc print post-purchase/confirmation --dialect django
  journeyc print welcome/hello --dialect handlebars-ses --part subject --locale de
  journeyc dialects                                          what there is to choose from

Exit status: 1 if something cannot be said in the language; every such place is shown.";

/// Show an email as a provider gets it: in the provider's own template language
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The email, as its journey and step; without it, every email is tried and counted
    #[arg(value_name = "JOURNEY/STEP")]
    email: Option<String>,
    /// The provider's language
    #[arg(long, value_name = "NAME")]
    dialect: String,
    /// The email's language [default: the first of `locales`]
    #[arg(long, value_name = "LOCALE", requires = "email")]
    locale: Option<String>,
    /// Which part of it
    #[arg(long, value_enum, value_name = "PART", default_value = "html")]
    part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The subject line
    Subject,
    /// What inboxes show behind the subject
    Preheader,
    /// The page
    Html,
    /// The plain text
    Text,
}

impl Part {
    fn of(self, mail: &PrintedMail) -> &Printed {
        match self {
            Self::Subject => &mail.subject,
            Self::Preheader => &mail.preheader,
            Self::Html => &mail.html,
            Self::Text => &mail.text,
        }
    }
}

pub(super) fn run(
    args: &Args,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let Some(dialect) = dialect::find(&args.dialect) else {
        let known = dialect::ALL.iter().map(|it| it.name());
        let help = did_you_mean(&args.dialect, known, "dialects");
        return Err(Failure::new(format!("there is no dialect `{}`", args.dialect)).help(help));
    };
    let disk = repository::open(global, &[], streams)?;
    let workspace = Workspace::read(&disk);
    let compilation = compile(&workspace);
    if compilation.is_invalid() {
        return Err(Failure::new("some emails cannot be made")
            .help("run `journeyc check` and cure what it finds first"));
    }
    let emails = match &args.email {
        Some(name) => vec![find(&compilation, name, args.locale.as_deref())?],
        None => printed::emails(&compilation),
    };
    let mut sink = Sink::default();
    let made = printed::print(&compilation, emails, dialect, &mut sink);
    let findings = sink.into_sorted();
    show(&findings, &compilation, global, streams)?;
    if args.email.is_some() {
        for mail in made.iter().filter_map(|it| it.1.as_ref()) {
            write(args.part.of(mail), global, streams)?;
        }
    } else {
        count(&made, dialect, streams)?;
    }
    Ok(if findings.is_empty() {
        Exit::Clean
    } else {
        Exit::Findings
    })
}

fn find<'c>(
    compilation: &'c Compilation<'_>,
    name: &str,
    locale: Option<&str>,
) -> Result<Email<'c>, Failure> {
    let all = printed::emails(compilation);
    let full = |it: &Email<'_>| format!("{}/{}", it.document.journey.name.value, it.send.id.value);
    let own: Vec<Email<'c>> = all.iter().filter(|it| full(it) == name).copied().collect();
    let Some(first) = own.first() else {
        let known: Vec<String> = all.iter().map(full).collect();
        let help = did_you_mean(name, known.iter().map(String::as_str), "emails");
        return Err(Failure::new(format!("there is no email `{name}`")).help(help));
    };
    let Some(locale) = locale else {
        return Ok(*first);
    };
    own.iter()
        .find(|it| it.locale == locale)
        .copied()
        .ok_or_else(|| {
            let known = own.iter().map(|it| it.locale);
            let help = did_you_mean(locale, known, "languages of this email");
            Failure::new(format!("`{name}` is not there in `{locale}`")).help(help)
        })
}

/// The text on the standard output; what must be handed over beside the recipient's data on the other.
fn write(printed: &Printed, global: &Global, streams: &mut Streams<'_>) -> Result<(), Failure> {
    streams.out.write_all(printed.text.as_bytes())?;
    if !printed.text.ends_with('\n') {
        streams.out.write_all(b"\n")?;
    }
    if printed.variables.is_empty() || global.quiet {
        return Ok(());
    }
    writeln!(streams.err, "whoever sends it works out before:")?;
    explain(&printed.variables, 1, streams.err)?;
    Ok(())
}

/// Each value that is worked out before, those of a list's entries below it.
fn explain(variables: &[Variable], depth: usize, out: &mut dyn io::Write) -> io::Result<()> {
    for Variable {
        name, value, form, ..
    } in variables
    {
        let value = crate::template::written_out(value);
        write!(out, "{:1$}{name} = {value}", "", depth * 2)?;
        match form {
            Form::Text | Form::Answer => writeln!(out)?,
            Form::Html => writeln!(out, " | escape")?,
            Form::Entries(it) => {
                writeln!(out, ", for each `{}`:", it.var)?;
                explain(&it.fields, depth + 1, out)?;
            }
        }
    }
    Ok(())
}

fn count(
    made: &[(Email<'_>, Option<std::sync::Arc<PrintedMail>>)],
    dialect: &dyn Dialect,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let can = made.iter().filter(|it| it.1.is_some()).count();
    let name = dialect.name();
    writeln!(
        streams.out,
        "{can} of {} emails can be said in {name}",
        made.len()
    )?;
    Ok(())
}

fn show(
    findings: &[Diagnostic],
    compilation: &Compilation<'_>,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    if findings.is_empty() {
        return Ok(());
    }
    let workspace = compilation.workspace;
    let report = Report {
        findings,
        sources: &workspace.sources,
        journeys: compilation.journeys,
        files: &[],
        changed: None,
        today: workspace.today,
        base: None,
    };
    let look = Look {
        color: streams.colors_err(global.color),
        width: streams.look_width(),
        quiet: global.quiet,
    };
    (FORMATS[0].write)(&report, look, streams.err)?;
    Ok(())
}
