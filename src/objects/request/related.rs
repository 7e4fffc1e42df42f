//! Attributes that are objects of their own, or that take more than an accessor of httpd's.

use std::ffi::CString;

use super::headers::{CONNECTION, SERVER};
use super::{Req, RequestState};
use crate::httpd::Request;
use crate::objects::connection::ConnectionObject;
use crate::objects::finfo::FinfoObject;
use crate::objects::hlist::HlistObject;
use crate::objects::module::state;
use crate::objects::request_state::Handler;
use crate::objects::row::{ToPython, cannot_delete, capsule};
use crate::objects::server::server_object;
use crate::py::{Attached, Borrowed, Owned, PyResult};

pub(super) fn connection<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    this.place(CONNECTION).get_or_make(py, || {
        // SAFETY: a connection outlives its requests.
        let connection = this.with(py, |r| Ok(unsafe { this.request.sibling(r.connection()) }))?;
        state(py, this)?.make(py, ConnectionObject::new(connection))
    })
}

pub(super) fn server<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    let module = state(py, this)?;
    this.place(SERVER)
        .get_or_make(py, || this.with(py, |r| server_object(py, module, r.server())))
}

pub(super) fn main<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    relative(py, this, Request::main)
}

pub(super) fn prev<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    relative(py, this, Request::prev)
}

pub(super) fn next<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    relative(py, this, Request::next)
}

fn relative<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    which: for<'r> fn(&'r Request) -> Option<&'r Request>,
) -> PyResult<Owned<'py>> {
    let interp = state(py, this)?.interp(py)?;
    this.with(py, |r| match which(r) {
        Some(other) => RequestState::of(other).wrapper(py, other, interp),
        None => Ok(py.none()),
    })
}

/// The name that this request came by: several may share the main interpreter.
pub(super) fn interpreter<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    let module = state(py, this)?;
    let interp = module.interp(py)?;
    this.with_state(py, |_, state| match state.group_in(interp) {
        Some(group) => group.name().to_python(py),
        None => module.interpreter_name(py),
    })
}

pub(super) fn phase<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    this.with_state(py, |_, state| {
        state.phase().map(|phase| phase.directive()).to_python(py)
    })
}

pub(super) fn extension<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    this.with_state(py, |_, state| state.extension().as_deref().to_python(py))
}

pub(super) fn hlist<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    match this.with_state(py, |r, state| Ok(state.handlers(r)))? {
        Some(handlers) => {
            let shown = handlers.iter().map(Handler::shown).collect();
            state(py, this)?.make(py, HlistObject::new(shown))
        }
        None => Ok(py.none()),
    }
}

pub(super) fn finfo<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    let info = this.with(py, |r| Ok(r.finfo().to_owned()))?;
    state(py, this)?.make(py, FinfoObject::new(info))
}

pub(super) fn set_finfo<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    value: Option<Borrowed<'_, 'py>>,
) -> PyResult<()> {
    let value = value.ok_or_else(|| cannot_delete(py))?;
    let info = state(py, this)?.cast::<FinfoObject>(py, value);
    let info = info.ok_or_else(|| py.raise_type_error("expected an mp_finfo object"))?;
    this.with(py, |r| {
        r.set_finfo(&info.lend());
        Ok(())
    })
}

pub(super) fn request_rec<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    this.with(py, |r| capsule(py, r.as_ptr().cast()))
}

pub(super) fn parsed_uri<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    this.with(py, |r| {
        let port = r.uri_port_str().map(|_| r.uri_port());
        py.tuple([
            r.uri_scheme().to_python(py)?,
            r.uri_hostinfo().to_python(py)?,
            r.uri_user().to_python(py)?,
            r.uri_password().to_python(py)?,
            r.uri_hostname().to_python(py)?,
            port.to_python(py)?,
            r.uri_path().to_python(py)?,
            r.uri_query().to_python(py)?,
            r.uri_fragment().to_python(py)?,
        ])
    })
}

/// Names of users are Latin-1, as Basic authentication sends them.
pub(super) fn user<'py>(py: Attached<'py>, this: Req<'_, 'py>) -> PyResult<Owned<'py>> {
    this.with(py, |r| match r.user() {
        Some(user) => py.latin1_from(user.to_bytes()),
        None => Ok(py.none()),
    })
}

pub(super) fn set_user<'py>(
    py: Attached<'py>,
    this: Req<'_, 'py>,
    value: Option<Borrowed<'_, 'py>>,
) -> PyResult<()> {
    let value = value.ok_or_else(|| cannot_delete(py))?;
    let user = if value.is_none() {
        None
    } else {
        Some(latin1(py, value)?)
    };
    this.with(py, |r| {
        r.set_user(user.as_deref());
        Ok(())
    })
}

fn latin1<'py>(py: Attached<'py>, value: Borrowed<'_, 'py>) -> PyResult<CString> {
    let bytes = if value.is_bytes() {
        py.bytes_in(value)?.to_vec()
    } else {
        py.latin1_of(value)?
    };
    CString::new(bytes).map_err(|_| py.raise_value_error("the text contains a NUL byte"))
}

pub(super) fn set_content_type(r: &Request, value: Option<&std::ffi::CStr>) {
    r.set_content_type(value);
    RequestState::of(r).content_type_set.set(true);
}

pub(super) fn content_type_set(r: &Request) -> bool {
    RequestState::of(r).content_type_set.get()
}
