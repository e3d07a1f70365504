"""Settings, all of them from the environment (`.env.example` lists every variable).

Without any variable this is the embedded installation: SQLite and a Valkey server that `bin/start` runs, both in
the data folder. `DATABASE_URL` and `REDIS_URL` make it a production installation; nothing else differs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy

from workbench import embedded, env

BASE_DIR = Path(__file__).resolve().parent.parent

#: Everything a run creates: database file, broker files, uploads, secret key, logs, collected static files.
WORKBENCH_DATA = env.folder("WORKBENCH_DATA", BASE_DIR / "var")

DEBUG = env.boolean("DEBUG", False)

# --- database --------------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_URL", embedded.database_url(WORKBENCH_DATA)),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE is what keeps a transaction that reads before it writes from failing with "database is locked";
    # WAL lets readers go on while it writes.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;"
            "PRAGMA mmap_size=134217728;PRAGMA cache_size=-20000;PRAGMA journal_size_limit=67108864;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- secrets and hosts ------------------------------------------------------------------------------


def _secret_key() -> str:
    """From the environment, else the file `bin/start` generates.

    An embedded installation without that file is a lone process (a command, a type check, the tests): it gets a
    key of its own, which keeps nothing secret for longer than the process lives.
    """
    key = env.text("SECRET_KEY")
    if not key and (file := embedded.secret_key_file(WORKBENCH_DATA)).is_file():
        key = file.read_text(encoding="utf-8").strip()
    if not key and (DEBUG or not env.text("DATABASE_URL")):
        key = get_random_secret_key()
    if len(key) < 32:
        state = "too short" if key else "not set"
        raise env.EnvError(f"SECRET_KEY is {state}: set it to at least 32 random characters and keep it secret.")
    return key


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")

#: Served over HTTPS by a proxy in front, which sets X-Forwarded-Proto and never passes on a client's own.
WORKBENCH_HTTPS = env.boolean("WORKBENCH_HTTPS", False)
if WORKBENCH_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # the newsroom's other hosts are not ours to promise for
SESSION_COOKIE_SECURE = WORKBENCH_HTTPS
CSRF_COOKIE_SECURE = WORKBENCH_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Pico CSS draws its form icons from data: URLs
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# --- applications ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "reviews.apps.ReviewsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "reviews.web.whole.whole_forms_only",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "workbench.urls"
WSGI_APPLICATION = "workbench.wsgi.application"
ASGI_APPLICATION = "workbench.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reviews.web.keys.person_keys",
            ],
        },
    },
]

# --- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "reviews.Person"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "reviews:my-work"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
#: A further language is a line here and a catalogue in LOCALE_PATHS; the texts of all screens are ready for it.
LANGUAGES = [("en-gb", gettext_lazy("English"))]
LOCALE_PATHS = [BASE_DIR / "reviews" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone("TIME_ZONE", "Europe/Berlin")

# --- notices and e-mail ---------------------------------------------------------------------------

#: The address links in e-mails start with.
SITE_URL = env.site("SITE_URL", "http://localhost:8000")
#: When those who want one e-mail a day get it, by the clock of TIME_ZONE.
NOTICES_DIGEST_AT = env.time_of_day("NOTICES_DIGEST_AT", "07:00")

_mail = env.mail_server("EMAIL_URL")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail else 'console'}.EmailBackend"
if _mail is not None:
    for _name in ("SITE_URL", "EMAIL_FROM"):
        if not env.text(_name):
            raise env.EnvError(f"{_name} is not set: e-mails that go to EMAIL_URL need it (see .env.example).")
    EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.security == "smtp+starttls", _mail.security == "smtps"
#: Seconds the server has for each answer; far below the time after which an e-mail is tried again.
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.sender("EMAIL_FROM", "workbench@localhost")

# --- static files ---------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = WORKBENCH_DATA / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(WORKBENCH_DATA / "uploads")},
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "workbench.static.HashedStaticFiles"
        ),
    },
}

# Heads of the audit chains, noted where whoever rewrites the database does not reach: docs/record.md.
CHAIN_HEADS_FILE = env.text("CHAIN_HEADS_FILE") or str(WORKBENCH_DATA / "chain-heads.jsonl")

# --- cache and Celery -----------------------------------------------------------------------------

_redis_url = env.text("REDIS_URL")
_redis = env.redis("REDIS_URL", _redis_url) if _redis_url else env.redis_socket(embedded.broker_socket(WORKBENCH_DATA))

CACHES: dict[str, dict[str, Any]] = {
    "default": (
        # The broker's queues live in the same database: cache.clear() would empty them, so nothing calls it.
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": _redis.client,
            "KEY_PREFIX": "workbench",
        }
        if _redis_url
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    ),
}

CELERY_BROKER_URL = _redis.broker
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Must be longer than the longest task, else that task runs twice. What a killed worker had taken is given out
    # again this long after; kombu's own throttle of 10 would add up to 100 s to it.
    "visibility_timeout": env.integer("CELERY_VISIBILITY_TIMEOUT", 600, least=1, most=86_400),
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE

_sweep_seconds = env.integer("WORKBENCH_SWEEP_SECONDS", 60, least=1, most=86_400)
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "reviews.sweep",
        "schedule": float(_sweep_seconds),
        # A sweep that waited longer than its period is followed by the next one already.
        "options": {"expires": _sweep_seconds},
    },
    "chain heads": {"task": "reviews.note_heads", "schedule": 86_400.0},
    "effort": {"task": "reviews.count_effort", "schedule": 86_400.0},
    "retention": {"task": "reviews.retain", "schedule": 86_400.0},
}

# --- logging --------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # Django's own handlers mail administrators and colour the console; plain lines to stderr do for both.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        "celery": {"level": "INFO"},
        "reviews": {"level": "INFO"},
    },
}
