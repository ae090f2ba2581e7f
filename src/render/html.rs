//! The body as finished HTML: MJML and Markdown rendered, styles inlined, language and roles set.

use std::sync::Arc;

use css_inline::{CSSInliner, InlineError, StylesheetResolver};

use super::markup::{self, Piece, attribute, is_void, pieces, with_attribute};
use super::mjml::mjml;
use super::parameters::{self, Written};
use super::tokens::{Part, Tokenised, tokenise};
use crate::diagnostic::{Diagnostic, RuleId, Sink};
use crate::source::{Sources, Span};
use crate::template::ir::{self, Expr, Node, Out, Path, Root};
use crate::template::{Kind, Template, words};

const TEMPLATE_SYNTAX: RuleId = RuleId("template-syntax");

/// A finished page, still with tokens.
pub(super) struct Page {
    pub(super) tokens: Tokenised,
    /// The HTML.
    pub(super) html: String,
    /// Where the preheader belongs: right inside the body.
    pub(super) opening: usize,
    /// The links with parameters, and what each was written as.
    pub(super) written: Written,
}

/// Elements within one another that a body may have: the MJML renderer recurses once for each.
const DEEPEST: usize = 60;

/// Writes the page of a template; what stands half in and half out of a choice is told.
pub(super) fn page(
    template: &Template,
    sources: Option<&Sources>,
    sink: &mut Sink,
) -> Option<Page> {
    let mut body = template.body.clone();
    if let Some(apart) = &template.body_apart {
        let tokens = tokenise(apart, true, false);
        let html = markdown(&tokens.text);
        bounded(&html, template, sink)?;
        check_branches(&tokens, &html, sink)?;
        body = insert(body, &tokens.nodes(&html));
    }
    let mut tokens = tokenise(
        &body,
        template.kind == Kind::Markdown,
        template.kind == Kind::Mjml,
    );
    bounded(&tokens.text, template, sink)?;
    let (html, inline, extra) = match template.kind {
        Kind::Mjml => {
            let (html, css) = mjml(&tokens.text, template, sources, sink)?;
            (html, false, css)
        }
        Kind::Html => (whole_page(&tokens.text), true, String::new()),
        Kind::Markdown => {
            let html = markdown(&tokens.text);
            bounded(&html, template, sink)?;
            (whole_page(&html), true, String::new())
        }
    };
    let html = inline_css(
        &with_bodies_of_tables(&html, &tokens),
        inline,
        extra,
        template,
        sink,
    )?;
    check_branches(&tokens, &html, sink)?;
    let title = tokens.hold(escaped(&template.subject));
    let (html, written) = parameters::add(&html, &template.link_parameters, &mut tokens);
    let (html, opening) = finish(&html, &template.locale, &title);
    Some(Page {
        tokens,
        html,
        opening,
        written,
    })
}

fn bounded(html: &str, template: &Template, sink: &mut Sink) -> Option<()> {
    if nesting(html) <= DEEPEST {
        return Some(());
    }
    let span = Span::start_of(template.file);
    sink.push(
        Diagnostic::error(
            TEMPLATE_SYNTAX,
            span,
            "the elements of this mail nest too deeply",
        )
        .help("close every tag; mails need few levels"),
    );
    None
}

