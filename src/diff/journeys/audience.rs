//! Whether a condition lets more people through, or fewer.
//!
//! In: two conditions, each perhaps missing. Out: which kind of difference it is. Invariant: looked
//! at the other way round, wider is narrower; where nothing certain is known it is neither. Not done
//! here: how many people that are.

use super::super::Kind;
use crate::manifest::Condition;
use crate::model::reason::Vocabulary;
use crate::model::{Expr, ExprKind, Literal};

/// What conditions of the journey speak of, on both sides.
pub(super) struct Audiences<'p> {
    pub(super) before: Vocabulary<'p>,
    pub(super) after: Vocabulary<'p>,
}

/// Who is meant: those for whom the one holds and the other does not.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct People<'c> {
    pub(super) only_if: Option<&'c Condition>,
    pub(super) unless: Option<&'c Condition>,
}

impl Audiences<'_> {
    /// What kind of difference there is between two audiences; one that is only written in another
    /// way is nothing that customers see.
    pub(super) fn kind(&self, before: People<'_>, after: People<'_>) -> Kind {
        let (Some(old), Some(new)) = (before.expr(), after.expr()) else {
            return Kind::Audience;
        };
        let [one, other] = [&self.before, &self.after].map(|it| compared(it, &old, &new));
        if one == other { one } else { Kind::Audience }
    }
}

fn compared(words: &Vocabulary<'_>, old: &Expr, new: &Expr) -> Kind {
    let gains = words.possible([(new, true), (old, false)]);
    let loses = words.possible([(old, true), (new, false)]);
    if !gains && !loses {
        return Kind::Internal;
    }
    match (words.widens(old, new), words.widens(new, old)) {
        (true, false) => Kind::AudienceWider,
        (false, true) => Kind::AudienceNarrower,
        _ => Kind::Audience,
    }
}

impl<'c> People<'c> {
    /// Those for whom a condition holds; everybody where there is none.
    pub(super) fn with(only_if: Option<&'c Condition>) -> Self {
        let unless = None;
        Self { only_if, unless }
    }

    /// Who they are, in words.
    pub(super) fn words(self) -> String {
        match (self.only_if, self.unless) {
            (None, None) => "everybody".to_owned(),
            (Some(it), None) => format!("only if {}", it.text),
            (None, Some(it)) => format!("everybody, unless {}", it.text),
            (Some(only), Some(unless)) => format!("only if {}, unless {}", only.text, unless.text),
        }
    }

    /// The condition that holds for exactly these; nothing where one cannot be understood.
    fn expr(self) -> Option<Expr> {
        let read = |it: &Condition| Expr::parse(&it.text).ok();
        let of = |kind| Expr { kind, at: 0..0 };
        let mut parts = Vec::new();
        if let Some(it) = self.only_if {
            parts.push(read(it)?);
        }
        if let Some(it) = self.unless {
            parts.push(of(ExprKind::Not(Box::new(read(it)?))));
        }
        Some(match (parts.pop(), parts.pop()) {
            (None, _) => of(ExprKind::Literal(Literal::Boolean(true))),
            (Some(only), None) => only,
            (Some(second), Some(first)) => of(ExprKind::And(vec![first, second])),
        })
    }
}
