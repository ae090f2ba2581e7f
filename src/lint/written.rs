//! What the author of a letter wrote, before MJML and our own stages have added theirs.

use crate::template::Template;
use crate::template::ir::Node;

/// Stands for a value that is known per recipient only.
const VALUE: char = '\u{FFFC}';

/// The body of a template with its layouts and partials: MJML, HTML or Markdown. What is decided per
/// recipient stands there on every way, one after another.
pub(crate) fn written(template: &Template) -> String {
    let mut out = String::new();
    write(&template.body, &mut out);
    if let Some(apart) = &template.body_apart {
        out.push('\n');
        write(apart, &mut out);
    }
    out
}

fn write(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(it) => out.push_str(it),
            Node::Out(_) => out.push(VALUE),
            Node::If(it) => {
                for arm in &it.arms {
                    write(&arm.body, out);
                    out.push(' ');
                }
                write(&it.otherwise, out);
            }
            Node::For(it) => {
                write(&it.body, out);
                out.push(' ');
                write(&it.otherwise, out);
            }
        }
    }
}
