//! Nodes and values printed.

use std::sync::Arc;

use super::super::refusal::{Refusal, Said};
use super::super::{Dialect as _, Reserved, Surface, scan};
use super::Hubl;
use crate::diagnostic::Sink;
use crate::source::Span;
use crate::template::ir::{
    Expr, Filter, Filtered, For, If, Literal, LoopField, Node, Path, Root, Step,
};
use crate::template::words::{DatePart, date_pattern, digits};
use crate::template::{Scope, Shape, Ty};

/// HubSpot's own names of attributes.
const STANDARD: [(&str, &str); 2] = [("first_name", "firstname"), ("last_name", "lastname")];

/// Names that mean something already, so that no loop variable may take them.
const TAKEN: [&str; 24] = [
    "account",
    "and",
    "contact",
    "content",
    "custom",
    "deferred",
    "else",
    "exptest",
    "false",
    "filter",
    "if",
    "in",
    "is",
    "loop",
    "module",
    "none",
    "not",
    "null",
    "or",
    "owner",
    "request",
    "site_settings",
    "true",
    "widget",
];

/// Prints nodes. `None` if something cannot be said; each such place has been told.
pub(super) fn print(
    nodes: &[Node],
    surface: Surface,
    shape: &Shape<'_>,
    sink: &mut Sink,
) -> Option<String> {
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
    printer.nodes(nodes);
    (!printer.refused).then_some(printer.out)
}

/// What a value can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Bool,
    List,
    Object,
    Unknown,
}

