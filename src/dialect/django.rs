//! Klaviyo's language: Django templates with Klaviyo's tags.
//!
//! Where Django differs from the IR, the printer makes up for it: `None` would print as a word, so
//! every value has a fallback; `True` would be capitalised, so booleans are chosen; conditions have
//! no parentheses, so they are written as "or" of "and"s; `items` and its like are methods of
//! Python, so they are looked up by name; `default` would replace zero, so numbers are asked first.

use std::sync::Arc;

use super::logic::{Asking, Split, Unsaid, both_ways, known, or_of_ands, split};
use super::refusal::{Refusal, Said};
use super::{Dialect, Feature, Printed, Reserved, Support, Surface, links};
use crate::diagnostic::Sink;
use crate::source::Span;
use crate::template::ir::{
    Arm, Comparison, Expr, Filter, Filtered, For, If, Literal, LoopField, Node, Out, Path, Root,
    Step, Test,
};
use crate::template::words::{self, DatePart, date_pattern};
use crate::template::{Scope, Shape, Spelling, Ty};

/// Klaviyo's dialect.
pub(super) struct Django;

/// Attributes that Klaviyo offers by bare name.
const BARE: [&str; 4] = ["first_name", "last_name", "full_name", "email"];

/// Names that Django would take as methods of Python where a key is missing.
const METHODS: [&str; 11] = [
    "items",
    "keys",
    "values",
    "get",
    "pop",
    "popitem",
    "update",
    "clear",
    "copy",
    "setdefault",
    "fromkeys",
];

/// Names that mean something else in Klaviyo, so that no loop variable may take them.
const TAKEN: [&str; 12] = [
    "event",
    "person",
    "forloop",
    "organization",
    "feeds",
    "catalog_item",
    "today",
    "block",
    "object",
    "not",
    "and",
    "or",
];

/// "And"s that one condition may have; a condition beyond is better split by its author.
const MOST_ANDS: usize = 24;

impl Dialect for Django {
    fn name(&self) -> &'static str {
        "django"
    }

    fn provider(&self) -> &'static str {
        "Klaviyo"
    }

    fn spelling(&self) -> Spelling {
        Spelling {
            quote: "&quot;",
            apostrophe: "&#x27;",
            ..Spelling::default()
        }
    }

    fn support(&self, feature: Feature) -> Support {
        use Support::{Rewritten, Yes};
        match feature {
            Feature::FallbackToValue | Feature::FallbackOfNumber => {
                Rewritten("`default` would replace zero, so it is asked first")
            }
            Feature::PrintedBoolean => Rewritten("Python would print `True`, so it is chosen"),
            Feature::Nested => Rewritten("without parentheses: as \"or\" of \"and\"s"),
            _ => Yes,
        }
    }

    fn reserved(&self, what: Reserved) -> Option<&'static str> {
        Some(match what {
            Reserved::Unsubscribe => "{% unsubscribe_link %}",
            Reserved::Preferences => "{% manage_preferences_link %}",
            Reserved::WebView => "{% web_view_link %}",
            Reserved::PostalAddress => "{{ organization.full_address }}",
        })
    }

    fn print(
        &self,
        nodes: &[Node],
        surface: Surface,
        shape: &Shape<'_>,
        sink: &mut Sink,
    ) -> Option<Printed> {
        let mut printer = Printer {
            shape,
            sink,
            surface,
            scope: Scope::default(),
            loops: Vec::new(),
            span: None,
            refused: false,
            out: String::new(),
        };
        printer.nodes(&links::answered(nodes, self));
        let Printer { refused, out, .. } = printer;
        if refused {
            return None;
        }
        // Outside of tags nothing is escaped anyway.
        let text = if surface == Surface::Text && out.contains("{{") {
            format!("{{% autoescape off %}}{out}{{% endautoescape %}}")
        } else {
            out
        };
        Some(Printed {
            text,
            variables: Vec::new(),
        })
    }
}

struct Printer<'p, 's> {
    shape: &'p Shape<'s>,
    sink: &'p mut Sink,
    surface: Surface,
    scope: Scope<'s>,
    /// Each loop around: its variable in the IR, and as printed.
    loops: Vec<(Arc<str>, String)>,
    /// The statement that is printed.
    span: Option<Span>,
    refused: bool,
    out: String,
}

