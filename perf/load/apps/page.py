"""A page of Flask: a template with a table of fifty rows."""

from flask import Flask, render_template

TEMPLATE = """<!doctype html>
<title>{{ title }}</title>
<table>{% for row in rows %}
<tr><td>{{ row.number }}</td><td>{{ row.name }}</td></tr>{% endfor %}
</table>
"""
ROWS = [{"number": number, "name": f"<{number}>"} for number in range(50)]

application = Flask(__name__)
TABLE = application.jinja_env.from_string(TEMPLATE)


@application.route("/", defaults={"path": ""})
@application.route("/<path:path>")
def page(path):
    """Render the compiled template, escaping included."""
    return render_template(TABLE, title=path, rows=ROWS)
