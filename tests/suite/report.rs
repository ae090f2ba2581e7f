//! What the formats make of one report that has everything in it.

use chrono::NaiveDate;
use journeyc::diagnostic::{
    Applicability, Diagnostic, Edit, Fix, Level, Moment, MomentKind, RuleId, Suppression, Witness,
};
use journeyc::report::{self, Changed, Look, Report, Summary};
use journeyc::source::{FileId, Sources, Span};

use crate::snapshot;

const JOURNEY: &str = "\
journey: post-purchase
trigger: {event: order_paid}
steps:
  - send:
      id: confirmation
      template: post-purchase/confirmation
  - wait: 14d
  - send:
      id: review-request
      template: post-purchase/review-request
      pupose: feedback_request
";
const PROJECT: &str = "events:\n  order_delivered: {milestone: delivered}\n";
const DAY: i64 = 24 * 3600;

#[derive(Default)]
pub(crate) struct Sample {
    pub(crate) sources: Sources,
    pub(crate) findings: Vec<Diagnostic>,
    pub(crate) files: Vec<FileId>,
    pub(crate) changed: Option<Changed>,
}

impl Sample {
    fn report(&self) -> Report<'_> {
        Report {
            findings: &self.findings,
            sources: &self.sources,
            journeys: 12,
            files: &self.files,
            changed: self.changed.as_ref(),
            today: NaiveDate::default(),
            base: None,
        }
    }

    pub(crate) fn write(&self, format: &str, look: Look) -> String {
        let mut out = Vec::new();
        let write = report::format(format).unwrap().write;
        write(&self.report(), look, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.write("json", Look::default())).unwrap()
    }
}

pub(crate) fn sample() -> Sample {
    let mut sources = Sources::default();
    let bad = sources.add("journeys/bad.yaml", "");
    let journey = sources.add("journeys/post-purchase.yaml", JOURNEY);
    let project = sources.add("journeyc.yaml", PROJECT);
    let at = |text: &str, file, part: &str| {
        let start = u32::try_from(text.find(part).unwrap()).unwrap();
        let len = u32::try_from(part.len()).unwrap();
        Span::new(file, start, start + len)
    };
    let ask = at(JOURNEY, journey, "review-request");
    let moment = |days: i64, kind, name: &str, span| Moment {
        at: days * DAY,
        kind,
        name: name.to_owned(),
        span,
    };
    let witness = Witness {
        moments: vec![
            moment(0, MomentKind::Event, "order_paid", None),
            moment(0, MomentKind::Send, "confirmation", None),
            moment(14, MomentKind::Wait, "waits 14d", None),
            moment(14, MomentKind::Send, "review-request", Some(ask)),
        ],
    };
    let key = at(JOURNEY, journey, "pupose");
    let findings = vec![
        Diagnostic::error(
            RuleId("unreadable-file"),
            Span::start_of(bad),
            "the file is not UTF-8: the first bad byte is number 3",
        )
        .help("save it as UTF-8"),
        Diagnostic::error(
            RuleId("feedback-before-delivery"),
            ask,
            "asks for feedback on something the customer may not have yet",
        )
        .label("asked before anything arrived")
        .related(
            at(JOURNEY, journey, "order_paid"),
            "the journey begins here",
        )
        .related(
            at(PROJECT, project, "order_delivered"),
            "this would say that it arrived",
        )
        .why("a customer who is asked about a parcel that has not come feels that nobody looks")
        .help("wait for `order_delivered` first; its timeout branch does not count")
        .journey("post-purchase")
        .step("review-request")
        .witness(witness),
        Diagnostic::error(RuleId("unknown-key"), key, "unknown key `pupose`")
            .help("did you mean `purpose`?")
            .subject("pupose")
            .fix(Fix {
                title: "rename it to `purpose`".to_owned(),
                applicability: Applicability::Safe,
                edits: vec![Edit {
                    span: key,
                    text: "purpose".to_owned(),
                }],
            }),
        Diagnostic::warning(
            RuleId("wow-window"),
            at(JOURNEY, journey, "14d"),
            "nothing delights",
        )
        .undecided("declare `purpose: wow` on the message that is meant to"),
        suppressed(at(JOURNEY, journey, "14d")),
    ];
    Sample {
        sources,
        findings,
        files: vec![bad, journey],
        changed: None,
    }
}

fn suppressed(span: Span) -> Diagnostic {
    let mut it = Diagnostic::warning(RuleId("post-payment-gap"), span, "silence for 14 days");
    it.suppressed = Some(Suppression {
        reason: "bespoke".to_owned(),
        until: "2027-03-01".to_owned(),
    });
    it
}

fn plain(width: usize) -> Look {
    Look {
        width,
        ..Look::default()
    }
}

#[test]
fn text_at_two_widths() {
    snapshot::assert(
        "tests/cases/report/text-80",
        &sample().write("text", plain(80)),
    );
    snapshot::assert(
        "tests/cases/report/text-40",
        &sample().write("text", plain(40)),
    );
}

#[test]
fn text_in_colour_says_the_same() {
    let look = Look {
        color: true,
        ..plain(80)
    };
    let colored = sample().write("text", look);
    assert!(colored.contains("\u{1b}["));
    let bare = anstream::adapter::strip_str(&colored).to_string();
    assert_eq!(bare, sample().write("text", plain(80)));
}

#[test]
fn json_has_everything_and_keeps_to_its_schema() {
    let text = sample().write("json", Look::default());
    snapshot::assert("tests/cases/report/report.json", &text);
    assert_valid(&text);
}

