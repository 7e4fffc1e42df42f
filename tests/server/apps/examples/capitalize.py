"""A filter, as the manual prints it."""


def outputfilter(filter):
    """Everything in capitals."""
    s = filter.read()
    while s:
        filter.write(s.upper())
        s = filter.read()
    if s is None:
        filter.close()
