//! Brevo's language, of which this uses names below `params`, `{{ params.NAME }}`, and Brevo's own links.
//!
//! The language has filters, conditions and loops too. It looks like Django's, but nothing says what its
//! conditions take for true, which signs they know, or whether it escapes; and a contact's attribute is
//! there only under a name that the account gave it. So nothing of that is used: what is handed over
//! stands in the mail as it was. A text for a page is handed over escaped, a condition as the words that
//! it chooses, and what is neither words nor markup alone is refused. Should Brevo escape what it puts in,
//! a `&` would show as `&amp;`; never markup.

use super::handed::{self, Handed, Handing};
use super::refusal::{Refusal, Said};
use super::{Dialect, Feature, Printed, Reserved, Support, Surface, links};
use crate::diagnostic::Sink;
use crate::source::Span;
use crate::template::ir::{Expr, Filter, Literal, Node, Path, Root, Step};
use crate::template::{Shape, Spelling, words};

/// A language of names.
pub(super) struct Names {
    name: &'static str,
    provider: &'static str,
    /// What stands before and behind a name.
    around: (&'static str, &'static str),
    /// What would begin a tag.
    begins: &'static [&'static str],
    /// Whether a missing value has a fallback of its own; else it is handed over with it.
    falls_back: bool,
    /// Variables that one template may have.
    most: usize,
    /// What it writes for its own links.
    links: &'static [(Reserved, &'static str)],
    no_loops: &'static str,
    no_link: &'static str,
    too_many: &'static str,
}

/// Brevo's dialect.
pub(super) const BREVO: Names = Names {
    name: "brevo",
    provider: "Brevo",
    around: ("{{ params.", " }}"),
    begins: &["{{", "{%", "{#"],
    falls_back: false,
    most: 500,
    links: &[
        (Reserved::Unsubscribe, "{{ unsubscribe }}"),
        (Reserved::Preferences, "{{ update_profile }}"),
        (Reserved::WebView, "{{ mirror }}"),
    ],
    no_loops: "Brevo does not document what its loops do",
    no_link: "Brevo makes no such link",
    too_many: "Brevo takes so much data for one mail only, and this one needs more than 500 values",
};

impl Dialect for Names {
    fn name(&self) -> &'static str {
        self.name
    }

    fn provider(&self) -> &'static str {
        self.provider
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
            Feature::Preferences if self.reserved(Reserved::Preferences).is_some() => Yes,
            Feature::WebView if self.reserved(Reserved::WebView).is_some() => Yes,
            Feature::Preferences | Feature::WebView => No(self.no_link),
            Feature::For
            | Feature::Turn
            | Feature::FirstLast
            | Feature::TurnsLeft
            | Feature::ForElse
            | Feature::NestedFor => No(self.no_loops),
            Feature::Value | Feature::ValueInAttribute | Feature::EntryByPlace => {
                Computed("handed over by name, escaped for the page")
            }
            Feature::Fallback if self.falls_back => {
                Computed("handed over by name, with a declared fallback")
            }
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
        let link = self.links.iter().find(|it| it.0 == what);
        link.map(|it| it.1)
    }

    fn print(
        &self,
        nodes: &[Node],
        surface: Surface,
        shape: &Shape<'_>,
        sink: &mut Sink,
    ) -> Option<Printed> {
        let mut printer = Printer {
            dialect: self,
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
                Node::For(it) => (Err(no_loops(self, it.span)), Some(it.span)),
            };
            last = span;
            if let Err(refusal) = said {
                refused = true;
                refusal.tell(self, span, sink);
            }
        }
        if printer.handing.len() > self.most {
            refused = true;
            too_many(self).tell(self, last, sink);
        }
        (!refused).then(|| Printed {
            text: printer.text,
            variables: printer.handing.into_variables(),
        })
    }
}

struct Printer<'p, 's> {
    dialect: &'p Names,
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
        let begins = self.dialect.begins;
        while let Some(at) = begins.iter().filter_map(|it| rest.find(it)).min() {
            let after = rest[at..].trim_start_matches('{');
            // What makes a tag of a single brace goes with it.
            let after = match after.chars().next() {
                Some('%' | '#') if begins.len() > 1 => &after[1..],
                _ => after,
            };
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
        let (before, behind) = self.dialect.around;
        self.whole(&format!("{before}{name}{behind}"));
    }

    fn whole(&mut self, tag: &str) {
        let before = self.text.trim_end_matches('{').len();
        if before < self.text.len() && !self.after_tag {
            let braces = self.text.split_off(before);
            self.braces(&braces);
        }
        self.text.push_str(tag);
        self.after_tag = true;
    }

    fn out(&mut self, expr: &Expr, escape: bool) -> Said<()> {
        if let Expr::Path(path) = expr
            && path.root == Root::Link
        {
            return self.link(path);
        }
        let handed = handed::printed(expr, escape, self.shape);
        if self.dialect.falls_back
            && let Expr::Filter(it) = expr
            && let (Filter::Default(Expr::Literal(other)), Expr::Path(_)) = (&it.filter, &it.of)
        {
            let text = crate::template::literal_text(other);
            if !text.is_empty() {
                let value = it.of.clone();
                // What is put in for a missing value is put in as it was declared.
                let text = if handed.escape {
                    let mut escaped = String::new();
                    words::escape_as(&text, self.dialect.spelling(), &mut escaped);
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
        let known = match path.steps.first() {
            Some(Step::Key(key)) => Reserved::of_link(key).and_then(|it| self.dialect.reserved(it)),
            _ => None,
        };
        let Some(tag) = known else {
            return Err(refusal(
                self.dialect.no_link,
                "use `links.unsubscribe`, or a link of your own among `brand.links`",
            ));
        };
        self.whole(tag);
        Ok(())
    }
}

fn refusal(reason: &str, help: &'static str) -> Refusal {
    Refusal {
        span: None,
        reason: reason.to_owned(),
        help,
    }
}

fn no_loops(dialect: &Names, span: Span) -> Refusal {
    Refusal {
        span: Some(span),
        ..refusal(
            dialect.no_loops,
            "name the entries one by one: `event.lines[0].name`, or let the event carry the finished list",
        )
    }
}

fn too_many(dialect: &Names) -> Refusal {
    refusal(
        dialect.too_many,
        "print fewer values, or let the event carry finished sentences",
    )
}
