//! The one integration binary: each module is an area, and the data is in `tests/cases`.
//!
//! `SNAPSHOTS=overwrite cargo test --test suite` accepts what came out; then read the diff.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests read cases and write snapshots"
)]

mod base;
mod build;
mod check;
mod cli;
#[allow(dead_code, reason = "the bench uses more of it")]
#[path = "../../benches/check/corpus.rs"]
mod corpus;
mod dependencies;
mod dialect;
mod diff;
mod diff_comment;
mod diff_copy;
mod diff_page;
mod diff_properties;
mod diff_revisions;
mod fix;
mod formats;
mod init;
mod input;
mod language;
mod layers;
mod lint;
mod plugins;
mod print;
mod proof;
mod proof_asking;
mod proof_time;
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the bench uses more of it, and it is a crate's part there"
)]
#[path = "../proof/mod.rs"]
mod proving;
mod reached;
mod report;
mod repository;
mod scenario;
mod simulate;
mod snapshot;
mod targets;
mod templates;
mod witness;
mod yaml;
