//! Which features of HTML, CSS and pictures a letter uses that not every mail program knows.
//!
//! In: what the author wrote. Out: a [`Use`] for each feature, at its first place.
//! Invariant: what MJML and our own stages write counts for nobody: they have their own ways around.
//! Not done here: whom it matters to (`facts`).

use crate::render::{Piece, attribute, attributes, pieces};

use super::context::LintContext;
use super::facts::{Clients, Feature, Lack};
use super::letter::Letter;
use super::sheet::{Bit, bits, declarations};

/// A feature that a letter uses.
#[derive(Debug)]
pub(crate) struct Use {
    /// The feature's place among [`Clients::features`].
    feature: usize,
    /// Its first place, as it is written.
    pub(crate) text: String,
    /// At how many places it is used.
    pub(crate) times: usize,
    /// Whether Outlook on Windows sees any of them.
    pub(crate) outlook: bool,
}

/// A feature that a letter uses, and that programs which count do not know.
#[derive(Debug)]
pub(crate) struct Unknown<'f> {
    /// What is used.
    pub(crate) feature: &'f Feature,
    /// Its first place, as it is written.
    pub(crate) text: &'f str,
    /// At how many places it is used.
    times: usize,
    /// Who does not know it.
    pub(crate) lack: Lack,
}

impl Unknown<'_> {
    /// Whether people miss something.
    pub(crate) fn breaks(&self) -> bool {
        self.feature.breaks && !self.lack.partly
    }

    /// What to say of its place.
    pub(crate) fn label(&self) -> String {
        match self.times {
            1 => "used here".to_owned(),
            2 => "used here, and once more".to_owned(),
            more => format!("used here, and {} times more", more - 1),
        }
    }
}

/// The features of a kind that a letter uses, and that programs which count do not know.
pub(crate) fn unknown<'f>(
    cx: &'f LintContext<'_>,
    letter: &'f Letter<'_>,
    is_wanted: impl Fn(&Feature) -> bool,
) -> Vec<Unknown<'f>> {
    let clients = &cx.facts().clients;
    let used = letter.uses(clients).iter();
    used.map(|it| (it, &clients.features()[it.feature]))
        .filter(|it| is_wanted(it.1))
        .filter_map(|(used, feature)| {
            let lack = clients.lacking(cx.project(), feature, used.outlook)?;
            Some(Unknown {
                feature,
                text: &used.text,
                times: used.times,
                lack,
            })
        })
        .collect()
}

/// The page that says who knows a feature.
pub(crate) fn caniemail(feature: &Feature) -> String {
    format!("https://www.caniemail.com/features/{}/", feature.slug)
}

/// The features that are used, in the order of the table.
pub(crate) fn uses(written: &str, clients: &Clients) -> Vec<Use> {
    let mut search = Search {
        clients,
        outlook: true,
        has_form: false,
        found: Vec::new(),
    };
    let mut sheet = false;
    for piece in pieces(written) {
        match piece {
            Piece::Open(name, tag) => {
                let name = name.to_ascii_lowercase();
                sheet = matches!(&*name, "style" | "mj-style");
                search.element(&name, tag);
            }
            Piece::Close(..) => sheet = false,
            Piece::Text(text) if sheet => search.bits(&bits(text)),
            Piece::Text(text) => search.markdown(text),
            Piece::Comment(it) if it.starts_with("<!--[if !mso") => search.outlook = false,
            Piece::Comment(it) if it.contains("<![endif]") => search.outlook = true,
            _ => {}
        }
    }
    let mut found = search.found;
    found.sort_by_key(|it| it.feature);
    found
}

struct Search<'f> {
    clients: &'f Clients,
    outlook: bool,
    has_form: bool,
    found: Vec<Use>,
}

/// Attributes that hold the address of a picture, by the elements that have them.
const PICTURES: [(&str, &str); 10] = [
    ("img", "src"),
    ("input", "src"),
    ("mj-image", "src"),
    ("mj-carousel-image", "src"),
    ("mj-social-element", "src"),
    ("mj-section", "background-url"),
    ("mj-wrapper", "background-url"),
    ("mj-hero", "background-url"),
    ("td", "background"),
    ("body", "background"),
];

