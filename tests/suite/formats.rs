//! What the formats for machines make of a report, and that all of them tell of the same places.

use journeyc::diagnostic::{Diagnostic, RuleId, Status, Worsening};
use journeyc::lint;
use journeyc::report::{Changed, FORMATS, Look};
use journeyc::source::{Sources, Span};
use serde_json::Value;

use crate::cli::run;
use crate::report::{Sample, sample};
use crate::snapshot;

/// Every format that programs read, and the file that its snapshot stands in.
const MACHINES: &[(&str, &str)] = &[
    ("sarif", "sarif.json"),
    ("github", "github"),
    ("gitlab", "gitlab.json"),
    ("junit", "junit.xml"),
    ("rdjson", "rdjson.json"),
];

/// Names and texts that mean something to one of the formats, or to a terminal.
fn hostile() -> Sample {
    let mut sources = Sources::default();
    let name = "journeys/50 %, \"a\": <b>&]]>\n::error::\u{1b}[2J\u{202e}é#?.yaml";
    let file = sources.add(name, "é: 𐐀 \u{7}x\r\nname: [a](b)\r\n");
    let message = "unknown key `]]>\r\n::error file=x::owned\u{0}\u{1b}[31m\u{202e}<b>%0A`";
    let findings = vec![
        Diagnostic::error(RuleId("unknown-key"), Span::new(file, 4, 8), message)
            .label("[x](javascript:alert)")
            .help("\"quotes\", 'more' & [links](http://x)\n::stop-commands::x"),
        Diagnostic::warning(RuleId("zero-wait"), Span::new(file, 18, 24), "{0} %s \\")
            .journey("a]]>\u{b}")
            .step("\n"),
    ];
    Sample {
        sources,
        findings,
        files: vec![file],
        changed: None,
    }
}

/// A SARIF report without the pages of its rules, which change for other reasons.
fn without_pages(sarif: &str) -> String {
    let mut log: Value = serde_json::from_str(sarif).unwrap();
    let driver = &mut log["runs"][0]["tool"]["driver"];
    for rule in driver["rules"].as_array_mut().unwrap() {
        let rule = rule.as_object_mut().unwrap();
        for page in ["shortDescription", "fullDescription", "help"] {
            rule.remove(page);
        }
    }
    serde_json::to_string_pretty(&log).unwrap() + "\n"
}

#[test]
fn each_format_is_what_it_was() {
    for (folder, sample) in [("every-kind", sample()), ("hostile", hostile())] {
        for (format, file) in MACHINES {
            let mut text = sample.write(format, Look::default());
            if *format == "sarif" {
                text = without_pages(&text);
            }
            snapshot::assert(&format!("tests/cases/report/{folder}/{file}"), &text);
        }
    }
}

#[test]
fn each_format_tells_of_the_same_places() {
    for sample in [sample(), hostile()] {
        let write = |format: &str| sample.write(format, Look::default());
        agree("sample", &sample.json(), &write);
    }
}

