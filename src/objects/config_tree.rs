//! `apache.config_tree()`: the configuration as it was written, as nested lists. Runs attached, on any thread.

use std::ffi::CStr;

use super::module::State;
use super::row::ToPython;
use crate::config::is_content_handler;
use crate::httpd::tree::{self, Node};
use crate::py::{Args, Attached, Owned, PyResult};

/// Pairs `(directive, args)`; the list of a section's directives follows its pair.
pub(super) fn config_tree<'py>(py: Attached<'py>, _: &State, _: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    list(py, tree::config_tree())
}

fn list<'py>(py: Attached<'py>, nodes: impl Iterator<Item = &'static Node>) -> PyResult<Owned<'py>> {
    let mut items = Vec::new();
    for node in nodes {
        items.push(py.tuple([node.name().to_python(py)?, node.args().to_python(py)?])?);
        let mut children = node.children().peekable();
        if children.peek().is_some() {
            items.push(list(py, children)?);
        }
    }
    py.list_of(items)
}

/// The extensions, without dot, that some `AddHandler` of the configuration files gives to this module.
pub(super) fn addhandler_extensions() -> Vec<String> {
    let mut found = Vec::new();
    collect(tree::config_tree(), &mut found);
    found
}

fn collect(nodes: impl Iterator<Item = &'static Node>, found: &mut Vec<String>) {
    for node in nodes {
        if node.name().is_some_and(is_addhandler) {
            found.extend(extensions(&node.args().unwrap_or_default().to_string_lossy()));
        }
        collect(node.children(), found);
    }
}

fn is_addhandler(name: &CStr) -> bool {
    name.to_bytes().eq_ignore_ascii_case(b"AddHandler")
}

/// `mod_python .py .psp`: py, psp.
fn extensions(args: &str) -> Vec<String> {
    let mut words = args.split_whitespace().map(|word| word.trim_matches('"'));
    match words.next() {
        Some(handler) if is_content_handler(handler.as_bytes()) => words
            .map(|extension| extension.trim_start_matches('.').to_owned())
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_of_our_names_only() {
        assert_eq!(extensions("mod_python .py psp"), ["py", "psp"]);
        assert_eq!(extensions("\"python-program\" .PY"), ["PY"]);
        assert!(extensions("cgi-script .cgi").is_empty() && extensions("").is_empty());
    }
}