impl Search<'_> {
    fn element(&mut self, name: &str, tag: &str) {
        // A form is told as a whole, whatever stands in it.
        self.has_form |= name == "form";
        let is_html = !name.starts_with("mj");
        if is_html {
            self.word("element", name, || format!("<{name}"));
        }
        if !self.has_form && matches!(name, "input" | "select" | "textarea") {
            self.word("field", name, || format!("<{name}"));
            if name == "input" {
                let kind = attribute(tag, "type").unwrap_or("text");
                self.word("input", &kind.to_ascii_lowercase(), || short(tag));
            }
        }
        for (key, value) in attributes(tag) {
            let key = key.to_ascii_lowercase();
            match &*key {
                "style" if is_html => self.bits(&declarations(value)),
                "href" if value.len() > 1 && value.starts_with('#') => {
                    self.word("anchor", "", || value.to_owned());
                }
                _ => {}
            }
            if is_html {
                self.word("attribute", &key, || short(tag));
            }
            if PICTURES.contains(&(name, &*key)) {
                self.picture(value);
            }
        }
    }

    fn picture(&mut self, address: &str) {
        let address = address.trim();
        let is_inline = address
            .get(..5)
            .is_some_and(|it| it.eq_ignore_ascii_case("data:"));
        if is_inline {
            self.word("inline", "", || address.chars().take(30).collect());
            return;
        }
        let path = address.split(['?', '#']).next().unwrap_or("");
        let file = path.rsplit_once('/').map(|it| it.1);
        if let Some((_, ending)) = file.and_then(|it| it.rsplit_once('.')) {
            self.word("file", &ending.to_ascii_lowercase(), || path.to_owned());
        }
    }

    /// `![what it shows](address)`
    fn markdown(&mut self, text: &str) {
        for part in text.split("![").skip(1) {
            let address = part
                .split_once("](")
                .map(|it| it.1.split([')', ' ']).next());
            if let Some(Some(address)) = address {
                self.picture(address);
            }
        }
    }

    fn bits(&mut self, all: &[Bit<'_>]) {
        for bit in all {
            match *bit {
                Bit::At(name, prelude) => self.at(name, prelude),
                Bit::Selectors(text) => self.selectors(text),
                Bit::Nested(text) => {
                    self.word("nested", "", || text.to_owned());
                    self.selectors(text);
                }
                Bit::Declaration(name, value, text) => self.declaration(name, value, text),
            }
        }
    }

    fn at(&mut self, name: &str, prelude: &str) {
        let name = name.to_ascii_lowercase();
        let asks = |it: &Feature| it.words.iter().any(|word| has_word(prelude, word));
        let asked = if name == "media" {
            self.any("media", &asks, || format!("@media {prelude}"))
        } else {
            false
        };
        // What a query asks for says more than that there is one.
        if !asked {
            self.word("at", &name, || format!("@{name}"));
        }
    }

    fn selectors(&mut self, text: &str) {
        if text.contains(':') {
            let is = |it: &Feature| {
                let mut words = it.words.iter();
                words.any(|word| has_word(text, &format!(":{word}")))
            };
            self.any("pseudo", &is, || text.to_owned());
        }
    }

    fn declaration(&mut self, name: &str, value: &str, text: &str) {
        let name = name.to_ascii_lowercase();
        let value = value.to_ascii_lowercase();
        let written = || text.to_owned();
        self.word("property", &name, written);
        let has_value = |it: &Feature| {
            let mut words = it.words.iter();
            words.next() == Some(&&*name) && words.any(|word| has_word(&value, word))
        };
        self.any("value", &has_value, written);
        let is_negative = value.split_whitespace().any(|part| {
            let number = part.strip_prefix('-').unwrap_or_default();
            number.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        });
        if is_negative {
            self.word("negative", &name, written);
        }
        if value.contains("url(") {
            self.word("image", &name, written);
        }
        if value.contains('(') {
            let calls = |it: &Feature| {
                let mut words = it.words.iter();
                words.any(|word| has_word(&value, &format!("{word}(")))
            };
            self.any("function", &calls, written);
        }
        let has_unit = |it: &Feature| it.words.iter().any(|word| has_unit(&value, word));
        self.any("unit", &has_unit, written);
    }

    /// Adds the features of a kind that have a word; those that look for no word always do.
    fn word(&mut self, kind: &str, word: &str, text: impl Fn() -> String) {
        self.any(
            kind,
            &|it| it.words.is_empty() || it.words.contains(&word),
            text,
        );
    }

    /// Adds the features of a kind that are there; says whether any is.
    fn any(
        &mut self,
        kind: &str,
        is: &dyn Fn(&Feature) -> bool,
        text: impl Fn() -> String,
    ) -> bool {
        let clients = self.clients;
        let mut any = false;
        for feature in clients.of_kind(kind).iter().copied() {
            if !is(&clients.features()[feature]) {
                continue;
            }
            any = true;
            if let Some(it) = self.found.iter_mut().find(|it| it.feature == feature) {
                it.times += 1;
                it.outlook |= self.outlook;
            } else {
                self.found.push(Use {
                    feature,
                    text: text(),
                    times: 1,
                    outlook: self.outlook,
                });
            }
        }
        any
    }
}

