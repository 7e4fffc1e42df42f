//! The reply of a WSGI application: how far it has come, and how much its `Content-Length` leaves (PEP 3333).
//!
//! Pure: it counts and decides; sending is done elsewhere. One per request, touched as the request's state is.

use std::cell::{Cell, RefCell};
use std::ffi::CString;

/// How far the head of the reply has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::objects) enum Head {
    /// `start_response` was not called yet.
    #[default]
    Unset,
    /// It was; nothing has left.
    Set,
    /// It has left.
    Sent,
}

/// A header as it was before `start_response`.
pub(in crate::objects) type Header = (CString, CString);

/// Status, headers and body as far as they were given.
#[derive(Debug, Default)]
pub(in crate::objects) struct Reply {
    head: Cell<Head>,
    /// `Content-Length`, if the application gave one.
    length: Cell<Option<u64>>,
    /// Bytes of the body that were admitted.
    body: Cell<u64>,
    /// Bytes of the body that were refused.
    excess: Cell<u64>,
    /// What the headers were when `start_response` was called first.
    before: RefCell<Vec<Header>>,
}

impl Reply {
    /// How far the head has come.
    pub(in crate::objects) fn head(&self) -> Head {
        self.head.get()
    }

    /// `start_response` was called.
    pub(in crate::objects) fn begin(&self, length: Option<u64>) {
        self.head.set(Head::Set);
        self.length.set(length);
    }

    /// The head leaves now, with what of the body is there.
    pub(in crate::objects) fn mark_sent(&self) {
        self.head.set(Head::Sent);
    }

    /// Forget what was begun; gives the headers to put back.
    pub(in crate::objects) fn take_back(&self) -> Vec<Header> {
        self.head.set(Head::Unset);
        self.length.set(None);
        self.body.set(0);
        self.before.take()
    }

    /// Remember the headers of others.
    pub(in crate::objects) fn keep(&self, before: Vec<Header>) {
        self.before.replace(before);
    }

    /// The part of a piece that `Content-Length` leaves room for; it counts as given.
    pub(in crate::objects) fn admit(&self, piece: u64) -> u64 {
        let admitted = piece.min(self.room());
        self.body.set(self.body.get() + admitted);
        self.excess.set(self.excess.get() + (piece - admitted));
        admitted
    }

    /// Whether as much of the body was given as `Content-Length` says.
    pub(in crate::objects) fn is_whole(&self) -> bool {
        self.length.get().is_some_and(|length| self.body.get() >= length)
    }

    /// How many bytes of the body `Content-Length` still promises.
    pub(in crate::objects) fn missing(&self) -> u64 {
        self.length
            .get()
            .map_or(0, |length| length.saturating_sub(self.body.get()))
    }

    /// How many bytes there were beyond `Content-Length`.
    pub(in crate::objects) fn excess(&self) -> u64 {
        self.excess.get()
    }

    /// Whether the application said how long the body is.
    pub(in crate::objects) fn has_length(&self) -> bool {
        self.length.get().is_some()
    }

    /// How much of a body there is room for.
    pub(in crate::objects) fn room(&self) -> u64 {
        self.length
            .get()
            .map_or(u64::MAX, |length| length - self.body.get().min(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_length_is_the_measure() {
        let reply = Reply::default();
        reply.begin(Some(5));
        assert_eq!((reply.admit(3), reply.is_whole(), reply.missing()), (3, false, 2));
        assert_eq!((reply.admit(4), reply.is_whole(), reply.missing()), (2, true, 0));
        assert_eq!((reply.admit(1), reply.excess()), (0, 3));
    }

    #[test]
    fn without_it_everything_passes() {
        let reply = Reply::default();
        reply.begin(None);
        assert_eq!((reply.admit(9), reply.is_whole(), reply.missing()), (9, false, 0));
        assert_eq!(reply.excess(), 0);
    }

    #[test]
    fn a_reply_taken_back_begins_anew() {
        let reply = Reply::default();
        reply.keep(vec![(c"X".into(), c"1".into())]);
        reply.begin(Some(1));
        reply.admit(1);
        assert_eq!(reply.take_back().len(), 1);
        assert_eq!(
            (reply.head(), reply.admit(7), reply.excess()),
            (Head::Unset, 7, 0)
        );
    }
}
