//! What people read of a page as somebody sees it: its words, its links, and what makes its look.
//!
//! Not done here: the plain text of a page that is still to be filled in (`text`).

use std::collections::BTreeSet;

use super::markup::{Piece, attribute, attributes, decode, pieces};
use super::shown::Shown;
use super::text::begins_line;

/// A page, as it is read.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The words, in order; descriptions of pictures are words.
    pub(crate) words: Vec<Word>,
    /// The links, in order.
    pub(crate) links: Vec<Link>,
    /// What makes the look: an attribute of an element, a declaration of a style, a rule of a sheet.
    /// Words and the addresses of links are none.
    pub(crate) look: BTreeSet<String>,
}

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// As it is written, without entities.
    pub(crate) text: String,
    /// In which paragraph, cell or line it stands, counted from the beginning of the page.
    pub(crate) block: usize,
    /// On which link it stands.
    pub(crate) link: Option<usize>,
}

/// A link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Link {
    /// Where it leads, without entities.
    pub(crate) href: String,
    /// The words on it, with a space between; empty for a picture without a description.
    pub(crate) label: String,
}

/// Reads a page that is filled in.
pub(crate) fn reading(html: &str) -> Reading {
    let mut reader = Reader::default();
    let mut shown = Shown::default();
    let mut sheet = false;
    for piece in pieces(html) {
        match piece {
            Piece::Open("style", _) => sheet = true,
            Piece::Close("style", _) => sheet = false,
            Piece::Text(it) if sheet => reader.sheet(it),
            _ => {}
        }
        if shown.shows(&piece) {
            reader.piece(piece);
        }
    }
    reader.reading
}

#[derive(Default)]
struct Reader {
    reading: Reading,
    block: usize,
    /// The link that is open.
    link: Option<usize>,
    /// Whether what comes next belongs to the last word.
    glued: bool,
}

impl Reader {
    fn piece(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Open(name, tag) => self.open(name, tag),
            Piece::Close("a", _) => self.link = None,
            Piece::Close(name, _) if begins_line(name) => self.new_block(),
            Piece::Text(text) => self.text(text),
            Piece::Comment(text) if text.starts_with("<!--[if") => {
                self.reading.look.insert(one_line(text));
            }
            Piece::Comment(_) | Piece::Declaration(_) | Piece::Close(..) => {}
        }
    }

    fn open(&mut self, name: &str, tag: &str) {
        if begins_line(name) {
            self.new_block();
        }
        for (attribute, value) in attributes(tag) {
            let attribute = attribute.to_ascii_lowercase();
            match &*attribute {
                "href" | "alt" => {}
                "style" => {
                    let declarations = value.split(';').map(one_line);
                    let said = declarations.filter(|it| !it.is_empty());
                    let facts = said.map(|it| format!("{name} {it}"));
                    self.reading.look.extend(facts);
                }
                _ => {
                    let fact = format!("{name} {attribute}={}", one_line(value));
                    self.reading.look.insert(fact);
                }
            }
        }
        match name {
            "a" => {
                let href = decode(attribute(tag, "href").unwrap_or(""));
                self.link = Some(self.reading.links.len());
                self.reading.links.push(Link {
                    href,
                    label: String::new(),
                });
            }
            "img" => {
                self.glued = false;
                self.text(attribute(tag, "alt").unwrap_or(""));
                self.glued = false;
            }
            _ => {}
        }
    }

    fn new_block(&mut self) {
        self.block += 1;
        self.glued = false;
    }

    fn text(&mut self, source: &str) {
        let text = decode(source);
        self.glued &= !text.starts_with(char::is_whitespace);
        for word in text.split_whitespace() {
            self.label(word);
            match self.reading.words.last_mut().filter(|_| self.glued) {
                Some(last) => {
                    last.text.push_str(word);
                    last.link = last.link.or(self.link);
                }
                None => self.reading.words.push(Word {
                    text: word.to_owned(),
                    block: self.block,
                    link: self.link,
                }),
            }
            self.glued = false;
        }
        let ends_open = text.ends_with(|it: char| !it.is_whitespace());
        self.glued = ends_open || text.is_empty() && self.glued;
    }

    fn label(&mut self, word: &str) {
        let open = self.link.and_then(|it| self.reading.links.get_mut(it));
        if let Some(link) = open {
            if !link.label.is_empty() && !self.glued {
                link.label.push(' ');
            }
            link.label.push_str(word);
        }
    }

    fn sheet(&mut self, text: &str) {
        let rules = text.split('}').map(one_line);
        let said = rules.filter(|it| !it.is_empty());
        self.reading.look.extend(said);
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn words_stand_in_blocks_and_on_links() {
        let page = "<html><head><title>No</title><style>p { color: red }</style></head>\
             <body><div style=\"display:none\">hidden</div><p>Hi&nbsp;<b>An</b>a, \
             <a href=\"https://a.example/?x=1&amp;y=2\" style=\"color:blue; margin:0\">watch \
             <img src=\"i.png\" alt=\"the film\"></a>.</p><p>Bye</p></body></html>";
        let it = reading(page);
        let words: Vec<_> = it
            .words
            .iter()
            .map(|it| (&*it.text, it.block, it.link))
            .collect();
        let first = it.words[0].block;
        let last = it.words.last().unwrap().block;
        assert!(first < last);
        assert_eq!(
            words,
            [
                ("Hi", first, None),
                ("Ana,", first, None),
                ("watch", first, Some(0)),
                ("the", first, Some(0)),
                ("film", first, Some(0)),
                (".", first, None),
                ("Bye", last, None),
            ]
        );
        assert_eq!(it.links[0].href, "https://a.example/?x=1&y=2");
        assert_eq!(it.links[0].label, "watch the film");
        let look: Vec<&str> = it.look.iter().map(String::as_str).collect();
        let expected = [
            "a color:blue",
            "a margin:0",
            "img src=i.png",
            "p { color: red",
        ];
        assert_eq!(look, expected);
    }
}
