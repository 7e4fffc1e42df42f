"""Flask: sessions in a cookie, uploads, streams, files, templates."""

import hashlib

import flask
import streams
from where import where

application = flask.Flask(__name__)
application.secret_key = "for tests"


@application.get("/where")
def tell():
    """Who answers, and which URL leads here."""
    return where(flask.request.environ) | {"url": flask.url_for("tell")}


@application.get("/hello/<name>")
def hello(name):
    """A template, with a name of any letters."""
    return flask.render_template_string("<p>Hello {{ name }}</p>", name=name)


@application.get("/visits")
def visits():
    """How often this browser was here."""
    flask.session["visits"] = flask.session.get("visits", 0) + 1
    return str(flask.session["visits"])


@application.post("/upload")
def upload():
    """What became of a form with a file."""
    data = flask.request.files["file"].read()
    return {"comment": flask.request.form["comment"], "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


@application.get("/stream")
def stream():
    """A body in two halves."""
    return flask.Response(streams.halves(), mimetype="text/plain")


@application.get("/release")
def release():
    """Ask for the second half."""
    streams.release()
    return "ok"


@application.get("/download")
def download():
    """A file: this one."""
    return flask.send_file(__file__)


@application.get("/fails")
def fails():
    """An error of the application."""
    raise ValueError("of Flask")
