//! What WSGI needs of one interpreter: names it interned, and the parts of `environ` that do not change.
//!
//! Made at the first request for an application, kept in the state of `_apache`, used attached only, so the GIL guards
//! it. `environ` is made here; the reply is begun and sent by `head` and `body`, for the gateway as for handlers.

mod body;
mod environ;
mod head;
mod variables;

use std::ffi::c_int;
use std::sync::OnceLock;

use pyo3_ffi::PyObject;

use super::request_state::RequestState;
use crate::httpd::Request;
use crate::py::{Attached, Borrowed, Owned, PyResult, Stored};

pub use body::{Sent, abandon, check, finish, put_file, put_ready, write};
pub(super) use environ::Environ;
pub(super) use head::start_response;

/// A request that an application is to answer.
#[derive(Clone, Copy)]
pub struct Call<'a, 'py> {
    /// What httpd has of it.
    pub r: &'a Request,
    /// What we have of it.
    pub state: &'a RequestState,
    /// What its interpreter has for WSGI.
    pub wsgi: &'a Wsgi,
    /// The request as Python sees it.
    pub request: Borrowed<'a, 'py>,
    /// The part of its path that is the application's.
    pub script_name: &'a [u8],
}

/// Runs an application; given by the floor above.
pub type Serve = for<'py> fn(Attached<'py>, &Call<'_, 'py>, Borrowed<'_, 'py>) -> PyResult<()>;

static SERVE: OnceLock<Serve> = OnceLock::new();

/// Say who serves `req.serve_wsgi(application)`.
pub fn serve_with(serve: Serve) {
    let _ = SERVE.set(serve);
}

/// Who serves `req.serve_wsgi(application)`.
pub(super) fn serve(py: Attached<'_>) -> PyResult<Serve> {
    SERVE
        .get()
        .copied()
        .ok_or_else(|| py.raise_system_error("nobody serves WSGI"))
}

/// What one interpreter keeps for WSGI.
#[derive(Debug)]
pub struct Wsgi {
    pub(super) environ: Environ,
    start_response: Stored,
    write: Stored,
    close: Stored,
    file_of: Stored,
    pub(super) base_uri: Stored,
    file_wrapper: Stored,
}

impl<'py> Call<'_, 'py> {
    /// `application(environ, start_response)`.
    ///
    /// # Errors
    /// [`crate::py::Raised`] by the application.
    pub fn of(&self, py: Attached<'py>, application: Borrowed<'_, 'py>) -> PyResult<Owned<'py>> {
        let environ = self.state.within(py, |_| {
            self.wsgi.environ.make(py, self.r, self.request, self.script_name)
        })?;
        let start_response = self.request.attr_named(py, self.wsgi.start_response.get(py))?;
        application.call(py, &[environ.borrow(), start_response.borrow()])
    }
}

impl Wsgi {
    /// Import the package's part and make the names.
    ///
    /// # Errors
    /// [`crate::py::Raised`]: the package is broken or missing.
    pub(super) fn import(py: Attached<'_>) -> PyResult<Self> {
        let package = py.import(c"mod_python._wsgi")?;
        let package = package.borrow();
        let file_wrapper = package.attr(py, c"FileWrapper")?;
        Ok(Wsgi {
            environ: Environ::new(py, file_wrapper.borrow())?,
            start_response: py.intern(c"wsgi_start_response")?.store(),
            write: py.intern(c"wsgi_write")?.store(),
            close: py.intern(c"close")?.store(),
            file_of: package.attr(py, c"file_of")?.store(),
            base_uri: package.attr(py, c"base_uri")?.store(),
            file_wrapper: file_wrapper.store(),
        })
    }

    /// The `write` of a request.
    #[inline]
    pub(super) fn write_of<'py>(
        &self,
        py: Attached<'py>,
        request: Borrowed<'_, 'py>,
    ) -> PyResult<Owned<'py>> {
        request.attr_named(py, self.write.get(py))
    }

    /// The `close` of what an application returned, if it has one.
    ///
    /// # Errors
    /// [`crate::py::Raised`] by a property of that name.
    #[inline]
    pub fn close_of<'py>(
        &self,
        py: Attached<'py>,
        result: Borrowed<'_, 'py>,
    ) -> PyResult<Option<Owned<'py>>> {
        result.attr_if_any(py, self.close.get(py))
    }

    /// Descriptor and position, when an application returned `wsgi.file_wrapper` around an open file.
    ///
    /// # Errors
    /// [`crate::py::Raised`] by the file.
    pub fn file_in<'py>(&self, py: Attached<'py>, result: Borrowed<'_, 'py>) -> PyResult<Option<(i32, i64)>> {
        if !std::ptr::eq(result.type_ptr().cast(), self.file_wrapper.as_ptr()) {
            return Ok(None);
        }
        let place = self.file_of.get(py).call1(py, result)?;
        let Some((descriptor, position)) = place
            .borrow()
            .pair(py)
            .map(|(a, b)| (py.integer(a), py.integer(b)))
        else {
            return Ok(None);
        };
        let descriptor = i32::try_from(descriptor?).unwrap_or(-1);
        Ok(Some((descriptor, position?)))
    }

    /// Show the collector every reference held.
    pub(super) fn visit(&self, visit: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        let own = [
            &self.start_response,
            &self.write,
            &self.close,
            &self.file_of,
            &self.base_uri,
            &self.file_wrapper,
        ];
        for reference in own {
            match visit(reference.as_ptr()) {
                0 => {}
                stop => return stop,
            }
        }
        self.environ.visit(visit)
    }
}
