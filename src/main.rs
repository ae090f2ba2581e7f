//! The command line program: streams in, exit code out.

fn main() {}
