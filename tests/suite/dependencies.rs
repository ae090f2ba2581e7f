//! Every dependency has a sentence that says why it is here, and the toolchain that is promised is
//! the one that continuous integration uses.

use std::fs;

use crate::snapshot::root;

#[test]
fn every_dependency_has_its_sentence() {
    let manifest = fs::read_to_string(root("Cargo.toml")).unwrap();
    let page = fs::read_to_string(root("docs/dependencies.md")).unwrap();
    let mut counts = false;
    let mut missing = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            counts = line.ends_with("dependencies]");
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| counts)
            && !page.contains(&format!("`{name}`"))
        {
            missing.push(name);
        }
    }
    assert!(
        missing.is_empty(),
        "docs/dependencies.md does not say why: {missing:?}"
    );
}

#[test]
fn the_promised_toolchain_is_the_one_that_is_tested() {
    let workflow = fs::read_to_string(root(".github/workflows/ci.yml")).unwrap();
    assert!(
        workflow.contains(r#"s/^rust-version = "\(.*\)"/\1/p"#),
        "the workflow takes the toolchain from `rust-version` in Cargo.toml"
    );
}
