//! What the module keeps for one request, in httpd's own slot for it.
//!
//! Owns a request's replica, its Python objects (one per interpreter), the handlers of its running phase, its output
//! and input buffers, how far a WSGI reply has come, and its cleanups. Lives in `r->pool`: made by the first hook that
//! needs it, dropped with the pool on whatever thread that happens. Reached by httpd's own thread while the request is at home, and by Python through
//! its [`Liveness`] while it is lent; so it is never touched by two threads at once, and needs no lock.

mod cleanup;
mod current;
mod filters;
mod handler;
mod input;
mod output;
mod reply;
mod running;
mod wrappers;

use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use std::ffi::CStr;
use std::fmt;
use std::iter;
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use smallvec::SmallVec;

use self::cleanup::Cleanups;
use self::current::Current;
pub use self::current::with_current;
use self::filters::Filters;
pub use self::handler::Handler;
pub(super) use self::handler::Shown;
use self::input::Input;
pub(super) use self::input::{Progress, Want};
use self::output::Output;
pub(super) use self::reply::{Head, Reply};
use self::running::{Added, Running};
use self::wrappers::Wrappers;
use super::liveness::{Lent, Liveness};
use crate::apr::Status;
use crate::config::HandlerList;
use crate::httpd::{Finish, Request};
use crate::interp::{Binding, Group, Interp};
use crate::py::{Attached, PyResult};

/// The state of one request.
#[derive(Default)]
pub struct RequestState {
    liveness: Arc<Liveness>,
    bindings: RefCell<SmallVec<[Arc<Binding>; 1]>>,
    wrappers: Wrappers,
    running: RefCell<Option<Running>>,
    added: Added,
    cleanups: Cleanups,
    filters: Filters,
    pub(super) output: Output,
    pub(super) input: Input,
    pub(super) reply: Reply,
    mount: OnceCell<HandlerList>,
    pub(super) content_type_set: Cell<bool>,
    reply_is_over: Cell<bool>,
    /// What a provider of ours is asked about.
    password: RefCell<Option<Box<CStr>>>,
}

impl fmt::Debug for RequestState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestState")
            .field("liveness", &self.liveness)
            .finish_non_exhaustive()
    }
}

/// What lies in the slot: the pool's cleanup drops it, after the last user has left.
struct Slot(UnsafeCell<ManuallyDrop<RequestState>>);

impl Slot {
    fn get(&self) -> &RequestState {
        // SAFETY: shared as long as the slot is lent; the one change is its drop, see `Ending`.
        unsafe { &*self.0.get() }
    }
}

/// A state on its way into the cleanup of the pool that it lies in.
struct Ending(NonNull<Slot>);

// SAFETY: it is only followed by the pool's own cleanup, on the one thread that destroys the pool.
unsafe impl Send for Ending {}

impl Ending {
    fn end(self) {
        // SAFETY: the slot's memory goes after the cleanups. Nobody refers to the state any more once it is finished:
        // threads of Python have left and are refused, and httpd gives up a request whose pool it destroys.
        unsafe {
            let slot = self.0.as_ref();
            slot.get().liveness.finish();
            ManuallyDrop::drop(&mut *slot.0.get());
        }
    }
}

impl RequestState {
    /// The state of a request; made at its first use, at home on the calling thread.
    pub fn of(r: &Request) -> &Self {
        Self::find(r).unwrap_or_else(|| Self::make(r))
    }

    /// The state of a request, if it has one.
    #[must_use]
    pub fn find(r: &Request) -> Option<&Self> {
        r.state::<Slot>().map(Slot::get)
    }

    #[cold]
    fn make(r: &Request) -> &Self {
        let slot = r.insert_state(Slot(UnsafeCell::new(ManuallyDrop::new(Self::default()))));
        let ending = Ending(NonNull::from(slot));
        r.pool().on_destroy(move || ending.end());
        slot.get()
    }

    /// The replica of a group that serves the request, once it has one.
    #[must_use]
    pub fn binding(&self, group: &Group) -> Option<Arc<Binding>> {
        let bindings = self.bindings.borrow();
        bindings
            .iter()
            .find(|binding| ptr::eq(binding.group(), group))
            .cloned()
    }

