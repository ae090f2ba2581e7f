//! The types of conditions, and of values that are written for a declared property.

use serde_json::Value;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::model::{Condition, Expr, ExprKind, Literal, Name, Property, Table, Type};
use crate::source::Span;

use super::{
    Collector, Context, INVALID_CONDITION, TYPE_MISMATCH, UNKNOWN_ATTRIBUTE, UNKNOWN_PROPERTY,
    UNKNOWN_STEP,
};

/// What a condition may speak of.
pub(super) struct Scope<'p> {
    /// The event that `event.x` means, and its properties; nothing while it is unknown.
    pub(super) event: Option<(&'p str, &'p Table<Property>)>,
    /// The ids of the journey's messages; nothing where steps could not be read.
    pub(super) steps: Option<Vec<&'p str>>,
}

/// What an expression may be; `Unknown` after an error that has been reported.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind<'p> {
    Known(&'p Type),
    Text,
    Number,
    Boolean,
    List,
    None,
    Unknown,
}

impl Kind<'_> {
    fn phrase(self) -> &'static str {
        match self {
            Self::Known(kind) => kind.phrase(),
            Self::Text => "a string",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::List => "a list",
            Self::None => "none",
            Self::Unknown => "unknown",
        }
    }

    /// The kinds without where they come from.
    fn plain(self) -> Self {
        match self {
            Self::Known(Type::Text) => Self::Text,
            Self::Known(Type::Number) => Self::Number,
            Self::Known(Type::Boolean) => Self::Boolean,
            Self::Known(Type::List(_) | Type::Objects(_)) => Self::List,
            other => other,
        }
    }

    fn is_date(self) -> bool {
        matches!(self, Self::Known(Type::Date))
    }

    /// Whether the two can ever be equal; dates are written as texts.
    fn meets(self, other: Self) -> bool {
        let (a, b) = (self.plain(), other.plain());
        let free = |it| matches!(it, Kind::Unknown | Kind::None);
        let text = |it: Kind<'_>| it == Kind::Text || it.is_date();
        free(a) || free(b) || a == b || (text(a) && text(b))
    }
}

/// Checks a condition that must be true or false.
pub(super) fn check_condition(
    context: &Context<'_>,
    scope: &Scope<'_>,
    condition: &Condition,
    sink: &mut Collector<'_>,
) {
    let Some((mut checker, expr)) = open(context, scope, condition, sink) else {
        return;
    };
    let kind = checker.kind(expr);
    if matches!(kind.plain(), Kind::Boolean | Kind::Unknown) {
        return;
    }
    let span = checker.span(expr);
    let written = condition
        .text
        .value
        .get(expr.at.start as usize..expr.at.end as usize);
    let message = format!("the condition is {}, not yes or no", kind.phrase());
    let help = match kind.plain() {
        Kind::Number => format!("compare it, for example `{} > 0`", written.unwrap_or("x")),
        _ => format!(
            "compare it, for example `{} != none`",
            written.unwrap_or("x")
        ),
    };
    sink.push(Diagnostic::error(TYPE_MISMATCH, span, message).help(help));
}

/// Checks an expression that must be a date.
pub(super) fn check_date(
    context: &Context<'_>,
    scope: &Scope<'_>,
    condition: &Condition,
    sink: &mut Collector<'_>,
) {
    let Some((mut checker, expr)) = open(context, scope, condition, sink) else {
        return;
    };
    let kind = checker.kind(expr);
    if kind.is_date() || kind == Kind::Unknown {
        return;
    }
    let span = checker.span(expr);
    let message = format!("a date is needed here, and this is {}", kind.phrase());
    let help = "name an attribute or property that is declared with `type: date`";
    sink.push(Diagnostic::error(TYPE_MISMATCH, span, message).help(help));
}

fn open<'c, 'p, 's, 'k>(
    context: &'c Context<'p>,
    scope: &'c Scope<'p>,
    condition: &'c Condition,
    sink: &'s mut Collector<'k>,
) -> Option<(Checker<'c, 'p, 's, 'k>, &'c Expr)> {
    let text = &condition.text;
    match &condition.parsed {
        Ok(expr) => {
            let checker = Checker {
                context,
                scope,
                text,
                sink,
            };
            Some((checker, expr))
        }
        Err(fault) => {
            let span = context
                .sources
                .within(text.span, &text.value, fault.at.clone());
            let mut diagnostic = Diagnostic::error(INVALID_CONDITION, span, &fault.message);
            diagnostic.help.clone_from(&fault.help);
            sink.push(diagnostic);
            None
        }
    }
}

