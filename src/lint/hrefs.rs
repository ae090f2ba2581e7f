//! The addresses that a page leads to or loads from, with the values in them.

use crate::template::ir::{Node, Out};

/// An address in a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Href<'m> {
    /// Whether people follow it; else it is loaded with the mail.
    pub(crate) is_link: bool,
    /// What stands in it literally, one piece after another; values are left out.
    pub(crate) text: String,
    /// The values in it, on any way.
    pub(crate) values: Vec<&'m Out>,
}

impl Href<'_> {
    /// Whether it is asked of a web server, so that servers between and logs see it.
    pub(crate) fn is_web(&self) -> bool {
        let scheme = self.text.trim_start().to_ascii_lowercase();
        !["mailto:", "tel:", "sms:", "#"]
            .iter()
            .any(|it| scheme.starts_with(it))
    }
}

/// Every `href` and `src` of a page that holds a value or a text, in order.
pub(crate) fn hrefs(html: &[Node]) -> Vec<Href<'_>> {
    let mut walk = Walk::default();
    walk.nodes(html);
    walk.found
}

#[derive(Default)]
struct Walk<'m> {
    found: Vec<Href<'m>>,
    /// The quote that ends the address that is being read.
    open: Option<char>,
}

const NAMES: [(&str, bool); 2] = [("href=", true), ("src=", false)];

impl<'m> Walk<'m> {
    fn nodes(&mut self, nodes: &'m [Node]) {
        for node in nodes {
            match node {
                Node::Text(it) => self.text(it),
                Node::Out(it) => {
                    if let (Some(_), Some(href)) = (self.open, self.found.last_mut()) {
                        href.values.push(it);
                    }
                }
                Node::If(it) => {
                    let before = self.open;
                    for arm in &it.arms {
                        self.open = before;
                        self.nodes(&arm.body);
                    }
                    self.open = before;
                    self.nodes(&it.otherwise);
                }
                Node::For(it) => {
                    let before = self.open;
                    self.nodes(&it.body);
                    self.open = before;
                    self.nodes(&it.otherwise);
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        loop {
            if let Some(quote) = self.open {
                let end = rest.find(quote);
                if let Some(href) = self.found.last_mut() {
                    href.text.push_str(&rest[..end.unwrap_or(rest.len())]);
                }
                let Some(end) = end else { return };
                self.open = None;
                rest = &rest[end + 1..];
            }
            let next = NAMES
                .iter()
                .filter_map(|(name, is_link)| Some((rest.find(name)?, *name, *is_link)))
                .min();
            let Some((at, name, is_link)) = next else {
                return;
            };
            let is_attribute = rest[..at].ends_with(|c: char| c.is_whitespace());
            rest = &rest[at + name.len()..];
            let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''));
            if let Some(quote) = quote.filter(|_| is_attribute) {
                rest = &rest[1..];
                self.open = Some(quote);
                self.found.push(Href {
                    is_link,
                    ..Href::default()
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_up_to_their_quote() {
        let html =
            "<a class=\"x\" href=\"https://a.example/?q=1\">b</a><img src='c.png' data-src=\"d\">";
        let nodes = [Node::Text(html.to_owned())];
        let found: Vec<_> = hrefs(&nodes)
            .into_iter()
            .map(|it| (it.is_link, it.text))
            .collect();
        let expected = [
            (true, "https://a.example/?q=1".to_owned()),
            (false, "c.png".to_owned()),
        ];
        assert_eq!(found, expected);
    }
}
