//! In what two versions of a journey differ, as far as that can be said without knowing any other.

use crate::diagnostic::Sink;
use crate::source::FileId;
use crate::yaml::{self, Kind, Node};

/// What differs between two versions that are otherwise the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Difference {
    /// Comments, layout, the description: nothing that any other journey could notice.
    Words,
    /// How long steps wait.
    Times,
}

/// What differs; nothing if that is anything else, or cannot be told.
pub(super) fn difference(file: FileId, (old, new): (&str, &str)) -> Option<Difference> {
    let mut sink = Sink::default();
    let old = yaml::parse(file, old, &mut sink)?;
    let new = yaml::parse(file, new, &mut sink)?;
    if sink.iter().next().is_some() {
        return None;
    }
    between(old.root(), new.root(), &mut Vec::new())
}

/// Compares two nodes; `path` holds the keys that lead to them, and `""` for the items of lists.
fn between<'t>(old: Node<'t>, new: Node<'t>, path: &mut Vec<&'t str>) -> Option<Difference> {
    let mut found = Difference::Words;
    match (old.kind(), new.kind()) {
        (Kind::Map, Kind::Map) if old.len() == new.len() => {
            for (old, new) in old.pairs().zip(new.pairs()) {
                if old.key.as_key() != new.key.as_key() {
                    return None;
                }
                path.push(new.key.as_key());
                found = found.max(between(old.value, new.value, path)?);
                path.pop();
            }
            Some(found)
        }
        (Kind::List, Kind::List) if old.len() == new.len() => {
            path.push("");
            for (old, new) in old.items().zip(new.items()) {
                found = found.max(between(old.value, new.value, path)?);
            }
            path.pop();
            Some(found)
        }
        (Kind::Map | Kind::List, _) | (_, Kind::Map | Kind::List) => None,
        (old, new) if old == new => Some(found),
        (Kind::Null, _) | (_, Kind::Null) => None,
        _ => meaning(path),
    }
}

/// What it means that a scalar differs.
fn meaning(path: &[&str]) -> Option<Difference> {
    match path {
        ["description"] => Some(Difference::Words),
        [.., "", "wait"]
        | [.., "", "wait", "for" | "at" | "on"]
        | [.., "", "wait", "on", ""]
        | [.., "", "wait_for", "timeout"] => Some(Difference::Times),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_could_notice_is_told_from_what_they_cannot() {
        let old = "description: a\nexits: [{on: x}]\nsteps:\n  - wait: 1d\n  - wait: {for: 1d, at: '10:00'}\n  - wait_for: {id: w, event: e, timeout: 1d}\n  - send: {id: s, title: t, data: {description: d, wait: 1d}}\n";
        let change = |from: &str, to: &str| {
            let new = old.replacen(from, to, 1);
            assert_ne!(old, new);
            difference(FileId(0), (old, &new))
        };
        let words = Some(Difference::Words);
        let times = Some(Difference::Times);
        assert_eq!(difference(FileId(0), (old, old)), words);
        assert_eq!(change("description: a", "description: 'b'"), words);
        assert_eq!(change("steps:", "# a step\n\nsteps:"), words);
        assert_eq!(change("[{on: x}]", "\n  - on: x"), words);
        assert_eq!(change("wait: 1d", "wait: 2d"), times);
        assert_eq!(change("for: 1d", "for: 2d"), times);
        assert_eq!(change("'10:00'", "'11:00'"), times);
        assert_eq!(change("timeout: 1d", "timeout: 2d"), times);
        for (from, to) in [
            ("title: t", "title: u"),
            ("id: s", "id: u"),
            ("description: d", "description: e"),
            ("d, wait: 1d", "d, wait: 2d"),
            ("event: e", "event: f"),
            (", at: '10:00'", ""),
            ("for: 1d, at: '10:00'", "at: '10:00', for: 1d"),
            ("  - wait: 1d\n", ""),
            ("wait: 1d", "wait: ~"),
            ("wait: 1d", "wait: [1d"),
            ("{on: x}", "{on: y}"),
        ] {
            assert_eq!(change(from, to), None, "{from} -> {to}");
        }
    }
}
