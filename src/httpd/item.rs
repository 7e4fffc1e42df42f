//! A Rust function known by its type alone, so that a C symbol can be made for it.
//!
//! Owns the one trick behind hooks and directives: a function item has no size, so `extern "C" fn symbol<F>` needs no
//! place to keep it. Any thread, any phase.

/// The function item `F`, of which the caller once held a value.
pub(super) fn item<F: Copy + 'static>() -> F {
    const {
        assert!(
            size_of::<F>() == 0,
            "a function, or a closure that captures nothing"
        )
    };
    // SAFETY: without size nothing is read; F is Copy, and whoever named F for a symbol had a value.
    unsafe { std::ptr::NonNull::<F>::dangling().read() }
}
