//! Handlebars for providers whose data is handed over with each mail: SES, `SendGrid`,
//! Mailgun, Mandrill.
//!
//! What the provider documents is written in its words; everything else is a value that whoever sends
//! works out before. A loop whose body needs such a value goes over a list of entries that are worked
//! out too, so that every body needs no more than the fields of its entry.

use std::sync::Arc;

use super::text::{Piece, Writer, is_plain, pieces, quoted};
use super::{Compares, HANDED_OVER, Provider, Question, Sent, mirrored, names};
use crate::diagnostic::Sink;
use crate::dialect::logic::{Split, split};
use crate::dialect::refusal::Refusal;
use crate::dialect::variable::{Entries, Form, Variable, add};
use crate::dialect::{Dialect, Printed, Reserved, Surface};
use crate::source::Span;
use crate::template::ir::{Arm, Comparison, Expr, For, Literal, Node, Path, Root, Step, Test};
use crate::template::{Scope, Shape};

/// Characters of a body that may stand twice instead of a value being worked out.
const SHORT: usize = 60;

/// Prints nodes in a provider's words.
pub(super) fn print(
    (provider, sent): (&Provider, &Sent),
    nodes: &[Node],
    surface: Surface,
    shape: &Shape<'_>,
    sink: &mut Sink,
) -> Option<Printed> {
    let mut printer = Sender {
        provider,
        sent,
        surface,
        shape,
        state: State::default(),
        span: None,
    };
    // Outside of loops nothing asks for entries.
    let _ = printer.nodes(nodes);
    let State {
        writer,
        variables,
        refusals,
        ..
    } = printer.state;
    if refusals.is_empty() {
        return Some(Printed {
            text: writer.finish(),
            variables,
        });
    }
    for (span, refusal) in refusals {
        refusal.tell(provider, span, sink);
    }
    None
}

/// Why a node is not printed.
enum Stop {
    /// The loop around must go over entries that are worked out.
    Entries,
    /// It cannot be said.
    Refused(Refusal),
}

type Outcome<T> = Result<T, Stop>;

/// A loop around.
#[derive(Clone)]
struct Turn {
    var: Arc<str>,
    /// The fields of its entries, if they are worked out.
    fields: Option<Vec<Variable>>,
}

/// What grows while printing, and goes back where a loop is printed once more.
#[derive(Clone, Default)]
struct State<'s> {
    writer: Writer,
    variables: Vec<Variable>,
    turns: Vec<Turn>,
    scope: Scope<'s>,
    refusals: Vec<(Option<Span>, Refusal)>,
}

struct Sender<'p, 's> {
    provider: &'p Provider,
    sent: &'p Sent,
    surface: Surface,
    shape: &'p Shape<'s>,
    state: State<'s>,
    span: Option<Span>,
}

