"""Strict reading of environment variables; standard library only.

Every reader returns a value that means exactly one thing, or raises EnvError with one sentence that names the
variable, its value and the remedy. A value that holds a secret is named without being shown.
"""

from __future__ import annotations

import os
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class EnvError(Exception):
    """An environment variable that cannot be understood; the message is the sentence to show."""


def text(name: str, default: str = "", environ: Mapping[str, str] = os.environ) -> str:
    """The value without white space around it; an unset or empty variable gives the default."""
    return environ.get(name, "").strip() or default


def boolean(name: str, default: bool, environ: Mapping[str, str] = os.environ) -> bool:
    """Exactly one of a few words, in any case; "maybe" or "ture" is no boolean."""
    value = text(name, environ=environ)
    if not value:
        return default
    try:
        return _WORDS[value.lower()]
    except KeyError:
        raise EnvError(f"{name} is {value!r}: set it to true or false (or 1/0, yes/no, on/off).") from None


def integer(name: str, default: int, *, least: int, most: int, environ: Mapping[str, str] = os.environ) -> int:
    value = text(name, environ=environ)
    if not value:
        return default
    if not re.fullmatch(r"[0-9]{1,12}", value, re.ASCII) or not least <= int(value) <= most:
        raise EnvError(f"{name} is {value!r}: set it to a whole number from {least} to {most}.")
    return int(value)


def words(name: str, default: tuple[str, ...] = (), environ: Mapping[str, str] = os.environ) -> list[str]:
    """A comma-separated list; empty places are left out."""
    value = text(name, environ=environ)
    return [word for part in value.split(",") if (word := part.strip())] if value else list(default)


def origins(name: str, environ: Mapping[str, str] = os.environ) -> list[str]:
    """A comma-separated list of web origins, scheme and host without a path."""
    found = words(name, environ=environ)
    for origin in found:
        if not re.fullmatch(r"https?://[^/?#\s]+", origin):
            raise EnvError(
                f"{name} holds {origin!r}: write each origin with its scheme and without a path, "
                "such as https://review.example.org."
            )
    return found


def time_zone(name: str, default: str, environ: Mapping[str, str] = os.environ) -> str:
    value = text(name, default, environ)
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise EnvError(
            f"{name} is {value!r}, which this machine does not know: set it to a name such as Europe/Berlin, "
            "or install the time zone data (Debian package tzdata)."
        ) from None
    return value


