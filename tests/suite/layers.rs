//! Who may know whom: the order of the stages, and the few bans on top of it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::snapshot::root;

/// The stages in the order in which data flows. A stage knows only those before it.
const STAGES: &[&str] = &[
    "source",
    "diagnostic",
    "load",
    "workspace",
    "yaml",
    "schema",
    "model",
    "graph",
    "template",
    "render",
    "messages",
    "simulate",
    "scenario",
    "lint",
    "shown",
    "manifest",
    "dialect",
    "target",
    "compile",
    "fix",
    "affected",
    "baseline",
    "printed",
    "recipients",
    "plugin",
    "build",
    "diff",
    "site",
    "report",
    "cli",
];

/// Who may not know whom although the order would allow it, and why.
const BANS: &[(&str, &[&str], &str)] = &[
    (
        "manifest",
        &["lint"],
        "what is written does not depend on what is complained about",
    ),
    (
        "target",
        &["lint"],
        "what is written does not depend on what is complained about",
    ),
    (
        "diff",
        &["lint"],
        "findings are compared by whoever has them",
    ),
    (
        "simulate",
        &["graph", "lint"],
        "the simulator is their judge",
    ),
    (
        "scenario",
        &["graph", "lint"],
        "scenarios show what rules claim, by other means",
    ),
    (
        "lint",
        &["simulate", "scenario"],
        "a rule decides by the graph alone; lives only prove it",
    ),
];

/// Folders whose members do not know each other, and what makes a file a member; what members share
/// stands in files of its own.
const SIBLINGS: &[(&str, &str)] = &[
    ("lint/rules", "impl Rule for"),
    ("dialect", "impl Dialect for"),
];

/// Whether a file is one of several of a kind.
fn is_member(path: &str) -> bool {
    SIBLINGS.iter().any(|(folder, mark)| {
        let is_inside = path.starts_with(&format!("{folder}/"));
        is_inside && fs::read_to_string(root("src").join(path)).is_ok_and(|it| it.contains(mark))
    })
}

