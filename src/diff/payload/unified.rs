//! Two lists of lines as a unified diff.
//!
//! Invariant: it is never longer than [`MOST`] lines and one that counts the rest, and however long the
//! lists are, the work is bounded.

use std::collections::HashMap;

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

/// How many lines are shown.
const MOST: usize = 200;
/// How many lines around a change are shown.
const AROUND: usize = 3;
/// So many lines that differ are not looked at one by one.
const AT_ONCE: usize = 6_000;

/// The diff, without names of files; empty where nothing differs.
pub(super) fn diff(before: &[String], after: &[String]) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut hidden = 0;
    let mut add = |sign: char, line: &str| {
        if shown.len() < MOST {
            shown.push(format!("{sign}{line}"));
        } else {
            hidden += 1;
        }
    };
    for group in group_diff_ops(ops(before, after), AROUND) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        let (old, new) = (first.old_range().start, first.new_range().start);
        let (old_end, new_end) = (last.old_range().end, last.new_range().end);
        let range = |start: usize, end: usize| format!("{},{}", start + 1, end - start);
        let head = format!("@ -{} +{} @@", range(old, old_end), range(new, new_end));
        add('@', &head);
        for op in &group {
            if matches!(op, DiffOp::Equal { .. }) {
                before[op.old_range()].iter().for_each(|it| add(' ', it));
            } else {
                before[op.old_range()].iter().for_each(|it| add('-', it));
                after[op.new_range()].iter().for_each(|it| add('+', it));
            }
        }
    }
    if hidden > 0 {
        let lines = if hidden == 1 { "line" } else { "lines" };
        shown.push(format!("… {hidden} more {lines}"));
    }
    if !shown.is_empty() {
        shown.push(String::new());
    }
    shown.join("\n")
}

fn ops(before: &[String], after: &[String]) -> Vec<DiffOp> {
    // Lines are compared as numbers.
    let mut known: HashMap<&str, u32> = HashMap::new();
    let [old, new] = [before, after].map(|side| -> Vec<u32> {
        let lines = side.iter().map(|line| {
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry(line).or_insert(next)
        });
        lines.collect()
    });
    let same = |(a, b): &(&u32, &u32)| a == b;
    let head = old.iter().zip(&new).take_while(same).count();
    let ends = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = ends.take_while(same).count();
    let (old_middle, new_middle) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut ops = vec![equal(0, 0, head)];
    if old_middle.len() + new_middle.len() > AT_ONCE {
        ops.push(DiffOp::Replace {
            old_index: head,
            old_len: old_middle.len(),
            new_index: head,
            new_len: new_middle.len(),
        });
    } else {
        let middle = capture_diff_slices(Algorithm::Myers, old_middle, new_middle);
        ops.extend(middle.into_iter().map(|it| behind(it, head)));
    }
    ops.push(equal(old.len() - tail, new.len() - tail, tail));
    ops.retain(|it| !it.old_range().is_empty() || !it.new_range().is_empty());
    ops
}

fn equal(old_index: usize, new_index: usize, len: usize) -> DiffOp {
    DiffOp::Equal {
        old_index,
        new_index,
        len,
    }
}

/// The same, so many lines further on.
fn behind(op: DiffOp, lines: usize) -> DiffOp {
    let (old, new) = (op.old_range(), op.new_range());
    let (old_index, new_index) = (old.start + lines, new.start + lines);
    match op {
        DiffOp::Equal { len, .. } => equal(old_index, new_index, len),
        _ => DiffOp::Replace {
            old_index,
            old_len: old.len(),
            new_index,
            new_len: new.len(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{AT_ONCE, MOST, diff};

    fn list(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn changes_are_shown_with_what_is_around_them() {
        let before = list("1\n2\n3\n4\n5\n6\n7\n8\n9");
        let after = list("1\n2\n3\n4\nfive\n6\n7\n8\n9\n10");
        let expected = "@@ -2,8 +2,9 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n+10\n";
        assert_eq!(diff(&before, &after), expected);
        assert_eq!(diff(&before, &before), "");
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        let many =
            |word: &str| -> Vec<String> { (0..AT_ONCE).map(|it| format!("{word}{it}")).collect() };
        let it = diff(&many("a"), &many("b"));
        assert_eq!(it.lines().count(), MOST + 1);
        let rest = 2 * AT_ONCE + 1 - MOST;
        assert!(it.ends_with(&format!("… {rest} more lines\n")), "{it}");
    }
}
