//! What a mail says on every way of its choices, and what it says on any.
//!
//! Choices are taken one by one: two that always fall alike are not known to.

use std::collections::BTreeSet;

use crate::source::Span;
use crate::template::ir::{Expr, Node, Out, Path, Root, Step};

/// Whether a value is a link that the provider makes.
pub(crate) fn is_link(out: &Out, name: &str) -> bool {
    let mut found = false;
    out.expr
        .each_path(&mut |it| found |= is_link_path(it, name));
    found
}

fn is_link_path(path: &Path, name: &str) -> bool {
    path.root == Root::Link && matches!(path.steps.first(), Some(Step::Key(it)) if **it == *name)
}

/// Whether something is there, whichever way the choices fall; else the choice at which it is missing,
/// if it is a choice that leaves it out.
pub(crate) fn always(nodes: &[Node], is: &dyn Fn(&Node) -> bool) -> Result<(), Option<Span>> {
    let mut choice = None;
    for node in nodes {
        match node {
            _ if is(node) => return Ok(()),
            Node::If(it) => {
                let arms = it.arms.iter().map(|arm| &arm.body);
                let missing = |body: &Vec<Node>| always(body, is).is_err();
                let all = || arms.clone().chain([&it.otherwise]);
                if !all().any(missing) {
                    return Ok(());
                }
                // Where no arm has it, the choice is not to blame.
                if choice.is_none() && !all().all(missing) {
                    choice = Some(it.span);
                }
            }
            Node::For(it) => {
                let both = [&it.body, &it.otherwise];
                if both.iter().all(|body| always(body, is).is_ok()) {
                    return Ok(());
                }
            }
            Node::Text(_) | Node::Out(_) => {}
        }
    }
    Err(choice)
}

/// The words that stand in a text whichever way its choices fall, in small letters.
pub(crate) fn certain_words(nodes: &[Node]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for node in nodes {
        match node {
            Node::Text(it) => found.extend(words(it)),
            Node::If(it) => {
                let mut bodies = it.arms.iter().map(|arm| certain_words(&arm.body));
                let common = bodies.next().unwrap_or_default();
                let common = bodies.fold(common, |all, it| &all & &it);
                found.extend(&common & &certain_words(&it.otherwise));
            }
            Node::For(_) | Node::Out(_) => {}
        }
    }
    found
}

/// The words of a text, in small letters.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    parts.filter(|it| !it.is_empty()).map(str::to_lowercase)
}

/// All that is said on any way, in small letters and on one line; values are a `·`.
pub(crate) fn said(nodes: &[Node]) -> String {
    let mut out = String::new();
    gather(nodes, &mut out);
    let mut line = String::with_capacity(out.len());
    for word in out.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().flat_map(char::to_lowercase).map(|c| match c {
            '\u{2019}' | '\u{2018}' => '\'',
            c => c,
        }));
    }
    line
}

fn gather(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(it) => out.push_str(it),
            Node::Out(it) => match literal_of(&it.expr) {
                Some(it) => out.push_str(it),
                None => out.push('·'),
            },
            Node::If(it) => {
                for body in it.arms.iter().map(|it| &it.body).chain([&it.otherwise]) {
                    gather(body, out);
                    out.push(' ');
                }
            }
            Node::For(it) => {
                gather(&it.body, out);
                out.push(' ');
                gather(&it.otherwise, out);
            }
        }
    }
}

fn literal_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(crate::template::ir::Literal::Text(it)) => Some(it),
        _ => None,
    }
}

/// The first of some phrases that a text says, at the borders of words.
pub(crate) fn phrase<'p>(said: &str, all: &[&'p str]) -> Option<&'p str> {
    phrases(said, all).next().map(|it| it.1)
}

/// Where a text says some phrases, at the borders of words.
pub(crate) fn phrases<'p>(said: &str, all: &[&'p str]) -> impl Iterator<Item = (usize, &'p str)> {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    all.iter().flat_map(move |phrase| {
        let begins = is_word(phrase.chars().next());
        let ends = is_word(phrase.chars().next_back());
        said.match_indices(*phrase).filter_map(move |(at, found)| {
            let before = said[..at].chars().next_back();
            let after = said[at + found.len()..].chars().next();
            let is_part = begins && is_word(before) || ends && is_word(after);
            (!is_part).then_some((at, *phrase))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::ir::{Arm, Test};

    #[test]
    fn phrases_end_where_words_end() {
        let text = said(&[Node::Text("It’s  your LAST\nchance!".to_owned())]);
        assert_eq!(text, "it's your last chance!");
        assert_eq!(phrase(&text, &["last", "chance"]), Some("last"));
        assert_eq!(phrase(&text, &["last ch"]), None);
        assert_eq!(phrase("20% off", &["% off"]), Some("% off"));
    }

    #[test]
    fn what_stands_on_every_way_is_told_from_what_stands_on_some() {
        let span = Span::start_of(crate::source::FileId(0));
        let text = |it: &str| vec![Node::Text(it.to_owned())];
        let choice = |yes: &str, no: &str| {
            let arm = Arm {
                test: Test::Constant(true),
                body: text(yes),
            };
            crate::template::ir::if_node(vec![arm], text(no), span)
        };
        let is = |it: &Node| matches!(it, Node::Text(it) if it.contains("stop"));
        assert_eq!(always(&[choice("stop here", "or stop there")], &is), Ok(()));
        assert_eq!(
            always(&[choice("stop here", "go on")], &is),
            Err(Some(span))
        );
        assert_eq!(always(&[choice("go", "on")], &is), Err(None));
        let words = certain_words(&[
            choice("stop here now", "stop there now"),
            Node::Text("Bye".to_owned()),
        ]);
        assert_eq!(
            words.into_iter().collect::<Vec<_>>(),
            ["bye", "now", "stop"]
        );
    }
}
