//! The working directory where it belongs to the whole child: one interpreter at a time has it.
//!
//! For `mod_python._directory`, on systems that give no thread a working directory of its own. Called attached, on any
//! thread; waits detached. Who takes it gives it back, whatever happens in between.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::module::State;
use crate::interp::detach;
use crate::py::{Args, Attached, Owned, PyResult};

static TAKEN: Mutex<bool> = Mutex::new(false);
static GIVEN_BACK: Condvar = Condvar::new();

/// `take_directory()`: wait until nobody has it.
pub(super) fn take<'py>(py: Attached<'py>, _: &State, _: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    detach(py, || {
        let free = GIVEN_BACK.wait_while(taken(), |taken| *taken);
        *free.unwrap_or_else(PoisonError::into_inner) = true;
    });
    Ok(py.none())
}

/// `give_back_directory()`: let the next one have it.
pub(super) fn give_back<'py>(py: Attached<'py>, _: &State, _: &Args<'_, 'py>) -> PyResult<Owned<'py>> {
    *taken() = false;
    GIVEN_BACK.notify_one();
    Ok(py.none())
}

/// Held for a moment only: nothing that could panic runs meanwhile.
fn taken() -> MutexGuard<'static, bool> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}
