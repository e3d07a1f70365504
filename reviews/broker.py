"""What the broker and the workers say of themselves. It only asks: what is queued is for `pipeline` to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import kombu.exceptions
from celery import current_app
from celery.app.control import Control

#: A save or an import waits for the broker no longer than this, and not again for a while once it is down.
NO_WAITING = {"socket_connect_timeout": 1, "socket_timeout": 2, "max_retries": 0}


def workers_answer(timeout: float = 1.0) -> bool:
    """Whether any worker answers within so many seconds; False also when the broker does not."""
    try:
        return bool(_ping(timeout, limit=1))
    except (kombu.exceptions.OperationalError, OSError):
        return False


def _ping(timeout: float, **options: Any) -> list[dict[str, Any]]:
    control = Control(current_app)
    # The question goes out over the connection below: one from the app's pool would wait for the broker for good.
    control.mailbox.producer_pool = None  # type: ignore[attr-defined]
    with current_app.connection_for_write(connect_timeout=1, transport_options=NO_WAITING) as connection:
        return list(control.ping(timeout=timeout, connection=connection, **options) or ())


#: The broker's key of what workers have taken and not finished.
_UNACKED = "unacked"


@dataclass(frozen=True, slots=True)
class Queue:
    """How many tasks wait in the broker, and how many a worker has taken and not finished."""

    waiting: int
    taken: int


def queue() -> Queue | None:
    """The broker's queue, asked for no longer than a second; None when it does not answer."""
    connection = current_app.connection_for_read(connect_timeout=1, transport_options=NO_WAITING)
    refusals: tuple[type[BaseException], ...] = (
        kombu.exceptions.KombuError,
        OSError,
        *connection.connection_errors,
        *connection.channel_errors,
    )
    try:
        with connection:
            channel: Any = connection.default_channel
            # The transport's own count: it adds up the lists of all priorities.
            return Queue(channel._size(current_app.conf.task_default_queue), channel.client.hlen(_UNACKED))
    except refusals:
        return None


def workers(timeout: float = 1.0) -> list[str] | None:
    """The names of the workers that answer within so many seconds; None when the broker does not."""
    try:
        return sorted(name for answer in _ping(timeout) for name in answer)
    except (kombu.exceptions.OperationalError, OSError):
        return None
