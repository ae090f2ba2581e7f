//! Plug-ins: programs on the path that write what a provider takes in which the compiler does not
//! know.

mod find;
mod process;

pub(super) use find::{folders, is_name, on_the_path};
pub(super) use process::Programs;
