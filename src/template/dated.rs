//! Partial evaluation: dates in the language of the mail.
//!
//! Providers know English names of months and weekdays only. In another language a name becomes a
//! choice by the date's number, which means the same everywhere and for every date.

use std::sync::Arc;

use super::calendar::{self, Names};
use super::calls::literal_of;
use super::evaluate::{Evaluator, Outcome, Val};
use super::express::choice;
use super::ir::{Choice, Comparison, Expr, Filter, Filtered, Path, Root, Test};
use super::words::{self, DatePart};
use crate::source::Span;

impl<'l> Evaluator<'l> {
    /// The names of months and weekdays, if the pattern has such and they are not the provider's.
    pub(super) fn names_for(&mut self, pattern: &str, span: Span) -> Outcome<Option<Names>> {
        let parts = words::date_pattern(pattern).unwrap_or_default();
        if !parts.iter().any(|it| it.is_name()) {
            return Ok(None);
        }
        match calendar::names(self.locale) {
            Some(calendar::ENGLISH) => Ok(None),
            Some(names) => Ok(Some(names)),
            None => {
                let message = format!(
                    "the names of months and days are not known in `{}`",
                    self.locale
                );
                let help = format!(
                    "write numbers: `date(\"%-d.%-m.%Y\")`; names are known in {}",
                    calendar::LANGUAGES
                );
                self.syntax(span, message, help)
            }
        }
    }

    /// A date known per recipient, in a pattern with names.
    pub(super) fn dated(
        &mut self,
        pattern: &Arc<str>,
        names: &Names,
        expr: Expr,
        span: Span,
    ) -> Outcome<Val<'l>> {
        match expr {
            Expr::Choice(it) => {
                let Choice { test, yes, no } = *it;
                let yes = self.dated(pattern, names, yes, span)?;
                let no = self.dated(pattern, names, no, span)?;
                self.merge(test, yes, no, span)
            }
            Expr::Literal(it) => {
                let text = super::express::literal_text(&it);
                Ok(Val::Static(words::date_in(&text, pattern, names).into()))
            }
            Expr::Concat(_)
            | Expr::Truth(_)
            | Expr::Path(Path {
                root: Root::Link, ..
            }) => self.filtered(Filter::Date(Arc::clone(pattern)), expr, span),
            of => {
                let mut parts = spelled(pattern, names, &of, span);
                if parts.len() == 1 {
                    return match parts.pop() {
                        Some(it) => self.deferred(it, span),
                        None => Ok(Val::Sometimes),
                    };
                }
                self.deferred(Expr::Concat(parts), span)
            }
        }
    }
}

/// A date as parts that providers can write, and choices between names.
fn spelled(pattern: &str, names: &Names, of: &Expr, span: Span) -> Vec<Expr> {
    let dated = |pattern: &str| {
        Expr::Filter(Box::new(Filtered {
            filter: Filter::Date(pattern.into()),
            of: of.clone(),
            span,
        }))
    };
    let (mut parts, mut plain) = (Vec::new(), String::new());
    for part in words::date_pattern(pattern).unwrap_or_default() {
        let (asked, known): (&str, Vec<(String, &str)>) = match part {
            DatePart::MonthName => ("%m", numbered(&names.months)),
            DatePart::MonthAbbreviated => ("%m", numbered(&names.short_months)),
            DatePart::Weekday => ("%A", by_day(&names.days)),
            DatePart::WeekdayAbbreviated => ("%A", by_day(&names.short_days)),
            DatePart::Plain('%') => {
                plain.push_str("%%");
                continue;
            }
            DatePart::Plain(c) => {
                plain.push(c);
                continue;
            }
            other => {
                plain.push_str(other.directive().unwrap_or(""));
                continue;
            }
        };
        if !plain.is_empty() {
            parts.push(dated(&plain));
            plain.clear();
        }
        // A missing date is none of them, and prints nothing.
        let mut chosen = Expr::Literal(literal_of(""));
        for (is, name) in known.into_iter().rev() {
            let test = Test::Compare {
                op: Comparison::Eq,
                left: dated(asked),
                right: Expr::Literal(literal_of(&is)),
                span,
            };
            chosen = choice(test, Expr::Literal(literal_of(name)), chosen);
        }
        parts.push(chosen);
    }
    if !plain.is_empty() {
        parts.push(dated(&plain));
    }
    parts
}

fn numbered(names: &[&'static str; 12]) -> Vec<(String, &'static str)> {
    let months = names.iter().enumerate();
    months
        .map(|(at, it)| (format!("{:02}", at + 1), *it))
        .collect()
}

fn by_day(names: &[&'static str; 7]) -> Vec<(String, &'static str)> {
    let days = calendar::ENGLISH.days.iter().zip(names);
    days.map(|(day, it)| ((*day).to_owned(), *it)).collect()
}

/// Whether an expression is a date in parts; then, what tells whether there is a date at all.
pub(super) fn presence(parts: &[Expr]) -> Option<Test> {
    let is_date =
        |it: &&Expr| matches!(it, Expr::Filter(it) if matches!(it.filter, Filter::Date(_)));
    parts.iter().find(is_date).cloned().map(Test::Filled)
}
