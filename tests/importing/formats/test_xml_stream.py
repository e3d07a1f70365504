"""The parser of every XML format: streaming, and safe with files that mean harm."""

import socket
import tracemalloc

import pytest

from reviews.importing.formats import xml_stream
from reviews.importing.formats.base import ReadError
from reviews.importing.formats.xml_stream import read_events, survey
from tests.shared import shared_path


def written(tmp_path, content):
    path = tmp_path / "x.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(tmp_path, content, units=("u",)):
    """(line, reason) for which a file is refused, the same at both ways of reading."""
    path = written(tmp_path, content)
    with pytest.raises(ReadError) as first:
        survey(path, "x.xml")
    with pytest.raises(ReadError) as second:
        list(read_events(path, "x.xml", units))
    assert str(first.value) == str(second.value)
    return first.value.line, first.value.reason


def too_much(tmp_path, content):
    with pytest.raises(ReadError) as error:
        list(read_events(written(tmp_path, content), "x.xml", ("u",)))
    return error.value.reason


def test_units_come_whole_and_the_rest_as_events(tmp_path):
    path = written(tmp_path, '<a xmlns="n" xmlns:p="m">\n<u id="1">x<p:b q="&lt;"/>y<![CDATA[<z>]]></u>\n<p:u/>t</a>')
    events = list(read_events(path, "x.xml", ("u",)))
    assert [(kind, element.tag) for kind, element in events] == [
        ("start", "a"),
        ("unit", "u"),
        ("start", "p:u"),
        ("end", "p:u"),
        ("end", "a"),
    ]
    unit = events[1][1]
    assert (unit.line, unit.namespace, unit.attributes) == (2, "n", {"id": "1"})
    (inner,) = unit.elements()
    assert (inner.tag, inner.name, inner.namespace, inner.attributes) == ("p:b", "b", "m", {"q": "<"})
    assert unit.text() == "xy<z>"
    assert list(unit.children("b")) == []


def test_declared_entities_refuse_the_file_before_anything_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("the network was asked"))
    secret = tmp_path / "secret"
    secret.write_text("secret")
    for declared in (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', '<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;'):
        line, reason = refused(tmp_path, f"<?xml version='1.0'?>\n<!DOCTYPE a [ {declared} ]>\n<a><u>&x;</u></a>")
        assert line == 2
        assert reason.startswith("declares the entity 'x'")


def test_the_shared_file_that_names_a_local_one_is_refused():
    path = shared_path("cases/xml-external-entity/input.xlf")
    with pytest.raises(ReadError, match=r"input\.xlf:2: declares the entity 'geheim'"):
        survey(path, str(path))


def test_a_bomb_of_entities_is_refused_where_it_is_declared(tmp_path):
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    _, reason = refused(tmp_path, f"<!DOCTYPE a [{bomb}]><a>&e9;</a>")
    assert reason.startswith("declares the entity 'e0'")


def test_a_named_dtd_is_passed_over_and_its_entities_are_not_guessed(tmp_path):
    path = written(tmp_path, '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">\n<a><u>x</u></a>')
    assert [element.text() for kind, element in read_events(path, "x", ("u",)) if kind == "unit"] == ["x"]
    line, reason = refused(tmp_path, '<!DOCTYPE a SYSTEM "a.dtd">\n<a>\n<u>x&nbsp;y</u></a>')
    assert (line, reason) == (3, "holds the entity &nbsp; which it does not declare. Write the character itself.")


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"<a>\n<u>x</u>\n", 3, "ends too early"),
        (b"<a>\n<u", 2, "ends too early"),
        (b"", 1, "ends too early"),
        (b"<a>\n<b></a>", 2, "mismatched tag"),
        (b"<a>\n\x03</a>", 2, "a control character"),
        (b"<a>\n\0</a>", 2, "a control character"),
        (b"<a>\n&#x1F;</a>", 2, "reference to invalid character number"),
        (b"<a>\n&#xD800;</a>", 2, "reference to invalid character number"),
        (b"<a>\n\xff</a>", 2, "a byte that is not in the encoding"),
        (b"<?xml version='1.0' encoding='utf-7'?><a>+ADw-</a>", 1, "encoding"),
        (b"<?xml version='1.0' encoding='shift_jis'?><a/>", 1, "encoding"),
        (b"<?xml version='1.0' encoding='rot13'?><a/>", 1, "encoding"),
        (b"<?xml version='1.0' encoding='nothing'?><a/>", 1, "encoding"),
        (b"<a/>\n<a/>", 2, "junk after document element"),
    ],
)
def test_what_is_no_xml_is_refused_by_line(tmp_path, content, line, said):
    got, reason = refused(tmp_path, content)
    assert got == line
    assert said in reason


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "iso-8859-1"])
def test_encodings_by_declaration_and_mark(tmp_path, codec):
    declared = "" if codec.startswith("utf") else f'<?xml version="1.0" encoding="{codec}"?>'
    path = written(tmp_path, f"{declared}<a><u>Größe</u></a>".encode(codec))
    assert [element.text() for kind, element in read_events(path, "x", ("u",)) if kind == "unit"] == ["Größe"]


