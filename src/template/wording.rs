//! Whether a template file says something itself: a layout that only arranges others has no
//! language, a footer has one.

use minijinja::machinery::ast::Stmt;

/// So many words make a sentence; fewer are a name.
const SOME: usize = 3;

/// Whether a file's own text, outside of tags and styles, has words.
pub(super) fn has_words(body: Option<&Stmt<'_>>) -> bool {
    let mut text = String::new();
    if let Some(body) = body {
        raw(body, &mut text);
    }
    let words = shown(&text)
        .split(|c: char| !c.is_alphabetic() && c != '\'')
        .filter(|it| it.chars().count() > 1)
        .count();
    words >= SOME
}

/// Everything that stands in the file as it is.
fn raw(stmt: &Stmt<'_>, out: &mut String) {
    let mut all = |body: &[Stmt<'_>]| body.iter().for_each(|it| raw(it, out));
    match stmt {
        Stmt::EmitRaw(it) => out.push_str(it.raw),
        Stmt::Template(it) => all(&it.children),
        Stmt::ForLoop(it) => {
            all(&it.body);
            all(&it.else_body);
        }
        Stmt::IfCond(it) => {
            all(&it.true_body);
            all(&it.false_body);
        }
        Stmt::WithBlock(it) => all(&it.body),
        Stmt::SetBlock(it) => all(&it.body),
        Stmt::AutoEscape(it) => all(&it.body),
        Stmt::FilterBlock(it) => all(&it.body),
        Stmt::Block(it) => all(&it.body),
        Stmt::Macro(it) => all(&it.body),
        Stmt::CallBlock(it) => all(&it.macro_decl.body),
        // A printed value ends a word.
        _ => out.push(' '),
    }
}

/// A text without tags, entities, comments and styles.
fn shown(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        out.push(' ');
        rest = &rest[at..];
        let small = rest
            .get(..rest.len().min(24))
            .unwrap_or("")
            .to_ascii_lowercase();
        let hidden = ["style", "mj-style", "mj-head", "title", "script"]
            .into_iter()
            .find(|it| {
                small
                    .strip_prefix('<')
                    .and_then(|after| after.strip_prefix(it))
                    .is_some_and(|after| after.starts_with(['>', ' ', '\n']))
            });
        let end = match hidden {
            _ if rest.starts_with("<!--") => rest.find("-->").map(|it| it + 3),
            Some(name) => rest.find(&format!("</{name}")),
            None if rest.starts_with('&') => rest.find(';').filter(|it| *it < 10).map(|it| it + 1),
            None => rest.find('>').map(|it| it + 1),
        };
        rest = &rest[end.unwrap_or(1).max(1)..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn only_what_people_read_counts() {
        let text =
            "<!-- a note --><style>p { color: red }</style><p class=\"big text\">Hi&nbsp;you</p>";
        let words: Vec<String> = shown(text).split_whitespace().map(str::to_owned).collect();
        assert_eq!(words, ["Hi", "you"]);
    }
}
