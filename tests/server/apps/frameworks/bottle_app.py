"""Bottle: signed cookies, uploads, streams, files, templates."""

import hashlib
from pathlib import Path

import bottle
import streams
from where import where

application = bottle.Bottle()
SECRET = "for tests"


@application.get("/where", name="where")
def tell():
    """Who answers, and which URL leads here."""
    return where(bottle.request.environ) | {"url": application.get_url("where")}


@application.get("/hello/<name>")
def hello(name):
    """A template, with a name of any letters."""
    return bottle.template("<p>Hello {{name}}</p>", name=name)


@application.get("/visits")
def visits():
    """How often this browser was here."""
    count = int(bottle.request.get_cookie("visits", 0, secret=SECRET)) + 1
    bottle.response.set_cookie("visits", str(count), secret=SECRET, path="/")
    return str(count)


@application.post("/upload")
def upload():
    """What became of a form with a file."""
    data = bottle.request.files["file"].file.read()
    return {"comment": bottle.request.forms.comment, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


@application.get("/stream")
def stream():
    """A body in two halves."""
    return streams.halves()


@application.get("/release")
def release():
    """Ask for the second half."""
    streams.release()
    return "ok"


@application.get("/download")
def download():
    """A file: this one."""
    return bottle.static_file(Path(__file__).name, root=Path(__file__).parent)


@application.get("/fails")
def fails():
    """An error of the application."""
    raise ValueError("of Bottle")
