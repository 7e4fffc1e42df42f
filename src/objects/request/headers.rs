//! The tables of a request, and the objects it keeps so that asking twice gives the same one.

use super::{Req, RequestObject};
use crate::apr::Table;
use crate::config::DirConfig;
use crate::httpd::Request;
use crate::objects::module::state;
use crate::objects::table::{Source, TableObject, Use};
use crate::py::{Attached, Owned, PyResult};

/// How many objects a request keeps.
pub(super) const KEPT: usize = 7;

/// The places of those that are no tables.
pub(super) const CONNECTION: usize = 5;
pub(super) const SERVER: usize = 6;

macro_rules! tables {
    ($($name:ident: $place:literal, $use:ident;)*) => {$(
        pub(super) fn $name<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
            table(py, this, $place, Request::$name, Use::$use)
        }
    )*};
}

tables! {
    headers_in: 0, Headers;
    headers_out: 1, Headers;
    err_headers_out: 2, Headers;
    subprocess_env: 3, Notes;
    notes: 4, Notes;
}

fn table<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    place: usize,
    which: fn(&Request) -> Table<'_>,
    is: Use,
) -> PyResult<Owned<'py>> {
    this.kept[place].get_or_make(py, || {
        state(py, this)?.make(
            py,
            TableObject::over(Source::Request(this.request.clone(), which, is)),
        )
    })
}

pub(super) fn get_options<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    config_table(py, this, Source::Options, |config| {
        if config.options().view().has_unset() {
            config.options().write(crate::config::Options::strip);
        }
    })
}

pub(super) fn get_config<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    config_table(py, this, Source::Settings, |_| ())
}

fn config_table<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    source: fn(crate::objects::Guarded<DirConfig>) -> Source,
    prepare: fn(&DirConfig),
) -> PyResult<Owned<'py>> {
    let config = this.with(py, |r| {
        let config = r.dir_config::<DirConfig>().ok_or_else(|| no_config(py))?;
        prepare(config);
        // SAFETY: httpd made the configuration in the request's pool or in one that outlives it.
        Ok(unsafe { this.request.sibling(config) })
    })?;
    state(py, this)?.make(py, TableObject::over(source(config)))
}

#[cold]
fn no_config(py: Attached<'_>) -> crate::py::Raised {
    py.raise_runtime_error("httpd has no configuration for this request yet")
}

impl RequestObject {
    /// The place of an object that the request keeps.
    pub(super) fn place(&self, index: usize) -> &crate::objects::kept::Kept {
        &self.kept[index]
    }
}
