//! Every touchpoint on both sides, in the order of time.
