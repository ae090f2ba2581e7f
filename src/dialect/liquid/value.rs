//! Values: printed with their filters, or given a name for a condition to ask about.

use super::super::Dialect as _;
use super::super::refusal::Said;
use super::ask::Ask;
use super::names::{self, Place};
use super::print::Printer;
use super::{Engine, Roots};
use crate::template::Ty;
use crate::template::ir::{Choice, Expr, Filter, Filtered, Literal, LoopField, Path, Root, Step};
use crate::template::literal_text;
use crate::template::words::{DatePart, date_pattern, digits, float_as};

/// What a named value is where it is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    /// An empty text; so are false and an empty list.
    Empty,
    /// An empty text; false stays false.
    EmptyButFalse,
    /// Zero.
    Zero,
    /// False.
    False,
}

impl Absent {
    fn filter(self) -> &'static str {
        match self {
            Self::Empty => " | default: ''",
            Self::EmptyButFalse => " | default: '', allow_false: true",
            Self::Zero => " | default: 0",
            Self::False => " | default: false",
        }
    }
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

impl Printer<'_, '_> {
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

    /// What stands between the braces, without escaping.
    pub(super) fn printable(&mut self, expr: &Expr) -> Said<String> {
        let kind = self.kind(expr);
        if matches!(kind, Kind::List | Kind::Object) {
            return Err(self.refuse(
                &format!("{} would print a list run together", self.liquid.provider),
                "loop over the list and print its entries",
            ));
        }
        match expr {
            Expr::Choice(_) | Expr::Concat(_) | Expr::Truth(_) => {
                self.settled(expr, Absent::EmptyButFalse)
            }
            _ => self.chain(expr, Place::Output),
        }
    }

    fn may_be_missing(&self, path: &Path) -> bool {
        self.shape.may_be_missing(path, &self.scope)
    }

