//! Plug-ins: what `journeyc-export-NAME` is told, and what becomes of an answer that cannot be
//! believed. They are shell scripts here, so these tests want a Unix.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use journeyc::cli::{self, Streams};
use tempfile::TempDir;

use crate::check::copy;
use crate::cli::Run;
use crate::snapshot::root;

/// A repository, and beside it a folder for programs.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shop = folder.path().join("shop");
        fs::create_dir_all(&shop).unwrap();
        copy(&root("tests/cases/check/clean"), &shop);
        fs::create_dir(folder.path().join("bin")).unwrap();
        Self { folder }
    }

    fn shop(&self) -> std::path::PathBuf {
        self.folder.path().join("shop")
    }

    /// Adds lines to the project file.
    fn declare(&self, lines: &str) {
        let file = self.shop().join("journeyc.yaml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{text}\n{lines}\n")).unwrap();
    }

    /// Installs a plug-in: what it does when it exports. It describes itself well.
    fn install(&self, name: &str, export: &str) {
        let text = format!(
            "if [ \"$1\" = --describe ]; then echo '{{\"plugin_protocol\": 1}}'; exit; fi\n{export}"
        );
        self.script(name, &text);
    }

    fn script(&self, name: &str, text: &str) {
        let path = self
            .folder
            .path()
            .join("bin")
            .join(format!("journeyc-export-{name}"));
        program(&path, &format!("#!/bin/sh\n{text}\n"));
    }

    fn run(&self, args: &[&str]) -> Run {
        self.run_with(&[], args)
    }

    fn run_with(&self, env: &[(&str, &str)], args: &[&str]) -> Run {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let bin = self.folder.path().join("bin");
        let path = format!("{}:/usr/bin:/bin:/usr/local/bin", bin.display());
        let today = ("JOURNEYC_TODAY", "2026-11-22");
        let env = [("PATH", path.as_str()), today]
            .into_iter()
            .chain(env.iter().copied());
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut streams = Streams {
            out: &mut out,
            err: &mut err,
            out_is_terminal: false,
            err_is_terminal: false,
            width: None,
            env: env.collect::<BTreeMap<_, _>>(),
            current_dir: self.shop(),
        };
        let args = ["journeyc"].iter().chain(args).map(Into::into);
        let exit = cli::run(args, &mut streams);
        Run {
            exit,
            out: String::from_utf8(out).unwrap(),
            err: String::from_utf8(err).unwrap(),
        }
    }

    /// Exports by a plug-in that does this, and sees that it is refused with these words, that the
    /// plug-in is named, and that nothing is written.
    fn refuses(&self, export: &str, words: &str) -> Run {
        self.install("bad", export);
        let run = self.run(&["export", "bad", "--plugin-timeout", "5"]);
        assert_eq!(
            (run.exit, run.out.as_str()),
            (2, ""),
            "{export}: {}",
            run.err
        );
        let named = "the plug-in `journeyc-export-bad` ";
        assert!(
            run.err.contains(named) && run.err.contains(words),
            "{export}: {}",
            run.err
        );
        assert!(run.err.contains("= help: "), "{}", run.err);
        assert!(!self.shop().join("dist-bad").exists(), "{export}");
        run
    }
}