/// Fails unless all formats name the places that the JSON report has. `write` gives a format's text.
pub(crate) fn agree(name: &str, json: &Value, write: &dyn Fn(&str) -> String) {
    let parse = |format: &str| -> Value { serde_json::from_str(&write(format)).unwrap() };
    let findings = json["findings"].as_array().unwrap();
    let open: Vec<_> = findings
        .iter()
        .filter(|it| it["suppressed"].is_null())
        .collect();

    let sarif = parse("sarif");
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let rules = &sarif["runs"][0]["tool"]["driver"]["rules"];
    assert_eq!(results.len(), findings.len(), "{name}");
    for (result, finding) in results.iter().zip(findings) {
        agrees_sarif(name, result, finding);
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"], "{name}");
    }

    let gitlab = parse("gitlab");
    let of_gitlab = |it: &Value| {
        [&it["location"]["path"], &it["location"]["lines"]["begin"]].map(Value::to_string)
    };
    let found: Vec<_> = gitlab.as_array().unwrap().iter().map(of_gitlab).collect();
    let lines = |it: &&Value| [&it["file"], &it["line"]].map(Value::to_string);
    assert_eq!(found, open.iter().map(lines).collect::<Vec<_>>(), "{name}");

    let rdjson = parse("rdjson");
    let of_rdjson = |it: &Value| {
        let range = &it["location"]["range"];
        [&it["location"]["path"], &range["start"]["line"]].map(Value::to_string)
    };
    let found = rdjson["diagnostics"].as_array().unwrap().iter();
    let found: Vec<_> = found.map(of_rdjson).collect();
    assert_eq!(found, open.iter().map(lines).collect::<Vec<_>>(), "{name}");

    let github = write("github");
    let annotations = github.lines().filter(|it| it.contains(" file="));
    for annotation in annotations.map(annotation) {
        let is_it =
            |it: &&&Value| it["line"] == annotation.line && it["rule"] == annotation.title.as_str();
        assert!(open.iter().any(|it| is_it(&it)), "{name}: {annotation:?}");
    }

    let junit = write("junit");
    let cases = junit.matches("<testcase ").count();
    assert!(cases > 0, "{name}");
    assert!(!junit.contains(|it: char| it < ' ' && it != '\n'), "{name}");
    for finding in findings {
        let place = format!(":{}:{}\n", finding["line"], finding["column"]);
        assert!(junit.contains(&place), "{name}: {place}");
    }
}

fn agrees_sarif(name: &str, result: &Value, finding: &Value) {
    let location = &result["locations"][0]["physicalLocation"];
    let region = &location["region"];
    assert_eq!(result["ruleId"], finding["rule"], "{name}");
    assert_eq!(region["startLine"], finding["line"], "{name}");
    assert_eq!(region["startColumn"], finding["column"], "{name}");
    assert_eq!(region["endLine"], finding["end_line"], "{name}");
    assert_eq!(region["endColumn"], finding["end_column"], "{name}");
    let print = &result["partialFingerprints"]["journeyc/v1"];
    assert_eq!(*print, finding["fingerprint"], "{name}");
    let suppressed = result["suppressions"].as_array().unwrap();
    assert_eq!(suppressed.is_empty(), finding["suppressed"].is_null());
    let is_fail = finding["verdict"] == "fail";
    assert_eq!(result["kind"] == "fail", is_fail, "{name}");
    assert_eq!(result["level"] == "none", !is_fail, "{name}");
    let moments = result["codeFlows"][0]["threadFlows"][0]["locations"]
        .as_array()
        .map_or(0, Vec::len);
    assert_eq!(
        moments,
        finding["witness"].as_array().unwrap().len(),
        "{name}"
    );
    let uri = location["artifactLocation"]["uri"].as_str().unwrap();
    assert_eq!(unescaped(uri), finding["file"].as_str().unwrap(), "{name}");
}

#[derive(Debug)]
struct Annotation {
    word: String,
    line: u64,
    title: String,
    message: String,
}

/// Reads a workflow command as the runner does.
fn annotation(line: &str) -> Annotation {
    let rest = line.strip_prefix("::").unwrap();
    let (head, message) = rest.split_once("::").unwrap();
    let (word, properties) = head.split_once(' ').unwrap();
    let value = |key: &str| {
        let mut all = properties.split(',').map(|it| it.split_once('=').unwrap());
        unescaped(all.find(|(it, _)| *it == key).unwrap().1)
    };
    Annotation {
        word: word.to_owned(),
        line: value("line").parse().unwrap(),
        title: value("title"),
        message: unescaped(message),
    }
}

fn unescaped(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%' {
            let digits = std::str::from_utf8(&after[..2]).unwrap();
            out.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &after[2..];
        } else {
            out.push(*first);
        }
    }
    String::from_utf8(out).unwrap()
}

