//! Questions that Iterable answers alike, whatever value comes.

use super::values::root_of;
use super::{IN_LIST, Iterable};
use crate::dialect::handlebars::mirrored;
use crate::dialect::logic::{Split, both_ways, known, split};
use crate::dialect::refusal::Said;
use crate::source::Span;
use crate::template::ir::{Comparison, Expr, Filter, Literal, LoopField, Test};
use crate::template::{Sample, Ty, value_of};

impl Iterable<'_, '_> {
    /// What opens and closes the block of a single question.
    pub(super) fn question(&self, test: &Test) -> Said<(String, &'static str)> {
        match test {
            Test::Truthy(it) => Ok((format!("if {}", self.operand(it)?), "if")),
            Test::Compare {
                op, left, right, ..
            } => {
                let word = match op {
                    Comparison::Eq | Comparison::Ne => "ifEq",
                    Comparison::Lt => "ifLt",
                    Comparison::Le => "ifLte",
                    Comparison::Gt => "ifGt",
                    Comparison::Ge => "ifGte",
                };
                let (left, right) = (self.operand(left)?, self.operand(right)?);
                Ok((format!("{word} {left} {right}"), word))
            }
            Test::Contains { whole, part, .. } => {
                let (whole, part) = (self.operand(whole)?, self.operand(part)?);
                Ok((format!("ifContainsStr {whole} {part}"), "ifContainsStr"))
            }
            _ => Err(self.refuse("Iterable cannot ask this", "ask for one property")),
        }
    }

    /// The same test with questions that Iterable answers alike, whatever value comes.
    pub(super) fn plain(&self, test: &Test) -> Said<Test> {
        if let Some(answer) = known(test) {
            return Ok(Test::Constant(answer));
        }
        Ok(match test {
            Test::Constant(_) => test.clone(),
            Test::Not(it) => self.plain(it)?.negated(),
            Test::All(all) => Test::All(self.each(all)?),
            Test::Any(all) => Test::Any(self.each(all)?),
            Test::Truthy(it) => match self.halves(it, Test::Truthy)? {
                Some(both) => both,
                None => self.truthy(it)?,
            },
            Test::Filled(it) | Test::Present(it) => self.there(test, it)?,
            Test::Compare {
                op,
                left,
                right,
                span,
            } => self.compared(*op, left, right, *span)?,
            Test::Contains { whole, part, span } => self.contained(whole, part, *span)?,
        })
    }

    fn each(&self, all: &[Test]) -> Said<Vec<Test>> {
        all.iter().map(|it| self.plain(it)).collect()
    }

    /// A test about a value with a fallback, both ways.
    fn halves(&self, expr: &Expr, ask: impl Fn(Expr) -> Test) -> Said<Option<Test>> {
        let Some(Split { given, other, of }) = split(expr, &|_, _| false) else {
            return Ok(None);
        };
        let filled = self.there(&Test::Filled(of.clone()), &of)?;
        let given = self.plain(&ask(given))?;
        let other = self.plain(&ask(other))?;
        Ok(Some(both_ways(filled, given, other)))
    }

    fn truthy(&self, it: &Expr) -> Said<Test> {
        let root = root_of(it);
        match it {
            Expr::Path(_)
            | Expr::Loop {
                field: LoopField::First | LoopField::Last,
                ..
            } => {}
            // Something is in it.
            Expr::Filter(filtered) if matches!(filtered.filter, Filter::Length) => {
                return Ok(Test::Truthy(filtered.of.clone()));
            }
            // Counters are compared with zero.
            Expr::Loop { .. } => {
                return Ok(self.equals(it, Literal::Int(0)).negated());
            }
            Expr::Filter(_) => return self.truthy(root),
            _ => return Err(self.refuse_operand()),
        }
        if matches!(self.shape.type_of(it, &self.scope), Ty::Object(_)) {
            return Err(self.refuse(
                "an entry of a list is always there to Iterable",
                "ask for one of its fields",
            ));
        }
        Ok(Test::Truthy(it.clone()))
    }

    fn equals(&self, left: &Expr, literal: Literal) -> Test {
        Test::Compare {
            op: Comparison::Eq,
            left: left.clone(),
            right: Expr::Literal(literal),
            span: self.place(),
        }
    }

    /// Whether a value is there, by its kind.
    fn there(&self, test: &Test, expr: &Expr) -> Said<Test> {
        match expr {
            Expr::Loop { .. } => return Ok(Test::Constant(true)),
            Expr::Filter(it) if matches!(it.filter, Filter::Length) => {
                return Ok(Test::Constant(true));
            }
            Expr::Literal(_) => {
                let answer = value_of(&Expr::Truth(Box::new(test.clone())), &Sample::default());
                return Ok(Test::Constant(answer == true));
            }
            _ => {}
        }
        if let Some(both) = self.halves(expr, |it| match test {
            Test::Present(_) => Test::Present(it),
            _ => Test::Filled(it),
        })? {
            return Ok(both);
        }
        let ty = self.shape.type_of(expr, &self.scope);
        if ty.is_text() || ty.is_date() {
            return self.truthy(expr);
        }
        if ty.is_number() {
            return Ok(Test::Any(vec![
                self.truthy(expr)?,
                self.equals(expr, Literal::Int(0)),
            ]));
        }
        if matches!(test, Test::Filled(_)) && (ty.is_boolean() || ty.is_list()) {
            return self.truthy(expr);
        }
        Err(self.refuse(
            "Iterable cannot tell what is missing from what is false or empty",
            "ask for the value itself: `{% if … %}`",
        ))
    }

