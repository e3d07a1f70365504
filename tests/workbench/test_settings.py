"""What the settings make of the environment, each in a fresh process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.test import Client

from workbench import embedded

ROOT = Path(__file__).resolve().parents[2]
KEY = "k" * 50


def load(data: Path, *names: str, **environ: str) -> dict[str, object]:
    """The named settings under this environment."""
    done = run(data, f"print(json.dumps([getattr(settings, n) for n in {names!r}], default=str))", **environ)
    assert done.returncode == 0, done.stderr
    return dict(zip(names, json.loads(done.stdout), strict=True))


def run(data: Path, code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", f"import json; from workbench import settings; {code}"],
        env=kept | {"WORKBENCH_DATA": str(data)} | environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_any_variable_the_installation_is_embedded(tmp_path: Path) -> None:
    found = load(tmp_path, "DATABASES", "CELERY_BROKER_URL", "CACHES", "DEBUG", "STATIC_ROOT", "ALLOWED_HOSTS")
    database = found["DATABASES"]["default"]
    assert database["NAME"] == str(tmp_path / "workbench.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]
    assert found["CELERY_BROKER_URL"] == f"redis+socket://{tmp_path}/broker/broker.sock?virtual_host=0"
    assert found["CACHES"]["default"]["BACKEND"].endswith("LocMemCache")
    assert found["DEBUG"] is False
    assert found["STATIC_ROOT"] == str(tmp_path / "static")
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]


def test_loading_the_settings_creates_nothing(tmp_path: Path) -> None:
    load(tmp_path / "data", "DEBUG")
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_with_odd_letters_in_its_path_works(tmp_path: Path) -> None:
    data = tmp_path / "Meine Prüfung #1 100%"
    assert load(data, "DATABASES")["DATABASES"]["default"]["NAME"] == str(data / "workbench.sqlite3")


def test_redis_url_gives_broker_and_cache(tmp_path: Path) -> None:
    found = load(tmp_path, "CELERY_BROKER_URL", "CACHES", REDIS_URL="unix:///run/r.sock?db=3")
    assert found["CELERY_BROKER_URL"] == "redis+socket:///run/r.sock?virtual_host=3"
    assert found["CACHES"]["default"]["LOCATION"] == "unix:///run/r.sock?db=3"


def test_production_needs_a_secret_key(tmp_path: Path) -> None:
    url = "postgresql://desk@db/review"
    done = run(tmp_path, "pass", DATABASE_URL=url)
    assert done.returncode != 0
    assert "SECRET_KEY is not set: set it to at least 32 random characters" in done.stderr
    assert load(tmp_path, "SECRET_KEY", DATABASE_URL=url, SECRET_KEY=KEY) == {"SECRET_KEY": KEY}


def test_a_short_secret_key_is_refused_without_showing_it(tmp_path: Path) -> None:
    done = run(tmp_path, "pass", SECRET_KEY="swordfish")
    assert "SECRET_KEY is too short" in done.stderr
    assert "swordfish" not in done.stderr


def test_the_generated_key_in_the_data_folder_is_used(tmp_path: Path) -> None:
    embedded.secret_key_file(tmp_path).write_text(KEY + "\n")
    assert load(tmp_path, "SECRET_KEY") == {"SECRET_KEY": KEY}
    assert load(tmp_path, "SECRET_KEY", SECRET_KEY="e" * 40) == {"SECRET_KEY": "e" * 40}


def test_https_makes_cookies_secure_and_redirects(tmp_path: Path) -> None:
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    assert load(tmp_path, *names) == dict.fromkeys(names, False)
    names += ("SECURE_SSL_REDIRECT",)
    assert load(tmp_path, *names, WORKBENCH_HTTPS="yes") == dict.fromkeys(names, True)


def test_celery_gives_out_again_what_a_killed_worker_had_taken(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        "CELERY_BROKER_TRANSPORT_OPTIONS",
        "CELERY_TASK_ACKS_LATE",
        "CELERY_TASK_REJECT_ON_WORKER_LOST",
        "CELERY_TASK_IGNORE_RESULT",
        "CELERY_WORKER_PREFETCH_MULTIPLIER",
        CELERY_VISIBILITY_TIMEOUT="8",
    )
    assert found["CELERY_BROKER_TRANSPORT_OPTIONS"] == {
        "visibility_timeout": 8,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    }
    assert found["CELERY_TASK_ACKS_LATE"] is found["CELERY_TASK_REJECT_ON_WORKER_LOST"] is True
    assert found["CELERY_TASK_IGNORE_RESULT"] is True
    assert found["CELERY_WORKER_PREFETCH_MULTIPLIER"] == 1


def test_the_sweeper_is_on_the_schedule(tmp_path: Path) -> None:
    schedule = load(tmp_path, "CELERY_BEAT_SCHEDULE", WORKBENCH_SWEEP_SECONDS="5")["CELERY_BEAT_SCHEDULE"]
    assert schedule["sweep"] == {"task": "reviews.sweep", "schedule": 5.0, "options": {"expires": 5}}


def test_chain_heads_are_noted_every_day(tmp_path: Path) -> None:
    schedule = load(tmp_path, "CELERY_BEAT_SCHEDULE")["CELERY_BEAT_SCHEDULE"]
    assert schedule["chain heads"] == {"task": "reviews.note_heads", "schedule": 86_400.0}


def test_a_mail_server_is_used_once_the_installation_says_who_and_where_it_is(tmp_path: Path) -> None:
    assert load(tmp_path, "EMAIL_BACKEND")["EMAIL_BACKEND"].endswith("console.EmailBackend")
    server = {"EMAIL_URL": "smtp+starttls://desk:swordfish@mail:587", "SITE_URL": "https://review.example.org"}
    done = run(tmp_path, "pass", **server)
    assert "EMAIL_FROM is not set: e-mails that go to EMAIL_URL need it" in done.stderr
    assert "swordfish" not in done.stderr
    found = load(
        tmp_path,
        "EMAIL_BACKEND",
        "EMAIL_HOST",
        "EMAIL_PORT",
        "EMAIL_USE_TLS",
        "EMAIL_USE_SSL",
        EMAIL_FROM="d@e.org",
        **server,
    )
    assert found["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert list(found.values())[1:] == ["mail", 587, True, False]


def test_manage_stops_with_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "check"],
        env={"PATH": os.environ["PATH"], "WORKBENCH_DATA": str(tmp_path), "DEBUG": "ture"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "DEBUG is 'ture': set it to true or false (or 1/0, yes/no, on/off).\n"


def test_the_example_lists_every_variable_and_no_other() -> None:
    read = set()
    for file in (ROOT / "workbench" / "settings.py", *(ROOT / "bin").glob("_*.py"), ROOT / "docker-compose.yml"):
        text = file.read_text(encoding="utf-8")
        read |= set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', text))
        read |= set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', text))
        read |= set(re.findall(r"\$\{([A-Z_]+)", text))
    listed = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {name for name in read if not name.startswith("TEST_")}


def test_a_page_may_run_our_own_files_only() -> None:
    policy = Client().get("/admin/login/")["Content-Security-Policy"]
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["default-src"] == directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["object-src"] == directives["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy


def test_the_tests_write_to_a_folder_of_their_own() -> None:
    assert settings.WORKBENCH_DATA != ROOT / "var"
    for place in (settings.STATIC_ROOT, settings.STORAGES["default"]["OPTIONS"]["location"]):
        assert Path(place).is_relative_to(settings.WORKBENCH_DATA)


# --- the embedded broker's address -----------------------------------------------------------------


def test_the_socket_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert embedded.broker_socket(tmp_path) == tmp_path / "broker" / "broker.sock"


def test_a_data_folder_with_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    long = tmp_path / ("ä" * 60)
    socket = embedded.broker_socket(long)
    assert len(os.fsencode(socket)) <= embedded.LONGEST_SOCKET_PATH
    assert socket == embedded.broker_socket(long)
    assert socket != embedded.broker_socket(tmp_path / ("ö" * 60))


def test_two_names_of_one_folder_have_one_broker(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to("data")
    assert embedded.broker_socket(tmp_path / "link") == embedded.broker_socket(tmp_path / "data")
