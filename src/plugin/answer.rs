//! What a plug-in answers: JSON on its standard output, believed in nothing.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::base64::decode;
use super::{PROTOCOL, Trouble};
use crate::source::Artifacts;

/// The most files that a plug-in may write for one account.
const MOST_FILES: usize = 10_000;
/// The longest path of a file, in bytes.
const LONGEST_PATH: usize = 200;
/// The most findings that a plug-in may have.
const MOST_FINDINGS: usize = 1_000;
/// The longest text of a plug-in that is shown, in characters.
const LONGEST_TEXT: usize = 500;

/// What a plug-in says of itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    #[serde(rename = "plugin_protocol")]
    _protocol: u32,
    pub(super) dialect: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    #[serde(rename = "plugin_protocol")]
    _protocol: u32,
    #[serde(default)]
    files: Vec<File>,
    #[serde(default)]
    findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    path: String,
    content: Option<String>,
    base64: Option<String>,
}

/// What a plug-in found.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Finding {
    pub(super) level: Level,
    pub(super) message: String,
    pub(super) journey: Option<String>,
    pub(super) step: Option<String>,
    pub(super) help: Option<String>,
}

/// How much a finding weighs: an error means that nothing is written.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Error,
    Warning,
}

/// Reads the answer to `--describe`.
pub(super) fn description(name: &str, out: &[u8]) -> Result<Description, Trouble> {
    read(name, out)
}

/// Reads the answer to an export.
pub(super) fn answer(name: &str, out: &[u8]) -> Result<(Artifacts, Vec<Finding>), Trouble> {
    let answer: Answer = read(name, out)?;
    if answer.files.len() > MOST_FILES || answer.findings.len() > MOST_FINDINGS {
        let what = format!(
            "answered {} files and {} findings; at most {MOST_FILES} and {MOST_FINDINGS} are taken",
            answer.files.len(),
            answer.findings.len()
        );
        return Err(Trouble::answer(name, &what));
    }
    let mut artifacts = Artifacts::default();
    let mut taken = BTreeSet::new();
    let mut folders = BTreeSet::new();
    for file in answer.files {
        let shown = harmless(&file.path);
        let refuse = |why: &str| Trouble::answer(name, &format!("wants to write `{shown}`: {why}"));
        if let Err(why) = check_path(&file.path) {
            return Err(refuse(why));
        }
        // Some disks do not tell capitals from small letters.
        let folded = file.path.to_lowercase();
        if !taken.insert(folded.clone()) {
            return Err(refuse("it does so twice"));
        }
        let parents = folded.match_indices('/').map(|(at, _)| &folded[..at]);
        folders.extend(parents.map(str::to_owned));
        let bytes = match (file.content, file.base64) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(text)) => {
                decode(&text).ok_or_else(|| refuse("its `base64` is no base64"))?
            }
            _ => return Err(refuse("it needs either `content` or `base64`")),
        };
        artifacts.add(file.path, bytes);
    }
    if let Some(path) = taken.intersection(&folders).next() {
        let what = format!(
            "wants to write `{}` as a file and as a folder",
            harmless(path)
        );
        return Err(Trouble::answer(name, &what));
    }
    Ok((artifacts, answer.findings))
}

/// Reads JSON whose version is ours.
fn read<T: DeserializeOwned>(name: &str, out: &[u8]) -> Result<T, Trouble> {
    if out.iter().all(u8::is_ascii_whitespace) {
        return Err(Trouble::answer(name, "answered nothing"));
    }
    let no_json = |error: serde_json::Error| {
        let start: String = String::from_utf8_lossy(out).chars().take(60).collect();
        let what = format!(
            "answered something that is no JSON ({error}); it begins with `{}`",
            harmless(&start)
        );
        Trouble::answer(name, &what)
    };
    let value: Value = serde_json::from_slice(out).map_err(no_json)?;
    match value.get("plugin_protocol").map(Value::as_u64) {
        Some(Some(it)) if it == u64::from(PROTOCOL) => {}
        Some(Some(other)) => {
            let what = format!(
                "speaks version {other} of the protocol, and this journeyc speaks version {PROTOCOL}"
            );
            return Err(Trouble::new(name, &what, "update the plug-in, or journeyc"));
        }
        _ => {
            let what = "does not say which version of the protocol it speaks";
            return Err(Trouble::answer(name, what));
        }
    }
    serde_json::from_value(value).map_err(|error| {
        let what = format!(
            "answered JSON of another form: {}",
            harmless(&error.to_string())
        );
        Trouble::answer(name, &what)
    })
}

/// Whether a path stays in its folder, on every system; if not, why.
fn check_path(path: &str) -> Result<(), &'static str> {
    if path.is_empty() || path.len() > LONGEST_PATH {
        return Err("a path has 1 to 200 bytes");
    }
    if path.starts_with('/') {
        return Err("a path begins in the account's folder, not with `/`");
    }
    if path.contains(['\\', ':', '<', '>', '"', '|', '?', '*']) || path.chars().any(is_strange) {
        return Err("a path has letters, digits, `-`, `_`, `.` and `/`, and nothing special");
    }
    for part in path.split('/') {
        if part == ".." || part == "." || part.is_empty() {
            return Err("it leads out of the account's folder, or nowhere");
        }
        if part.ends_with(['.', ' ']) || part.starts_with(' ') {
            return Err("a name ends with a letter or a digit");
        }
        if is_device(part) {
            return Err("some systems take this name for a device");
        }
    }
    Ok(())
}

/// The names that Windows keeps for devices, whatever ending they have.
fn is_device(part: &str) -> bool {
    let stem = part
        .split('.')
        .next()
        .unwrap_or(part)
        .trim_end()
        .to_ascii_lowercase();
    let numbered = |it: &str| {
        stem.strip_prefix(it)
            .is_some_and(|rest| rest.chars().count() == 1 && rest != "0")
    };
    matches!(&*stem, "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || numbered("com")
        || numbered("lpt")
}

/// Whether a character could make a terminal or a reader see something else than what is there.
fn is_strange(it: char) -> bool {
    it.is_control()
        || matches!(it, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A text of a plug-in as it can be shown: of one line, without what steers a terminal, not too long.
pub(super) fn harmless(text: &str) -> String {
    let mut letters = text.trim().chars();
    let shown = letters.by_ref().take(LONGEST_TEXT);
    let mut shown: String = shown
        .map(|it| match it {
            '\n' | '\r' | '\t' => ' ',
            it if is_strange(it) => '·',
            it => it,
        })
        .collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}
