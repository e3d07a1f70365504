"""What browsers keep for good: static files under names that hold a hash, modules' imports among them."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.web.test_windows import modules_of

IMPORT = re.compile(r'(?:from|import|import\()\s*"(\./[^"]+)"')
HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")


@pytest.fixture
def collected(tmp_path, settings):
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "workbench.static.HashedStaticFiles"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_a_page_and_its_modules_ask_for_every_module_by_one_hashed_name(collected):
    names = json.loads((collected / "staticfiles.json").read_text("utf-8"))["paths"]
    asked: set[Path] = set()
    waiting = [collected / names["reviews/js/article.js"], collected / names["reviews/js/find.js"]]
    while waiting:
        path = waiting.pop()
        if path not in asked:
            asked.add(path)
            imported = IMPORT.findall(path.read_text("utf-8"))
            assert all(HASHED.search(name) for name in imported), path.name
            waiting += [path.parent / name for name in imported]
    plain = [HASHED.sub(".js", path.name) for path in asked]
    assert set(plain) >= {Path(name).name for name in modules_of("reviews/js/article.js")}
    assert len(set(plain)) == len(plain)
    assert all(path.with_name(path.name + ".gz").is_file() for path in asked)
