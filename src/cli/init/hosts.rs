//! What makes a host show a change: workflows, and the scripts that they run.
//!
//! In: which host. Out: files by path. Invariant: they are the very files that this repository tests
//! and uses itself, so that a new repository needs nothing from elsewhere but the program.
//! Not done here: writing them.

use clap::ValueEnum;
use include_dir::{Dir, include_dir};

/// The action with its scripts, as it stands in this repository.
static ACTION: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/.github/actions/journeyc");

/// Where a repository is reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Ci {
    /// GitHub Actions: annotations, one comment, three statuses, code scanning
    Github,
    /// GitLab CI: code quality, one note, a report
    Gitlab,
    /// No workflow
    None,
}

/// The files for a host, by path.
pub(super) fn files(ci: Ci) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![(
        ".pre-commit-config.yaml",
        include_str!("pre-commit-config.yaml"),
    )];
    let scripts = match ci {
        Ci::Github => {
            files.push((
                ".github/workflows/journeys.yml",
                include_str!("journeys.yml"),
            ));
            files.push((
                ".github/workflows/review.yml",
                include_str!("../../../.github/workflows/review.yml"),
            ));
            scripts(".github/actions/journeyc", |it| it != "comment-gitlab.sh")
        }
        Ci::Gitlab => {
            files.push((".gitlab-ci.yml", include_str!("gitlab-ci.yml")));
            scripts(".gitlab/journeyc", |it| {
                !matches!(it, "action.yml" | "comment.sh" | "tell.sh")
            })
        }
        Ci::None => Vec::new(),
    };
    let texts = files
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    texts.chain(scripts).collect()
}

/// The action's files that are wanted, in a folder.
fn scripts(folder: &str, is_wanted: fn(&str) -> bool) -> Vec<(String, Vec<u8>)> {
    let named = ACTION.files().filter_map(|it| {
        let name = it.path().to_str()?;
        is_wanted(name).then(|| (format!("{folder}/{name}"), it.contents().to_vec()))
    });
    named.collect()
}
