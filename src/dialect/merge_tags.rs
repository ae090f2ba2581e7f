//! Mailchimp's merge tags, as its transactional mail takes them: `*|NAME|*`,
//! `*|IF:NAME=x|*…*|ELSEIF:…|*…*|ELSE:|*…*|END:IF|*`.
//!
//! Every value is handed over by whoever sends; there are no loops, filters or fallbacks. What the
//! documentation promises: a tag is replaced by what was handed over; `IF:NAME=x` holds if the value is
//! x, and does not if there is none; `<`, `>`, `<=` and `>=` order numbers; `HTML:` puts in a value that
//! is HTML already. It does not say whether a plain tag escapes, whether an empty value counts as
//! given, or whether letters' case matters. So a text for a page goes through `HTML:` and is handed over
//! escaped, and a condition that is not beyond doubt is handed over as `true` or `false`. Relied on is that
//! plain tags in texts and subjects put values in as they are, and that nothing is read twice.

use super::handed::{self, Handing};
use super::refusal::{Refusal, Said};
use super::{Dialect, Feature, Printed, Reserved, Support, Surface, links};
use crate::diagnostic::Sink;
use crate::model::{Property, Type};
use crate::source::Span;
use crate::template::ir::{Arm, Comparison, Expr, If, Literal, Node, Path, Root, Step, Test};
use crate::template::words::digits;
use crate::template::{Shape, Spelling};

/// Mailchimp's dialect.
pub(super) struct MergeTags;

impl Dialect for MergeTags {
    fn name(&self) -> &'static str {
        "merge-tags"
    }

    fn provider(&self) -> &'static str {
        "Mailchimp"
    }

    fn spelling(&self) -> Spelling {
        // A bar could begin another tag, should what was put in be read again.
        Spelling {
            also: &[('|', "&#124;")],
            ..Spelling::default()
        }
    }

    fn support(&self, feature: Feature) -> Support {
        use Support::{Computed, No, Yes};
        match feature {
            Feature::Unsubscribe => Yes,
            Feature::Preferences | Feature::WebView => {
                No("no documentation of such a tag was at hand")
            }
            Feature::For
            | Feature::Turn
            | Feature::FirstLast
            | Feature::TurnsLeft
            | Feature::ForElse
            | Feature::NestedFor => No("Mailchimp has no loops"),
            Feature::Value | Feature::ValueInAttribute | Feature::EntryByPlace => {
                Computed("handed over by name, escaped for the page")
            }
            Feature::If
            | Feature::Equals
            | Feature::Order
            | Feature::TwoValues
            | Feature::ListContains
            | Feature::TextContains
            | Feature::AndOr
            | Feature::Nested
            | Feature::Ways => {
                Computed("the answer is handed over as `true` or `false`; `IF` chooses")
            }
            _ => Computed("the finished text is handed over"),
        }
    }

    fn reserved(&self, what: Reserved) -> Option<&'static str> {
        match what {
            Reserved::Unsubscribe => Some("*|UNSUB|*"),
            Reserved::PostalAddress => Some("*|HTML:LIST_ADDRESS_HTML|*"),
            Reserved::Preferences | Reserved::WebView => None,
        }
    }

    fn print(
        &self,
        nodes: &[Node],
        surface: Surface,
        shape: &Shape<'_>,
        sink: &mut Sink,
    ) -> Option<Printed> {
        let mut printer = Printer {
            surface,
            shape,
            sink,
            handing: Handing::default(),
            refused: false,
            text: String::new(),
        };
        printer.nodes(&links::answered(nodes, self));
        (!printer.refused).then(|| Printed {
            text: printer.text,
            variables: printer.handing.into_variables(),
        })
    }
}

struct Printer<'p, 's> {
    surface: Surface,
    shape: &'p Shape<'s>,
    sink: &'p mut Sink,
    handing: Handing,
    refused: bool,
    text: String,
}

