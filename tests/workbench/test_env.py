"""Environment variables mean exactly one thing, or stop the program with a sentence."""

from pathlib import Path

import pytest
from kombu import Connection
from redis.connection import parse_url

from workbench import env
from workbench.env import EnvError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", True),
        ("true", True),
        ("True", True),
        ("YES", True),
        ("on", True),
        (" true ", True),
        ("0", False),
        ("false", False),
        ("No", False),
        ("off", False),
    ],
)
def test_a_boolean_is_one_of_a_few_words(value: str, expected: bool) -> None:
    assert env.boolean("DEBUG", not expected, {"DEBUG": value}) is expected


@pytest.mark.parametrize("environ", [{}, {"DEBUG": ""}, {"DEBUG": "  "}])
@pytest.mark.parametrize("default", [True, False])
def test_an_unset_or_empty_boolean_is_its_default(environ: dict[str, str], default: bool) -> None:
    assert env.boolean("DEBUG", default, environ) is default


@pytest.mark.parametrize("value", ["ture", "2", "-1", "enabled", "none", "falsch", "１"])
def test_any_other_word_is_refused_with_its_name_its_value_and_the_remedy(value: str) -> None:
    with pytest.raises(EnvError) as error:
        env.boolean("DEBUG", False, {"DEBUG": value})
    assert str(error.value) == f"DEBUG is {value!r}: set it to true or false (or 1/0, yes/no, on/off)."


@pytest.mark.parametrize(("value", "expected"), [("1", 1), ("600", 600), ("0600", 600), ("", 60)])
def test_a_whole_number_within_its_limits_is_taken(value: str, expected: int) -> None:
    assert env.integer("SWEEP", 60, least=1, most=600, environ={"SWEEP": value}) == expected


@pytest.mark.parametrize("value", ["0", "601", "-5", "1.5", "1e3", "60s", "٣", "1_0", "9" * 5000])
def test_any_other_number_is_refused(value: str) -> None:
    with pytest.raises(EnvError) as error:
        env.integer("SWEEP", 60, least=1, most=600, environ={"SWEEP": value})
    assert str(error.value) == f"SWEEP is {value!r}: set it to a whole number from 1 to 600."


def test_a_list_is_separated_by_commas_and_empty_places_are_left_out() -> None:
    assert env.words("HOSTS", ("x",), {"HOSTS": " a.example, ,b.example,"}) == ["a.example", "b.example"]
    assert env.words("HOSTS", ("x",), {}) == ["x"]


def test_an_origin_has_a_scheme_and_no_path() -> None:
    assert env.origins("CSRF", {"CSRF": "https://a.example,http://localhost:8000"}) == [
        "https://a.example",
        "http://localhost:8000",
    ]
    for wrong in ("a.example", "https://a.example/", "ftp://a.example", "https://"):
        with pytest.raises(EnvError, match="CSRF holds"):
            env.origins("CSRF", {"CSRF": wrong})


def test_a_time_zone_must_be_known() -> None:
    assert env.time_zone("TIME_ZONE", "UTC", {"TIME_ZONE": "Europe/Berlin"}) == "Europe/Berlin"
    for wrong in ("Europe/Bärlin", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe"):
        with pytest.raises(EnvError, match=r"TIME_ZONE is .*Europe/Berlin"):
            env.time_zone("TIME_ZONE", "UTC", {"TIME_ZONE": wrong})


def test_a_folder_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert env.folder("DATA", Path("/var/x"), {"DATA": "here"}) == tmp_path / "here"
    assert env.folder("DATA", Path("/var/x"), {}) == Path("/var/x")


# --- database ------------------------------------------------------------------------------------


def database(url: str) -> dict[str, object]:
    return env.database("DATABASE_URL", "sqlite:///unused", {"DATABASE_URL": url})


def test_a_sqlite_url_names_an_absolute_file() -> None:
    assert database("sqlite:////srv/desk/data%20base.sqlite3") == {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": "/srv/desk/data base.sqlite3",
    }


def test_a_relative_sqlite_file_counts_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert database("sqlite:///var/x.sqlite3")["NAME"] == str(tmp_path / "var" / "x.sqlite3")


@pytest.mark.parametrize(
    ("url", "user", "password", "host", "port", "name"),
    [
        ("postgresql://desk:secret@db.example:5433/review", "desk", "secret", "db.example", "5433", "review"),
        ("postgres://desk@db/review", "desk", "", "db", "", "review"),
        ("postgresql:///review", "", "", "", "", "review"),
        ("postgresql://a%40b:p%2Fw%3A%23%25@DB.Example/r%C3%A9", "a@b", "p/w:#%", "db.example", "", "ré"),
        ("postgresql://desk@%2Frun%2FPostgres:5433/review", "desk", "", "/run/Postgres", "5433", "review"),
        ("postgresql://desk:p%40w@[::1]:5433/review", "desk", "p@w", "::1", "5433", "review"),
    ],
)
def test_a_postgresql_url_is_taken_apart(url: str, user: str, password: str, host: str, port: str, name: str) -> None:
    assert database(url) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": user,
        "PASSWORD": password,
        "HOST": host,
        "PORT": port,
    }


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://root@db/review", "DATABASE_URL starts with 'mysql': set it to sqlite:///"),
        ("review.sqlite3", "DATABASE_URL starts with 'no scheme': set it to sqlite:///"),
        ("sqlite://var/x.sqlite3", "DATABASE_URL names no SQLite file: write three slashes"),
        ("sqlite:///", "DATABASE_URL names no SQLite file"),
        ("sqlite:///:memory:", "DATABASE_URL names no SQLite file"),
        ("sqlite:////srv/data/", "DATABASE_URL names no SQLite file"),
        ("postgresql://desk@db", "DATABASE_URL names no database"),
        ("postgresql://desk@db/a/b", "DATABASE_URL names no database"),
        ("postgresql://desk:pw@db:fivefour/x", "DATABASE_URL has no number from 0 to 65535"),
        ("postgresql://desk:pw@db:99999/x", "DATABASE_URL has no number from 0 to 65535"),
        ("postgresql://desk@db/x?sslmode=disable", "DATABASE_URL ends in options"),
        ("postgresql://desk:p w@db/x", "DATABASE_URL holds white space"),
        ("postgresql://desk:[pw@db/x", "DATABASE_URL is no URL"),
    ],
)
def test_a_broken_database_url_is_refused_with_the_remedy(url: str, sentence: str) -> None:
    with pytest.raises(EnvError) as error:
        database(url)
    assert str(error.value).startswith(sentence)


