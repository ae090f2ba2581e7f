//! What templates may ask for: the contact's attributes and the trigger event's properties, and
//! whether a template asks for what there is.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Template;
use super::express::LINKS;
use super::ir::{Comparison, Expr, Filter, Literal, LoopField, Node, Path, Root, Step, Test};
use crate::diagnostic::{Diagnostic, RuleId, Sink, did_you_mean, or_else};
use crate::model::{Property, Table, Type};
use crate::source::Span;

const UNKNOWN_ATTRIBUTE: RuleId = RuleId("unknown-attribute");
const UNKNOWN_PROPERTY: RuleId = RuleId("unknown-property");
const TYPE_MISMATCH: RuleId = RuleId("type-mismatch");

/// What is known of recipients when a mail is sent.
#[derive(Debug, Clone, Copy)]
pub struct Shape<'s> {
    /// The contact's attributes.
    pub contact: &'s Table<Property>,
    /// The trigger event's name and properties; none where a journey has no known event.
    pub event: Option<(&'s str, &'s Table<Property>)>,
}

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ty<'s> {
    /// A declared kind.
    Known(&'s Type),
    /// One entry of a list of objects.
    Object(&'s Table<Property>),
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// Not known; nothing is said about it.
    Unknown,
}

impl Ty<'_> {
    /// Whether it is a text.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Known(Type::Text))
    }

    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Number | Self::Known(Type::Number))
    }

    /// Whether it is true or false.
    pub fn is_boolean(self) -> bool {
        matches!(self, Self::Boolean | Self::Known(Type::Boolean))
    }

    /// Whether it is a date.
    pub fn is_date(self) -> bool {
        matches!(self, Self::Known(Type::Date))
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        matches!(self, Self::Known(Type::List(_) | Type::Objects(_)))
    }

    fn phrase(self) -> &'static str {
        match self {
            Self::Known(it) => it.phrase(),
            Self::Object(_) => "an object",
            Self::Text => "a string",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Unknown => "a value",
        }
    }

    /// What two values must share to be compared.
    fn family(self) -> Option<&'static str> {
        match self {
            it if it.is_text() || it.is_date() => Some("a string"),
            it if it.is_number() => Some("a number"),
            it if it.is_boolean() => Some("a boolean"),
            it if it.is_list() => Some("a list"),
            Self::Object(_) => Some("an object"),
            _ => None,
        }
    }
}

/// The kinds of loop variables, the innermost last.
#[derive(Debug, Clone, Default)]
pub struct Scope<'s> {
    locals: Vec<(Arc<str>, Ty<'s>)>,
}

impl<'s> Scope<'s> {
    /// Enters a loop.
    pub fn enter(&mut self, var: &Arc<str>, item: Ty<'s>) {
        self.locals.push((Arc::clone(var), item));
    }

    /// Leaves the innermost loop.
    pub fn leave(&mut self) {
        self.locals.pop();
    }
}

