//! How many characters people see of a short text, whoever they are.
//!
//! Choices are taken as they come out shortest and longest, values as short and as long as their samples.
//! Not done here: telling which choices cannot meet.

use unicode_width::UnicodeWidthChar;

use crate::model::Project;
use crate::template::ir::{Expr, Node, Out, Root};
use crate::template::{Sample, Spelling, evaluate};

use super::letter::Letter;

/// How many characters there are at least and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Extent {
    /// At least so many.
    pub(crate) least: usize,
    /// At most so many.
    pub(crate) most: usize,
}

/// More samples of a value are not looked at.
const SAMPLES: usize = 8;
/// Events of more senders are not looked at.
const SENDERS: usize = 4;
/// A value of which there is no sample: an entry of a list, a link.
const UNKNOWN: Extent = Extent { least: 1, most: 30 };
/// How many entries a list may have.
const ENTRIES: usize = 3;

/// How many characters people see of some nodes of a letter.
pub(crate) fn extent(project: &Project, letter: &Letter<'_>, nodes: &[Node]) -> Extent {
    if let [] | [Node::Text(_)] = nodes {
        return of_nodes(nodes, &[]);
    }
    let mut samples = Vec::new();
    for by in letter.sent_by.iter().take(SENDERS) {
        for n in 0..SAMPLES {
            let mut values = project.sample(&by.journey.trigger.event.value, n);
            let mut take = |it: &str| values.get_mut(it).map(std::mem::take).unwrap_or_default();
            samples.push(Sample {
                contact: take("contact"),
                event: take("event"),
                links: serde_json::Value::Null,
            });
        }
    }
    of_nodes(nodes, &samples)
}

/// How many characters people see: what joins another, such as an accent or the parts of an emoji, counts
/// with it.
pub(crate) fn visible(text: &str) -> usize {
    let (mut count, mut joins, mut half) = (0, false, false);
    for c in text.chars() {
        let is_tone = ('\u{1F3FB}'..='\u{1F3FF}').contains(&c);
        let is_flag = ('\u{1F1E6}'..='\u{1F1FF}').contains(&c);
        let extends = c.width().unwrap_or(0) == 0 || is_tone || joins || (is_flag && half);
        count += usize::from(!extends);
        joins = c == '\u{200D}';
        // Two letters make a flag.
        half = is_flag && !half;
    }
    count
}

fn of_nodes(nodes: &[Node], samples: &[Sample]) -> Extent {
    nodes.iter().fold(Extent::default(), |sum, node| {
        let own = match node {
            Node::Text(it) => {
                let length = visible(it);
                Extent {
                    least: length,
                    most: length,
                }
            }
            Node::Out(it) => of_value(it, samples),
            Node::If(it) => {
                let bodies = it.arms.iter().map(|it| &it.body);
                let arms = bodies.map(|it| of_nodes(it, samples));
                arms.fold(of_nodes(&it.otherwise, samples), |a, b| Extent {
                    least: a.least.min(b.least),
                    most: a.most.max(b.most),
                })
            }
            Node::For(it) => {
                let (body, none) = (
                    of_nodes(&it.body, samples),
                    of_nodes(&it.otherwise, samples),
                );
                Extent {
                    least: body.least.min(none.least),
                    most: (body.most * ENTRIES).max(none.most),
                }
            }
        };
        Extent {
            least: sum.least + own.least,
            most: sum.most + own.most,
        }
    })
}

fn of_value(out: &Out, samples: &[Sample]) -> Extent {
    let mut is_known = !matches!(out.expr, Expr::Loop { .. });
    out.expr
        .each_path(&mut |it| is_known &= matches!(it.root, Root::Contact | Root::Event));
    if !is_known || samples.is_empty() {
        return UNKNOWN;
    }
    let nodes = [Node::Out(out.clone())];
    let lengths = samples
        .iter()
        .map(|it| visible(&evaluate(&nodes, it, Spelling::default())));
    lengths.fold(
        Extent {
            least: usize::MAX,
            most: 0,
        },
        |all, it| Extent {
            least: all.least.min(it),
            most: all.most.max(it),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_joins_another_character_counts_with_it() {
        for (text, count) in [
            ("Ana", 3),
            ("e\u{301}te\u{301}", 3),
            ("👩‍🌾🌱", 2),
            ("👍🏽", 1),
            ("🇩🇪🇬🇧", 2),
            ("❤\u{fe0f}", 1),
        ] {
            assert_eq!(visible(text), count, "{text}");
        }
    }
}