/// How deep elements stand within one another at most; what is never closed counts too.
fn nesting(html: &str) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    for piece in pieces(html) {
        match piece {
            Piece::Open(name, tag) if !is_void(name) && !tag.ends_with("/>") => depth += 1,
            Piece::Close(..) => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

/// Puts the Markdown body into its layout.
fn insert(nodes: Vec<Node>, body: &[Node]) -> Vec<Node> {
    let mut out = Vec::new();
    for node in nodes {
        match node {
            Node::Out(Out {
                expr: Expr::Path(Path {
                    root: Root::Body, ..
                }),
                ..
            }) => ir::push_all(&mut out, body.to_vec()),
            Node::If(mut it) => {
                for arm in &mut it.arms {
                    arm.body = insert(std::mem::take(&mut arm.body), body);
                }
                it.otherwise = insert(it.otherwise, body);
                out.push(Node::If(it));
            }
            Node::For(mut it) => {
                it.body = insert(it.body, body);
                it.otherwise = insert(it.otherwise, body);
                out.push(Node::For(it));
            }
            other => ir::push_all(&mut out, [other]),
        }
    }
    out
}

/// Plain text nodes as HTML.
pub(super) fn escaped(nodes: &[Node]) -> Vec<Node> {
    let each = |node: &Node| match node {
        Node::Text(text) => {
            let mut out = String::new();
            words::escape(text, &mut out);
            Node::Text(out)
        }
        Node::Out(it) => Node::Out(Out {
            escape: true,
            ..it.clone()
        }),
        Node::If(it) => {
            let mut it = it.clone();
            for arm in &mut it.arms {
                arm.body = escaped(&arm.body);
            }
            it.otherwise = escaped(&it.otherwise);
            Node::If(it)
        }
        Node::For(it) => {
            let mut it = it.clone();
            it.body = escaped(&it.body);
            it.otherwise = escaped(&it.otherwise);
            Node::For(it)
        }
    };
    nodes.iter().map(each).collect()
}

fn markdown(text: &str) -> String {
    use pulldown_cmark::{Options, Parser, html};
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut out = String::new();
    html::push_html(&mut out, Parser::new_ext(text, options));
    out
}

fn whole_page(html: &str) -> String {
    let head = html
        .get(..html.len().min(2_000))
        .unwrap_or(html)
        .to_ascii_lowercase();
    if head.contains("<html") {
        return html.to_owned();
    }
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title></title></head><body>{html}</body></html>"
    )
}

/// Nothing is fetched while compiling.
#[derive(Debug)]
struct NoNetwork;

impl StylesheetResolver for NoNetwork {
    fn retrieve(&self, location: &str) -> Result<String, InlineError> {
        let error = std::io::Error::new(std::io::ErrorKind::Unsupported, location.to_owned());
        Err(InlineError::IO(error))
    }
}

fn inline_css(
    html: &str,
    inline: bool,
    extra: String,
    template: &Template,
    sink: &mut Sink,
) -> Option<String> {
    let inliner = CSSInliner::options()
        .load_remote_stylesheets(false)
        .resolver(Arc::new(NoNetwork))
        .inline_style_tags(inline)
        .keep_style_tags(true)
        .keep_link_tags(true)
        .extra_css((!extra.is_empty()).then(|| extra.into()))
        .build();
    match inliner.inline(html) {
        Ok(html) => Some(html),
        Err(error) => {
            let span = Span::start_of(template.file);
            sink.push(
                Diagnostic::error(
                    TEMPLATE_SYNTAX,
                    span,
                    format!("the styles cannot be read: {error}"),
                )
                .help("check the CSS in `<style>`"),
            );
            None
        }
    }
}

/// HTML parsers put a `<tbody>` between the begin of a loop and its first row, and the end behind
/// it. A table whose rows stand in a choice gets its `<tbody>` before.
fn with_bodies_of_tables(html: &str, tokens: &Tokenised) -> String {
    let mut out = String::with_capacity(html.len() + 64);
    let all = pieces(html);
    // Whether each open table has a body, given or to be made by the parser.
    let mut tables: Vec<bool> = Vec::new();
    let mut direct = false;
    for (at, piece) in all.iter().enumerate() {
        match piece {
            Piece::Open("table", _) => {
                tables.push(false);
                direct = true;
            }
            Piece::Close("table", _) => {
                tables.pop();
                direct = false;
            }
            Piece::Open("tbody" | "tr", _) => {
                if let Some(last) = tables.last_mut() {
                    *last = true;
                }
                direct = false;
            }
            Piece::Close("thead" | "tfoot", _) => direct = true,
            Piece::Open(..) => direct = false,
            Piece::Comment(text) if direct && tables.last() == Some(&false) => {
                let is_ours = matches!(tokens.split(text).as_slice(), [Part::Arm(..)]);
                if is_ours && leads_to_row(&all[at..]) {
                    out.push_str("<tbody>");
                    if let Some(last) = tables.last_mut() {
                        *last = true;
                    }
                }
            }
            _ => {}
        }
        out.push_str(piece.source());
    }
    out
}

fn leads_to_row(rest: &[Piece<'_>]) -> bool {
    let mut rest = rest.iter().filter(|it| !matches!(it, Piece::Comment(_)));
    rest.find(|it| !matches!(it, Piece::Text(text) if text.trim().is_empty()))
        .is_some_and(|it| matches!(it, Piece::Open("tr", _)))
}

/// Every choice must begin and end inside the same element, or one of its arms would leave a tag
/// open.
fn check_branches(tokens: &Tokenised, html: &str, sink: &mut Sink) -> Option<()> {
    let mut seen: Vec<(usize, Vec<usize>)> =
        tokens.controls().map(|it| (it.0, Vec::new())).collect();
    let mut open = vec![0];
    let mut count = 0;
    let mut order: Vec<usize> = Vec::new();
    let mut crossed = Vec::new();
    for piece in pieces(html) {
        match piece {
            Piece::Open(name, tag) if !is_void(name) && !tag.ends_with("/>") => {
                count += 1;
                open.push(count);
            }
            Piece::Close(..) => {
                open.pop();
            }
            Piece::Text(text) | Piece::Comment(text) => {
                for part in tokens.split(text) {
                    let (Part::Arm(number, _) | Part::End(number)) = part else {
                        continue;
                    };
                    match part {
                        Part::Arm(_, 0) => order.push(number),
                        Part::End(_) if order.pop() != Some(number) => crossed.push(number),
                        _ => {}
                    }
                    if let Some((_, places)) = seen.iter_mut().find(|it| it.0 == number) {
                        places.push(open.last().copied().unwrap_or(0));
                    }
                }
            }
            _ => {}
        }
    }
    let mut is_sound = true;
    for (number, node) in tokens.controls() {
        let places = seen
            .iter()
            .find(|it| it.0 == number)
            .map_or(&[][..], |it| &it.1);
        let expected = 1 + match node {
            Node::If(it) => it.arms.len() + 1,
            _ => 2,
        };
        let same = places.windows(2).all(|pair| pair[0] == pair[1]);
        if same && places.len() == expected && !crossed.contains(&number) {
            continue;
        }
        is_sound = false;
        let (span, word) = match node {
            Node::For(it) => (it.span, "for"),
            Node::If(it) => (it.span, "if"),
            _ => continue,
        };
        let message = if places.is_empty() {
            format!("this `{{% {word} %}}` stands where no choice can be made")
        } else {
            format!("this `{{% {word} %}}` begins in one element and ends in another")
        };
        sink.push(
            Diagnostic::error(TEMPLATE_SYNTAX, span, message)
                .help("put it around whole elements, or inside one; around table rows write `<tbody>`")
                .why("some people would get a mail with a tag left open, and everything below it broken"),
        );
    }
    is_sound.then_some(())
}

/// The direction that a language is written in.
fn direction(locale: &str) -> &'static str {
    match locale.split(['-', '_']).next() {
        Some("ar" | "he" | "fa" | "ur" | "yi" | "ps" | "dv" | "ckb") => "rtl",
        _ => "ltr",
    }
}

/// Sets language, direction, title and roles; says where the body begins.
fn finish(html: &str, locale: &str, title: &str) -> (String, usize) {
    let lang = locale.replace('_', "-");
    let dir = direction(locale);
    let mut out = String::with_capacity(html.len() + 256);
    let mut opening = 0;
    let all = pieces(html);
    let has_title = all.iter().any(|it| matches!(it, Piece::Open("title", _)));
    let wrapper = wrapper(&all);
    let spoken = |tag: &str| with_attribute(&with_attribute(tag, "lang", &lang), "dir", dir);
    for (at, piece) in all.iter().enumerate() {
        match piece {
            Piece::Open("html", tag) => out.push_str(&spoken(tag)),
            Piece::Open("div", tag) if attribute(tag, "role") == Some("article") => {
                out.push_str(&spoken(tag));
            }
            Piece::Open(name, tag) if wrapper == Wrapper::At(at) => {
                let is_table = *name == "table" && attribute(tag, "role").is_none();
                let tag = spoken(tag);
                if is_table && is_layout(&all[at + 1..]) {
                    out.push_str(&with_attribute(&tag, "role", "presentation"));
                } else {
                    out.push_str(&tag);
                }
            }
            Piece::Open("table", tag)
                if attribute(tag, "role").is_none() && is_layout(&all[at + 1..]) =>
            {
                out.push_str(&with_attribute(tag, "role", "presentation"));
            }
            Piece::Open("head", tag) if !has_title => {
                out.push_str(tag);
                out.push_str("<title>");
                out.push_str(title);
                out.push_str("</title>");
            }
            Piece::Open("title", tag) => {
                out.push_str(tag);
                let is_blank = |it: &&Piece<'_>| match it {
                    Piece::Text(text) => text.trim().is_empty(),
                    other => matches!(other, Piece::Close(..)),
                };
                if all.get(at + 1).is_some_and(|it| is_blank(&it)) {
                    out.push_str(title);
                }
            }
            Piece::Open("body", tag) => {
                out.push_str(tag);
                opening = out.len();
                if wrapper == Wrapper::Missing {
                    let article = "<div role=\"article\" aria-roledescription=\"email\">";
                    out.push_str(&spoken(article));
                }
            }
            Piece::Close("body", tag) => {
                if wrapper == Wrapper::Missing {
                    out.push_str("</div>");
                }
                out.push_str(tag);
            }
            other => out.push_str(other.source()),
        }
    }
    (out, opening)
}

