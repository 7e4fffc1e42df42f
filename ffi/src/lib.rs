//! Raw bindings to Apache httpd 2.4 and APR, made at build time from the installed headers.
//!
//! Owns the C names: the bindings and, in [`macros`], what C code gets from macros instead of symbols.
//! Must never hold logic: the safe layers are `apr` and `httpd` of the crate `mod_python`.

mod macros;

#[allow(
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unreachable_pub,
    unused_qualifications,
    unknown_lints,
    unnecessary_transmutes,
    clippy::all,
    clippy::allow_attributes_without_reason,
    clippy::missing_safety_doc,
    clippy::undocumented_unsafe_blocks,
    reason = "written by bindgen; the names are C's"
)]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

pub use bindings::*;
pub use macros::*;
