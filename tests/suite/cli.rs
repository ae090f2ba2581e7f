//! The program as a whole, run in this process.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use journeyc::cli::{self, Streams};

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) exit: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program in a folder, with these words after its name.
pub(crate) fn run(folder: &Path, args: &[&str]) -> Run {
    run_with(folder, args, None, &BTreeMap::new())
}

/// Runs the program with these variables; with a width, at a terminal.
pub(crate) fn run_with(
    folder: &Path,
    args: &[&str],
    width: Option<usize>,
    env: &BTreeMap<String, String>,
) -> Run {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut streams = streams(folder, &mut out, &mut err);
    streams.width = width;
    streams.out_is_terminal = width.is_some();
    streams.env.extend(env.clone());
    let args = ["journeyc"].iter().chain(args).map(Into::into);
    let exit = cli::run(args, &mut streams);
    Run {
        exit,
        out: String::from_utf8(out).unwrap(),
        err: String::from_utf8(err).unwrap(),
    }
}

fn streams<'a>(folder: &Path, out: &'a mut dyn Write, err: &'a mut dyn Write) -> Streams<'a> {
    Streams {
        out,
        err,
        out_is_terminal: false,
        err_is_terminal: false,
        width: None,
        env: BTreeMap::from([("JOURNEYC_TODAY".to_owned(), "2026-11-22".to_owned())]),
        current_dir: folder.to_path_buf(),
    }
}

/// Runs the program into these streams.
pub(crate) fn run_into(
    folder: &Path,
    args: &[&str],
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let mut streams = streams(folder, out, err);
    let args = ["journeyc"].iter().chain(args).map(Into::into);
    cli::run(args, &mut streams)
}

