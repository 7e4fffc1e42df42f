"""What is behind `mod_python.psp`: pages from their files to what they write.

    options.py    what PythonOption says about pages
    code.py       a page as a code object whose lines are the page's own
    store.py      the code objects that an interpreter keeps, and when one is out of date
    page.py       `PSP`: one page, one request
    handler.py    `PythonHandler mod_python.psp`
    interface.py  `psp` inside a page
    escape.py     values of `<%= … %>` where pages escape
    trace.py      tracebacks that name included files
    listing.py    a page beside its code

The translation itself is Rust's (src/psp), reached through `_apache.psp_translate`.
"""
