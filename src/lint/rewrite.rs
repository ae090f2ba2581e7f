//! Changes to a journey or project file, said by meaning and not by place in the text.
//!
//! A rule says what shall stand there; where the bytes go, so that comments and layout stay as they
//! are, is worked out from the file once the rules have run.

pub(crate) use crate::yaml::edit::{Rewrite, Spot, scalar_of};
