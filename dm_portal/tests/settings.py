"""The product's settings for the test run: embedded, in a directory that dies with the run.

Whatever database, broker or mail server the environment names is forgotten first, so that no test
can reach one that happens to be there.
"""

import os
import tempfile

for name in (
    *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "ALLOWED_HOSTS"),
    *("EMAIL_URL", "DEFAULT_FROM_EMAIL", "DEMO_PASSWORD"),
):
    os.environ.pop(name, None)
# Made by the first process of the run; the workers of xdist inherit it.
os.environ.setdefault("VAR_DIR_OF_TEST_RUN", tempfile.mkdtemp(prefix="portal-tests-"))
os.environ["VAR_DIR"] = os.environ["VAR_DIR_OF_TEST_RUN"]
# Playwright leaves an event loop running in the test's thread. Nothing here is asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from dm_portal.settings import *  # noqa: E402, F403 (only now is the environment ours)
from dm_portal.settings import DATABASES, STORAGES, VAR_DIR  # noqa: E402

# Each test database is a copy of this one, which is migrated once a run.
DATABASES["default"] |= {"TEST": {"TEMPLATE": DATABASES["default"]["NAME"]}, "CONN_MAX_AGE": 0}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, on purpose
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"  # no collectstatic first
}
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
