//! Letters as templates that need nothing computed.
//!
//! In: a printed mail, with the values that whoever sends must work out. Out: a tree of questions with
//! a template at each end ([`Tree`]), or why there is none. Invariant: a template's variables are plain
//! attributes and properties, or fixed texts; every choice of words is a question above it.
//! Not done here: asking the questions (`automation` does).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::{Content, Job, Named};
use super::properties::Fields;
use crate::dialect::{self, Form, Variable};
use crate::manifest::{Expr, Kind, Manifest, Sender, Sign};
use crate::template::ir::{self, Comparison, Literal, Path, Root, Step};
use crate::template::{Spelling, literal_text, words, written_out};

/// The most questions one behind another.
const MOST_QUESTIONS: usize = 4;
/// The most variables of one template.
pub(super) const MOST_VARIABLES: usize = 50;

/// The templates of one mail, and what is asked to choose between them.
#[derive(Debug)]
pub(super) enum Tree {
    /// A question: whose answer is yes, and whose is no.
    Ask(Expr, Box<(Tree, Tree)>),
    /// A template.
    Leaf(Leaf),
}

/// One template.
#[derive(Debug)]
pub(super) struct Leaf {
    /// Its name in the account.
    pub(super) name: String,
    /// What it is filled with.
    pub(super) slots: Vec<Slot>,
    subject: String,
    html: String,
    text: String,
}

/// A variable of a template.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slot {
    /// Its key.
    pub(super) key: String,
    /// What the automation hands over: a fixed text, or a reference.
    pub(super) value: Value,
    kind: &'static str,
    fallback: Option<Value>,
    /// The text that comes into the page as it is, where it could hold markup.
    pub(super) raw: Option<String>,
}

/// Plants the tree of one mail.
pub(super) fn tree(
    manifest: &Manifest,
    fields: &mut Fields<'_>,
    name: &str,
    content: &Content<'_>,
) -> Result<Tree, String> {
    let spelling =
        dialect::find("flat").map_or_else(Spelling::default, crate::dialect::Dialect::spelling);
    let mut planter = Planter {
        manifest,
        fields,
        content,
        event: &content.first.0.trigger.event,
        spelling,
        name,
    };
    planter.grow(&mut Vec::new())
}

/// The requests that create the templates of one mail, and publish them.
pub(super) fn templates(job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
    let mut fields = Fields::new(job.manifest, &[]);
    let mut all = Vec::new();
    if let Ok(tree) = tree(job.manifest, &mut fields, name, content) {
        leaves(&tree, &mut |leaf| {
            let what = leaf.name.replace(['/', '@'], "-");
            let draft = format!("draft:{}", leaf.name);
            let publish = format!("/templates/${{{draft}}}/publish");
            let created =
                super::request("/templates", leaf.body(content.sender), &[(draft, "/id")]);
            // Only what is published binds the name that automations use.
            let published = format!("template:{}", leaf.name);
            let published = super::request(&publish, Value::Null, &[(published, "/id")]);
            all.push((format!("template-{what}"), created));
            all.push((format!("publish-{what}"), published));
        });
    }
    all
}

/// Calls for every template of a tree.
pub(super) fn leaves<'t>(tree: &'t Tree, visit: &mut impl FnMut(&'t Leaf)) {
    match tree {
        Tree::Leaf(leaf) => visit(leaf),
        Tree::Ask(_, ways) => {
            leaves(&ways.0, visit);
            leaves(&ways.1, visit);
        }
    }
}

impl Leaf {
    fn body(&self, sender: &Sender) -> Value {
        let variables: Vec<Value> = self
            .slots
            .iter()
            .map(|it| {
                let mut variable = json!({"key": it.key, "type": it.kind});
                if let Some(fallback) = &it.fallback {
                    variable["fallback_value"] = fallback.clone();
                }
                variable
            })
            .collect();
        let mut body = json!({
            "name": format!("journeyc/{}", self.name),
            "from": mailbox(&sender.name, &sender.address),
            "subject": self.subject,
            "html": self.html,
            "text": self.text,
            "variables": variables,
        });
        if let Some(reply_to) = &sender.reply_to {
            body["reply_to"] = json!([reply_to]);
        }
        body
    }
}

