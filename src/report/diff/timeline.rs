//! A journey's touchpoints as the lines of a table: what was when, beside what is when.
//!
//! In: the [`Row`]s of one journey. Out: [`Line`]s in the order of time. Invariant: every row is on a
//! line, or counted; one that comes at another time is on two, where it was and where it is.
//! Not done here: how a table looks.

use std::collections::BTreeMap;

use crate::diff::{Entry, Row};

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A touchpoint.
    Touchpoint(Touchpoint<'a>),
    /// So many touchpoints that are as before.
    Skipped(usize),
}

/// A touchpoint at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Touchpoint<'a> {
    /// The row it comes from.
    pub(super) row: &'a Row,
    /// How it was, if it was at this time.
    pub(super) before: Option<&'a Entry>,
    /// How it is, if it is at this time.
    pub(super) after: Option<&'a Entry>,
    /// Whether it is the first that is counted from this milestone or event.
    pub(super) is_first: bool,
}

impl<'a> Touchpoint<'a> {
    /// The side that is there, the newer one if both are.
    pub(super) fn entry(&self) -> Option<&'a Entry> {
        self.after.or(self.before)
    }

    /// Whether the same touchpoint stands on another line as well.
    pub(super) fn is_elsewhere(&self) -> bool {
        let both = self.row.before.is_some() && self.row.after.is_some();
        both && (self.before.is_none() || self.after.is_none())
    }
}

/// The lines to show: those that differ, with one neighbour on each side.
pub(super) fn lines(rows: &[Row]) -> Vec<Line<'_>> {
    let all = sorted(rows);
    let differs = |at: usize| all.get(at).is_some_and(|it| !it.row.flags.is_empty());
    let is_kept = |at: usize| {
        let around = [at.checked_sub(1), Some(at), at.checked_add(1)];
        around.into_iter().flatten().any(differs)
    };
    let mut lines = Vec::new();
    for (at, it) in all.iter().enumerate() {
        if is_kept(at) {
            lines.push(Line::Touchpoint(*it));
        } else if let Some(Line::Skipped(n)) = lines.last_mut() {
            *n += 1;
        } else {
            lines.push(Line::Skipped(1));
        }
    }
    mark_first(&mut lines);
    lines
}

/// All lines, for whoever has the room.
pub(super) fn all(rows: &[Row]) -> Vec<Line<'_>> {
    let mut lines: Vec<_> = sorted(rows).into_iter().map(Line::Touchpoint).collect();
    mark_first(&mut lines);
    lines
}

/// Every touchpoint in the order of time, each once for every time that it has.
fn sorted(rows: &[Row]) -> Vec<Touchpoint<'_>> {
    let mut all = Vec::with_capacity(rows.len());
    let mut origins: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        let entries = row.before.iter().chain(&row.after);
        for it in entries {
            let next = origins.len();
            origins.entry(&it.since).or_insert(next);
        }
        let (before, after) = (row.before.as_ref(), row.after.as_ref());
        let sides: &[_] = match (before, after) {
            (Some(was), Some(is)) if !at_once(was, is) => &[(before, None), (None, after)],
            (None, None) => &[],
            _ => &[(before, after)],
        };
        all.extend(sides.iter().map(|&(before, after)| Touchpoint {
            row,
            before,
            after,
            is_first: false,
        }));
    }
    all.sort_by_key(|it| {
        let entry = it.entry();
        let origin = |it: &Entry| origins.get(it.since.as_str());
        let latest = |it: &Entry| it.latest.unwrap_or(i64::MAX);
        (
            entry.and_then(origin),
            entry.map(|it| it.earliest),
            entry.map(latest),
        )
    });
    all
}

/// Whether both come at the same time.
fn at_once(a: &Entry, b: &Entry) -> bool {
    (&a.since, a.earliest, a.latest) == (&b.since, b.earliest, b.latest)
}

fn mark_first(lines: &mut [Line<'_>]) {
    let mut last = None;
    for line in lines {
        if let Line::Touchpoint(it) = line {
            let since = it.entry().map(|it| it.since.as_str());
            it.is_first = since != last;
            last = since;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::Kind;
    use crate::model::Channel;

    const DAY: i64 = 86_400;

    fn entry(step: &str, since: &str, day: i64) -> Entry {
        Entry {
            step: step.to_owned(),
            title: step.to_owned(),
            channel: Channel::Email,
            class: None,
            sender: None,
            since: since.to_owned(),
            earliest: day * DAY,
            latest: Some(day * DAY),
            when: format!("{day} d"),
            held_by: Vec::new(),
        }
    }

    fn same(step: &str, day: i64) -> Row {
        let it = entry(step, "order_paid", day);
        Row {
            before: Some(it.clone()),
            after: Some(it),
            flags: Vec::new(),
        }
    }

    fn shown(rows: &[Row]) -> Vec<String> {
        let side = |it: Option<&Entry>| it.map_or("-", |it| it.step.as_str()).to_owned();
        let lines = lines(rows);
        let words = lines.iter().map(|line| match line {
            Line::Skipped(n) => format!("… {n}"),
            Line::Touchpoint(it) => {
                let when = it.entry().map(|it| it.when.clone()).unwrap_or_default();
                let first = if it.is_first { "*" } else { "" };
                format!("{first}{when} {} {}", side(it.before), side(it.after))
            }
        });
        words.collect()
    }

    #[test]
    fn what_moves_stands_where_it_was_and_where_it_is() {
        let mut rows: Vec<Row> = (0..8).map(|day| same(&format!("m{day}"), day)).collect();
        rows[6] = Row {
            before: Some(entry("review", "order_paid", 1)),
            after: Some(entry("review", "order_delivered", 7)),
            flags: vec![Kind::Later],
        };
        assert_eq!(
            shown(&rows),
            [
                "… 1",
                "*1 d m1 m1",
                "1 d review -",
                "2 d m2 m2",
                "… 3",
                "7 d m7 m7",
                "*7 d - review",
            ]
        );
    }

    #[test]
    fn what_is_as_before_is_counted() {
        let rows: Vec<Row> = (0..3).map(|day| same("x", day)).collect();
        assert_eq!(shown(&rows), ["… 3"]);
        assert!(shown(&[]).is_empty());
    }
}
