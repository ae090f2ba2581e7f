//! Every touchpoint on both sides, in the order of time.

use std::collections::BTreeMap;

use super::Row;
use crate::manifest::Journey;

/// The rows of one journey. `pairs` says which node of the new journey each node of the old one has
/// become.
pub(super) fn rows(
    _before: Option<&Journey>,
    _after: Option<&Journey>,
    _pairs: &BTreeMap<&str, &str>,
) -> Vec<Row> {
    Vec::new()
}
