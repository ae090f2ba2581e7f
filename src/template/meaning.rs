//! The IR evaluated with sample data: what one recipient sees.
//!
//! This is the meaning of the IR, against which every dialect is proved: a missing value is none;
//! none prints nothing; true are all values but none, false, zero, and empty texts and lists, as in
//! Jinja; order between values of different kinds is false both ways.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::Value;

use super::ir::{Comparison, Expr, Filter, Literal, LoopField, Node, Path, Root, Step, Test};
use super::limits;
use super::words::{self, Spelling};

/// What is known of one recipient.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// The contact's attributes, an object.
    pub contact: Value,
    /// The event's properties, an object.
    pub event: Value,
    /// The provider's links: `unsubscribe`, `preferences`, `web_view`; what is missing is shown as
    /// an address that says so.
    pub links: Value,
}

impl Sample {
    /// A link that the provider makes, by its name.
    pub fn link(&self, name: &str) -> String {
        let known = self.links.get(name).and_then(Value::as_str);
        known.map_or_else(|| format!("https://links.example/{name}"), str::to_owned)
    }
}

/// What the nodes print for one recipient.
pub fn evaluate(nodes: &[Node], sample: &Sample, spelling: Spelling) -> String {
    let mut printer = Printer {
        sample,
        spelling,
        turns: Vec::new(),
        out: String::new(),
        left: limits::PRINTED,
    };
    printer.nodes(nodes);
    printer.out
}

/// What an expression outside of all loops is for one recipient.
pub fn value_of(expr: &Expr, sample: &Sample) -> Value {
    Reading::of(sample, Spelling::default()).value(expr)
}

/// One recipient's data under way: what expressions are, also inside of loops.
pub struct Reading<'s>(Printer<'s>);

impl<'s> Reading<'s> {
    /// Outside of all loops.
    pub fn of(sample: &'s Sample, spelling: Spelling) -> Self {
        Self(Printer {
            sample,
            spelling,
            turns: Vec::new(),
            out: String::new(),
            left: limits::PRINTED,
        })
    }

    /// What an expression is here.
    pub fn value(&self, expr: &Expr) -> Value {
        self.0.value(expr)
    }

    /// What an expression prints here.
    pub fn text(&self, expr: &Expr) -> String {
        written(&self.0.value(expr), self.0.spelling)
    }

    /// What an expression prints here, escaped for HTML.
    pub fn escaped(&self, expr: &Expr) -> String {
        let mut out = String::new();
        words::escape_as(&self.text(expr), self.0.spelling, &mut out);
        out
    }

    /// Reads something in each turn of a loop.
    pub fn each<T>(
        &mut self,
        var: &Arc<str>,
        over: &Expr,
        mut read: impl FnMut(&mut Self) -> T,
    ) -> Vec<T> {
        let items = self.0.list(over);
        let length = items.len();
        let mut all = Vec::with_capacity(length);
        for (at, item) in items.iter().enumerate() {
            self.0.turns.push(Turn {
                var: Arc::clone(var),
                item,
                at,
                length,
            });
            all.push(read(self));
            self.0.turns.pop();
        }
        all
    }
}

struct Turn<'s> {
    var: Arc<str>,
    item: &'s Value,
    at: usize,
    length: usize,
}

struct Printer<'s> {
    sample: &'s Sample,
    spelling: Spelling,
    turns: Vec<Turn<'s>>,
    out: String,
    /// What may still be printed: loops within loops over one long list would never end.
    left: usize,
}

