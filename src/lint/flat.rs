//! A mail's text with all its choices side by side: what some recipient sees.

use crate::template::ir::{Node, Root};

/// The text of all nodes, every arm of a choice after the other. What is known per recipient only is
/// left open as `{}`; the provider's own links are left out.
pub(crate) fn flat(nodes: &[Node]) -> String {
    let mut out = String::new();
    add(nodes, &mut out);
    out
}

fn add(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(it) => out.push_str(it),
            Node::Out(it) => {
                let mut is_known = true;
                it.expr
                    .each_path(&mut |path| is_known &= path.root != Root::Link);
                if is_known {
                    out.push_str("{}");
                }
            }
            Node::If(it) => {
                for arm in &it.arms {
                    add(&arm.body, out);
                }
                add(&it.otherwise, out);
            }
            Node::For(it) => {
                add(&it.body, out);
                add(&it.otherwise, out);
            }
        }
    }
}
