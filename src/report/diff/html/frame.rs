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
/// looks up ahead of time, so that is turned off by itself. Links lead nowhere here, and do not look
/// like they did when a pointer is over them.
const GUARD: &str = "<meta charset=\"utf-8\">\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\
    <meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">\
    <meta name=\"referrer\" content=\"no-referrer\">\
    <style>a,area{pointer-events:none!important;cursor:default!important}</style>";

/// Puts an email into a frame. `title` says whose it is, for those who cannot see it.
pub(super) fn frame(out: &mut Markup, title: &str, html: &str) {
    let (doctype, rest) = doctype(html);
    out.tag("<iframe sandbox=\"\" loading=\"lazy\" referrerpolicy=\"no-referrer\" title=\"")
        .text(title)
        .tag("\" srcdoc=\"")
        .value(doctype)
        .value(GUARD)
        .value(&without_links(rest))
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

/// Without `<link>`: browsers follow some kinds of it, such as `preconnect`, whatever a policy says.
fn without_links(html: &str) -> Cow<'_, str> {
    const BEGIN: &[u8] = b"<link";
    let bytes = html.as_bytes();
    let windows = bytes.windows(BEGIN.len()).enumerate();
    let mut found = windows.filter(|(_, it)| it.eq_ignore_ascii_case(BEGIN));
    let Some((first, _)) = found.next() else {
        return Cow::Borrowed(html);
    };
    let mut out = String::with_capacity(html.len() + 64);
    let mut last = 0;
    for at in std::iter::once(first).chain(found.map(|(at, _)| at)) {
        // Both ends are ASCII, so these are boundaries of characters.
        out.push_str(html.get(last..=at).unwrap_or_default());
        out.push_str("no-");
        last = at + 1;
    }
    out.push_str(html.get(last..).unwrap_or_default());
    Cow::Owned(out)
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
            without_links("é<LiNk rel=preconnect><link/><li>"),
            "é<no-LiNk rel=preconnect><no-link/><li>"
        );
        assert!(matches!(without_links("<li>nk"), Cow::Borrowed(_)));
    }
}
