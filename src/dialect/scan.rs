//! What has to be known of nodes before they are printed.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::template::ir::{Expr, Filter, LoopField, Node, Test};

/// The variables of all loops.
pub(super) fn loop_variables(nodes: &[Node], found: &mut BTreeSet<Arc<str>>) {
    for node in nodes {
        match node {
            Node::Text(_) | Node::Out(_) => {}
            Node::If(it) => {
                for arm in &it.arms {
                    loop_variables(&arm.body, found);
                }
                loop_variables(&it.otherwise, found);
            }
            Node::For(it) => {
                found.insert(Arc::clone(&it.var));
                loop_variables(&it.body, found);
                loop_variables(&it.otherwise, found);
            }
        }
    }
}

/// The counters of a loop that are asked for inside of loops in its body.
pub(super) fn counters_from_within(var: &str, body: &[Node]) -> Vec<LoopField> {
    let mut found = Vec::new();
    each_node(body, false, &mut |expr| {
        if let Expr::Loop { var: of, field } = expr
            && &**of == var
            && !found.contains(field)
        {
            found.push(*field);
        }
    });
    found
}

/// Whether nodes say nothing but white space, and say some.
pub(super) fn is_white_space(nodes: &[Node]) -> bool {
    fn only(nodes: &[Node], some: &mut bool) -> bool {
        nodes.iter().all(|node| match node {
            Node::Text(text) => {
                *some |= !text.is_empty();
                text.chars().all(char::is_whitespace)
            }
            Node::Out(_) => false,
            Node::If(it) => {
                it.arms.iter().all(|arm| only(&arm.body, some)) && only(&it.otherwise, some)
            }
            Node::For(it) => only(&it.body, some) && only(&it.otherwise, some),
        })
    }
    let mut some = false;
    only(nodes, &mut some) && some
}

/// Calls for each expression inside of the loops of a body.
fn each_node(nodes: &[Node], inside: bool, call: &mut dyn FnMut(&Expr)) {
    for node in nodes {
        match node {
            Node::Text(_) => {}
            Node::Out(it) => {
                if inside {
                    each_expr(&it.expr, call);
                }
            }
            Node::If(it) => {
                for arm in &it.arms {
                    if inside {
                        each_of_test(&arm.test, call);
                    }
                    each_node(&arm.body, inside, call);
                }
                each_node(&it.otherwise, inside, call);
            }
            Node::For(it) => {
                each_node(&it.body, true, call);
                each_node(&it.otherwise, inside, call);
            }
        }
    }
}

fn each_expr(expr: &Expr, call: &mut dyn FnMut(&Expr)) {
    call(expr);
    match expr {
        Expr::Literal(_) | Expr::Path(_) | Expr::Loop { .. } => {}
        Expr::Filter(it) => {
            each_expr(&it.of, call);
            if let Filter::Default(other) = &it.filter {
                each_expr(other, call);
            }
        }
        Expr::Choice(it) => {
            each_of_test(&it.test, call);
            each_expr(&it.yes, call);
            each_expr(&it.no, call);
        }
        Expr::Concat(all) => all.iter().for_each(|it| each_expr(it, call)),
        Expr::Truth(it) => each_of_test(it, call),
    }
}

fn each_of_test(test: &Test, call: &mut dyn FnMut(&Expr)) {
    match test {
        Test::Constant(_) => {}
        Test::Truthy(it) | Test::Present(it) | Test::Filled(it) => each_expr(it, call),
        Test::Compare { left, right, .. } => {
            each_expr(left, call);
            each_expr(right, call);
        }
        Test::Contains { whole, part, .. } => {
            each_expr(whole, call);
            each_expr(part, call);
        }
        Test::Not(it) => each_of_test(it, call),
        Test::All(all) | Test::Any(all) => all.iter().for_each(|it| each_of_test(it, call)),
    }
}
