use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::rewrite::Rewrite;
use crate::lint::rule::{Rule, rule};
use crate::model::{Comparison, Condition, Expr, ExprKind, Journey, Literal};

rule! { GuardDisjunction, id: "guard-disjunction", group: Logic, level: Warning, docs: "guard_disjunction.md" }

impl Rule for GuardDisjunction {
    fn check_journey(&self, _cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        for condition in journey.conditions() {
            let Ok(expr) = &condition.parsed else {
                continue;
            };
            let mut found = Vec::new();
            expr.walk(&mut |it| found.extend(alternatives(it)));
            if let Some(parts) = found.first() {
                report(condition, parts, out);
            }
        }
    }
}

/// What an "or" joins, if its parts exclude people: each for itself lets in whom the other excludes.
fn alternatives(expr: &Expr) -> Option<&[Expr]> {
    let ExprKind::Or(parts) = &expr.kind else {
        return None;
    };
    let events: Vec<&str> = parts.iter().filter_map(excluded_event).collect();
    let several = |all: &[&str]| all.iter().any(|it| *it != all[0]);
    let values: Vec<&ExprKind> = parts.iter().filter_map(excluded_value).collect();
    let same = |all: &[&ExprKind]| (1..all.len()).any(|at| all[..at].contains(&all[at]));
    ((events.len() > 1 && several(&events)) || same(&values)).then_some(parts)
}

/// The event that must not have happened.
fn excluded_event(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Not(inner) => match &inner.kind {
            ExprKind::History(it) if !it.counts => Some(&it.event),
            _ => None,
        },
        ExprKind::Compare {
            operator: Comparison::Equal,
            left,
            right,
        } => match (&left.kind, &right.kind) {
            (ExprKind::History(it), ExprKind::Literal(Literal::Number(number)))
                if it.counts && number.abs() < 0.5 =>
            {
                Some(&it.event)
            }
            _ => None,
        },
        _ => None,
    }
}

/// What must not have a value.
fn excluded_value(expr: &Expr) -> Option<&ExprKind> {
    match &expr.kind {
        ExprKind::Compare {
            operator: Comparison::NotEqual,
            left,
            right,
        } if matches!(right.kind, ExprKind::Literal(_)) => Some(&left.kind),
        _ => None,
    }
}

fn report(condition: &Condition, parts: &[Expr], out: &mut Findings) {
    let text = &*condition.text.value;
    let finding = out
        .fail(
            condition.text.span,
            "this excludes only those to whom all of it applies",
        )
        .subject(text)
        .label("`or` between exclusions lets in whom each one alone would keep out")
        .why("the customer has done one of the things that end it, and gets the message all the same");
    let Some(better) = with_and(text, parts) else {
        finding.help("write `and` between the exclusions");
        return;
    };
    let value = format!("'{}'", better.replace('\'', "''"));
    finding
        .help(format!("write `and` between the exclusions: `{better}`"))
        .suggest(
            "write `and`",
            vec![Rewrite::Replace {
                at: condition.text.span,
                value,
            }],
        );
}

/// The text with `and` between these parts. What stands around an `or` binds it already.
fn with_and(text: &str, parts: &[Expr]) -> Option<String> {
    let mut res = String::new();
    let mut done = 0;
    for pair in parts.windows(2) {
        let (from, to) = (pair[0].at.end as usize, pair[1].at.start as usize);
        let between = text.get(from..to)?;
        let at = from + between.find("or")?;
        res += text.get(done..at)?;
        res += "and";
        done = at + 2;
    }
    res += text.get(done..)?;
    Some(res)
}
