"""Sessions behind `mod_python.Session`: one base, and a file for each kind of store.

Runs in handlers, and in cleanups of requests.

    base.py      what every session does: its id, cookie, lock, expiry; a store adds four methods
    options.py   the PythonOptions `mod_python.session.*`, under their old names too
    cookie.py    where the session's cookie holds, and with which attributes
    seal.py      a session as bytes that nobody else can have written, or that do no harm
    *_store.py   memory, files, a dbm database, redis
    choose.py    `Session()`: which of them an option asks for
"""