#[test]
fn sarif_carries_the_pages_of_its_rules() {
    let log: Value = serde_json::from_str(&sample().write("sarif", Look::default())).unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    let rule = rules
        .iter()
        .find(|it| it["id"] == "feedback-before-delivery");
    let rule = rule.unwrap();
    let info = lint::find("feedback-before-delivery").unwrap();
    assert_eq!(rule["help"]["markdown"], info.docs);
    assert_eq!(rule["name"], "FeedbackBeforeDelivery");
    assert_eq!(rule["defaultConfiguration"]["level"], "error");
    assert_eq!(rule["properties"]["tags"][0], "feedback");
    let summary = format!("{}.", info.page().summary());
    assert_eq!(rule["shortDescription"]["text"], summary);
    let help = rule["help"]["text"].as_str().unwrap();
    assert!(help.contains("They have paid and waited"), "{help}");
}

/// This many findings on one line, of a level each.
fn many(errors: usize, warnings: usize) -> Sample {
    let mut sample = sample();
    let span = sample.findings[1].primary.span;
    let late = RuleId("feedback-before-delivery");
    sample.findings = vec![Diagnostic::error(late, span, "late"); errors];
    let warning = Diagnostic::warning(RuleId("zero-wait"), span, "odd");
    sample.findings.splice(0..0, vec![warning; warnings]);
    sample
}

#[test]
fn github_gets_the_ten_worst_and_a_count() {
    let text = many(12, 25).write("github", Look::default());
    assert_eq!(text.matches("::error ").count(), 10);
    assert_eq!(text.matches("::warning ").count(), 10);
    assert!(text.starts_with("::error "), "{text}");
    assert!(text.contains("::notice title=journeyc::and 17 more findings,"));
    assert!(text.ends_with("checked 12 journeys: 12 errors, 25 warnings\n"));
    let quiet = Look {
        quiet: true,
        ..Look::default()
    };
    assert!(!many(1, 0).write("github", quiet).contains("checked"));
}

#[test]
fn github_gets_changed_lines_first() {
    let mut sample = many(30, 0);
    let project = sample.sources.find("journeyc.yaml").unwrap();
    let new = RuleId("split-weights");
    let new = Diagnostic::error(new, Span::new(project, 0, 6), "new");
    sample.findings.push(new);
    let first = |sample: &Sample| {
        let text = sample.write("github", Look::default());
        annotation(text.lines().next().unwrap())
    };
    assert_eq!(first(&sample).title, "feedback-before-delivery");
    let mut changed = Changed::default();
    changed.add("journeyc.yaml", 1..=1);
    sample.changed = Some(changed);
    let found = first(&sample);
    assert_eq!((found.title.as_str(), found.line), ("split-weights", 1));
}

#[test]
fn github_reads_back_what_was_written() {
    let text = hostile().write("github", Look::default());
    let read: Vec<_> = text
        .lines()
        .filter(|it| it.starts_with("::"))
        .map(annotation)
        .collect();
    let words: Vec<_> = read.iter().map(|it| it.word.as_str()).collect();
    assert_eq!(words, ["error", "warning"], "no text became a command");
    assert!(read[0].message.contains("::error file=x::owned"));
    assert!(!text.contains(['\u{1b}', '\u{0}', '\u{202e}', '\r']));
}

#[test]
fn sarif_is_cut_where_github_would_refuse_it() {
    let log = |errors, warnings| -> Value {
        let text = many(errors, warnings).write("sarif", Look::default());
        serde_json::from_str(&text).unwrap()
    };
    let notes = |log: &Value| {
        let invocation = &log["runs"][0]["invocations"][0];
        invocation["toolExecutionNotifications"].to_string()
    };
    let large = log(2, 25_001);
    let results = large["runs"][0]["results"].as_array().unwrap();
    let errors = results.iter().filter(|it| it["level"] == "error");
    assert_eq!(
        (results.len(), errors.count()),
        (25_000, 2),
        "the worst stay"
    );
    assert!(notes(&large).contains("There are 25003 findings."));
    assert_eq!(notes(&log(1, 1)), "[]");
}

