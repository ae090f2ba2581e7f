//! Languages that put in what is handed over by name, and nothing else: Resend's templates,
//! `{{{NAME}}}`, and Mautic's tokens, `{contactfield=name}` and `{contactfield=name|fallback}`.
//!
//! Resend: the documentation promises that a variable is put in, and its fallback where none was handed over;
//! no conditions, loops or filters. It says nothing of escaping, and three braces are known everywhere
//! for inserting as it is. So this relies on just that: what is handed over stands in the mail as it
//! was, and is not read again. A text for a page is therefore handed over escaped, a condition as the
//! words that it chooses, and what is neither words nor markup alone is refused.
//!
//! Mautic: its `TokenHelper` puts in a contact's field as it is, and what stands behind a bar where the
//! field is blank (but `true`, `date`, `time` and `datetime`, which mean something else there). So what is
//! handed over is a field of the contact. Tokens are looked for in all of a mail's texts at once.

use super::handed::{self, Handed, Handing};
use super::refusal::{Refusal, Said};
use super::{Dialect, Feature, Printed, Reserved, Support, Surface, Variable, links};
use crate::diagnostic::Sink;
use crate::source::{FileId, Span};
use crate::template::ir::{Expr, Filter, Literal, Node, Path, Root, Step};
use crate::template::{Shape, Spelling, words};

/// A language of names only.
pub(super) struct Flat {
    name: &'static str,
    provider: &'static str,
    style: Style,
}

/// How names are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `{{{NAME}}}`, at most 50.
    Resend,
    /// `{contactfield=name}`.
    Mautic,
}

/// Resend's dialect.
pub(super) const RESEND: Flat = Flat {
    name: "flat",
    provider: "Resend",
    style: Style::Resend,
};

/// Mautic's dialect.
pub(super) const MAUTIC: Flat = Flat {
    name: "flat-mautic",
    provider: "Mautic",
    style: Style::Mautic,
};

/// Variables that one template of Resend may have.
const MOST: usize = 50;

impl Dialect for Flat {
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
            Feature::WebView if self.style == Style::Mautic => Yes,
            Feature::Preferences | Feature::WebView => No("the provider makes no such link"),
            Feature::For
            | Feature::Turn
            | Feature::FirstLast
            | Feature::TurnsLeft
            | Feature::ForElse
            | Feature::NestedFor => No("the provider has no loops"),
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
        match (self.style, what) {
            (Style::Resend, Reserved::Unsubscribe) => Some("{{{RESEND_UNSUBSCRIBE_URL}}}"),
            (Style::Mautic, Reserved::Unsubscribe) => Some("{unsubscribe_url}"),
            (Style::Mautic, Reserved::WebView) => Some("{webview_url}"),
            _ => None,
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
            flat: self,
            surface,
            shape,
            handing: Handing::default(),
            after_tag: false,
            unfit: false,
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
        if self.style == Style::Resend && printer.handing.len() > MOST {
            refused = true;
            too_many().tell(self, last, sink);
        }
        if printer.unfit {
            refused = true;
            refusal(
                "this text reads like a token of Mautic, and there is no other way to write it",
                "leave the braces out",
            )
            // Fixed text has no place of its own.
            .tell(self, last.or(Some(Span::start_of(FileId(0)))), sink);
        }
        (!refused).then(|| Printed {
            text: printer.text,
            variables: self.named(printer.handing.into_variables()),
        })
    }
}

impl Flat {
    /// A name as the provider takes it: Mautic's fields are called in small letters.
    fn cased(&self, name: &str) -> String {
        match self.style {
            Style::Resend => name.to_owned(),
            Style::Mautic => name.to_ascii_lowercase(),
        }
    }

    fn named(&self, mut variables: Vec<Variable>) -> Vec<Variable> {
        for variable in &mut variables {
            variable.name = self.cased(&variable.name);
        }
        variables
    }

    /// Where fixed text begins something that would be read, if it does: the place, and what to hand over
    /// instead.
    fn reads(&self, text: &str) -> Option<(usize, usize)> {
        match self.style {
            Style::Resend => {
                let at = text.find("{{")?;
                let after = text[at..].trim_start_matches('{');
                Some((at, text.len() - after.len()))
            }
            Style::Mautic => {
                let begins = text.match_indices('{').map(|(at, _)| (at, at + 1));
                let coded = text.match_indices("%7B").map(|(at, _)| (at, at + 3));
                let mut all: Vec<(usize, usize)> = begins.chain(coded).collect();
                all.sort_unstable();
                all.into_iter().find(|(_, end)| is_token(&text[*end..]))
            }
        }
    }

