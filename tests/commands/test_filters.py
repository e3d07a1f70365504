"""What every filter shares, shown with one that gives the length of a text."""

import importlib
import io
import json
import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.core.management import call_command, get_commands, load_command_class

from reviews.management.base import UsageError
from reviews.management.filters import FilterCommand, text_in
from tests.bin.conftest import BIN, environment

FILTERS = sorted(
    name
    for name, app in get_commands().items()
    if app == "reviews" and isinstance(load_command_class("reviews", name), FilterCommand)
)


class Lengths(FilterCommand):
    help = "The length of each text."
    example = "lengths"

    def converter(self, **options):
        return lambda record: {"length": len(text_in(record, "text")), "unit": text_in(record, "unit", "characters")}


@pytest.fixture
def lengths(monkeypatch, tmp_path):
    """Run the filter on bytes, from stdin or a file: exit code, answers, messages (the file's name as FILE)."""

    def run(given, from_file=False):
        out, err = io.StringIO(), io.StringIO()
        path = tmp_path / "given.jsonl"
        path.write_bytes(given)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        code = 0
        try:
            call_command(Lengths(stdout=out, stderr=err), *([str(path)] if from_file else []))
        except SystemExit as stopped:
            code = stopped.code
        answers = [json.loads(line) for line in out.getvalue().splitlines()]
        return code, answers, err.getvalue().replace(str(path), "FILE")

    return run


def test_every_answer_stands_where_its_line_stood_and_echoes_its_id(lengths):
    given = '{"text": "äöü", "id": "b"}\n\n{"id": {"n": 1}, "text": "x"}\r\n{"text": "", "unit": null, "more": 1}'
    assert lengths(given.encode()) == (
        0,
        [
            {"id": "b", "length": 3, "unit": "characters"},
            {"id": {"n": 1}, "length": 1, "unit": "characters"},
            {"length": 0, "unit": "characters"},
        ],
        "",
    )
    assert lengths(given.encode(), from_file=True) == lengths(given.encode())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"x", "is no JSON: Expecting value at character 1. Give one object a line."),
        (b"[1]", "holds [1] instead of an object. Give one object a line."),
        (b'{"text": "\xff"}', "is not UTF-8: byte 0xFF at byte 11 of the line."),
        (b'{"text": NaN}', "holds NaN, which is no JSON."),
        (b'{"text": "a", "text": "b"}', "has the key 'text' twice. Keep one of them."),
        (b"[" * 100_000, "is nested too deeply."),
        (b"{}", 'has no text. Give it as text: {"text": "…"}.'),
        (b'{"text": null}', "has no text."),
        (b'{"text": 7}', "has 7 for text. Write text in quotation marks."),
        (b'{"text": "a", "unit": ["x"]}', "has ['x'] for unit. Write text in quotation marks."),
        (b'{"text": "\\uD83D"}', "holds \\ud83d, half of a surrogate pair. Escape both halves or write the character."),
        (b'{"text": "a", "id": "\\udc00"}', "holds \\udc00, half of a surrogate pair."),
        (b'{"text": "' + b"a" * 10_000_000 + b'"}', "is longer than 10,000,000 bytes. Is this JSON Lines?"),
    ],
)
@pytest.mark.parametrize("from_file", [False, True])
def test_a_broken_line_is_one_message_and_the_others_go_on(lengths, line, reason, from_file):
    code, answers, messages = lengths(b'{"text": "a"}\n' + line + b'\n{"text": "\\ud83d\\ude00"}\n', from_file)
    assert code == 1
    assert [answer["length"] for answer in answers] == [1, 1]
    assert messages.startswith(f"{'FILE' if from_file else 'stdin'}:2: {reason}")
    assert messages.count("\n") == 1


@pytest.mark.parametrize("name", ["missing.jsonl", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path, name):
    with pytest.raises(
        UsageError, match=r"cannot be read \(.+\): name a file of JSON Lines, or - for stdin\."
    ) as error:
        call_command(Lengths(), str(tmp_path / name))
    assert error.value.returncode == 2


@pytest.mark.django_db
def test_no_query_is_made(lengths, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert lengths(b'{"text": "a"}\nx\n')[0] == 1


# --- as a shell meets them -----------------------------------------------------------------------


@pytest.mark.parametrize("name", FILTERS)
def test_bin_manage_runs_every_filter_without_looking_at_the_database(name):
    # tests.bin.conftest put the programs in bin/ on the path.
    assert not importlib.import_module("_manage").needs_database([name])


@contextmanager
def started(tmp_path, *arguments):
    """A filter behind bin/manage, whose database lies in a folder that does not exist."""
    variables = {
        "WORKBENCH_DATA": str(tmp_path / "data"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/db.sqlite3",
        "SECRET_KEY": "x" * 40,
    }
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([BIN / "manage", *arguments], env=environment(**variables), text=True, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_answers_line_by_line_without_a_database(tmp_path):
    with started(tmp_path, "split_sentences", "--lang", "de") as process:
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "text": "Eins. Zwei."}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == {"id": number, "sentences": ["Eins.", "Zwei."]}
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")
    assert not os.path.exists(tmp_path / "nowhere")