impl<'s> Shape<'s> {
    /// The kind of an expression's value; unknown where the path leads nowhere.
    pub fn type_of(&self, expr: &Expr, scope: &Scope<'s>) -> Ty<'s> {
        match expr {
            Expr::Literal(Literal::None) => Ty::Unknown,
            Expr::Literal(Literal::Bool(_)) | Expr::Truth(_) => Ty::Boolean,
            Expr::Literal(Literal::Int(_) | Literal::Float(_)) => Ty::Number,
            Expr::Literal(Literal::Text(_)) | Expr::Concat(_) => Ty::Text,
            Expr::Path(path) => self.resolve(path, scope).map_or(Ty::Unknown, |it| it.0),
            Expr::Loop { field, .. } => match field {
                LoopField::First | LoopField::Last => Ty::Boolean,
                _ => Ty::Number,
            },
            Expr::Filter(it) => match &it.filter {
                Filter::Default(other) => match self.type_of(&it.of, scope) {
                    own if own.family() == self.type_of(other, scope).family() => own,
                    _ => Ty::Unknown,
                },
                Filter::Length => Ty::Number,
                _ => Ty::Text,
            },
            Expr::Choice(it) => {
                let (yes, no) = (self.type_of(&it.yes, scope), self.type_of(&it.no, scope));
                if yes.family() == no.family() {
                    yes
                } else {
                    Ty::Unknown
                }
            }
        }
    }

    /// The kind of one entry of a list.
    pub fn item_of(&self, list: Ty<'s>) -> Ty<'s> {
        match list {
            Ty::Known(Type::List(item)) => Ty::Known(item),
            Ty::Known(Type::Objects(fields)) => Ty::Object(fields),
            _ => Ty::Unknown,
        }
    }

    /// Whether some recipients have nothing where a path leads.
    pub fn may_be_missing(&self, path: &Path, scope: &Scope<'s>) -> bool {
        (0..=path.steps.len()).any(|count| {
            let part = Path {
                root: path.root.clone(),
                steps: path.steps[..count].to_vec(),
                span: path.span,
            };
            self.resolve(&part, scope).map_or(true, |it| it.1)
        })
    }

    /// The kind of what a path leads to, and whether it may be missing.
    fn resolve(&self, path: &Path, scope: &Scope<'s>) -> Result<(Ty<'s>, bool), Box<Diagnostic>> {
        let mut steps = path.steps.iter();
        let (mut ty, mut nullable) = match &path.root {
            Root::Contact => {
                let Some(Step::Key(name)) = steps.next() else {
                    return Ok((Ty::Unknown, false));
                };
                let Some(it) = self.contact.get(&**name) else {
                    return Err(Box::new(self.unknown_attribute(name, path.span)));
                };
                (Ty::Known(&it.kind), it.nullable)
            }
            Root::Event => {
                let Some(Step::Key(name)) = steps.next() else {
                    return Ok((Ty::Unknown, false));
                };
                let Some((event, properties)) = self.event else {
                    return Ok((Ty::Unknown, false));
                };
                let Some(it) = properties.get(&**name) else {
                    return Err(Box::new(unknown_property(
                        event, properties, name, path.span,
                    )));
                };
                (Ty::Known(&it.kind), it.nullable)
            }
            Root::Local(name) => {
                let local = scope.locals.iter().rev().find(|it| it.0 == *name);
                (local.map_or(Ty::Unknown, |it| it.1), false)
            }
            Root::Link | Root::Body => return Ok((Ty::Text, false)),
        };
        for step in steps {
            (ty, nullable) = match (ty, step) {
                (Ty::Unknown, _) => return Ok((Ty::Unknown, true)),
                (Ty::Object(fields), Step::Key(name)) => match fields.get(&**name) {
                    Some(it) => (Ty::Known(&it.kind), it.nullable),
                    None => return Err(Box::new(unknown_field(path, fields, name))),
                },
                // A list may be shorter than what is asked for.
                (list, Step::Index(_)) if list.is_list() => (self.item_of(list), true),
                (Ty::Known(Type::Objects(_)), Step::Key(name)) => {
                    let message = format!("`.{name}` asks a list, not one of its entries");
                    return Err(Box::new(mismatch(
                        path.span,
                        message,
                        "loop over the list, or take its first entry: `[0]`",
                    )));
                }
                (other, Step::Key(name)) => {
                    let message = format!("{} has no field `{name}`", other.phrase());
                    return Err(Box::new(mismatch(
                        path.span,
                        message,
                        "use the value as it is",
                    )));
                }
                (other, Step::Index(at)) => {
                    let message = format!("{} has no entry {at}", other.phrase());
                    return Err(Box::new(mismatch(
                        path.span,
                        message,
                        "use the value as it is",
                    )));
                }
            };
        }
        Ok((ty, nullable))
    }

    fn unknown_attribute(&self, name: &str, span: Span) -> Diagnostic {
        let message = format!("people have no attribute `{name}`");
        let help = did_you_mean(name, self.contact.keys().map(|it| &*it.value), "attributes");
        let help = or_else(&help, "or declare it under `contact` in journeyc.yaml");
        Diagnostic::error(UNKNOWN_ATTRIBUTE, span, message)
            .help(help)
            .why("the place stays blank in every mail")
            .subject(name)
    }
}

fn unknown_property(
    event: &str,
    properties: &Table<Property>,
    name: &str,
    span: Span,
) -> Diagnostic {
    let message = format!("the event `{event}` has no property `{name}`");
    let help = did_you_mean(name, properties.keys().map(|it| &*it.value), "properties");
    let help = or_else(&help, "or declare it under `events` in journeyc.yaml");
    Diagnostic::error(UNKNOWN_PROPERTY, span, message)
        .help(help)
        .why("the place stays blank in every mail")
        .subject(name)
}

fn unknown_field(path: &Path, fields: &Table<Property>, name: &str) -> Diagnostic {
    let message = format!("an entry of this list has no field `{name}`");
    let help = did_you_mean(name, fields.keys().map(|it| &*it.value), "fields");
    Diagnostic::error(UNKNOWN_PROPERTY, path.span, message)
        .help(help)
        .why("the place stays blank in every mail")
        .subject(path.to_string())
}

fn mismatch(span: Span, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    Diagnostic::error(TYPE_MISMATCH, span, message).help(help)
}

/// The part of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The subject line.
    Subject,
    /// The preheader.
    Preheader,
    /// The body.
    Body,
}

impl Part {
    /// Every part, in the order in which people meet them.
    pub const ALL: [Self; 3] = [Self::Subject, Self::Preheader, Self::Body];

