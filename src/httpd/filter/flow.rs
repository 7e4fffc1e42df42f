//! The data of one call: what came in, what goes out, and how far the filter is with them.
//!
//! Runs on the thread of the filter's call. Taking data may wait for a file, a pipe or the client; passing them on
//! waits for a slow client: callers that hold a GIL let go of it first. Whatever a filter does, the end of the stream
//! gets through, and so does the wish to flush.

use std::cell::Cell;

use apache2_sys as sys;

use super::context::Mode;
use super::{Ask, Filter};
use crate::apr::{Brigade, Front, Piece, Status};

/// So much is gathered before it is passed on unasked.
const MOST: usize = 64 << 10;

/// Where the data come from and where they go.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// From the content to the next filter.
    Output,
    /// From the next filter to the one who asked.
    Input(Ask),
    /// From a tag in a page to the filter behind the one that reads the page.
    Tag,
}

/// One call's data.
pub struct Flow<'c> {
    filter: &'c Filter,
    way: Way,
    incoming: &'c Brigade<'static>,
    outgoing: &'c Brigade<'static>,
    gathered: Cell<usize>,
    moved: Cell<bool>,
    saw_end: Cell<bool>,
    flush_due: Cell<bool>,
    mode: Cell<Mode>,
}

// SAFETY: as for `Filter`: one thread at a time; closures that run detached on that thread need `&Flow: Send`.
unsafe impl Sync for Flow<'_> {}

impl<'c> Flow<'c> {
    pub(super) fn new(
        filter: &'c Filter,
        way: Way,
        mode: Mode,
        incoming: &'c Brigade<'static>,
        outgoing: &'c Brigade<'static>,
    ) -> Self {
        Flow {
            filter,
            way,
            incoming,
            outgoing,
            gathered: Cell::default(),
            moved: Cell::default(),
            saw_end: Cell::default(),
            flush_due: Cell::default(),
            mode: Cell::new(mode),
        }
    }

    /// What a tag writes: `page` is what mod_include has made so far, `nothing` is empty.
    pub(in crate::httpd) fn of_tag(
        filter: &'c Filter,
        nothing: &'c Brigade<'static>,
        page: &'c Brigade<'static>,
    ) -> Self {
        Self::new(filter, Way::Tag, Mode::Active, nothing, page)
    }

    /// Whether the data come from the client.
    #[must_use]
    pub fn is_input(&self) -> bool {
        matches!(self.way, Way::Input(_))
    }

