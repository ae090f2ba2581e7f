//! Links that only some providers make: `{% if links.web_view %}` asks whether this one does.
//!
//! In: nodes of the template IR. Out: the same with that question answered and folded away.

use std::borrow::Cow;

use super::{Dialect, Reserved};
use crate::template::ir::{Arm, Expr, For, If, Node, Root, Step, Test, push_all};

/// The nodes as a provider's language gets them.
pub(super) fn answered<'n>(nodes: &'n [Node], dialect: &dyn Dialect) -> Cow<'n, [Node]> {
    if asks(nodes) {
        Cow::Owned(fold(nodes, dialect))
    } else {
        Cow::Borrowed(nodes)
    }
}

fn asks(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Text(_) | Node::Out(_) => false,
        Node::If(it) => {
            let arms = &it.arms;
            asks(&it.otherwise)
                || arms
                    .iter()
                    .any(|arm| is_asked(&arm.test) || asks(&arm.body))
        }
        Node::For(it) => asks(&it.body) || asks(&it.otherwise),
    })
}

fn is_asked(test: &Test) -> bool {
    let mut found = false;
    test.each_path(&mut |path| found |= path.root == Root::Link);
    found
}

fn fold(nodes: &[Node], dialect: &dyn Dialect) -> Vec<Node> {
    let mut out = Vec::new();
    for node in nodes {
        match node {
            Node::Text(_) | Node::Out(_) => push_all(&mut out, [node.clone()]),
            Node::For(it) => push_all(
                &mut out,
                [Node::For(For {
                    body: fold(&it.body, dialect),
                    otherwise: fold(&it.otherwise, dialect),
                    ..it.clone()
                })],
            ),
            Node::If(it) => push_all(&mut out, chosen(it, dialect)),
        }
    }
    out
}

fn chosen(it: &If, dialect: &dyn Dialect) -> Vec<Node> {
    let mut arms = Vec::new();
    let mut otherwise = &it.otherwise;
    for arm in &it.arms {
        match answer(&arm.test, dialect) {
            Test::Constant(false) => {}
            Test::Constant(true) => {
                otherwise = &arm.body;
                break;
            }
            test => arms.push(Arm {
                test,
                body: fold(&arm.body, dialect),
            }),
        }
    }
    let otherwise = fold(otherwise, dialect);
    if arms.is_empty() {
        return otherwise;
    }
    vec![Node::If(If {
        arms,
        otherwise,
        span: it.span,
    })]
}

fn answer(test: &Test, dialect: &dyn Dialect) -> Test {
    match test {
        Test::Truthy(Expr::Path(path))
        | Test::Present(Expr::Path(path))
        | Test::Filled(Expr::Path(path))
            if path.root == Root::Link =>
        {
            let link = match path.steps.as_slice() {
                [Step::Key(key)] => Reserved::of_link(key),
                _ => None,
            };
            let is_made = |it| dialect.reserved(it).is_some();
            link.map_or_else(|| test.clone(), |it| Test::Constant(is_made(it)))
        }
        Test::Not(it) => answer(it, dialect).negated(),
        Test::All(all) => {
            let answers = all.iter().map(|it| answer(it, dialect));
            answers.fold(Test::Constant(true), Test::and)
        }
        Test::Any(all) => {
            let answers = all.iter().map(|it| answer(it, dialect));
            answers.fold(Test::Constant(false), Test::or)
        }
        _ => test.clone(),
    }
}
