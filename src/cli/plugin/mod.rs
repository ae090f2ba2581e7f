//! Plug-ins: programs on the path that write what a provider takes in which the compiler does not
//! know.

mod find;

pub(super) use find::on_the_path;
