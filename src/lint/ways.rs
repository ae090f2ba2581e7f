//! What a mail says on every way of its choices, and what it says on any.
//!
//! Choices that ask the same fall alike; that two different questions cannot both be answered with no is
//! not known here.

use std::collections::BTreeSet;

use crate::source::Span;
use crate::template::ir::{Comparison, Expr, Node, Out, Path, Root, Step, Test};

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
    let mut atoms = Vec::new();
    gather_atoms(nodes, is, &mut atoms);
    // Each choice is a test that holds or not; tests that are the same fall alike.
    let falls = 0..1usize << atoms.len().min(MOST_ATOMS);
    let is_there = |fall: usize| {
        let fall = Fall {
            atoms: &atoms,
            bits: fall,
        };
        fall.reaches(nodes, is)
    };
    if falls.into_iter().all(is_there) {
        return Ok(());
    }
    Err(nodes.iter().find_map(|it| leaving_out(it, is)))
}

/// More tests than these are taken to fail where they are not told apart.
const MOST_ATOMS: usize = 8;

/// One way in which tests may fall.
struct Fall<'a> {
    atoms: &'a [String],
    bits: usize,
}

impl Fall<'_> {
    fn reaches(&self, nodes: &[Node], is: &dyn Fn(&Node) -> bool) -> bool {
        nodes.iter().any(|node| match node {
            _ if is(node) => true,
            Node::If(it) => {
                let arm = it.arms.iter().find(|arm| self.holds(&arm.test));
                self.reaches(arm.map_or(&it.otherwise, |it| &it.body), is)
            }
            Node::For(it) => self.reaches(&it.body, is) && self.reaches(&it.otherwise, is),
            Node::Text(_) | Node::Out(_) => false,
        })
    }

    fn holds(&self, test: &Test) -> bool {
        match test {
            Test::Constant(it) => *it,
            Test::Not(it) => !self.holds(it),
            Test::All(all) => all.iter().all(|it| self.holds(it)),
            Test::Any(all) => all.iter().any(|it| self.holds(it)),
            atom => {
                let (key, is_opposite) = key(atom);
                let at = self.atoms.iter().position(|it| *it == key);
                at.is_some_and(|at| (self.bits >> at & 1 == 1) != is_opposite)
            }
        }
    }
}

/// The tests that decide whether something is there.
fn gather_atoms(nodes: &[Node], is: &dyn Fn(&Node) -> bool, atoms: &mut Vec<String>) {
    for node in nodes {
        match node {
            Node::If(it) if has(node, is) => {
                for arm in &it.arms {
                    atoms_of(&arm.test, atoms);
                    gather_atoms(&arm.body, is, atoms);
                }
                gather_atoms(&it.otherwise, is, atoms);
            }
            Node::For(it) => {
                gather_atoms(&it.body, is, atoms);
                gather_atoms(&it.otherwise, is, atoms);
            }
            _ => {}
        }
    }
}

fn atoms_of(test: &Test, atoms: &mut Vec<String>) {
    match test {
        Test::Constant(_) => {}
        Test::Not(it) => atoms_of(it, atoms),
        Test::All(all) | Test::Any(all) => all.iter().for_each(|it| atoms_of(it, atoms)),
        atom => {
            let (key, _) = key(atom);
            if atoms.len() < MOST_ATOMS && !atoms.contains(&key) {
                atoms.push(key);
            }
        }
    }
}

/// What two tests share that ask the same, and whether this one asks the opposite.
fn key(test: &Test) -> (String, bool) {
    let of = |it: &Expr| match it {
        Expr::Path(path) => path.to_string(),
        other => format!("{other:?}"),
    };
    match test {
        Test::Compare {
            op, left, right, ..
        } => {
            let (sign, is_opposite) = match op {
                Comparison::Eq => ("==".to_owned(), false),
                Comparison::Ne => ("==".to_owned(), true),
                other => (format!("{other:?}"), false),
            };
            (format!("{}{sign}{}", of(left), of(right)), is_opposite)
        }
        Test::Truthy(it) => (format!("truthy {}", of(it)), false),
        Test::Present(it) => (format!("present {}", of(it)), false),
        Test::Filled(it) => (format!("filled {}", of(it)), false),
        other => (format!("{other:?}"), false),
    }
}

