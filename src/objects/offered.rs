//! The optional functions that other modules of httpd call: `mp_acquire_interpreter` and its sisters.
//!
//! Their contract with C code is `mod_python.h` beside the package. Called in children, on the thread that runs the
//! request. What a caller has entered stands on a stack of its thread; what it got is lent to Python until it leaves.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_void};
use std::mem::{self, ManuallyDrop};
use std::ptr;
use std::sync::Arc;

use pyo3_ffi::{PyInterpreterState, PyInterpreterState_Get, PyObject};

use super::connection::ConnectionObject;
use super::guarded::Guarded;
use super::liveness::{Lent, Liveness};
use super::module::state_of;
use super::request_state::RequestState;
use super::server::server_object;
use crate::boundary;
use crate::config::Name;
use crate::httpd::log::{self, Level, Target};
use crate::httpd::optional::Function;
use crate::httpd::{Connection, Request, Server, log_number};
use crate::interp::{Interp, Session, registry};
use crate::py::{Attached, Owned, PyResult};

type Acquire = unsafe extern "C" fn(*const c_char) -> *mut PyInterpreterState;
type Get = unsafe extern "C" fn(*mut c_void) -> *mut PyObject;

/// The functions by their names, for `httpd::optional::offer`.
pub static FUNCTIONS: [(&CStr, Function); 5] = [
    // SAFETY: only the type is left out; whoever retrieves a function calls it by that of mod_python.h.
    (c"mp_acquire_interpreter", unsafe {
        mem::transmute::<Acquire, Function>(acquire)
    }),
    (c"mp_release_interpreter", release),
    (c"mp_get_request_object", untyped(request)),
    (c"mp_get_server_object", untyped(server)),
    (c"mp_get_connection_object", untyped(connection)),
];

const fn untyped(get: Get) -> Function {
    // SAFETY: only the type is left out; whoever retrieves a function calls it by that of mod_python.h.
    unsafe { mem::transmute::<Get, Function>(get) }
}

/// An interpreter that a C module has entered.
struct Visit {
    session: Session,
    loans: Vec<Loan>,
    interp: &'static Interp,
}

/// A record in Python's hands until its visit ends; that of a connection ends for good.
struct Loan {
    _lent: Lent<Arc<Liveness>>,
    _end: Option<Ending>,
}

struct Ending(Arc<Liveness>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.finish();
    }
}

thread_local! {
    /// What a thread has not left when it exits is forgotten: it cannot be left any more.
    static VISITS: RefCell<Vec<ManuallyDrop<Visit>>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "C" fn acquire(name: *const c_char) -> *mut PyInterpreterState {
    boundary::catch(|| {
        // SAFETY: the caller's contract (mod_python.h): null or a C string.
        let name = unsafe { (!name.is_null()).then(|| CStr::from_ptr(name).to_string_lossy()) };
        enter(name.as_deref().unwrap_or(Name::main().as_str()))
    })
    .unwrap_or(ptr::null_mut())
}

fn enter(name: &str) -> *mut PyInterpreterState {
    match visit(name) {
        Ok(visit) => {
            VISITS.with_borrow_mut(|visits| visits.push(ManuallyDrop::new(visit)));
            // SAFETY: the visit has attached this thread.
            unsafe { PyInterpreterState_Get() }
        }
        Err(reason) => {
            let text = format!("[{name}] mp_acquire_interpreter: {reason}");
            log::log(Level::Error, log_number::NO_INTERPRETER, Target::Main, text);
            ptr::null_mut()
        }
    }
}

fn visit(name: &str) -> Result<Visit, String> {
    let registry = registry().ok_or("Python does not run in this process")?;
    let binding = registry.group(name).bind().map_err(|error| error.to_string())?;
    let interp = binding.replica().interp();
    let session = Session::enter(interp).map_err(|closed| closed.to_string())?;
    Ok(Visit {
        session,
        loans: Vec::new(),
        interp,
    })
}

unsafe extern "C" fn release() {
    boundary::contain("mp_release_interpreter", || {
        if let Some(visit) = VISITS.with_borrow_mut(Vec::pop) {
            ManuallyDrop::into_inner(visit).end();
        }
    });
}

impl Visit {
    /// Detach; then take back what was lent, the last first: a record may have been lent twice.
    fn end(self) {
        drop(self.session);
        self.loans.into_iter().rev().for_each(drop);
    }
}

unsafe extern "C" fn request(r: *mut c_void) -> *mut PyObject {
    object(|py, interp| {
        // SAFETY: the caller's contract (mod_python.h): a live request that this thread runs.
        let r = unsafe { Request::from_ptr(r.cast()) };
        let state = RequestState::of(r);
        let lent = state.loan();
        Ok((
            state.wrapper(py, r, interp)?,
            Some(Loan {
                _lent: lent,
                _end: None,
            }),
        ))
    })
}

unsafe extern "C" fn server(s: *mut c_void) -> *mut PyObject {
    object(|py, interp| {
        // SAFETY: the caller's contract (mod_python.h): a server of the configuration.
        let s = unsafe { Server::from_ptr(s.cast()) };
        Ok((server_object(py, state_of(py, interp)?, s)?, None))
    })
}

unsafe extern "C" fn connection(c: *mut c_void) -> *mut PyObject {
    object(|py, interp| {
        let liveness = Arc::new(Liveness::new());
        // SAFETY: the caller's contract (mod_python.h): a live connection that this thread runs, until it leaves, which
        // ends the liveness.
        let guarded = unsafe { Guarded::new(&liveness, Connection::from_ptr(c.cast())) };
        let loan = Loan {
            _lent: Liveness::loan(&liveness),
            _end: Some(Ending(liveness)),
        };
        let object = state_of(py, interp)?.make(py, ConnectionObject::new(guarded))?;
        Ok((object, Some(loan)))
    })
}

/// An object of the interpreter entered last, and what is lent with it.
fn object(
    make: impl for<'py> FnOnce(Attached<'py>, &'static Interp) -> PyResult<(Owned<'py>, Option<Loan>)>,
) -> *mut PyObject {
    let made = boundary::catch(|| {
        let interp = VISITS.with_borrow(|visits| Some(visits.last()?.interp))?;
        // SAFETY: the visit has attached this thread, and nobody else can end it.
        let (object, loan) = make(unsafe { Attached::assume() }, interp).ok()?;
        VISITS.with_borrow_mut(|visits| visits.last_mut().map(|visit| visit.loans.extend(loan)));
        Some(object.into_ptr())
    });
    made.ok().flatten().unwrap_or(ptr::null_mut())
}