    /// Whether the end of the stream was sent: nothing can be read or written any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.mode.get() == Mode::Ended
    }

    /// What comes next: `None` at the end of the stream, nothing when there is nothing now. May wait.
    ///
    /// # Errors
    /// The status of a bucket, or of the next filter, that could not be read.
    pub fn read(&self, piece: Piece) -> Result<Option<Vec<u8>>, Status> {
        let mut data = Vec::new();
        loop {
            match self.incoming.front() {
                Front::Data if self.take(piece, &mut data)? => break,
                Front::Data => {}
                Front::Other => self.incoming.move_front(self.outgoing),
                Front::Nothing if self.refill(piece, &data)? => {}
                Front::Eos if data.is_empty() => return Ok(self.take_end()),
                Front::Flush if data.is_empty() => {
                    self.take_flush();
                    break;
                }
                _ => break,
            }
        }
        Ok(Some(data))
    }

    fn take(&self, piece: Piece, data: &mut Vec<u8>) -> Result<bool, Status> {
        self.moved.set(true);
        self.incoming.take(piece, data)
    }

    /// The end stays in front, for whoever asks again.
    fn take_end(&self) -> Option<Vec<u8>> {
        self.moved.set(true);
        self.saw_end.set(true);
        None
    }

    fn take_flush(&self) {
        self.moved.set(true);
        self.incoming.drop_front();
        self.flush_due.set(true);
    }

    /// Ask the next input filter, when what is there does not do; whether that brought something.
    fn refill(&self, piece: Piece, had: &[u8]) -> Result<bool, Status> {
        let Way::Input(ask) = self.way else {
            return Ok(false);
        };
        if !had.is_empty() && matches!(piece, Piece::Bytes(_)) {
            return Ok(false);
        }
        match self.filter.get(self.incoming, ask) {
            Err(status) if !status.is_again() => Err(status),
            _ => Ok(!self.incoming.is_empty()),
        }
    }

    /// Whether so much more can be written without waiting.
    #[must_use]
    pub fn has_room(&self, len: usize) -> bool {
        self.is_input() || self.gathered.get() + len <= MOST
    }

    /// Write data. May wait, unless there is room.
    ///
    /// # Errors
    /// The status of the filters behind.
    pub fn write(&self, data: &[u8]) -> Result<(), Status> {
        let room = self.has_room(data.len());
        self.outgoing.write(data)?;
        self.gathered.set(self.gathered.get() + data.len());
        if room { Ok(()) } else { self.pass() }
    }

    /// Send everything written so far to the client now. Waits.
    ///
    /// # Errors
    /// As for [`Self::write`].
    pub fn flush(&self) -> Result<(), Status> {
        if self.is_input() {
            return Ok(());
        }
        self.outgoing.push_flush();
        self.pass()
    }

    /// Write the end of the stream, once. Waits.
    ///
    /// # Errors
    /// As for [`Self::write`].
    pub fn close(&self) -> Result<(), Status> {
        if self.is_closed() {
            return Ok(());
        }
        self.mode.set(Mode::Ended);
        match self.way {
            Way::Tag => self.pass(),
            Way::Input(_) => {
                self.outgoing.push_eos();
                Ok(())
            }
            Way::Output => {
                self.outgoing.push_eos();
                self.pass()
            }
        }
    }

    /// From now on data pass unchanged, unless the end was written.
    pub fn disable(&self) {
        if !self.is_closed() {
            self.mode.set(Mode::Transparent);
        }
    }

    /// Let what there is now pass unchanged. Waits.
    ///
    /// # Errors
    /// As for [`Self::read`] and [`Self::write`].
    pub fn pass_on(&self) -> Result<(), Status> {
        if self.incoming.is_empty() {
            self.refill(Piece::Bytes(usize::MAX), b"")?;
        }
        if self.incoming.ends_stream() {
            self.mode.set(Mode::Ended);
        }
        self.moved.set(true);
        self.incoming.move_all(self.outgoing);
        if self.is_input() { Ok(()) } else { self.pass() }
    }

    fn pass(&self) -> Result<(), Status> {
        self.gathered.set(0);
        self.filter.pass(self.outgoing)
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode.get()
    }

    /// One more call begins.
    pub(super) fn begin(&self) {
        self.moved.set(false);
    }

    /// Whether another call makes sense: this one took data, and there are more that it can take.
    pub(super) fn goes_on(&self) -> bool {
        self.mode.get() == Mode::Active && self.moved.get() && !self.saw_end.get()
    }

    /// Before the next call of the same data.
    pub(super) fn pass_what_is_due(&self) -> Result<(), Status> {
        if self.flush_due.take() {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// The last call of these data is over: see to what the function left undone.
    pub(super) fn end_output(&self) -> Result<(), Status> {
        match self.mode.get() {
            Mode::Transparent => self.incoming.move_all(self.outgoing),
            Mode::Active if self.incoming.ends_stream() => self.end_stream(),
            _ => {}
        }
        self.incoming.clear();
        if self.flush_due.take() {
            self.outgoing.push_flush();
        }
        self.pass()
    }

    fn end_stream(&self) {
        self.outgoing.push_eos();
        self.mode.set(Mode::Ended);
    }

    /// Give the reader of the body what it asked for, as far as it is there.
    pub(super) fn end_input(&self, to: &Brigade<'_>, ask: Ask) -> Result<(), Status> {
        if self.mode.get() == Mode::Active && self.saw_end.get() {
            self.end_stream();
        }
        if self.outgoing.is_empty() {
            match self.mode.get() {
                Mode::Ended => self.outgoing.push_eos(),
                Mode::Active if !ask.waits() => return Err(Status::AGAIN),
                _ => self.incoming.move_all(self.outgoing),
            }
        }
        if self.outgoing.is_empty() {
            return self.filter.get(to, ask);
        }
        let most = usize::try_from(ask.bytes).unwrap_or(usize::MAX);
        match ask.mode {
            sys::AP_MODE_GETLINE => self.outgoing.move_line(to, most),
            sys::AP_MODE_EXHAUSTIVE => {
                self.outgoing.move_all(to);
                Ok(())
            }
            _ => self.outgoing.move_bytes(to, most),
        }
    }
}