def folder(name: str, default: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """An absolute path; a relative one counts from where the command was called."""
    value = text(name, environ=environ)
    if "\0" in value:
        raise EnvError(f"{name} holds a NUL character: set it to the path of a folder.")
    return (Path(value).expanduser() if value else default).absolute()


def time_of_day(name: str, default: str, environ: Mapping[str, str] = os.environ) -> time:
    """A time as a clock shows it, 00:00 to 23:59."""
    value = text(name, default, environ)
    match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", value, re.ASCII)
    if match is None:
        raise EnvError(f"{name} is {value!r}: set it to a time from 00:00 to 23:59, such as 07:00.")
    return time(int(match[1]), int(match[2]))


def site(name: str, default: str, environ: Mapping[str, str] = os.environ) -> str:
    """The address people reach the installation at: a web origin, without a slash at its end."""
    value = text(name, default, environ)
    url = _split(name, value)
    if not re.fullmatch(r"https?://[^/?#@\s]+/?", value) or not url.hostname:
        raise EnvError(
            f"{name} is {value!r}: write scheme and host without a path, such as https://review.example.org."
        )
    _port(name, url)
    return value.rstrip("/")


# --- e-mail --------------------------------------------------------------------------------------

_MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server; `security` is what its connection is: plain, turned to TLS once open, or TLS from the start."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Literal["smtp", "smtp+starttls", "smtps"]


def mail_server(name: str, default: str = "console:", environ: Mapping[str, str] = os.environ) -> MailServer | None:
    """The server of an address such as `smtp+starttls://user:password@host:587`; None for `console:`.

    User and password percent-encoded where needed.
    """
    value = text(name, default, environ)
    url = _split(name, value)
    if value == "console:":
        return None
    if url.scheme not in ("smtp", "smtp+starttls", "smtps"):
        raise EnvError(
            f"{name} starts with {url.scheme or 'no scheme'!r}: set it to smtp+starttls://user:password@host:587, "
            "smtps://user:password@host:465, smtp://host:25 or console:."
        )
    port = _port(name, url) or _MAIL_PORTS[url.scheme]
    if not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise EnvError(f"{name} names no mail server: write {url.scheme}://host:port with nothing behind it.")
    if bool(url.username) != bool(url.password):
        raise EnvError(f"{name} has a user without a password or the other way round: give both or none.")
    return MailServer(
        host=url.hostname,
        port=port,
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        security=cast(Any, url.scheme),
    )


def sender(name: str, default: str, environ: Mapping[str, str] = os.environ) -> str:
    """One e-mail address, with or without a name: `desk@example.org` or `Review desk <desk@example.org>`."""
    value = text(name, default, environ)
    if not re.fullmatch(r"([^<>@\r\n]* <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)", value):
        raise EnvError(
            f"{name} is {value!r}: set it to one address, such as review@example.org or "
            "Review desk <review@example.org>."
        )
    return value


# --- database ----------------------------------------------------------------------------------


def database(name: str, default: str, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Django's ENGINE, NAME, USER, PASSWORD, HOST and PORT of a database URL.

    `sqlite:///relative/path`, `sqlite:////absolute/path`, or `postgresql://user:password@host:port/name` with
    every part percent-encoded where needed; a host such as `%2Frun%2Fpostgresql` is the folder of a Unix socket.
    """
    value = text(name, default, environ)
    url = _split(name, value)
    if url.query or url.fragment:
        raise EnvError(f"{name} ends in options after '?' or '#': leave them out, they are set by the product.")
    if url.scheme == "sqlite":
        return _sqlite(name, url)
    if url.scheme in ("postgresql", "postgres"):
        return _postgresql(name, url)
    raise EnvError(
        f"{name} starts with {url.scheme or 'no scheme'!r}: set it to sqlite:///path/to/file or "
        "postgresql://user:password@host:5432/name."
    )


def _sqlite(name: str, url: SplitResult) -> dict[str, Any]:
    path = unquote(url.path[1:])
    if url.netloc or not path or path.endswith("/") or path == ":memory:":
        raise EnvError(
            f"{name} names no SQLite file: write three slashes and a path, sqlite:///relative/file or "
            "sqlite:////absolute/file."
        )
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(path).absolute())}


def _postgresql(name: str, url: SplitResult) -> dict[str, Any]:
    database_name = unquote(url.path[1:])
    if not database_name or "/" in url.path[1:]:
        raise EnvError(f"{name} names no database: end it in one name, postgresql://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": _host(url),
        "PORT": str(_port(name, url) or ""),
    }


def _host(url: SplitResult) -> str:
    host = url.netloc.rpartition("@")[2]
    if "%" in host:
        # A socket's folder: urlsplit would lower its letters.
        return unquote(host.partition(":")[0])
    return url.hostname or ""


# --- Redis -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """One Redis or Valkey server as its two clients want it written."""

    client: str  #: for redis-py and Django's cache: redis://, rediss:// or unix://path?db=n
    broker: str  #: for Celery (kombu): redis://, rediss:// or redis+socket://path?virtual_host=n


def redis(name: str, value: str) -> RedisAddress:
    """Both spellings of `redis://[user:password@]host[:port][/db]`, `rediss://…` or `unix:///path[?db=n]`.

    Kombu's own spelling `redis+socket:///path[?virtual_host=n]` is taken too.
    """
    url = _split(name, value)
    if url.scheme in ("redis", "rediss"):
        return _redis_tcp(name, url)
    if url.scheme in ("unix", "redis+socket"):
        return _redis_socket(name, url)
    raise EnvError(
        f"{name} starts with {url.scheme or 'no scheme'!r}: set it to redis://host:6379/0, rediss://host:6379/0 "
        "or unix:///path/to/socket."
    )


def redis_socket(path: Path, db: int = 0) -> RedisAddress:
    """The address of a server that listens on a Unix socket."""
    quoted = quote(str(path))
    return RedisAddress(f"unix://{quoted}?db={db}", f"redis+socket://{quoted}?virtual_host={db}")


def _redis_tcp(name: str, url: SplitResult) -> RedisAddress:
    if not url.hostname:
        raise EnvError(f"{name} names no host: write redis://host:6379/0.")
    _port(name, url)
    number = url.path.strip("/") or "0"
    _check_number(name, number)
    if url.query or url.fragment:
        raise EnvError(f"{name} ends in options after '?' or '#': write the database number as a path, /0.")
    plain = f"{url.scheme}://{url.netloc}/{number}"
    # redis-py checks the server's certificate unless told not to; kombu does not unless told to.
    return RedisAddress(plain, f"{plain}?ssl_cert_reqs=required" if url.scheme == "rediss" else plain)


def _redis_socket(name: str, url: SplitResult) -> RedisAddress:
    option = "db" if url.scheme == "unix" else "virtual_host"
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    number = options.pop(option, "0")
    _check_number(name, number)
    host = url.netloc.rpartition("@")[2]
    if host or url.path in ("", "/") or options or url.fragment:
        raise EnvError(
            f"{name} names no socket: write {url.scheme}:///path/to/socket (three slashes), and at most ?{option}=n."
        )
    place = f"{url.netloc}{url.path}"
    return RedisAddress(
        f"unix://{place}?{urlencode({'db': number})}",
        f"redis+socket://{place}?{urlencode({'virtual_host': number})}",
    )


def _check_number(name: str, number: str) -> None:
    if not re.fullmatch(r"[0-9]{1,4}", number, re.ASCII):
        raise EnvError(f"{name} has {number!r} for the database number: write a whole number, usually 0.")


# --- shared by the URL readers -------------------------------------------------------------------


def _split(name: str, value: str) -> SplitResult:
    if re.search(r"\s", value):
        raise EnvError(f"{name} holds white space: percent-encode it (a space is %20).")
    try:
        return urlsplit(value)
    except ValueError:
        # Its own message may quote the password.
        raise EnvError(f"{name} is no URL: percent-encode / ? # [ ] @ : in user, password and host.") from None


def _port(name: str, url: SplitResult) -> int | None:
    try:
        return url.port
    except ValueError:
        raise EnvError(
            f"{name} has no number from 0 to 65535 after the host's colon: correct the port, and percent-encode "
            "a colon (%3A) or slash (%2F) in a password."
        ) from None
