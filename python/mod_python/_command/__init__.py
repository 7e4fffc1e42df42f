"""The command line tool: `mod_python serve shop.py`, `python -m mod_python version`.

Runs in a process of its own, never inside httpd. Each file is one part; data flows down this list:

    main.py          the table of commands, and `main()`
    classic.py       create, genconfig, start, stop, restart, version: as in 3.5
    serve.py         serve: an application on an httpd of its own
    module_config.py module-config: lines for an existing httpd
    application.py   what an APP is, found by looking at it without executing it
    sections.py      the configuration of an application, a function for each kind
    server.py        the configuration of a whole server, and its directory
    foreground.py    httpd as a child process: start, ready, Ctrl-C
    doctor.py        doctor: which extension modules of an application work under a GIL of its own
    probe.py         the part of it that runs in a process, and an interpreter, of its own
"""