pub(super) struct Printer<'p, 's> {
    shape: &'p Shape<'s>,
    sink: &'p mut Sink,
    surface: Surface,
    scope: Scope<'s>,
    /// The variables of the loops around.
    loops: Vec<Arc<str>>,
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
                    self.printed(&it.expr, it.escape)
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
                refusal.tell(&Hubl, self.span, self.sink);
            }
        }
    }

    /// Static text. A brace that would begin a tag is printed.
    fn text(&mut self, text: &str) {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == '{' && matches!(chars.peek(), None | Some('{' | '%' | '#')) {
                self.out.push_str("{{ '{' }}");
            } else {
                self.out.push(c);
            }
        }
    }

    fn tag(&mut self, inner: &str) {
        for part in ["{% ", inner, " %}"] {
            self.out.push_str(part);
        }
    }

    fn printed(&mut self, expr: &Expr, escape: bool) -> Said<()> {
        if let Expr::Path(path) = expr
            && path.root == Root::Link
        {
            return self.link(path);
        }
        if matches!(self.kind(expr), Kind::List | Kind::Object) {
            return Err(self.refuse(
                "HubSpot would print a list in brackets",
                "loop over the list and print its entries",
            ));
        }
        let value = match self.token(expr)? {
            Some(token) => token,
            None => self.value(expr)?,
        };
        let is_harmless = match expr {
            Expr::Loop { .. } => true,
            Expr::Filter(it) => matches!(it.filter, Filter::UrlEncode | Filter::Length),
            _ => false,
        };
        let escape = if escape && !is_harmless {
            "|escape"
        } else {
            ""
        };
        for part in ["{{ ", &value, escape, " }}"] {
            self.out.push_str(part);
        }
        Ok(())
    }

    /// HubSpot's own words for an attribute with a fixed text behind it.
    fn token(&self, expr: &Expr) -> Said<Option<String>> {
        let Expr::Filter(it) = expr else {
            return Ok(None);
        };
        let (Filter::Default(Expr::Literal(Literal::Text(text))), Expr::Path(path)) =
            (&it.filter, &it.of)
        else {
            return Ok(None);
        };
        let name = match path.steps.as_slice() {
            [Step::Key(key)] if path.root == Root::Contact && is_plain(key) => standard(key),
            _ => return Ok(None),
        };
        if self.kind(&it.of) != Kind::Text {
            return Ok(None);
        }
        let text = self.quoted(text)?;
        Ok(Some(format!(
            "personalization_token('contact.{name}', {text})"
        )))
    }

    fn link(&mut self, path: &Path) -> Said<()> {
        if self.surface == Surface::Subject {
            return Err(self.refuse(
                "a subject line cannot hold a link",
                "put the link into the body",
            ));
        }
        let tag = match path.steps.first() {
            Some(Step::Key(key)) => Reserved::of_link(key).and_then(|it| Hubl.reserved(it)),
            _ => None,
        };
        let Some(tag) = tag else {
            return Err(self.refuse("HubSpot makes no such link", "use `links.unsubscribe`"));
        };
        self.out.push_str(tag);
        Ok(())
    }

    fn repetition(&mut self, it: &For) -> Said<()> {
        let Expr::Path(path) = &it.over else {
            return Err(self.refuse(
                "HubSpot cannot loop over this",
                "loop over a list of the event",
            ));
        };
        let over = self.path(path)?;
        let item = self
            .shape
            .item_of(self.shape.type_of(&it.over, &self.scope));
        if !it.otherwise.is_empty() {
            self.tag(&format!("if {over}"));
        }
        let var = loop_name(&it.var);
        self.tag(&format!("for {var} in {over}"));
        self.scope.enter(&it.var, item);
        for field in scan::counters_from_within(&it.var, &it.body) {
            let counter = counter(field);
            self.tag(&format!("set {var}_{counter} = loop.{counter}"));
        }
        self.loops.push(Arc::clone(&it.var));
        self.nodes(&it.body);
        self.loops.pop();
        self.scope.leave();
        self.tag("endfor");
        if !it.otherwise.is_empty() {
            self.tag("else");
            self.nodes(&it.otherwise);
            self.tag("endif");
        }
        Ok(())
    }

    fn choice(&mut self, it: &If) -> Said<()> {
        let mut conditions = Vec::new();
        for arm in &it.arms {
            conditions.push(self.test(&arm.test)?.text);
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

    pub(super) fn kind(&self, expr: &Expr) -> Kind {
        match self.shape.type_of(expr, &self.scope) {
            it if it.is_text() || it.is_date() => Kind::Text,
            it if it.is_number() => Kind::Number,
            it if it.is_boolean() => Kind::Bool,
            it if it.is_list() => Kind::List,
            Ty::Object(_) => Kind::Object,
            _ => Kind::Unknown,
        }
    }

    /// Whether a value may be none.
    pub(super) fn is_open(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Literal(_) | Expr::Loop { .. } | Expr::Concat(_) | Expr::Truth(_) => false,
            Expr::Path(path) => self.shape.may_be_missing(path, &self.scope),
            Expr::Filter(it) => match &it.filter {
                Filter::Default(other) => self.is_open(other),
                Filter::Length | Filter::UrlEncode | Filter::Date(_) | Filter::Capitalize => false,
                _ => self.is_open(&it.of),
            },
            Expr::Choice(it) => self.is_open(&it.yes) || self.is_open(&it.no),
        }
    }

    /// A value, to print or to put a filter on.
    pub(super) fn value(&self, expr: &Expr) -> Said<String> {
        match expr {
            Expr::Literal(it) => self.literal(it),
            Expr::Path(path) => self.path(path),
            Expr::Loop { var, field } => Ok(self.counter(var, *field)),
            Expr::Filter(it) => self.filtered(it),
            Expr::Choice(it) => {
                let (yes, no) = (self.value(&it.yes)?, self.value(&it.no)?);
                Ok(format!(
                    "({yes} if {} else {no})",
                    self.test(&it.test)?.text
                ))
            }
            Expr::Concat(all) => {
                let parts: Said<Vec<String>> = all.iter().map(|it| self.joinable(it)).collect();
                Ok(format!("({})", parts?.join(" ~ ")))
            }
            Expr::Truth(it) => Ok(format!("(true if {} else false)", self.test(it)?.text)),
        }
    }

    /// A value as a part of a longer text.
    fn joinable(&self, expr: &Expr) -> Said<String> {
        let value = self.value(expr)?;
        Ok(match self.kind(expr) {
            Kind::Bool if self.is_open(expr) => {
                format!("('' if {value} is none else 'true' if {value} else 'false')")
            }
            Kind::Bool => format!("('true' if {value} else 'false')"),
            _ if self.is_open(expr) => format!("({value} if {value} is not none else '')"),
            _ => value,
        })
    }

    fn filtered(&self, it: &Filtered) -> Said<String> {
        let kind = self.kind(&it.of);
        let of = self.value(&it.of)?;
        if let Filter::Default(other) = &it.filter {
            let other = self.value(other)?;
            let filled = self.filled(&it.of)?;
            return Ok(format!("({of} if {} else {other})", filled.text));
        }
        if let Filter::Length = it.filter
            && kind == Kind::List
        {
            return Ok(format!("{of}|length"));
        }
        if kind != Kind::Text && !(kind == Kind::Number && it.filter != Filter::Length) {
            return Err(self.refuse(
                "HubSpot has this filter for texts only",
                "declare the property as a text, or print it as it comes",
            ));
        }
        Ok(match &it.filter {
            Filter::Upper => format!("{of}|upper"),
            Filter::Lower => format!("{of}|lower"),
            Filter::Capitalize => {
                let capital = format!("({of}|lower)[0:1]|upper ~ ({of}|lower)[1:]");
                match self.filled(&it.of)? {
                    _ if kind == Kind::Number => of,
                    filled => format!("({capital} if {} else '')", filled.text),
                }
            }
            Filter::UrlEncode => {
                format!(
                    "{of}|urlencode|replace('+', '%20')|replace('*', '%2A')|replace('%7E', '~')"
                )
            }
            // Java counts signs beyond the first 65,536 twice; their encoding begins with `%F`.
            Filter::Length => format!(
                "({of}|length - {of}|urlencode|replace('%F', '%F.')|length + {of}|urlencode|length)"
            ),
            Filter::Date(pattern) if kind == Kind::Text => {
                let shown = self.dated(&of, pattern)?;
                format!("({shown} if {} else '')", self.filled(&it.of)?.text)
            }
            Filter::Date(_) => {
                return Err(self.refuse(
                    "HubSpot can show only a text as a date",
                    "declare the property as a date",
                ));
            }
            Filter::Title | Filter::Default(_) => {
                return Err(self.refuse(
                    "HubSpot's `title` makes other capitals",
                    "print the text as it comes, or use `upper`",
                ));
            }
        })
    }

    /// A date in a pattern of Unicode; the zone that a moment is written in is cut off.
    fn dated(&self, of: &str, pattern: &str) -> Said<String> {
        let (pattern, is_time) = date_format(pattern);
        let pattern = self.quoted(&pattern)?;
        let read = if is_time {
            format!(
                "(({of} ~ 'T00:00')[0:16]|replace(' ', 'T') ~ ':00+0000')|strtotime(\"yyyy-MM-dd'T'HH:mm:ssZ\")"
            )
        } else {
            format!("{of}[0:10]|strtodate('yyyy-MM-dd')")
        };
        Ok(format!("{read}|format_datetime({pattern}, 'UTC', 'en-US')"))
    }

    fn counter(&self, var: &str, field: LoopField) -> String {
        let counter = counter(field);
        if self.loops.last().is_none_or(|it| &**it == var) {
            format!("loop.{counter}")
        } else {
            format!("{}_{counter}", loop_name(var))
        }
    }

    fn literal(&self, it: &Literal) -> Said<String> {
        Ok(match it {
            Literal::None => "''".to_owned(),
            Literal::Bool(it) => it.to_string(),
            Literal::Int(it) => it.to_string(),
            Literal::Float(it) if it.fract() == 0.0 => format!("{}.0", digits(*it)),
            Literal::Float(it) => digits(*it),
            Literal::Text(text) => self.quoted(text)?,
        })
    }

    fn quoted(&self, text: &str) -> Said<String> {
        if text.contains(char::is_control) {
            return Err(self.refuse(
                "HubSpot cannot take a text with a line end here",
                "use a shorter text",
            ));
        }
        let quote = if text.contains('\'') && !text.contains('"') {
            '"'
        } else {
            '\''
        };
        let mut escaped = text
            .replace('\\', "\\\\")
            .replace(quote, &format!("\\{quote}"));
        // What looks like a tag is taken apart.
        let apart = format!("{quote} ~ {quote}");
        let mut is_apart = false;
        for pair in ["{{", "}}", "{%", "%}", "{#", "#}"] {
            let (first, second) = pair.split_at(1);
            while escaped.contains(pair) {
                escaped = escaped.replacen(pair, &format!("{first}{apart}{second}"), 1);
                is_apart = true;
            }
        }
        let quoted = format!("{quote}{escaped}{quote}");
        Ok(if is_apart {
            format!("({quoted})")
        } else {
            quoted
        })
    }

    fn path(&self, path: &Path) -> Said<String> {
        let mut out = match &path.root {
            Root::Contact => "contact".to_owned(),
            Root::Event => "custom".to_owned(),
            Root::Local(var) => loop_name(var),
            Root::Link | Root::Body => {
                return Err(Refusal {
                    span: Some(path.span),
                    reason: "HubSpot makes this link when sending; it can only be printed"
                        .to_owned(),
                    help: "print the link by itself",
                });
            }
        };
        for (at, step) in path.steps.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    let is_attribute = at == 0 && path.root == Root::Contact;
                    let key = if is_attribute { standard(key) } else { key };
                    if is_plain(key) {
                        out.push('.');
                        out.push_str(key);
                    } else {
                        out.push('[');
                        out.push_str(&self.quoted(key)?);
                        out.push(']');
                    }
                }
                Step::Index(at) => {
                    out.push('[');
                    out.push_str(&at.to_string());
                    out.push(']');
                }
            }
        }
        Ok(out)
    }

    pub(super) fn refuse(&self, reason: &str, help: &'static str) -> Refusal {
        Refusal {
            span: self.span,
            reason: reason.to_owned(),
            help,
        }
    }
}

