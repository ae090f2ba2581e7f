//! Which pieces of a page are read: what stands in its body, without what is hidden.

use super::html::is_hidden;
use super::markup::{Piece, is_void};

/// Looks at the pieces of a page one after another.
#[derive(Debug, Default)]
pub(super) struct Shown<'h> {
    in_body: bool,
    /// The name and depth of the element that is left out, if one is.
    left_out: Option<(&'h str, usize)>,
}

impl<'h> Shown<'h> {
    /// Whether the next piece is read.
    pub(super) fn shows(&mut self, piece: &Piece<'h>) -> bool {
        if let Some((name, depth)) = &mut self.left_out {
            match piece {
                Piece::Open(other, tag) if other == name && !tag.ends_with("/>") => *depth += 1,
                Piece::Close(other, _) if other == name => *depth -= 1,
                // The choices inside would otherwise never end.
                _ => {}
            }
            if *depth == 0 {
                self.left_out = None;
            }
            return false;
        }
        match piece {
            Piece::Open("body", _) => {
                self.in_body = true;
                false
            }
            Piece::Open(name, tag) if self.in_body => {
                let left_out = matches!(*name, "style" | "script" | "title") || is_hidden(tag);
                if left_out && !is_void(name) && !tag.ends_with("/>") {
                    self.left_out = Some((name, 1));
                }
                !left_out
            }
            _ => self.in_body,
        }
    }
}
