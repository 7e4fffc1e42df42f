//! The reply's body on its way: small pieces are gathered, so that a small reply leaves in one go.
//!
//! Pure but for the clock. What is gathered counts as sent for everybody who asks. A piece waits here until the reply
//! ends, until more than [`MOST`] have gathered, or until the next piece finds it older than [`PATIENCE`], so that a
//! page which reports progress is seen to progress.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use smallvec::SmallVec;

/// So much is gathered at most: as much as httpd itself holds back (`FlushMaxThreshold`). Copying it takes less time than
/// giving the GIL up to send it, and coming back.
const MOST: usize = 64 << 10;
/// So much needs no memory of its own.
const SMALL: usize = 64;
/// So long a piece waits for the next one.
const PATIENCE: Duration = Duration::from_millis(10);

/// Bytes on their way.
pub(in crate::objects) type Bytes = SmallVec<[u8; SMALL]>;

/// What is gathered, and how much there was in all.
#[derive(Debug, Default)]
pub(in crate::objects) struct Output {
    gathered: RefCell<Bytes>,
    /// When the first piece came that shall not wait for long.
    since: Cell<Option<Instant>>,
    total: Cell<u64>,
}

impl Output {
    /// Gather a piece, unless it shall go out now behind what waits: `flush` is what the application said, if anything.
    pub(in crate::objects) fn gather(&self, piece: &[u8], flush: Option<bool>) -> bool {
        if flush == Some(true) || self.gathered() + piece.len() > MOST || self.is_old(flush) {
            self.count(piece.len());
            return false;
        }
        if flush.is_none() && self.since.get().is_none() {
            self.since.set(Some(Instant::now()));
        }
        self.append(piece);
        true
    }

    /// Gather a piece whatever its size.
    pub(in crate::objects) fn append(&self, piece: &[u8]) {
        self.count(piece.len());
        self.gathered.borrow_mut().extend_from_slice(piece);
    }

    fn is_old(&self, flush: Option<bool>) -> bool {
        flush.is_none() && self.since.get().is_some_and(|since| since.elapsed() > PATIENCE)
    }

    /// Take out what is gathered.
    pub(in crate::objects) fn take(&self) -> Bytes {
        self.since.set(None);
        self.gathered.take()
    }

    /// Bytes that are gathered.
    pub(in crate::objects) fn gathered(&self) -> usize {
        self.gathered.borrow().len()
    }

    /// Whether output has begun for whoever asks: a piece that was only to be kept (`flush=0`) begins nothing.
    pub(in crate::objects) fn has_begun(&self) -> bool {
        self.since.get().is_some()
    }

    /// Bytes given to `write` and `sendfile` in all.
    pub(in crate::objects) fn total(&self) -> u64 {
        self.total.get()
    }

    /// Count bytes that went another way.
    pub(in crate::objects) fn count(&self, bytes: usize) {
        self.total.set(self.total.get() + bytes as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pieces_gather() {
        let output = Output::default();
        assert!(output.gather(b"hello ", None));
        assert!(output.gather(b"world", Some(false)));
        assert_eq!((output.gathered(), output.total()), (11, 11));
        assert_eq!(&*output.take(), b"hello world");
        assert_eq!((output.gathered(), output.total()), (0, 11));
    }

    #[test]
    fn what_is_only_kept_begins_no_output() {
        let output = Output::default();
        assert!(output.gather(b"kept", Some(false)));
        assert!(!output.has_begun());
        assert!(output.gather(b"sent", None));
        assert!(output.has_begun());
    }

    #[test]
    fn a_flush_sends_what_waited() {
        let output = Output::default();
        output.gather(b"a", None);
        assert!(!output.gather(b"b", Some(true)));
        assert_eq!((&*output.take(), output.total()), (&b"a"[..], 2));
    }

    #[test]
    fn a_large_piece_is_not_copied() {
        let output = Output::default();
        output.gather(b"head", None);
        assert!(!output.gather(&[0; MOST], None));
        assert_eq!(&*output.take(), b"head");
        assert!(output.gather(&[0; MOST], None), "nothing is in front of it");
    }

    #[test]
    fn an_old_piece_leaves_with_the_next_unless_told_to_wait() {
        let output = Output::default();
        output.gather(b"a", None);
        output.since.set(Instant::now().checked_sub(PATIENCE * 2));
        assert!(output.gather(b"b", Some(false)));
        assert!(!output.gather(b"c", None));
        assert_eq!(&*output.take(), b"ab");
        assert!(output.gather(b"d", None), "a fresh piece");
    }
}
