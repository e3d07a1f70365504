"""gettext PO: messages, their forms, and the encoding the header names."""

import pytest

from .reading import SAMPLES, notices, pairs, read, refusal, rejected, rows

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset={}\\n"\n\n'


def written(tmp_path, content, codec="utf-8"):
    path = tmp_path / "x.po"
    path.write_bytes(content.encode(codec))
    return path


def test_messages_with_their_states_notes_and_places():
    got = rows(read("po", SAMPLES / "messages.po"))
    assert [(row.line, row.locator, row.source.text, row.state) for row in got] == [
        (12, "entry/1", 'Der Kran\nsteht "still".', None),
        (22, "entry/2/form/0", "Ein Schiff", "fuzzy"),
        (23, "entry/2/form/1", "%d Schiffe", "fuzzy"),
        (25, "entry/3", "Kein Text", None),
    ]
    assert [row.hypotheses["imported"].text for row in got if row.hypotheses] == [
        'The crane\nstands "still".',
        "One ship",
    ]
    assert got[0].notes == ("Shown on the front page", "Mind the break")
    assert got[1].notes == ("context: harbour", "plural form 0")
    assert (got[0].document, got[0].id) == ("messages", "")


def test_obsolete_messages_are_counted():
    assert notices(read("po", SAMPLES / "messages.po")) == [(28, "not read, since they are marked obsolete: 1 unit.")]


def test_languages_of_the_header_have_to_be_those_asked_for():
    line, reason = refusal("po", SAMPLES / "messages.po", target_lang="fr")
    assert (line, reason[:50]) == (4, "has the target language 'en_GB' where 'fr' is want")
    assert refusal("po", SAMPLES / "messages.po", source_lang="it")[1].startswith("has the source language 'de'")
    (row, *_) = rows(read("po", SAMPLES / "messages.po", source_lang="it", languages_guessed=True))
    assert row.languages == ("de", "en_GB")


def test_broken_messages_are_refused_by_line_and_the_others_read():
    items = read("po", SAMPLES / "messages-broken.po")
    assert pairs(items) == [("Eins", "One"), ("Sieben", "Seven")]
    assert rejected(items) == [
        (8, "messages-broken", "holds \\q, which means nothing. Write \\\\ for a backslash."),
        (10, "messages-broken", "cannot be understood: 'msgid \"Drei'."),
        (13, "messages-broken", "has no msgid or no msgstr. Give it both."),
        (15, "messages-broken", "has no msgid or no msgstr. Give it both."),
        (18, "messages-broken", "has msgstr twice. Keep one of them."),
        (20, "messages-broken", "cannot be understood: 'what'."),
    ]


@pytest.mark.parametrize("codec", ["utf-8", "windows-1252", "koi8-r"])
def test_the_charset_of_the_header_is_used(tmp_path, codec):
    word = "Größe" if codec != "koi8-r" else "Размер"
    path = written(tmp_path, HEADER.format(codec) + f'msgid "{word}"\nmsgstr "{word}\\t\\x41\\101"\n', codec)
    assert pairs(read("po", path)) == [(word, f"{word}\tAA")]


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "rot13", "nothing", "hex"])
def test_a_charset_that_does_not_write_ascii_as_ascii_is_refused(tmp_path, charset):
    line, reason = refusal("po", written(tmp_path, HEADER.format(charset)))
    assert (line, reason) == (2, f"names the charset '{charset}', which is not read. Save it as UTF-8.")


def test_bytes_of_another_charset_refuse_the_file(tmp_path):
    path = written(tmp_path, HEADER.format("UTF-8") + 'msgid "Groß"\nmsgstr "big"\n', "windows-1252")
    line, reason = refusal("po", path)
    assert line == 4
    assert "byte 0xDF at byte 11 of the line" in reason
    path.write_bytes(b"\xff\xfem\0s\0g\0")
    assert refusal("po", path)[1].startswith("is UTF-16")


def test_a_file_without_messages_is_refused(tmp_path):
    assert refusal("po", written(tmp_path, "# nothing\n"))[1].startswith("holds no message")
