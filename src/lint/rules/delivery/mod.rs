//! Whether a message arrives, and how it looks there.

mod gmail_clipping;
mod unsubscribe_below_clip;

use crate::lint::rule::Rule;

/// Sorted by name.
pub(super) const RULES: &[&dyn Rule] = &[
    &gmail_clipping::GmailClipping,
    &unsubscribe_below_clip::UnsubscribeBelowClip,
];