def test_no_refusal_shows_a_password() -> None:
    for url in (
        "postgresql://desk:hunter2@db",
        "mysql://u:hunter2@db/x",
        "postgresql://desk:[hunter2@db/x",
        "postgresql://desk:hunter2℀@db/x",
    ):
        with pytest.raises(EnvError) as error:
            database(url)
        assert "hunter2" not in str(error.value)


# --- Redis: judged by the two clients' own parsers -------------------------------------------------


@pytest.mark.parametrize(
    ("url", "host", "port", "db", "password"),
    [
        ("redis://cache.example", "cache.example", 6379, 0, None),
        ("redis://cache.example:6380/3", "cache.example", 6380, 3, None),
        ("redis://:s%2Fcret@127.0.0.1:6379/0", "127.0.0.1", 6379, 0, "s/cret"),
    ],
)
def test_both_clients_read_the_same_server_from_a_redis_url(
    url: str, host: str, port: int, db: int, password: str | None
) -> None:
    address = env.redis("REDIS_URL", url)
    client = parse_url(address.client)
    assert (client["host"], client.get("port", 6379), client["db"], client.get("password")) == (
        host,
        port,
        db,
        password,
    )
    broker = _kombu(address.broker)
    assert (broker["host"], broker["port"], broker["db"], broker["password"]) == (host, port, db, password)


@pytest.mark.parametrize(
    ("url", "path", "db"),
    [
        ("unix:///run/redis/redis.sock", "/run/redis/redis.sock", 0),
        ("unix:///run/My%20Redis/r.sock?db=2", "/run/My Redis/r.sock", 2),
        ("redis+socket:///run/redis/redis.sock?virtual_host=4", "/run/redis/redis.sock", 4),
    ],
)
def test_both_clients_read_the_same_socket_from_a_unix_url(url: str, path: str, db: int) -> None:
    address = env.redis("REDIS_URL", url)
    client = parse_url(address.client)
    assert (client["path"], client["db"]) == (path, db)
    broker = _kombu(address.broker)
    assert (broker["path"], broker["db"]) == (path, db)


def test_a_socket_path_with_odd_letters_reaches_both_clients_unchanged() -> None:
    path = Path("/srv/Prüfung #1/100%/b.sock")
    address = env.redis_socket(path, db=1)
    assert parse_url(address.client)["path"] == str(path)
    assert _kombu(address.broker)["path"] == str(path)


