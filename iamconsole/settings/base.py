"""What every way of running shares. Nothing outside settings asks whether we run embedded or in production."""

from __future__ import annotations

from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from iamconsole.sealing import KeyRing
from iamconsole.settings import environment, keys, logs, parsing, redis_urls, schedule
from iamconsole.settings.databases import database

env = environment.load()

# Where things are
BASE_DIR = parsing.BASE_DIR
IAM_DATA_DIR = env["IAM_DATA_DIR"]
IAM_DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
IAM_BIND = env["IAM_BIND"]
IAM_PORT = env["IAM_PORT"]
IAM_PUBLIC_URL = env["IAM_PUBLIC_URL"] or f"http://localhost:{IAM_PORT}"
HTTPS = IAM_PUBLIC_URL.startswith("https://")

# What is secret; `accounts.master_keys.ring` renews it when the file changes
_masters = keys.master_keys(env)
SECRET_KEY, *SECRET_KEY_FALLBACKS = keys.django_keys(_masters)
IAM_KEY_RING = KeyRing.of(_masters)
IAM_MASTER_KEY_FILE = keys.key_file(env)

# What the product itself asks
IAM_REGION = env["IAM_REGION"] or next(iter(env["IAM_REGIONS"]))
IAM_LOG_SHARDS = 1
IAM_REPLICATION_DELAY = env["IAM_REPLICATION_DELAY"]
IAM_REPLICATION_SEED = env["IAM_REPLICATION_SEED"]
IAM_REPLICATION_HINTS = True
IAM_DECISION_RETENTION = env["IAM_DECISION_RETENTION"]
IAM_HISTORY_RETENTION = env["IAM_HISTORY_RETENTION"]
IAM_NOTIFICATION_RETENTION = env["IAM_NOTIFICATION_RETENTION"]
IAM_HISTORY_BUFFER = env["IAM_HISTORY_BUFFER"]
IAM_HISTORY_THREAD = True
IAM_BREACHED_PASSWORDS_FILE = env["IAM_BREACHED_PASSWORDS_FILE"]
IAM_METRICS_TOKEN = env["IAM_METRICS_TOKEN"]
IAM_SENDS_MAIL = bool(env["IAM_SMTP_URL"])
IAM_MAIL_FROM = env["IAM_MAIL_FROM"] or f"iam-console@{urlsplit(IAM_PUBLIC_URL).hostname}"
IAM_WEBHOOK_URL = env["IAM_WEBHOOK_URL"]
IAM_DELIVERY_DIRECTORY = env["IAM_DELIVERY_DIRECTORY"]
IAM_DELIVERY_NETWORKS = env["IAM_DELIVERY_NETWORKS"] or ()
IAM_WEBHOOK_SECRET = env["IAM_WEBHOOK_SECRET"] or keys.derive(next(iter(_masters.values())), "webhook")
IAM_TEST_MODE = env["IAM_TEST_MODE"]
IAM_TRUSTED_PROXIES = env["IAM_TRUSTED_PROXIES"] or ()
IAM_BOOTSTRAP_ACCOUNT_ALIAS = env["IAM_BOOTSTRAP_ACCOUNT_ALIAS"]
IAM_BOOTSTRAP_ROOT_EMAIL = env["IAM_BOOTSTRAP_ROOT_EMAIL"]
IAM_BOOTSTRAP_ROOT_PASSWORD = env["IAM_BOOTSTRAP_ROOT_PASSWORD"]

# Django
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *(env["IAM_ALLOWED_HOSTS"] or ())]
if env["IAM_PUBLIC_URL"]:
    ALLOWED_HOSTS.append(urlsplit(IAM_PUBLIC_URL).hostname)
ROOT_URLCONF = "iamconsole.urls"
WSGI_APPLICATION = "iamconsole.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "django_ace",
    "csp",
    "django_otp",
    "django_celery_beat",
    "iamconsole.audit",
    "iamconsole.replication",
    "iamconsole.runtime",
    "iamconsole.interfaces.console",
    "iamconsole.interfaces.cli",
    "iamconsole.interfaces.rest",
    "accounts",
    "policies",
]
MIDDLEWARE = [
    "iamconsole.interfaces.http.forwarded_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "iamconsole.runtime.authentication.visitors.ConsoleAuthentication",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
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
            ],
        },
    },
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
APPEND_SLASH = False
FILE_UPLOAD_HANDLERS = ["iamconsole.interfaces.console.uploads.BoundedUpload"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # a policy as a form: each action that is ticked is one

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
LOGGING = logs.configure()

# Data. ATOMIC_REQUESTS stays off: a lock-out counter must survive the roll-back of its request.
DATABASES = {
    "default": database(env["DATABASE_URL"], data_dir=IAM_DATA_DIR, synchronous=env["IAM_SYNCHRONOUS"]),
}
EMBEDDED_BROKER = not env["REDIS_URL"]
REDIS_URL = env["REDIS_URL"] or redis_urls.embedded(IAM_DATA_DIR)
IAM_REGIONS = redis_urls.of_regions(env["IAM_REGIONS"], REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_urls.with_database(REDIS_URL, redis_urls.CACHE),
        "KEY_PREFIX": "iam",
    },
}

# Tasks. A message is a hint, never the truth, so none keeps a result; time limits stay under the visibility timeout.
CELERY_BROKER_URL = redis_urls.for_celery(redis_urls.with_database(REDIS_URL, redis_urls.BROKER))
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_TASK_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = schedule.entries()
# Appliers wait for sockets: they have a queue and a worker of threads, so that no other task holds them up.
CELERY_TASK_ROUTES = {"replication.*": {"queue": "replication"}}
CELERY_TIMEZONE = "UTC"

# People
PASSWORD_HASHERS = ["iamconsole.settings.hashers.OwaspArgon2PasswordHasher"]
AUTHENTICATION_BACKENDS = ["iamconsole.runtime.authentication.sessions.ConsoleBackend"]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [IAM_PUBLIC_URL]
DEFAULT_FROM_EMAIL = IAM_MAIL_FROM
EMAIL_TIMEOUT = 10  # seconds that a worker waits for a mail server
if env["IAM_SMTP_URL"]:
    vars().update(environ.Env.email_url_config(env["IAM_SMTP_URL"]))

# What browsers are told
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IAM_TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

# Static files depend on the code alone, so they lie beside it, not in the data directory.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
SPECTACULAR_SETTINGS = {
    "TITLE": "IAM Console",
    "VERSION": "1",
    "DESCRIPTION": "AWS IAM, self-hosted: every operation under AWS's names, errors as problem+json with AWS's codes.",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_PATCH": False,  # a PATCH of ours says itself which members it needs
    "POSTPROCESSING_HOOKS": [],
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "filter": True},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
