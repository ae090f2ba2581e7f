//! The template IR: what is left of a template once everything static is folded away.
//!
//! It is in normal form: an [`Out`] prints a path, a loop counter or filters over one of these;
//! choices, joins and tests that are printed have become [`If`]s and texts already. A dialect
//! therefore has four kinds of node and a handful of expressions to print.

use std::sync::Arc;

use crate::source::Span;

/// One piece of a compiled template.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Text as it is sent; already escaped where the template escapes.
    Text(String),
    /// A value that is known per recipient only.
    Out(Out),
    /// A choice that is made per recipient.
    If(If),
    /// A repetition over a list that is known per recipient only.
    For(For),
}

/// A value printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Out {
    /// What is printed.
    pub expr: Expr,
    /// Whether `& < > " '` are escaped.
    pub escape: bool,
    /// Where the template prints it.
    pub span: Span,
}

/// A choice between bodies: the first arm whose test holds, else `otherwise`.
#[derive(Debug, Clone, PartialEq)]
pub struct If {
    /// The arms in order; at least one.
    pub arms: Vec<Arm>,
    /// What stands if no arm holds.
    pub otherwise: Vec<Node>,
    /// Where the template chooses.
    pub span: Span,
}

/// One arm of a choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// When the arm is taken.
    pub test: Test,
    /// What it then says.
    pub body: Vec<Node>,
}

/// A repetition.
#[derive(Debug, Clone, PartialEq)]
pub struct For {
    /// The variable's name; no loop inside another has the same.
    pub var: Arc<str>,
    /// The list.
    pub over: Expr,
    /// What is said for each entry.
    pub body: Vec<Node>,
    /// What is said if the list is empty or missing.
    pub otherwise: Vec<Node>,
    /// Where the template repeats.
    pub span: Span,
}

/// Where a path begins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// The person the mail goes to.
    Contact,
    /// The event that started the journey.
    Event,
    /// A link that the provider makes: `unsubscribe`, `preferences`, `web_view`.
    Link,
    /// The variable of a [`For`] around.
    Local(Arc<str>),
    /// The place of the Markdown body in its layout; only in a template before rendering.
    Body,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A field by name.
    Key(Arc<str>),
    /// An entry of a list, from 0.
    Index(usize),
}

/// A value by where it is found: `event.lines[0].name`.
#[derive(Debug, Clone)]
pub struct Path {
    /// Where it begins.
    pub root: Root,
    /// The steps from there.
    pub steps: Vec<Step>,
    /// Where the template names it.
    pub span: Span,
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root && self.steps == other.steps
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.root {
            Root::Contact => "contact",
            Root::Event => "event",
            Root::Link => "links",
            Root::Local(name) => name,
            Root::Body => "body",
        })?;
        for step in &self.steps {
            match step {
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(at) => write!(f, "[{at}]")?,
            }
        }
        Ok(())
    }
}

/// A value that the template itself holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Nothing; prints nothing.
    None,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(Arc<str>),
}

/// What a loop knows of its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoopField {
    /// The turn, from 1.
    Index,
    /// The turn, from 0.
    Index0,
    /// The turns that are left, this one included.
    RevIndex,
    /// The turns that are left, without this one.
    RevIndex0,
    /// Whether this is the first turn.
    First,
    /// Whether this is the last turn.
    Last,
}

/// An expression with a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A value of the template itself.
    Literal(Literal),
    /// A value known per recipient.
    Path(Path),
    /// A counter of the loop whose variable is named.
    Loop {
        /// The loop's variable.
        var: Arc<str>,
        /// Which counter.
        field: LoopField,
    },
    /// A filter over a value.
    Filter(Box<Filtered>),
    /// One of two values.
    Choice(Box<Choice>),
    /// Values printed one after another.
    Concat(Vec<Expr>),
    /// A test as a value.
    Truth(Box<Test>),
}

/// A filter and what it is applied to.
#[derive(Debug, Clone, PartialEq)]
pub struct Filtered {
    /// The filter.
    pub filter: Filter,
    /// What it is applied to.
    pub of: Expr,
    /// Where the template names the filter.
    pub span: Span,
}

/// What can be done to a value per recipient. Every filter takes a missing value as an empty text.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Another value where this one is blank: missing, none, false, an empty text or list.
    /// Zero is not blank.
    Default(Expr),
    /// All capitals.
    Upper,
    /// No capitals.
    Lower,
    /// A capital for each word.
    Title,
    /// A capital first, the rest small.
    Capitalize,
    /// How many characters or entries.
    Length,
    /// A date in a pattern of `strftime`.
    Date(Arc<str>),
    /// Percent-encoding for a part of a link.
    UrlEncode,
}

impl Filter {
    /// The name that templates use.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Default(_) => "default",
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Title => "title",
            Self::Capitalize => "capitalize",
            Self::Length => "length",
            Self::Date(_) => "date",
            Self::UrlEncode => "urlencode",
        }
    }
}

/// One of two values.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Which.
    pub test: Test,
    /// The value if the test holds.
    pub yes: Expr,
    /// The value if not.
    pub no: Expr,
}

/// How two values are compared. Order between values of different kinds, or with a missing or empty
/// one, is false both ways. A missing value and an empty text are equal to nothing, not even to
/// each other: providers deliver the one as the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

