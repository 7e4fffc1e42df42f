//! Filters that a handler names and puts to work while the request runs.

use super::Req;
use super::registering::{self, directory};
use crate::config::{Directory, filter_function};
use crate::httpd::Direction;
use crate::httpd::filter::Context;
use crate::objects::filter::Own;
use crate::objects::row::c_text;
use crate::py::{Args, Attached, Owned, PyResult};

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
            Some(handler) => {
                let name = text.into_owned();
                r.add_own_filter(direction, Context::of(Own { name, handler }))
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
    let (handler, directory) = (args.required(1)?, directory(py, args.get(2))?);
    let directory = directory.unwrap_or(Directory::Server);
    this.with_state(py, |r, state| {
        let (function, parent) = (filter_function(direction), state.current_handler(r));
        let handler = registering::handler(py, this, handler, function, &directory, parent)?;
        state.register_filter(direction, name.to_string_lossy().into_owned(), handler);
        Ok(py.none())
    })
}
