//! Omnisend's personalisation: `[[contact.first_name | default: "there"]]`, and no more than that.
//!
//! What the documentation promises: double square brackets put a value in; `contact.first_name`,
//! `contact.last_name`, `contact.email`, `contact.custom_properties.x` and, in automations,
//! `event.raw.x`; nothing stands where a value is blank, or the text that `default` names;
//! `[[unsubscribe_link]]`. An imported page is sent as it is, and nobody can hand values over, so all
//! else is refused: conditions, loops, other filters, numbers (how they are written is not said).
//! Relied on is that a page gets values escaped and a subject line as they are, that a value is not read
//! for tags again, and that brackets mean nothing else.

use super::refusal::{Refusal, Said};
use super::{Dialect, Feature, Printed, Reserved, Support, Surface, links};
use crate::diagnostic::Sink;
use crate::template::ir::{Expr, Filter, Literal, Node, Out, Path, Root, Step};
use crate::template::{Scope, Shape, Spelling};

/// Omnisend's dialect.
pub(super) struct Omnisend;

/// What Omnisend keeps of a contact under a name of its own.
const FIELDS: [&str; 3] = ["email", "first_name", "last_name"];

const NO_CONDITIONS: &str = "no documented tag of Omnisend chooses between texts";
const NO_LOOPS: &str = "no documented tag of Omnisend repeats anything";
const NO_FILTERS: &str = "no documented tag of Omnisend changes a value";
const NO_OTHERS: &str = "the documentation tells how texts are put in, and nothing else";

impl Dialect for Omnisend {
    fn name(&self) -> &'static str {
        "omnisend"
    }

    fn provider(&self) -> &'static str {
        "Omnisend"
    }

    fn spelling(&self) -> Spelling {
        Spelling::default()
    }

    fn support(&self, feature: Feature) -> Support {
        use Support::{No, Yes};
        match feature {
            Feature::Value
            | Feature::ValueInAttribute
            | Feature::Fallback
            | Feature::Unsubscribe => Yes,
            Feature::FallbackToValue => No("the documented fallback is a fixed text"),
            Feature::FallbackOfNumber | Feature::PrintedBoolean | Feature::EntryByPlace => {
                No(NO_OTHERS)
            }
            Feature::Capitals
            | Feature::Title
            | Feature::Length
            | Feature::Date
            | Feature::UrlEncode => No(NO_FILTERS),
            Feature::For
            | Feature::Turn
            | Feature::FirstLast
            | Feature::TurnsLeft
            | Feature::ForElse
            | Feature::NestedFor => No(NO_LOOPS),
            Feature::Preferences | Feature::WebView => No("no documented tag makes this link"),
            _ => No(NO_CONDITIONS),
        }
    }

    fn reserved(&self, what: Reserved) -> Option<&'static str> {
        (what == Reserved::Unsubscribe).then_some("[[unsubscribe_link]]")
    }

    fn print(
        &self,
        nodes: &[Node],
        surface: Surface,
        shape: &Shape<'_>,
        sink: &mut Sink,
    ) -> Option<Printed> {
        let mut text = String::new();
        let mut refused = false;
        let mut after_tag = false;
        let nodes = links::answered(nodes, self);
        // A bracket beside a tag, and two brackets anywhere, would be read as something else.
        let place = nodes.iter().find_map(|it| match it {
            Node::Out(it) => Some(it.span),
            Node::If(it) => Some(it.span),
            Node::For(it) => Some(it.span),
            Node::Text(_) => None,
        });
        for node in nodes.iter() {
            let (said, span) = match node {
                Node::Text(fixed) => {
                    let is_read = fixed.contains("[[")
                        || fixed.contains("[%")
                        || (after_tag && fixed.starts_with(']'));
                    text.push_str(fixed);
                    after_tag &= fixed.is_empty();
                    (if is_read { Err(brackets()) } else { Ok(()) }, place)
                }
                Node::Out(it) => {
                    let said = tag(it, surface, shape).and_then(|tag| {
                        let fits = !text.ends_with('[');
                        text.push_str(&tag);
                        if fits { Ok(()) } else { Err(brackets()) }
                    });
                    after_tag = true;
                    (said, Some(it.span))
                }
                Node::If(it) => (
                    Err(refusal(
                        NO_CONDITIONS,
                        "write the text so that it fits everybody, for example with `default(\"there\")`, or let a `branch` of the journey choose between two templates",
                    )),
                    Some(it.span),
                ),
                Node::For(it) => (
                    Err(refusal(
                        NO_LOOPS,
                        "let the event carry the finished list as one text, and print that",
                    )),
                    Some(it.span),
                ),
            };
            if let Err(refusal) = said {
                refused = true;
                refusal.tell(self, span, sink);
            }
        }
        (!refused).then(|| Printed {
            text,
            variables: Vec::new(),
        })
    }
}