    /// Whether a text may stand as the fallback of a name.
    fn takes_fallback(&self, text: &str) -> bool {
        // A token ends with its line.
        let is_free = |it: char| {
            !it.is_control() && !matches!(it, '{' | '}' | '|' | '%' | '&' | '<' | '>' | '"' | '\'')
        };
        match self.style {
            Style::Resend => !text.is_empty(),
            Style::Mautic => {
                !text.is_empty()
                    && text.chars().all(is_free)
                    && !matches!(text, "true" | "date" | "time" | "datetime")
            }
        }
    }
}

/// Whether what follows a brace could be a token of Mautic: a word, and the end or a value.
fn is_token(text: &str) -> bool {
    let rest = text.trim_start_matches(|it: char| it.is_ascii_alphabetic() || it == '_');
    rest.len() < text.len() && (rest.starts_with(['=', '}', '|']) || rest.starts_with("%7D"))
}

struct Printer<'p, 's> {
    flat: &'p Flat,
    surface: Surface,
    shape: &'p Shape<'s>,
    handing: Handing,
    /// Whether the last thing written is a tag.
    after_tag: bool,
    /// Whether fixed text would be read as a token, and there is no other way to write it.
    unfit: bool,
    text: String,
}

impl Printer<'_, '_> {
    /// Fixed text. Braces that would be read are handed over like a value: there is no way to write them.
    fn text(&mut self, text: &str) {
        let mut rest = self.behind_tag(text);
        while let Some((at, end)) = self.flat.reads(rest) {
            self.plain(&rest[..at]);
            match self.flat.style {
                Style::Resend => self.braces(&rest[at..end]),
                Style::Mautic => self.shy(&rest[at..end]),
            }
            rest = self.behind_tag(&rest[end..]);
        }
        self.plain(rest);
    }

    /// Writes the braces that would be read with a tag before them; gives what follows.
    fn behind_tag<'t>(&mut self, text: &'t str) -> &'t str {
        if !self.after_tag || self.flat.style == Style::Mautic {
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
            self.tag(&name, None);
        }
    }

    /// A sign that would begin a token of Mautic, which reads again what it has put in: there is no other
    /// way to write it.
    fn shy(&mut self, sign: &str) {
        self.unfit |= !sign.is_empty();
        self.plain(sign);
    }

    fn tag(&mut self, name: &str, fallback: Option<&str>) {
        let before = self.text.trim_end_matches('{').len();
        if before < self.text.len() && !self.after_tag {
            let braces = self.text.split_off(before);
            match self.flat.style {
                Style::Resend => self.braces(&braces),
                Style::Mautic => self.shy(&braces),
            }
        }
        let name = self.flat.cased(name);
        let tag = match (self.flat.style, fallback) {
            (Style::Resend, _) => format!("{{{{{{{name}}}}}}}"),
            (Style::Mautic, None) => format!("{{contactfield={name}}}"),
            (Style::Mautic, Some(fallback)) => format!("{{contactfield={name}|{fallback}}}"),
        };
        self.text.push_str(&tag);
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
            if self.flat.takes_fallback(&text) {
                let value = it.of.clone();
                // What is put in for a missing value is put in as it was declared.
                let text = if handed.escape {
                    let mut escaped = String::new();
                    words::escape_as(&text, self.flat.spelling(), &mut escaped);
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
        let said = match &fallback {
            Some(Literal::Text(text)) => Some(text.to_string()),
            _ => None,
        };
        let name = self.handing.name(it.value, it.escape, fallback, of);
        self.tag(&name, said.as_deref());
    }

    fn link(&mut self, path: &Path) -> Said<()> {
        if self.surface == Surface::Subject {
            return Err(refusal(
                "a subject line cannot hold a link",
                "put the link into the body",
            ));
        }
        let what = match path.steps.first() {
            Some(Step::Key(key)) => Reserved::of_link(key),
            _ => None,
        };
        match what.and_then(|it| self.flat.reserved(it)) {
            Some(_) if self.flat.style == Style::Resend => {
                self.tag("RESEND_UNSUBSCRIBE_URL", None);
                Ok(())
            }
            Some(token) => {
                let before = self.text.trim_end_matches('{').len();
                let braces = self.text.split_off(before);
                self.shy(&braces);
                self.text.push_str(token);
                self.after_tag = true;
                Ok(())
            }
            None => Err(refusal(
                &format!("{} makes no such link", self.flat.provider),
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

fn no_loops(flat: &Flat, span: Span) -> Refusal {
    Refusal {
        span: Some(span),
        ..refusal(
            &format!("{} has no loops", flat.provider),
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
