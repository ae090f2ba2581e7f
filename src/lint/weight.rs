//! How large a page may become when it is sent.
//!
//! Choices are taken as they weigh most, lists as long as their samples (and a bit), values as long
//! as people's names and addresses are; and every link grows when a provider wraps it.

use crate::lint::ways::is_link;
use crate::template::ir::Node;

/// Gmail cuts a mail here, in bytes of HTML.
pub(crate) const CLIP: usize = 102 * 1024;

/// A value that is known per recipient only, in bytes.
const VALUE: usize = 40;
/// The entries of a list that nobody knows the length of.
const ENTRIES: usize = 5;
/// What a provider adds to a link that it counts clicks of, in bytes.
const WRAPPED: usize = 120;
/// What is added when a mail is sent: the pixel that counts openings.
const PIXEL: usize = 200;

/// The most bytes that a page weighs.
pub(crate) fn heaviest(page: &[Node]) -> usize {
    weigh(page, None).bytes + PIXEL
}

/// The most bytes that stand before the link with this name; nothing if it is not there.
pub(crate) fn before(page: &[Node], link: &str) -> Option<usize> {
    let weight = weigh(page, Some(link));
    weight.link
}

#[derive(Clone, Copy, Default)]
struct Weight {
    bytes: usize,
    /// How far from the beginning the link stands at worst.
    link: Option<usize>,
}

fn weigh(nodes: &[Node], link: Option<&str>) -> Weight {
    let mut all = Weight::default();
    for node in nodes {
        let own = match node {
            Node::Text(text) => Weight {
                bytes: text.len() + text.matches("href=").count() * WRAPPED,
                link: None,
            },
            Node::Out(it) => Weight {
                bytes: VALUE,
                link: link.filter(|name| is_link(it, name)).map(|_| 0),
            },
            Node::If(it) => {
                let bodies = it.arms.iter().map(|it| &it.body).chain([&it.otherwise]);
                bodies.fold(Weight::default(), |worst, body| {
                    let own = weigh(body, link);
                    Weight {
                        bytes: worst.bytes.max(own.bytes),
                        link: worst.link.max(own.link),
                    }
                })
            }
            Node::For(it) => {
                let (body, none) = (weigh(&it.body, link), weigh(&it.otherwise, link));
                Weight {
                    bytes: (body.bytes * ENTRIES).max(none.bytes),
                    link: body.link.max(none.link),
                }
            }
        };
        // The first place counts: whoever sees one link has it.
        all.link = all.link.or(own.link.map(|it| all.bytes + it));
        all.bytes += own.bytes;
    }
    all
}
