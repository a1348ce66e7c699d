"""Every setting of the portal, read from the environment; the README lists them.

Without DATABASE_URL and REDIS_URL the portal runs *embedded*: everything it needs is in `var/`.
With them it runs in production, and nothing that matters has a default.
"""

import os
from pathlib import Path
from typing import Any, NoReturn

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF

from dm_portal import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def stop(sentence: str) -> NoReturn:
    """End the start with one sentence in place of a traceback, whoever is starting."""
    raise SystemExit(sentence)


def whole_number(name: str, *, default: int, least: int, of: str) -> int:
    """The variable as a number of ``of``, from ``least`` up."""
    text = env(name, default="") or str(default)
    if not text.strip().isdecimal() or int(text) < least:
        stop(f"{name} is {text!r}: give a whole number of {of}, {least} or more.")
    return int(text)


# Where we run ------------------------------------------------------------------------------------

DATABASE_URL = env("DATABASE_URL", default="")
REDIS_URL = env("REDIS_URL", default="")
EMBEDDED = not DATABASE_URL

if EMBEDDED and REDIS_URL:
    stop("REDIS_URL is set and DATABASE_URL is not: set both, or neither to run embedded.")

SHORTEST_KEY = 32  # characters
NEEDED_IN_PRODUCTION = {
    "SECRET_KEY": "make one with `openssl rand -base64 48` and keep it",
    "REDIS_URL": "name the Redis of tasks and cache, such as redis://redis:6379/0",
    "BASE_URL": "say where people reach the portal, such as https://portal.example.com",
    "ALLOWED_HOSTS": "list the host names it answers to, such as portal.example.com",
    "EMAIL_URL": "name the mail server, such as smtp+tls://user:password@mail.example.com:587",
    "DEFAULT_FROM_EMAIL": "say whom its mails come from, such as portal@example.com",
}
if not EMBEDDED:
    for name, cure in NEEDED_IN_PRODUCTION.items():
        if not os.environ.get(name):
            stop(f"{name} is missing, and DATABASE_URL is set: {cure}.")
    if not DATABASE_URL.startswith(("postgres://", "postgresql://", "psql://", "pgsql://")):
        stop("DATABASE_URL names no PostgreSQL: start it with postgres://.")
    if not REDIS_URL.startswith(("redis://", "rediss://")):
        stop("REDIS_URL names no Redis: start it with redis:// (or rediss://, with TLS).")
    if len(os.environ["SECRET_KEY"]) < SHORTEST_KEY:
        stop(
            f"SECRET_KEY has fewer than {SHORTEST_KEY} characters, and can be guessed: "
            f"{NEEDED_IN_PRODUCTION['SECRET_KEY']}."
        )

# What the embedded mode keeps on disk: database, secret key, cache.
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()

SECRET_KEY = env("SECRET_KEY", default="")
if EMBEDDED:
    try:
        VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        SECRET_KEY = SECRET_KEY or embedded.secret_key(VAR_DIR)
        usable = os.access(VAR_DIR, os.W_OK | os.X_OK)
    except OSError:
        usable = False
    if not usable:
        stop(f"VAR_DIR is {str(VAR_DIR)!r}, which cannot be written: name a folder of your own.")
DEBUG = False
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
HTTPS = BASE_URL.startswith("https://")
if not HTTPS and not BASE_URL.startswith("http://"):
    stop(f"BASE_URL is {BASE_URL!r}: start it with https:// (or http:// on a closed network).")

# The password of every person of the demo world; embedded, one is made and kept where unset.
DEMO_PASSWORD = env("DEMO_PASSWORD", default="")

# The house ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "dm_portal.shell",
    "dm_portal.people",
    "pods",
    "engagements",
    "reporting",
    # Simple: the admin site is our own, and registers what it shows by itself.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",  # widgets are drawn with our templates before Django's
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "import_export",
]

MIDDLEWARE = [
    "dm_portal.shell.log_lines.RequestIdMiddleware",  # first: every line logged below names it
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dm_portal.people.doors.NoStoreMiddleware",  # after static files, which may be kept
    "csp.middleware.CSPMiddleware",
    "dm_portal.people.doors.SessionKeyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "dm_portal.shell.log_lines.RequestLineMiddleware",
    "dm_portal.people.doors.OriginMiddleware",
    "dm_portal.people.doors.CustomerDoorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dm_portal.shell.zones.ZoneMiddleware",
]

ROOT_URLCONF = "dm_portal.urls"
WSGI_APPLICATION = "dm_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "engagements.context.rail",
            ]
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# The record --------------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
try:
    DATABASES: dict[str, dict[str, Any]] = {
        "default": env.db_url("DATABASE_URL") if DATABASE_URL else embedded.database(VAR_DIR)
    }
except ValueError:  # of a port that is no number, or a host in half a bracket
    stop("DATABASE_URL cannot be read: write it as postgres://user:password@host:5432/name.")
if DATABASE_URL and not DATABASES["default"]["NAME"]:
    stop("DATABASE_URL names no database: write it as postgres://user:password@host/name.")
# A new connection costs more than most pages; one that went stale is noticed and replaced.
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