impl<'s> Printer<'s> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            let length = if let Node::Text(it) = node {
                it.len()
            } else {
                0
            };
            let Some(left) = self.left.checked_sub(1 + length) else {
                self.left = 0;
                return;
            };
            self.left = left;
            match node {
                Node::Text(it) => self.out.push_str(it),
                Node::Out(it) => {
                    let text = written(&self.value(&it.expr), self.spelling);
                    if it.escape {
                        words::escape_as(&text, self.spelling, &mut self.out);
                    } else {
                        self.out.push_str(&text);
                    }
                }
                Node::If(it) => match it.arms.iter().find(|arm| self.holds(&arm.test)) {
                    Some(arm) => self.nodes(&arm.body),
                    None => self.nodes(&it.otherwise),
                },
                Node::For(it) => {
                    let items = self.list(&it.over);
                    if items.is_empty() {
                        self.nodes(&it.otherwise);
                    }
                    for (at, item) in items.iter().enumerate() {
                        if self.left == 0 {
                            return;
                        }
                        self.turns.push(Turn {
                            var: Arc::clone(&it.var),
                            item,
                            at,
                            length: items.len(),
                        });
                        self.nodes(&it.body);
                        self.turns.pop();
                    }
                }
            }
        }
    }

    fn list(&self, over: &Expr) -> &'s [Value] {
        match over {
            Expr::Path(path) => self
                .find(path)
                .and_then(Value::as_array)
                .map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    fn find(&self, path: &Path) -> Option<&'s Value> {
        let start = match &path.root {
            Root::Contact => &self.sample.contact,
            Root::Event => &self.sample.event,
            Root::Link => &self.sample.links,
            Root::Local(name) => self.turns.iter().rev().find(|it| it.var == *name)?.item,
            Root::Body => return None,
        };
        path.steps.iter().try_fold(start, |value, step| match step {
            Step::Key(key) => value.get(&**key),
            Step::Index(at) => value.get(*at),
        })
    }

    fn value(&self, expr: &Expr) -> Value {
        match expr {
            Expr::Literal(it) => literal(it),
            Expr::Path(path) => match (self.find(path), &path.root) {
                (Some(it), _) => it.clone(),
                (None, Root::Link) => Value::from(self.sample.link(last_key(path))),
                (None, _) => Value::Null,
            },
            Expr::Loop { var, field } => self.counter(var, *field),
            Expr::Filter(it) => {
                let value = self.value(&it.of);
                match &it.filter {
                    Filter::Default(other) if is_blank(&value) => self.value(other),
                    Filter::Default(_) => value,
                    filter => filtered(filter, &value, self.spelling),
                }
            }
            Expr::Choice(it) if self.holds(&it.test) => self.value(&it.yes),
            Expr::Choice(it) => self.value(&it.no),
            Expr::Concat(all) => Value::from(
                all.iter()
                    .map(|it| written(&self.value(it), self.spelling))
                    .collect::<String>(),
            ),
            Expr::Truth(it) => Value::from(self.holds(it)),
        }
    }

    fn counter(&self, var: &str, field: LoopField) -> Value {
        let Some(turn) = self.turns.iter().rev().find(|it| &*it.var == var) else {
            return Value::Null;
        };
        match field {
            LoopField::Index => Value::from(turn.at + 1),
            LoopField::Index0 => Value::from(turn.at),
            LoopField::RevIndex => Value::from(turn.length - turn.at),
            LoopField::RevIndex0 => Value::from(turn.length - turn.at - 1),
            LoopField::First => Value::from(turn.at == 0),
            LoopField::Last => Value::from(turn.at + 1 == turn.length),
        }
    }

    fn holds(&self, test: &Test) -> bool {
        match test {
            Test::Constant(it) => *it,
            Test::Truthy(it) => is_true(&self.value(it)),
            Test::Present(it) => is_present(&self.value(it)),
            Test::Filled(it) => !is_blank(&self.value(it)),
            Test::Compare {
                op, left, right, ..
            } => compare(*op, &self.value(left), &self.value(right)),
            Test::Contains { whole, part, .. } => contains(&self.value(whole), &self.value(part)),
            Test::Not(it) => !self.holds(it),
            Test::All(all) => all.iter().all(|it| self.holds(it)),
            Test::Any(all) => all.iter().any(|it| self.holds(it)),
        }
    }
}

fn last_key(path: &Path) -> &str {
    match path.steps.last() {
        Some(Step::Key(key)) => key,
        _ => "",
    }
}

fn literal(it: &Literal) -> Value {
    match it {
        Literal::None => Value::Null,
        Literal::Bool(it) => Value::from(*it),
        Literal::Int(it) => Value::from(*it),
        Literal::Float(it) => Value::from(*it),
        Literal::Text(it) => Value::from(&**it),
    }
}

/// How a value prints where nothing is escaped.
pub(crate) fn written(value: &Value, spelling: Spelling) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(it) => it.to_string(),
        Value::Number(it) => match (it.is_f64(), it.as_f64()) {
            (true, Some(float)) => words::float_as(float, spelling),
            _ => it.to_string(),
        },
        Value::String(it) => it.clone(),
        it => it.to_string(),
    }
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(it) => *it,
        Value::Number(it) => it.as_f64() != Some(0.0),
        Value::String(it) => !it.is_empty(),
        Value::Array(it) => !it.is_empty(),
        Value::Object(it) => !it.is_empty(),
    }
}

/// Whether `default` replaces a value.
pub(crate) fn is_blank(value: &Value) -> bool {
    !value.is_number() && !is_true(value)
}

fn filtered(filter: &Filter, value: &Value, spelling: Spelling) -> Value {
    let text = written(value, spelling);
    match filter {
        Filter::Default(_) => value.clone(),
        Filter::Upper => Value::from(text.to_uppercase()),
        Filter::Lower => Value::from(text.to_lowercase()),
        Filter::Title => Value::from(words::title(&text)),
        Filter::Capitalize => Value::from(words::capitalize(&text)),
        Filter::Length => Value::from(match value {
            Value::String(it) => it.chars().count(),
            Value::Array(it) => it.len(),
            Value::Object(it) => it.len(),
            _ => 0,
        }),
        Filter::Date(pattern) => Value::from(words::date(&text, pattern)),
        Filter::UrlEncode => Value::from(words::url_encode(&text)),
    }
}

fn compare(op: Comparison, left: &Value, right: &Value) -> bool {
    let order = match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.as_f64().partial_cmp(&b.as_f64()),
        (Value::String(a), Value::String(b)) if !a.is_empty() && !b.is_empty() => Some(a.cmp(b)),
        _ => None,
    };
    let equal = match order {
        Some(order) => order.is_eq(),
        None => is_present(left) && left == right,
    };
    match op {
        Comparison::Eq => equal,
        Comparison::Ne => !equal,
        Comparison::Lt => order.is_some_and(Ordering::is_lt),
        Comparison::Le => order.is_some_and(Ordering::is_le),
        Comparison::Gt => order.is_some_and(Ordering::is_gt),
        Comparison::Ge => order.is_some_and(Ordering::is_ge),
    }
}

fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(it) => !it.is_empty(),
        _ => true,
    }
}

fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        _ if !is_present(part) => false,
        (Value::String(whole), Value::String(part)) => whole.contains(part.as_str()),
        (Value::Array(items), part) => items.iter().any(|it| compare(Comparison::Eq, it, part)),
        _ => false,
    }
}
