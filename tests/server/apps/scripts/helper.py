"""Executed by each run of a script, as in a process of its own."""
runs = globals().get("runs", 0) + 1
