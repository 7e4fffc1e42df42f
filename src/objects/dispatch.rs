//! An interpreter's way to its handlers: the package's functions, and what each handler word was resolved to.
//!
//! One per interpreter, kept in the state of `_apache`, used attached only, so the GIL guards it. A handler is resolved
//! once; while `PythonAutoReload` is on, its files are looked at again at most once per second.

use std::cell::{Cell, RefCell};
use std::ffi::c_int;

use pyo3_ffi::PyObject;

use crate::config::{Calling, Flag, HandlerEntry, Settings};
use crate::py::{Attached, Borrowed, Exception, Owned, PyResult, Stored};

/// The package's functions that the gateway calls, and the handlers found so far.
#[derive(Debug)]
pub struct Dispatch {
    resolve: Stored,
    resolve_application: Stored,
    stale: Stored,
    format_report: Stored,
    result_error: Stored,
    refusal: Stored,
    server_return: Stored,
    flush_thread: Stored,
    unfinished: Stored,
    /// Indexed by `EntryKey`.
    handlers: RefCell<Vec<Option<Resolved>>>,
}

/// A handler that was found.
#[derive(Debug)]
struct Resolved {
    /// `None` when its absence is silent.
    call: Option<Stored>,
    loaded: Stored,
    python_path: Option<Box<str>>,
    pdb: bool,
    checked: Cell<i64>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The handler.
    pub entry: HandlerEntry,
    /// `PythonPath` in effect.
    pub python_path: Option<&'a str>,
    /// `PythonAutoReload` in effect.
    pub autoreload: bool,
    /// `PythonDebug` in effect.
    pub debug: bool,
    /// `PythonEnablePdb` in effect.
    pub pdb: bool,
    /// The time of the request in seconds, for the once-per-second look at files.
    pub second: i64,
}

impl<'a> Ask<'a> {
    /// A handler under the settings of its request or connection.
    #[inline]
    #[must_use]
    pub fn new(entry: HandlerEntry, settings: &'a Settings, second: i64) -> Self {
        Ask {
            entry,
            python_path: settings.python_path.as_deref(),
            autoreload: settings.is(Flag::AutoReload),
            debug: settings.is(Flag::Debug),
            pdb: settings.is(Flag::EnablePdb),
            second,
        }
    }
}

impl Dispatch {
    /// Import the package's part.
    ///
    /// # Errors
    /// [`crate::py::Raised`]: the package is broken or missing.
    pub fn import(py: Attached<'_>) -> PyResult<Self> {
        let dispatch = py.import(c"mod_python._dispatch")?;
        let report = py.import(c"mod_python._report")?;
        let refusal = py.import(c"mod_python._refusal")?;
        let native = py.import(c"_apache")?;
        let streams = py.import(c"mod_python._stdio")?;
        Ok(Dispatch {
            resolve: dispatch.borrow().attr(py, c"resolve")?.store(),
            resolve_application: dispatch.borrow().attr(py, c"resolve_application")?.store(),
            stale: dispatch.borrow().attr(py, c"stale")?.store(),
            format_report: report.borrow().attr(py, c"format_report")?.store(),
            result_error: report.borrow().attr(py, c"result_error")?.store(),
            refusal: refusal.borrow().attr(py, c"classify")?.store(),
            server_return: native.borrow().attr(py, c"SERVER_RETURN")?.store(),
            flush_thread: streams.borrow().attr(py, c"flush_thread")?.store(),
            unfinished: streams.borrow().attr(py, c"unfinished")?.store(),
            handlers: RefCell::default(),
        })
    }

    /// The object to call for a handler word; `None` when it is missing in silence.
    ///
    /// # Errors
    /// [`crate::py::Raised`] by the import, or by the look-up. The next request tries anew.
    #[inline]
    pub fn handler<'py>(&self, py: Attached<'py>, ask: &Ask<'_>) -> PyResult<Option<Owned<'py>>> {
        match self.known(py, ask)? {
            Some(handler) => Ok(handler),
            None => self.find(py, ask),
        }
    }

