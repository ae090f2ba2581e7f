//! HTML while it is written.
//!
//! In: markup that stands in this program, and words from anywhere. Out: HTML. Invariant: only what
//! stands in this program can become markup, for [`Markup::tag`] takes nothing else; all other words
//! are escaped, and harmless.
//! Not done here: what is said.

use crate::diff::Place;
use crate::report::diff::wording::thousands;
use crate::report::wording::plain;
use crate::template::words::escape;

/// A piece of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Markup(String);

impl Markup {
    /// Puts one of our own tags.
    pub(super) fn tag(&mut self, tag: &'static str) -> &mut Self {
        self.0.push_str(tag);
        self
    }

    /// Puts words of any origin, on one line.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        escape(&plain(text), &mut self.0);
        self
    }

    /// Puts a name as it is written in a file.
    pub(super) fn code(&mut self, name: &str) -> &mut Self {
        self.tag("<code>").text(name).tag("</code>")
    }

    /// Puts words in which backticks quote something, as messages of rules do.
    pub(super) fn prose(&mut self, text: &str) -> &mut Self {
        let parts: Vec<&str> = text.split('`').collect();
        if parts.len().is_multiple_of(2) {
            return self.text(text);
        }
        for (at, part) in parts.into_iter().enumerate() {
            match at % 2 {
                0 => self.text(part),
                _ => self.code(part),
            };
        }
        self
    }

    /// Puts lines as they are.
    pub(super) fn block<'l>(&mut self, lines: impl Iterator<Item = &'l str>) -> &mut Self {
        self.tag("<pre>");
        for line in lines {
            self.text(line).tag("\n");
        }
        self.tag("</pre>\n")
    }

    /// Puts the value of an attribute whose quotes are put around it, to the letter: line ends and all.
    pub(super) fn value(&mut self, value: &str) -> &mut Self {
        escape(value, &mut self.0);
        self
    }

    /// Puts a number as people read it.
    pub(super) fn number(&mut self, n: usize) -> &mut Self {
        self.0.push_str(&thousands(n));
        self
    }

    /// Puts a number that makes the name of a place on this page.
    pub(super) fn digits(&mut self, n: usize) -> &mut Self {
        self.0.push_str(&n.to_string());
        self
    }

    /// Puts a line of a file, as a link where it is known what files are looked at with.
    pub(super) fn place(&mut self, place: &Place, source: Option<&str>) -> &mut Self {
        let name = format!("{}:{}", place.file, place.line);
        match super::super::address::line(place, source) {
            Some(address) => self.link(&address, |it| {
                it.code(&name);
            }),
            None => self.code(&name),
        }
    }

    /// Puts a link. The address must lead to a page.
    pub(super) fn link(&mut self, address: &str, words: impl FnOnce(&mut Self)) -> &mut Self {
        self.tag("<a rel=\"noreferrer\" href=\"")
            .value(address)
            .tag("\">");
        words(self);
        self.tag("</a>")
    }

    /// Puts names one after the other.
    pub(super) fn names<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> &mut Self {
        for (at, name) in names.enumerate() {
            self.tag(if at == 0 { "" } else { ", " }).code(name);
        }
        self
    }

    /// Puts what is folded away behind a line that says what it is.
    pub(super) fn folded(
        &mut self,
        summary: impl FnOnce(&mut Self),
        body: impl FnOnce(&mut Self),
    ) -> &mut Self {
        self.tag("<details><summary>");
        summary(self);
        self.tag("</summary>\n");
        body(self);
        self.tag("</details>\n")
    }

    /// Puts another piece.
    pub(super) fn piece(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The HTML.
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        let mut it = Markup::default();
        it.text("<b>\"x\" & 'y'</b>\r\n<!--").tag("<br>");
        it.prose("say `</code><i>` now").prose(" odd ` one");
        let html = it.into_string();
        assert_eq!(
            html,
            "&lt;b&gt;&#34;x&#34; &amp; &#39;y&#39;&lt;/b&gt;  &lt;!--<br>\
             say <code>&lt;/code&gt;&lt;i&gt;</code> now odd ` one"
        );
    }

    #[test]
    fn nothing_turns_the_line_around() {
        let mut it = Markup::default();
        it.text("a\u{202e}b\u{1b}[2Jc\u{0}");
        let html = it.into_string();
        assert!(!html.contains(['\u{202e}', '\u{1b}', '\u{0}']), "{html:?}");
    }
}