/// Whether a text has a word that is no part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let ends_open = word.ends_with('(');
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let begins = word.starts_with(':') || !before.is_some_and(is_part);
        begins && (ends_open || !after.is_some_and(is_part))
    })
}

/// Whether a value holds a number in a unit.
fn has_unit(value: &str, unit: &str) -> bool {
    value.match_indices(unit).any(|(at, _)| {
        let after = value[at + unit.len()..].chars().next();
        value[..at].ends_with(|c: char| c.is_ascii_digit() || c == '.')
            && !after.is_some_and(|it| it.is_alphanumeric() || it == '-')
    })
}

/// The beginning of a tag: enough to find it by.
fn short(tag: &str) -> String {
    tag.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::facts::Facts;

    fn found(text: &str) -> Vec<(String, String)> {
        let facts = Facts::read();
        let all = uses(text, &facts.clients).into_iter();
        let slug = |it: &Use| facts.clients.features()[it.feature].slug.to_owned();
        all.map(|it| (slug(&it), it.text)).collect()
    }

    fn slugs(text: &str) -> String {
        let all: Vec<String> = found(text).into_iter().map(|it| it.0).collect();
        all.join(" ")
    }

    #[test]
    fn what_the_author_wrote_is_looked_at() {
        assert_eq!(
            found("<p style=\"color:red; display : FLEX; margin: 0 -4px\">a</p>"),
            [
                ("css-display-flex".to_owned(), "display : FLEX".to_owned()),
                ("css-margin".to_owned(), "margin: 0 -4px".to_owned()),
            ]
        );
        assert_eq!(slugs("<mj-button border-radius=\"6px\">a</mj-button>"), "");
        assert_eq!(
            slugs(
                "<mj-style>.a:hover { width: calc(1px + 1rem) } @media (min-width: 9px) { a { gap: 0 } }</mj-style>"
            ),
            "css-unit-calc css-unit-rem css-at-media css-pseudo-class-hover"
        );
        assert_eq!(
            slugs("<style>@media (prefers-color-scheme: dark) { a { color: red } }</style>"),
            "css-at-media-prefers-color-scheme"
        );
        assert_eq!(
            slugs("<p style=\"float:none;position:relative;margin:0 auto\">a</p>"),
            ""
        );
        assert_eq!(
            slugs("<form><input type=\"text\"><select></select></form>"),
            ""
        );
        assert_eq!(
            slugs("<input type=checkbox><video src=a></video>"),
            "html-video html-input-checkbox"
        );
    }

    #[test]
    fn pictures_are_told_by_the_end_of_their_names() {
        assert_eq!(
            slugs("<mj-image src=\"https://a.example/b.WEBP?c=1\" />"),
            "image-webp"
        );
        assert_eq!(slugs("<img src=\"https://a.example/b.png?c=d.svg\">"), "");
        assert_eq!(
            slugs("A ![b](https://a.example/b.svg \"c\") [d](https://a.example/e.webp)"),
            "image-svg"
        );
        assert_eq!(
            slugs("<img src=\"data:image/png;base64,AAAA\">"),
            "image-base64"
        );
    }

    #[test]
    fn what_outlook_does_not_see_is_marked() {
        let facts = Facts::read();
        let text = "<!--[if !mso]><!--><video></video><!--<![endif]--><p style=\"float:left\">";
        let all = uses(text, &facts.clients);
        let seen: Vec<bool> = all.iter().map(|it| it.outlook).collect();
        assert_eq!(seen, [true, false]);
    }
}
