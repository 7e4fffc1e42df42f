//! The reply's body on its way: small pieces are gathered, so that a small reply leaves in one go.
//!
//! Pure but for the clock. What is gathered counts as sent for everybody who asks. A piece waits here until the reply
//! ends, until more than [`MOST`] have gathered, or until the next piece finds it older than [`PATIENCE`], so that a
//! page which reports progress is seen to progress.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use smallvec::SmallVec;

/// So much is gathered at most.
const MOST: usize = 8 << 10;
/// So long a piece waits for the next one.
const PATIENCE: Duration = Duration::from_millis(10);

/// So much lies in the request's own memory, which is nearly every small reply.
const INLINE: usize = 128;

/// Data on its way.
pub(in crate::objects) type Gathered = SmallVec<[u8; INLINE]>;

/// What is gathered, and how much there was in all.
#[derive(Debug, Default)]
pub(in crate::objects) struct Output {
    gathered: RefCell<Gathered>,
    since: Cell<Option<Instant>>,
    total: Cell<u64>,
}

/// What becomes of a piece.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::objects) enum Verdict {
    /// It waits here.
    Gathered,
    /// It goes out now, behind what waited until now.
    Send(Gathered),
}

impl Output {
    /// Take a piece in, or say that it goes out: `flush` is what the application said, if anything.
    pub(in crate::objects) fn accept(&self, piece: &[u8], flush: Option<bool>) -> Verdict {
        self.total.set(self.total.get() + piece.len() as u64);
        let mut gathered = self.gathered.borrow_mut();
        if flush == Some(true) || gathered.len() + piece.len() > MOST || self.is_old(flush) {
            self.since.set(None);
            return Verdict::Send(std::mem::take(&mut *gathered));
        }
        if gathered.is_empty() {
            self.since.set(Some(Instant::now()));
        }
        gathered.extend_from_slice(piece);
        Verdict::Gathered
    }

    /// Gather a piece whatever its size.
    pub(in crate::objects) fn append(&self, piece: &[u8]) {
        self.total.set(self.total.get() + piece.len() as u64);
        self.gathered.borrow_mut().extend_from_slice(piece);
    }

    fn is_old(&self, flush: Option<bool>) -> bool {
        flush.is_none() && self.since.get().is_some_and(|since| since.elapsed() > PATIENCE)
    }

    /// Take out what is gathered.
    pub(in crate::objects) fn take(&self) -> Gathered {
        self.since.set(None);
        self.gathered.take()
    }

    /// Bytes that are gathered.
    pub(in crate::objects) fn gathered(&self) -> usize {
        self.gathered.borrow().len()
    }

    /// Bytes given to `write` and `sendfile` in all.
    pub(in crate::objects) fn total(&self) -> u64 {
        self.total.get()
    }

    /// Count bytes that went another way.
    pub(in crate::objects) fn count(&self, bytes: u64) {
        self.total.set(self.total.get() + bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pieces_gather() {
        let output = Output::default();
        assert_eq!(output.accept(b"hello ", None), Verdict::Gathered);
        assert_eq!(output.accept(b"world", Some(false)), Verdict::Gathered);
        assert_eq!((output.gathered(), output.total()), (11, 11));
        assert_eq!(output.take().as_slice(), b"hello world");
        assert_eq!((output.gathered(), output.total()), (0, 11));
    }

    #[test]
    fn a_flush_sends_what_waited() {
        let output = Output::default();
        output.accept(b"a", None);
        assert_eq!(
            output.accept(b"b", Some(true)),
            Verdict::Send(b"a".as_slice().into())
        );
        assert_eq!(output.gathered(), 0);
    }

    #[test]
    fn a_large_piece_is_not_copied() {
        let output = Output::default();
        output.accept(b"head", None);
        assert_eq!(
            output.accept(&[0; MOST], None),
            Verdict::Send(b"head".as_slice().into())
        );
        assert_eq!(output.accept(&[0; MOST], None), Verdict::Gathered);
    }

    #[test]
    fn an_old_piece_leaves_with_the_next_unless_told_to_wait() {
        let output = Output::default();
        output.accept(b"a", None);
        output.since.set(Instant::now().checked_sub(PATIENCE * 2));
        assert_eq!(output.accept(b"b", Some(false)), Verdict::Gathered);
        assert_eq!(output.accept(b"c", None), Verdict::Send(b"ab".as_slice().into()));
        assert_eq!(output.accept(b"d", None), Verdict::Gathered, "a fresh piece");
    }
}