impl Printer<'_, '_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            let said = match node {
                Node::Text(text) => {
                    self.text(text);
                    Ok(())
                }
                Node::Out(it) => {
                    self.span = Some(it.span);
                    self.out(&it.expr, it.escape)
                }
                Node::If(it) => {
                    self.span = Some(it.span);
                    self.choice(it)
                }
                Node::For(it) => {
                    self.span = Some(it.span);
                    self.repetition(it)
                }
            };
            if let Err(refusal) = said {
                self.refused = true;
                refusal.tell(&Django, self.span, self.sink);
            }
        }
    }

    /// Static text. Whatever looks like a tag is written by a tag.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            self.out.push_str(&rest[..at]);
            let (word, length) = match rest[at + 1..].chars().next() {
                Some('{') => ("openvariable", 2),
                Some('%') => ("openblock", 2),
                Some('#') => ("opencomment", 2),
                // A tag may follow at once, and two braces would meet.
                None => ("openbrace", 1),
                Some(_) => ("", 1),
            };
            if word.is_empty() {
                self.out.push('{');
            } else {
                self.tag(&format!("templatetag {word}"));
            }
            rest = &rest[at + length..];
        }
        self.out.push_str(rest);
    }

    fn tag(&mut self, inner: &str) {
        self.out.push_str("{% ");
        self.out.push_str(inner);
        self.out.push_str(" %}");
    }

    fn repetition(&mut self, it: &For) -> Said<()> {
        let Expr::Path(path) = &it.over else {
            return Err(self.refuse(
                "Klaviyo cannot loop over this",
                "loop over a list of the event",
            ));
        };
        let over = self.path(path)?;
        let item = self
            .shape
            .item_of(self.shape.type_of(&it.over, &self.scope));
        let var = loop_name(&it.var);
        self.tag(&format!("for {var} in {over}"));
        self.scope.enter(&it.var, item);
        self.loops.push((Arc::clone(&it.var), var));
        self.nodes(&it.body);
        self.loops.pop();
        self.scope.leave();
        if !it.otherwise.is_empty() {
            self.tag("empty");
            self.nodes(&it.otherwise);
        }
        self.tag("endfor");
        Ok(())
    }

    fn choice(&mut self, it: &If) -> Said<()> {
        let mut conditions = Vec::new();
        for arm in &it.arms {
            conditions.push(self.condition(&arm.test)?);
        }
        let mut word = "if";
        for (arm, condition) in it.arms.iter().zip(conditions) {
            self.tag(&format!("{word} {condition}"));
            self.nodes(&arm.body);
            word = "elif";
        }
        if !it.otherwise.is_empty() {
            self.tag("else");
            self.nodes(&it.otherwise);
        }
        self.tag("endif");
        Ok(())
    }

    fn out(&mut self, expr: &Expr, escape: bool) -> Said<()> {
        if let Expr::Path(path) = expr
            && path.root == Root::Link
        {
            return self.link(path);
        }
        if let Some(Split { given, other, of }) = self.split(expr) {
            let span = self
                .span
                .unwrap_or(Span::start_of(crate::source::FileId(0)));
            let out = |expr| vec![Node::Out(Out { expr, escape, span })];
            let arms = vec![Arm {
                test: Test::Filled(of),
                body: out(given),
            }];
            let otherwise = match other {
                Expr::Literal(it) => vec![Node::Text(Self::literal_text(&it, escape))],
                other => out(other),
            };
            let otherwise = otherwise
                .into_iter()
                .filter(|it| *it != Node::Text(String::new()));
            return self.choice(&If {
                arms,
                otherwise: otherwise.collect(),
                span,
            });
        }
        let ty = self.shape.type_of(expr, &self.scope);
        if ty.is_boolean() {
            let value = self.operand(expr)?;
            self.tag(&format!("if {value}"));
            self.out.push_str("true");
            // A missing value is neither, and prints nothing.
            self.tag(&format!("elif {value} == False"));
            self.out.push_str("false");
            self.tag("endif");
            return Ok(());
        }
        let dated = date_of(expr);
        if let Some(of) = dated {
            let of = self.operand(of)?;
            self.tag(&format!("if {of}"));
        }
        let mut value = self.operand(expr)?;
        if let Expr::Path(_) = expr {
            value.push_str(if ty.is_number() {
                "|default_if_none:''"
            } else {
                "|default:''"
            });
        }
        match (self.surface, escape) {
            (Surface::Html | Surface::Subject, false) => value.push_str("|safe"),
            (Surface::Html, true) | (Surface::Text, false) => {}
            (_, true) => value.push_str("|force_escape"),
        }
        self.out.push_str("{{ ");
        self.out.push_str(&value);
        self.out.push_str(" }}");
        if dated.is_some() {
            self.tag("endif");
        }
        Ok(())
    }

    fn link(&mut self, path: &Path) -> Said<()> {
        if self.surface == Surface::Subject {
            return Err(self.refuse(
                "a subject line cannot hold a link",
                "put the link into the body",
            ));
        }
        let tag = match path.steps.first() {
            Some(Step::Key(key)) => Reserved::of_link(key).and_then(|it| Django.reserved(it)),
            _ => None,
        };
        let Some(tag) = tag else {
            return Err(self.refuse("Klaviyo makes no such link", "use `links.unsubscribe`"));
        };
        self.out.push_str(tag);
        Ok(())
    }

    fn literal_text(it: &Literal, escape: bool) -> String {
        let text = crate::template::literal_text(it);
        if !escape {
            return text;
        }
        let mut escaped = String::new();
        crate::template::words::escape_as(&text, Django.spelling(), &mut escaped);
        escaped
    }

    /// Takes a value apart at a `default` that cannot be a filter here.
    fn split(&self, expr: &Expr) -> Option<Split> {
        split(expr, &|of, other| self.is_simple_default(of, other))
    }

    /// Whether Django's own `default` means the same: a text, with a text that needs no escaping.
    fn is_simple_default(&self, of: &Expr, other: &Expr) -> bool {
        let Expr::Literal(Literal::Text(text)) = other else {
            return false;
        };
        let ty = self.shape.type_of(of, &self.scope);
        let plain = |c: char| {
            !matches!(c, '&' | '<' | '>' | '"' | '\'' | '{' | '}' | '%' | '\\') && !c.is_control()
        };
        // Klaviyo's blank of a date would go into the parser of dates.
        let dated = date_of(of).is_some();
        ty.is_text() && !dated && text.chars().all(plain)
    }

    /// An expression as an operand: of a tag, of a comparison, or to print.
    fn operand(&self, expr: &Expr) -> Said<String> {
        match expr {
            Expr::Literal(it) => self.literal(it),
            Expr::Path(path) => self.path(path),
            Expr::Loop { var, field } => Ok(self.counter(var, *field)),
            Expr::Filter(it) => self.filtered(it),
            Expr::Choice(_) | Expr::Concat(_) | Expr::Truth(_) => Err(self.refuse(
                "Klaviyo cannot work with a chosen or joined value here",
                "print the value, or compare a property itself",
            )),
        }
    }

    fn filtered(&self, it: &Filtered) -> Said<String> {
        let of = self.operand(&it.of)?;
        let ty = self.shape.type_of(&it.of, &self.scope);
        // A filter for texts would make the word "None" of what is missing.
        let text = if !matches!(it.of, Expr::Path(_)) {
            of.clone()
        } else if ty.is_number() {
            format!("{of}|default_if_none:''")
        } else {
            format!("{of}|default:''")
        };
        Ok(match &it.filter {
            Filter::Default(Expr::Literal(literal)) => {
                format!("{of}|default:{}", self.literal(literal)?)
            }
            Filter::Default(_) => {
                return Err(self.refuse(
                    "Klaviyo cannot fall back to this here",
                    "fall back to a fixed text",
                ));
            }
            Filter::Upper => format!("{text}|upper"),
            Filter::Lower => format!("{text}|lower"),
            Filter::Title => format!("{text}|title"),
            Filter::Capitalize => format!("{text}|lower|capfirst"),
            // Nothing has the length 0, but a date that is missing cannot be handed on to be measured.
            Filter::Length if date_of(&it.of).is_some() => {
                return Err(self.refuse(
                    "Klaviyo cannot count the letters of a date",
                    "ask for the date itself",
                ));
            }
            Filter::Length => format!("{of}|length"),
            Filter::UrlEncode => format!("{text}|urlencode:''"),
            Filter::Date(pattern) => {
                format!(
                    "{of}|format_date_string|date:{}",
                    self.quoted(&date_format(pattern))?
                )
            }
        })
    }

    fn counter(&self, var: &Arc<str>, field: LoopField) -> String {
        let around = self
            .loops
            .iter()
            .rev()
            .take_while(|it| it.0 != *var)
            .count();
        let field = match field {
            LoopField::Index => "counter",
            LoopField::Index0 => "counter0",
            LoopField::RevIndex => "revcounter",
            LoopField::RevIndex0 => "revcounter0",
            LoopField::First => "first",
            LoopField::Last => "last",
        };
        format!("forloop{}.{field}", ".parentloop".repeat(around))
    }

    fn literal(&self, it: &Literal) -> Said<String> {
        match it {
            Literal::None => Ok("None".to_owned()),
            Literal::Bool(it) => Ok(if *it { "True" } else { "False" }.to_owned()),
            Literal::Int(it) => Ok(it.to_string()),
            Literal::Float(it) => Ok(words::digits(*it)),
            Literal::Text(text) => self.quoted(text),
        }
    }

    /// A text in quotes. Django looks for the end of a tag without looking at quotes.
    fn quoted(&self, text: &str) -> Said<String> {
        if text.contains("%}") || text.contains("}}") || text.contains(char::is_control) {
            return Err(self.refuse(
                "Klaviyo cannot compare with a text that holds a line end, `%}` or `}}`",
                "compare with a shorter text",
            ));
        }
        let quote = if text.contains('\'') && !text.contains('"') {
            '"'
        } else {
            '\''
        };
        let escaped = text
            .replace('\\', "\\\\")
            .replace(quote, &format!("\\{quote}"));
        Ok(format!("{quote}{escaped}{quote}"))
    }

    fn path(&self, path: &Path) -> Said<String> {
        let mut steps = path.steps.as_slice();
        let (mut out, mut by_name) = match &path.root {
            Root::Event => ("event.extra".to_owned(), false),
            Root::Contact => match steps.split_first() {
                Some((Step::Key(key), rest)) if BARE.contains(&&**key) => {
                    steps = rest;
                    ((**key).to_owned(), false)
                }
                // Attributes of one's own may have any name, so they are looked up.
                _ => ("person".to_owned(), true),
            },
            Root::Local(var) => {
                let found = self.loops.iter().rev().find(|it| it.0 == *var);
                let name = found.map_or_else(|| loop_name(var), |it| it.1.clone());
                (name, false)
            }
            Root::Link | Root::Body => {
                return Err(Refusal {
                    span: Some(path.span),
                    reason: "Klaviyo makes this link when sending; it can only be printed"
                        .to_owned(),
                    help: "print the link by itself",
                });
            }
        };
        for step in steps {
            let key = match step {
                Step::Key(key) => key.to_string(),
                Step::Index(at) => at.to_string(),
            };
            // Once looked up by name, every later step must be too.
            by_name |= matches!(step, Step::Key(key) if !is_plain_name(key));
            if by_name {
                out.push_str("|lookup:");
                out.push_str(&self.quoted(&key)?);
            } else {
                out.push('.');
                out.push_str(&key);
            }
        }
        Ok(out)
    }

    fn refuse(&self, reason: &str, help: &'static str) -> Refusal {
        Refusal {
            span: self.span,
            reason: reason.to_owned(),
            help,
        }
    }

    /// A test as Django takes it: "or" of "and"s of plain questions.
    fn condition(&self, test: &Test) -> Said<String> {
        let asking = Asking {
            most: MOST_ANDS,
            ask: &mut |question, negated| self.question(question, negated),
            is_never: &is_never,
        };
        let ors = or_of_ands(&self.plain(test), asking);
        let mut ors = ors.map_err(|unsaid| match unsaid {
            Unsaid::Question(refusal) => refusal,
            Unsaid::TooLong => self.refuse(
                "Klaviyo has no parentheses, and without them this condition becomes too long",
                "split it into one `{% if %}` inside another",
            ),
        })?;
        ors.dedup();
        if ors.is_empty() {
            return Ok("False".to_owned());
        }
        let written: Vec<String> = ors
            .into_iter()
            .map(|ands| {
                if ands.is_empty() {
                    "True".to_owned()
                } else {
                    ands.join(" and ")
                }
            })
            .collect();
        Ok(written.join(" or "))
    }

    /// The same test with questions that Django answers alike, whatever value comes.
    fn plain(&self, test: &Test) -> Test {
        match test {
            Test::Constant(_) => test.clone(),
            Test::Not(it) => self.plain(it).negated(),
            Test::All(all) => Test::All(all.iter().map(|it| self.plain(it)).collect()),
            Test::Any(all) => Test::Any(all.iter().map(|it| self.plain(it)).collect()),
            Test::Truthy(it) => match self.halves(it, Test::Truthy) {
                Some(both) => both,
                None => Test::Truthy(date_of(it).unwrap_or(it).clone()),
            },
            Test::Filled(it) | Test::Present(it) => self.there(test, it),
            Test::Compare {
                op,
                left,
                right,
                span,
            } => self.compared(*op, left, right, *span),
            Test::Contains { whole, part, span } => {
                let contains = |whole, part| Test::Contains {
                    whole,
                    part,
                    span: *span,
                };
                if let Some(both) = self.halves(part, |it| contains(whole.clone(), it)) {
                    return both;
                }
                if let Some(both) = self.halves(whole, |it| contains(it, part.clone())) {
                    return both;
                }
                let mut all = vec![Test::Truthy(whole.clone()), test.clone()];
                if !matches!(part, Expr::Literal(_)) {
                    all.insert(0, self.there(&Test::Present(part.clone()), part));
                }
                Test::All(all)
            }
        }
    }

    /// A test about a value with a `default` that Django cannot write: both ways.
    fn halves(&self, expr: &Expr, ask: impl Fn(Expr) -> Test) -> Option<Test> {
        let Split { given, other, of } = self.split(expr)?;
        let filled = self.there(&Test::Filled(of.clone()), &of);
        let given = self.plain(&ask(given));
        let other = ask(other);
        let other = match known(&other) {
            Some(it) => Test::Constant(it),
            None => self.plain(&other),
        };
        Some(both_ways(filled, given, other))
    }

    /// Whether a value is there, by its kind: what is missing may come as none or as an empty text.
    fn there(&self, test: &Test, expr: &Expr) -> Test {
        let ty = self.shape.type_of(expr, &self.scope);
        let equals = |literal| Test::Compare {
            op: Comparison::Eq,
            left: expr.clone(),
            right: Expr::Literal(literal),
            span: self
                .span
                .unwrap_or(Span::start_of(crate::source::FileId(0))),
        };
        let truthy = || Test::Truthy(date_of(expr).unwrap_or(expr).clone());
        match test {
            _ if ty.is_text() || ty.is_date() => truthy(),
            _ if ty.is_number() => Test::Any(vec![truthy(), equals(Literal::Int(0))]),
            Test::Filled(_) if ty == Ty::Unknown => {
                Test::Any(vec![truthy(), equals(Literal::Int(0))])
            }
            Test::Filled(_) => truthy(),
            _ => Test::All(vec![
                equals(Literal::None).negated(),
                equals(Literal::Text("".into())).negated(),
            ]),
        }
    }

    fn compared(&self, op: Comparison, left: &Expr, right: &Expr, span: Span) -> Test {
        let compare = |op, left, right| Test::Compare {
            op,
            left,
            right,
            span,
        };
        if let Some(both) = self.halves(left, |it| compare(op, it, right.clone())) {
            return both;
        }
        if let Some(both) = self.halves(right, |it| compare(op, left.clone(), it)) {
            return both;
        }
        if op == Comparison::Ne {
            return self.compared(Comparison::Eq, left, right, span).negated();
        }
        let test = compare(op, left.clone(), right.clone());
        let is_fixed = |it: &Expr| matches!(it, Expr::Literal(_) | Expr::Loop { .. });
        let mut all = Vec::new();
        for side in [left, right] {
            let ty = self.shape.type_of(side, &self.scope);
            let two_open = !is_fixed(left) && !is_fixed(right);
            // An empty text has no order, and two missing values are not equal.
            let must_be_there = date_of(side).is_some()
                || (op != Comparison::Eq && !ty.is_number())
                || (op == Comparison::Eq && two_open);
            if !is_fixed(side) && must_be_there {
                all.push(self.there(&Test::Present(side.clone()), side));
            }
        }
        all.push(test);
        if all.len() == 1 {
            all.remove(0)
        } else {
            Test::All(all)
        }
    }

    fn question(&self, test: &Test, negated: bool) -> Said<String> {
        let not = if negated { "not " } else { "" };
        Ok(match test {
            Test::Compare {
                op, left, right, ..
            } => {
                let (left, right) = (self.operand(left)?, self.operand(right)?);
                match (op, negated) {
                    (Comparison::Eq, false) => format!("{left} == {right}"),
                    (Comparison::Eq, true) => format!("{left} != {right}"),
                    (op, _) => format!("{not}{left} {} {right}", sign(*op)),
                }
            }
            Test::Contains { whole, part, .. } => {
                format!("{not}{} in {}", self.operand(part)?, self.operand(whole)?)
            }
            Test::Truthy(it) | Test::Present(it) | Test::Filled(it) => {
                format!("{not}{}", self.operand(it)?)
            }
            _ => return Err(self.refuse("Klaviyo cannot ask this", "ask for one property")),
        })
    }
}