#[test]
fn stages_know_only_what_stands_above_them() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let own = stage(&path);
        let Some(own_at) = STAGES.iter().position(|it| *it == own) else {
            wrong.push(format!("{path}: `{own}` is in no stage"));
            continue;
        };
        for (line, known) in crate_paths(&text) {
            let at = format!("src/{path}:{line}");
            let known_at = STAGES.iter().position(|it| *it == known);
            if own == "cli" && known_at.is_none() {
                // The facade in `lib.rs` is what commands are for.
                continue;
            }
            match known_at {
                None => wrong.push(format!("{at}: `{known}` is in no stage")),
                Some(it) if it > own_at => {
                    wrong.push(format!("{at}: `{own}` comes before `{known}`"));
                }
                Some(_) => {}
            }
            for (who, whom, why) in BANS {
                if *who == own && whom.contains(&known.as_str()) {
                    wrong.push(format!("{at}: `{who}` does not know `{known}`: {why}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn siblings_do_not_know_each_other() {
    let mut wrong = Vec::new();
    let mut members = 0;
    for (path, text) in sources() {
        if !is_member(&path) || path.ends_with("/mod.rs") {
            continue;
        }
        members += 1;
        for (number, line) in code(&text) {
            for known in SIBLINGS.iter().filter_map(|it| known_file(line, it.0)) {
                if known != path && is_member(&known) {
                    wrong.push(format!("src/{path}:{number}: knows its sibling {known}"));
                }
            }
            // A path of one `super` leads to the folder's own `mod.rs`, or to a sibling.
            let folder = path.rsplit_once('/').unwrap().0;
            for (at, matched) in line.match_indices("super::") {
                let known = format!("{folder}/{}.rs", name(&line[at + matched.len()..]));
                if !line[..at].ends_with("::") && known != path && is_member(&known) {
                    wrong.push(format!("src/{path}:{number}: knows its sibling {known}"));
                }
            }
        }
    }
    assert!(members > 100, "{members}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The file in a folder, or in a folder of that folder, that a line's path leads to.
fn known_file(line: &str, folder: &str) -> Option<String> {
    let prefix = format!("crate::{}::", folder.replace('/', "::"));
    let (_, rest) = line.split_once(&prefix)?;
    let mut file = folder.to_owned();
    for part in rest.split("::") {
        file = format!("{file}/{}", name(part));
        let module = format!("{file}.rs");
        if root("src").join(&module).is_file() {
            return Some(module);
        }
    }
    None
}

#[test]
fn some_crates_have_one_place() {
    let places: &[(&str, &[&str])] = &[
        ("clap::", &["cli"]),
        ("minijinja::", &["template", "render"]),
        ("annotate_snippets::", &["report", "cli"]),
        ("granit_parser::", &["yaml"]),
        ("std::process::Command", &["load", "cli"]),
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (name, stages) in places {
            for (number, line) in code(&text) {
                if line.contains(name) && !stages.contains(&stage(&path)) {
                    wrong.push(format!(
                        "src/{path}:{number}: `{name}` belongs to {stages:?}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn paths_are_found_in_every_form() {
    let text = "\
use crate::source::{Span, FileId};
use crate::{diagnostic::Sink, yaml::{self, Node}, model};
// use crate::cli::Streams;
/// See [`crate::report`].
fn f() -> crate::graph::Graph {}
";
    let found: Vec<_> = crate_paths(text)
        .into_iter()
        .map(|(_, name)| name)
        .collect();
    assert_eq!(found, ["source", "diagnostic", "yaml", "model", "graph"]);
}

/// All files of the library but its root and its tests, by their paths below `src`, with their texts.
fn sources() -> Vec<(String, String)> {
    let src = root("src");
    let mut files = Vec::new();
    collect(&src, &mut files);
    files.sort();
    let read = |path: PathBuf| {
        let name = path
            .strip_prefix(&src)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        (name, fs::read_to_string(&path).unwrap())
    };
    let all = files.into_iter().map(read);
    let is_exempt =
        |name: &str| matches!(name, "lib.rs" | "main.rs") || name.ends_with("/tests.rs");
    all.filter(|(name, _)| !is_exempt(name)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
}

/// The stage that a file belongs to: its folder, or the file itself.
fn stage(path: &str) -> &str {
    path.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The lines that are code, numbered; tests in the file's own test module may know anyone.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line))
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The first names of all paths from the crate's root, with their lines.
fn crate_paths(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let lines: Vec<_> = code(text).collect();
    for (at, (number, line)) in lines.iter().enumerate() {
        for (start, matched) in line.match_indices("crate::") {
            let is_whole = !line[..start].ends_with(|it: char| it.is_alphanumeric() || it == '_');
            if !is_whole {
                continue;
            }
            let rest = &line[start + matched.len()..];
            if let Some(list) = rest.strip_prefix('{') {
                // A list may go on over the next lines.
                let more = lines[at + 1..].iter().map(|(_, line)| *line);
                let list: Vec<_> = std::iter::once(list).chain(more).collect();
                found.extend(heads(&list.join("\n")).into_iter().map(|it| (*number, it)));
            } else {
                found.push((*number, name(rest)));
            }
        }
    }
    found.retain(|(_, name)| !name.is_empty());
    found
}

/// The names that the entries of `{a::b, c, d::{e, f}}` begin with; the text follows the first
/// brace.
fn heads(list: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut depth, mut expects) = (1, true);
    for (at, it) in list.char_indices() {
        match it {
            '{' => depth += 1,
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' => expects |= depth == 1,
            _ if expects && depth == 1 && !it.is_whitespace() => {
                found.push(name(&list[at..]));
                expects = false;
            }
            _ => {}
        }
    }
    found
}

/// The identifier at the beginning.
fn name(text: &str) -> String {
    let is_part = |it: &char| it.is_alphanumeric() || *it == '_';
    text.chars().take_while(is_part).collect()
}
