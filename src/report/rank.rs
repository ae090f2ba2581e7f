//! Which findings come first where not all can be shown.

use std::cmp::Reverse;

use crate::diagnostic::{Diagnostic, Level, Verdict};
use crate::lint;

/// How bad a finding is; the smallest is the worst.
pub(super) type Rank = (bool, bool, Reverse<Level>, bool);

/// Broken rules before undecided ones, and those before what does not count; then by level; then what
/// cannot be read at all before what can.
pub(super) fn rank(it: &Diagnostic) -> Rank {
    (
        !it.counts(),
        it.verdict == Verdict::Undecided,
        Reverse(it.level),
        !lint::is_input(it.rule),
    )
}

/// The worst findings, at most so many, with their numbers, in the order of the report.
pub(super) fn worst(findings: &[Diagnostic], most: usize) -> Vec<(usize, &Diagnostic)> {
    let mut out: Vec<_> = findings.iter().enumerate().collect();
    if out.len() > most {
        out.sort_by_cached_key(|(at, it)| (rank(it), *at));
        out.truncate(most);
        out.sort_by_key(|(at, _)| *at);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::RuleId;
    use crate::source::{FileId, Span};

    #[test]
    fn the_worst_stay_in_their_order() {
        let span = Span::start_of(FileId(0));
        let warning = Diagnostic::warning(RuleId("a"), span, "a");
        let error = Diagnostic::error(RuleId("b"), span, "b");
        let open = error.clone().undecided("say more");
        let findings = [warning, open, error];
        let numbers = |most| -> Vec<usize> {
            let worst = worst(&findings, most);
            worst.into_iter().map(|(at, _)| at).collect()
        };
        assert_eq!(numbers(1), [2]);
        assert_eq!(numbers(2), [0, 2]);
        assert_eq!(numbers(3), [0, 1, 2]);
    }
}
