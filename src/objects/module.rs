//! The builtin module `_apache`: its definition, and what one interpreter has of it.
//!
//! Owns the types, `SERVER_RETURN` and what hangs on the interpreter. Filled by the import machinery on the manager's
//! thread, then tied to its interpreter by [`attach_interp`]; read by every thread of the interpreter afterwards.
//! Must never hold an object in a `static`: interpreters share none.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ffi::c_int;

use pyo3_ffi::{PyObject, PyTypeObject};

use super::connection::ConnectionObject;
use super::dispatch::Dispatch;
use super::filter::FilterObject;
use super::finfo::FinfoObject;
use super::hlist::HlistObject;
use super::request::RequestObject;
use super::server::ServerObject;
use super::table::{TableIter, TableObject};
use super::wsgi::Wsgi;
use super::{constants, functions};
use crate::interp::Interp;
use crate::py::heap_type::{instantiate, make_type, short_name};
use crate::py::init::Builtin;
use crate::py::module::{ModuleDef, ModuleState};
use crate::py::{Attached, Borrowed, Native, Owned, PyResult, Raised, StateRef, Stored, This};

/// The row for `py::init::start`.
pub const BUILTIN: Builtin = (c"_apache", init);

/// The definition.
pub(super) static MODULE: ModuleDef = ModuleDef::new::<State>(
    c"_apache",
    c"httpd as Python sees it. Applications use mod_python.apache.",
    functions::METHODS,
);

unsafe extern "C" fn init() -> *mut PyObject {
    // SAFETY: the import machinery calls this through the table of built-in modules, attached.
    unsafe { MODULE.init() }
}

/// A type of the module: where its class lies.
pub(super) trait Object: Native {
    /// The class of this interpreter.
    fn class(types: &Types) -> &Stored;
}

macro_rules! types {
    ($($name:ident: $ty:ty),* $(,)?) => {
        /// The classes of one interpreter, a row each.
        #[derive(Debug)]
        pub(super) struct Types { $($name: Stored),* }

        impl Types {
            fn make<'py>(py: Attached<'py>, module: Borrowed<'_, 'py>) -> PyResult<Self> {
                Ok(Types { $($name: add_type::<$ty>(py, module)?),* })
            }

            fn each(&self) -> impl Iterator<Item = &Stored> {
                [$(&self.$name),*].into_iter()
            }
        }

        $(impl Object for $ty {
            fn class(types: &Types) -> &Stored {
                &types.$name
            }
        })*
    };
}

types! {
    request: RequestObject,
    connection: ConnectionObject,
    server: ServerObject,
    hlist: HlistObject,
    finfo: FinfoObject,
    table: TableObject,
    table_iter: TableIter,
    filter: FilterObject,
}

/// Make a type and show it in the module under its own name.
fn add_type<'py, T: Native>(py: Attached<'py>, module: Borrowed<'_, 'py>) -> PyResult<Stored> {
    let class = make_type::<T>(py, module)?;
    py.add_to_module(module, short_name::<T>(), class.borrow())?;
    Ok(class.store())
}

/// What one interpreter has of the module.
#[derive(Debug)]
pub struct State {
    types: Types,
    server_return: Stored,
    servers: RefCell<HashMap<usize, Stored>>,
    home: OnceCell<Home>,
    spare: OnceCell<Stored>,
    dispatch: OnceCell<Dispatch>,
    wsgi: OnceCell<Wsgi>,
}

/// The interpreter that this module belongs to.
#[derive(Debug)]
struct Home {
    interp: &'static Interp,
    name: Stored,
}

impl ModuleState for State {
    fn exec<'py>(py: Attached<'py>, module: Borrowed<'_, 'py>) -> PyResult<Self> {
        constants::add_to(py, module)?;
        let server_return = py.new_exception(
            c"_apache.SERVER_RETURN",
            c"Ends a handler with a result: raise SERVER_RETURN(apache.HTTP_NOT_FOUND).",
            None,
        )?;
        py.add_to_module(module, c"SERVER_RETURN", server_return.borrow())?;
        Ok(State {
            types: Types::make(py, module)?,
            server_return: server_return.store(),
            servers: RefCell::default(),
            home: OnceCell::new(),
            spare: OnceCell::new(),
            dispatch: OnceCell::new(),
            wsgi: OnceCell::new(),
        })
    }

    fn visit(&self, visit: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        let mut stop = 0;
        let mut see = |stored: &Stored| {
            if stop == 0 {
                stop = visit(stored.as_ptr());
            }
        };
        self.types.each().for_each(&mut see);
        see(&self.server_return);
        self.home.get().into_iter().for_each(|home| see(&home.name));
        self.spare.get().into_iter().for_each(&mut see);
        if let Ok(servers) = self.servers.try_borrow() {
            servers.values().for_each(see);
        }
        if let (0, Some(dispatch)) = (stop, self.dispatch.get()) {
            stop = dispatch.visit(visit);
        }
        if let (0, Some(wsgi)) = (stop, self.wsgi.get()) {
            stop = wsgi.visit(visit);
        }
        stop
    }
}

