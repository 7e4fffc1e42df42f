//! Placeholder of the bindings build; see the crate's description.

fn main() {}