struct Checker<'c, 'p, 's, 'k> {
    context: &'c Context<'p>,
    scope: &'c Scope<'p>,
    text: &'c Name,
    sink: &'s mut Collector<'k>,
}

impl<'p> Checker<'_, 'p, '_, '_> {
    fn span(&self, expr: &Expr) -> Span {
        self.place(expr.at.clone())
    }

    fn place(&self, at: std::ops::Range<u32>) -> Span {
        self.context
            .sources
            .within(self.text.span, &self.text.value, at)
    }

    fn kind(&mut self, expr: &Expr) -> Kind<'p> {
        match &expr.kind {
            ExprKind::Literal(Literal::Text(_)) => Kind::Text,
            ExprKind::Literal(Literal::Number(_)) => Kind::Number,
            ExprKind::Literal(Literal::Boolean(_)) => Kind::Boolean,
            ExprKind::Literal(Literal::None) => Kind::None,
            ExprKind::List(items) => {
                for item in items {
                    self.kind(item);
                }
                Kind::List
            }
            ExprKind::Contact(name) => self.attribute(name, expr),
            ExprKind::Event(name) => self.property(name, expr),
            ExprKind::Not(inner) => self.truth(std::slice::from_ref(&**inner)),
            ExprKind::And(parts) | ExprKind::Or(parts) => self.truth(parts),
            ExprKind::Compare {
                operator,
                left,
                right,
            } => {
                self.comparison(expr, operator.is_order(), left, right);
                Kind::Boolean
            }
            ExprKind::In {
                needle, haystack, ..
            } => {
                self.membership(needle, haystack);
                Kind::Boolean
            }
            ExprKind::History(history) => {
                let name = &*history.event;
                if self.context.project.event(name).is_none()
                    && !self.context.is_lost("events", name)
                {
                    let span = self.place(history.event_at.clone());
                    self.sink.push(self.context.unknown_event(span, name));
                }
                if history.counts {
                    Kind::Number
                } else {
                    Kind::Boolean
                }
            }
            ExprKind::Clicked { step, step_at } => {
                if let Some(steps) = &self.scope.steps
                    && !steps.contains(&&**step)
                {
                    let span = self.place(step_at.clone());
                    let help =
                        did_you_mean(step, steps.iter().copied(), "messages of this journey");
                    let message = format!("the journey has no message `{step}`");
                    self.sink.push(
                        Diagnostic::error(UNKNOWN_STEP, span, message)
                            .help(help)
                            .subject(&**step),
                    );
                }
                Kind::Boolean
            }
        }
    }

    /// The parts of `and`, `or`, `not`: each yes or no.
    fn truth(&mut self, parts: &[Expr]) -> Kind<'p> {
        for part in parts {
            let kind = self.kind(part);
            if !matches!(kind.plain(), Kind::Boolean | Kind::Unknown) {
                let message = format!("this is {}, not yes or no", kind.phrase());
                let span = self.span(part);
                let help = "compare it with something, for example `!= none`";
                self.sink
                    .push(Diagnostic::error(TYPE_MISMATCH, span, message).help(help));
            }
        }
        Kind::Boolean
    }

    fn attribute(&mut self, name: &str, expr: &Expr) -> Kind<'p> {
        if let Some(it) = self.context.project.contact.get(name) {
            return Kind::Known(&it.kind);
        }
        if !self.context.is_lost("contact", name) {
            let known = self.context.project.contact.keys().map(|it| &*it.value);
            let message = format!("there is no contact attribute `{name}`");
            let diagnostic = Diagnostic::error(UNKNOWN_ATTRIBUTE, self.span(expr), message)
                .help(did_you_mean(name, known, "attributes"))
                .subject(name);
            self.sink.push(diagnostic);
        }
        Kind::Unknown
    }

    fn property(&mut self, name: &str, expr: &Expr) -> Kind<'p> {
        let Some((event, properties)) = self.scope.event else {
            return Kind::Unknown;
        };
        if let Some(it) = properties.get(name) {
            return Kind::Known(&it.kind);
        }
        if self
            .context
            .lost
            .covers(&["events", event, "properties", name])
        {
            return Kind::Unknown;
        }
        let known = properties.keys().map(|it| &*it.value);
        let message = format!("the event `{event}` carries no property `{name}`");
        let diagnostic = Diagnostic::error(UNKNOWN_PROPERTY, self.span(expr), message)
            .help(did_you_mean(name, known, "properties"))
            .subject(name);
        self.sink.push(diagnostic);
        Kind::Unknown
    }

    fn comparison(&mut self, expr: &Expr, order: bool, left: &Expr, right: &Expr) {
        let (a, b) = (self.kind(left), self.kind(right));
        let unordered =
            |it: Kind<'_>| matches!(it.plain(), Kind::Boolean | Kind::List | Kind::None);
        let span = self.span(expr);
        if order && (unordered(a) || unordered(b)) {
            let which = if unordered(a) { a } else { b };
            let message = format!("{} is neither more nor less than anything", which.phrase());
            let help = "compare it with `==` or `!=`";
            self.sink
                .push(Diagnostic::error(TYPE_MISMATCH, span, message).help(help));
        } else if !a.meets(b) {
            let message = format!("{} is compared with {}", a.phrase(), b.phrase());
            let help = format!("write {} on both sides", a.phrase());
            self.sink
                .push(Diagnostic::error(TYPE_MISMATCH, span, message).help(help));
        } else {
            self.choice(left, right);
            self.choice(right, left);
        }
    }

    fn membership(&mut self, needle: &Expr, haystack: &Expr) {
        let looked_for = self.kind(needle);
        let inside = self.kind(haystack);
        if let ExprKind::List(items) = &haystack.kind {
            for item in items {
                let kind = self.kind(item);
                if looked_for.meets(kind) {
                    self.choice(needle, item);
                } else {
                    let message =
                        format!("{} is compared with {}", looked_for.phrase(), kind.phrase());
                    let span = self.span(item);
                    let help = format!("write {} here", looked_for.phrase());
                    self.sink
                        .push(Diagnostic::error(TYPE_MISMATCH, span, message).help(help));
                }
            }
        } else if !matches!(inside.plain(), Kind::List | Kind::Text | Kind::Unknown) {
            let message = format!("nothing can be `in` {}", inside.phrase());
            let help = "write a list: `in [\"a\", \"b\"]`";
            let span = self.span(haystack);
            self.sink
                .push(Diagnostic::error(TYPE_MISMATCH, span, message).help(help));
        }
    }

    /// A literal beside a property whose values are listed must be one of them.
    fn choice(&mut self, side: &Expr, literal: &Expr) {
        let ExprKind::Literal(Literal::Text(text)) = &literal.kind else {
            return;
        };
        let property = match &side.kind {
            ExprKind::Contact(name) => self.context.project.contact.get(&**name),
            ExprKind::Event(name) => self.scope.event.and_then(|(_, it)| it.get(&**name)),
            _ => return,
        };
        let Some(property) = property.filter(|it| !it.choices.is_empty()) else {
            return;
        };
        let choices = || property.choices.iter().filter_map(|it| it.value.as_str());
        if choices().all(|it| it != &**text) {
            let message = format!("it is never `{text}`");
            let span = self.span(literal);
            let diagnostic = Diagnostic::error(TYPE_MISMATCH, span, message)
                .help(did_you_mean(text, choices(), "values"))
                .why("the condition can never hold, so nobody takes this way");
            self.sink.push(diagnostic);
        }
    }
}

