//! `--format sarif`: SARIF 2.1.0, for code scanning and editors.
//!
//! A broken rule is a result of kind `fail`; one that cannot be decided is `open`, which the
//! standard means for "not enough information to decide", and which must have the level `none`:
//! its own level stands in the properties. The dated path is a code flow with one thread.

mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::rank::worst;
use super::{Format, Look, Report, offset, wording};
use crate::diagnostic::{self, Diagnostic, RuleId, fingerprints};
use crate::lint::{self, Block, RuleInfo, Section};
use crate::model::RuleLevel;
use crate::source::{FileId, Place, Places, Span};
use types::{
    About, Applicability, ArtifactChange, ArtifactLocation, CodeFlow, Configuration, Content,
    Descriptor, Driver, Fix, Invocation, Location, Log, LogicalLocation, Markdown, Moment,
    Notification, Outcome, PhysicalLocation, Properties, Region, Replacement, Run, Suppression,
    Tags, Text, ThreadFlow, ThreadFlowLocation, Tool, Until, UriBase,
};

pub(super) const FORMAT: Format = Format {
    name: "sarif",
    about: "SARIF 2.1.0, for code scanning and editors",
    lists_older: true,
    write,
};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What paths are relative to: the repository's root.
const ROOT: &str = "%SRCROOT%";

/// GitHub refuses a run with more results.
const MAX_RESULTS: usize = 25_000;
/// GitHub shows the worst of more results.
const SHOWN_RESULTS: usize = 5_000;

fn write(report: &Report<'_>, _: Look, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &log(report))?;
    out.write_all(b"\n")
}

fn log<'a>(report: &Report<'a>) -> Log<'a> {
    let places = Places::new(report.sources);
    let prints = fingerprints(report.findings, report.sources);
    let shown = worst(report.findings, MAX_RESULTS);
    let rules: BTreeSet<RuleId> = shown.iter().map(|(_, it)| it.rule).collect();
    let rules: Vec<RuleId> = rules.into_iter().collect();
    let results = shown.iter().map(|(at, it)| {
        let print = prints[*at].clone();
        result(it, &places, rules.binary_search(&it.rule), print)
    });
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: tool(&rules),
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notices(report.findings.len()),
            }],
            original_uri_base_ids: BTreeMap::from([(
                ROOT,
                UriBase {
                    description: text("The folder that journeyc.yaml stands in."),
                },
            )]),
            column_kind: "unicodeCodePoints",
            results: results.collect(),
        }],
    }
}

fn tool(rules: &[RuleId]) -> Tool {
    Tool {
        driver: Driver {
            name: "journeyc",
            version: env!("CARGO_PKG_VERSION"),
            semantic_version: env!("CARGO_PKG_VERSION"),
            short_description: text("Checks customer journeys for what would hurt the customer."),
            rules: rules.iter().map(|it| descriptor(*it)).collect(),
        },
    }
}

fn descriptor(rule: RuleId) -> Descriptor {
    Descriptor {
        id: rule.0,
        name: rule.0.split('-').map(capitalized).collect(),
        about: lint::find(rule.0).map(about),
    }
}

fn about(rule: &RuleInfo) -> About {
    let page = rule.page();
    let prose = |at: usize| {
        let blocks = page.sections.get(at).map(Section::blocks);
        let prose = blocks.into_iter().flatten().filter_map(|it| match it {
            Block::Prose(text) => Some(text.split_whitespace().collect::<Vec<_>>().join(" ")),
            Block::Fence(..) => None,
        });
        prose.collect::<Vec<_>>().join("\n\n")
    };
    let (what, why) = (prose(0), prose(1));
    About {
        short_description: text(format!("{}.", page.summary())),
        help: Markdown {
            text: format!(
                "{what}\n\n{why}\n\n`journeyc explain {}` says more.",
                rule.id
            ),
            markdown: rule.docs,
        },
        full_description: text(what),
        default_configuration: Configuration {
            enabled: rule.level != RuleLevel::Off,
            level: match rule.level {
                RuleLevel::Off => "none",
                level => level.word(),
            },
        },
        properties: Tags {
            tags: [rule.group.word()],
        },
    }
}

fn notices(found: usize) -> Vec<Notification> {
    let mut out = Vec::new();
    let mut add = |level, message| {
        out.push(Notification {
            level,
            message: text(message),
        });
    };
    if found > MAX_RESULTS {
        let message = format!(
            "There are {found} findings. This file has the worst {MAX_RESULTS}, which is all that \
             GitHub takes; `journeyc check --format json` has them all."
        );
        add("warning", message);
    } else if found > SHOWN_RESULTS {
        let message =
            format!("There are {found} findings. GitHub shows the worst {SHOWN_RESULTS}.");
        add("note", message);
    }
    out
}

fn result<'a>(
    it: &'a Diagnostic,
    places: &Places<'_>,
    rule: Result<usize, usize>,
    fingerprint: String,
) -> Outcome<'a> {
    let (kind, level) = match it.verdict {
        diagnostic::Verdict::Fail => ("fail", it.level.word()),
        diagnostic::Verdict::Undecided => ("open", "none"),
    };
    Outcome {
        rule_id: it.rule.0,
        rule_index: rule.unwrap_or_else(|at| at),
        kind,
        level,
        message: message(&wording::with_help(it)),
        locations: [Location {
            logical_locations: logical(it).into_iter().collect(),
            ..location(it.primary.span, &it.primary.text, places)
        }],
        related_locations: related(it, places),
        code_flows: code_flow(it, places).into_iter().collect(),
        baseline_state: it.status.map(|it| match it {
            diagnostic::Status::Introduced => "new",
            diagnostic::Status::Worsened(_) => "updated",
            diagnostic::Status::Older => "unchanged",
        }),
        partial_fingerprints: BTreeMap::from([("journeyc/v1", fingerprint)]),
        suppressions: it.suppressed.iter().map(suppression).collect(),
        fixes: it.fix.iter().map(|it| fix(it, places)).collect(),
        properties: Properties {
            verdict: match it.verdict {
                diagnostic::Verdict::Fail => "fail",
                diagnostic::Verdict::Undecided => "undecided",
            },
            level: it.level.word(),
            journey: it.journey.as_deref(),
            step: it.step.as_deref(),
        },
    }
}