/// Whether something is there on any way.
fn has(node: &Node, is: &dyn Fn(&Node) -> bool) -> bool {
    let any = |nodes: &[Node]| nodes.iter().any(|it| has(it, is));
    is(node)
        || match node {
            Node::If(it) => it.arms.iter().any(|arm| any(&arm.body)) || any(&it.otherwise),
            Node::For(it) => any(&it.body) || any(&it.otherwise),
            Node::Text(_) | Node::Out(_) => false,
        }
}

/// The innermost choice that has something on one way and not on another.
fn leaving_out(node: &Node, is: &dyn Fn(&Node) -> bool) -> Option<Span> {
    let Node::If(it) = node else {
        return None;
    };
    let bodies: Vec<&Vec<Node>> = it
        .arms
        .iter()
        .map(|it| &it.body)
        .chain([&it.otherwise])
        .collect();
    let inner = bodies.iter().copied().flatten();
    inner
        .into_iter()
        .find_map(|it| leaving_out(it, is))
        .or_else(|| has(node, is).then_some(it.span))
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
    let fold = |c| match c {
        '\u{2019}' | '\u{2018}' => '\'',
        c => c,
    };
    let spoken = spoken(nodes);
    spoken
        .chars()
        .flat_map(char::to_lowercase)
        .map(fold)
        .collect()
}

/// The same as it is written.
pub(crate) fn spoken(nodes: &[Node]) -> String {
    let mut out = String::new();
    gather(nodes, &mut out);
    on_one_line(&out)
}

/// The lines of all that is said on any way, without those that are blank.
pub(crate) fn lines(nodes: &[Node]) -> Vec<String> {
    let mut out = String::new();
    gather(nodes, &mut out);
    let lines = out.lines().map(on_one_line);
    lines.filter(|it| !it.is_empty()).collect()
}

/// The ways in which a short text may read, each on one line; of many the first ones. Values are a `·`.
pub(crate) fn readings(nodes: &[Node]) -> Vec<String> {
    let all = combined(nodes);
    all.iter().map(|it| on_one_line(it)).collect()
}

/// A text may read in more ways than these.
const MOST_READINGS: usize = 16;

fn combined(nodes: &[Node]) -> Vec<String> {
    let mut res = vec![String::new()];
    for node in nodes {
        let next: Vec<String> = match node {
            Node::Text(it) => vec![it.clone()],
            Node::Out(it) => vec![literal_of(&it.expr).unwrap_or("·").to_owned()],
            Node::If(it) => {
                let bodies = it.arms.iter().map(|it| &it.body).chain([&it.otherwise]);
                bodies.flat_map(|it| combined(it)).collect()
            }
            Node::For(it) => [combined(&it.body), combined(&it.otherwise)].concat(),
        };
        let both = |(a, b): (&String, &String)| format!("{a}{b}");
        let pairs = next.iter().flat_map(|b| res.iter().map(move |a| (a, b)));
        res = pairs.take(MOST_READINGS).map(both).collect();
    }
    res
}

fn on_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
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
    use crate::template::ir::{Arm, Literal};

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
                test: Test::Truthy(Expr::Literal(Literal::None)),
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
        // The same question twice, with the opposite answer.
        let plan = |op, start| Test::Compare {
            op,
            left: Expr::Path(Path {
                root: Root::Contact,
                steps: vec![Step::Key("plan".into())],
                span,
            }),
            right: Expr::Literal(Literal::Text("pro".into())),
            span: Span::new(span.file, start, start + 1),
        };
        let only = |test| {
            let body = text("stop");
            crate::template::ir::if_node(vec![Arm { test, body }], Vec::new(), span)
        };
        let (pro, other) = (only(plan(Comparison::Eq, 1)), only(plan(Comparison::Ne, 9)));
        assert_eq!(always(&[pro.clone(), other], &is), Ok(()));
        assert_eq!(always(&[pro.clone(), pro], &is), Err(Some(span)));
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
