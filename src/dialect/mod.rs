//! Stage 11: providers' template languages.
//!
//! In: nodes of the template IR. Out: the same in a provider's own language.
//! Invariant: what is printed means what the IR means, for every value that may come, or it is
//! refused at its place; nothing degrades silently.
//! Not done here: what a provider's API takes (that is `target`).

mod django;

use crate::diagnostic::{RuleId, Sink};
use crate::template::ir::Node;
use crate::template::{Shape, Spelling};

/// What a provider's language cannot say.
pub(crate) const NOT_EXPRESSIBLE: RuleId = RuleId("not-expressible-on-target");

/// Where a printed text is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A page: the provider escapes what it inserts.
    Html,
    /// A plain text: nothing may be escaped.
    Text,
    /// One line of a header: nothing may be escaped, and links have no place.
    Subject,
}

/// A provider's template language.
pub trait Dialect: Sync {
    /// The name that targets refer to.
    fn name(&self) -> &'static str;

    /// How the provider spells the quotes that it escapes; they read the same everywhere.
    fn spelling(&self) -> Spelling;

    /// Prints nodes. `None` if something cannot be said; each such place has been told.
    fn print(
        &self,
        nodes: &[Node],
        surface: Surface,
        shape: &Shape<'_>,
        sink: &mut Sink,
    ) -> Option<String>;
}

/// Every dialect, by name.
pub const ALL: &[&dyn Dialect] = &[&django::Django];

/// The dialect with this name.
pub fn find(name: &str) -> Option<&'static dyn Dialect> {
    ALL.iter().copied().find(|it| it.name() == name)
}