/// A name and an address as mail headers write them.
fn mailbox(name: &str, address: &str) -> String {
    let plain = |it: char| it.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~ ".contains(it);
    if name.chars().all(plain) {
        return format!("{name} <{address}>");
    }
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{name}\" <{address}>")
}

/// Why a part of a mail is not known.
enum Stop {
    /// A question must be asked first.
    Ask(Expr),
    /// Resend cannot say it.
    Not(String),
}

/// A piece of a mail.
enum Part {
    Text(String),
    Slot(Slot),
}

type Known = Vec<(Expr, bool)>;

struct Planter<'p, 'f, 'c> {
    manifest: &'p Manifest,
    fields: &'p mut Fields<'f>,
    content: &'p Content<'c>,
    event: &'p str,
    spelling: Spelling,
    name: &'p str,
}

impl Planter<'_, '_, '_> {
    fn grow(&mut self, known: &mut Known) -> Result<Tree, String> {
        let mail = self.content.mail;
        let mut said: BTreeMap<&str, String> = BTreeMap::new();
        let mut slots: Vec<Slot> = Vec::new();
        for variable in &mail.variables {
            let mut parts = Vec::new();
            match self.parts(variable, &variable.value, known, &mut parts) {
                Ok(()) => {}
                Err(Stop::Not(reason)) => return Err(reason),
                Err(Stop::Ask(test)) => return self.fork(test, known),
            }
            let mut text = String::new();
            for part in parts {
                match part {
                    Part::Text(it) => text.push_str(&it),
                    Part::Slot(slot) => {
                        text.push_str("{{{");
                        text.push_str(&slot.key);
                        text.push_str("}}}");
                        match slots.iter_mut().find(|it| it.key == slot.key) {
                            None => slots.push(slot),
                            Some(known) if known.raw.is_none() => known.raw = slot.raw,
                            Some(_) => {}
                        }
                    }
                }
            }
            said.insert(&variable.name, text);
        }
        if slots.len() > MOST_VARIABLES {
            return Err(format!(
                "Resend takes {MOST_VARIABLES} values for one mail, and this one needs more"
            ));
        }
        let fill = |text: &str| filled(text, &said);
        Ok(Tree::Leaf(Leaf {
            name: named(self.name, known),
            subject: fill(&mail.subject),
            html: fill(&mail.html),
            text: fill(&mail.text),
            slots,
        }))
    }

    fn fork(&mut self, test: Expr, known: &mut Known) -> Result<Tree, String> {
        if known.len() >= MOST_QUESTIONS {
            return Err(format!(
                "the letter chooses its words by more than {MOST_QUESTIONS} questions, and each doubles the templates"
            ));
        }
        let mut grown = |answer| {
            known.push((test.clone(), answer));
            let tree = self.grow(known);
            known.pop();
            tree
        };
        let ways = Box::new((grown(true)?, grown(false)?));
        Ok(Tree::Ask(test, ways))
    }

    /// A value as pieces.
    fn parts(
        &mut self,
        variable: &Variable,
        value: &ir::Expr,
        known: &Known,
        parts: &mut Vec<Part>,
    ) -> Result<(), Stop> {
        match value {
            ir::Expr::Literal(it) => {
                let text = literal_text(it);
                if text.contains(['{', '}']) {
                    // Braces in the text of a template would be read.
                    parts.push(Part::Slot(Slot {
                        key: variable.name.clone(),
                        value: json!(self.escaped(variable, &text)),
                        kind: "string",
                        fallback: None,
                        raw: None,
                    }));
                } else {
                    parts.push(Part::Text(self.escaped(variable, &text)));
                }
                Ok(())
            }
            ir::Expr::Path(path) => {
                let slot = self.slot(variable, path, known)?;
                parts.push(Part::Slot(slot));
                Ok(())
            }
            ir::Expr::Concat(all) => all
                .iter()
                .try_for_each(|it| self.parts(variable, it, known, parts)),
            ir::Expr::Choice(it) => {
                let test = self.test(&it.test)?;
                match answered(&test, known) {
                    None => Err(Stop::Ask(test)),
                    Some(true) => self.parts(variable, &it.yes, known, parts),
                    Some(false) => self.parts(variable, &it.no, known, parts),
                }
            }
            other => Err(Stop::Not(format!(
                "Resend computes nothing in a mail, and cannot work out `{}`",
                written_out(other)
            ))),
        }
    }

    fn escaped(&self, variable: &Variable, text: &str) -> String {
        if variable.form != Form::Html {
            return text.to_owned();
        }
        let mut escaped = String::new();
        words::escape_as(text, self.spelling, &mut escaped);
        escaped
    }

    /// A plain attribute or property.
    fn slot(&mut self, variable: &Variable, path: &Path, known: &Known) -> Result<Slot, Stop> {
        let expr = plain(path).map_err(Stop::Not)?;
        let (field, name) = match &expr {
            Expr::Contact { name } => (self.fields.contact(name), format!("contact.{name}")),
            Expr::Event { name } => (self.fields.event(self.event, name), format!("event.{name}")),
            _ => return Err(Stop::Not("Resend hands over plain values only".to_owned())),
        };
        let field = field.map_err(Stop::Not)?;
        let kind = match field.kind {
            Kind::Number => "number",
            Kind::Boolean => {
                let reason = format!("Resend prints `true` and `false` in its own words: `{name}`");
                return Err(Stop::Not(reason));
            }
            _ => "string",
        };
        let given = variable.fallback.as_ref().map(literal_text);
        let surely = !field.nullable || answered(&present(&expr), known) == Some(true);
        let fallback = match given {
            Some(text) if kind == "number" => {
                let number: Result<serde_json::Number, _> = text.parse();
                let reason =
                    || format!("`{name}` is a number, and the text for those who have none is not");
                Some(Value::Number(number.map_err(|_| Stop::Not(reason()))?))
            }
            Some(text) => Some(json!(text)),
            None if surely => None,
            None if kind == "number" => return Err(Stop::Ask(present(&expr))),
            None => Some(json!("")),
        };
        // One key for one value and one fallback, whatever the part of the mail.
        let key = match &fallback {
            Some(it) if it != &json!("") => variable.name.clone(),
            _ => name.replace('.', "_").to_ascii_uppercase(),
        };
        let raw = variable.form == Form::Html && field.kind == Kind::String;
        Ok(Slot {
            key,
            value: json!({"var": field.path}),
            kind,
            fallback,
            raw: raw.then_some(name),
        })
    }

    /// A test of the template as a condition.
    fn test(&self, test: &ir::Test) -> Result<Expr, Stop> {
        let value = |it: &ir::Expr| match it {
            ir::Expr::Path(path) => plain(path).map_err(Stop::Not),
            ir::Expr::Literal(it) => Ok(Expr::Literal { value: literal(it) }),
            other => Err(Stop::Not(format!(
                "Resend cannot ask about `{}`",
                written_out(other)
            ))),
        };
        let all = |of: &[ir::Test]| -> Result<Vec<Expr>, Stop> {
            of.iter().map(|it| self.test(it)).collect()
        };
        Ok(match test {
            ir::Test::Constant(it) => Expr::Literal { value: json!(it) },
            ir::Test::Truthy(it) => value(it)?,
            ir::Test::Present(it) => present(&value(it)?),
            ir::Test::Filled(it) => {
                let expr = value(it)?;
                if self.is_number(&expr) {
                    present(&expr)
                } else {
                    expr
                }
            }
            ir::Test::Compare {
                op, left, right, ..
            } => Expr::Compare {
                sign: match op {
                    Comparison::Eq => Sign::Equal,
                    Comparison::Ne => Sign::NotEqual,
                    Comparison::Lt => Sign::Less,
                    Comparison::Le => Sign::LessOrEqual,
                    Comparison::Gt => Sign::Greater,
                    Comparison::Ge => Sign::GreaterOrEqual,
                },
                left: Box::new(value(left)?),
                right: Box::new(value(right)?),
            },
            ir::Test::Contains { whole, part, .. } => Expr::In {
                needle: Box::new(value(part)?),
                haystack: Box::new(value(whole)?),
                negated: false,
            },
            ir::Test::Not(of) => Expr::Not {
                of: Box::new(self.test(of)?),
            },
            ir::Test::All(of) => Expr::And { of: all(of)? },
            ir::Test::Any(of) => Expr::Or { of: all(of)? },
        })
    }

    fn is_number(&self, expr: &Expr) -> bool {
        let property = match expr {
            Expr::Contact { name } => self.manifest.contact.get(name),
            Expr::Event { name } => {
                let event = self.manifest.events.get(self.event);
                event.and_then(|it| it.properties.get(name))
            }
            _ => None,
        };
        property.is_some_and(|it| it.kind == Kind::Number)
    }
}

