"""What is behind `mod_python.publisher`: from a URL to an object of a module, and from what it gives to a page.

    address.py   which file a URL means, and which object in it
    pages.py     the modules that are published, loaded and loaded anew
    rules.py     what may be published, and what may be walked through
    declared.py  `__auth__`, `__access__`, `__auth_realm__` of an object, wherever they are written
    auth.py      whether the client may
    walk.py      from the module to the object
    content.py   from what the object gives to what is sent
    handler.py   these in their order
"""