    /// The filter that keeps a missing value from stopping the send.
    fn guard(&self, kind: Kind) -> &'static str {
        match (self.liquid.engine, kind) {
            (Engine::Ruby, _) => "",
            (Engine::Js, Kind::Bool | Kind::Unknown) => Absent::EmptyButFalse.filter(),
            (Engine::Js, _) => Absent::Empty.filter(),
        }
    }

    /// A value with its filters; what is missing is an empty text, or nil in Ruby.
    fn chain(&mut self, expr: &Expr, place: Place) -> Said<String> {
        match expr {
            Expr::Literal(it) => Ok(self.literal(it, place)),
            Expr::Loop { var, field } => Ok(self.counter(var, *field)),
            Expr::Path(path) => {
                let guard = if self.may_be_missing(path) {
                    self.guard(self.kind(expr))
                } else {
                    ""
                };
                Ok(self.reach(path, place)? + guard)
            }
            Expr::Filter(it) => self.filtered(it, place),
            Expr::Choice(_) | Expr::Concat(_) | Expr::Truth(_) => {
                self.settled(expr, Absent::EmptyButFalse)
            }
        }
    }

    fn filtered(&mut self, it: &Filtered, place: Place) -> Said<String> {
        let kind = self.kind(&it.of);
        if let Filter::Default(other) = &it.filter {
            let other = match other {
                Expr::Literal(it) => self.literal(it, place),
                Expr::Loop { var, field } => self.counter(var, *field),
                other => self.settled(other, Absent::EmptyButFalse)?,
            };
            // Nothing may come before it: only the first filter is let off a missing value.
            let of = match &it.of {
                Expr::Path(path) => self.reach(path, place)?,
                of => self.chain(of, place)?,
            };
            return Ok(format!("{of} | default: {other}"));
        }
        if let Some((reason, help)) = self.is_beyond(&it.filter, kind) {
            let provider = self.liquid.provider;
            return Err(self.refuse(&format!("{provider} {reason}"), help));
        }
        match &it.filter {
            Filter::Length if kind == Kind::Text && self.liquid.engine == Engine::Js => {
                return self.counted(&it.of);
            }
            Filter::Date(pattern) => return self.dated(&it.of, pattern, place),
            _ => {}
        }
        let of = self.chain(&it.of, place)?;
        Ok(match (&it.filter, self.liquid.roots) {
            (Filter::Upper, _) => format!("{of} | upcase"),
            (Filter::Lower, _) => format!("{of} | downcase"),
            // Small letters first: they depend on what is before them.
            (Filter::Capitalize, _) => format!("{of} | downcase | capitalize"),
            (Filter::Length, _) => format!("{of} | size"),
            (_, Roots::Braze) => format!("{of} | url_encode | replace: '+', '%20'"),
            (_, Roots::CustomerIo) => format!("{of} | cgi_escape | replace: '+', '%20'"),
            (_, Roots::Dittofeed) => format!("{of} | url_encode{MORE_ENCODED}"),
        })
    }

    /// Why a filter means something else here, and what to do instead.
    fn is_beyond(&self, filter: &Filter, kind: Kind) -> Option<(&'static str, &'static str)> {
        match (filter, self.liquid.engine) {
            (Filter::Title, _) => Some((
                "has no filter that gives each word a capital",
                "print the text as it comes, or use `upper`",
            )),
            (Filter::Lower, Engine::Ruby) if self.is_free_of_sigma => None,
            (Filter::Lower | Filter::Capitalize, Engine::Ruby) => Some((
                "makes the wrong small letters of Greek",
                "print the text as it comes, or use `upper`",
            )),
            (Filter::Length, _) if !matches!(kind, Kind::List | Kind::Text) => Some((
                "can count only what it knows to be a list or a text",
                "declare the property as a list",
            )),
            (Filter::Date(_), _) if kind != Kind::Text => Some((
                "can show only a text as a date",
                "declare the property as a date",
            )),
            (Filter::Length, _) => None,
            _ if matches!(kind, Kind::List | Kind::Object) => Some((
                "cannot do this to a list",
                "loop over the list, or name one of its entries",
            )),
            _ => None,
        }
    }

    /// How many signs a text has. JavaScript counts those beyond the first 65,536 twice; they are the
    /// ones whose encoding begins with `%F`.
    fn counted(&mut self, of: &Expr) -> Said<String> {
        let of = self.settled(of, Absent::Empty)?;
        let twice = format!("{of} | url_encode | append: '.' | split: '%F' | size | minus: 1");
        let twice = self.named(twice, &format!("{of}_twice"), "value");
        let count = format!("{of} | size | minus: {twice}");
        Ok(self.named(count, &format!("{of}_length"), "value"))
    }

    /// A property called `size` that may be missing. liquidjs would then count properties.
    fn size(&mut self, path: &Path) -> Said<Option<String>> {
        let Some((Step::Key(key), before)) = path.steps.split_last() else {
            return Ok(None);
        };
        let is_flat =
            self.liquid.roots == Roots::Dittofeed && path.root == Root::Event && before.is_empty();
        if &**key != "size"
            || self.liquid.engine != Engine::Js
            || is_flat
            || !self.may_be_missing(path)
        {
            return Ok(None);
        }
        let owner = if before.is_empty() && !matches!(path.root, Root::Local(_)) {
            names::root(self.liquid, &path.root).to_owned()
        } else {
            let owner = Path {
                root: path.root.clone(),
                steps: before.to_vec(),
                span: path.span,
            };
            self.settled(&Expr::Path(owner), Absent::Empty)?
        };
        let key = format!("size of {owner}");
        if let Some(name) = self.known(&key) {
            return Ok(Some(name));
        }
        let (hint, kind) = names::hint(path);
        let name = self.names.fresh(&hint, kind);
        let pair = self.names.fresh("pair", "");
        self.tag(&format!("assign {name} = ''"));
        self.tag(&format!("for {pair} in {owner}"));
        self.tag(&format!("if {pair}[0] == 'size'"));
        let guard = self.guard(self.kind(&Expr::Path(path.clone())));
        self.tag(&format!("assign {name} = {pair}[1]{guard}"));
        self.tag("endif");
        self.tag("endfor");
        self.remember(key, &name);
        Ok(Some(name))
    }

    /// A path, or the name of what it leads to.
    fn reach(&mut self, path: &Path, place: Place) -> Said<String> {
        match self.size(path)? {
            Some(name) => Ok(name),
            None => self.path(path, place),
        }
    }

    /// A date in a pattern. The zone that a moment is written in is the one it is shown in, so the
    /// zone is cut off.
    fn dated(&mut self, of: &Expr, pattern: &str, place: Place) -> Said<String> {
        let zone = match self.liquid.engine {
            Engine::Js => ", 'UTC'",
            Engine::Ruby => "",
        };
        let parts = date_pattern(pattern).unwrap_or_default();
        let Some(pattern) = names::quoted(pattern) else {
            return Err(self.refuse(
                &format!(
                    "{} cannot take a pattern with these signs",
                    self.liquid.provider
                ),
                "write what is not the date beside it",
            ));
        };
        let is_time = |it: &DatePart| {
            matches!(
                it,
                DatePart::Hour
                    | DatePart::Hour12
                    | DatePart::Hour12Short
                    | DatePart::Minute
                    | DatePart::HalfDay
            )
        };
        if !parts.iter().any(is_time) {
            let of = self.chain(of, place)?;
            return Ok(format!("{of} | slice: 0, 10 | date: {pattern}{zone}"));
        }
        let of = self.settled(of, Absent::Empty)?;
        let shown = format!(
            "{of} | append: 'T00:00' | slice: 0, 16 | append: ':00Z' | date: {pattern}{zone}"
        );
        if let Some(name) = self.known(&shown) {
            return Ok(name);
        }
        let name = self.names.fresh(&format!("{of}_shown"), "");
        self.tag(&format!("assign {name} = ''"));
        self.tag(&format!("if {of} != ''"));
        self.tag(&format!("assign {name} = {shown}"));
        self.tag("endif");
        self.remember(shown, &name);
        Ok(name)
    }

    /// A value of the template's own. Where it is printed, a fraction is a text, because liquidjs
    /// and Ruby write numbers in their own ways.
    pub(super) fn literal(&mut self, it: &Literal, place: Place) -> String {
        match it {
            Literal::None => "''".to_owned(),
            Literal::Bool(it) => it.to_string(),
            Literal::Int(it) => it.to_string(),
            Literal::Float(number) if place == Place::Tag => digits(*number),
            Literal::Float(number) => {
                format!("'{}'", float_as(*number, self.liquid.spelling()))
            }
            Literal::Text(text) => match names::quoted(text) {
                Some(text) => text,
                None => self.captured(text),
            },
        }
    }

    /// A text that cannot stand in quotes.
    fn captured(&mut self, text: &str) -> String {
        let key = format!("text {text}");
        if let Some(name) = self.known(&key) {
            return name;
        }
        let name = self.names.fresh("words", "");
        self.tag(&format!("capture {name}"));
        self.text(text);
        self.tag("endcapture");
        self.remember(key, &name);
        name
    }

    /// The name of a value; it is never nil and can be asked anything.
    pub(super) fn settled(&mut self, expr: &Expr, absent: Absent) -> Said<String> {
        let (value, hint, kind) = match expr {
            Expr::Literal(it) => return Ok(self.literal(it, Place::Tag)),
            Expr::Loop { var, field } => return Ok(self.counter(var, *field)),
            Expr::Path(path) => {
                let (hint, kind) = names::hint(path);
                let value = self.reach(path, Place::Tag)?;
                let is_told = absent == Absent::Zero && self.comes_as_text(expr, path);
                // Braze takes one of its own names a condition.
                if !self.may_be_missing(path) && !value.contains("${") && !is_told {
                    return Ok(value);
                }
                if is_told {
                    let value = format!("{value}{} | plus: 0", absent.filter());
                    return Ok(self.named(value, &hint, kind));
                }
                (value, hint, kind)
            }
            Expr::Filter(it) => {
                let value = self.chain(expr, Place::Tag)?;
                if value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                    return Ok(value);
                }
                let hint = Self::hint_of(it);
                if !matches!(&it.filter, Filter::Default(other) if !is_filled(other)) {
                    return Ok(self.named(value, &hint, "value"));
                }
                (value, hint, "value")
            }
            Expr::Choice(it) => return self.chosen(it, absent),
            Expr::Concat(all) => return self.joined(all),
            Expr::Truth(it) => {
                let ask = self.ask(it, false)?;
                return Ok(self.flag(ask));
            }
        };
        let value = value + absent.filter();
        Ok(self.named(value, &hint, kind))
    }

    /// Whether a number may come as a text: Customer.io keeps attributes of people as they were sent.
    fn comes_as_text(&self, expr: &Expr, path: &Path) -> bool {
        self.liquid.roots == Roots::CustomerIo
            && path.root == Root::Contact
            && self.kind(expr) == Kind::Number
    }

    /// What a value with filters is best called.
    fn hint_of(it: &Filtered) -> String {
        let of = match &it.of {
            Expr::Path(path) => names::hint(path).0,
            Expr::Filter(it) => Self::hint_of(it),
            _ => "value".to_owned(),
        };
        let filter = match &it.filter {
            Filter::Default(_) => "or_default",
            Filter::Length => "size",
            Filter::UrlEncode => "encoded",
            other => other.name(),
        };
        format!("{of}_{filter}")
    }

    /// Gives a value a name, unless it has one.
    fn named(&mut self, value: String, hint: &str, kind: &str) -> String {
        if let Some(name) = self.known(&value) {
            return name;
        }
        let name = self.names.fresh(hint, kind);
        self.tag(&format!("assign {name} = {value}"));
        self.remember(value, &name);
        name
    }

    fn known(&self, value: &str) -> Option<String> {
        let mut all = self.known.iter().flatten();
        all.find(|it| it.0 == value).map(|it| it.1.clone())
    }

    fn remember(&mut self, value: String, name: &str) {
        if let Some(frame) = self.known.last_mut() {
            frame.push((value, name.to_owned()));
        }
    }

    fn chosen(&mut self, it: &Choice, absent: Absent) -> Said<String> {
        let (yes, no) = (
            self.settled(&it.yes, absent)?,
            self.settled(&it.no, absent)?,
        );
        match self.ask(&it.test, false)? {
            Ask::Always => Ok(yes),
            Ask::Never => Ok(no),
            ask => {
                let condition = self.written(ask);
                let name = self.names.fresh("choice", "");
                self.tag(&format!("assign {name} = {no}"));
                self.tag(&format!("if {condition}"));
                self.tag(&format!("assign {name} = {yes}"));
                self.tag("endif");
                Ok(name)
            }
        }
    }

    fn joined(&mut self, all: &[Expr]) -> Said<String> {
        let mut values = Vec::new();
        for it in all {
            values.push(match it {
                Expr::Literal(Literal::Text(_)) => String::new(),
                it => self.printable(it)?,
            });
        }
        let name = self.names.fresh("joined", "");
        self.tag(&format!("capture {name}"));
        for (it, value) in all.iter().zip(values) {
            match it {
                Expr::Literal(it @ Literal::Text(_)) => self.text(&literal_text(it)),
                _ => self.output(&value),
            }
        }
        self.tag("endcapture");
        Ok(name)
    }

    /// A condition worked out before: a variable that is true or false.
    pub(super) fn flag(&mut self, ask: Ask) -> String {
        let condition = match ask {
            Ask::Always => return "true".to_owned(),
            Ask::Never => return "false".to_owned(),
            ask => self.written(ask),
        };
        let key = format!("if {condition}");
        if let Some(name) = self.known(&key) {
            return name;
        }
        let name = self.names.fresh("matches", "");
        self.tag(&format!("assign {name} = false"));
        self.tag(&key);
        self.tag(&format!("assign {name} = true"));
        self.tag("endif");
        self.remember(key, &name);
        name
    }

    /// Whether a value that counts turns is never zero.
    pub(super) fn is_counted_from_one(field: LoopField) -> bool {
        matches!(field, LoopField::Index | LoopField::RevIndex)
    }
}

/// What `url_encode` of liquidjs leaves as it is, or writes as in a form.
const MORE_ENCODED: &str = " | replace: '+', '%20' | replace: '!', '%21' | replace: \"'\", '%27' \
     | replace: '(', '%28' | replace: ')', '%29' | replace: '*', '%2A'";

/// Whether a fallback is there for every recipient.
fn is_filled(other: &Expr) -> bool {
    match other {
        Expr::Literal(Literal::None) => false,
        Expr::Literal(Literal::Text(text)) => !text.is_empty(),
        Expr::Literal(_) | Expr::Loop { .. } => true,
        _ => false,
    }
}
