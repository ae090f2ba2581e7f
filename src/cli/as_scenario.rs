//! `journeyc check --as-scenario FINGERPRINT`: a finding as a scenario that fails because of it.

use super::failure::Failure;
use super::{Exit, Streams};
use crate::compile::Compilation;
use crate::diagnostic::{did_you_mean, fingerprints, nearest};
use crate::scenario::witness::{NotFound, Witnesses};
use crate::simulate::Simulation;

/// Writes the scenario to standard output; says why where there is none.
pub(super) fn run(
    compilation: &Compilation<'_>,
    wanted: &str,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let findings = &compilation.findings;
    let prints = fingerprints(findings, &compilation.workspace.sources);
    let Some(at) = prints.iter().position(|it| it == wanted) else {
        return Err(unknown(wanted, &prints));
    };
    let finding = &findings[at];
    let Some(program) = &compilation.program else {
        return Err(Failure::new("the project file cannot be read")
            .help("run `journeyc check`, and correct what it finds"));
    };
    let simulation = Simulation::of(program);
    match compilation.scenario_of(&Witnesses::of(&simulation), finding, Some(wanted)) {
        Ok(proof) => {
            streams.out.write_all(proof.text.as_bytes())?;
            Ok(Exit::Clean)
        }
        Err(why) => {
            let rule = finding.rule;
            let text = match why {
                NotFound::Static(why) => format!("`{rule}` has no scenario here: {why}\n"),
                NotFound::NoLife(effort) => format!(
                    "no scenario shows this `{rule}`: {} lives were tried, and none breaks it; perhaps nobody ever \
                     does\n",
                    effort.lives
                ),
            };
            streams.err.write_all(text.as_bytes())?;
            Ok(Exit::Findings)
        }
    }
}

fn unknown(wanted: &str, prints: &[String]) -> Failure {
    let known = || prints.iter().map(String::as_str);
    let help = if nearest(wanted, known()).is_some() {
        did_you_mean(wanted, known(), "findings")
    } else {
        let begins = known().filter(|it| !wanted.is_empty() && it.starts_with(wanted));
        let near: Vec<String> = begins.take(3).map(|it| format!("`{it}`")).collect();
        match near.as_slice() {
            [] => "`journeyc check --format json` shows each finding with its `fingerprint`"
                .to_owned(),
            some => format!("write it whole: {}", some.join(", ")),
        }
    };
    Failure::new(format!("no finding has the fingerprint `{wanted}`")).help(help)
}
