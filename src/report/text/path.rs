//! The dated path that breaks a rule, as a small timeline:
//!
//! ```text
//! day  0        ● order_paid
//! day 10        ✗ order_delivered (did not come)
//! day 14 + 2 h  ✉ review-request  ← asked before anything arrived
//! ```

use annotate_snippets::renderer::{Effects, Style};
use unicode_width::UnicodeWidthStr;

use super::super::offset::day_and_time;
use super::super::wording::harmless;
use super::one_line;
use crate::diagnostic::{Diagnostic, Moment, MomentKind, Witness};

/// A longer path loses its middle; the machine formats have all of it.
const MAX_MOMENTS: usize = 14;
/// What is kept of the beginning of a longer path.
const HEAD: usize = 4;

/// The lines of the timeline. The moment that the finding points at is marked with what the
/// finding says of it, on a line of its own where `width` has no room beside it.
pub(in crate::report) fn lines(
    witness: &Witness,
    finding: &Diagnostic,
    width: usize,
    color: bool,
) -> Vec<String> {
    let rows: Vec<_> = witness.moments.iter().map(Row::of).collect();
    let columns = Columns {
        day: rows.iter().map(|it| it.day.width()).max().unwrap_or(0),
        time: rows.iter().map(|it| it.time.width()).max().unwrap_or(0),
    };
    let is_long = rows.len() > MAX_MOMENTS;
    let skipped = if is_long {
        HEAD..rows.len() + HEAD + 1 - MAX_MOMENTS
    } else {
        0..0
    };
    let culprit = witness
        .moments
        .iter()
        .rposition(|it| it.span == Some(finding.primary.span));

    let mut out = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if skipped.contains(&at) {
            if at == skipped.start {
                out.push(format!("… {} more moments", skipped.len()));
            }
            continue;
        }
        let mut line = columns.line(row);
        if culprit != Some(at) {
            out.push(line);
            continue;
        }
        let style = if color {
            Style::new().effects(Effects::BOLD)
        } else {
            Style::new()
        };
        let remark = match one_line(&finding.primary.text) {
            text if text.is_empty() => "← here".to_owned(),
            text => format!("← {}", harmless(&text)),
        };
        if line.width() + 2 + remark.width() <= width {
            line = format!("{line}  {remark}");
            out.push(format!("{style}{line}{style:#}"));
        } else {
            out.push(format!("{style}{line}{style:#}"));
            let remark = format!("↑ {}", remark.trim_start_matches("← "));
            for part in super::wrap::wrap(&remark, width.saturating_sub(columns.width())).lines() {
                let indent = columns.width();
                out.push(format!("{:indent$}{style}{part}{style:#}", ""));
            }
        }
    }
    out
}

struct Row {
    day: String,
    time: String,
    what: String,
}

impl Row {
    fn of(moment: &Moment) -> Self {
        let (day, time) = day_and_time(moment.at);
        let (mark, remark) = marks(moment.kind);
        let name = harmless(&one_line(&moment.name));
        Self {
            day: day.to_string(),
            time,
            what: format!("{mark} {name}{remark}"),
        }
    }
}

/// How wide the columns of days and times are.
struct Columns {
    day: usize,
    time: usize,
}

impl Columns {
    fn line(&self, row: &Row) -> String {
        let Self { day, time } = *self;
        let gap = usize::from(time > 0);
        format!(
            "day {:>day$}{:gap$}{:time$}  {}",
            row.day, "", row.time, row.what
        )
    }

    fn width(&self) -> usize {
        "day ".len() + self.day + usize::from(self.time > 0) + self.time + 2
    }
}

/// A sign that is one column wide, and what it means where the name alone does not say it.
pub(in crate::report) fn marks(kind: MomentKind) -> (&'static str, &'static str) {
    match kind {
        MomentKind::Event => ("●", ""),
        MomentKind::Send => ("✉", ""),
        MomentKind::Task => ("☎", " (a person of yours)"),
        MomentKind::Touch => ("◆", " (another system)"),
        MomentKind::Wait => ("·", ""),
        MomentKind::Timeout => ("✗", " (did not come)"),
        MomentKind::Held => ("‖", " (held back)"),
        MomentKind::Choice => ("→", " (way taken)"),
        MomentKind::Exit => ("■", " (the journey ends)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::RuleId;
    use crate::source::{FileId, Span};

    const HOUR: i64 = 3600;
    const DAY: i64 = 24 * HOUR;

    fn moment(at: i64, kind: MomentKind, name: &str) -> Moment {
        Moment {
            at,
            kind,
            name: name.to_owned(),
            span: None,
        }
    }

    fn finding() -> Diagnostic {
        let span = Span::start_of(FileId(0));
        Diagnostic::error(RuleId("feedback-before-delivery"), span, "asks too early")
            .label("asked before anything arrived")
    }

    #[test]
    fn columns_line_up_and_the_culprit_is_marked() {
        let mut ask = moment(14 * DAY + 2 * HOUR, MomentKind::Send, "review-request");
        ask.span = Some(finding().primary.span);
        let witness = Witness {
            moments: vec![
                moment(0, MomentKind::Event, "order_paid"),
                moment(10 * DAY, MomentKind::Timeout, "order_delivered"),
                ask,
            ],
        };
        let wide = lines(&witness, &finding(), 80, false);
        assert_eq!(
            wide,
            [
                "day  0        ● order_paid",
                "day 10        ✗ order_delivered (did not come)",
                "day 14 + 2 h  ✉ review-request  ← asked before anything arrived",
            ]
        );
        let narrow = lines(&witness, &finding(), 40, false);
        assert_eq!(
            narrow[2..],
            [
                "day 14 + 2 h  ✉ review-request",
                "              ↑ asked before anything",
                "              arrived",
            ]
        );
        let colored = lines(&witness, &finding(), 80, true);
        assert!(colored[2].starts_with("\u{1b}[1mday 14"), "{}", colored[2]);
    }

    #[test]
    fn whole_days_need_no_column_of_times() {
        let witness = Witness {
            moments: vec![
                moment(0, MomentKind::Event, "order_paid"),
                moment(DAY, MomentKind::Send, "thanks\u{1b}[31m"),
            ],
        };
        assert_eq!(
            lines(&witness, &finding(), 80, false),
            ["day 0  ● order_paid", "day 1  ✉ thanks␛[31m"]
        );
    }

    #[test]
    fn a_long_path_loses_its_middle() {
        let moments = (0..40).map(|at| moment(at * DAY, MomentKind::Send, "x"));
        let witness = Witness {
            moments: moments.collect(),
        };
        let lines = lines(&witness, &finding(), 80, false);
        assert_eq!(lines.len(), MAX_MOMENTS);
        assert_eq!(lines[4], "… 27 more moments");
        assert_eq!(lines[5], "day 31  ✉ x");
    }
}
