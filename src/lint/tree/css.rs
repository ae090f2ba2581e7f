//! Style sheets, as far as mails use them: declarations, selectors, lengths.
//!
//! In: the text of a `style` attribute or a `<style>` element. Out: [`Declaration`]s and [`Rule`]s.
//! Invariant: what is not understood matches nothing and is left out; nothing is told.
//! Not done here: what the values mean (that is `look` and `colour`).

/// A property and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declaration {
    /// The property, in small letters.
    pub(crate) name: String,
    /// The value as it is written, without `!important`.
    pub(crate) value: String,
    /// Whether it is `!important`.
    pub(crate) important: bool,
}

/// A rule of a style sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    /// What stands before the `{`.
    pub(crate) selector: String,
    /// The condition of the media query around, in small letters.
    pub(crate) media: Option<String>,
    /// What it declares.
    pub(crate) declarations: Vec<Declaration>,
    selectors: Vec<Selector>,
}

/// An element that selectors are held against.
pub(crate) trait Matched: Sized {
    /// The name, in small letters.
    fn name(&self) -> &str;
    /// The value of an attribute.
    fn attribute(&self, name: &str) -> Option<&str>;
    /// The element around.
    fn parent(&self) -> Option<Self>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Selector {
    /// From the element itself to the outside; with each, whether it is the parent of the one before.
    parts: Vec<(Part, bool)>,
    weight: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Part {
    name: Option<String>,
    /// Attributes that must be there, with the value or a word of it where that is asked for.
    attributes: Vec<(String, Asked)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    There,
    Word(String),
    Value(String),
}

/// The declarations of a `style` attribute. Where a choice decides between values of one property,
/// its arms stand apart by `seam`: the value is then `unknown`.
pub(crate) fn declarations(text: &str, seam: char, unknown: char) -> Vec<Declaration> {
    let each = |part: &str| {
        let (name, value) = part.split_once(':')?;
        let name = name.replace(seam, "").trim().to_ascii_lowercase();
        let mut said = value.split(seam).map(str::trim).filter(|it| !it.is_empty());
        let first = said.next()?;
        let (value, important) = match first.rsplit_once('!') {
            Some((value, word)) if word.trim().eq_ignore_ascii_case("important") => (value, true),
            _ => (first, false),
        };
        let value = match said.next() {
            Some(_) => unknown.to_string(),
            None => value.trim().to_owned(),
        };
        (!name.is_empty()).then_some(Declaration {
            name,
            value,
            important,
        })
    };
    split(text, ';').filter_map(each).collect()
}

/// Splits at a character that stands outside quotes and brackets.
pub(crate) fn split(text: &str, at: char) -> impl Iterator<Item = &str> {
    let (mut depth, mut quote) = (0_usize, None);
    text.split(move |c: char| {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == at && depth == 0 && quote.is_none()
    })
}

/// The rules of a style sheet, which as a whole may be for some media only.
pub(crate) fn rules(sheet: &str, media: Option<&str>) -> Vec<Rule> {
    let mut found = Vec::new();
    let media = media.filter(|it| !matches!(*it, "all" | "screen"));
    gather(&without_comments(sheet), media, &mut found);
    found
}

/// A length in pixels, where one `em` is that long.
pub(crate) fn length(value: &str, em: f64) -> Option<f64> {
    let value = value.trim().to_ascii_lowercase();
    let end = value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')));
    let (number, unit) = value.split_at(end.unwrap_or(value.len()));
    let number: f64 = number.parse().ok()?;
    Some(match unit {
        "px" => number,
        "" if number == 0.0 => 0.0,
        "pt" => number * 4.0 / 3.0,
        "em" => number * em,
        "rem" => number * 16.0,
        "%" => number * em / 100.0,
        _ => return None,
    })
}

impl Rule {
    /// Whether one of its selectors fits.
    pub(crate) fn speaks_of<M: Matched + Copy>(&self, element: M) -> bool {
        self.selectors.iter().any(|it| it.fits(element))
    }

    /// How exactly its selectors speak of an element.
    pub(crate) fn weight<M: Matched + Copy>(&self, element: M) -> u32 {
        let fit = self.selectors.iter().filter(|it| it.fits(element));
        fit.map(|it| it.weight).max().unwrap_or(0)
    }
}

impl Selector {
    fn fits<M: Matched + Copy>(&self, element: M) -> bool {
        let mut at = Some(element);
        for (nth, (part, is_parent)) in self.parts.iter().enumerate() {
            let exact = nth == 0 || *is_parent;
            while !exact && at.is_some_and(|it| !part.fits(&it)) {
                at = at.and_then(|it| it.parent());
            }
            match at {
                Some(it) if part.fits(&it) => at = it.parent(),
                _ => return false,
            }
        }
        !self.parts.is_empty()
    }

    /// Reads one selector; nothing if it asks for what a mail that is not yet read cannot answer.
    fn parse(text: &str) -> Option<Self> {
        let spaced = text.replace('>', " > ");
        let (mut parts, mut weight, mut is_parent) = (Vec::new(), 0, false);
        for word in spaced.split_whitespace().rev() {
            if word == ">" {
                is_parent = true;
                continue;
            }
            let (part, own) = Part::parse(word)?;
            weight += own;
            parts.push((part, is_parent));
            is_parent = false;
        }
        Some(Self { parts, weight })
    }
}

impl Part {
    fn parse(word: &str) -> Option<(Self, u32)> {
        let (mut part, mut weight) = (Self::default(), 0);
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let after = &rest[first.len_utf8()..];
            if first == '[' {
                let (inner, next) = after.split_once(']')?;
                let (name, asked) = match inner.split_once('=') {
                    None => (inner, Asked::There),
                    Some((name, value)) => {
                        let value = value.trim_matches(['"', '\'']).to_owned();
                        match name.strip_suffix('~') {
                            Some(name) => (name, Asked::Word(value)),
                            None => (name, Asked::Value(value)),
                        }
                    }
                };
                if name.ends_with(['^', '$', '*', '|']) {
                    return None;
                }
                part.attributes.push((name.to_ascii_lowercase(), asked));
                weight += 100;
                rest = next;
                continue;
            }
            let is_sign = matches!(first, '.' | '#' | '*' | ':' | '+' | '~' | ',');
            let body = if is_sign { after } else { rest };
            let end = body.find(['.', '#', '[', ':', '*', '+', '~']);
            let (name, next) = body.split_at(end.unwrap_or(body.len()));
            match first {
                '.' => part
                    .attributes
                    .push(("class".to_owned(), Asked::Word(name.to_owned()))),
                '#' => part
                    .attributes
                    .push(("id".to_owned(), Asked::Value(name.to_owned()))),
                '*' if name.is_empty() => {}
                _ if is_sign => return None,
                _ => part.name = Some(name.to_ascii_lowercase()),
            }
            weight += match first {
                '#' => 10_000,
                '.' => 100,
                '*' => 0,
                _ => 1,
            };
            rest = next;
        }
        Some((part, weight))
    }

    fn fits<M: Matched>(&self, element: &M) -> bool {
        let name = self.name.as_deref();
        name.is_none_or(|it| it == element.name())
            && self.attributes.iter().all(|(name, asked)| {
                let value = element.attribute(name);
                value.is_some_and(|it| match asked {
                    Asked::There => true,
                    Asked::Value(wanted) => it == wanted,
                    Asked::Word(wanted) => it.split_whitespace().any(|it| it == wanted),
                })
            })
    }
}

fn gather(sheet: &str, media: Option<&str>, found: &mut Vec<Rule>) {
    let mut rest = sheet.trim_start();
    while !rest.is_empty() {
        let Some(at) = rest.find(['{', ';', '}']) else {
            return;
        };
        let (head, body) = (rest[..at].trim(), &rest[at + 1..]);
        if !rest[at..].starts_with('{') {
            // `@import …;`, or a brace too many.
            rest = body.trim_start();
            continue;
        }
        let length = block_length(body);
        let block = &body[..length];
        if let Some(condition) = head.strip_prefix("@media") {
            // A query within a query is not looked at.
            if media.is_none() {
                gather(block, Some(&condition.trim().to_ascii_lowercase()), found);
            }
        } else if !head.starts_with('@') {
            let parsed = split(head, ',').filter_map(Selector::parse);
            found.push(Rule {
                selector: head.to_owned(),
                media: media.map(str::to_owned),
                declarations: declarations(block, '\u{FFFB}', '\u{FFFC}'),
                selectors: parsed.collect(),
            });
        }
        rest = body.get(length + 1..).unwrap_or("").trim_start();
    }
}

/// How far it is to the brace that closes a block.
fn block_length(body: &str) -> usize {
    let mut depth = 1_usize;
    for (at, c) in body.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    body.len()
}

fn without_comments(sheet: &str) -> String {
    let mut out = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |it| it.1);
    }
    out.push_str(rest);
    out.replace("<!--", "").replace("-->", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_end_outside_quotes_and_brackets() {
        let all = declarations(
            "COLOR : Red!important; background:url(a;b) #fff;; x: 'a;b' ;y",
            '|',
            '?',
        );
        let seen: Vec<_> = all
            .iter()
            .map(|it| (&*it.name, &*it.value, it.important))
            .collect();
        let expected = [
            ("color", "Red", true),
            ("background", "url(a;b) #fff", false),
            ("x", "'a;b'", false),
        ];
        assert_eq!(seen, expected);
        assert_eq!(declarations("color:red|blue", '|', '?')[0].value, "?");
        assert_eq!(
            declarations("color:red;|color:blue", '|', '?')[1].value,
            "blue"
        );
    }

    #[test]
    fn rules_are_read_in_and_out_of_media_queries() {
        let sheet = "@import url(x.css); /* a{} */ p, .b > a { color: red }\n\
            @media (prefers-color-scheme: dark) { body { background: #000 } }\n\
            @font-face { src: url(x) } h1{margin:0}";
        let seen: Vec<_> = rules(sheet, None)
            .into_iter()
            .map(|it| (it.selector, it.media))
            .collect();
        let dark = Some("(prefers-color-scheme: dark)".to_owned());
        let expected = [
            ("p, .b > a".to_owned(), None),
            ("body".to_owned(), dark),
            ("h1".to_owned(), None),
        ];
        assert_eq!(seen, expected);
        assert_eq!(
            rules("a { color: red", None),
            rules("a { color: red }", None)
        );
    }

    #[test]
    fn lengths_are_pixels() {
        assert_eq!(length("12px", 16.0), Some(12.0));
        assert_eq!(length("12pt", 16.0), Some(16.0));
        assert_eq!(length("1.5em", 20.0), Some(30.0));
        assert_eq!(length("50%", 20.0), Some(10.0));
        assert_eq!(length("0", 20.0), Some(0.0));
        assert_eq!(length("calc(1px)", 20.0), None);
    }
}
