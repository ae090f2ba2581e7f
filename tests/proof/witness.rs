//! Whether the witness of a finding shows in a simulated life what the finding says.

use journeyc::Compilation;
use journeyc::diagnostic::Diagnostic;
use journeyc::scenario::witness::NotFound;

use super::Town;

/// Turns a finding into a scenario, which fails because of it; nothing where the finding is not about
/// what somebody lives through.
pub(super) fn replay(
    compiled: &Compilation<'_>,
    town: &Town<'_>,
    finding: &Diagnostic,
) -> Option<Result<(), String>> {
    match compiled.scenario_of(&town.simulation, finding, None) {
        Ok(_) => Some(Ok(())),
        Err(NotFound::Static(_)) => None,
        Err(NotFound::NoLife(tries)) => Some(Err(format!(
            "{tries} lives were tried, and none shows: {}{}",
            finding.message,
            told(finding)
        ))),
    }
}

/// The way that the finding tells of, a line a moment.
fn told(finding: &Diagnostic) -> String {
    let moments = finding.witness.iter().flat_map(|it| &it.moments);
    let lines = moments.map(|it| format!("\n  +{:>8} s {:?} {}", it.at, it.kind, it.name));
    lines.collect()
}
