"""Every setting of the portal, read from the environment; the README lists them."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
env = environ.Env()

SECRET_KEY = env("SECRET_KEY", default="replaced-by-the-infrastructure-work")
DEBUG = False
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "dm_portal.shell",
    "dm_portal.people",
    "pods",
    "engagements",
    "reporting",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]
AUTH_USER_MODEL = "people.User"
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "dm_portal.urls"
DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///portal")}
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages"]},
    }
]
