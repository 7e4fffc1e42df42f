"""What an administrator does once: tables, static files, and the first user of a Django project."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402

settings.DATA.mkdir()
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
User.objects.create_superuser("ann", "ann@example.org", "password")
settings.DATA.chmod(0o777)
(settings.DATA / "db.sqlite3").chmod(0o666)
