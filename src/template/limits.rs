//! How far a template may go. Far above any mail written by people, and low enough that no
//! template can exhaust memory, time or the stack.

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};

/// Statements that one compile may run, turns of static loops included.
pub(super) const STEPS: usize = 100_000;
/// Bytes of text that one compile may write.
pub(super) const OUTPUT: usize = 2 << 20;
/// Bytes and statements that one recipient's sample of a text may hold; what goes beyond is cut off.
pub(super) const PRINTED: usize = 4 << 20;
/// Statements, macros and includes within one another.
pub(super) const DEPTH: usize = 64;
/// Parts of one deferred expression.
pub(super) const EXPRESSION: usize = 1_000;
/// Bytes, roughly, of one static value.
pub(super) const VALUE: usize = 64 << 10;
/// Findings after which one compile gives up.
pub(super) const FINDINGS: usize = 50;
/// Operators, brackets and statements within one another in the source; the parser recurses once
/// for each.
const NESTING: usize = 60;
/// Tokens of one tag.
const TOKENS: usize = 5_000;

/// The first place at which a source nests deeper than the parser's stack is known to bear.
pub(super) fn too_deep(source: &str) -> Option<(u32, u32)> {
    let mut depth = Nesting::default();
    // A source that does not tokenize is the parser's to report.
    for token in tokenize(source, false, SyntaxConfig::default()) {
        let (token, span) = token.ok()?;
        if depth.step(&token) {
            return Some((span.start_offset, span.end_offset));
        }
    }
    None
}

#[derive(Default)]
struct Nesting {
    /// How deep each open bracket stands; the last is the current chain of operators.
    chain: Vec<usize>,
    current: usize,
    tokens: usize,
    /// How deep each open block statement stands.
    blocks: Vec<usize>,
    first_in_tag: bool,
}

impl Nesting {
    fn step(&mut self, token: &Token<'_>) -> bool {
        self.tokens += 1;
        match token {
            Token::BlockStart | Token::VariableStart => {
                self.chain.clear();
                (self.current, self.tokens) = (0, 0);
                self.first_in_tag = matches!(token, Token::BlockStart);
                return false;
            }
            Token::Ident(word) if self.first_in_tag => self.block(word),
            Token::BracketOpen | Token::ParenOpen | Token::BraceOpen => {
                self.chain.push(self.current);
                self.current += 1;
            }
            Token::BracketClose | Token::ParenClose | Token::BraceClose => {
                self.current = self.chain.pop().map_or(0, |it| it + 1);
            }
            Token::Comma => self.current = self.chain.last().map_or(0, |it| it + 1),
            Token::TemplateData(_)
            | Token::Str(_)
            | Token::String(_)
            | Token::Int(_)
            | Token::Int128(_)
            | Token::Float(_)
            | Token::VariableEnd
            | Token::BlockEnd => {}
            Token::Ident(word) => {
                let operator = matches!(*word, "not" | "and" | "or" | "if" | "else" | "in" | "is");
                self.current += usize::from(operator);
            }
            _ => self.current += 1,
        }
        self.first_in_tag = false;
        self.current > NESTING
            || self.tokens > TOKENS
            || self.blocks.last().is_some_and(|it| *it > NESTING)
    }

    /// `elif` recurses in the parser as if it were one more `if` inside.
    fn block(&mut self, word: &str) {
        let here = self.blocks.last().copied().unwrap_or(0);
        match word {
            "if" | "for" | "with" | "block" | "macro" | "call" | "filter" | "autoescape" => {
                self.blocks.push(here + 1);
            }
            // A `set` may stand without an end, so neither it nor its end counts.
            "endset" => {}
            "elif" => {
                if let Some(last) = self.blocks.last_mut() {
                    *last += 1;
                }
            }
            _ if word.starts_with("end") => {
                self.blocks.pop();
            }
            _ => {}
        }
    }
}

/// Whether a static value is larger than [`VALUE`]; looks no further than that.
pub(super) fn too_large(value: &Value) -> bool {
    let mut left = VALUE;
    !spend(value, &mut left, 0)
}

fn spend(value: &Value, left: &mut usize, depth: usize) -> bool {
    let cost = 8 + value.as_str().map_or(0, str::len);
    if cost > *left || depth > DEPTH {
        return false;
    }
    *left -= cost;
    let Ok(items) = value.try_iter() else {
        return true;
    };
    let is_map = value.kind() == ValueKind::Map;
    match value.kind() {
        ValueKind::Map | ValueKind::Seq | ValueKind::Iterable => {}
        _ => return true,
    }
    for item in items {
        if is_map && !spend(&value.get_item(&item).unwrap_or_default(), left, depth + 1) {
            return false;
        }
        if !spend(&item, left, depth + 1) {
            return false;
        }
    }
    true
}
