"""Settings of the test run: the product's own, in a world of their own.

Before the product reads the environment, everything a developer's shell may hold is taken out of it, and the data
folder becomes a new temporary one for each process. So no test, and no process that a test starts, can reach a
developer's data, database or broker.

`bin/test --services` passes on TEST_DATABASE_URL (a PostgreSQL it started) and TEST_REDIS_URL (a Redis, without a
database number): the first becomes the tests' database, the second is for the tests marked `services`.
"""

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

_OURS = re.compile(
    r"(WORKBENCH_(?!VENV$|NO_APT$)|CELERY_|DJANGO_(?!SETTINGS_MODULE$))\w*|DATABASE_URL|REDIS_URL|SECRET_KEY|DEBUG"
    r"|ALLOWED_HOSTS|CSRF_TRUSTED_ORIGINS|TIME_ZONE|SITE_URL|EMAIL_(URL|FROM)|NOTICES_DIGEST_AT"
)
_PROXIES = re.compile(r"(?i)(https?|all|ftp|no)_proxy")

for _name in list(os.environ):
    if _OURS.fullmatch(_name) or _PROXIES.fullmatch(_name):
        del os.environ[_name]

_folder = tempfile.mkdtemp(prefix="workbench-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["WORKBENCH_DATA"] = _folder
os.environ["SECRET_KEY"] = "only-for-tests-" * 4
if _database_url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = _database_url
# Playwright's synchronous calls run inside an event loop, where Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from workbench.settings import *  # noqa: E402, F403
from workbench.settings import DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: threads of the live server and other processes open it too.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(_folder) / "test.sqlite3")}

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Static files are served from where they lie: the tests need no collectstatic.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tasks run in the test's own process; a test that wants a real worker starts one with an environment of its own.
# As the product has it, and nobody there: a test that needs a broker starts one.
CELERY_BROKER_URL = "redis+socket:///nowhere/broker.sock"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
