"""A module that asks for a password, and objects that ask for more."""

__auth_realm__ = "Members only"
__auth__ = {"spam": "eggs", "joe": "eoj"}


def index(req):
    """For members."""
    return "member"


def sensitive(req):
    """The manual's example."""

    def __auth__(req, user, password):
        return user == "spam" and password == "eggs"

    def __access__(req, user):
        return user in ("spam", "root")

    return "secret"


def closed(req):
    """Nobody."""
    __access__ = 0
    return __access__


def unreadable(req):
    """Must not be open."""
    __access__ = ["spam"]
    return __access__


def listed(req):
    """An attribute."""
    return "listed"


listed.__access__ = ["joe"]


class Area:
    """Rules of an instance."""

    __auth_realm__ = "An area"

    def __access__(self, req, user):
        return user == "joe"

    def page(self, req):
        """Below it."""
        return "page"


area = Area()