/// Checks a value that is written for a declared property.
pub(super) fn check_value(
    property: &Property,
    name: &str,
    value: &Value,
    span: Span,
    sink: &mut Collector<'_>,
) {
    let right = match (&property.kind, value) {
        (_, Value::Null) => property.nullable,
        (Type::Text, Value::String(_))
        | (Type::Number, Value::Number(_))
        | (Type::Boolean, Value::Bool(_))
        | (Type::List(_) | Type::Objects(_), Value::Array(_)) => true,
        (Type::Date, Value::String(it)) => is_date(it),
        _ => false,
    };
    if !right {
        let expected = match (value, property.nullable) {
            (Value::Null, _) => "it is not declared `nullable`".to_owned(),
            (_, true) => format!("`{name}` is {} or null", property.kind.phrase()),
            (_, false) => format!("`{name}` is {}", property.kind.phrase()),
        };
        let message = format!("`{name}` cannot have this value");
        sink.push(
            Diagnostic::error(TYPE_MISMATCH, span, message)
                .label(expected)
                .subject(name),
        );
    } else if let Value::String(text) = value {
        let choices = || property.choices.iter().filter_map(|it| it.value.as_str());
        if !property.choices.is_empty() && choices().all(|it| it != text) {
            let message = format!("`{name}` is never `{text}`");
            let help = did_you_mean(text, choices(), "values");
            sink.push(
                Diagnostic::error(TYPE_MISMATCH, span, message)
                    .help(help)
                    .subject(name),
            );
        }
    }
}

/// Whether a text begins with a day in ISO 8601.
fn is_date(text: &str) -> bool {
    text.get(..10)
        .is_some_and(|it| it.parse::<crate::model::Day>().is_ok())
}