fn location(span: Span, label: &str, places: &Places<'_>) -> Location {
    let place = places.of(span);
    Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: artifact(place.path),
            region: region(&place),
        },
        logical_locations: Vec::new(),
        message: (!label.is_empty()).then(|| message(label)),
    }
}

/// The step, or the journey, by its name.
fn logical(it: &Diagnostic) -> Option<LogicalLocation> {
    let journey = it.journey.as_ref()?;
    Some(LogicalLocation {
        name: it.step.as_ref().unwrap_or(journey).clone(),
        fully_qualified_name: match &it.step {
            Some(step) => format!("{journey}/{step}"),
            None => journey.clone(),
        },
        kind: "object",
    })
}

fn related(it: &Diagnostic, places: &Places<'_>) -> Vec<Location> {
    let labels = it.related.iter().enumerate();
    let numbered = labels.map(|(at, label)| Location {
        id: Some(at + 1),
        ..location(label.span, &label.text, places)
    });
    numbered.collect()
}

/// The dated path. A moment that has no place of its own is at the beginning of its journey.
fn code_flow(it: &Diagnostic, places: &Places<'_>) -> Option<CodeFlow> {
    let moments = &it.witness.as_ref()?.moments;
    if moments.is_empty() {
        return None;
    }
    let file: FileId = moments
        .iter()
        .find_map(|it| it.span)
        .map_or(it.primary.span.file, |it| it.file);
    let culprit = moments
        .iter()
        .rposition(|moment| moment.span == Some(it.primary.span));
    let step = |(at, moment): (usize, &diagnostic::Moment)| {
        let span = moment.span.unwrap_or(Span::start_of(file));
        ThreadFlowLocation {
            location: location(span, &wording::moment(moment), places),
            nesting_level: 0,
            execution_order: at + 1,
            importance: if culprit == Some(at) {
                "essential"
            } else {
                "important"
            },
            properties: Moment {
                at: offset::iso(moment.at),
                what: moment.kind.word(),
            },
        }
    };
    let locations = moments.iter().enumerate().map(step).collect();
    Some(CodeFlow {
        thread_flows: [ThreadFlow { locations }],
    })
}

fn suppression(it: &diagnostic::Suppression) -> Suppression<'_> {
    Suppression {
        // An `allow` stands in the repository, beside what it accepts.
        kind: "inSource",
        status: "accepted",
        justification: &it.reason,
        properties: Until { until: &it.until },
    }
}

fn fix<'a>(it: &'a diagnostic::Fix, places: &Places<'_>) -> Fix<'a> {
    let mut files: BTreeMap<FileId, Vec<Replacement<'a>>> = BTreeMap::new();
    for edit in &it.edits {
        let replacements = files.entry(edit.span.file).or_default();
        replacements.push(Replacement {
            deleted_region: region(&places.exact(edit.span)),
            inserted_content: Content { text: &edit.text },
        });
    }
    let changes = files
        .into_iter()
        .map(|(file, replacements)| ArtifactChange {
            artifact_location: artifact(places.path(file)),
            replacements,
        });
    Fix {
        description: message(&it.title),
        artifact_changes: changes.collect(),
        properties: Applicability {
            applicability: match it.applicability {
                diagnostic::Applicability::Safe => "safe",
                diagnostic::Applicability::Suggested => "suggested",
            },
        },
    }
}

fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation {
        uri: relative_uri(path),
        uri_base_id: ROOT,
    }
}

fn region(place: &Place<'_>) -> Region {
    Region {
        start_line: place.start.line,
        start_column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
    }
}

fn text(text: impl Into<String>) -> Text {
    Text { text: text.into() }
}

/// A message in which an author's `[a](b)` is no link: in SARIF it would be one.
fn message(it: &str) -> Text {
    if it.contains("](") {
        return text(it.replace('[', "\\[").replace(']', "\\]"));
    }
    text(it)
}

/// A path as a relative reference: everything is escaped that means something in a URI.
fn relative_uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
                out.push(digit.to_ascii_uppercase());
            }
        }
    }
    out
}

fn capitalized(word: &str) -> String {
    let mut rest = word.chars();
    let first = rest.next().map(|it| it.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_relative_references() {
        assert_eq!(relative_uri("journeys/a-b.yaml"), "journeys/a-b.yaml");
        assert_eq!(
            relative_uri("journeys/a b:c%é#?.yaml"),
            "journeys/a%20b%3Ac%25%C3%A9%23%3F.yaml"
        );
    }

    #[test]
    fn an_authors_brackets_are_no_link() {
        assert_eq!(message("[x](1)").text, "\\[x\\](1)");
        assert_eq!(message("a: [b]").text, "a: [b]");
    }

    #[test]
    fn what_github_does_not_show_is_said() {
        assert!(notices(SHOWN_RESULTS).is_empty());
        assert_eq!(notices(SHOWN_RESULTS + 1)[0].level, "note");
        assert_eq!(notices(MAX_RESULTS + 1)[0].level, "warning");
    }
}
