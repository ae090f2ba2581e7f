//! Text of a condition to its tree.

use std::ops::Range;

use super::{Comparison, Expr, ExprKind, Fault, History, Literal, Since};

/// Deeper nesting is refused: nobody can read it, and it bounds the stack.
const MAX_DEPTH: usize = 32;
/// A longer condition is refused.
const MAX_BYTES: usize = 4096;

/// Reads a whole condition.
pub(super) fn parse(text: &str) -> Result<Expr, Fault> {
    if text.len() > MAX_BYTES {
        return Err(fault("the condition is too long", 0..text.len(), None));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser {
        text,
        tokens,
        next: 0,
        depth: 0,
    };
    let expr = parser.either()?;
    match parser.peek() {
        None => Ok(expr),
        Some(token) => Err(parser.unexpected(&token.clone())),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum TokenKind {
    Word,
    Text(Box<str>),
    Number(f64),
    Sign,
}

#[derive(Debug, Clone)]
struct Token {
    kind: TokenKind,
    at: Range<usize>,
}

fn fault(message: impl Into<String>, at: Range<usize>, help: Option<&str>) -> Fault {
    let offset = |it| u32::try_from(it).unwrap_or(u32::MAX);
    Fault {
        message: message.into(),
        help: help.map(str::to_owned),
        at: offset(at.start)..offset(at.end),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let bytes = text.as_bytes();
    let mut res = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        let kind = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {
                at += 1;
                continue;
            }
            b'"' | b'\'' => {
                let (value, end) = quoted(text, start)?;
                at = end;
                TokenKind::Text(value)
            }
            b'0'..=b'9' => {
                while bytes
                    .get(at)
                    .is_some_and(|b| b.is_ascii_digit() || *b == b'.')
                {
                    at += 1;
                }
                let digits = &text[start..at];
                let bad = || fault(format!("`{digits}` is not a number"), start..at, None);
                TokenKind::Number(digits.parse().map_err(|_| bad())?)
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                while bytes
                    .get(at)
                    .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
                {
                    at += 1;
                }
                TokenKind::Word
            }
            _ => {
                let two = text.get(start..start + 2).unwrap_or("");
                at += match two {
                    "==" | "!=" | "<=" | ">=" => 2,
                    "&&" | "||" => {
                        let word = if two == "&&" { "and" } else { "or" };
                        let help = format!("write `{word}`");
                        let message = format!("`{two}` is not known in conditions");
                        return Err(fault(message, start..start + 2, Some(&help)));
                    }
                    _ => 1,
                };
                if !b"()[].,<>=!-".contains(&byte) {
                    let sign = text[start..].chars().next().unwrap_or(' ');
                    let end = start + sign.len_utf8();
                    let curly = matches!(sign, '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2019}');
                    let help = curly.then_some("use straight quotes: \"…\"");
                    let message = format!("`{sign}` has no meaning in a condition");
                    return Err(fault(message, start..end, help));
                }
                TokenKind::Sign
            }
        };
        res.push(Token {
            kind,
            at: start..at,
        });
    }
    Ok(res)
}

fn quoted(text: &str, start: usize) -> Result<(Box<str>, usize), Fault> {
    let quote = text.as_bytes()[start];
    let mut value = String::new();
    let mut chars = text[start + 1..].char_indices();
    while let Some((offset, it)) = chars.next() {
        match it {
            '\\' => value.extend(chars.next().map(|(_, it)| it)),
            _ if it == char::from(quote) => {
                return Ok((value.into(), start + 1 + offset + 1));
            }
            _ => value.push(it),
        }
    }
    let message = "the quote is never closed";
    Err(fault(
        message,
        start..text.len(),
        Some("close it with the same quote"),
    ))
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn at(&self, token: &Token) -> &str {
        &self.text[token.at.clone()]
    }

    fn is(&self, word: &str) -> bool {
        self.peek().is_some_and(|it| {
            matches!(it.kind, TokenKind::Word | TokenKind::Sign) && self.at(it) == word
        })
    }

    fn take(&mut self, word: &str) -> bool {
        let res = self.is(word);
        self.next += usize::from(res);
        res
    }

    fn expect(&mut self, word: &str) -> Result<(), Fault> {
        if self.take(word) {
            return Ok(());
        }
        let found = self.peek().cloned();
        let what = found
            .as_ref()
            .map_or("the end".to_owned(), |it| format!("`{}`", self.at(it)));
        Err(fault(
            format!("expected `{word}`, found {what}"),
            self.place(found.as_ref()),
            None,
        ))
    }

    fn place(&self, token: Option<&Token>) -> Range<usize> {
        token.map_or(self.text.len()..self.text.len(), |it| it.at.clone())
    }

    fn unexpected(&self, token: &Token) -> Fault {
        let found = self.at(token);
        let help = match found {
            "=" => Some("write `==` to compare"),
            "!" => Some("write `not`"),
            "-" => Some("negative numbers are written in front: `-1`"),
            "<" | ">" | "==" | "!=" | "<=" | ">=" => {
                Some("compare two things at a time, and join comparisons with `and`")
            }
            _ => Some("join conditions with `and` or `or`"),
        };
        fault(
            format!("`{found}` does not belong here"),
            token.at.clone(),
            help,
        )
    }

    fn end(&self) -> usize {
        self.next
            .checked_sub(1)
            .map_or(0, |it| self.tokens[it].at.end)
    }

    fn node(&self, start: usize, kind: ExprKind) -> Expr {
        let offset = |it| u32::try_from(it).unwrap_or(u32::MAX);
        Expr {
            kind,
            at: offset(start)..offset(self.end()),
        }
    }

    fn start(&self) -> usize {
        self.peek().map_or(self.text.len(), |it| it.at.start)
    }

    fn either(&mut self) -> Result<Expr, Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let at = self.place(self.peek());
            return Err(fault("the condition is nested too deeply", at, None));
        }
        let start = self.start();
        let mut parts = vec![self.both()?];
        while self.take("or") {
            parts.push(self.both()?);
        }
        self.depth -= 1;
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => self.node(start, ExprKind::Or(parts)),
        })
    }

    fn both(&mut self) -> Result<Expr, Fault> {
        let start = self.start();
        let mut parts = vec![self.negation()?];
        while self.take("and") {
            parts.push(self.negation()?);
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => self.node(start, ExprKind::And(parts)),
        })
    }

    fn negation(&mut self) -> Result<Expr, Fault> {
        let start = self.start();
        let mut nots = 0;
        while self.take("not") {
            nots += 1;
        }
        let mut res = self.comparison()?;
        // An even number of `not`s cancels out; keeping one keeps the tree shallow.
        if nots % 2 == 1 {
            res = self.node(start, ExprKind::Not(Box::new(res)));
        }
        Ok(res)
    }

    fn comparison(&mut self) -> Result<Expr, Fault> {
        let start = self.start();
        let left = self.value()?;
        for operator in [
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::LessOrEqual,
            Comparison::GreaterOrEqual,
            Comparison::Less,
            Comparison::Greater,
        ] {
            if self.take(operator.sign()) {
                let right = self.value()?;
                let kind = ExprKind::Compare {
                    operator,
                    left: Box::new(left),
                    right: Box::new(right),
                };
                return Ok(self.node(start, kind));
            }
        }
        let negated = self.is("not");
        if negated {
            self.next += 1;
            self.expect("in")?;
        } else if !self.take("in") {
            return Ok(left);
        }
        let kind = ExprKind::In {
            needle: Box::new(left),
            haystack: Box::new(self.value()?),
            negated,
        };
        Ok(self.node(start, kind))
    }

    fn value(&mut self) -> Result<Expr, Fault> {
        let Some(token) = self.peek().cloned() else {
            let message = "the condition stops too early";
            return Err(fault(message, self.text.len()..self.text.len(), None));
        };
        let start = token.at.start;
        self.next += 1;
        let kind = match &token.kind {
            TokenKind::Text(text) => ExprKind::Literal(Literal::Text(text.clone())),
            TokenKind::Number(number) => ExprKind::Literal(Literal::Number(*number)),
            TokenKind::Sign => match self.at(&token) {
                "(" => {
                    let inner = self.either()?;
                    self.expect(")")?;
                    return Ok(inner);
                }
                "[" => ExprKind::List(self.items()?),
                "-" => match self.peek().map(|it| it.kind.clone()) {
                    Some(TokenKind::Number(number)) => {
                        self.next += 1;
                        ExprKind::Literal(Literal::Number(-number))
                    }
                    _ => return Err(self.unexpected(&token)),
                },
                _ => return Err(self.unexpected(&token)),
            },
            TokenKind::Word => match self.at(&token) {
                "true" | "True" => ExprKind::Literal(Literal::Boolean(true)),
                "false" | "False" => ExprKind::Literal(Literal::Boolean(false)),
                "none" | "None" | "null" => ExprKind::Literal(Literal::None),
                "event" => ExprKind::Event(self.member("event")?.1),
                "contact" => self.contact()?,
                "and" | "or" | "in" | "not" => return Err(self.unexpected(&token)),
                word => {
                    let message = format!("`{word}` is not known in conditions");
                    let help = "write `contact.NAME`, `event.NAME`, or a text in quotes";
                    return Err(fault(message, token.at.clone(), Some(help)));
                }
            },
        };
        Ok(self.node(start, kind))
    }

    fn items(&mut self) -> Result<Vec<Expr>, Fault> {
        let mut res = Vec::new();
        while !self.take("]") {
            if !res.is_empty() {
                self.expect(",")?;
            }
            res.push(self.either()?);
        }
        Ok(res)
    }

    fn member(&mut self, owner: &str) -> Result<(Range<usize>, Box<str>), Fault> {
        self.expect(".")?;
        match self.peek().cloned() {
            Some(token) if token.kind == TokenKind::Word => {
                self.next += 1;
                Ok((token.at.clone(), self.at(&token).into()))
            }
            other => {
                let message = format!("a name is missing after `{owner}.`");
                Err(fault(message, self.place(other.as_ref()), None))
            }
        }
    }

    fn contact(&mut self) -> Result<ExprKind, Fault> {
        let (at, name) = self.member("contact")?;
        if !self.take("(") {
            return Ok(ExprKind::Contact(name));
        }
        let counts = match &*name {
            "count" => true,
            "did" => false,
            "clicked" => {
                let (step, step_at) = self.quoted_name("a step's id")?;
                self.expect(")")?;
                return Ok(ExprKind::Clicked { step, step_at });
            }
            _ => {
                let message = format!("`contact.{name}()` is not known");
                let help =
                    "there are `contact.count(…)`, `contact.did(…)` and `contact.clicked(…)`";
                return Err(fault(message, at, Some(help)));
            }
        };
        let (event, event_at) = self.quoted_name("an event's name")?;
        let since = if self.take(",") {
            self.since()?
        } else {
            Since::Always
        };
        self.expect(")")?;
        Ok(ExprKind::History(History {
            counts,
            event,
            event_at,
            since,
        }))
    }

    fn quoted_name(&mut self, what: &str) -> Result<(Box<str>, Range<u32>), Fault> {
        match self.peek().cloned() {
            Some(Token {
                kind: TokenKind::Text(text),
                at,
            }) => {
                self.next += 1;
                Ok((text, fault("", at, None).at))
            }
            other => {
                let message = format!("{what} in quotes is missing here");
                Err(fault(message, self.place(other.as_ref()), None))
            }
        }
    }

    fn since(&mut self) -> Result<Since, Fault> {
        let help = "write `since=entry` or `within=\"30d\"`";
        let token = self.peek().cloned();
        let word = token.as_ref().map_or("", |it| self.at(it)).to_owned();
        self.next += 1;
        match word.as_str() {
            "since" => {
                self.expect("=")?;
                let value = self.peek().cloned();
                if self.take("entry") {
                    return Ok(Since::Entry);
                }
                let message = "`since` takes only `entry`";
                Err(fault(message, self.place(value.as_ref()), Some(help)))
            }
            "within" => {
                self.expect("=")?;
                let (text, at) = self.quoted_name("a duration")?;
                text.parse().map(Since::Within).map_err(|message| Fault {
                    message,
                    help: None,
                    at,
                })
            }
            _ => {
                let place = self.place(token.as_ref());
                Err(fault(
                    format!("`{word}` is not known here"),
                    place,
                    Some(help),
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_spellings_of_the_language_are_read() {
        for text in [
            "event.total > 0",
            "contact.count(\"order_paid\", within=\"365d\") > 1",
            "contact.did(\"review_given\", since=entry)",
            "not contact.clicked('welcome') and (contact.plan in [\"free\", \"pro\"] or true)",
            "contact.plan not in [\"free\"]",
            "contact.first_name != none",
            "event.score >= -1.5",
            "not not contact.vip",
        ] {
            assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
        }
    }

    #[test]
    fn faults_point_at_the_words_that_are_wrong() {
        for (text, wrong, message) in [
            ("event.total = 0", "=", "`=` does not belong here"),
            ("plan == 1", "plan", "`plan` is not known in conditions"),
            ("event. > 1", ">", "a name is missing after `event.`"),
            ("contact.saw(\"x\")", "saw", "`contact.saw()` is not known"),
            (
                "contact.did(x)",
                "x",
                "an event's name in quotes is missing here",
            ),
            (
                "contact.did(\"x\", within=\"3\")",
                "\"3\"",
                "`3` is not a duration",
            ),
            ("a == 1", "a", "`a` is not known"),
            ("event.a && b", "&&", "`&&` is not known"),
            (
                "event.a == \u{201c}x\u{201d}",
                "\u{201c}",
                "`\u{201c}` has no meaning",
            ),
            ("event.a == 'x", "'x", "the quote is never closed"),
            ("1 < 2 < 3", "<", "`<` does not belong here"),
            ("event.a and", "", "the condition stops too early"),
            ("", "", "the condition stops too early"),
            ("(event.a", "", "expected `)`"),
        ] {
            let it = parse(text).unwrap_err();
            assert_eq!(
                &text[it.at.start as usize..it.at.end as usize],
                wrong,
                "{text}"
            );
            assert!(it.message.starts_with(message), "{text}: {}", it.message);
        }
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(parse(&"(".repeat(2000)).is_err());
        assert!(parse(&format!("{}event.a{}", "(".repeat(20), ")".repeat(20))).is_ok());
        assert!(parse(&"not ".repeat(900)).is_err());
    }

    #[test]
    fn what_a_condition_proves() {
        let proves = |text| parse(text).unwrap().proves().join(",");
        assert_eq!(proves("contact.did(\"a\", since=entry) and event.x"), "a");
        assert_eq!(proves("contact.count(\"a\", since=entry) > 0"), "a");
        assert_eq!(proves("contact.did(\"a\", since=entry) or event.x"), "");
        assert_eq!(proves("contact.did(\"a\")"), "", "it may be another order");
        assert_eq!(proves("not contact.did(\"a\", since=entry)"), "");
    }
}
