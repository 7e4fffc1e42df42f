//! `build_wsgi_env` and `wsgi_start_response`: rows over the package's `_wsgi`.

use super::Req;
use crate::py::{Args, Attached, Borrowed, Owned, PyResult};

pub(super) fn build_wsgi_env<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    let package = py.import(c"mod_python._wsgi")?;
    let build = package.borrow().attr(py, c"build_env")?;
    build.borrow().call1(py, this.object())
}

pub(super) fn wsgi_start_response<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    args: &Args<'_, 'py>,
) -> PyResult<Owned<'py>> {
    let package = py.import(c"mod_python._wsgi")?;
    let start = package.borrow().attr(py, c"start_response")?;
    let exc_info = args.get(2).map_or_else(|| py.none(), Borrowed::to_owned);
    let given = [
        this.object(),
        args.required(0)?,
        args.required(1)?,
        exc_info.borrow(),
    ];
    start.borrow().call(py, &given)
}
