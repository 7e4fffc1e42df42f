//! Raw bindings to Apache httpd 2.4 and APR.