impl Printer<'_, '_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            let (said, span) = match node {
                Node::Text(text) => {
                    self.fixed(text);
                    continue;
                }
                Node::Out(it) => (self.out(&it.expr, it.escape), it.span),
                // Whether a subject line may hold conditions is not documented.
                Node::If(it) if self.surface == Surface::Subject => (self.words(it), it.span),
                Node::If(it) => (self.choice(it), it.span),
                Node::For(it) => (Err(no_loops()), it.span),
            };
            if let Err(refusal) = said {
                self.refused = true;
                refusal.tell(&MergeTags, Some(span), self.sink);
            }
        }
    }

    /// Fixed text. Signs that would be read as a tag are handed over like a value: there is no way to
    /// write them.
    fn fixed(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find("*|").into_iter().chain(rest.find("|*")).min() {
            let after = rest[at..].trim_start_matches(['*', '|']);
            let end = rest.len() - after.len();
            self.text.push_str(&rest[..at]);
            let value = Expr::Literal(Literal::Text(rest[at..end].into()));
            let name = self.handing.name(value, false, None, Some("SIGNS"));
            self.tag(&name);
            rest = after;
        }
        self.text.push_str(rest);
    }

    fn tag(&mut self, inner: &str) {
        self.text.push_str("*|");
        self.text.push_str(inner);
        self.text.push_str("|*");
    }

    fn out(&mut self, expr: &Expr, escape: bool) -> Said<()> {
        if let Expr::Path(path) = expr
            && path.root == Root::Link
        {
            return self.link(path);
        }
        let it = handed::printed(expr, escape, self.shape);
        let is_harmless = handed::is_harmless(expr, self.shape);
        let name = self.handing.name(it.value, it.escape, None, None);
        if self.surface == Surface::Html && !is_harmless {
            self.tag(&format!("HTML:{name}"));
        } else {
            self.tag(&name);
        }
        Ok(())
    }

    /// A choice as the words that it chooses.
    fn words(&mut self, it: &If) -> Said<()> {
        let it = handed::chosen(it, self.surface, self.shape)?;
        let name = self.handing.name(it.value, it.escape, None, Some("CHOICE"));
        self.tag(&name);
        Ok(())
    }

    fn choice(&mut self, it: &If) -> Said<()> {
        let mut word = "IF";
        for (test, body) in ways(it) {
            match test {
                Some(test) => {
                    let question = self.question(&test)?;
                    self.tag(&format!("{word}:{question}"));
                }
                None => self.tag("ELSE:"),
            }
            self.nodes(&body);
            word = "ELSEIF";
        }
        if word == "ELSEIF" {
            self.tag("END:IF");
        }
        Ok(())
    }

    /// A test in Mailchimp's own words where those are beyond doubt, else as an answer handed over.
    fn question(&mut self, test: &Test) -> Said<String> {
        if let Test::Compare {
            op,
            left: left @ Expr::Path(path),
            right: Expr::Literal(literal),
            ..
        } = test
            && let Some(property) = self.property(path)
            && let Some(asked) = plain_question(*op, literal, property)
        {
            let name = self.handing.name(left.clone(), false, None, None);
            return Ok(format!("{name}{asked}"));
        }
        let mut links = false;
        test.each_path(&mut |path| links |= path.root == Root::Link);
        if links {
            return Err(refusal(
                "a link of the provider cannot be asked about",
                "print the link by itself, outside of the condition",
            ));
        }
        let name = self
            .handing
            .name(handed::flag(test), false, None, Some("IS"));
        Ok(format!("{name}=true"))
    }

    /// What is declared of an attribute or property, where a path is one as a whole.
    fn property(&self, path: &Path) -> Option<&Property> {
        let [Step::Key(key)] = path.steps.as_slice() else {
            return None;
        };
        match path.root {
            Root::Contact => self.shape.contact.get(&**key),
            Root::Event => self.shape.event?.1.get(&**key),
            _ => None,
        }
    }

    fn link(&mut self, path: &Path) -> Said<()> {
        if self.surface == Surface::Subject {
            return Err(refusal(
                "a subject line cannot hold a link",
                "put the link into the body",
            ));
        }
        match path.steps.first() {
            Some(Step::Key(key)) if &**key == "unsubscribe" => {
                self.tag("UNSUB");
                Ok(())
            }
            _ => Err(refusal(
                "no documented tag of Mailchimp makes this link",
                "use `links.unsubscribe`, or a link of your own among `brand.links`",
            )),
        }
    }
}

/// The arms that say something, each with a test that holds for it alone. Mailchimp finds fault with
/// an arm that says nothing, so such an arm is left out, and its test is denied in those that follow.
fn ways(it: &If) -> Vec<(Option<Test>, Vec<Node>)> {
    let mut out = Vec::new();
    let mut denied = Test::Constant(true);
    for Arm { test, body } in &it.arms {
        if body.is_empty() {
            denied = denied.and(test.clone().negated());
        } else {
            out.push((Some(denied.clone().and(test.clone())), body.clone()));
        }
    }
    if !it.otherwise.is_empty() {
        let test = (denied != Test::Constant(true)).then_some(denied);
        out.push((test, it.otherwise.clone()));
    }
    out
}

/// A comparison whose answer no open question can change: with one of the listed values of a text,
/// no two of which differ in case only, or the order of a number that is always there.
fn plain_question(op: Comparison, literal: &Literal, property: &Property) -> Option<String> {
    let sign = match op {
        Comparison::Eq => "=",
        Comparison::Lt => "<",
        Comparison::Le => "<=",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
        Comparison::Ne => return None,
    };
    match (literal, &property.kind) {
        (Literal::Text(text), Type::Text) if op == Comparison::Eq => {
            let plain = |it: &str| {
                !it.is_empty() && it.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            };
            let choices: Option<Vec<&str>> = property
                .choices
                .iter()
                .map(|it| it.value.as_str())
                .collect();
            let choices = choices?;
            let same = |it: &&&str| it.eq_ignore_ascii_case(text);
            let is_listed = choices.contains(&&**text) && choices.iter().filter(same).count() == 1;
            (is_listed && plain(text)).then(|| format!("={text}"))
        }
        (Literal::Int(number), Type::Number)
            if op != Comparison::Eq && !property.nullable && *number >= 0 =>
        {
            Some(format!("{sign}{number}"))
        }
        (Literal::Float(number), Type::Number)
            if op != Comparison::Eq && !property.nullable && *number >= 0.0 =>
        {
            Some(format!("{sign}{}", digits(*number)))
        }
        _ => None,
    }
}

fn refusal(reason: &str, help: &'static str) -> Refusal {
    Refusal {
        span: None::<Span>,
        reason: reason.to_owned(),
        help,
    }
}

fn no_loops() -> Refusal {
    refusal(
        "Mailchimp has no loops",
        "name the entries one by one: `event.lines[0].name`, or let the event carry the finished list",
    )
}