/// A path as an attribute or a property.
fn plain(path: &Path) -> Result<Expr, String> {
    match (&path.root, path.steps.as_slice()) {
        (Root::Contact, [Step::Key(name)]) => Ok(Expr::Contact {
            name: name.to_string(),
        }),
        (Root::Event, [Step::Key(name)]) => Ok(Expr::Event {
            name: name.to_string(),
        }),
        _ => Err(format!(
            "Resend hands over single values only, unlike `{}`",
            written_out(&ir::Expr::Path(path.clone()))
        )),
    }
}

/// Whether a value is there.
fn present(expr: &Expr) -> Expr {
    Expr::Compare {
        sign: Sign::NotEqual,
        left: Box::new(expr.clone()),
        right: Box::new(Expr::Literal { value: Value::Null }),
    }
}

fn literal(it: &Literal) -> Value {
    match it {
        Literal::None => Value::Null,
        Literal::Bool(it) => json!(it),
        Literal::Int(it) => json!(it),
        Literal::Float(it) => json!(it),
        Literal::Text(it) => json!(&**it),
    }
}

/// The answer to a question, where the answers so far give it.
fn answered(test: &Expr, known: &Known) -> Option<bool> {
    if let Some((_, answer)) = known.iter().find(|it| &it.0 == test) {
        return Some(*answer);
    }
    match test {
        Expr::Literal { value } => value.as_bool(),
        Expr::Not { of } => answered(of, known).map(|it| !it),
        Expr::And { of } | Expr::Or { of } => {
            let decides = matches!(test, Expr::Or { .. });
            let mut sure = true;
            for part in of {
                match answered(part, known) {
                    Some(it) if it == decides => return Some(decides),
                    Some(_) => {}
                    None => sure = false,
                }
            }
            sure.then_some(!decides)
        }
        // What is true, or not empty, is there.
        Expr::Compare {
            sign: Sign::NotEqual,
            left,
            right,
        } if **right == (Expr::Literal { value: Value::Null }) => known
            .iter()
            .any(|it| it.0 == **left && it.1)
            .then_some(true),
        _ => None,
    }
}

/// A template's name, and what is true of those who get it.
fn named(name: &str, known: &Known) -> String {
    let mut whole = name.to_owned();
    for (number, (test, answer)) in (1..).zip(known) {
        let about = match test {
            Expr::Contact { name } | Expr::Event { name } => Some(name),
            _ => None,
        };
        let word = if *answer { "with" } else { "without" };
        whole = match about {
            Some(about) => format!("{whole}-{word}-{about}"),
            None if *answer => format!("{whole}-if-{number}"),
            None => format!("{whole}-unless-{number}"),
        };
    }
    whole
}

/// A printed text with the pieces in the places of the tags.
fn filled(text: &str, said: &BTreeMap<&str, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{{") {
        out.push_str(before);
        let end = after.find("}}}");
        let name = end.map(|it| &after[..it]);
        if let Some((name, said)) = name.and_then(|it| said.get(it).map(|said| (it, said))) {
            out.push_str(said);
            rest = &after[name.len() + 3..];
        } else {
            out.push_str("{{{");
            rest = after;
        }
    }
    out.push_str(rest);
    out
}