    /// The group that this request was bound to last in an interpreter: several may share the main one.
    pub(super) fn group_in(&self, interp: &'static Interp) -> Option<&'static Group> {
        let bindings = self.bindings.borrow();
        let mut latest = bindings.iter().rev();
        latest
            .find(|binding| ptr::eq(binding.replica().interp(), interp))
            .map(|binding| binding.group())
    }

    /// Bind a replica for the rest of the request.
    pub fn bind(&self, binding: Binding) -> Arc<Binding> {
        let binding = Arc::new(binding);
        self.bindings.borrow_mut().push(Arc::clone(&binding));
        binding
    }

    /// Give up the replica of a group: it closed, or the group moves.
    pub fn unbind(&self, group: &Group) {
        self.bindings
            .borrow_mut()
            .retain(|binding| !ptr::eq(binding.group(), group));
    }

    /// Remember the WSGI application that the request's path belongs to.
    pub fn set_mount(&self, list: &HandlerList) {
        let _ = self.mount.set(list.clone());
    }

    /// The WSGI application that the request's path belongs to.
    #[inline]
    #[must_use]
    pub fn mount(&self) -> Option<&HandlerList> {
        self.mount.get()
    }

    /// Put a page behind everything that was written, to be sent with it.
    pub fn write_page(&self, page: &str) {
        self.output.append(page.as_bytes());
    }

    /// The reply is sent: from now on nothing reaches the output filters any more, which may be sending right now.
    pub fn close_output(&self) {
        self.reply_is_over.set(true);
    }

    /// Use the state as the request's own object would: for another request's sake, or for the gateway's.
    ///
    /// # Errors
    /// [`crate::py::Raised`] by `f`, or RuntimeError while another thread is using the request.
    pub fn within<R>(&self, py: Attached<'_>, f: impl FnOnce(&Self) -> PyResult<R>) -> PyResult<R> {
        let inside = self.liveness.enter();
        let _inside = inside.map_err(|refusal| py.raise_runtime_error(&refusal.to_string()))?;
        f(self)
    }

    /// Let Python see the password that httpd has from the client, while `f` runs.
    pub fn with_password<R>(&self, password: &CStr, f: impl FnOnce() -> R) -> R {
        let outer = self.password.replace(Some(password.into()));
        let result = f();
        self.password.replace(outer);
        result
    }

    /// The password that a provider is asked about.
    pub(super) fn password(&self) -> Option<Box<CStr>> {
        self.password.borrow().clone()
    }

    /// Whether the reply is sent.
    pub(super) fn is_output_closed(&self) -> bool {
        self.reply_is_over.get()
    }

    /// Lend the request to Python while `f` runs.
    ///
    /// Called detached, on the thread that httpd runs the request on; whatever attaches does so within `f`.
    pub fn lend<R>(&self, r: &Request, f: impl FnOnce() -> R) -> R {
        for ancestor in ancestors(r).filter_map(Self::find) {
            ancestor.liveness.claim();
        }
        let _current = Current::set(r);
        self.liveness.lend(f)
    }

    /// Lend the request to Python until the answer is dropped, for a C module on httpd's own thread.
    pub(super) fn loan(&self) -> Lent<Arc<Liveness>> {
        Liveness::loan(&self.liveness)
    }

    /// Send what is buffered, the end of the reply, and all of it now: the end of the content phase.
    ///
    /// Called detached. Does nothing when the end is sent already; a part of another request leaves its end to httpd.
    ///
    /// # Errors
    /// The filters' status; nobody is there to be told.
    pub fn finish(&self, r: &Request) -> Result<(), Status> {
        if r.main().is_some() || r.eos_sent() {
            return self.pass_on(r);
        }
        r.send(&[&self.output.take()], Finish::Eos)
    }

    /// Before an error page of httpd's: what was only to be kept is dropped, what counts as sent goes out.
    ///
    /// Called detached.
    ///
    /// # Errors
    /// As for [`Self::finish`].
    pub fn give_up(&self, r: &Request) -> Result<(), Status> {
        if r.sent_bodyct() == 0 && !self.output.has_begun() {
            self.output.take();
        }
        self.pass_on(r)
    }

    /// Send what is buffered; more may follow.
    ///
    /// Called detached: at the end of every other phase, and before httpd adds something of its own.
    ///
    /// # Errors
    /// As for [`Self::finish`].
    pub fn pass_on(&self, r: &Request) -> Result<(), Status> {
        match self.output.take() {
            data if data.is_empty() || self.is_output_closed() => Ok(()),
            data => r.send(&[&data], Finish::Open),
        }
    }
}

/// The requests that this one is a part of, or was redirected from.
fn ancestors(r: &Request) -> impl Iterator<Item = &Request> {
    iter::successors(parent(r), |r| parent(r))
}

fn parent(r: &Request) -> Option<&Request> {
    r.main().or_else(|| r.prev())
}
