//! What a provider's language cannot say, and how that is told.

use super::Dialect;
use crate::diagnostic::{Diagnostic, RuleId, Sink};
use crate::source::Span;

/// What a provider's language cannot say.
pub(crate) const NOT_EXPRESSIBLE: RuleId = RuleId("not-expressible-on-target");

/// What cannot be said: the reason, and what to do instead.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    /// The place, where it is narrower than the statement.
    pub(super) span: Option<Span>,
    /// Why, as a headline.
    pub(super) reason: String,
    /// The nearest thing that works, as an imperative.
    pub(super) help: &'static str,
}

/// A printed piece, or why there is none.
pub(super) type Said<T> = Result<T, Refusal>;

impl Refusal {
    /// Says it at a place in the template.
    pub(super) fn tell(self, dialect: &dyn Dialect, statement: Option<Span>, sink: &mut Sink) {
        let Some(span) = self.span.or(statement) else {
            return;
        };
        let provider = dialect.provider();
        sink.push(
            Diagnostic::error(NOT_EXPRESSIBLE, span, self.reason)
                .help(self.help)
                .why(format!(
                    "{provider} would send the mail wrong, or not at all"
                ))
                .subject(dialect.name()),
        );
    }
}
