//! A rule's page: the Markdown beside its code.
//!
//! The first section says in its first sentence what the rule does. Examples are fenced blocks
//! `yaml,bad` and `yaml,good`; a block `yaml,project` after one of them says what its project file
//! has beyond the default, a block `yaml,before` before one of them what stood there before a
//! change. Lines such as `# journeys/other.yaml` inside a block begin another file.

/// A rule's page, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The sections, in order.
    pub sections: Vec<Section>,
}

/// A section of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// What stands below it, fenced blocks included.
    pub body: &'static str,
}

/// A fenced block that is run as a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What it shows.
    pub kind: ExampleKind,
    /// The block's text.
    pub text: &'static str,
    /// What the project file has beyond the default.
    pub project: Option<&'static str>,
    /// What stood there before a change, for rules that look at changes.
    pub before: Option<&'static str>,
}

/// What an example shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleKind {
    /// What breaks the rule.
    Bad,
    /// What to write instead.
    Good,
}

/// A piece of a section: a paragraph (or list), or a fenced block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// Prose.
    Prose(&'static str),
    /// A fenced block: its info string and its text.
    Fence(&'static str, &'static str),
}

const HEADING: &str = "## ";
const FENCE: &str = "```";

impl Page {
    /// Takes a page apart. What stands before the first heading is not part of any section.
    pub fn parse(text: &'static str) -> Self {
        let mut sections: Vec<Section> = Vec::new();
        let mut starts = Vec::new();
        let mut fenced = false;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if line.starts_with(FENCE) {
                fenced = !fenced;
            } else if !fenced && line.starts_with(HEADING) {
                starts.push((at, at + line.len()));
            }
            at += line.len();
        }
        for (n, (heading, body)) in starts.iter().enumerate() {
            let end = starts.get(n + 1).map_or(text.len(), |(it, _)| *it);
            sections.push(Section {
                title: text[heading + HEADING.len()..*body].trim(),
                body: text[*body..end].trim(),
            });
        }
        Self { sections }
    }

    /// What the rule does, in one sentence.
    pub fn summary(&self) -> String {
        let body = self.sections.first().map_or("", |it| it.body);
        let paragraph = body.split("\n\n").next().unwrap_or_default();
        let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let end = line.find(". ").unwrap_or(line.len());
        line[..end].trim_end_matches('.').to_owned()
    }

    /// The blocks that are run as tests, in order.
    pub fn examples(&self) -> Vec<Example> {
        let mut res: Vec<Example> = Vec::new();
        let mut before = None;
        for section in &self.sections {
            for block in section.blocks() {
                match block {
                    Block::Fence("yaml,bad", text) => {
                        res.push(Example::new(ExampleKind::Bad, text, before.take()));
                    }
                    Block::Fence("yaml,good", text) => {
                        res.push(Example::new(ExampleKind::Good, text, before.take()));
                    }
                    Block::Fence("yaml,before", text) => before = Some(text),
                    Block::Fence("yaml,project", text) => {
                        if let Some(last) = res.last_mut() {
                            last.project = Some(text);
                        }
                    }
                    Block::Fence(..) | Block::Prose(_) => {}
                }
            }
        }
        res
    }
}

impl Section {
    /// Its paragraphs and fenced blocks, in order.
    pub fn blocks(&self) -> Vec<Block> {
        let mut res = Vec::new();
        let mut rest = self.body;
        while let Some(fence) = find_fence(rest) {
            push_prose(&rest[..fence], &mut res);
            let after = &rest[fence + FENCE.len()..];
            let (info, after) = after.split_once('\n').unwrap_or((after, ""));
            let end = find_fence(after).unwrap_or(after.len());
            res.push(Block::Fence(info.trim(), &after[..end]));
            rest = after[end..].strip_prefix(FENCE).unwrap_or_default();
        }
        push_prose(rest, &mut res);
        res
    }
}

impl Example {
    fn new(kind: ExampleKind, text: &'static str, before: Option<&'static str>) -> Self {
        Self {
            kind,
            text,
            project: None,
            before,
        }
    }
}

/// Where the next line that opens or closes a fenced block begins.
fn find_fence(text: &str) -> Option<usize> {
    if text.starts_with(FENCE) {
        return Some(0);
    }
    text.find("\n```").map(|it| it + 1)
}

fn push_prose(text: &'static str, out: &mut Vec<Block>) {
    let paragraphs = text.split("\n\n").map(str::trim);
    out.extend(paragraphs.filter(|it| !it.is_empty()).map(Block::Prose));
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "## What it does\nFinds\nthings. And more.\n\nReally.\n## Example\n```yaml,bad\na: 1\n## no heading\n```\nwith\n```yaml,project\nb: 2\n```\n## Instead\n\n```yaml,before\nd: 4\n```\n```yaml,good\nc: 3\n```\n";

    #[test]
    fn a_page_has_sections_a_summary_and_examples() {
        let page = Page::parse(TEXT);
        let titles: Vec<_> = page.sections.iter().map(|it| it.title).collect();
        assert_eq!(titles, ["What it does", "Example", "Instead"]);
        assert_eq!(page.summary(), "Finds things");
        assert_eq!(
            page.examples(),
            [
                Example {
                    kind: ExampleKind::Bad,
                    text: "a: 1\n## no heading\n",
                    project: Some("b: 2\n"),
                    before: None,
                },
                Example::new(ExampleKind::Good, "c: 3\n", Some("d: 4\n")),
            ]
        );
    }
}