/// Fails when a report does not keep to the schema in the repository.
#[track_caller]
pub(crate) fn assert_valid(report: &str) {
    let validator = jsonschema::validator_for(&report::schema()).unwrap();
    let report = serde_json::from_str(report).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|it| format!("{}: {it}", it.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let validator = jsonschema::validator_for(&report::schema()).unwrap();
    let mut report = sample().json();
    assert!(validator.is_valid(&report));
    report["findings"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&report));
    let mut report = sample().json();
    report["findings"][1]["witness"][0]["send"] = "both".into();
    assert!(!validator.is_valid(&report), "a moment is one thing");
}

#[test]
fn text_and_json_name_the_same_places() {
    let sample = sample();
    let text = sample.write("text", Look::default());
    let places = |it: &serde_json::Value| {
        format!(
            "{}:{}:{}",
            it["file"].as_str().unwrap(),
            it["line"],
            it["column"]
        )
    };
    for finding in sample.json()["findings"].as_array().unwrap() {
        if finding["suppressed"].is_null() {
            let place = places(finding);
            assert!(text.contains(&format!("--> {place}\n")), "{place}");
        }
    }
}

#[test]
fn text_stops_at_some_point_and_shows_the_worst() {
    let mut sample = sample();
    let warning = suppressed(sample.findings[1].primary.span);
    let warning = Diagnostic {
        suppressed: None,
        ..warning
    };
    sample.findings.splice(0..0, vec![warning; 300]);
    let text = sample.write("text", Look::default());
    assert!(text.contains("\nand 104 more findings; `--format json` has them all\n"));
    assert!(text.contains("error[unknown-key]"));
    let prints: std::collections::BTreeSet<String> = sample.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["fingerprint"].to_string())
        .collect();
    assert_eq!(prints.len(), 305, "equal findings stay apart");
}

#[test]
fn nothing_found_reads_well() {
    let sample = Sample::default();
    assert_eq!(
        sample.write("text", Look::default()),
        "checked 12 journeys: nothing to complain about\n"
    );
    let quiet = Look {
        quiet: true,
        ..Look::default()
    };
    assert_eq!(sample.write("text", quiet), "");
}

#[test]
fn each_finding_counts_once() {
    let counts = Summary::of(&sample().report());
    assert_eq!((counts.errors, counts.warnings, counts.notes), (3, 0, 0));
    assert_eq!((counts.undecided, counts.suppressed), (1, 1));
    assert_eq!(counts.at_least(Level::Note), 3);
}

#[test]
fn a_line_that_nobody_can_read_is_not_shown() {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", format!("é: 1\nb: {}x\n", "a".repeat(1 << 20)));
    let at = |start, end| Span::new(file, start, end);
    let long = Diagnostic::error(RuleId("unknown-key"), at(1_048_576, 1_048_577), "long");
    let short = Diagnostic::error(RuleId("unknown-key"), at(0, 2), "short")
        .related(at(1_048_576, 1_048_577), "far away");
    let sample = Sample {
        sources,
        findings: vec![long, short],
        ..Sample::default()
    };
    let text = sample.write("text", Look::default());
    assert!(text.len() < 1000);
    assert!(text.contains("--> a.yaml:2:1048571\n"), "{text}");
    assert!(text.contains("1 | é: 1\n"), "{text}");
}

#[test]
fn hostile_texts_stay_texts() {
    let mut sources = Sources::default();
    let file = sources.add("a\u{1b}[2J.yaml", "a: \u{1b}]0;x\u{7} é\u{202e}b\r\rc");
    let finding = Diagnostic::error(
        RuleId("unknown-key"),
        Span::new(file, 3, 12),
        "unknown key `\u{1b}[31m\nx`",
    )
    .label("\u{1b}[2J")
    .why("\u{1b}[2J")
    .help("\u{1b}[2J");
    let sample = Sample {
        sources,
        findings: vec![finding],
        ..Sample::default()
    };
    let text = sample.write("text", Look::default());
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
    assert_eq!(text.matches("error[unknown-key]").count(), 1);
}

/// Controls of one byte that terminals obey as they do escape sequences, and marks that turn a line
/// around, which the renderer of snippets lets pass.
#[test]
fn no_control_and_no_turn_reaches_a_terminal() {
    let odd = "\u{9b}2J\u{85}\u{200e}\u{200f}\u{61c}\u{2028}\u{2066}\u{202e}";
    let mut sources = Sources::default();
    let line = format!("key: {odd} värde\nnext: 1\n");
    let at = u32::try_from(line.find("värde").unwrap()).unwrap();
    let file = sources.add(format!("a{odd}.yaml"), line.as_str());
    let finding = Diagnostic::error(
        RuleId("unknown-key"),
        Span::new(file, at, at + 6),
        format!("unknown `{odd}`"),
    )
    .label(odd)
    .why(odd)
    .help(odd);
    let sample = Sample {
        sources,
        findings: vec![finding],
        ..Sample::default()
    };
    for format in ["text", "github", "junit"] {
        let text = sample.write(format, Look::default());
        let is_odd = |it: char| {
            let turns = matches!(
                it,
                '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}' | '\u{2066}' | '\u{202e}'
            );
            (it.is_control() && it != '\n') || (turns && format == "text")
        };
        assert!(!text.contains(is_odd), "{format}: {text:?}");
    }
    // What points into the line still points at the same word.
    let text = sample.write("text", Look::default());
    let mut lines = text.lines().skip_while(|it| !it.contains("värde"));
    let (line, marks) = (lines.next().unwrap(), lines.next().unwrap());
    let column = |it: &str, part: &str| it[..it.find(part).unwrap()].chars().count();
    assert_eq!(column(line, "värde"), column(marks, "^"), "{text}");
}
