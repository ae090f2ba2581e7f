//! Partial evaluation: `t("order.thanks", name=…)`, a text of the catalogue with its values.

use minijinja::machinery::ast::CallArg;

use super::TEMPLATE_VARIABLE;
use super::catalogue::{Piece, Text};
use super::evaluate::{Evaluator, Outcome, Told, Val, as_expr, markup};
use super::ir::{Comparison, Expr, Literal, Test};
use super::{environment, words};
use crate::diagnostic::{Diagnostic, did_you_mean, nearest};
use crate::source::Span;

/// The function's name.
pub(super) const NAME: &str = "t";

/// The value that chooses between the forms of a text.
const COUNT: &str = "count";

/// Something that a mail says in the default language, because its own has no words for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Borrowed {
    /// Where the template brings it in.
    pub span: Span,
    /// The text's key, or the file's path below `templates/`.
    pub name: String,
    /// Whether it is a text of the catalogue; else it is a file.
    pub is_text: bool,
}

type Named<'l> = Vec<(&'l str, Val<'l>)>;

impl<'l> Evaluator<'l> {
    pub(super) fn translated(&mut self, args: &'l [CallArg<'l>], span: Span) -> Outcome<Val<'l>> {
        let Some((CallArg::Pos(key), named)) = args.split_first() else {
            let help = "write `t(\"order.thanks\")`, with values by name: `t(\"hello\", name=contact.first_name)`";
            return self.syntax(span, "`t` needs the key of a text", help);
        };
        let key_span = self.span_of(key);
        let key = self.fixed(key, "a text's key")?;
        let key = key.as_str().unwrap_or("").to_owned();
        let mut values: Named<'l> = Vec::new();
        for arg in named {
            let CallArg::Kwarg(name, value) = arg else {
                let help = "name every value: `t(\"hello\", name=contact.first_name)`";
                return self.syntax(span, "the values of a text have names", help);
            };
            values.push((*name, self.expr(value)?));
        }
        let library = self.library;
        let chain = super::source::chain(self.locale);
        let Some((text, own)) = library.catalogue.text(&key, &chain) else {
            return Err(self.no_text(&key, key_span));
        };
        self.texts.insert(key.clone());
        if !own && !library.is_default(self.locale) {
            self.borrowed.insert(Borrowed {
                span: key_span,
                name: key.clone(),
                is_text: true,
            });
        }
        self.check_values(&key, text, &values, span)?;
        self.counted(text, &values, span)
    }

    /// The form of a text for the value of `count`.
    fn counted(&mut self, text: &Text, values: &Named<'l>, span: Span) -> Outcome<Val<'l>> {
        let mut said = self.composed(&text.other, values, span)?;
        let Some((_, count)) = values.iter().find(|it| it.0 == COUNT) else {
            return Ok(said);
        };
        for (number, pieces) in text.counted.iter().rev() {
            let form = self.composed(pieces, values, span)?;
            said = match count {
                Val::Static(it) if it.as_i64() == Some(*number) => form,
                Val::Static(_) => said,
                other => {
                    let Some(left) = as_expr(other) else {
                        let help = "give it a number, such as `event.lines | length`";
                        return self.syntax(span, "this cannot be counted", help);
                    };
                    let right = Expr::Literal(Literal::Int(*number));
                    let op = Comparison::Eq;
                    let is_so = Test::Compare {
                        op,
                        left,
                        right,
                        span,
                    };
                    self.merge(is_so, form, said, span)?
                }
            };
        }
        Ok(said)
    }

    fn no_text(&mut self, key: &str, span: Span) -> Told {
        let keys = self.library.catalogue.keys();
        let known = keys.keys().copied();
        let help = if keys.is_empty() {
            format!("write it into `templates/messages.yaml`: `{key}: …`")
        } else if nearest(key, known.clone()).is_some() {
            did_you_mean(key, known, "texts")
        } else {
            format!(
                "write it into `templates/messages.yaml`; {}",
                did_you_mean(key, known, "texts")
            )
        };
        let message = format!("there is no text `{key}`");
        let why = "the mail cannot be written, so nobody gets it";
        self.tell(
            Diagnostic::error(TEMPLATE_VARIABLE, span, message)
                .help(help)
                .why(why),
        )
    }

    /// Every value of the text is given, and no value is given in vain in every language.
    fn check_values(
        &mut self,
        key: &str,
        text: &Text,
        values: &Named<'l>,
        span: Span,
    ) -> Outcome<()> {
        let mut wanted: Vec<&str> = text.values().collect();
        if !text.counted.is_empty() {
            wanted.push(COUNT);
        }
        for name in &wanted {
            if !values.iter().any(|it| it.0 == *name) {
                let message = format!("the text `{key}` needs a value for `{name}`");
                let diagnostic = Diagnostic::error(TEMPLATE_VARIABLE, span, message)
                    .help(format!("write `t(\"{key}\", {name}=…)`"))
                    .related(text.span, "the text");
                return Err(self.tell(diagnostic));
            }
        }
        let plain = self.library.catalogue.text(key, &[]);
        let known: Vec<&str> = plain
            .iter()
            .flat_map(|it| it.0.values())
            .chain(wanted.iter().copied())
            .chain(plain.filter(|it| !it.0.counted.is_empty()).map(|_| COUNT))
            .collect();
        for (name, _) in values {
            if !known.contains(name) {
                let message = format!("the text `{key}` has no place for `{name}`");
                let diagnostic = Diagnostic::error(TEMPLATE_VARIABLE, span, message)
                    .help(did_you_mean(
                        name,
                        known.iter().copied(),
                        "values of this text",
                    ))
                    .related(text.span, "the text");
                return Err(self.tell(diagnostic));
            }
        }
        Ok(())
    }

    /// A text with its values: plain if all of it is, else what is left to say per recipient.
    fn composed(&mut self, pieces: &[Piece], values: &Named<'l>, span: Span) -> Outcome<Val<'l>> {
        let value = |name: &str| values.iter().find(|it| it.0 == name).map(|it| &it.1);
        let used = || {
            pieces.iter().filter_map(|it| match it {
                Piece::Value(name) => value(name),
                Piece::Plain(_) => None,
            })
        };
        if used().all(|it| matches!(it, Val::Static(it) if !it.is_safe())) {
            let mut text = String::new();
            for piece in pieces {
                match piece {
                    Piece::Plain(it) => text.push_str(it),
                    Piece::Value(name) => {
                        if let Some(Val::Static(it)) = value(name) {
                            text.push_str(&environment::written(it).unwrap_or_default());
                        }
                    }
                }
            }
            return Ok(Val::Static(text.into()));
        }
        let parts: Option<Vec<Expr>> = pieces
            .iter()
            .map(|it| match it {
                Piece::Plain(text) => Some(Expr::Literal(Literal::Text(text.as_str().into()))),
                Piece::Value(name) => as_expr(value(name)?),
            })
            .collect();
        if let Some(mut parts) = parts {
            if parts.len() == 1 {
                return Ok(parts.pop().map_or(Val::Sometimes, Val::Deferred));
            }
            return self.deferred(Expr::Concat(parts), span);
        }
        // A value is a piece of HTML, so the whole is.
        let mut nodes = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Plain(text) => {
                    let mut written = String::new();
                    if self.escape {
                        words::escape(text, &mut written);
                    } else {
                        written.clone_from(text);
                    }
                    self.text(&written, span, &mut nodes)?;
                }
                Piece::Value(name) => {
                    if let Some(it) = value(name).cloned() {
                        self.emit(it, span, &mut nodes)?;
                    }
                }
            }
        }
        Ok(markup(nodes))
    }
}