    /// What it is called in a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Preheader => "preheader",
            Self::Body => "text",
        }
    }
}

/// One use of what is known per recipient only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// What is used, with loop variables written out: `event.lines[].name`.
    pub path: String,
    /// Where.
    pub span: Span,
    /// In which part of the mail.
    pub part: Part,
    /// Whether it is printed; else it decides something.
    pub printed: bool,
    /// Whether it is declared as possibly missing.
    pub nullable: bool,
    /// Whether a `default`, or an `{% if %}` around, covers its being missing.
    pub covered: bool,
}

/// Checks a template against what there is: attributes, properties and their kinds.
pub fn check(template: &Template, shape: &Shape<'_>, sink: &mut Sink) {
    let mut walk = Walk::new(shape);
    walk.template(template);
    walk.found.into_iter().for_each(|it| sink.push(it));
}

/// Everything that a template asks of recipients, in order.
pub fn uses(template: &Template, shape: &Shape<'_>) -> Vec<Use> {
    let mut walk = Walk::new(shape);
    walk.template(template);
    walk.uses
}

struct Walk<'w, 's> {
    shape: &'w Shape<'s>,
    scope: Scope<'s>,
    /// What each loop variable is an entry of, written out.
    names: Vec<(Arc<str>, String)>,
    /// What is known not to be missing here.
    covered: Vec<BTreeSet<String>>,
    part: Part,
    found: Vec<Diagnostic>,
    uses: Vec<Use>,
}

impl<'w, 's> Walk<'w, 's> {
    fn new(shape: &'w Shape<'s>) -> Self {
        Self {
            shape,
            scope: Scope::default(),
            names: Vec::new(),
            covered: Vec::new(),
            part: Part::Subject,
            found: Vec::new(),
            uses: Vec::new(),
        }
    }