/// A stream that always fails, in one way.
pub(crate) struct Failing(pub(crate) io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn here(args: &[&str]) -> Run {
    run(Path::new("."), args)
}

#[test]
fn rules_are_listed_and_explained() {
    let table = here(&["rules"]);
    assert_eq!((table.exit, table.err.as_str()), (0, ""));
    assert!(table.out.contains("\n  dead-branch "), "{}", table.out);
    assert!(table.out.lines().all(|it| it.chars().count() <= 100));
    let json = here(&["rules", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let of = |id: &str| {
        json["rules"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["id"] == id)
    };
    assert_eq!(of("wait-too-long").unwrap()["threshold"]["default"], "90d");
    assert_eq!(of("unknown-event").unwrap()["level"], "error");

    let page = here(&["explain", "feedback-before-delivery"]);
    assert_eq!((page.exit, page.err.as_str()), (0, ""));
    assert!(
        page.out
            .starts_with("feedback-before-delivery (feedback, error)\n\nWhat it does\n  ")
    );
    assert!(page.out.contains("\n      - wait: 14d\n") || page.out.contains("  - wait: 14d\n"));
    let typo = here(&["explain", "feedbak-before-delivery"]);
    assert_eq!((typo.exit, typo.out.as_str()), (2, ""));
    assert!(
        typo.err
            .contains("did you mean `feedback-before-delivery`?"),
        "{}",
        typo.err
    );
    let wild = here(&["explain", "nonsense"]);
    assert!(wild.err.contains("`journeyc rules` lists"), "{}", wild.err);
}

#[test]
fn help_and_version_are_results() {
    let help = here(&["--help"]);
    assert_eq!((help.exit, help.err.as_str()), (0, ""));
    assert!(help.out.contains("Exit status:"), "{}", help.out);
    assert!(!help.out.contains('\u{1b}'), "no colours in a file");
    let version = here(&["--version"]);
    assert_eq!(
        version.out,
        format!("journeyc {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_wrong_call_is_answered_with_what_was_meant() {
    let it = here(&["complettions", "bash"]);
    assert_eq!((it.exit, it.out.as_str()), (2, ""));
    assert!(it.err.contains("'completions'"), "{}", it.err);
    assert_eq!(here(&[]).exit, 2);
    assert_eq!(here(&["completions", "cobol"]).exit, 2);
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let it = here(&["completions", shell]);
        assert_eq!((it.exit, it.err.as_str()), (0, ""), "{shell}");
        assert!(it.out.contains("completions"), "{shell}");
    }
}

#[test]
fn the_manual_is_one_page_or_one_a_command() {
    assert!(here(&["man"]).out.contains(".TH journeyc"));
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["man", "--out", "pages"]).exit, 0);
    let page = folder.path().join("pages/journeyc-completions.1");
    assert!(page.is_file());
    let again = run(folder.path(), &["man", "--out", "pages/journeyc.1"]);
    assert_eq!(again.exit, 2);
    assert!(
        again
            .err
            .starts_with("error: cannot write manual pages into"),
        "{}",
        again.err
    );
}

#[test]
fn a_closed_pipe_is_no_reason_to_complain_and_a_full_disk_is() {
    let run = |kind| {
        let mut err = Vec::new();
        let exit = run_into(Path::new("."), &["man"], &mut Failing(kind), &mut err);
        (exit, String::from_utf8(err).unwrap())
    };
    assert_eq!(run(io::ErrorKind::BrokenPipe), (0, String::new()));
    let full = "error: cannot write the output: the disk is full\n";
    assert_eq!(run(io::ErrorKind::StorageFull), (2, full.to_owned()));
}

#[test]
fn the_schemas_in_the_repository_are_these() {
    let root = crate::snapshot::root("");
    if crate::snapshot::overwrites() {
        assert_eq!(run(&root, &["schema"]).exit, 0);
    }
    let it = run(&root, &["schema", "--check"]);
    assert_eq!((it.exit, it.out.as_str()), (0, ""), "{}", it.err);
}

#[test]
fn schemas_are_written_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let in_folder = |args: &[&str]| run(folder.path(), &[args, &["--root", "."]].concat());
    let missing = in_folder(&["schema", "--check"]);
    assert_eq!(missing.exit, 1);
    assert!(
        missing
            .out
            .contains("schema/journey.schema.json is not there"),
        "{}",
        missing.out
    );
    let written = in_folder(&["schema"]);
    assert_eq!((written.exit, written.err.as_str()), (0, ""));
    assert!(written.out.contains("wrote schema/journey.schema.json\n"));
    assert_eq!(in_folder(&["schema", "--check"]).exit, 0);
    let file = folder.path().join("schema/journey.schema.json");
    std::fs::write(&file, "{}").unwrap();
    let stale = in_folder(&["schema", "--check"]);
    assert_eq!(stale.out, "schema/journey.schema.json is out of date\n");
    // An editor on another system may have turned the line ends around.
    in_folder(&["schema"]);
    let text = std::fs::read_to_string(&file)
        .unwrap()
        .replace('\n', "\r\n");
    std::fs::write(&file, text).unwrap();
    assert_eq!(in_folder(&["schema", "--check"]).exit, 0);
}

#[test]
fn a_check_needs_a_repository_and_paths_inside_it() {
    // Above any other folder somebody may have a repository.
    let nowhere = Path::new("/");
    let it = run(nowhere, &["check"]);
    assert_eq!((it.exit, it.out.as_str()), (2, ""));
    let expected = "error: there is no journeyc.yaml in this folder or above it\n  = help: go to";
    assert!(it.err.starts_with(expected), "{}", it.err);

    let case = crate::snapshot::root("tests/cases/check/clean");
    let in_case = |args: &[&str]| run(&case, args);
    assert_eq!(in_case(&["check", "journeys/absent.yaml"]).exit, 2);
    let outside = in_case(&["check", "--root", ".", ".."]);
    assert!(
        outside.err.contains("is not in this repository"),
        "{}",
        outside.err
    );
    assert_eq!(run(&case.join("journeys"), &["check"]).exit, 0);
    assert_eq!(run(nowhere, &["check", case.to_str().unwrap()]).exit, 0);
    assert_eq!(in_case(&["check", "--format", "csv"]).exit, 2);
    assert_eq!(in_case(&["check", "-q"]).out, "");
}

#[test]
fn today_can_be_fixed_and_must_then_be_a_date() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
        out_is_terminal: false,
        err_is_terminal: false,
        width: None,
        env: BTreeMap::from([("JOURNEYC_TODAY".to_owned(), "tomorrow".to_owned())]),
        current_dir: crate::snapshot::root("tests/cases/check/clean"),
    };
    let exit = cli::run(["journeyc".into(), "check".into()], &mut streams);
    assert_eq!(exit, 2);
    assert!(
        String::from_utf8(err)
            .unwrap()
            .contains("`tomorrow`, and that is no date")
    );
}
