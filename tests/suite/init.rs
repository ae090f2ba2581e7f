//! `journeyc init`: what a new repository holds for the host that it is reviewed on.

use std::fs;
use std::path::Path;

use crate::cli::run;

/// Writes a repository and gives its folder.
fn written(args: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let init = run(folder.path(), &[&["init"], args].concat());
    assert_eq!((init.exit, init.err.as_str()), (0, ""));
    folder
}

fn is_there(folder: &tempfile::TempDir, path: &str) -> bool {
    folder.path().join(path).is_file()
}

#[test]
fn a_repository_on_github_gets_the_action_that_we_test() {
    let folder = written(&[]);
    let action = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/actions/journeyc");
    for name in ["action.yml", "comment.sh", "look.sh", "tell.sh"] {
        let copy = folder.path().join(".github/actions/journeyc").join(name);
        assert_eq!(
            fs::read(copy).unwrap(),
            fs::read(action.join(name)).unwrap()
        );
    }
    assert!(is_there(&folder, ".github/workflows/journeys.yml"));
    assert!(is_there(&folder, ".github/workflows/review.yml"));
    assert!(is_there(&folder, ".pre-commit-config.yaml"));
    assert!(!folder.path().join(".gitlab-ci.yml").exists());
}

#[test]
fn a_repository_elsewhere_gets_no_workflow_of_github() {
    let gitlab = written(&["--ci", "gitlab"]);
    assert!(is_there(&gitlab, ".gitlab-ci.yml"));
    assert!(is_there(&gitlab, ".gitlab/journeyc/comment-gitlab.sh"));
    assert!(!is_there(&gitlab, ".gitlab/journeyc/tell.sh"));
    assert!(!gitlab.path().join(".github").exists());
    let none = written(&["--ci", "none"]);
    assert!(is_there(&none, ".pre-commit-config.yaml"));
    assert!(!none.path().join(".github").exists());
    assert!(!none.path().join(".gitlab-ci.yml").exists());
}

#[test]
fn a_workflow_that_is_there_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".github/workflows/review.yml");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "mine\n").unwrap();
    let init = run(folder.path(), &["init"]);
    assert_eq!(init.exit, 0, "{}", init.err);
    let kept = "kept `.github/workflows/review.yml`, which was already there";
    assert!(init.out.contains(kept), "{}", init.out);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine\n");
    assert!(is_there(&folder, ".github/workflows/journeys.yml"));
}
