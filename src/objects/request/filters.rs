//! Filters that a handler names and puts to work while the request runs.

use std::sync::Arc;

use super::Req;
use crate::config::{Directory, HandlerEntry, filter_function};
use crate::httpd::Direction;
use crate::httpd::filter::Context;
use crate::interp::Held;
use crate::objects::filter::{FilterTarget, Own};
use crate::objects::module::state;
use crate::objects::row::c_text;
use crate::py::{Args, Attached, Borrowed, Owned, PyResult};

/// A name of this request's own comes before one that httpd knows; httpd logs what nobody knows.
pub(super) fn add<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    direction: Direction,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let name = c_text(py, args.required(0)?)?;
    this.with_state(py, |r, state| {
        let text = name.to_string_lossy();
        match state.own_filter(direction, &text) {
            Some(target) => {
                let name = text.into_owned();
                r.add_own_filter(direction, Context::of(Own { name, target }))
            }
            None => r.add_filter(direction, &name),
        };
        Ok(py.none())
    })
}

/// `register_*_filter(name, handler[, directory])`.
pub(super) fn register<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    direction: Direction,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let name = c_text(py, args.required(0)?)?;
    let target = target(py, this, direction, args)?;
    this.with_state(py, |_, state| {
        state.register_filter(direction, name.to_string_lossy().into_owned(), target);
        Ok(py.none())
    })
}

/// A handler word with its directory, or something to call.
fn target<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    direction: Direction,
    args: &Args<'_, 'py>,
) -> PyResult<FilterTarget> {
    let handler = args.required(1)?;
    if handler.is_str() {
        let (word, directory) = (py.text(handler)?, directory(py, args.get(2))?);
        return HandlerEntry::parse(&word, filter_function(direction), &directory, false)
            .map(FilterTarget::Entry)
            .map_err(|text| py.raise_value_error(&text));
    }
    if !handler.is_callable() {
        return Err(py.raise_type_error("a filter's handler is a str, or something to call"));
    }
    let interp = state(py, this)?.interp(py)?;
    Ok(FilterTarget::Callable(Arc::new(Held::new(
        handler.to_owned(),
        Arc::clone(interp),
    ))))
}

fn directory<'py>(py: Attached<'py>, directory: Option<Borrowed<'_, 'py>>) -> PyResult<Directory> {
    match directory.filter(|directory| !directory.is_none()) {
        None => Ok(Directory::Server),
        Some(directory) => Directory::named(&py.text(directory)?).map_err(|text| py.raise_value_error(&text)),
    }
}
