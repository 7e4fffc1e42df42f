//! Floor 6: everything httpd calls, as one list.
#![deny(unsafe_code)]

mod auth;
mod child;
#[cfg(feature = "defects")]
mod defects;
mod phases;

use crate::gateway;
use crate::httpd::hook::{self, Order};
use crate::httpd::{filter, optional};
use crate::objects::offered;

/// Register every hook. Runs in the parent each time httpd loads the module.
pub(crate) fn register() {
    filter::run_with(gateway::filter::run);
    gateway::wsgi::offer();
    for (name, function) in offered::FUNCTIONS {
        optional::offer(name, function);
    }
    hook::pre_config(auth::offer, Order::MIDDLE);
    hook::check_config(child::check, Order::MIDDLE);
    hook::post_config(child::announce, Order::MIDDLE);
    hook::child_init(child::begin, Order::MIDDLE);
    hook::process_connection(phases::process_connection, Order::EARLY);
    hook::post_read_request(phases::visit, Order::FIRST);
    hook::post_read_request(phases::post_read_request, Order::EARLY);
    hook::translate_name(phases::translate_name, Order::EARLY);
    hook::translate_name(phases::mount, Order::BEHIND_ALIAS);
    hook::map_to_storage(phases::leave_mount_alone, Order::LAST);
    hook::header_parser(phases::header_parser, Order::EARLY);
    hook::access_checker(phases::access_checker, Order::EARLY);
    hook::check_user_id(phases::check_user_id, Order::EARLY);
    hook::auth_checker(phases::auth_checker, Order::EARLY);
    hook::type_checker(phases::type_checker, Order::EARLY);
    hook::fixups(phases::fixups, Order::EARLY);
    hook::handler(phases::content, Order::MIDDLE);
    #[cfg(feature = "defects")]
    hook::fixups(defects::strike, Order::FIRST);
    hook::log_transaction(phases::log_transaction, Order::EARLY);
}
