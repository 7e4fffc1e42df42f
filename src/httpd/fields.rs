//! Rows for the fields of httpd's records: one row makes the getter and, where named, the setter.
//!
//! Owns the macros that `request/fields.rs`, `connection.rs` and `server.rs` fill. A record's type has `raw()`,
//! `as_ptr()` and, for setters of text, `pool()`. Must never hold a reference into a record across a call.

/// Text fields: `name [=> setter] [= path.in.record];`, read as `Option<&CStr>`, written as a copy in the pool.
macro_rules! texts {
    ($record:ident: $($(#[$doc:meta])* $name:ident $(=> $set:ident)? $(= $($path:ident).+)?;)*) => {
        impl $record {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> Option<&std::ffi::CStr> {
                // SAFETY: null or a C string in a pool of httpd that outlives the record; replaced, never freed.
                unsafe { $crate::apr::text::borrow($crate::httpd::fields::field!(self, $name $(, $($path).+)?)) }
            }

            $(
                #[doc = concat!("Set what [`Self::", stringify!($name), "`] reads.")]
                pub fn $set(&self, value: Option<&std::ffi::CStr>) {
                    let copy = value.map_or(std::ptr::null(), |text| self.pool().dup(text.to_bytes()).as_ptr());
                    // SAFETY: the record lives and belongs to this thread; the copy lives in its pool.
                    unsafe { (*self.as_ptr()).$name = copy.cast_mut() as _ }
                }
            )?
        )*}
    };
}

/// Number fields: `name [=> setter]: type [= path.in.record];`.
macro_rules! numbers {
    ($record:ident: $($(#[$doc:meta])* $name:ident $(=> $set:ident)?: $type:ty $(= $($path:ident).+)?;)*) => {
        impl $record {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> $type {
                $crate::httpd::fields::field!(self, $name $(, $($path).+)?)
            }

            $(
                #[doc = concat!("Set what [`Self::", stringify!($name), "`] reads.")]
                pub fn $set(&self, value: $type) {
                    // SAFETY: the record lives and belongs to this thread.
                    unsafe { (*self.as_ptr()).$name = value }
                }
            )?
        )*}
    };
}

/// Yes-or-no fields: `name [=> setter] [= path.in.record];`.
macro_rules! flags {
    ($record:ident: $($(#[$doc:meta])* $name:ident $(=> $set:ident)? $(= $($path:ident).+)?;)*) => {
        impl $record {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> bool {
                $crate::httpd::fields::field!(self, $name $(, $($path).+)?) != 0
            }

            $(
                #[doc = concat!("Set what [`Self::", stringify!($name), "`] reads.")]
                pub fn $set(&self, value: bool) {
                    // SAFETY: the record lives and belongs to this thread.
                    unsafe { (*self.as_ptr()).$name = value.into() }
                }
            )?
        )*}
    };
}

/// Table fields: `name;`. httpd may put another table there, so nobody keeps one across a redirect.
macro_rules! tables {
    ($record:ident: $($(#[$doc:meta])* $name:ident;)*) => {
        impl $record {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> $crate::apr::Table<'_> {
                // SAFETY: httpd makes the table with the record, in a pool that outlives it.
                unsafe { $crate::apr::Table::from_ptr(self.raw().$name) }
            }
        )*}
    };
}

/// The named field, or the one a row names by its path.
macro_rules! field {
    ($self:ident, $name:ident) => {
        $self.raw().$name
    };
    ($self:ident, $name:ident, $($path:ident).+) => {
        $self.raw().$($path).+
    };
}

pub(super) use {field, flags, numbers, tables, texts};
