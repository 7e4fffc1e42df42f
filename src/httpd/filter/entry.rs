//! The C entries of our filters: one for each direction, whatever the filter is called.
//!
//! Run wherever data flow. A panic ends the request and goes no further.

use std::ffi::{CStr, c_int};
use std::sync::OnceLock;

use apache2_sys as sys;

use super::context::Mode;
use super::{Ask, Context, Direction, Filter, Flow, GENERIC, Way};
use crate::apr::{Brigade, Status};
use crate::boundary;
use crate::httpd::log::{self, Level};
use crate::httpd::{Request, log_number};

/// Works on the data of one call; an error ends the request.
type Run = fn(&Filter, &Context, &Flow<'_>) -> Result<(), Status>;

static RUN: OnceLock<Run> = OnceLock::new();

/// Say what works on the data, and make the generic filters known. Called each time httpd loads the module.
pub fn run_with(run: Run) {
    let _ = RUN.set(run);
    register(Direction::Input, GENERIC);
    register(Direction::Output, GENERIC);
}

/// Make a filter known to httpd. Runs in the parent while the module is loaded or its directives are read.
pub fn register(direction: Direction, name: &CStr) {
    // SAFETY: httpd is reading its configuration, on its only thread, and copies the name; the entries stay as long
    // as the library.
    unsafe {
        match direction {
            Direction::Input => {
                sys::ap_register_input_filter(name.as_ptr(), Some(input), None, sys::AP_FTYPE_RESOURCE)
            }
            Direction::Output => {
                sys::ap_register_output_filter(name.as_ptr(), Some(output), None, sys::AP_FTYPE_RESOURCE)
            }
        };
    }
}

unsafe extern "C" fn output(f: *mut sys::ap_filter_t, bb: *mut sys::apr_bucket_brigade) -> sys::apr_status_t {
    // SAFETY: httpd's filter contract: both live and are ours for the call.
    let (filter, incoming) = unsafe { (Filter::from_ptr(f), Brigade::from_ptr(bb)) };
    answer(filter.request(), sys::AP_FILTER_ERROR, || filter.output(incoming))
}

unsafe extern "C" fn input(
    f: *mut sys::ap_filter_t,
    bb: *mut sys::apr_bucket_brigade,
    mode: sys::ap_input_mode_t,
    wait: sys::apr_read_type_e,
    bytes: sys::apr_off_t,
) -> sys::apr_status_t {
    // SAFETY: as for `output`.
    let (filter, to) = unsafe { (Filter::from_ptr(f), Brigade::from_ptr(bb)) };
    answer(filter.request(), sys::APR_EGENERAL, || {
        filter.input(to, Ask { mode, wait, bytes })
    })
}

fn answer(r: &Request, failed: c_int, call: impl FnOnce() -> Result<(), Status>) -> c_int {
    match boundary::catch(call) {
        Ok(Ok(())) => sys::APR_SUCCESS,
        Ok(Err(status)) => status.code(),
        Err(panic) => {
            log::log(Level::Crit, log_number::PANIC, r, panic);
            failed
        }
    }
}

impl Filter {
    /// Data come by on their way to the client.
    fn output(&self, incoming: &Brigade<'static>) -> Result<(), Status> {
        let (context, r) = (self.context(), self.request());
        if context.mode.get() != Mode::Active {
            return self.pass(incoming);
        }
        // The length may change; httpd finds the new one out when the reply is small.
        r.headers_out().unset(c"Content-Length");
        Brigade::with(r.pool(), r.bucket_alloc(), |outgoing| {
            let flow = Flow::new(self, Way::Output, Mode::Active, incoming, outgoing);
            while self.work(context, &flow)? && !incoming.is_empty() {
                flow.pass_what_is_due()?;
            }
            let passed = flow.end_output();
            context.mode.set(flow.mode());
            passed
        })
    }

    /// Somebody reads the body. What nobody asked for yet stays for the next call.
    fn input(&self, to: &Brigade<'static>, ask: Ask) -> Result<(), Status> {
        if !ask.wants_data() {
            return self.get(to, ask);
        }
        let context = self.context();
        let kept = context.kept(self);
        let flow = Flow::new(
            self,
            Way::Input(ask),
            context.mode.get(),
            kept.incoming,
            kept.outgoing,
        );
        while flow.mode() == Mode::Active && kept.outgoing.is_empty() {
            if !self.work(context, &flow)? || !ask.waits() {
                break;
            }
        }
        let given = flow.end_input(to, ask);
        context.mode.set(flow.mode());
        kept.incoming.set_aside(self.request().pool())?;
        kept.outgoing.set_aside(self.request().pool())?;
        given
    }

    /// Let the function have the data once; whether it should see what is left of them.
    fn work(&self, context: &Context, flow: &Flow<'_>) -> Result<bool, Status> {
        flow.begin();
        RUN.get().ok_or(Status::GENERAL)?(self, context, flow)?;
        Ok(flow.goes_on())
    }
}

impl Ask {
    pub(super) fn waits(self) -> bool {
        self.wait == sys::APR_BLOCK_READ
    }

    /// Not: a look ahead, a rest of the line before, a first sign of life.
    fn wants_data(self) -> bool {
        matches!(
            self.mode,
            sys::AP_MODE_READBYTES | sys::AP_MODE_GETLINE | sys::AP_MODE_EXHAUSTIVE
        )
    }
}
