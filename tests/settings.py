"""The settings of the product, set up for tests.

The engine is the one that TEST_DATABASE_URL names, else an SQLite file of this process. Nothing of the
developer's own environment reaches a test: each setting a test needs is set here or in the test.
"""

import os
import tempfile
from pathlib import Path

_ours = ("DATABASE_URL", "BROKER_URL", "MEDIA_ROOT", "KEYS_DIR", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS")
for name in list(os.environ):
    if name.startswith("IQAS_") or name.removesuffix("_FILE") in _ours:
        del os.environ[name]

_house = tempfile.TemporaryDirectory(prefix="iqas-tests-", ignore_cleanup_errors=True)
HOUSE = Path(_house.name)

os.environ["IQAS_ENV"] = "local"
os.environ["SECRET_KEY"] = "a secret of the tests, long enough for nobody to guess it"
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{HOUSE}/db.sqlite3"
os.environ["MEDIA_ROOT"] = str(HOUSE / "media")
os.environ["KEYS_DIR"] = str(HOUSE / "keys")
for folder in ("media", "keys", "static"):
    (HOUSE / folder).mkdir(mode=0o700)

from iqas.settings import *  # noqa: E402, F403
from iqas.settings import DATABASES, LOGGING  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STATIC_ROOT = HOUSE / "static"
WHITENOISE_USE_FINDERS = False  # each new client would look at every file of `static/`
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Two lines for every request would be read by nobody. A test of the log asks for them.
for _speaker in ("django_structlog", "django.request"):
    LOGGING["loggers"][_speaker] = {"level": "ERROR"}

# A file, not memory: threads, subprocesses and the live server then see the same SQLite as in production.
# What a crash of the machine would lose is worth nothing in a test.
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    _database.setdefault("TEST", {})["NAME"] = str(HOUSE / "test.sqlite3")
    _options = _database.setdefault("OPTIONS", {})
    _options["init_command"] = _options.get("init_command", "").rstrip("; ") + "; PRAGMA synchronous=OFF"