impl Sender<'_, '_> {
    fn nodes(&mut self, nodes: &[Node]) -> Outcome<()> {
        for node in nodes {
            let outcome = match node {
                Node::Text(text) => self.text(text),
                Node::Out(it) => {
                    self.span = Some(it.span);
                    self.out(&it.expr, it.escape)
                }
                Node::If(it) => {
                    self.span = Some(it.span);
                    self.choice(&it.arms, &it.otherwise)
                }
                Node::For(it) => {
                    self.span = Some(it.span);
                    self.repetition(it)
                }
            };
            match outcome {
                Err(Stop::Refused(refusal)) => self.state.refusals.push((self.span, refusal)),
                outcome => outcome?,
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Outcome<()> {
        for piece in pieces(text, &[]) {
            match piece {
                Piece::Plain(text) => self.state.writer.text(text),
                Piece::Print(sign) => {
                    let name = match sign {
                        "{" => "sign_open_brace",
                        "}" => "sign_close_brace",
                        _ => "sign_backslash",
                    };
                    let sign = Expr::Literal(Literal::Text(sign.into()));
                    let operand = self.work_out(Variable::new(name, sign, Form::Text))?;
                    self.state.writer.value(&operand, false);
                }
            }
        }
        Ok(())
    }

    fn out(&mut self, expr: &Expr, escape: bool) -> Outcome<()> {
        if let Expr::Path(path) = expr
            && path.root == Root::Link
            && self.link(path)?
        {
            return Ok(());
        }
        if !self.sent.all_worked_out {
            if let Some(operand) = self.printed_operand(expr) {
                // handlebars.js adds numbers up that stand side by side unescaped; there is nothing in
                // them to escape.
                let escape = escape || !self.is_text(expr);
                self.state.writer.value(&operand, escape);
                return Ok(());
            }
            if let Some(Split { given, other, of }) = split(expr, &|_, _| false)
                && given == of
                && self.is_text(&of)
                && let Some(operand) = self.printed_operand(&given)
            {
                let fixed = match &other {
                    Expr::Literal(it) => Some(self.literal_text(it, escape)),
                    _ => None,
                };
                let value = self.printed_operand(&other);
                if fixed.is_some() || value.is_some() {
                    self.state.writer.block(&format!("#if {operand}"));
                    self.state.writer.value(&operand, escape);
                    if let Some(value) = value {
                        self.state.writer.block("else");
                        self.state.writer.value(&value, escape);
                    } else if let Some(text) = fixed.filter(|it| !it.is_empty()) {
                        self.state.writer.block("else");
                        self.text(&text)?;
                    }
                    self.state.writer.block("/if");
                    return Ok(());
                }
            }
        }
        let operand = self.worked_out_text(expr, escape && self.sent.all_worked_out)?;
        // What is worked out and escaped by the sender stands as it is.
        let escape = escape || self.sent.all_worked_out;
        self.state.writer.value(&operand, escape);
        Ok(())
    }

    /// A link that the provider puts in. False where the sender hands it over.
    fn link(&mut self, path: &Path) -> Outcome<bool> {
        if self.surface == Surface::Subject {
            return Err(self.refuse(
                "a subject line cannot hold a link",
                "put the link into the body",
            ));
        }
        let Some(Step::Key(key)) = path.steps.first() else {
            return Ok(false);
        };
        let what = Reserved::of_link(key);
        let Some(tag) = what.and_then(|it| self.provider.reserved(it)) else {
            if what == Some(Reserved::Preferences) {
                // A page of the sender's own; whoever sends knows its address.
                return Ok(false);
            }
            return Err(self.refuse(
                &format!("{} makes no such link", self.provider.title),
                "write it inside of `{% if links.… %}`, which leaves it out where there is none",
            ));
        };
        if tag == HANDED_OVER {
            return Ok(false);
        }
        if tag.starts_with('{') && !self.state.turns.is_empty() {
            return Err(self.refuse(
                &format!(
                    "{} makes this link outside of loops only",
                    self.provider.title
                ),
                "put the link before or after the loop",
            ));
        }
        self.state.writer.raw(tag);
        Ok(true)
    }

    fn literal_text(&self, it: &Literal, escape: bool) -> String {
        let text = crate::template::literal_text(it);
        if !escape {
            return text;
        }
        let mut escaped = String::new();
        crate::template::words::escape_as(&text, self.provider.spelling, &mut escaped);
        escaped
    }

    /// A value that the provider prints as the IR does.
    fn printed_operand(&self, expr: &Expr) -> Option<String> {
        let ty = self.shape.type_of(expr, &self.state.scope);
        let is_plain = self.sent.plain_values && (ty.is_number() || ty.is_boolean());
        if is_plain || ty.is_text() || ty.is_date() {
            self.operand(expr)
        } else {
            None
        }
    }

    fn is_text(&self, expr: &Expr) -> bool {
        let ty = self.shape.type_of(expr, &self.state.scope);
        ty.is_text() || ty.is_date()
    }

    /// A path in the provider's words, where it can be reached from here.
    fn operand(&self, expr: &Expr) -> Option<String> {
        let Expr::Path(path) = expr else { return None };
        if self.sent.all_worked_out {
            return None;
        }
        let around = self.state.turns.last();
        if around.is_some_and(|it| it.fields.is_some()) {
            return None;
        }
        let (mut out, is_local) = match &path.root {
            Root::Contact => ("contact".to_owned(), false),
            Root::Event => ("event".to_owned(), false),
            Root::Local(var) if around.is_some_and(|it| it.var == *var) => {
                ("this".to_owned(), true)
            }
            _ => return None,
        };
        if !is_local && around.is_some() {
            out.insert_str(0, "@root.");
        }
        for it in &path.steps {
            let Step::Key(key) = it else { return None };
            if !is_plain(key) {
                return None;
            }
            out.push('.');
            out.push_str(key);
        }
        Some(out)
    }

    /// Asks the sender for a value; gives the name by which it is reached from here.
    fn work_out(&mut self, variable: Variable) -> Outcome<String> {
        match self.state.turns.last_mut() {
            None => Ok(add(&mut self.state.variables, variable)),
            Some(Turn {
                fields: Some(fields),
                ..
            }) => Ok(format!("this.{}", add(fields, variable))),
            Some(_) => Err(Stop::Entries),
        }
    }

    fn innermost(&self) -> Option<&Arc<str>> {
        self.state.turns.last().map(|it| &it.var)
    }

    fn worked_out_text(&mut self, expr: &Expr, escaped: bool) -> Outcome<String> {
        let mut name = names::of(expr, self.innermost());
        if escaped {
            name.push_str("_html");
        }
        let form = if escaped { Form::Html } else { Form::Text };
        self.work_out(Variable::new(name, expr.clone(), form))
    }

    fn worked_out_answer(&mut self, test: &Test) -> Outcome<Question> {
        if let Test::Not(it) = test {
            let mut question = self.worked_out_answer(it)?;
            question.negated = !question.negated;
            return Ok(question);
        }
        // A text that is worked out is there anyway, and true where it is not empty.
        let operand = match test {
            Test::Truthy(it) | Test::Present(it) | Test::Filled(it)
                if self.shape.type_of(it, &self.state.scope).is_text()
                    && matches!(it, Expr::Path(_)) =>
            {
                let name = names::of(it, self.innermost());
                self.work_out(Variable::new(name, it.clone(), Form::Text))?
            }
            _ => {
                let truth = Expr::Truth(Box::new(test.clone()));
                let name = names::of(&truth, self.innermost());
                self.work_out(Variable::new(name, truth, Form::Answer))?
            }
        };
        Ok(Question::new(format!("if {operand}"), "if"))
    }

    fn choice(&mut self, arms: &[Arm], otherwise: &[Node]) -> Outcome<()> {
        let Some((arm, rest)) = arms.split_first() else {
            return self.nodes(otherwise);
        };
        if let Test::Constant(it) = arm.test {
            return if it {
                self.nodes(&arm.body)
            } else {
                self.choice(rest, otherwise)
            };
        }
        let is_last = rest.is_empty() && otherwise.is_empty();
        let is_short = rest.is_empty()
            && otherwise
                .iter()
                .all(|it| matches!(it, Node::Text(text) if text.len() <= SHORT));
        let mut questions = self.questions(&arm.test).unwrap_or_default();
        let fits = match questions.as_slice() {
            [] => false,
            [it] => it.parts || (is_last && !it.negated),
            several => {
                is_last && several.iter().all(|it| it.parts || !it.negated)
                    || is_short && several.iter().all(|it| it.parts)
            }
        };
        if !fits {
            questions = vec![self.worked_out_answer(&arm.test)?];
        }
        self.ask(&questions, arm, rest, otherwise)
    }

    /// One question inside another; what stands if one fails stands in each.
    fn ask(
        &mut self,
        questions: &[Question],
        arm: &Arm,
        rest: &[Arm],
        otherwise: &[Node],
    ) -> Outcome<()> {
        let Some((question, more)) = questions.split_first() else {
            return self.nodes(&arm.body);
        };
        let has_else = !rest.is_empty() || !otherwise.is_empty();
        // `unless` is `if` turned round; other blocks are turned round by their `else`.
        let as_unless = question.negated && question.closes == "if";
        let closes = if as_unless { "unless" } else { question.closes };
        let opens = match question.opens.strip_prefix("if ") {
            Some(operand) if as_unless => format!("#unless {operand}"),
            _ => format!("#{}", question.opens),
        };
        self.state.writer.block(&opens);
        if question.negated && !as_unless {
            self.choice(rest, otherwise)?;
            self.state.writer.block("else");
            self.ask(more, arm, rest, otherwise)?;
        } else {
            self.ask(more, arm, rest, otherwise)?;
            if has_else {
                self.state.writer.block("else");
                self.choice(rest, otherwise)?;
            }
        }
        self.state.writer.block(&format!("/{closes}"));
        Ok(())
    }

    /// A test as questions that must all be answered with yes, in the provider's words.
    fn questions(&self, test: &Test) -> Option<Vec<Question>> {
        if matches!(self.sent.compares, Compares::SendGrid)
            && let Some(question) = self.combined(test)
        {
            return Some(vec![question]);
        }
        match test {
            Test::All(all) => {
                let mut questions = Vec::new();
                for it in all {
                    questions.extend(self.questions(it)?);
                }
                Some(questions)
            }
            Test::Not(it) => {
                let mut questions = self.questions(it)?;
                let [question] = questions.as_mut_slice() else {
                    return None;
                };
                question.negated = !question.negated;
                Some(questions)
            }
            Test::Compare {
                op, left, right, ..
            } => self.compared(*op, left, right),
            it => {
                let operand = self.asked(it)?;
                Some(vec![Question::new(format!("if {operand}"), "if")])
            }
        }
    }

    /// "And" and "or" of two operands.
    fn combined(&self, test: &Test) -> Option<Question> {
        let (all, word) = match test {
            Test::All(all) => (all, "and"),
            Test::Any(all) => (all, "or"),
            _ => return None,
        };
        let [left, right] = all.as_slice() else {
            return None;
        };
        let opens = format!("{word} {} {}", self.asked(left)?, self.asked(right)?);
        Some(Question::new(opens, word))
    }

    /// The operand whose truth answers a question, as `{{#if}}` takes it.
    fn asked(&self, test: &Test) -> Option<String> {
        let (Test::Truthy(it) | Test::Filled(it) | Test::Present(it)) = test else {
            return None;
        };
        let ty = self.shape.type_of(it, &self.state.scope);
        let is_answered = match test {
            // Zero is filled, and an empty list is present.
            Test::Truthy(_) => ty.is_number() || ty.is_boolean() || ty.is_list(),
            Test::Filled(_) => ty.is_boolean() || ty.is_list(),
            _ => false,
        };
        if is_answered || ty.is_text() || ty.is_date() {
            self.operand(it)
        } else {
            None
        }
    }

    fn compared(&self, op: Comparison, left: &Expr, right: &Expr) -> Option<Vec<Question>> {
        let (op, path, literal) = match (left, right) {
            (path @ Expr::Path(_), Expr::Literal(it)) => (op, path, it),
            (Expr::Literal(it), path @ Expr::Path(_)) => (mirrored(op), path, it),
            _ => return None,
        };
        let ty = self.shape.type_of(path, &self.state.scope);
        let operand = self.operand(path)?;
        if op == Comparison::Ne {
            let mut questions =
                self.compared(Comparison::Eq, path, &Expr::Literal(literal.clone()))?;
            let [question] = questions.as_mut_slice() else {
                return None;
            };
            question.negated = true;
            return Some(questions);
        }
        match literal {
            Literal::Text(text) if ty.is_text() && op == Comparison::Eq => {
                // Providers may take texts that look like numbers for numbers.
                if text.is_empty() || text.trim().parse::<f64>().is_ok() {
                    return None;
                }
                let text = quoted(text, '"', '\'')?;
                Some(vec![self.sent.compares.ask(op, &operand, &text)?])
            }
            Literal::Int(_) | Literal::Float(_) if ty.is_number() => {
                let number = match literal {
                    Literal::Int(it) => i32::try_from(*it).map(f64::from).ok()?,
                    Literal::Float(it) => *it,
                    _ => return None,
                };
                // What is missing is as false as zero is, so zero must give no.
                let zero = match op {
                    Comparison::Eq | Comparison::Ne => number == 0.0,
                    Comparison::Lt => 0.0 < number,
                    Comparison::Le => 0.0 <= number,
                    Comparison::Gt => 0.0 > number,
                    Comparison::Ge => 0.0 >= number,
                };
                if zero || number.abs() > 1e15 {
                    return None;
                }
                Some(vec![
                    Question::new(format!("if {operand}"), "if"),
                    self.sent.compares.ask(op, &operand, &number.to_string())?,
                ])
            }
            _ => None,
        }
    }

    fn repetition(&mut self, it: &For) -> Outcome<()> {
        let Expr::Path(path) = &it.over else {
            return Err(self.refuse(
                "a loop can only go over a list of the event or the contact",
                "loop over the list itself",
            ));
        };
        let in_plain = self.state.turns.last().is_none_or(|it| it.fields.is_none());
        if in_plain
            && let Some(list) = self
                .sent
                .plain_loops
                .then(|| self.operand(&it.over))
                .flatten()
        {
            let before = self.state.clone();
            match self.turns(it, &list, None) {
                Err(Stop::Entries) if before.turns.is_empty() => self.state = before,
                outcome => return outcome.map(|_| ()),
            }
        } else if in_plain && !self.state.turns.is_empty() {
            return Err(Stop::Entries);
        }
        self.entries(it, path)
    }

    /// A loop over entries that the sender works out.
    fn entries(&mut self, it: &For, path: &Path) -> Outcome<()> {
        let name = names::of_list(path, &it.var, self.innermost());
        let entries = |fields| {
            Form::Entries(Entries {
                var: Arc::clone(&it.var),
                fields,
            })
        };
        let mut list = Variable::new(name, it.over.clone(), entries(Vec::new()));
        let operand = self.work_out(list.clone())?;
        list.form = entries(self.turns(it, &operand, Some(Vec::new()))?);
        operand
            .trim_start_matches("this.")
            .clone_into(&mut list.name);
        self.work_out(list)?;
        Ok(())
    }

    /// Prints a loop; gives the fields that its entries need.
    fn turns(
        &mut self,
        it: &For,
        list: &str,
        fields: Option<Vec<Variable>>,
    ) -> Outcome<Vec<Variable>> {
        // Not every Handlebars has `{{else}}` in a loop.
        if !it.otherwise.is_empty() {
            self.state.writer.block(&format!("#if {list}"));
        }
        self.state.writer.block(&format!("#each {list}"));
        let item = self
            .shape
            .item_of(self.shape.type_of(&it.over, &self.state.scope));
        self.state.scope.enter(&it.var, item);
        self.state.turns.push(Turn {
            var: Arc::clone(&it.var),
            fields,
        });
        self.nodes(&it.body)?;
        let turn = self.state.turns.pop();
        self.state.scope.leave();
        self.state.writer.block("/each");
        if !it.otherwise.is_empty() {
            self.state.writer.block("else");
            self.nodes(&it.otherwise)?;
            self.state.writer.block("/if");
        }
        Ok(turn.and_then(|it| it.fields).unwrap_or_default())
    }

    fn refuse(&self, reason: &str, help: &'static str) -> Stop {
        Stop::Refused(Refusal {
            span: self.span,
            reason: reason.to_owned(),
            help,
        })
    }
}