def test_an_encrypted_server_is_checked_by_both_clients() -> None:
    address = env.redis("REDIS_URL", "rediss://cache.example:6380/0")
    assert address.client == "rediss://cache.example:6380/0"
    assert Connection(address.broker).ssl["ssl_cert_reqs"].name == "CERT_REQUIRED"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("localhost:6379", "REDIS_URL starts with 'localhost': set it to redis://"),
        ("amqp://localhost", "REDIS_URL starts with 'amqp': set it to redis://"),
        ("redis:///0", "REDIS_URL names no host"),
        ("redis://host/first", "REDIS_URL has 'first' for the database number"),
        ("redis://host:port/0", "REDIS_URL has no number from 0 to 65535"),
        ("redis://host/0?ssl_cert_reqs=none", "REDIS_URL ends in options"),
        ("unix://run/redis.sock", "REDIS_URL names no socket"),
        ("unix:///", "REDIS_URL names no socket"),
        ("unix:///run/r.sock?db=x", "REDIS_URL has 'x' for the database number"),
        ("unix:///run/r.sock?virtual_host=1", "REDIS_URL names no socket"),
    ],
)
def test_a_broken_redis_url_is_refused_with_the_remedy(url: str, sentence: str) -> None:
    with pytest.raises(EnvError) as error:
        env.redis("REDIS_URL", url)
    assert str(error.value).startswith(sentence)


def _kombu(url: str) -> dict[str, object]:
    """The connection parameters kombu's Redis transport would use, without connecting."""
    from kombu.transport.redis import Channel

    connection = Connection(url)

    class Unconnected(Channel):
        def __init__(self) -> None:
            self.connection = type("Transport", (), {"client": connection, "default_port": 6379})()

    return Unconnected()._connparams()


# --- notices and e-mail ---------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "expected"), [("07:00", "07:00:00"), ("23:59", "23:59:00"), ("", "06:30:00")])
def test_a_time_of_day_is_as_a_clock_shows_it(value: str, expected: str) -> None:
    assert env.time_of_day("AT", "06:30", {"AT": value}).isoformat() == expected


@pytest.mark.parametrize("value", ["24:00", "7:00", "07:60", "07:00:00", "7 am", "٠٧:٠٠", "07:00\n08"])
def test_any_other_time_is_refused(value: str) -> None:
    with pytest.raises(EnvError) as error:
        env.time_of_day("AT", "06:30", {"AT": value})
    assert str(error.value) == f"AT is {value!r}: set it to a time from 00:00 to 23:59, such as 07:00."


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://review.example.org", "https://review.example.org"),
        ("https://review.example.org/", "https://review.example.org"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_a_site_is_an_address_without_a_path(value: str, expected: str) -> None:
    assert env.site("SITE_URL", "http://localhost:8000", {"SITE_URL": value}) == expected


@pytest.mark.parametrize(
    "value", ["review.example.org", "ftp://h", "https://h/desk", "https://u:p@h", "https://h?x=1", "https://"]
)
def test_any_other_site_is_refused(value: str) -> None:
    with pytest.raises(EnvError, match="write scheme and host without a path"):
        env.site("SITE_URL", "http://localhost:8000", {"SITE_URL": value})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, "", "", "smtp")),
        ("smtp+starttls://desk:s%40w@mail:2587", ("mail", 2587, "desk", "s@w", "smtp+starttls")),
        ("smtps://a%3Ab:p%2F@[::1]", ("::1", 465, "a:b", "p/", "smtps")),
    ],
)
def test_a_mail_server_is_read_from_its_address(value: str, expected: tuple[object, ...]) -> None:
    server = env.mail_server("EMAIL_URL", environ={"EMAIL_URL": value})
    assert server is not None
    assert (server.host, server.port, server.user, server.password, server.security) == expected
    assert "s@w" not in repr(server)


@pytest.mark.parametrize("value", ["", "console:"])
def test_without_a_mail_server_e_mails_are_printed(value: str) -> None:
    assert env.mail_server("EMAIL_URL", environ={"EMAIL_URL": value}) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("mail.example.org:25", "starts with 'mail.example.org'"),
        ("console://x", "starts with 'console'"),
        ("smtp://", "names no mail server"),
        ("smtp://h/inbox", "names no mail server"),
        ("smtp://h?tls=1", "names no mail server"),
        ("smtp://swordfish@h", "a user without a password"),
        ("smtp://:swordfish@h", "a user without a password"),
        ("smtp://u:swordfish/@h", "no number from 0 to 65535"),
        ("smtp://u:sword fish@h", "holds white space"),
    ],
)
def test_any_other_mail_server_is_refused_without_its_secret(value: str, words: str) -> None:
    with pytest.raises(EnvError, match=words) as error:
        env.mail_server("EMAIL_URL", environ={"EMAIL_URL": value})
    assert "swordfish" not in str(error.value)


@pytest.mark.parametrize("value", ["desk@example.org", "Review desk <desk@example.org>"])
def test_a_sender_is_one_address(value: str) -> None:
    assert env.sender("EMAIL_FROM", "x@localhost", {"EMAIL_FROM": value}) == value


@pytest.mark.parametrize("value", ["desk", "a@b, c@d", "a@b\r\nBcc: c@d", "<>", "Desk <a@b> <c@d>"])
def test_any_other_sender_is_refused(value: str) -> None:
    with pytest.raises(EnvError, match="set it to one address"):
        env.sender("EMAIL_FROM", "x@localhost", {"EMAIL_FROM": value})