# Rate limits count in the cache, so all processes must share it: Redis where there is one. Embedded
# it is files in var/: a cache table would add statements to every page that is rate limited, and
# its counts would vanish with each transaction that is rolled back.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "cache",
    }
}

# Language and time: business dates never pass through a zone, instants are stored in UTC. ---------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

# Files -------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# People ------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["dm_portal.people.backends.EmailBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# allauth: the address signs in, nobody signs up. Only the views named in people/account_urls.py
# exist. The address itself is a column of User and of nothing else: the table of addresses that
# allauth brings along stays empty.
ACCOUNT_ADAPTER = "dm_portal.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation, or the letter of a change, has proved it
ACCOUNT_EMAIL_NOTIFICATIONS = False  # services write them, in the transaction that causes them
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 (a name)
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
# Beside those of the library: addresses that a customer's lead may try, known to us or not.
ACCOUNT_RATE_LIMITS = {"name_delegate": "10/d/user"}
ACCOUNT_FORMS = {
    "login": "dm_portal.people.account_forms.LoginForm",
    "reset_password": "dm_portal.people.account_forms.ResetPasswordForm",
    "reset_password_from_key": "dm_portal.people.account_forms.ResetPasswordKeyForm",
    "user_token": "dm_portal.people.account_forms.UserTokenForm",
    "change_password": "dm_portal.people.account_forms.ChangePasswordForm",
    "reauthenticate": "dm_portal.people.account_forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "dm_portal.people.account_forms.AuthenticateForm",
    "reauthenticate": "dm_portal.people.account_forms.ReauthenticateByCodeForm",
    "activate_totp": "dm_portal.people.account_forms.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Delivery portal"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that a phone's clock may be off
# How many proxies of ours stand before the portal: from how far back in X-Forwarded-For the
# address is taken that rate limits count and the audit record names.
ALLAUTH_TRUSTED_PROXY_COUNT = whole_number("TRUSTED_PROXIES", default=0, least=0, of="proxies")

# Doors and walls ---------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_SSL_REDIRECT = HTTPS
# Probes come from inside, past the proxy that ends TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# That proxy must set this header itself and drop what clients send under its name.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A page of decisions has a field for each state or version that a tracker ever named.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# Mail --------------------------------------------------------------------------------------------

# Embedded and without a mail server, mails stay readable on the admins' outbox page.
EMAIL_URL = env("EMAIL_URL", default="")
EMAIL_SENDS = bool(EMAIL_URL)
try:
    mail = environ.Env.email_url_config(EMAIL_URL or "consolemail://")
    readable = mail["EMAIL_HOST"] or not EMAIL_URL.startswith("smtp")
except (ValueError, environ.ImproperlyConfigured):  # of its port, or its scheme
    readable = False
if not readable:
    stop("EMAIL_URL cannot be read: write it as smtp+tls://user:password@host:587.")
globals().update(mail)
if EMAIL_URL.startswith("smtp"):
    EMAIL_BACKEND = "dm_portal.people.smtp.EmailBackend"
EMAIL_TIMEOUT = 20  # seconds; a mail server that hangs must not hold up the sweep
# Seconds for one letter, however slowly the server speaks: EMAIL_TIMEOUT is for each silence.
EMAIL_LONGEST_LETTER = 60
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Delivery portal <portal@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# What is said ------------------------------------------------------------------------------------

# Seconds between "publish" and the status going out, in which it can be stopped.
PUBLISH_DELAY = whole_number("PUBLISH_DELAY", default=300, least=0, of="seconds")
# Seconds for which a process at work on a report is left alone; then it counts as dead.
WORK_LEASE = whole_number("WORK_LEASE", default=60, least=1, of="seconds")

# Work that runs later: read by dm_portal.celery, production only. ---------------------------------

# Messages carry ids and may be lost: rows with states are the record, and a sweep finds them again.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True  # no result backend
CELERY_TASK_ACKS_LATE = True  # a worker takes no more messages than it is at work on
# A worker killed mid-task loses that message on purpose: the row's lease and attempt counter decide
# about a retry, and a task that kills its worker must not come back at once for ever.
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300  # seconds
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A message that was taken is not kept for another worker. A worker that keeps them, and was at
    # work when its broker went, ends as it reconnects (kombu 5.7, in QoS.restore_unacked).
    "ack_emulation": False,
    "socket_connect_timeout": 2,
    "max_retries": 0,  # of whoever enqueues; a worker waits for its broker all the same
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # by default a worker gives up after a hundred
# A web request does not wait for a broker that is away.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    # Late ticks are worthless: one tick opens whatever has become due since the last.
    "tick": {"task": "reporting.tasks.tick", "schedule": crontab(), "options": {"expires": 55}},
}

# What is logged ----------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "names": {"()": "dm_portal.shell.log_lines.NamesFilter"},
    },
    "formatters": {
        "lines": {"()": f"dm_portal.shell.log_lines.{'PlainLines' if EMBEDDED else 'JsonLines'}"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["names"],
            "formatter": "lines",
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django's own handlers would mail admins and print differently.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
