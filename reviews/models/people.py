"""People who log in."""

import secrets
import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from reviews.values import sha256_hex


def new_salt() -> str:
    return secrets.token_hex(16)


class Person(AbstractUser):
    """Somebody who logs in.

    Append-only records name people by `public_id` and by a salted hash of the name only, so that clearing name
    and salt later makes the records anonymous and leaves their hash chain valid.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    salt = models.CharField(max_length=64, default=new_salt, editable=False, blank=True)
    #: Keys of the article screen the person chose, by action; only those that are not the action's own.
    keys = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), editable=False, blank=True)
    #: Since when the person is without a name here; then name, salt, e-mail and every right are gone for good.
    name_removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    @property
    def shown_name(self) -> str:
        """The name screens show, or that it was removed."""
        if self.name_removed_at is not None:
            return _("name removed on %(day)s") % {"day": date_format(localtime(self.name_removed_at), "DATE_FORMAT")}
        return self.get_full_name() or self.get_username() or "somebody"

    def name_hash(self) -> str:
        """SHA-256 (hex) of salt and shown name, as audit events carry it."""
        return sha256_hex(f"{self.salt}:{self.shown_name}")
