"""A Django project: admin, sessions in sqlite, static files."""
