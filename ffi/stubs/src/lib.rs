//! Stubs of what httpd itself provides, so that Rust tests link.
