//! A built-in module with per-interpreter state, by multi-phase initialisation (PEP 489, PEP 684).
//!
//! The definition is the one `static` that CPython writes to (it assigns the module's index under its own lock);
//! everything else lives in the module's state, one per interpreter. Runs attached only.

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use pyo3_ffi::{
    Py_mod_exec, Py_ssize_t, PyMethodDef, PyModule_AddObjectRef, PyModule_GetState, PyModuleDef,
    PyModuleDef_HEAD_INIT, PyModuleDef_Init, PyModuleDef_Slot, PyObject, PyType_GetModuleByDef, PyTypeObject,
    visitproc,
};

use super::exception::PyResult;
use super::owned::Borrowed;
use super::token::Attached;
use crate::boundary;

/// The per-interpreter state of a module: filled in the exec slot, shown to the collector.
pub trait ModuleState: Sized + 'static {
    /// Fill the fresh module and build its state.
    ///
    /// # Errors
    /// [`super::Raised`]; the import fails with that exception.
    fn exec<'py>(py: Attached<'py>, module: Borrowed<'_, 'py>) -> PyResult<Self>;

    /// Show every reference held.
    fn visit(&self, visit: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int;
}

/// A module definition that may stand in a `static`.
pub struct ModuleDef {
    def: UnsafeCell<PyModuleDef>,
    slots: UnsafeCell<[PyModuleDef_Slot; SLOTS]>,
}

const SLOTS: usize = 4;

/// What lies in the memory that CPython zeroes for a module: `ready` is 0 until the exec slot has built the state.
#[repr(C)]
struct Block<S> {
    ready: u8,
    state: MaybeUninit<S>,
}

impl<S> Block<S> {
    /// # Safety
    /// `module` is one of ours and outlives `'a`, and nobody else looks at its block meanwhile.
    unsafe fn of<'a>(module: *mut PyObject) -> Option<&'a mut Self> {
        // SAFETY: the caller's contract; the memory is zeroed at first, which is a valid empty block.
        unsafe { PyModule_GetState(module).cast::<Self>().as_mut() }
    }

    fn get(&self) -> Option<&S> {
        // SAFETY: `ready` is set only after the state was written.
        (self.ready != 0).then(|| unsafe { self.state.assume_init_ref() })
    }

    fn fill(&mut self, state: S) {
        self.state.write(state);
        self.ready = 1;
    }

    fn empty(&mut self) {
        if std::mem::take(&mut self.ready) != 0 {
            // SAFETY: `ready` said that the state is there; it is marked gone before it is dropped.
            unsafe { self.state.assume_init_drop() }
        }
    }
}

// SAFETY: CPython alone writes to a module definition, and guards the one field it assigns.
unsafe impl Sync for ModuleDef {}

impl std::fmt::Debug for ModuleDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ModuleDef").finish_non_exhaustive()
    }
}

impl ModuleDef {
    /// A definition whose state is an `S`; `methods` ends with [`super::heap_type::METHOD_END`].
    #[must_use]
    pub const fn new<S: ModuleState>(
        name: &'static CStr,
        doc: &'static CStr,
        methods: &'static [PyMethodDef],
    ) -> Self {
        ModuleDef {
            def: UnsafeCell::new(PyModuleDef {
                m_base: PyModuleDef_HEAD_INIT,
                m_name: name.as_ptr(),
                m_doc: doc.as_ptr(),
                m_size: size_of::<Block<S>>() as Py_ssize_t,
                m_methods: methods.as_ptr().cast_mut(),
                m_slots: ptr::null_mut(),
                m_traverse: Some(traverse::<S>),
                m_clear: Some(clear::<S>),
                m_free: Some(free::<S>),
            }),
            slots: UnsafeCell::new([
                PyModuleDef_Slot {
                    slot: Py_mod_exec,
                    value: exec::<S> as *mut c_void,
                },
                PyModuleDef_Slot {
                    slot: pyo3_ffi::Py_mod_multiple_interpreters,
                    value: pyo3_ffi::Py_MOD_PER_INTERPRETER_GIL_SUPPORTED,
                },
                gil_slot(),
                PyModuleDef_Slot {
                    slot: 0,
                    value: ptr::null_mut(),
                },
            ]),
        }
    }

    /// The state that belongs to a type of this module, or to a type derived from one in Python.
    ///
    /// # Errors
    /// [`super::Raised`] (TypeError) for any other type.
    ///
    /// # Safety
    /// The definition's state is an `S`; `class` is alive, and the answer is kept by its instances only.
    pub unsafe fn state_of_type<S>(
        &'static self,
        py: Attached<'_>,
        class: *mut PyTypeObject,
    ) -> PyResult<Option<StateRef<S>>> {
        // SAFETY: attached; the definition is static, and the module found is held by the type.
        unsafe {
            let module = PyType_GetModuleByDef(class, self.def.get());
            Ok(StateRef::of(Borrowed::from_borrowed(py, module)?))
        }
    }