/// Something that holds or not.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Known already.
    Constant(bool),
    /// Neither missing, none, false, zero, nor an empty text or list.
    Truthy(Expr),
    /// Neither missing, none, nor an empty text: `is defined`.
    Present(Expr),
    /// Not blank as [`Filter::Default`] takes it.
    Filled(Expr),
    /// A comparison.
    Compare {
        /// How.
        op: Comparison,
        /// The left side.
        left: Expr,
        /// The right side.
        right: Expr,
        /// Where the template compares.
        span: Span,
    },
    /// Whether a list has an entry, or a text a part.
    Contains {
        /// The list or text.
        whole: Expr,
        /// The entry or part.
        part: Expr,
        /// Where the template asks.
        span: Span,
    },
    /// The opposite.
    Not(Box<Test>),
    /// All hold.
    All(Vec<Test>),
    /// At least one holds.
    Any(Vec<Test>),
}

impl Test {
    /// The opposite, without piling up negations.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Constant(it) => Self::Constant(!it),
            Self::Not(inner) => *inner,
            it => Self::Not(Box::new(it)),
        }
    }

    /// Both hold; what is known is folded away.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Constant(true), it) | (it, Self::Constant(true)) => it,
            (Self::Constant(false), _) | (_, Self::Constant(false)) => Self::Constant(false),
            (Self::All(mut a), Self::All(b)) => {
                a.extend(b);
                Self::All(a)
            }
            (Self::All(mut a), b) => {
                a.push(b);
                Self::All(a)
            }
            (a, Self::All(mut b)) => {
                b.insert(0, a);
                Self::All(b)
            }
            (a, b) => Self::All(vec![a, b]),
        }
    }

    /// At least one holds; what is known is folded away.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Constant(false), it) | (it, Self::Constant(false)) => it,
            (Self::Constant(true), _) | (_, Self::Constant(true)) => Self::Constant(true),
            (Self::Any(mut a), Self::Any(b)) => {
                a.extend(b);
                Self::Any(a)
            }
            (Self::Any(mut a), b) => {
                a.push(b);
                Self::Any(a)
            }
            (a, Self::Any(mut b)) => {
                b.insert(0, a);
                Self::Any(b)
            }
            (a, b) => Self::Any(vec![a, b]),
        }
    }

    /// How many parts the test has, itself included.
    pub fn size(&self) -> usize {
        1 + match self {
            Self::Constant(_) => 0,
            Self::Truthy(it) | Self::Present(it) | Self::Filled(it) => it.size(),
            Self::Compare { left, right, .. } => left.size() + right.size(),
            Self::Contains { whole, part, .. } => whole.size() + part.size(),
            Self::Not(it) => it.size(),
            Self::All(all) | Self::Any(all) => all.iter().map(Self::size).sum(),
        }
    }

    /// Calls for every path in the test.
    pub fn each_path<'t>(&'t self, call: &mut dyn FnMut(&'t Path)) {
        match self {
            Self::Constant(_) => {}
            Self::Truthy(it) | Self::Present(it) | Self::Filled(it) => it.each_path(call),
            Self::Compare { left, right, .. } => {
                left.each_path(call);
                right.each_path(call);
            }
            Self::Contains { whole, part, .. } => {
                part.each_path(call);
                whole.each_path(call);
            }
            Self::Not(it) => it.each_path(call),
            Self::All(all) | Self::Any(all) => all.iter().for_each(|it| it.each_path(call)),
        }
    }
}

impl Expr {
    /// How many parts the expression has, itself included.
    pub fn size(&self) -> usize {
        1 + match self {
            Self::Literal(_) | Self::Path(_) | Self::Loop { .. } => 0,
            Self::Filter(it) => {
                it.of.size()
                    + match &it.filter {
                        Filter::Default(other) => other.size(),
                        _ => 0,
                    }
            }
            Self::Choice(it) => it.test.size() + it.yes.size() + it.no.size(),
            Self::Concat(all) => all.iter().map(Self::size).sum(),
            Self::Truth(it) => it.size(),
        }
    }

    /// Calls for every path in the expression.
    pub fn each_path<'t>(&'t self, call: &mut dyn FnMut(&'t Path)) {
        match self {
            Self::Literal(_) | Self::Loop { .. } => {}
            Self::Path(it) => call(it),
            Self::Filter(it) => {
                it.of.each_path(call);
                if let Filter::Default(other) = &it.filter {
                    other.each_path(call);
                }
            }
            Self::Choice(it) => {
                it.test.each_path(call);
                it.yes.each_path(call);
                it.no.each_path(call);
            }
            Self::Concat(all) => all.iter().for_each(|it| it.each_path(call)),
            Self::Truth(it) => it.each_path(call),
        }
    }
}

/// A choice; one that stands alone in the last arm of another becomes its next arms.
pub fn if_node(mut arms: Vec<Arm>, mut otherwise: Vec<Node>, span: Span) -> Node {
    if let [Node::If(inner)] = otherwise.as_mut_slice() {
        arms.append(&mut inner.arms);
        otherwise = std::mem::take(&mut inner.otherwise);
    }
    Node::If(If {
        arms,
        otherwise,
        span,
    })
}

/// Appends a text, joining it to a text before.
pub fn push_text(nodes: &mut Vec<Node>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Node::Text(last)) = nodes.last_mut() {
        last.push_str(text);
    } else {
        nodes.push(Node::Text(text.to_owned()));
    }
}

/// Appends nodes, joining texts that meet.
pub fn push_all(nodes: &mut Vec<Node>, more: impl IntoIterator<Item = Node>) {
    for node in more {
        match node {
            Node::Text(text) => push_text(nodes, &text),
            it => nodes.push(it),
        }
    }
}
