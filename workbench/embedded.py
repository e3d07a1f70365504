"""Where an embedded installation keeps its things; shared by the settings and by bin/, standard library only."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

#: A Unix socket's address holds 108 bytes with its closing NUL (unix(7)); some systems allow 104.
LONGEST_SOCKET_PATH = 100


def secret_key_file(data: Path) -> Path:
    return data / "secret_key"


def database_url(data: Path) -> str:
    return f"sqlite:///{quote(str(data / 'workbench.sqlite3'))}"


def broker_socket(data: Path) -> Path:
    """Where the embedded broker of this data folder listens: the same answer in every process, without asking.

    A data folder whose path is too long for a socket gets a short one, named after a hash of the path.
    """
    inside = data.resolve() / "broker" / "broker.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    digest = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    # Not tempfile.gettempdir(): TMPDIR may differ between bin/start and a later bin/manage.
    return Path("/tmp") / f"workbench-{os.getuid()}-{digest}" / "broker.sock"  # noqa: S108  (checked by bin/start)
