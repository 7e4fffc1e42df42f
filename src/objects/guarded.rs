//! Records of httpd's behind their liveness: the one way by which Python objects reach them.

use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use super::liveness::{Liveness, Refusal};
use crate::py::{Attached, PyResult, Raised};

/// A record of httpd's behind its liveness.
pub(super) struct Guarded<T> {
    /// `None` for what lives as long as the child and changes behind locks of its own.
    liveness: Option<Arc<Liveness>>,
    target: NonNull<T>,
}

impl<T> Guarded<T> {
    /// Guard `target`.
    ///
    /// # Safety
    /// `target` lives until `liveness` is finished.
    #[must_use]
    pub(super) unsafe fn new(liveness: &Arc<Liveness>, target: &T) -> Self {
        Guarded {
            liveness: Some(Arc::clone(liveness)),
            target: NonNull::from(target),
        }
    }

    /// Keep something of the server's configuration, which needs no guard.
    ///
    /// # Safety
    /// `target` lives as long as the child.
    #[must_use]
    pub(super) unsafe fn of_child(target: &T) -> Self
    where
        T: Sync,
    {
        Guarded {
            liveness: None,
            target: NonNull::from(target),
        }
    }

    /// A guard around nothing: everybody is told that the request is finished.
    #[must_use]
    pub(super) fn finished() -> Self {
        Guarded {
            liveness: Some(Arc::new(Liveness::finished())),
            target: NonNull::dangling(),
        }
    }

    /// Guard something that lives as long as this record.
    ///
    /// # Safety
    /// `other` lives until this record's liveness is finished; when this is [`Guarded::of_child`], it is `Sync`.
    #[must_use]
    pub(super) unsafe fn sibling<U>(&self, other: &U) -> Guarded<U> {
        Guarded {
            liveness: self.liveness.clone(),
            target: NonNull::from(other),
        }
    }

    /// Use the record.
    ///
    /// # Errors
    /// [`Raised`] by `f`, or RuntimeError when it cannot be touched now.
    #[inline]
    pub(super) fn with<R>(&self, py: Attached<'_>, f: impl FnOnce(&T) -> PyResult<R>) -> PyResult<R> {
        self.reach(f).unwrap_or_else(|refusal| Err(refused(py, refusal)))
    }

    /// As [`Guarded::with`], for those who have words of their own when the record cannot be touched now.
    ///
    /// # Errors
    /// [`Refusal`].
    #[inline]
    pub(super) fn reach<R>(&self, f: impl FnOnce(&T) -> R) -> Result<R, Refusal> {
        let inside = self.liveness.as_ref().map(|liveness| liveness.enter());
        let _inside = inside.transpose()?;
        // SAFETY: by the contract of the constructors the record lives; `finish` waits until `_inside` is dropped.
        Ok(f(unsafe { self.target.as_ref() }))
    }

    /// As [`Guarded::with`], for what raises nothing of its own.
    ///
    /// # Errors
    /// RuntimeError when the record cannot be touched now.
    #[inline]
    pub(super) fn touch<R>(&self, py: Attached<'_>, f: impl FnOnce(&T) -> R) -> PyResult<R> {
        self.with(py, |record| Ok(f(record)))
    }
}

impl<T> fmt::Debug for Guarded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guarded")
            .field(&self.target)
            .field(&self.liveness)
            .finish()
    }
}

impl<T> Clone for Guarded<T> {
    fn clone(&self) -> Self {
        Guarded {
            liveness: self.liveness.clone(),
            target: self.target,
        }
    }
}

#[cold]
fn refused(py: Attached<'_>, refusal: Refusal) -> Raised {
    py.raise_runtime_error(&refusal.to_string())
}
