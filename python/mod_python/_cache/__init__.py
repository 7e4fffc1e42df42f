"""What is behind `mod_python.cache`.

    lru.py    `Cache`: values that are built when they are asked for
    kinds.py  caches of files, of modules, of results, and one that keeps only what is in use
"""