#[test]
fn reviewdog_counts_bytes() {
    let text = hostile().write("rdjson", Look::default());
    let report: Value = serde_json::from_str(&text).unwrap();
    let range = &report["diagnostics"][0]["location"]["range"];
    assert_eq!(
        (
            range["start"]["column"].as_u64(),
            range["end"]["column"].as_u64()
        ),
        (Some(5), Some(9))
    );
    let report: Value = serde_json::from_str(&sample().write("rdjson", Look::default())).unwrap();
    let fixed = report["diagnostics"].as_array().unwrap().iter();
    let texts = fixed.filter_map(|it| it["suggestions"][0]["text"].as_str());
    assert_eq!(texts.collect::<Vec<_>>(), ["purpose"]);
}

#[test]
fn junit_counts_each_rule_of_a_file_once() {
    let text = sample().write("junit", Look::default());
    let suites = text.matches("<testsuite ").count();
    assert_eq!(suites, 3, "the project and two journeys");
    for (part, count) in [("<failure ", 3), ("<skipped>", 1), ("<testcase ", 6)] {
        assert_eq!(text.matches(part).count(), count, "{part}\n{text}");
    }
    assert!(text.contains("accepted until 2027-03-01: bespoke"));
    assert!(
        text.contains(
            r#"<testcase name="nothing to complain about" classname="journeyc" time="0"/>"#
        )
    );
}

#[test]
fn the_page_on_ci_has_every_format() {
    let page = std::fs::read_to_string(snapshot::root("docs/ci.md")).unwrap();
    for format in FORMATS {
        let row = format!("\n| `{}` | ", format.name);
        assert!(page.contains(&row), "docs/ci.md lacks {}", format.name);
    }
}

#[test]
fn what_is_older_than_the_base_is_told_apart() {
    let mut sample = sample();
    sample.findings.truncate(3);
    let states = [
        Status::Older,
        Status::Introduced,
        Status::Worsened(Worsening::Undecided),
    ];
    for (finding, state) in sample.findings.iter_mut().zip(states) {
        finding.status = Some(state);
    }
    let write = |format: &str| sample.write(format, Look::default());
    let log: Value = serde_json::from_str(&write("sarif")).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let found: Vec<_> = results.iter().map(|it| &it["baselineState"]).collect();
    assert_eq!(found, ["unchanged", "new", "updated"]);
    assert_eq!(write("github").matches("::error ").count(), 2);
    assert_eq!(write("gitlab").matches("\"check_name\"").count(), 2);
    assert_eq!(write("rdjson").matches("\"code\"").count(), 2);
    let junit = write("junit");
    assert_eq!(junit.matches("<failure ").count(), 2);
    assert!(junit.contains("older than this change"), "{junit}");
}

/// File names that the disk takes and a format might not.
#[cfg(unix)]
#[test]
fn hostile_names_of_files_stay_names() {
    use std::os::unix::ffi::OsStrExt as _;
    let names: [&[u8]; 6] = [
        b"50 % off, now.yaml",
        b"a::error::b.yaml",
        "\u{202e}\u{5e9}\u{5dc}\u{5d5}\u{5dd}.yaml".as_bytes(),
        b"a\n::error file=x::owned.yaml",
        b"\"]]><b>&'#?.yaml",
        b"\xff\xfe.yaml",
    ];
    let folder = tempfile::tempdir().unwrap();
    let case = snapshot::root("tests/cases/check/every-verdict");
    crate::check::copy(&case, folder.path());
    let journeys = folder.path().join("journeys");
    let text = std::fs::read_to_string(journeys.join("other.yaml")).unwrap();
    for (at, name) in names.iter().enumerate() {
        let text = text.replace("journey: other", &format!("journey: other-{at}"));
        std::fs::write(journeys.join(std::ffi::OsStr::from_bytes(name)), text).unwrap();
    }
    let check = |format: &str| run(folder.path(), &["check", "--format", format]);
    let json: Value = serde_json::from_str(&check("json").out).unwrap();
    agree("hostile names", &json, &|format| check(format).out);
    for line in check("github").out.lines() {
        let known = [
            "::error file=",
            "::warning file=",
            "::notice file=",
            "::notice title=journeyc::",
            "checked ",
        ];
        assert!(known.iter().any(|it| line.starts_with(it)), "{line}");
    }
}