def test_depth_attributes_elements_and_text_are_limited(tmp_path):
    deep = xml_stream.DEEPEST + 1
    assert "nests more than" in too_much(tmp_path, "<a>" * deep + "</a>" * deep)
    attributes = " ".join(f'a{n}=""' for n in range(xml_stream.MOST_ATTRIBUTES + 1))
    assert "attributes" in too_much(tmp_path, f"<a {attributes}/>")
    assert "elements" in too_much(tmp_path, f"<a><u>{'<b/>' * (xml_stream.MOST_ELEMENTS + 1)}</u></a>")
    assert "characters" in too_much(tmp_path, f"<a><u>{'x' * (xml_stream.LONGEST_UNIT + 1)}</u></a>")


@pytest.mark.parametrize("opening", ["<a><!--", "<a><b c='", "<a "])
def test_an_endless_tag_is_refused_without_reading_on(tmp_path, opening):
    reason = too_much(tmp_path, opening + "x" * (4 * xml_stream.LONGEST_TAG))
    assert reason.startswith("holds a tag or comment of more than 2,000,000 bytes")


def test_text_outside_units_is_never_held(tmp_path):
    path = written(tmp_path, b"<a><h>" + b"QUJD" * 5_000_000 + b"</h><u>x</u></a>")
    tracemalloc.start()
    try:
        assert [kind for kind, _ in read_events(path, "x", ("u",))] == ["start", "start", "end", "unit", "end"]
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
def test_elements_say_where_they_stand_in_bytes(tmp_path, encoding):
    """Across pieces of the file too: the comment is longer than what is read at once."""
    content = (
        f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\r\n<a><!-- {"x" * 70_000} -->'
        "<u>ü<b c='>' /><b>&lt;<![CDATA[<b>]]></b\n><b></b>é</u></a>"
    )
    path = tmp_path / "x.xml"
    path.write_bytes(content.encode(encoding))
    (unit,) = (element for kind, element in read_events(path, "x.xml", ("u",), spans=True) if kind == "unit")
    raw = path.read_bytes()
    codec = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)

    def cut(start, end):
        return raw[start:end].decode(codec)

    assert cut(unit.span.start, unit.span.inside) == "<u>"
    assert [
        (cut(b.span.start, b.span.inside), cut(b.span.inside, b.span.until), cut(b.span.until, b.span.end))
        for b in unit.children("b")
    ] == [("<b c='>' />", "", ""), ("<b>", "&lt;<![CDATA[<b>]]>", "</b\n>"), ("<b>", "", "</b>")]
    assert unit.text() == "ü<<b>é"
