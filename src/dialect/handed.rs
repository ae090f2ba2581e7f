//! Values handed over by name, for languages that print names and can do little or nothing with them.
//!
//! In: expressions of the IR. Out: names, and the list of what whoever sends must hand over under
//! each.
//! Invariant: one name stands for one value in all parts of all mails: it is made of the value alone.
//! Not done here: how a language writes a name.

use std::fmt::Write as _;

use super::refusal::{Refusal, Said};
use super::{Form, Surface, Variable};
use crate::template::ir::{Choice, Expr, Filter, If, Literal, Node, Path, Root, Step, Test};
use crate::template::{Scope, Shape, written_out};

/// The longest readable part of a name.
const LONGEST: usize = 40;

/// What is handed over, in the order of first use.
#[derive(Default)]
pub(super) struct Handing {
    variables: Vec<Variable>,
}

impl Handing {
    /// The name under which a value is handed over.
    pub(super) fn name(
        &mut self,
        value: Expr,
        escape: bool,
        fallback: Option<Literal>,
        of: Option<&str>,
    ) -> String {
        let name = name(&value, escape, fallback.as_ref(), of);
        if !self.variables.iter().any(|it| it.name == name) {
            let form = if escape { Form::Html } else { Form::Text };
            self.variables.push(Variable {
                name: name.clone(),
                value,
                form,
                fallback,
            });
        }
        name
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.variables.len()
    }

    /// Gives the list away.
    pub(super) fn into_variables(self) -> Vec<Variable> {
        self.variables
    }
}

/// A value as the language is to insert it.
pub(super) struct Handed {
    /// The value.
    pub(super) value: Expr,
    /// Whether it is to be handed over with `& < > " '` escaped.
    pub(super) escape: bool,
}

/// A value that is printed by itself.
pub(super) fn printed(expr: &Expr, escape: bool, shape: &Shape<'_>) -> Handed {
    Handed {
        value: expr.clone(),
        escape: escape && !is_harmless(expr, shape),
    }
}

/// A choice as one value, where it holds no loop, and not markup beside values.
pub(super) fn chosen(it: &If, surface: Surface, shape: &Shape<'_>) -> Said<Handed> {
    let mut held = Held::default();
    let value = choice(it, shape, &mut held);
    let unfit = |reason: &str, help| {
        Err(Refusal {
            span: Some(it.span),
            reason: reason.to_owned(),
            help,
        })
    };
    if held.repeats {
        return unfit(
            "a loop inside a choice cannot be handed over as one value",
            "list the entries one by one: `event.lines[0].name`",
        );
    }
    if held.links {
        return unfit(
            "a link of the provider cannot be chosen before the mail is sent",
            "print the link by itself, outside of the condition",
        );
    }
    let is_page = surface == Surface::Html;
    if is_page && held.escaped && (held.markup || held.safe) {
        return unfit(
            "this choice holds markup beside values, and is handed over as one value",
            "choose between words only, and leave the markup outside of the condition",
        );
    }
    Ok(Handed {
        value,
        escape: held.escaped,
    })
}

/// What a choice holds.
#[derive(Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one thing that was met"
)]
struct Held {
    repeats: bool,
    links: bool,
    /// A value that is escaped.
    escaped: bool,
    /// A value that is not, and might have to be.
    safe: bool,
    /// Text with a character that escaping changes.
    markup: bool,
}

fn choice(it: &If, shape: &Shape<'_>, held: &mut Held) -> Expr {
    let mut value = joined(&it.otherwise, shape, held);
    for arm in it.arms.iter().rev() {
        value = Expr::Choice(Box::new(Choice {
            test: arm.test.clone(),
            yes: joined(&arm.body, shape, held),
            no: value,
        }));
    }
    value
}

fn joined(nodes: &[Node], shape: &Shape<'_>, held: &mut Held) -> Expr {
    let mut parts = Vec::new();
    for node in nodes {
        parts.push(match node {
            Node::Text(text) => {
                held.markup |= text.contains(['&', '<', '>', '"', '\'']);
                Expr::Literal(Literal::Text(text.as_str().into()))
            }
            Node::Out(it) => {
                held.links |= is_link(&it.expr);
                if !is_harmless(&it.expr, shape) {
                    held.escaped |= it.escape;
                    held.safe |= !it.escape;
                }
                it.expr.clone()
            }
            Node::If(it) => choice(it, shape, held),
            Node::For(_) => {
                held.repeats = true;
                continue;
            }
        });
    }
    match parts.len() {
        0 => Expr::Literal(Literal::Text("".into())),
        1 => parts.remove(0),
        _ => Expr::Concat(parts),
    }
}

/// A link that the provider makes.
pub(super) fn is_link(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Path(Path {
            root: Root::Link,
            ..
        })
    )
}

/// Whether a value never holds a character that escaping changes.
pub(super) fn is_harmless(expr: &Expr, shape: &Shape<'_>) -> bool {
    let ty = shape.type_of(expr, &Scope::default());
    ty.is_number()
        || ty.is_boolean()
        || matches!(expr, Expr::Filter(it) if matches!(it.filter, Filter::UrlEncode | Filter::Length))
}

/// The name of a value. A plain attribute gives its own name; anything else also gives a number made
/// of what it is, because names in capitals say too little.
fn name(value: &Expr, escape: bool, fallback: Option<&Literal>, of: Option<&str>) -> String {
    let mut stem = None;
    value.each_path(&mut |path| {
        stem.get_or_insert_with(|| plain(path));
    });
    let (mut name, is_plain) = stem.unwrap_or_else(|| ("TEXT".to_owned(), false));
    if let Some(of) = of {
        name = format!("{of}_{name}");
    }
    if escape {
        name.push_str("_HTML");
    }
    if !is_plain || fallback.is_some() || of.is_some() || !matches!(value, Expr::Path(_)) {
        let fallback = fallback.map(|it| Expr::Literal(it.clone()));
        let fallback = fallback.as_ref().map(written_out).unwrap_or_default();
        let text = format!("{}\u{0}{fallback}\u{0}{escape}", written_out(value));
        let _ = write!(name, "_{:06X}", number(&text) & 0x00ff_ffff);
    }
    name
}

/// The name of a path, and whether no other path has the same.
fn plain(path: &Path) -> (String, bool) {
    let mut name = match path.root {
        Root::Contact => "CONTACT".to_owned(),
        _ => "EVENT".to_owned(),
    };
    let mut is_plain = true;
    for step in &path.steps {
        name.push('_');
        match step {
            Step::Key(key) => {
                is_plain &= key
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                let letters = key
                    .chars()
                    .filter(|c| c.is_ascii_alphanumeric() || *c == '_');
                name.extend(letters.map(|c| c.to_ascii_uppercase()));
            }
            Step::Index(at) => {
                is_plain = false;
                name.push_str(&at.to_string());
            }
        }
    }
    is_plain &= path.steps.len() == 1 && name.len() <= LONGEST;
    name.truncate(LONGEST);
    (name, is_plain)
}

/// FNV-1a: short, and the same on every machine.
fn number(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// A test as a value to hand over: `true` or `false`.
pub(super) fn flag(test: &Test) -> Expr {
    Expr::Truth(Box::new(test.clone()))
}
