//! `_global_lock`, `_global_trylock`, `_global_unlock`: locks between all children, for sessions and whoever wants one.
//!
//! Run attached, on any thread; they wait detached. A lock that is taken in a request is given up with it at the
//! latest.

use std::io;

use super::module::State;
use super::request_state::with_current;
use super::server::ServerObject;
use crate::httpd::global_lock::{self, Owner, Slot};
use crate::interp::detach;
use crate::py::{Args, Attached, Owned, PyResult, Raised};

pub(super) fn lock<'py>(py: Attached<'py>, state: &State, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    acquire(py, state, args, |slot, owner| {
        global_lock::lock(slot, owner).map(|()| true)
    })?;
    Ok(py.none())
}

pub(super) fn try_lock<'py>(py: Attached<'py>, state: &State, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    acquire(py, state, args, global_lock::try_lock).map(|got| py.bool(got))
}

pub(super) fn unlock<'py>(py: Attached<'py>, state: &State, args: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    let slot = slot(py, state, args)?;
    if global_lock::unlock(slot, owner()) {
        Ok(py.none())
    } else {
        Err(py.raise_value_error("the lock is not held by this request"))
    }
}

fn acquire(
    py: Attached<'_>,
    state: &State,
    args: &Args<'_, '_>,
    how: impl FnOnce(Slot, Owner) -> io::Result<bool> + Send,
) -> PyResult<bool> {
    let slot = slot(py, state, args)?;
    let owner = owner();
    let got = detach(py, || how(slot, owner)).map_err(|error| refused(py, &error))?;
    if got && owner != Owner::PROCESS {
        with_current(|r| r.into_iter().for_each(|r| global_lock::release_with(r, slot)));
    }
    Ok(got)
}

fn owner() -> Owner {
    with_current(|r| r.map_or(Owner::PROCESS, Owner::of))
}

/// The lock of `(server, key[, index])`: that of the key, unless a number is given.
fn slot(py: Attached<'_>, state: &State, args: &Args<'_, '_>) -> PyResult<Slot> {
    if state.cast::<ServerObject>(py, args.required(0)?).is_none() {
        return Err(py.raise_type_error("First argument must be a server object"));
    }
    match args.integer(2, -1)? {
        -1 => Ok(Slot::of(&py.data(args.required(1)?)?)),
        number => u32::try_from(number).map(Slot::numbered).map_err(|_| {
            py.raise_value_error("the index of a lock is a number from 0 on, or -1 for the key's own")
        }),
    }
}

fn refused(py: Attached<'_>, error: &io::Error) -> Raised {
    let text = format!("the lock file of mod_python cannot be used: {error}");
    py.raise_os_errno(error.raw_os_error().unwrap_or(libc::EIO), &text)
}
