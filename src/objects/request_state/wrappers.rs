//! The Python objects of one request: one per interpreter, so that `req` is the same object in every phase.

use std::cell::RefCell;
use std::mem;
use std::ptr;

use smallvec::SmallVec;

use super::RequestState;
use crate::httpd::Request;
use crate::interp::{Held, Interp};
use crate::objects::module::state_of;
use crate::objects::request::RequestObject;
use crate::py::{Attached, Owned, PyResult};

/// Nearly every request has one.
#[derive(Default)]
pub(super) struct Wrappers(RefCell<SmallVec<[Held; 1]>>);

impl RequestState {
    /// The request's object in an interpreter, which the caller is attached to.
    ///
    /// # Errors
    /// [`crate::py::Raised`] (MemoryError).
    pub fn wrapper<'py>(
        &self,
        py: Attached<'py>,
        r: &Request,
        interp: &'static Interp,
    ) -> PyResult<Owned<'py>> {
        let known = self.wrappers.0.borrow();
        if let Some(held) = known.iter().find(|held| ptr::eq(held.interp(), interp)) {
            return Ok(held.get(py)?.to_owned());
        }
        drop(known);
        // SAFETY: a request's pool is its own, and the cleanup registered with this state finishes its liveness there.
        let object = unsafe { RequestObject::new(&self.liveness, r) };
        let object = state_of(py, interp)?.make(py, object)?;
        self.wrappers
            .0
            .borrow_mut()
            .push(Held::new(object.borrow().to_owned(), interp));
        Ok(object)
    }

    /// Let go of the request's objects while still attached: no later phase needs them.
    pub fn release(&self, _py: Attached<'_>) {
        drop(mem::take(&mut *self.wrappers.0.borrow_mut()));
    }
}
