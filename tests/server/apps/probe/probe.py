"""Runs the code in the query string; the value of its last line is the answer, as JSON."""

import ast
import json
from urllib.parse import unquote

from mod_python import apache


def handler(req):
    """Answer `{"value": ...}`, or `{"raised": "Type: text"}` when the code raises."""
    try:
        answer = {"value": run(unquote(req.args), {"req": req, "apache": apache})}
    except Exception as error:
        answer = {"raised": f"{type(error).__name__}: {error}"}
    req.content_type = "application/json"
    req.write(json.dumps(answer, default=repr))
    return apache.OK


def run(code, names):
    """Execute all but the last expression, and return that one's value."""
    tree = ast.parse(code)
    last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, "<probe>", "exec"), names)
    return eval(compile(last, "<probe>", "eval"), names)