    /// What was found earlier, if it still holds.
    #[inline]
    #[allow(
        clippy::type_complexity,
        reason = "found earlier? and then: present or silently absent"
    )]
    fn known<'py>(&self, py: Attached<'py>, ask: &Ask<'_>) -> PyResult<Option<Option<Owned<'py>>>> {
        let handlers = self.handlers.borrow();
        let Some(Some(known)) = handlers.get(ask.entry.key().index()) else {
            return Ok(None);
        };
        if known.python_path.as_deref() != ask.python_path || known.pdb != ask.pdb {
            return Ok(None);
        }
        if ask.autoreload && known.checked.get() != ask.second {
            known.checked.set(ask.second);
            let loaded = known.loaded.get(py).to_owned();
            drop(handlers);
            return self.recheck(py, ask, &loaded);
        }
        Ok(Some(known.call.as_ref().map(|call| call.get(py).to_owned())))
    }

    /// Once per second: have the files changed?
    #[allow(clippy::type_complexity, reason = "as for `known`")]
    fn recheck<'py>(
        &self,
        py: Attached<'py>,
        ask: &Ask<'_>,
        loaded: &Owned<'py>,
    ) -> PyResult<Option<Option<Owned<'py>>>> {
        let stale = self.stale.get(py).call1(py, loaded.borrow())?;
        if py.truth(stale.borrow())? {
            self.forget(ask.entry);
            return Ok(None);
        }
        let handlers = self.handlers.borrow();
        let known = handlers.get(ask.entry.key().index()).and_then(Option::as_ref);
        Ok(known.map(|known| known.call.as_ref().map(|call| call.get(py).to_owned())))
    }

    #[cold]
    fn find<'py>(&self, py: Attached<'py>, ask: &Ask<'_>) -> PyResult<Option<Owned<'py>>> {
        let resolved = match ask.entry.calling() {
            Calling::Handler => self.resolve_handler(py, ask)?,
            Calling::Application => self.resolve_application(py, ask)?,
        };
        let call = resolved.borrow().attr(py, c"call")?;
        let loaded = resolved.borrow().attr(py, c"loaded")?;
        let found = (!call.borrow().is_none()).then_some(call);
        self.remember(
            ask,
            found.as_ref().map(|call| call.borrow().to_owned().store()),
            loaded.store(),
        );
        Ok(found)
    }

    fn resolve_handler<'py>(&self, py: Attached<'py>, ask: &Ask<'_>) -> PyResult<Owned<'py>> {
        let (entry, flag) = (ask.entry, |on| py.bool(on));
        let arguments = [
            py.str(entry.module())?,
            py.str(entry.object())?,
            text_or_none(py, entry.directory())?,
            flag(entry.is_location()),
            text_or_none(py, ask.python_path)?,
            flag(ask.autoreload),
            flag(ask.debug),
            flag(entry.is_silent()),
            flag(ask.pdb),
        ];
        let arguments: Vec<_> = arguments.iter().map(Owned::borrow).collect();
        self.resolve.get(py).call(py, &arguments)
    }

    fn resolve_application<'py>(&self, py: Attached<'py>, ask: &Ask<'_>) -> PyResult<Owned<'py>> {
        let arguments = [
            py.str(ask.entry.module())?,
            py.str(ask.entry.object())?,
            text_or_none(py, ask.python_path)?,
            py.bool(ask.autoreload),
            py.bool(ask.debug),
        ];
        let arguments: Vec<_> = arguments.iter().map(Owned::borrow).collect();
        self.resolve_application.get(py).call(py, &arguments)
    }

    fn remember(&self, ask: &Ask<'_>, call: Option<Stored>, loaded: Stored) {
        let python_path = ask.python_path.map(Into::into);
        let fresh = Resolved {
            call,
            loaded,
            python_path,
            pdb: ask.pdb,
            checked: Cell::new(ask.second),
        };
        let index = ask.entry.key().index();
        let former = {
            let mut handlers = self.handlers.borrow_mut();
            if handlers.len() <= index {
                handlers.resize_with(index + 1, || None);
            }
            handlers[index].replace(fresh)
        };
        // Dropped with the table free: a finalizer may run Python that comes here again.
        drop(former);
    }

    fn forget(&self, entry: HandlerEntry) {
        let former = self
            .handlers
            .borrow_mut()
            .get_mut(entry.key().index())
            .and_then(Option::take);
        drop(former);
    }

    /// Log what this request wrote to `sys.stdout` and `sys.stderr` without ending the line.
    ///
    /// # Errors
    /// [`crate::py::Raised`] by the streams.
    #[inline]
    pub fn flush_streams(&self, py: Attached<'_>) -> PyResult<()> {
        if py.dict_is_empty(self.unfinished.get(py)) {
            return Ok(());
        }
        self.flush_thread.get(py).call0(py).map(drop)
    }

    /// The lines for the log and the page for the browser that show an exception.
    ///
    /// # Errors
    /// [`crate::py::Raised`]: even that failed.
    pub fn format_report(
        &self,
        py: Attached<'_>,
        error: &Exception<'_>,
        phase: &str,
        word: &str,
    ) -> PyResult<(Vec<String>, String)> {
        let report = self.format_report.get(py).call(
            py,
            &[
                error.value().to_owned().borrow(),
                py.str(phase)?.borrow(),
                py.str(word)?.borrow(),
            ],
        )?;
        let parts = report.borrow().items(py)?;
        let [lines, page] = parts.as_slice() else {
            return Err(py.raise_system_error("format_report() gives two things"));
        };
        let lines = lines.borrow().items(py)?;
        let lines = lines
            .iter()
            .map(|line| py.text(line.borrow()))
            .collect::<PyResult<_>>()?;
        Ok((lines, py.text(page.borrow())?))
    }

    /// The exception for a result that is no integer.
    #[cold]
    pub fn result_error<'py>(&self, py: Attached<'py>, value: Borrowed<'_, 'py>) -> Exception<'py> {
        match self.result_error.get(py).call1(py, value) {
            Ok(error) => Exception::from_value(error),
            Err(raised) => Exception::take(py, raised),
        }
    }

    /// If the exception says that an extension module refuses this kind of interpreter: the module's name.
    #[cold]
    pub fn refusal(&self, py: Attached<'_>, error: &Exception<'_>) -> Option<String> {
        let name = || -> PyResult<Option<String>> {
            let refusal = self
                .refusal
                .get(py)
                .call1(py, error.value().to_owned().borrow())?;
            if refusal.borrow().is_none() {
                return Ok(None);
            }
            py.text(refusal.borrow().attr(py, c"module")?.borrow()).map(Some)
        };
        name().unwrap_or_else(|raised| {
            drop(Exception::take(py, raised));
            None
        })
    }

    /// `SERVER_RETURN(code[, status])`: its result, and the status to set; `None` for any other exception.
    ///
    /// # Errors
    /// [`crate::py::Raised`]: its arguments are not what they should be.
    #[allow(clippy::type_complexity, reason = "is it one? and then: its two arguments")]
    pub fn server_return<'py>(
        &self,
        py: Attached<'py>,
        error: &Exception<'py>,
    ) -> PyResult<Option<(Owned<'py>, Option<i32>)>> {
        if !error.is(self.server_return.get(py)) {
            return Ok(None);
        }
        let mut args = error.value().attr(py, c"args")?.borrow().items(py)?.into_iter();
        let code = args.next().unwrap_or_else(|| py.none());
        let status = match args.next() {
            Some(status) if py.truth(status.borrow())? => i32::try_from(py.integer(status.borrow())?).ok(),
            _ => None,
        };
        Ok(Some((code, status)))
    }

    /// Show the collector every reference held.
    pub(super) fn visit(&self, visit: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        let own = [
            &self.resolve,
            &self.resolve_application,
            &self.stale,
            &self.format_report,
            &self.result_error,
            &self.refusal,
            &self.server_return,
            &self.flush_thread,
            &self.unfinished,
        ];
        let handlers = self.handlers.try_borrow();
        let found = handlers.iter().flat_map(|handlers| handlers.iter().flatten());
        let found = found.flat_map(|resolved| resolved.call.iter().chain(Some(&resolved.loaded)));
        for reference in own.into_iter().chain(found) {
            match visit(reference.as_ptr()) {
                0 => {}
                stop => return stop,
            }
        }
        0
    }
}

fn text_or_none<'py>(py: Attached<'py>, text: Option<&str>) -> PyResult<Owned<'py>> {
    text.map_or_else(|| Ok(py.none()), |text| py.str(text))
}
