//! The request's body: read from httpd in blocks, given out in pieces or lines, what is left over first.
//!
//! Runs detached: [`Input::read`] and [`Input::line`] wait for the client. The buffer is taken out of its place for
//! the length of a call, so that it can go where no lock and no GIL is held.

use std::cell::{Cell, RefCell};

use crate::apr::{Status, Wait};
use crate::httpd::Request;

/// So much is asked of httpd at a time.
const BLOCK: usize = 8 << 10;

/// How far reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::objects) enum Progress {
    /// Nobody has read yet.
    #[default]
    Untouched,
    /// There may be more.
    Open,
    /// There is no more.
    Ended,
}

/// A request's body while it is read.
#[derive(Debug, Default)]
pub(in crate::objects) struct Input {
    pub(in crate::objects) progress: Cell<Progress>,
    rest: RefCell<Buffer>,
}

/// How much a call wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::objects) enum Want {
    /// So many bytes, fewer at the end only.
    Bytes(usize),
    /// Up to and including a line end, but no more than this.
    Line(usize),
}

impl Input {
    /// Take the buffer for a read.
    pub(in crate::objects) fn take(&self) -> Buffer {
        self.rest.take()
    }

    /// Put the buffer back.
    pub(in crate::objects) fn put(&self, rest: Buffer) {
        self.rest.replace(rest);
    }
}

/// Bytes read and not yet given out.
#[derive(Debug, Default)]
pub(in crate::objects) struct Buffer {
    bytes: Vec<u8>,
    start: usize,
}

impl Buffer {
    /// Read until the wish can be met; whether the body has ended meanwhile.
    pub(in crate::objects) fn fill(&mut self, r: &Request, want: Want) -> Result<bool, Status> {
        let mut seen = 0;
        while let Some(missing) = self.missing(want, &mut seen) {
            let end = self.bytes.len();
            self.bytes.resize(end + missing.clamp(BLOCK, 64 * BLOCK), 0);
            let read = r.read_body(&mut self.bytes[end..], Wait::Block);
            self.bytes.truncate(end + read.unwrap_or(0));
            if read? == 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How many bytes are missing at least, `None` when the wish can be met. Lines are searched from `seen` on.
    fn missing(&self, want: Want, seen: &mut usize) -> Option<usize> {
        let have = self.bytes.len() - self.start;
        match want {
            Want::Bytes(most) => most.checked_sub(have).filter(|missing| *missing > 0),
            Want::Line(most) if have >= most => None,
            Want::Line(most) => {
                let fresh = &self.bytes[self.start + *seen..];
                *seen = have;
                (!fresh.contains(&b'\n')).then_some((most - have).min(BLOCK))
            }
        }
    }

    /// Give out what is wanted, or what there is.
    pub(in crate::objects) fn give(&mut self, want: Want) -> &[u8] {
        let (from, have) = (self.start, self.bytes.len() - self.start);
        let len = match want {
            Want::Bytes(most) => most.min(have),
            Want::Line(most) => line_length(&self.bytes[from..from + most.min(have)]),
        };
        self.start += len;
        &self.bytes[from..from + len]
    }

    /// Forget what was given out, if that is worth the move.
    pub(in crate::objects) fn compact(&mut self) {
        if self.start == self.bytes.len() {
            *self = Self::default();
        } else if self.start >= BLOCK {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
    }
}

fn line_length(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffer(bytes: &[u8]) -> Buffer {
        Buffer {
            bytes: bytes.to_vec(),
            start: 0,
        }
    }

    #[test]
    fn what_a_line_left_over_is_read_next() {
        let mut rest = buffer(b"one\ntwo\nthree");
        assert_eq!(rest.give(Want::Line(usize::MAX)), b"one\n");
        assert_eq!(rest.give(Want::Line(2)), b"tw");
        assert_eq!(rest.give(Want::Bytes(3)), b"o\nt");
        assert_eq!(rest.give(Want::Line(usize::MAX)), b"hree");
        assert_eq!(rest.give(Want::Bytes(9)), b"");
    }

    #[test]
    fn a_wish_says_what_is_missing() {
        let rest = buffer(b"abc");
        assert_eq!(rest.missing(Want::Bytes(3), &mut 0), None);
        assert_eq!(rest.missing(Want::Bytes(10), &mut 0), Some(7));
        assert_eq!(rest.missing(Want::Line(3), &mut 0), None);
        assert_eq!(rest.missing(Want::Line(usize::MAX), &mut 0), Some(BLOCK));
        assert_eq!(buffer(b"a\nb").missing(Want::Line(usize::MAX), &mut 0), None);
    }

    #[test]
    fn a_line_is_searched_once() {
        let (mut rest, mut seen) = (buffer(b"ab"), 0);
        assert!(rest.missing(Want::Line(usize::MAX), &mut seen).is_some());
        assert_eq!(seen, 2);
        rest.bytes.extend_from_slice(b"c\n");
        assert_eq!(rest.missing(Want::Line(usize::MAX), &mut seen), None);
    }

    #[test]
    fn compacting_keeps_what_is_left() {
        let mut rest = buffer(&[b'x'; BLOCK + 2]);
        rest.give(Want::Bytes(BLOCK));
        rest.compact();
        assert_eq!((rest.start, rest.bytes.len()), (0, 2));
        rest.give(Want::Bytes(2));
        rest.compact();
        assert_eq!(rest.bytes.capacity(), 0);
    }
}
