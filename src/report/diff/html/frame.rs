//! An email inside of a page that it must not harm.
//!
//! In: the page of an email, by whoever wrote it. Out: an `<iframe>` whose page may run no script, open
//! no window, send no form, go nowhere, and ask no server for anything: neither what is shown nor that
//! it is looked at leaves the reader's browser. Invariant: the frame's own policy stands before
//! everything that the email says, and the page's policy holds for the frame too, so that either of
//! them may fail.
//! Not done here: how large a frame is.

use std::borrow::Cow;

use super::markup::Markup;

/// What a page of ours, and every email in it, may load: nothing but what it brings along.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// What stands before everything that an email says. A policy says nothing of names that a browser
/// looks up ahead of time, so that is turned off by itself. Every link wants a new window, which a
/// frame may not open: so it leads nowhere, and nobody is called.
const GUARD: &str = "<meta charset=\"utf-8\">\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\
    <meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">\
    <meta name=\"referrer\" content=\"no-referrer\">\
    <base target=\"_blank\">";

/// Tags that no email needs here, and for which browsers may open a connection before they ask the
/// policy: Chromium does for frames. What is drawn as SVG or `MathML` has links of its own kind.
const INERT: [&[u8]; 10] = [
    b"<base",
    b"<embed",
    b"<fencedframe",
    b"<frame",
    b"<iframe",
    b"<link",
    b"<math",
    b"<object",
    b"<portal",
    b"<svg",
];

/// The attribute that says where a link opens. Opened in its own frame, a link is stopped by the
/// policy, but a connection may have been opened by then.
const WHERE: &[u8] = b"target";

/// What makes another word of a tag or an attribute.
const INSTEAD: &str = "no-";

/// Puts an email into a frame. `title` says whose it is, for those who cannot see it.
pub(super) fn frame(out: &mut Markup, title: &str, html: &str) {
    let (doctype, rest) = doctype(html);
    out.tag("<iframe sandbox=\"\" loading=\"lazy\" referrerpolicy=\"no-referrer\" title=\"")
        .text(title)
        .tag("\" srcdoc=\"")
        .value(doctype)
        .value(GUARD)
        .value(&inert(rest))
        .tag("\"></iframe>");
}

/// About how many bytes a frame takes.
pub(super) fn size(html: &str) -> usize {
    let escaped = html.bytes().filter(|it| b"&<>\"'".contains(it)).count();
    html.len() + escaped * 4 + GUARD.len() + 512
}

/// The `<!doctype …>` that a page begins with, which decides how a browser measures, and the rest. A
/// browser ends it at the first `>`, whatever stands before it.
fn doctype(html: &str) -> (&str, &str) {
    const BEGIN: &str = "<!doctype";
    let html = html.trim_start_matches(['\u{feff}', ' ', '\t', '\n', '\r']);
    let is_one = html
        .get(..BEGIN.len())
        .is_some_and(|it| it.eq_ignore_ascii_case(BEGIN));
    match html.find('>').filter(|_| is_one) {
        Some(end) => html.split_at(end + 1),
        None => ("", html),
    }
}

/// With other names for what [`INERT`] and [`WHERE`] name, wherever they stand: whoever looked for
/// tags only could be told that something is none.
fn inert(html: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut last = 0;
    for (at, byte) in html.bytes().enumerate() {
        let rest = html.as_bytes().get(at..).unwrap_or_default();
        let begins = |it: &[u8]| {
            let begin = rest.get(..it.len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(it))
        };
        let name = match byte {
            b'<' if INERT.into_iter().any(begins) => at + 1,
            b't' | b'T' if begins(WHERE) && is_given(rest) => at,
            _ => continue,
        };
        // All of this is ASCII, so these are boundaries of characters.
        out.push_str(html.get(last..name).unwrap_or_default());
        out.push_str(INSTEAD);
        last = name;
    }
    if last == 0 && out.is_empty() {
        return Cow::Borrowed(html);
    }
    out.push_str(html.get(last..).unwrap_or_default());
    Cow::Owned(out)
}

/// Whether an attribute has a value.
fn is_given(attribute: &[u8]) -> bool {
    let behind = attribute.get(WHERE.len()..).unwrap_or_default();
    let next = behind.iter().find(|it| !it.is_ascii_whitespace());
    next == Some(&b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(html: &str) -> String {
        let mut out = Markup::default();
        frame(&mut out, "a \"mail\"", html);
        out.into_string()
    }

    #[test]
    fn nothing_ends_the_frame() {
        let html = framed("<p title=\"x\">\"></iframe><script>'&quot;</script>");
        assert_eq!(html.matches("<iframe").count(), 1);
        assert_eq!(html.matches("</iframe>").count(), 1);
        assert!(html.ends_with("&lt;script&gt;&#39;&amp;quot;&lt;/script&gt;\"></iframe>"));
        assert!(html.contains(" title=\"a &#34;mail&#34;\" srcdoc="));
    }

    #[test]
    fn the_policy_stands_before_the_mail() {
        let guard = GUARD.len();
        for (page, before) in [
            ("<!DOCTYPE html><p>x", "<!DOCTYPE html>"),
            (
                "\n <!doctype html PUBLIC \"a>b\"><p>x",
                "<!doctype html PUBLIC \"a>",
            ),
            ("<p>x", ""),
            ("<!doctype", ""),
            ("é", ""),
        ] {
            assert_eq!(doctype(page).0, before);
        }
        let html = framed("<!doctype html><p>x");
        let policy = html.find("Content-Security-Policy").unwrap_or(usize::MAX);
        let mail = html.find("&lt;p&gt;x").unwrap_or_default();
        assert!(policy < mail, "{html}");
        assert!(html.len() > guard);
        assert!(size("<!doctype html><p>x") >= html.len());
    }

    #[test]
    fn nobody_is_called_ahead_of_time() {
        assert_eq!(
            inert("é<LiNk rel=preconnect><link/><li><a TARGET\n = '_self'>our target: x</a>"),
            "é<no-LiNk rel=preconnect><no-link/><li><a no-TARGET\n = '_self'>our target: x</a>"
        );
        assert_eq!(
            inert("<frameset><iframe src=x></iframe><svg/>target="),
            "<no-frameset><no-iframe src=x></iframe><no-svg/>no-target="
        );
        assert!(matches!(inert("<li>nk target"), Cow::Borrowed(_)));
    }
}