    fn template(&mut self, template: &Template) {
        self.nodes(&template.subject);
        self.part = Part::Preheader;
        self.nodes(&template.preheader);
        self.part = Part::Body;
        self.nodes(&template.body);
        if let Some(body) = &template.body_apart {
            self.nodes(body);
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(_) => {}
                Node::Out(it) => {
                    let ty = self.expr(&it.expr, true, false);
                    if ty.is_list() || matches!(ty, Ty::Object(_)) {
                        let message = format!("{} cannot be printed", ty.phrase());
                        let help = if ty.is_list() {
                            "loop over it: `{% for entry in … %}`"
                        } else {
                            "name one of its fields"
                        };
                        self.found.push(mismatch(it.span, message, help));
                    }
                }
                Node::If(it) => {
                    let mut so_far = BTreeSet::new();
                    for arm in &it.arms {
                        self.covered.push(so_far.clone());
                        self.test(&arm.test);
                        let mut known = BTreeSet::new();
                        self.implied(&arm.test, true, &mut known);
                        self.covered.push(known);
                        self.nodes(&arm.body);
                        self.covered.pop();
                        self.covered.pop();
                        self.implied(&arm.test, false, &mut so_far);
                    }
                    self.covered.push(so_far);
                    self.nodes(&it.otherwise);
                    self.covered.pop();
                }
                Node::For(it) => {
                    // A missing list is an empty one.
                    let list = self.expr(&it.over, false, true);
                    if !list.is_list() && list != Ty::Unknown {
                        let message = format!("a loop cannot go over {}", list.phrase());
                        let span = first_span(&it.over).unwrap_or(it.span);
                        self.found.push(mismatch(span, message, "loop over a list"));
                    }
                    let name = match &it.over {
                        Expr::Path(path) => format!("{}[]", self.name(path)),
                        _ => it.var.to_string(),
                    };
                    self.scope.enter(&it.var, self.shape.item_of(list));
                    self.names.push((Arc::clone(&it.var), name));
                    self.nodes(&it.body);
                    self.names.pop();
                    self.scope.leave();
                    self.nodes(&it.otherwise);
                }
            }
        }
    }

    /// A path with its loop variable written out.
    fn name(&self, path: &Path) -> String {
        let text = path.to_string();
        let Root::Local(var) = &path.root else {
            return text;
        };
        match self.names.iter().rev().find(|it| it.0 == *var) {
            Some((_, name)) => format!("{name}{}", text.strip_prefix(&**var).unwrap_or("")),
            None => text,
        }
    }

    fn expr(&mut self, expr: &Expr, printed: bool, covered: bool) -> Ty<'s> {
        match expr {
            Expr::Literal(_) | Expr::Loop { .. } => {}
            Expr::Path(path) => return self.path(path, printed, covered),
            Expr::Filter(it) => {
                let default = matches!(it.filter, Filter::Default(_));
                let of = self.expr(&it.of, printed, covered || default);
                if let Filter::Default(other) = &it.filter {
                    self.expr(other, printed, covered);
                }
                self.filter(&it.filter, of, it.span);
            }
            Expr::Choice(it) => {
                self.test(&it.test);
                self.expr(&it.yes, printed, covered);
                self.expr(&it.no, printed, covered);
            }
            Expr::Concat(all) => all.iter().for_each(|it| {
                self.expr(it, printed, covered);
            }),
            Expr::Truth(it) => self.test(it),
        }
        self.shape.type_of(expr, &self.scope)
    }

    fn filter(&mut self, filter: &Filter, of: Ty<'s>, span: Span) {
        let fits = match filter {
            _ if of == Ty::Unknown => true,
            Filter::Default(_) => true,
            Filter::Date(_) => of.is_date() || of.is_text(),
            Filter::Length => of.is_list() || of.is_text(),
            Filter::UrlEncode => of.is_text() || of.is_number() || of.is_date(),
            _ => of.is_text(),
        };
        if !fits {
            let message = format!("`{}` cannot be applied to {}", filter.name(), of.phrase());
            let help = match filter {
                Filter::Date(_) => "apply it to a date",
                Filter::Length => "apply it to a list or a text",
                _ => "apply it to a text",
            };
            self.found.push(mismatch(span, message, help));
        }
    }

    fn path(&mut self, path: &Path, printed: bool, covered: bool) -> Ty<'s> {
        if path.root == Root::Link {
            return Ty::Text;
        }
        let name = self.name(path);
        match self.shape.resolve(path, &self.scope) {
            Ok((ty, nullable)) => {
                let covered = covered || self.covered.iter().any(|it| it.contains(&name));
                self.uses.push(Use {
                    path: name,
                    span: path.span,
                    part: self.part,
                    printed,
                    nullable,
                    covered,
                });
                ty
            }
            Err(diagnostic) => {
                self.found.push(*diagnostic);
                Ty::Unknown
            }
        }
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Constant(_) => {}
            Test::Truthy(it) | Test::Present(it) | Test::Filled(it) => {
                self.expr(it, false, true);
            }
            Test::Compare {
                op,
                left,
                right,
                span,
            } => {
                let (a, b) = (self.expr(left, false, true), self.expr(right, false, true));
                self.comparable(*op, a, b, *span);
            }
            Test::Contains { whole, part, span } => {
                self.expr(part, false, true);
                let ty = self.expr(whole, false, true);
                let fits = ty.is_list() || ty.is_text() || ty == Ty::Unknown;
                if !fits {
                    let message = format!("`in` cannot look in {}", ty.phrase());
                    self.found
                        .push(mismatch(*span, message, "look in a list or a text"));
                }
            }
            Test::Not(it) => self.test(it),
            Test::All(all) => {
                let mut known = BTreeSet::new();
                for it in all {
                    self.covered.push(known.clone());
                    self.test(it);
                    self.covered.pop();
                    self.implied(it, true, &mut known);
                }
            }
            Test::Any(all) => all.iter().for_each(|it| self.test(it)),
        }
    }

    fn comparable(&mut self, op: Comparison, a: Ty<'s>, b: Ty<'s>, span: Span) {
        let (Some(x), Some(y)) = (a.family(), b.family()) else {
            return;
        };
        if x != y {
            let message = format!("{} is compared with {}", a.phrase(), b.phrase());
            let help = match (x, y) {
                ("a number", _) | (_, "a number") => {
                    "write a number without quotes, or a text with them"
                }
                ("a boolean", _) | (_, "a boolean") => "write `true` or `false` without quotes",
                _ => "compare values of one kind",
            };
            let why = "the comparison comes out the same for everybody";
            self.found.push(mismatch(span, message, help).why(why));
        } else if !matches!(op, Comparison::Eq | Comparison::Ne)
            && matches!(x, "a boolean" | "a list" | "an object")
        {
            let message = format!("{} has no order", a.phrase());
            self.found
                .push(mismatch(span, message, "use `==`, or compare its length"));
        }
    }

    /// What a test that came out so says is there.
    fn implied(&self, test: &Test, outcome: bool, known: &mut BTreeSet<String>) {
        let mut add = |expr: &Expr| {
            if let Expr::Path(path) = expr {
                known.insert(self.name(path));
            }
        };
        match (test, outcome) {
            (Test::Truthy(it) | Test::Present(it) | Test::Filled(it), true) => add(it),
            (
                Test::Compare {
                    op, left, right, ..
                },
                true,
            ) if *op != Comparison::Ne => {
                add(left);
                add(right);
            }
            (Test::Contains { whole, .. }, true) => add(whole),
            (Test::Not(it), _) => self.implied(it, !outcome, known),
            (Test::All(all), true) | (Test::Any(all), false) => {
                for it in all {
                    self.implied(it, outcome, known);
                }
            }
            _ => {}
        }
    }
}

fn first_span(expr: &Expr) -> Option<Span> {
    let mut span = None;
    expr.each_path(&mut |path| span = span.or(Some(path.span)));
    span
}

/// The links that a template prints, by name: an unsubscribe link is required by law and providers.
pub fn links(template: &Template) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let mut add = |path: &Path| {
        if let (Root::Link, Some(Step::Key(key))) = (&path.root, path.steps.first()) {
            found.extend(LINKS.iter().copied().filter(|it| *it == &**key));
        }
    };
    each_path(&template.body, &mut add);
    if let Some(body) = &template.body_apart {
        each_path(body, &mut add);
    }
    found
}

fn each_path<'t>(nodes: &'t [Node], call: &mut dyn FnMut(&'t Path)) {
    for node in nodes {
        match node {
            Node::Text(_) => {}
            Node::Out(it) => it.expr.each_path(call),
            Node::If(it) => {
                for arm in &it.arms {
                    arm.test.each_path(call);
                    each_path(&arm.body, call);
                }
                each_path(&it.otherwise, call);
            }
            Node::For(it) => {
                it.over.each_path(call);
                each_path(&it.body, call);
                each_path(&it.otherwise, call);
            }
        }
    }
}
