"""Settings of the web server under simulation: the product's, with log-ins that cost nothing and no collectstatic."""

from workbench.settings import *  # noqa: F403
from workbench.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
