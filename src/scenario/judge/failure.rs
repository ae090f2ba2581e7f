//! A check that does not hold, as it is shown: the life, dated, with the reason of each delay.

use super::lived::{Lived, elapsed};
use super::{Broken, words};
use crate::scenario::case::{Check, Clause};
use crate::scenario::selector::step_name;
use crate::scenario::timeline::{self, Row};
use crate::scenario::{Assertion, Bound};
use crate::simulate::What;
use crate::source::Span;

/// A longer life loses its middle.
const MOST_ROWS: usize = 40;
/// What is kept around a row that shows the failure.
const AROUND: usize = 12;

/// The first life that breaks a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The place of the clause.
    pub span: Span,
    /// The clause in words: `next_steps within 24h of payment`.
    pub clause: String,
    /// Why it does not hold.
    pub reason: String,
    /// What was expected, as the last line says it: `expected by Sat 28 Mar 17:30`.
    pub expected: Option<String>,
    /// The life.
    pub rows: Vec<Shown>,
    /// How many rows are not shown.
    pub hidden: usize,
}

/// A row of a life, with what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The row.
    pub row: Row,
    /// How much time has passed since what the clause counts from: `+62 h 30 min`.
    pub elapsed: Option<String>,
    /// What is wrong here: `38 h 30 min late (clock change −1 h)`.
    pub remark: Option<String>,
}

impl Failure {
    /// The life and what was expected, line by line, without colours.
    pub fn lines(&self) -> Vec<String> {
        let when = timeline::columns(self.rows.iter().map(|it| &it.row.when));
        let what = timeline::columns(
            self.rows
                .iter()
                .filter(|it| it.has_more())
                .map(|it| &it.row.what),
        );
        let mut out = Vec::with_capacity(self.rows.len() + 2);
        for it in &self.rows {
            let row = &it.row;
            let mut line = pad(&row.when, when);
            line.extend(["  ", row.mark, " "]);
            line.push_str(&if it.has_more() {
                pad(&row.what, what)
            } else {
                row.what.clone()
            });
            for more in [&row.by, &it.elapsed].into_iter().flatten() {
                line.extend(["  ", more]);
            }
            if let Some(remark) = &it.remark {
                line.extend(["  ← ", remark]);
            }
            out.push(line);
        }
        if self.hidden > 0 {
            out.push(format!("… {} more moments", self.hidden));
        }
        out.push(self.reason.clone());
        out.extend(self.expected.clone());
        out
    }
}

impl Shown {
    fn has_more(&self) -> bool {
        self.row.by.is_some() || self.elapsed.is_some() || self.remark.is_some()
    }
}

fn pad(text: &str, width: usize) -> String {
    let gap = width.saturating_sub(text.chars().count());
    format!("{text}{:gap$}", "")
}

impl Lived<'_, '_> {
    /// What is shown of a check that does not hold.
    pub(super) fn failure(&self, check: &Check, broken: &Broken) -> Failure {
        let from = self.counted_from(check);
        let rows = timeline::rows(self.simulation, self.case, self.record);
        let all = rows.len();
        let rows = rows.into_iter().map(|row| {
            let mark = broken.marks.iter().find(|it| it.0 == row.moment);
            let remark = mark.map(|it| it.1.clone()).filter(|it| !it.is_empty());
            let elapsed = from
                .filter(|from| mark.is_some() && row.at > *from)
                .map(|from| format!("+{}", elapsed(row.at - from)));
            Shown {
                row,
                elapsed,
                remark,
            }
        });
        let mut rows: Vec<Shown> = rows.collect();
        if rows.len() > MOST_ROWS {
            // Rows around what is wrong, and the beginning.
            let marked: Vec<usize> = (0..rows.len())
                .filter(|it| rows[*it].remark.is_some())
                .collect();
            let is_near =
                |no: usize| no < AROUND || marked.iter().any(|it| it.abs_diff(no) < AROUND);
            let mut no = 0;
            rows.retain(|_| {
                no += 1;
                is_near(no - 1)
            });
            rows.truncate(MOST_ROWS.max(2 * AROUND));
        }
        Failure {
            span: check.span,
            clause: words::check(check, self.simulation, self.case),
            reason: broken.reason.clone(),
            expected: broken.expected.clone(),
            hidden: all - rows.len(),
            rows,
        }
    }

    /// The second that a clause counts from.
    fn counted_from(&self, check: &Check) -> Option<i64> {
        let of = |clause: &Clause| {
            let bound = clause.when.first()?;
            let point = match bound {
                Bound::Within(point, _)
                | Bound::By(point)
                | Bound::Before(point)
                | Bound::After(point)
                | Bound::Between(point, _) => *point,
            };
            let bare = crate::scenario::Point {
                offset: None,
                ..point
            };
            self.point(bare).map(|it| it.at)
        };
        match &check.what {
            Assertion::Expect(it) | Assertion::Never(it) => of(it),
            _ => None,
        }
    }

    /// How a moment of a step is called.
    pub(super) fn moment_name(&self, moment: usize) -> String {
        let what: What = self.record.moments[moment].what;
        what.step()
            .map_or_else(String::new, |it| step_name(self.simulation, it))
    }
}
