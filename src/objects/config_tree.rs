//! `apache.config_tree()`: the configuration as it was written, as nested lists. Runs attached, on any thread.

use super::module::State;
use super::row::ToPython;
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