fn counter(field: LoopField) -> &'static str {
    match field {
        LoopField::Index => "index",
        LoopField::Index0 => "index0",
        LoopField::RevIndex => "revindex",
        LoopField::RevIndex0 => "revindex0",
        LoopField::First => "first",
        LoopField::Last => "last",
    }
}

fn standard(key: &str) -> &str {
    STANDARD
        .iter()
        .find(|it| it.0 == key)
        .map_or(key, |it| it.1)
}

fn is_plain(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !TAKEN.contains(&key)
}

fn loop_name(var: &str) -> String {
    let name: String = var
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    let name = name.trim_start_matches('_');
    if name == var && is_plain(name) {
        name.to_owned()
    } else {
        format!("entry_{name}")
    }
}

/// A pattern of `strftime` in the letters of Unicode, and whether it shows a time.
fn date_format(pattern: &str) -> (String, bool) {
    let (mut out, mut plain, mut is_time) = (String::new(), String::new(), false);
    let close = |plain: &mut String, out: &mut String| {
        if plain
            .chars()
            .any(|c| !matches!(c, ' ' | '.' | ',' | ':' | '-' | '/'))
        {
            out.push('\'');
            out.push_str(&plain.replace('\'', "''"));
            out.push('\'');
        } else {
            out.push_str(plain);
        }
        plain.clear();
    };
    for part in date_pattern(pattern).unwrap_or_default() {
        let letters = match part {
            DatePart::Plain(c) => {
                plain.push(c);
                continue;
            }
            DatePart::Day => "dd",
            DatePart::DayShort => "d",
            DatePart::Month => "MM",
            DatePart::MonthShort => "M",
            DatePart::MonthName => "MMMM",
            DatePart::MonthAbbreviated => "MMM",
            DatePart::Year => "yyyy",
            DatePart::YearShort => "yy",
            DatePart::Weekday => "EEEE",
            DatePart::WeekdayAbbreviated => "EEE",
            DatePart::Hour => "HH",
            DatePart::Hour12 => "hh",
            DatePart::Hour12Short => "h",
            DatePart::Minute => "mm",
            DatePart::HalfDay => "a",
        };
        is_time |= matches!(letters, "HH" | "hh" | "h" | "mm" | "a");
        close(&mut plain, &mut out);
        out.push_str(letters);
    }
    close(&mut plain, &mut out);
    (out, is_time)
}
