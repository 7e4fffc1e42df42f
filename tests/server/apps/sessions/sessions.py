"""Handlers with sessions of the kind that the configuration names."""

import dbm
import json
import os
import time

from mod_python import Session, apache


class Thing:
    """An application's own type."""

    def __init__(self, value):
        self.value = value


def tell(req, value):
    """Answer with a value as JSON."""
    req.content_type = "application/json"
    req.write(json.dumps(value))
    return apache.OK


def count(req):
    """How often this client was here: `?pause` seconds between reading and writing."""
    session = Session.Session(req)
    seen = session.get("count", 0)
    time.sleep(float(req.args or 0))
    session["count"] = seen + 1
    session.save()
    return tell(req, [session.is_new(), seen + 1, session.id()])


def short(req):
    """A session that lives for a second."""
    session = Session.Session(req, timeout=1)
    session.save()
    return tell(req, [session.is_new(), session.timeout()])


def past(req):
    """A session that is over already."""
    session = Session.Session(req)
    session.set_timeout(-1)
    session.save()
    return tell(req, session.id())


def stored(req):
    """Whether the database has a session of this id."""
    directory = req.get_options()["mod_python.session.database_directory"]
    with dbm.open(os.path.join(directory, "mp_sess.dbm"), "r") as database:
        return tell(req, req.args.encode() in database.keys())


def signed(req):
    """A signed cookie."""
    session = Session.Session(req, secret="secret")
    session.save()
    return tell(req, session.is_new())


def named(req):
    """A session by an id that the handler knows."""
    return tell(req, Session.Session(req, sid=req.args).is_new())


def over(req):
    """End it; saving has no effect any more."""
    session = Session.Session(req)
    session.invalidate()
    session.save()
    return tell(req, session.id())


def renewed(req):
    """A new id in the place of the old one, as after a login."""
    Session.Session(req).invalidate()
    session = Session.Session(req)
    session.save()
    return tell(req, session.id())


def fails(req):
    """A handler that raises while it has the lock."""
    Session.Session(req)
    raise ValueError("with the lock held")


def again(req):
    """Redirect internally to a page that wants the same session."""
    Session.Session(req)
    req.internal_redirect("/count")
    return apache.OK


def unlocked(req):
    """Let others in, and wait until `?so many` requests are: whether they came."""
    Session.Session(req).unlock()
    meeting = os.path.join(req.get_options()["mod_python.session.database_directory"], "meeting")
    with open(meeting, "a") as file:
        file.write("x")
    deadline = time.monotonic() + 20
    while os.path.getsize(meeting) < int(req.args) and time.monotonic() < deadline:
        time.sleep(0.01)
    return tell(req, os.path.getsize(meeting) >= int(req.args))


def things(req):
    """Keep an object of our own; say which one was there."""
    session = Session.Session(req)
    before = session["thing"].value if "thing" in session else None
    session["thing"] = Thing(req.args)
    session.save()
    return tell(req, before)


def cleaned(req):
    """Clean up at the end of this request."""
    Session.Session(req).cleanup()
    return tell(req, None)


def kind(req):
    """Which kind it is."""
    return tell(req, type(Session.Session(req)).__name__)


def locks(req):
    """The locks themselves: own, another's, with a number."""
    from mod_python._native import _apache

    server = req.server
    _apache._global_lock(server, "key")
    _apache._global_lock(server, "key")
    taken = [_apache._global_trylock(server, "key"), _apache._global_trylock(server, None, 3)]
    _apache._global_unlock(server, None, 3)
    raised = []
    for arguments in ((server, "other"), (None, "key"), (server, "key", -2), (server, 1)):
        try:
            _apache._global_unlock(*arguments)
        except (TypeError, ValueError) as error:
            raised.append(type(error).__name__)
    return tell(req, [taken, raised])
