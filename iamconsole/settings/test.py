"""Tests: the product's settings, untouched by the developer's environment, without a broker and with cheap hashing.

The pytest plugin of tests/support names the folder and the database of a run; tools that only read settings do without.
"""

import os

from iamconsole.settings import environment, parsing

_given = os.environ.get("TEST_DATABASE_URL")
_place = os.environ.get("TEST_DATA_DIR") or str(parsing.BASE_DIR / "var" / "test")
for _name in [name for name in os.environ if name in environment.NAMES or name.startswith("IAM_")]:
    del os.environ[_name]
os.environ.update(IAM_ENV_FILE=os.devnull, IAM_DATA_DIR=_place, IAM_MASTER_KEY="5e" * 32)
if _given:
    os.environ.update(DATABASE_URL=_given, TEST_DATABASE_URL=_given)

from iamconsole.settings.base import *  # noqa: E402, F403
from iamconsole.settings.base import DATABASES, IAM_DATA_DIR, STORAGES  # noqa: E402

if not _given:
    # A file, as in the product: threads of a concurrency test each get their own connection.
    DATABASES["default"]["TEST"] = {"NAME": str(IAM_DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"

IAM_HISTORY_THREAD = False  # a test says itself when the access history is written
IAM_REPLICATION_HINTS = False  # nor is there a worker to be woken
IAM_REGIONS = {"home": ""}  # others have a server of their own, which a test starts
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = "memory://"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True  # straight from the source folders: nothing is collected for tests
WHITENOISE_USE_FINDERS = True