/// What holds the whole letter. Mail programs strip `<html>` and `<body>`, and with them the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrapper {
    /// The MJML renderer's own.
    Article,
    /// The one element of the body, by the place of its tag.
    At(usize),
    Missing,
}

fn wrapper(all: &[Piece<'_>]) -> Wrapper {
    let is_article = |it: &Piece<'_>| matches!(it, Piece::Open("div", tag) if attribute(tag, "role") == Some("article"));
    if all.iter().any(is_article) {
        return Wrapper::Article;
    }
    let body = all
        .iter()
        .position(|it| matches!(it, Piece::Open("body", _)));
    let (mut depth, mut found) = (0_usize, None);
    for (at, piece) in all
        .iter()
        .enumerate()
        .skip(body.map_or(all.len(), |it| it + 1))
    {
        match piece {
            Piece::Close("body", _) => break,
            Piece::Close(..) => depth = depth.saturating_sub(1),
            Piece::Open(name, tag) => {
                let is_void = is_void(name) || tag.ends_with("/>");
                if depth == 0 && (found.is_some() || is_void) {
                    return Wrapper::Missing;
                }
                if depth == 0 {
                    found = Some(at);
                }
                depth += usize::from(!is_void);
            }
            Piece::Text(text) if depth == 0 && !text.trim().is_empty() => return Wrapper::Missing,
            _ => {}
        }
    }
    found.map_or(Wrapper::Missing, Wrapper::At)
}

/// A table without header cells arranges things; it says nothing about rows and columns.
fn is_layout(rest: &[Piece<'_>]) -> bool {
    let mut depth = 1;
    for piece in rest {
        match piece {
            Piece::Open("table", _) => depth += 1,
            Piece::Close("table", _) => depth -= 1,
            Piece::Open("th" | "caption", _) if depth == 1 => return false,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    true
}

/// Whether an element is not shown.
pub(super) fn is_hidden(tag: &str) -> bool {
    let style = markup::attribute(tag, "style")
        .unwrap_or("")
        .to_ascii_lowercase()
        .replace(' ', "");
    style.contains("display:none")
        || style.contains("visibility:hidden")
        || markup::attributes(tag).any(|it| it.0.eq_ignore_ascii_case("hidden"))
}
