//! What a finding is known by from one run to the next.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Diagnostic;
use crate::source::Sources;

/// One fingerprint a finding, in the same order: 16 hexadecimal digits made of the rule, the
/// journey (or the file), the step and the subject. A line that moves changes nothing; equal ones
/// are told apart by their order.
pub fn fingerprints(findings: &[Diagnostic], sources: &Sources) -> Vec<String> {
    let mut seen = BTreeMap::new();
    let mut out = Vec::with_capacity(findings.len());
    for finding in findings {
        let parts = parts(finding, sources);
        let ordinal: &mut u32 = seen.entry(parts).or_default();
        out.push(digest(parts, *ordinal));
        *ordinal += 1;
    }
    out
}

fn parts<'a>(finding: &'a Diagnostic, sources: &'a Sources) -> [&'a str; 4] {
    let file = || sources.path(finding.primary.span.file);
    [
        finding.rule.0,
        finding.journey.as_deref().unwrap_or_else(file),
        finding.step.as_deref().unwrap_or(""),
        finding.subject.as_deref().unwrap_or(""),
    ]
}

fn digest(parts: [&str; 4], ordinal: u32) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    if ordinal > 0 {
        hash.update(ordinal.to_string());
    }
    let mut out = String::with_capacity(16);
    for byte in &hash.finalize()[..8] {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::RuleId;
    use crate::source::Span;

    #[test]
    fn lines_do_not_count_and_equal_ones_stay_apart() {
        let mut sources = Sources::default();
        let file = sources.add("journeys/a.yaml", "one\ntwo\nthree\n");
        let at = |start| {
            let span = Span::new(file, start, start + 1);
            Diagnostic::error(RuleId("step-too-late"), span, "late").step("ask")
        };
        let print = |findings: &[Diagnostic]| fingerprints(findings, &sources);
        let first = print(&[at(0), at(4)]);
        assert_eq!(first, print(&[at(4), at(8)]));
        assert_ne!(first[0], first[1]);
        assert_eq!(first[0].len(), 16);
        assert_ne!(first[0], print(&[at(0).subject("x")])[0]);
        assert_ne!(first[0], print(&[at(0).journey("a")])[0]);
    }
}