/// The tag that prints a value.
fn tag(it: &Out, surface: Surface, shape: &Shape<'_>) -> Said<String> {
    let (path, fallback) = match &it.expr {
        Expr::Path(path) if path.root == Root::Link => return link(path, surface),
        Expr::Path(path) => (path, None),
        Expr::Filter(filtered) => match (&filtered.filter, &filtered.of) {
            (Filter::Default(Expr::Literal(Literal::Text(text))), Expr::Path(path)) => {
                (path, Some(&**text))
            }
            (Filter::Default(_), _) => {
                return Err(refusal(
                    "Omnisend's documented fallback is a fixed text",
                    "name a fixed text, such as `default(\"there\")`",
                ));
            }
            _ => {
                return Err(refusal(
                    NO_FILTERS,
                    "let the shop send the finished text, as an attribute or with the event",
                ));
            }
        },
        _ => return Err(others()),
    };
    let ty = shape.type_of(&Expr::Path(path.clone()), &Scope::default());
    if !(ty.is_text() || ty.is_date()) {
        return Err(others());
    }
    if surface == Surface::Html && !it.escape {
        return Err(refusal(
            "Omnisend may escape a value that is markup already",
            "take `safe` away, or write the markup into the template",
        ));
    }
    let name = name(path)?;
    let Some(fallback) = fallback.filter(|it| !it.is_empty()) else {
        return Ok(format!("[[{name}]]"));
    };
    let is_plain = |it: char| it.is_alphanumeric() || " ,.!?:;-()".contains(it);
    if !fallback.chars().all(is_plain) {
        return Err(refusal(
            "signs in a fallback may mean something else to Omnisend",
            "use letters, digits and plain punctuation in `default(…)`",
        ));
    }
    Ok(format!("[[{name} | default: \"{fallback}\"]]"))
}

/// What Omnisend calls a value.
fn name(path: &Path) -> Said<String> {
    let [Step::Key(key)] = path.steps.as_slice() else {
        return Err(others());
    };
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '_';
    if !key.chars().all(is_plain) {
        return Err(others());
    }
    match path.root {
        Root::Contact if FIELDS.contains(&&**key) => Ok(format!("contact.{key}")),
        Root::Contact => Ok(format!("contact.custom_properties.{key}")),
        Root::Event => Ok(format!("event.raw.{key}")),
        _ => Err(others()),
    }
}

fn link(path: &Path, surface: Surface) -> Said<String> {
    if surface == Surface::Subject {
        return Err(refusal(
            "a subject line cannot hold a link",
            "put the link into the body",
        ));
    }
    match path.steps.first() {
        Some(Step::Key(key)) if &**key == "unsubscribe" => Ok("[[unsubscribe_link]]".to_owned()),
        _ => Err(refusal(
            "no documented tag of Omnisend makes this link",
            "use `links.unsubscribe`, or a link of your own among `brand.links`",
        )),
    }
}

fn refusal(reason: &str, help: &'static str) -> Refusal {
    Refusal {
        span: None,
        reason: reason.to_owned(),
        help,
    }
}

fn others() -> Refusal {
    refusal(
        "how Omnisend writes a value that is no plain text is not documented",
        "let the shop send the finished text, as an attribute or with the event",
    )
}

fn brackets() -> Refusal {
    refusal(
        "brackets here would be read as a tag of Omnisend's",
        "write it without `[[`, `[%` and without brackets beside a value",
    )
}
