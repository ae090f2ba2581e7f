//! `journeyc graph`: a journey as a diagram.

use clap::ValueEnum;

use super::failure::Failure;
use super::{Exit, Global, Streams, repository};
use crate::compile::compile;
use crate::diagnostic::did_you_mean;
use crate::graph::{self, Graph};
use crate::workspace::Workspace;

const EXAMPLES: &str = "\
Examples:
  journeyc graph post-purchase
  journeyc graph post-purchase --format dot | dot -Tsvg > post-purchase.svg

Mermaid is what pull requests and wikis draw by themselves, in a block that begins with ```mermaid.";

/// Draw a journey: every step, every wait with its time, every way a person can take
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The journey's name
    #[arg(value_name = "JOURNEY")]
    journey: String,
    /// The language of the diagram
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "mermaid")]
    format: Drawing,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Drawing {
    /// For pull requests, wikis and Markdown
    Mermaid,
    /// For Graphviz
    Dot,
}

pub(super) fn run(
    args: &Args,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let disk = repository::open(global, &[], streams)?;
    let workspace = Workspace::read(&disk);
    let compilation = compile(&workspace);
    let cannot = |why: &str| {
        let message = format!("cannot draw `{}`: {why}", args.journey);
        Failure::new(message).help("run `journeyc check` and cure what it finds first")
    };
    let Some(program) = &compilation.program else {
        return Err(cannot("journeyc.yaml cannot be read"));
    };
    let of_name = |it: &&crate::model::Document| *it.journey.name.value == *args.journey;
    let Some(document) = program.documents.iter().find(of_name) else {
        let known = program.documents.iter().map(|it| &*it.journey.name.value);
        let help = did_you_mean(&args.journey, known, "journeys");
        return Err(Failure::new(format!("there is no journey `{}`", args.journey)).help(help));
    };
    if document.damaged {
        return Err(cannot("parts of its file cannot be read"));
    }
    let graph = Graph::new(&document.journey, &program.project);
    let text = match args.format {
        Drawing::Mermaid => graph::mermaid(&graph),
        Drawing::Dot => graph::dot(&graph),
    };
    streams.out.write_all(text.as_bytes())?;
    Ok(Exit::Clean)
}
