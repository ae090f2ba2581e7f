//! Ids that the caller chooses: the same for the same thing in every export, so that sending a request
//! again changes what is there instead of making a second one.
//!
//! In: the workspace, and what a thing is called. Out: a UUID. Invariant: the layout is that of version 5
//! (name-based), which providers check; the digest is SHA-256, cut to 16 bytes, instead of SHA-1.
//! Not done here: ids of things that may be there already, such as user properties: those go by name.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// The id of a thing of a workspace.
pub(super) fn uuid(workspace: &str, kind: &str, name: &str) -> String {
    let mut hash = Sha256::new();
    for part in ["journeyc", workspace, kind, name] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut text = String::with_capacity(36);
    for (at, byte) in digest.iter().take(16).enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let byte = match at {
            6 => byte & 0x0f | 0x50,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Whether a text is a UUID as providers check it.
pub(super) fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let hex = |it: char| it == '-' || it.is_ascii_hexdigit();
    let version = text.as_bytes().get(14).copied().unwrap_or_default();
    let variant = text.as_bytes().get(19).copied().unwrap_or_default();
    lengths == [8, 4, 4, 4, 12]
        && text.chars().all(hex)
        && (b'1'..=b'5').contains(&version)
        && matches!(variant, b'8' | b'9' | b'a' | b'b' | b'A' | b'B')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_same_each_time_and_differs_by_workspace_kind_and_name() {
        let id = uuid("w", "journey", "plain");
        assert!(is_uuid(&id), "{id}");
        assert_eq!(id, uuid("w", "journey", "plain"));
        let others = [
            uuid("v", "journey", "plain"),
            uuid("w", "template", "plain"),
            uuid("w", "journey", "plainer"),
            uuid("w", "journeyp", "lain"),
        ];
        assert!(others.iter().all(|it| *it != id));
        assert!(!is_uuid("") && !is_uuid("3a5b1f3e-6a57-7d2e-9a57-0f3c1b0a0001"));
        assert!(is_uuid("3a5b1f3e-6a57-4d2e-9a57-0f3c1b0a0001"));
    }
}
