//! What an application registers while a request runs: a handler word, or something to call.

use super::Req;
use crate::config::{Directory, HandlerEntry};
use crate::interp::Held;
use crate::objects::module::state;
use crate::objects::request_state::Handler;
use crate::py::{Attached, Borrowed, Owned, PyResult};

/// The handler that `object` says, for `directory`; a word without object stands for `function` of its module.
pub(super) fn handler<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    object: Borrowed<'_, 'py>,
    function: &str,
    directory: &Directory,
    parent: Option<Handler>,
) -> PyResult<Handler> {
    let (word, callable) = if object.is_str() {
        (py.text(object)?, None)
    } else {
        let interp = state(py, this)?.interp(py)?;
        (name_of(py, object)?, Some(Held::new(object.to_owned(), interp)))
    };
    HandlerEntry::parse(&word, function, directory, false)
        .map(|entry| Handler::registered(entry, callable, parent))
        .map_err(|text| py.raise_value_error(&text))
}

/// The directory that an argument names, if it is given.
pub(super) fn directory<'py>(
    py: Attached<'py>,
    named: Option<Borrowed<'_, 'py>>,
) -> PyResult<Option<Directory>> {
    let Some(named) = named.filter(|named| !named.is_none()) else {
        return Ok(None);
    };
    let directory = Directory::named(&py.text(named)?);
    directory.map(Some).map_err(|text| py.raise_value_error(&text))
}

/// `module::name` of something to call, or of its class: how the log and `hlist` speak of it.
fn name_of<'py>(py: Attached<'py>, callable: Borrowed<'_, 'py>) -> PyResult<String> {
    if !callable.is_callable() {
        let kind = callable.type_name();
        return Err(py.raise_type_error(&format!("a handler is a str, or something to call, not {kind}")));
    }
    let class = callable.attr(py, c"__class__")?;
    let name = qualified(py, callable).or_else(|| qualified(py, class.borrow()));
    Ok(name.unwrap_or_else(|| format!("builtins::{}", callable.type_name())))
}

fn qualified<'py>(py: Attached<'py>, object: Borrowed<'_, 'py>) -> Option<String> {
    let text = |attribute: PyResult<Owned<'py>>| {
        let text = attribute.and_then(|value| py.text(value.borrow()));
        text.inspect_err(|_| py.clear_exception()).ok()
    };
    let name = text(object.attr(py, c"__qualname__"))?;
    let module = text(object.attr(py, c"__module__"))?;
    Some(format!("{module}::{name}"))
}