    /// What a module's `PyInit_…` function returns.
    ///
    /// # Safety
    /// Called by CPython's import machinery, attached.
    pub unsafe fn init(&'static self) -> *mut PyObject {
        // SAFETY: the pointer written is always the same one; the import machinery serialises built-in imports per
        // interpreter and the manager builds interpreters one after another.
        unsafe {
            (*self.def.get()).m_slots = self.slots.get().cast();
            PyModuleDef_Init(self.def.get())
        }
    }
}

#[cfg(Py_3_13)]
const fn gil_slot() -> PyModuleDef_Slot {
    PyModuleDef_Slot {
        slot: pyo3_ffi::Py_mod_gil,
        value: pyo3_ffi::Py_MOD_GIL_NOT_USED,
    }
}

#[cfg(not(Py_3_13))]
const fn gil_slot() -> PyModuleDef_Slot {
    PyModuleDef_Slot {
        slot: 0,
        value: ptr::null_mut(),
    }
}

/// Where a module's state lies: what the module's own objects, and its interpreter, keep instead of a look-up.
#[derive(Debug)]
pub struct StateRef<S>(NonNull<Block<S>>);

impl<S> Clone for StateRef<S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S> Copy for StateRef<S> {}

impl<S> StateRef<S> {
    /// The state of a module.
    ///
    /// # Safety
    /// `module` was made from a [`ModuleDef`] whose state is an `S`, and outlives every use of the answer: an
    /// object of one of its types holds the type and thereby the module; anybody else keeps a reference to it.
    #[must_use]
    pub unsafe fn of(module: Borrowed<'_, '_>) -> Option<Self> {
        // SAFETY: the caller's contract.
        NonNull::new(unsafe { PyModule_GetState(module.as_ptr()) }.cast()).map(StateRef)
    }

    /// The state; `None` before the exec slot has run, and when the interpreter is being torn down.
    #[inline]
    #[must_use]
    pub fn get<'a>(self, _py: Attached<'a>) -> Option<&'a S> {
        // SAFETY: the module is alive by the contract of `of`. Its block changes attached only, in the exec slot and
        // in the collector's last pass, when no other code of the interpreter runs.
        unsafe { self.0.as_ref() }.get()
    }

    /// The address, for a keeper that does not know `S`.
    #[must_use]
    pub fn as_ptr(self) -> *mut () {
        self.0.as_ptr().cast()
    }

    /// Back from [`StateRef::as_ptr`].
    ///
    /// # Safety
    /// `address` came from `as_ptr` of the same `S`, whose module is alive still.
    #[must_use]
    pub unsafe fn from_ptr(address: *mut ()) -> Option<Self> {
        NonNull::new(address.cast()).map(StateRef)
    }
}

impl<'py> Attached<'py> {
    /// `module.name = value`.
    ///
    /// # Errors
    /// [`super::Raised`].
    pub fn add_to_module(
        self,
        module: Borrowed<'_, 'py>,
        name: &CStr,
        value: Borrowed<'_, 'py>,
    ) -> PyResult<()> {
        // SAFETY: attached; both are alive; the call takes a reference of its own.
        self.status(unsafe { PyModule_AddObjectRef(module.as_ptr(), name.as_ptr(), value.as_ptr()) })
    }
}

unsafe extern "C" fn exec<S: ModuleState>(module: *mut PyObject) -> c_int {
    // SAFETY: the import machinery calls this once, attached, with a module whose state block is zeroed.
    unsafe {
        super::trampoline::py_entry(-1, |py| {
            let state = S::exec(py, Borrowed::from_borrowed(py, module)?)?;
            if let Some(block) = Block::of(module) {
                block.fill(state);
            }
            Ok(0)
        })
    }
}

unsafe extern "C" fn traverse<S: ModuleState>(
    module: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: CPython calls this attached with one of our modules; it only reads. The state may be absent still.
    unsafe {
        match Block::<S>::of(module).and_then(|block| block.get()) {
            Some(state) => state.visit(&mut |other| if other.is_null() { 0 } else { visit(other, arg) }),
            None => 0,
        }
    }
}

unsafe extern "C" fn clear<S: ModuleState>(module: *mut PyObject) -> c_int {
    // SAFETY: CPython calls this attached with one of our modules; the state is dropped at most once.
    unsafe {
        if let Some(block) = Block::<S>::of(module) {
            let _ = boundary::catch(|| block.empty());
        }
    }
    0
}

unsafe extern "C" fn free<S: ModuleState>(module: *mut c_void) {
    // SAFETY: as for `clear`, which may have run before.
    unsafe {
        clear::<S>(module.cast());
    }
}
