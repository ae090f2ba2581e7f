//! `--format text`: for people, in the manner of the Rust compiler.

mod path;
mod secrets;
pub(super) mod wrap;

pub(super) use path::{lines as timeline, marks};
pub(super) use wrap::wrap;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Message, Origin, Patch, Renderer, Snippet,
};

use secrets::Secrets;

use super::wording::{harmless, harmless_lines};
use super::{Format, Look, Report, Summary};
use crate::diagnostic::{self, Diagnostic, Fix, Label, RuleId, Status, Verdict};
use crate::source::{FileId, Places, Window};

pub(super) const FORMAT: Format = Format {
    name: "text",
    about: "For people: the line, the reason, the dated path and the cure",
    lists_older: false,
    write,
};

/// How many findings are printed; nobody reads more, and the machine formats have them all.
const MAX_FINDINGS: usize = 200;

/// How many bytes of a file one finding shows; the renderer looks at each of them several times.
const MAX_SNIPPET: usize = 16 * 1024;

fn write(report: &Report<'_>, look: Look, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = worst(report.findings);
    let counted = report.findings.iter().filter(|it| it.counts()).count();
    let mut page = Page {
        places: Places::new(report.sources),
        secrets: Secrets::of(report.findings),
        renderer: renderer(look),
        look,
        explained: BTreeSet::new(),
    };
    for finding in &shown {
        writeln!(out, "{}\n", page.finding(finding))?;
    }
    if look.quiet {
        return Ok(());
    }
    let summary = Summary::of(report);
    let hidden = counted - shown.len();
    if hidden > 0 {
        writeln!(
            out,
            "and {}; `--format json` has them all",
            count(hidden, "more finding")
        )?;
    }
    writeln!(out, "{}", summary_line(&summary, look))
}

/// The findings to print, in their order: all that count, or the worst of them.
fn worst(findings: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut shown: Vec<_> = findings
        .iter()
        .filter(|it| it.counts())
        .enumerate()
        .collect();
    shown.sort_by_key(|(at, it)| (std::cmp::Reverse(it.level), *at));
    shown.truncate(MAX_FINDINGS);
    shown.sort_by_key(|(at, _)| *at);
    shown.into_iter().map(|(_, it)| it).collect()
}

fn renderer(look: Look) -> Renderer {
    let renderer = if look.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.term_width(look.width)
}

/// What is the same for all findings of one report.
struct Page<'a> {
    places: Places<'a>,
    secrets: Secrets,
    renderer: Renderer,
    look: Look,
    /// Rules whose explanation has been offered: once is enough.
    explained: BTreeSet<RuleId>,
}

