//! Names of values that whoever sends works out before.
//!
//! Invariant: a name is made of the value alone, never of where it is used, so that the subject, the
//! page and the plain text of a mail ask for the same value by the same name.

use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::template::ir::{Comparison, Expr, Filter, Literal, LoopField, Path, Root, Step, Test};
use crate::template::written_out;

/// Characters of a name before its fingerprint.
const MOST: usize = 40;

/// The name of a value, seen from inside the loop over `innermost`.
pub(super) fn of(expr: &Expr, innermost: Option<&Arc<str>>) -> String {
    let mut name = Name {
        innermost,
        words: String::new(),
        is_exact: true,
    };
    name.expr(expr);
    name.finish(expr)
}

/// The name of a list whose entries are worked out.
pub(super) fn of_list(path: &Path, var: &str, innermost: Option<&Arc<str>>) -> String {
    let list = of(&Expr::Path(path.clone()), innermost);
    let mut name = Name {
        innermost,
        words: list,
        is_exact: true,
    };
    name.word("by");
    name.word(var);
    name.words
}

struct Name<'n> {
    innermost: Option<&'n Arc<str>>,
    words: String,
    /// Whether no other value can have these words.
    is_exact: bool,
}

impl Name<'_> {
    fn word(&mut self, word: &str) {
        let mut at_gap = true;
        for c in word.chars() {
            if c.is_ascii_alphanumeric() {
                if at_gap && !self.words.is_empty() {
                    self.words.push('_');
                }
                at_gap = false;
                self.words.push(c.to_ascii_lowercase());
            } else {
                at_gap = true;
            }
        }
        let exact = |it: &str| {
            it.split('_').all(|it| {
                !it.is_empty()
                    && it
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            })
        };
        self.is_exact &= exact(word);
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Literal(it) => self.literal(it),
            Expr::Path(it) => self.path(it),
            Expr::Loop { var, field } => {
                self.is_exact &= self.innermost == Some(var);
                self.word(match field {
                    LoopField::Index => "turn",
                    LoopField::Index0 => "turn_from_0",
                    LoopField::RevIndex => "turns_left",
                    LoopField::RevIndex0 => "turns_after",
                    LoopField::First => "is_first",
                    LoopField::Last => "is_last",
                });
            }
            Expr::Filter(it) => {
                self.expr(&it.of);
                self.is_exact = false;
                self.word(match &it.filter {
                    Filter::Default(_) => "or",
                    filter => filter.name(),
                });
                if let Filter::Default(other) = &it.filter {
                    self.expr(other);
                }
            }
            Expr::Choice(it) => {
                self.expr(&it.yes);
                self.word("or");
                self.expr(&it.no);
                self.is_exact = false;
            }
            Expr::Concat(all) => {
                for it in all {
                    self.expr(it);
                }
                self.is_exact &= all.len() == 1;
            }
            Expr::Truth(it) => self.test(it),
        }
    }

    fn literal(&mut self, literal: &Literal) {
        let text = crate::template::literal_text(literal);
        self.word(&text);
        self.is_exact &=
            !text.contains('_') && matches!(literal, Literal::Text(_) | Literal::Int(_));
    }

    fn path(&mut self, path: &Path) {
        match &path.root {
            Root::Contact => self.word("contact"),
            Root::Event => self.word("event"),
            Root::Link | Root::Body => self.word("links"),
            Root::Local(var) if Some(var) == self.innermost => {
                if path.steps.is_empty() {
                    self.word("value");
                }
            }
            Root::Local(var) => {
                self.word(var);
                self.is_exact = false;
            }
        }
        self.is_exact &= path.steps.len() <= 1;
        for step in &path.steps {
            match step {
                Step::Key(key) => self.word(key),
                Step::Index(at) => self.word(&at.to_string()),
            }
        }
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Constant(it) => self.word(&it.to_string()),
            Test::Truthy(it) => {
                self.word("is");
                self.expr(it);
            }
            Test::Present(it) => {
                self.word("has");
                self.expr(it);
            }
            Test::Filled(it) => {
                self.word("fills");
                self.expr(it);
            }
            Test::Compare {
                op, left, right, ..
            } => {
                self.expr(left);
                self.word(match op {
                    Comparison::Eq => "is",
                    Comparison::Ne => "is_not",
                    Comparison::Lt => "below",
                    Comparison::Le => "at_most",
                    Comparison::Gt => "above",
                    Comparison::Ge => "at_least",
                });
                self.expr(right);
                self.is_exact &= matches!(right, Expr::Literal(_));
            }
            Test::Contains { whole, part, .. } => {
                self.expr(whole);
                self.word("has");
                self.expr(part);
                self.is_exact = false;
            }
            Test::Not(it) => {
                self.word("not");
                self.test(it);
                self.is_exact = false;
            }
            Test::All(all) => self.several(all, "and"),
            Test::Any(all) => self.several(all, "or"),
        }
    }

    fn several(&mut self, all: &[Test], word: &str) {
        for (at, it) in all.iter().enumerate() {
            if at > 0 {
                self.word(word);
            }
            self.test(it);
        }
        self.is_exact = false;
    }

    /// The words, shortened; with a fingerprint of the value where others could have them too.
    fn finish(mut self, expr: &Expr) -> String {
        if self.is_exact && !self.words.is_empty() && self.words.len() <= MOST {
            return self.words;
        }
        if self.words.len() > MOST {
            self.words.truncate(MOST);
            while self.words.ends_with('_') {
                self.words.pop();
            }
        }
        if self.words.is_empty() {
            self.words.push_str("value");
        }
        let digest = Sha256::digest(written_out(expr).as_bytes());
        self.words.push('_');
        for byte in digest.iter().take(3) {
            // Writing to a string cannot fail.
            let _ = write!(self.words, "{byte:02x}");
        }
        self.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    fn path(root: Root, steps: &[&str]) -> Path {
        Path {
            root,
            steps: steps.iter().map(|it| Step::Key((*it).into())).collect(),
            span: Span::start_of(FileId(0)),
        }
    }

    #[test]
    fn names_say_what_they_stand_for_and_never_stand_for_two_things() {
        let name = path(Root::Contact, &["first_name"]);
        assert_eq!(of(&Expr::Path(name.clone()), None), "contact_first_name");
        let is_pro = |text: &str| {
            let test = Test::Compare {
                op: Comparison::Eq,
                left: Expr::Path(path(Root::Contact, &["plan"])),
                right: Expr::Literal(Literal::Text(text.into())),
                span: Span::start_of(FileId(0)),
            };
            of(&Expr::Truth(Box::new(test)), None)
        };
        assert_eq!(is_pro("pro"), "contact_plan_is_pro");
        let capital = is_pro("PRO");
        assert!(capital.starts_with("contact_plan_is_pro_"), "{capital}");
        let var: Arc<str> = "line".into();
        let field = path(Root::Local(Arc::clone(&var)), &["name"]);
        assert_eq!(of(&Expr::Path(field), Some(&var)), "name");
        let lines = path(Root::Event, &["lines"]);
        assert_eq!(of_list(&lines, "line", None), "event_lines_by_line");
    }
}
