"""Settings for tests: as outside the demonstration, but fast, on a ledger of their own, without TLS and without a worker."""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

os.environ["STEPWELL_DEMO"] = ""
os.environ["STEPWELL_DEBUG"] = ""
os.environ["STEPWELL_SECRET_KEY"] = secrets.token_urlsafe(64)
os.environ["STEPWELL_ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
# Kept in a name so that it is removed when the process ends, not before.
_folder = tempfile.TemporaryDirectory(prefix="stepwell-test-")
os.environ["STEPWELL_DATA"] = _folder.name

from stepwell.site import settings as site  # noqa: E402
from stepwell.site.settings import *  # noqa: E402, F403

_ledger: Any = dict(site.DATABASES["default"])
if _ledger["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and live servers see one ledger, with the locks of a real one.
    _ledger["TEST"] = {"NAME": str(Path(os.environ["STEPWELL_DATA"]) / "test.sqlite3")}
DATABASES = {"default": _ledger}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
WHITENOISE_USE_FINDERS = True
STORAGES = {
    **site.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