impl State {
    /// A new instance of one of the module's types.
    pub(super) fn make<'py, T: Object>(&self, py: Attached<'py>, value: T) -> PyResult<Owned<'py>> {
        let class = T::class(&self.types).as_ptr().cast::<PyTypeObject>();
        // SAFETY: `Types` keeps for T what make_type::<T> made in this interpreter.
        unsafe { instantiate(py, class, value) }
    }

    /// Whether `object` is a `T`, and then its value.
    pub(super) fn cast<'a, 'py, T: Object>(
        &self,
        py: Attached<'py>,
        object: Borrowed<'a, 'py>,
    ) -> Option<This<'a, 'py, T>> {
        let class = T::class(&self.types).as_ptr().cast::<PyTypeObject>();
        // SAFETY: both are alive; an instance of T's class, or of one derived from it, holds a T.
        unsafe {
            (pyo3_ffi::PyObject_TypeCheck(object.as_ptr(), class) != 0)
                .then(|| This::from_ptr(py, object.as_ptr()).ok())
                .flatten()
        }
    }

    /// The class `SERVER_RETURN`.
    #[must_use]
    pub fn server_return<'a, 'py>(&'a self, py: Attached<'py>) -> Borrowed<'a, 'py> {
        self.server_return.get(py)
    }

    /// The interpreter that this module belongs to.
    ///
    /// # Errors
    /// [`Raised`] (RuntimeError) while the interpreter is being set up.
    pub fn interp(&self, py: Attached<'_>) -> PyResult<&'static Interp> {
        self.home(py).map(|home| home.interp)
    }

    /// The name of the interpreter, as a `str`.
    pub(super) fn interpreter_name<'py>(&self, py: Attached<'py>) -> PyResult<Owned<'py>> {
        self.home(py).map(|home| home.name.get(py).to_owned())
    }

    fn home(&self, py: Attached<'_>) -> PyResult<&Home> {
        self.home
            .get()
            .ok_or_else(|| py.raise_runtime_error("the interpreter is not set up yet"))
    }

    /// The way to this interpreter's handlers, imported at its first use.
    ///
    /// # Errors
    /// [`Raised`]: the package is broken or missing.
    #[inline]
    pub fn dispatch(&self, py: Attached<'_>) -> PyResult<&Dispatch> {
        match self.dispatch.get() {
            Some(dispatch) => Ok(dispatch),
            None => {
                let fresh = Dispatch::import(py)?;
                Ok(self.dispatch.get_or_init(|| fresh))
            }
        }
    }

    /// What this interpreter keeps for WSGI, made at its first use.
    ///
    /// # Errors
    /// [`Raised`]: the package is broken or missing.
    #[inline]
    pub fn wsgi(&self, py: Attached<'_>) -> PyResult<&Wsgi> {
        match self.wsgi.get() {
            Some(wsgi) => Ok(wsgi),
            None => {
                let fresh = Wsgi::import(py)?;
                Ok(self.wsgi.get_or_init(|| fresh))
            }
        }
    }

    /// The one object of a server in this interpreter, made by `make` at its first use.
    pub(super) fn server<'py>(
        &self,
        py: Attached<'py>,
        address: usize,
        make: impl FnOnce() -> PyResult<Owned<'py>>,
    ) -> PyResult<Owned<'py>> {
        if let Some(server) = self.servers.borrow().get(&address) {
            return Ok(server.get(py).to_owned());
        }
        let server = make()?;
        let kept = server.borrow().to_owned().store();
        self.servers.borrow_mut().insert(address, kept);
        Ok(server)
    }
}

/// Tie the module of this interpreter to it: `_apache.interpreter`, `_apache.replica` of so many `_apache.replicas`, and
/// the way back from Rust.
///
/// Called on the manager's thread after the interpreter was made. An interpreter that serves another name already
/// (several names may share the main one) keeps the first.
///
/// # Errors
/// [`Raised`] by the import.
pub fn attach_interp(
    py: Attached<'_>,
    interp: &'static Interp,
    name: &str,
    (replica, replicas): (u32, u32),
) -> PyResult<()> {
    let module = py.import(BUILTIN.0)?;
    // SAFETY: this name is imported from the table of built-in modules, whose row is ours.
    let place = unsafe { StateRef::<State>::of(module.borrow()) }.ok_or_else(|| no_state(py))?;
    let state = place.get(py).ok_or_else(|| no_state(py))?;
    if state.home.get().is_some() {
        return Ok(());
    }
    let name = py.str(name)?;
    py.add_to_module(module.borrow(), c"interpreter", name.borrow())?;
    py.add_to_module(module.borrow(), c"replica", py.int(replica)?.borrow())?;
    py.add_to_module(module.borrow(), c"replicas", py.int(replicas)?.borrow())?;
    state.home.get_or_init(|| Home {
        interp,
        name: name.store(),
    });
    let spare = state.make(py, RequestObject::spare())?;
    let _ = state.spare.set(spare.store());
    interp.set_module_state(place.as_ptr());
    interp.keep(module);
    Ok(())
}

/// The module's state in the interpreter that the caller is attached to.
///
/// # Errors
/// [`Raised`] (SystemError) before [`attach_interp`], while the interpreter is being torn down, and when the caller is
/// attached to another one.
#[inline]
pub fn state_of<'py>(py: Attached<'py>, interp: &Interp) -> PyResult<&'py State> {
    if !interp.is_current(py) {
        return Err(py.raise_system_error("the state of one interpreter is wanted in another one"));
    }
    // SAFETY: only attach_interp stores there, and has the interpreter keep the module until it ends.
    unsafe { StateRef::<State>::from_ptr(interp.module_state()) }
        .and_then(|state| state.get(py))
        .ok_or_else(|| no_state(py))
}

/// The module's state, from one of its objects.
///
/// # Errors
/// As for [`state_of`].
pub(super) fn state<'py, T: Object>(py: Attached<'py>, this: This<'_, 'py, T>) -> PyResult<&'py State> {
    // SAFETY: `Object` is implemented for the module's own types only, and the object holds its type meanwhile.
    unsafe { MODULE.state_of_type::<State>(py, this.object().type_ptr())? }
        .and_then(|state| state.get(py))
        .ok_or_else(|| no_state(py))
}

#[cold]
fn no_state(py: Attached<'_>) -> Raised {
    py.raise_system_error("_apache has no state in this interpreter")
}
