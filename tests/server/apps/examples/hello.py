"""A page of the publisher's."""


def say(req, what="NOTHING"):
    """What the query says."""
    return f"I am saying {what}"
