//! Floor 6: everything httpd calls, as one list.
#![deny(unsafe_code)]

mod child;
mod phases;

use crate::httpd::hook::{self, Order};

/// Register every hook. Runs in the parent each time httpd loads the module.
pub(crate) fn register() {
    hook::check_config(child::check, Order::MIDDLE);
    hook::post_config(child::announce, Order::MIDDLE);
    hook::child_init(child::begin, Order::MIDDLE);
    hook::post_read_request(phases::visit, Order::FIRST);
    hook::handler(phases::content, Order::MIDDLE);
}