    fn compared(&self, op: Comparison, left: &Expr, right: &Expr, span: Span) -> Said<Test> {
        let compare = |op, left, right| Test::Compare {
            op,
            left,
            right,
            span,
        };
        if let Some(both) = self.halves(left, |it| compare(op, it, right.clone()))? {
            return Ok(both);
        }
        if let Some(both) = self.halves(right, |it| compare(op, left.clone(), it))? {
            return Ok(both);
        }
        if matches!((left, right), (Expr::Literal(_), Expr::Literal(_))) {
            let test = compare(op, left.clone(), right.clone());
            let answer = value_of(&Expr::Truth(Box::new(test)), &Sample::default());
            return Ok(Test::Constant(answer == true));
        }
        if op == Comparison::Ne {
            return Ok(self.compared(Comparison::Eq, left, right, span)?.negated());
        }
        if matches!(left, Expr::Literal(_)) {
            self.single(mirrored(op), right, left, span)
        } else {
            self.single(op, left, right, span)
        }
    }

    /// A comparison of one value with a fixed one, or with another; not "differs".
    fn single(&self, op: Comparison, left: &Expr, right: &Expr, span: Span) -> Said<Test> {
        let compare = |left: &Expr| Test::Compare {
            op,
            left: left.clone(),
            right: right.clone(),
            span,
        };
        let ty = self.shape.type_of(left, &self.scope);
        match right {
            Expr::Literal(Literal::None) => return Ok(Test::Constant(false)),
            Expr::Literal(Literal::Text(it)) if it.is_empty() => return Ok(Test::Constant(false)),
            Expr::Literal(Literal::Bool(true)) if op == Comparison::Eq && ty.is_boolean() => {
                return self.plain(&Test::Truthy(left.clone()));
            }
            _ => {}
        }
        if let (Some(list), Expr::Literal(_)) = (self.counted_list(left), right) {
            // A missing list has no `size`; it counts as empty.
            let empty = self.plain(&compare(&Expr::Literal(Literal::Int(0))))?;
            return Ok(both_ways(Test::Truthy(list.clone()), compare(left), empty));
        }
        self.check_kinds(op, left, right)?;
        let is_fixed = matches!(right, Expr::Literal(_));
        let mut all = Vec::new();
        // `ifEq` takes what is missing for no text and no number, but two missing values for equal; the
        // helpers for texts need a text.
        if op != Comparison::Eq || !is_fixed || matches!(left, Expr::Filter(_)) {
            for side in [left, right] {
                all.push(self.there(&Test::Present(side.clone()), side)?);
            }
        }
        all.push(compare(left));
        Ok(Test::All(all))
    }

    /// The list whose entries an expression counts.
    fn counted_list<'e>(&self, expr: &'e Expr) -> Option<&'e Expr> {
        let Expr::Filter(it) = expr else { return None };
        let is_list = self.shape.type_of(&it.of, &self.scope).is_list();
        (is_list && matches!(it.filter, Filter::Length)).then_some(&it.of)
    }

    /// Whether Iterable compares values of these kinds as everybody does.
    fn check_kinds(&self, op: Comparison, left: &Expr, right: &Expr) -> Said<()> {
        for side in [left, right] {
            if matches!(side, Expr::Filter(it) if matches!(it.filter, Filter::Length)) {
                return Err(self.refuse(
                    "Iterable compares a list's length with a fixed number only",
                    "compare the length of a list with a number",
                ));
            }
        }
        let kinds = [left, right].map(|it| self.shape.type_of(it, &self.scope));
        if kinds.iter().all(|it| it.is_text() || it.is_date()) {
            if op == Comparison::Eq {
                return Ok(());
            }
            return Err(self.refuse(
                "Iterable orders texts by an alphabet of its own",
                "compare numbers, or ask whether the texts are equal",
            ));
        }
        if kinds.iter().all(|it| it.is_number()) {
            return Ok(());
        }
        Err(self.refuse(
            "Iterable cannot compare values of this kind",
            "compare a text with a text, or a number with a number",
        ))
    }

    fn contained(&self, whole: &Expr, part: &Expr, span: Span) -> Said<Test> {
        let contains = |whole, part| Test::Contains { whole, part, span };
        if let Some(both) = self.halves(part, |it| contains(whole.clone(), it))? {
            return Ok(both);
        }
        if let Some(both) = self.halves(whole, |it| contains(it, part.clone()))? {
            return Ok(both);
        }
        let ty = self.shape.type_of(whole, &self.scope);
        if ty.is_list() {
            return Err(self.refuse(
                IN_LIST,
                "loop over the list and ask each entry: `{% if tag == 'new' %}`",
            ));
        }
        if !ty.is_text() || !self.shape.type_of(part, &self.scope).is_text() {
            return Err(self.refuse_operand());
        }
        Ok(Test::All(vec![
            self.there(&Test::Present(part.clone()), part)?,
            self.there(&Test::Present(whole.clone()), whole)?,
            contains(whole.clone(), part.clone()),
        ]))
    }
}
