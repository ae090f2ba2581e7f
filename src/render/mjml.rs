//! MJML to HTML, and what is wrong with it, in words and at its place.
//!
//! In: MJML with tokens. Out: HTML with tokens, and the rules that are still to be inlined.
//! Invariant: every element of MJML is closed by its own end tag; what crosses another is told.
//! Not done here: styles, language, roles (that is `html`); elements that MJML does not have (a rule).

use mrml::prelude::parser::Error as ParseError;

use super::markup::{Piece, attribute, is_void, pieces};
use super::place::place;
use crate::diagnostic::{Diagnostic, RuleId, Sink};
use crate::source::Sources;
use crate::template::Template;

const TEMPLATE_SYNTAX: RuleId = RuleId("template-syntax");
const WHY: &str = "the mail cannot be written, so nobody gets it";

/// Renders MJML; the second text holds the rules of `<mj-style inline="inline">`.
pub(super) fn mjml(
    text: &str,
    template: &Template,
    sources: Option<&Sources>,
    sink: &mut Sink,
) -> Option<(String, String)> {
    let at = |offset| place(template, sources, text, offset);
    // MJML's reader takes some of what is crossed for something else.
    if let Some((offset, message, help)) = broken(text, true) {
        let diagnostic = Diagnostic::error(TEMPLATE_SYNTAX, at(offset), message);
        sink.push(diagnostic.help(help).why(WHY));
        return None;
    }
    let parsed = match mrml::parse(text) {
        Ok(it) => it,
        Err(error) => {
            let diagnostic = match broken(text, false) {
                Some((offset, message, help)) => {
                    Diagnostic::error(TEMPLATE_SYNTAX, at(offset), message).help(help)
                }
                None => refused(text, &error, &at),
            };
            sink.push(diagnostic.why(WHY));
            return None;
        }
    };
    let mut options = mrml::prelude::render::RenderOptions::default();
    // Fonts come from elsewhere only if the template says so: a call home from every inbox.
    options.fonts.clear();
    match parsed.element.render(&options) {
        Ok(html) => Some((with_silent_backgrounds(&html), inline_styles(text))),
        Err(error) => {
            let start = text.find("<mjml").unwrap_or(0);
            let message = format!("the MJML cannot be rendered: {error}");
            sink.push(
                Diagnostic::error(TEMPLATE_SYNTAX, at(start), message)
                    .help("check the attributes of its elements")
                    .why(WHY),
            );
            None
        }
    }
}

/// Background pictures decorate: Outlook's shapes for them say nothing. Shapes that an author wrote lack
/// what the renderer writes into its own.
fn with_silent_backgrounds(html: &str) -> String {
    const SHAPES: [(&str, &str); 2] = [
        ("<v:rect ", "fill=\"true\" stroke=\"false\""),
        ("<v:image ", "mso-position-horizontal:center"),
    ];
    let mut out = html.to_owned();
    for (shape, mark) in SHAPES {
        let parts: Vec<&str> = out.split(shape).collect();
        let ours = |part: &str| {
            part.split('>')
                .next()
                .is_some_and(|it| it.contains(mark) && !it.contains(" alt="))
        };
        let alts = parts.iter().skip(1).map(|it| {
            let alt = if ours(it) { "alt=\"\" " } else { "" };
            format!("{shape}{alt}{it}")
        });
        let rest: String = alts.collect();
        out = format!("{}{rest}", parts.first().unwrap_or(&""));
    }
    out
}

fn offset_of(text: &str, piece: &str) -> usize {
    piece.as_ptr() as usize - text.as_ptr() as usize
}

/// The first element that is not closed, or closes nothing: where, what, and what to write.
/// HTML inside may leave out end tags; where only MJML's elements count, it is not looked at.
fn broken(text: &str, only_mjml: bool) -> Option<(usize, String, String)> {
    let mut open: Vec<(usize, &str)> = Vec::new();
    let never_closed = |(offset, name): (usize, &str)| {
        let help = format!("write `</{name}>` where it ends");
        (offset, format!("this `<{name}>` is never closed"), help)
    };
    for piece in pieces(text) {
        if let Piece::Open(name, _) | Piece::Close(name, _) = piece
            && only_mjml
            && !name.starts_with("mj")
        {
            continue;
        }
        match piece {
            Piece::Open(name, tag) if !is_void(name) && !tag.ends_with("/>") => {
                open.push((offset_of(text, tag), name));
            }
            Piece::Close(name, tag) => match open.last() {
                Some((_, last)) if *last == name => {
                    open.pop();
                }
                Some(last) if open.iter().any(|it| it.1 == name) => {
                    return Some(never_closed(*last));
                }
                last => {
                    let help = last.map_or_else(
                        || "remove it".to_owned(),
                        |it| format!("write `</{}>`, or remove it", it.1),
                    );
                    let message = format!("this `</{name}>` closes nothing");
                    return Some((offset_of(text, tag), message, help));
                }
            },
            _ => {}
        }
    }
    open.pop().map(never_closed)
}

/// What MJML's own reader says, in our words.
fn refused(
    text: &str,
    error: &ParseError,
    at: &dyn Fn(usize) -> crate::source::Span,
) -> Diagnostic {
    let close = "close every tag, and put text into `<mj-text>`";
    let (what, help, offset) = match error {
        ParseError::UnexpectedElement { position, .. } => (
            "an element stands where none belongs",
            "put sections into `<mj-body>`, columns into sections, and all else into columns",
            position.start,
        ),
        ParseError::UnexpectedToken { position, .. } => (
            "something stands where it does not belong",
            close,
            position.start,
        ),
        ParseError::MissingAttribute { name, position, .. } => {
            let message = format!("an element of this MJML lacks `{name}`");
            let help = format!("write `{name}=\"…\"`");
            return Diagnostic::error(TEMPLATE_SYNTAX, at(position.start), message).help(help);
        }
        ParseError::InvalidAttribute { position, .. } => {
            ("an attribute is not known", close, position.start)
        }
        ParseError::InvalidFormat { position, .. } => ("this is no MJML", close, position.start),
        ParseError::IncludeLoaderError { position, .. } => (
            "`<mj-include>` is not for templates",
            "write `{% include \"partials/footer.mjml\" %}`",
            position.start,
        ),
        ParseError::NoRootNode => (
            "there is no `<mjml>`",
            "write `<mjml><mj-body>…</mj-body></mjml>`",
            0,
        ),
        _ => ("a tag is broken", close, 0),
    };
    // A place in the middle of a tag means the tag.
    let start = text.get(..offset).and_then(|it| it.rfind('<'));
    let start = start
        .filter(|_| !text[offset..].starts_with('<'))
        .unwrap_or(offset);
    let message = format!("the MJML cannot be read: {what}");
    Diagnostic::error(TEMPLATE_SYNTAX, at(start), message).help(help)
}

/// The rules of `<mj-style inline="inline">`, which mrml leaves in the head.
fn inline_styles(text: &str) -> String {
    let mut css = String::new();
    let mut wanted = false;
    for piece in pieces(text) {
        match piece {
            Piece::Open("mj-style", tag) => wanted = attribute(tag, "inline") == Some("inline"),
            Piece::Text(text) if wanted => css.push_str(text),
            Piece::Close("mj-style", _) => wanted = false,
            _ => {}
        }
    }
    css
}