/// Whether a question and its opposite must both hold.
fn is_never(ands: &[String]) -> bool {
    ands.iter()
        .filter_map(|it| it.strip_prefix("not "))
        .any(|opposite| ands.iter().any(|it| it == opposite))
}

fn sign(op: Comparison) -> &'static str {
    match op {
        Comparison::Eq => "==",
        Comparison::Ne => "!=",
        Comparison::Lt => "<",
        Comparison::Le => "<=",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
    }
}

/// What a date is made of, if a value is one that a pattern has been applied to.
fn date_of(expr: &Expr) -> Option<&Expr> {
    let Expr::Filter(it) = expr else { return None };
    match it.filter {
        Filter::Date(_) => Some(&it.of),
        _ => date_of(&it.of),
    }
}

/// A name that Django reads with a dot as the key it is.
fn is_plain_name(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !METHODS.contains(&key)
}

fn loop_name(var: &str) -> String {
    let name = var.trim_start_matches('_');
    if name.is_empty()
        || !name.is_ascii()
        || TAKEN.contains(&name)
        || BARE.contains(&name)
        || name != var
    {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        return format!("entry_{plain}");
    }
    name.to_owned()
}

/// A pattern of `strftime` in Django's letters.
fn date_format(pattern: &str) -> String {
    let mut out = String::new();
    for part in date_pattern(pattern).unwrap_or_default() {
        let letter = match part {
            DatePart::Plain(c) => {
                if c.is_ascii_alphabetic() || c == '\\' {
                    out.push('\\');
                }
                c
            }
            DatePart::Day => 'd',
            DatePart::DayShort => 'j',
            DatePart::Month => 'm',
            DatePart::MonthShort => 'n',
            DatePart::MonthName => 'F',
            DatePart::MonthAbbreviated => 'M',
            DatePart::Year => 'Y',
            DatePart::YearShort => 'y',
            DatePart::Weekday => 'l',
            DatePart::WeekdayAbbreviated => 'D',
            DatePart::Hour => 'H',
            DatePart::Hour12 => 'h',
            DatePart::Hour12Short => 'g',
            DatePart::Minute => 'i',
            DatePart::HalfDay => 'A',
        };
        out.push(letter);
    }
    out
}