impl Page<'_> {
    fn finding(&mut self, it: &Diagnostic) -> String {
        let is_new = self.explained.insert(it.rule);
        let mut groups = vec![
            headline(it)
                .elements(self.snippets(it))
                .elements(self.remarks(it, is_new)),
        ];
        groups.extend(it.fix.as_ref().map(|fix| self.fix(fix)));
        self.renderer.render(&groups)
    }

    /// What stands below the snippet: the path, the reason, the cure, where to read more.
    fn remarks(&self, it: &Diagnostic, is_new: bool) -> Vec<Message<'static>> {
        let gutter = self.gutter(it);
        let room = |name: &str| self.look.width.saturating_sub(gutter + name.len() + 2);
        let mut out = Vec::new();
        if let Some(witness) = &it.witness {
            let lines = path::lines(witness, it, room("path"), self.look.color);
            out.push((Level::INFO, "path", lines.join("\n")));
        }
        let reason = [
            (Level::NOTE, "note", &it.why),
            (Level::HELP, "help", &it.help),
        ];
        for (level, name, text) in reason {
            if let Some(text) = text {
                let text = wrap::wrap(&harmless(text), room(name));
                out.push((level, name, text));
            }
        }
        if let Some(Status::Worsened(it)) = it.status {
            out.push((Level::NOTE, "base", it.phrase().to_owned()));
        }
        if is_new {
            let command = format!("journeyc explain {}", it.rule);
            out.push((Level::NOTE, "explain", command));
        }
        out.into_iter()
            .filter(|(.., text)| !text.is_empty())
            .map(|(level, name, text)| level.with_name(name).message(text))
            .collect()
    }

    /// One snippet for each file that a finding points into, the primary one first.
    fn snippets<'s>(&'s self, it: &'s Diagnostic) -> Vec<Element<'s>> {
        let mut files: BTreeMap<FileId, Vec<(&Label, AnnotationKind)>> = BTreeMap::new();
        for label in &it.related {
            let labels = files.entry(label.span.file).or_default();
            labels.push((label, AnnotationKind::Context));
        }
        let primary_file = it.primary.span.file;
        let mut labels = files.remove(&primary_file).unwrap_or_default();
        labels.insert(0, (&it.primary, AnnotationKind::Primary));
        let mut out = vec![self.snippet(primary_file, &labels)];
        out.extend(files.iter().map(|(file, it)| self.snippet(*file, it)));
        out
    }

    /// The lines of one file; of a file that could not be read, and of lines that nobody can read,
    /// the place alone.
    fn snippet<'s>(&'s self, file: FileId, labels: &[(&'s Label, AnnotationKind)]) -> Element<'s> {
        let spans = labels.iter().map(|(it, _)| self.places.visible(it.span));
        let all = spans
            .reduce(|a, b| a.start.min(b.start)..a.end.max(b.end))
            .unwrap_or(0..0);
        let window = self.window(file, &all);
        let is_shown = self.places.has_text(file) && window.text.len() <= MAX_SNIPPET;
        let Some((first, _)) = labels.first().filter(|_| !is_shown) else {
            return self.lines(file, window, labels);
        };
        if labels.len() > 1 {
            return self.snippet(file, &labels[..1]);
        }
        let place = self.places.of(first.span);
        Origin::path(self.path(file))
            .line(place.start.line as usize)
            .char_column(place.start.column as usize)
            .into()
    }

    /// The lines themselves, with what there is to say below them.
    fn lines<'s>(
        &'s self,
        file: FileId,
        window: Window<'s>,
        labels: &[(&'s Label, AnnotationKind)],
    ) -> Element<'s> {
        let annotations = labels.iter().map(|(label, kind)| -> Annotation<'s> {
            let bytes = self.places.visible(label.span);
            let text = Some(harmless(&one_line(&label.text))).filter(|it| !it.is_empty());
            kind.span(bytes.start - window.start..bytes.end - window.start)
                .label(text)
        });
        Snippet::source(window.text)
            .path(self.path(file))
            .line_start(window.line)
            .annotations(annotations.collect::<Vec<_>>())
            .into()
    }

    /// A rewrite, as the lines that go and the lines that come.
    fn fix<'s>(&'s self, fix: &'s Fix) -> Group<'s> {
        let title = harmless(&one_line(&fix.title));
        let mut group = Group::with_title(Level::HELP.secondary_title(title));
        let mut files: BTreeMap<FileId, Vec<&diagnostic::Edit>> = BTreeMap::new();
        for edit in &fix.edits {
            files.entry(edit.span.file).or_default().push(edit);
        }
        for (file, edits) in files {
            let bytes = |it: &diagnostic::Edit| it.span.start as usize..it.span.end as usize;
            let all = edits
                .iter()
                .map(|it| bytes(it))
                .reduce(|a, b| a.start.min(b.start)..a.end.max(b.end))
                .unwrap_or(0..0);
            let window = self.window(file, &all);
            if window.text.len() > MAX_SNIPPET {
                continue;
            }
            let patches = edits.iter().map(|it| {
                let bytes = bytes(it);
                Patch::new(
                    bytes.start - window.start..bytes.end - window.start,
                    harmless_lines(it.text.as_str().into()),
                )
            });
            group = group.element(
                Snippet::source(window.text)
                    .path(self.path(file))
                    .line_start(window.line)
                    .patches(patches.collect::<Vec<_>>()),
            );
        }
        group
    }

    /// Lines of a file as they can be shown: without secrets, and without what a terminal obeys.
    fn window(&self, file: FileId, bytes: &std::ops::Range<usize>) -> Window<'_> {
        let mut window = self.secrets.cover(file, self.places.window(file, bytes));
        window.text = harmless_lines(window.text);
        window
    }

    /// A file's path as it can be shown: a stranger may name a file as a terminal's command, and
    /// the renderer cleans headlines and sources only.
    fn path(&self, file: FileId) -> String {
        harmless(&one_line(self.places.path(file)))
    }

    /// The width of everything before a remark's name: the line numbers and ` = `.
    fn gutter(&self, it: &Diagnostic) -> usize {
        let labels = it.related.iter().chain([&it.primary]);
        let last = labels.map(|it| self.places.of(it.span).end.line).max();
        last.unwrap_or(1).to_string().len() + " = ".len()
    }
}

fn headline(it: &Diagnostic) -> annotate_snippets::Title<'_> {
    let level = match it.level {
        diagnostic::Level::Error => Level::ERROR,
        diagnostic::Level::Warning => Level::WARNING,
        diagnostic::Level::Note => Level::NOTE,
    };
    let level = match it.verdict {
        Verdict::Fail => level,
        Verdict::Undecided => level.with_name("undecided"),
    };
    level
        .primary_title(harmless(&one_line(&it.message)))
        .id(it.rule.0)
}

/// A text on one line; names in it may come from a file and hold anything.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// The last line: how many findings of each kind.
pub(super) fn summary_line(summary: &Summary, look: Look) -> String {
    use annotate_snippets::renderer::{DEFAULT_ERROR_STYLE, DEFAULT_WARNING_STYLE, Style};
    let plain = Style::new();
    let parts = [
        (summary.errors, "error", DEFAULT_ERROR_STYLE),
        (summary.warnings, "warning", DEFAULT_WARNING_STYLE),
        (summary.notes, "note", plain),
    ];
    let mut found: Vec<String> = parts
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, word, style)| {
            let style = if look.color { style } else { plain };
            format!("{style}{}{style:#}", count(n, word))
        })
        .collect();
    if summary.undecided > 0 {
        found.push(format!("{} undecided", summary.undecided));
    }
    if found.is_empty() {
        found.push("nothing to complain about".to_owned());
    }
    let suppressed = match summary.suppressed {
        n if n == 0 || summary.is_part => String::new(),
        n => format!(" ({n} suppressed)"),
    };
    let older = match summary.older {
        _ if summary.is_part => {
            "\nolder findings are not gated, and were not counted, since this change reaches only \
             some journeys; run without `--base` to see them"
                .to_owned()
        }
        0 => String::new(),
        1 => "\n1 older finding is not gated; run without `--base` to see it".to_owned(),
        n => format!("\n{n} older findings are not gated; run without `--base` to see them"),
    };
    format!(
        "checked {}: {}{suppressed}{older}",
        count(summary.journeys, "journey"),
        found.join(", ")
    )
}

/// `1 error`, `2 errors`.
pub(super) fn count(n: usize, word: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {word}{plural}")
}