fn program(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn answer(files: &str) -> String {
    format!("cat >/dev/null; cat <<'END'\n{{\"plugin_protocol\": 1, \"files\": [{files}]}}\nEND")
}

#[test]
fn a_plug_in_is_told_the_journeys_and_its_files_are_written() {
    let bench = Bench::new();
    bench.install("copy", "printf '{\"plugin_protocol\": 1, \"files\": [{\"path\": \"told.txt\", \"base64\": \"'; base64 | tr -d '\\n'; printf '\"}, {\"path\": \"a/b.txt\", \"content\": \"ü\"}]}'");
    let run = bench.run(&["export", "copy"]);
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert!(run.out.contains("copy/default/"), "{}", run.out);
    let folder = bench.shop().join("dist-copy/copy/default");
    assert_eq!(fs::read_to_string(folder.join("a/b.txt")).unwrap(), "ü");
    let told = fs::read(folder.join("told.txt")).unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
    assert_eq!(told["journeyc"]["plugin_protocol"], 1);
    assert_eq!(
        (&told["target"], &told["account"]["name"]),
        (&"copy".into(), &"default".into())
    );
    let journeys = told["manifest"]["journeys"].as_array().unwrap();
    assert!(!journeys.is_empty());
    let mails = told["mails"].as_array().unwrap();
    assert!(!mails.is_empty() && mails.iter().all(|it| it["html"].is_string()));
    // What stands on the path is listed, and cannot be explained.
    let list = bench.run(&["targets"]);
    assert!(
        list.out.contains("copy ") && list.out.contains("journeyc-export-copy"),
        "{}",
        list.out
    );
    let page = bench.run(&["explain-target", "copy"]);
    assert_eq!(page.exit, 2);
    assert!(page.err.contains("only it knows"), "{}", page.err);
}

#[test]
fn a_declared_plug_in_gets_its_accounts_its_language_and_its_journeys() {
    let bench = Bench::new();
    let journeys = fs::read_dir(bench.shop().join("journeys")).unwrap();
    let names: Vec<String> = journeys
        .map(|it| {
            it.unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    bench.declare(
        "targets:\n  mine:\n    plugin: true\n    environments:\n      prod: {ids: {lists: {news: \"7\"}}}\n      staging: {}",
    );
    bench.script("mine", "if [ \"$1\" = --describe ]; then echo '{\"plugin_protocol\": 1, \"dialect\": \"liquid-braze\"}'; exit; fi\nprintf '{\"plugin_protocol\": 1, \"files\": [{\"path\": \"told.json\", \"base64\": \"'; base64 | tr -d '\\n'; printf '\"}]}'");
    let run = bench.run(&["build"]);
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    for (environment, id) in [
        ("prod", serde_json::json!({"lists": {"news": "7"}})),
        ("staging", serde_json::json!({})),
    ] {
        let path = bench
            .shop()
            .join(format!("dist/mine/{environment}/told.json"));
        let told: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        assert_eq!(
            told["account"],
            serde_json::json!({"name": environment, "ids": id})
        );
        assert_eq!(
            told["manifest"]["journeys"].as_array().unwrap().len(),
            names.len()
        );
    }
    let one = bench.run(&["export", "mine", &names[0], "--env", "prod", "--out", "one"]);
    assert_eq!((one.exit, one.err.as_str()), (0, ""));
    assert!(!bench.shop().join("one/mine/staging").exists());
    let told = fs::read(bench.shop().join("one/mine/prod/told.json")).unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
    assert_eq!(told["manifest"]["journeys"].as_array().unwrap().len(), 1);
    assert!(
        told["mails"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["journey"] == *names[0])
    );
    // Nothing is run to check, or to compare.
    bench.script("mine", "echo ran >&2; exit 1");
    let check = bench.run(&["check"]);
    assert_eq!(
        (check.exit, check.err.contains("ran")),
        (0, false),
        "{}",
        check.err
    );
    let build = bench.run(&["build", "--out", "again"]);
    assert_eq!(build.exit, 2);
    assert!(
        build.err.starts_with("journeyc-export-mine: ran\n"),
        "{}",
        build.err
    );
    let ids = bench.run(&["export", "mine", "--list-ids"]);
    assert!(
        ids.exit == 2 && ids.err.contains("only it knows which ids"),
        "{}",
        ids.err
    );
}

#[test]
fn an_answer_that_cannot_be_believed_is_refused_as_a_whole() {
    let bench = Bench::new();
    bench.refuses("true", "answered nothing");
    bench.refuses(
        "echo 'Traceback: boom'",
        "answered something that is no JSON",
    );
    bench.refuses("echo '{\"plugin_protocol\": 1'", "no JSON");
    bench.refuses("echo '[]'", "does not say which version");
    bench.refuses(
        "echo '{\"plugin_protocol\": \"1\"}'",
        "does not say which version",
    );
    bench.refuses(
        "echo '{\"plugin_protocol\": 2}'",
        "speaks version 2 of the protocol",
    );
    bench.refuses(
        "echo '{\"plugin_protocol\": 1, \"flies\": []}'",
        "another form: unknown field `flies`",
    );
    bench.refuses(
        "echo '{\"plugin_protocol\": 1, \"files\": {}}'",
        "another form",
    );
    bench.refuses(&answer(r#"{"path": "a"}"#), "either `content` or `base64`");
    bench.refuses(
        &answer(r#"{"path": "a", "content": "", "base64": ""}"#),
        "either",
    );
    bench.refuses(&answer(r#"{"path": "a", "base64": "?"}"#), "is no base64");
    bench.refuses(
        &answer(r#"{"path": "a", "content": ""}, {"path": "A", "content": ""}"#),
        "twice",
    );
    bench.refuses(
        &answer(r#"{"path": "a", "content": ""}, {"path": "a/b", "content": ""}"#),
        "as a file and as a folder",
    );
    // Text that would steer a terminal does not reach it.
    let run = bench.refuses("printf '\\033[2Jgone\\302\\233'", "no JSON");
    assert!(!run.err.contains(['\u{1b}', '\u{9b}']), "{:?}", run.err);
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let bench = Bench::new();
    for path in [
        "../outside",
        "a/../../outside",
        "/tmp/outside",
        "a//b",
        "./a",
        "a/.",
        "",
        "a/",
        "..\\\\outside",
        "C:/outside",
        "a\\u0000b",
        "nul",
        "COM1.txt",
        "aux.",
        "a ",
        "a\\nb",
        "a\\u202eb",
        "a:b",
    ] {
        let file = format!("{{\"path\": \"{path}\", \"content\": \"x\"}}");
        bench.refuses(&answer(&file), "wants to write `");
    }
    assert!(!bench.folder.path().join("outside").exists());
}

#[test]
fn a_program_that_fails_floods_or_hangs_is_named_and_ended() {
    let bench = Bench::new();
    let run = bench.refuses(
        "echo 'no such\tthing' >&2; exit 3",
        "failed with exit status 3",
    );
    assert!(
        run.err
            .starts_with("journeyc-export-bad: no such thing\nerror: "),
        "{}",
        run.err
    );
    let run = bench.refuses("yes why | head -c 1000000 >&2; i=0; while [ $i -lt 1000 ]; do echo line $i >&2; i=$((i+1)); done; exit 1", "exit status 1");
    assert!(run.err.lines().count() < 30, "{}", run.err);
    bench.refuses("kill -SEGV $$", "crashed (signal 11)");
    bench.refuses("yes x", "answered more than 64 MiB");
    bench.script("bad", "exit 9");
    let run = bench.run(&["export", "bad"]);
    assert!(
        run.exit == 2 && run.err.contains("exit status 9"),
        "{}",
        run.err
    );

    // It hangs, and so does its child: both end, and nobody waits for either.
    let mark = bench.folder.path().join("alive");
    bench.install(
        "bad",
        &format!("(sleep 3; echo alive > {}) & sleep 60", mark.display()),
    );
    let start = Instant::now();
    let run = bench.run(&["export", "bad", "--plugin-timeout", "1"]);
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );
    assert!(
        run.err
            .contains("did not end within 1 second, and was stopped"),
        "{}",
        run.err
    );
    assert!(run.err.contains("--plugin-timeout"), "{}", run.err);
    // It has gone, and its child keeps the answer open.
    bench.install("bad", "sleep 60 & exit 0");
    let run = bench.run(&["export", "bad", "--plugin-timeout", "1"]);
    assert!(run.err.contains("did not end within"), "{}", run.err);
    std::thread::sleep(Duration::from_secs(3));
    assert!(!mark.exists(), "the child of a plug-in outlived it");
    assert!(!bench.shop().join("dist-bad").exists());
}

#[test]
fn only_programs_outside_of_the_repository_are_run() {
    let bench = Bench::new();
    let none = bench.run(&["export", "nobody"]);
    assert_eq!(none.exit, 2);
    assert!(
        none.err.contains("there is no target `nobody`")
            && none.err.contains("`journeyc-export-nobody`"),
        "{}",
        none.err
    );
    // Not a program.
    let path = bench.folder.path().join("bin/journeyc-export-sheet");
    fs::write(&path, "#!/bin/sh\n").unwrap();
    bench.declare("targets: {sheet: {plugin: true, environments: {prod: {}}}}");
    let sheet = bench.run(&["export", "sheet"]);
    assert!(
        sheet.exit == 2 && sheet.err.contains("chmod +x"),
        "{}",
        sheet.err
    );
    // A program whose first line names nothing that is there.
    program(&path, "#!/nowhere/python9\n");
    let sheet = bench.run(&["export", "sheet"]);
    assert!(
        sheet.exit == 2 && sheet.err.contains("cannot be run"),
        "{}",
        sheet.err
    );
    // A folder of the repository that stands on the path, a relative one, and one through a link.
    fs::remove_file(&path).unwrap();
    let tools = bench.shop().join("tools");
    fs::create_dir(&tools).unwrap();
    let mark = bench.folder.path().join("ran");
    program(
        &tools.join("journeyc-export-sheet"),
        &format!("#!/bin/sh\ntouch {}\n", mark.display()),
    );
    let link = bench.folder.path().join("link");
    std::os::unix::fs::symlink(&tools, &link).unwrap();
    for folder in [tools.as_path(), Path::new("tools"), Path::new("."), &link] {
        let env = [("PATH", folder.to_str().unwrap())];
        let run = bench.run_with(&env, &["export", "sheet"]);
        assert!(
            run.exit == 2 && run.err.contains("is not on the PATH"),
            "{}",
            run.err
        );
    }
    assert!(!mark.exists());
}

#[test]
fn what_a_plug_in_finds_stands_at_its_line() {
    let bench = Bench::new();
    let manifest = bench.run(&["build"]);
    assert_eq!(manifest.exit, 0, "{}", manifest.err);
    let text = fs::read(bench.shop().join("dist/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let journey = manifest["journeys"][0]["name"].as_str().unwrap();
    let finding = |level: &str| {
        format!(
            "cat >/dev/null; echo '{{\"plugin_protocol\": 1, \"findings\": [{{\"level\": \"{level}\", \"message\": \"too \\\\u001b[2Jgaudy\", \"journey\": \"{journey}\", \"help\": \"paint it grey\"}}, {{\"level\": \"{level}\", \"message\": \"a stranger\", \"journey\": \"who\", \"step\": \"what\"}}]}}'"
        )
    };
    bench.install("taste", &finding("warning"));
    let run = bench.run(&["export", "taste"]);
    assert_eq!(run.exit, 0, "{}", run.err);
    assert!(
        run.err.contains("warning[plugin-finding]: too ·[2Jgaudy"),
        "{}",
        run.err
    );
    assert!(
        run.err.contains("journeys/")
            && run.err.contains("paint it grey")
            && run.err.contains("a stranger"),
        "{}",
        run.err
    );
    bench.install("taste", &finding("error"));
    let run = bench.run(&["export", "taste"]);
    assert_eq!((run.exit, run.out.as_str()), (1, ""));
    assert!(run.err.ends_with("nothing was written\n"), "{}", run.err);
    let quiet = bench.run_with(&[("NO_COLOR", "1")], &["export", "taste", "--quiet"]);
    assert!(!quiet.err.contains("nothing was written") && !quiet.err.contains('\u{1b}'));
}

#[test]
fn a_plug_in_is_declared_by_its_word() {
    for (lines, words) in [
        ("targets: {klavio: {}}", "did you mean `klaviyo`?"),
        ("targets: {sheet: {}}", "A program of your own is declared"),
        (
            "targets: {klaviyo: {plugin: true}}",
            "is built in, and no plug-in",
        ),
        (
            "targets: {Sheet: {plugin: true}}",
            "is no name of a plug-in",
        ),
        (
            "targets: {\"../x\": {plugin: true}}",
            "is no name of a plug-in",
        ),
        (
            "targets: {klaviyo: {journeys: [nowhere]}}",
            "there is no journey `nowhere`",
        ),
        ("targets: {klaviyo: {journeys: []}}", "invalid-value"),
        (
            "targets: {sheet: {plugin: true}}",
            "has no environment to export to",
        ),
    ] {
        let bench = Bench::new();
        bench.declare(lines);
        bench.install("sheet", &answer(""));
        let run = bench.run(&["build"]);
        let err = run.err.replace("\n           ", " ");
        assert!(run.exit != 0 && err.contains(words), "{lines}: {}", run.err);
        assert!(!bench.shop().join("dist").exists());
    }
}

/// The example of the page, where there is a Python.
#[test]
#[expect(clippy::print_stderr, reason = "a check that is skipped says so")]
fn the_example_works() {
    if std::process::Command::new("python3")
        .arg("--version")
        .output()
        .is_err()
    {
        eprintln!("no python3: the example is not tried");
        return;
    }
    let bench = Bench::new();
    fs::copy(
        root("docs/journeyc-export-csv"),
        bench.folder.path().join("bin/journeyc-export-csv"),
    )
    .unwrap();
    let run = bench.run(&["export", "csv"]);
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    let sheet = fs::read_to_string(bench.shop().join("dist-csv/csv/default/messages.csv")).unwrap();
    assert!(
        sheet.starts_with("journey,step,locale,subject,words\n") && sheet.lines().count() > 1,
        "{sheet}"
    );
}
