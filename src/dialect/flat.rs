//! Resend's templates: `{{{NAME}}}`, and nothing else.
//!
//! The documentation promises that a variable is put in, and its fallback where none was handed over;
//! no conditions, loops or filters. It says nothing of escaping, and three braces are known everywhere
//! for inserting as it is. So this relies on just that: what is handed over stands in the mail as it
//! was, and is not read again. A text for a page is therefore handed over escaped, a condition as the
//! words that it chooses, and what is neither words nor markup alone is refused.

use super::handed::{self, Handed, Handing};
use super::refusal::{Refusal, Said};
use super::{Dialect, Feature, Printed, Reserved, Support, Surface, links};
use crate::diagnostic::Sink;
use crate::source::Span;
use crate::template::ir::{Expr, Filter, Literal, Node, Path, Root, Step};
use crate::template::{Shape, Spelling, words};

/// Resend's dialect.
pub(super) struct Flat;

/// Variables that one template may have.
const MOST: usize = 50;

impl Dialect for Flat {
    fn name(&self) -> &'static str {
        "flat"
    }

    fn provider(&self) -> &'static str {
        "Resend"
    }

    fn spelling(&self) -> Spelling {
        // A brace could begin another variable, should what was put in be read again.
        Spelling {
            also: &[('{', "&#123;"), ('}', "&#125;")],
            ..Spelling::default()
        }
    }

    fn support(&self, feature: Feature) -> Support {
        use Support::{Computed, No, Yes};
        match feature {
            Feature::Unsubscribe => Yes,
            Feature::Preferences | Feature::WebView => No("Resend makes no such link"),
            Feature::For
            | Feature::Turn
            | Feature::FirstLast
            | Feature::TurnsLeft
            | Feature::ForElse
            | Feature::NestedFor => No("Resend has no loops"),
            Feature::Value | Feature::ValueInAttribute | Feature::EntryByPlace => {
                Computed("handed over by name, escaped for the page")
            }
            Feature::Fallback => Computed("handed over by name, with a declared fallback"),
            Feature::If
            | Feature::Equals
            | Feature::Order
            | Feature::TwoValues
            | Feature::ListContains
            | Feature::TextContains
            | Feature::AndOr
            | Feature::Nested
            | Feature::Ways => Computed("the words that are chosen are handed over, not markup"),
            _ => Computed("the finished text is handed over"),
        }
    }

    fn reserved(&self, what: Reserved) -> Option<&'static str> {
        (what == Reserved::Unsubscribe).then_some("{{{RESEND_UNSUBSCRIBE_URL}}}")
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
            handing: Handing::default(),
            after_tag: false,
            text: String::new(),
        };
        let mut refused = false;
        let mut last = None;
        for node in links::answered(nodes, self).iter() {
            let (said, span) = match node {
                Node::Text(text) => {
                    printer.text(text);
                    continue;
                }
                Node::Out(it) => (printer.out(&it.expr, it.escape), Some(it.span)),
                Node::If(it) => {
                    let chosen = handed::chosen(it, surface, shape);
                    (
                        chosen.map(|it| printer.hand(it, None, Some("CHOICE"))),
                        Some(it.span),
                    )
                }
                Node::For(it) => (Err(no_loops(it.span)), Some(it.span)),
            };
            last = span;
            if let Err(refusal) = said {
                refused = true;
                refusal.tell(self, span, sink);
            }
        }
        if printer.handing.len() > MOST {
            refused = true;
            too_many().tell(self, last, sink);
        }
        (!refused).then(|| Printed {
            text: printer.text,
            variables: printer.handing.into_variables(),
        })
    }
}

struct Printer<'p, 's> {
    surface: Surface,
    shape: &'p Shape<'s>,
    handing: Handing,
    /// Whether the last thing written is a tag.
    after_tag: bool,
    text: String,
}

impl Printer<'_, '_> {
    /// Fixed text. Braces that would be read are handed over like a value: there is no way to write them.
    fn text(&mut self, text: &str) {
        let mut rest = self.behind_tag(text);
        while let Some(at) = rest.find("{{") {
            let after = rest[at..].trim_start_matches('{');
            self.plain(&rest[..at]);
            self.braces(&rest[at..rest.len() - after.len()]);
            rest = self.behind_tag(after);
        }
        self.plain(rest);
    }

    /// Writes the braces that would be read with a tag before them; gives what follows.
    fn behind_tag<'t>(&mut self, text: &'t str) -> &'t str {
        if !self.after_tag {
            return text;
        }
        let rest = text.trim_start_matches('}');
        self.braces(&text[..text.len() - rest.len()]);
        rest
    }

    fn plain(&mut self, text: &str) {
        self.text.push_str(text);
        self.after_tag &= text.is_empty();
    }

    fn braces(&mut self, braces: &str) {
        if !braces.is_empty() {
            let value = Expr::Literal(Literal::Text(braces.into()));
            let name = self.handing.name(value, false, None, Some("BRACES"));
            self.tag(&name);
        }
    }

    fn tag(&mut self, name: &str) {
        let before = self.text.trim_end_matches('{').len();
        if before < self.text.len() && !self.after_tag {
            let braces = self.text.split_off(before);
            self.braces(&braces);
        }
        self.text.push_str("{{{");
        self.text.push_str(name);
        self.text.push_str("}}}");
        self.after_tag = true;
    }

    fn out(&mut self, expr: &Expr, escape: bool) -> Said<()> {
        if let Expr::Path(path) = expr
            && path.root == Root::Link
        {
            return self.link(path);
        }
        let handed = handed::printed(expr, escape, self.shape);
        if let Expr::Filter(it) = expr
            && let (Filter::Default(Expr::Literal(other)), Expr::Path(_)) = (&it.filter, &it.of)
        {
            let text = crate::template::literal_text(other);
            if !text.is_empty() {
                let value = it.of.clone();
                // What is put in for a missing value is put in as it was declared.
                let text = if handed.escape {
                    let mut escaped = String::new();
                    words::escape_as(&text, Flat.spelling(), &mut escaped);
                    escaped
                } else {
                    text
                };
                let fallback = Some(Literal::Text(text.into()));
                self.hand(Handed { value, ..handed }, fallback, None);
                return Ok(());
            }
        }
        self.hand(handed, None, None);
        Ok(())
    }

    fn hand(&mut self, it: Handed, fallback: Option<Literal>, of: Option<&str>) {
        let name = self.handing.name(it.value, it.escape, fallback, of);
        self.tag(&name);
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
                self.tag("RESEND_UNSUBSCRIBE_URL");
                Ok(())
            }
            _ => Err(refusal(
                "Resend makes no such link",
                "use `links.unsubscribe`, or a link of your own among `brand.links`",
            )),
        }
    }
}

fn refusal(reason: &str, help: &'static str) -> Refusal {
    Refusal {
        span: None,
        reason: reason.to_owned(),
        help,
    }
}

fn no_loops(span: Span) -> Refusal {
    Refusal {
        span: Some(span),
        ..refusal(
            "Resend has no loops",
            "name the entries one by one: `event.lines[0].name`, or let the event carry the finished list",
        )
    }
}

fn too_many() -> Refusal {
    refusal(
        "Resend takes 50 values for one mail, and this one needs more",
        "print fewer values, or let the event carry finished sentences",
    )
}
