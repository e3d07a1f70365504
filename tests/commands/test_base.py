"""What every command shares, as a shell meets it."""

import json
import subprocess
import sys

import pytest
from django.core.management import get_commands, load_command_class

from reviews.management.base import WorkbenchCommand
from tests.bin.conftest import BIN, environment

OURS = sorted(name for name, app in get_commands().items() if app == "reviews")


@pytest.mark.parametrize("name", OURS)
def test_every_command_has_help_with_an_example_of_itself(name):
    command = load_command_class("reviews", name)
    assert isinstance(command, WorkbenchCommand)
    text = command.create_parser("manage", name).format_help()
    assert command.help.strip()
    assert f"bin/manage {name} " in text or text.rstrip().endswith(f"bin/manage {name}")
    assert "--json" in text


def test_one_answer_is_one_line_to_whoever_reads_lines(capsys):
    value = {"text": "a\n\u2028\u2029\x85\x0c\x1cü"}
    WorkbenchCommand().emit(value)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == value
    assert "ü" in line


ENDLESS = """
import django
django.setup()
from reviews.management.base import WorkbenchCommand

class Endless(WorkbenchCommand):
    example = "endless"
    def run(self, **options):
        while True:
            self.emit("y" * 999)

Endless().run_from_argv(["manage", "endless"])
"""


def test_a_reader_that_has_enough_causes_no_traceback(tmp_path):
    done = subprocess.run(
        [f"{sys.executable} - | head -c 10"],
        shell=True,
        cwd=BIN.parent,
        env=environment(WORKBENCH_DATA=str(tmp_path), DJANGO_SETTINGS_MODULE="workbench.settings"),
        input=ENDLESS,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == '"yyyyyyyyy'
    assert done.stderr == ""
