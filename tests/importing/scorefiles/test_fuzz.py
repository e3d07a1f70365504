"""Broken and hostile score files: a reader gives judgements or refuses the file, whatever the bytes are."""

import math
import random

import pytest

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.text import illegal_character
from reviews.importing.scorefiles.base import SEVERITIES, Judgement
from reviews.importing.scorefiles.places import Place
from reviews.importing.scorefiles.registry import BY_NAME, sniff

PLACES = (Place("d", "1"), Place("d", "2"))
FILES = {
    "mqm": "system\tdoc\tdoc_id\trater\tsource\ttarget\tcategory\tseverity\n"
    "a\td\t1\tr1\tEin Haus.\tA <v>house</v>.\tStyle\tMinor\na\td\t2\tr1\tJa.\tYes.\tNo-error\tNo-error\n",
    "esa": 'r1,w.a,1,TGT,deu,eng,87,d#a,False,"[{""start_i"":0,""end_i"":3,""severity"":""minor"",'
    '""error_type"":[""Style"",""Awkward""]}]",1.5,2.5\nr1,w.a,2,TGT,deu,eng,100,d#a,False,[],2.5,3.5\n',
    "spans": 'a\t{"errors": [{"start": 0, "end": 2, "category": "style", "severity": "minor"}]}\na\tNone\n',
    "segscore": "a\t-25.200000000000003\na\tNone\n",
}
PIECES = [
    *(
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\r",
        b"\n",
        b"\r\n",
        b"\x85",
        b"\t",
        b'"',
        b'""',
    ),
    *(
        b",",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\\u0000",
        b"\\ud800",
        b"null",
        b"NaN",
        b"1e999",
        b"-1",
        b"9" * 30,
        b"<v>",
        b"</v>",
    ),
    *(b"None", b"missing", b"TGT", b"BAD", b"#", b"Major", b"HOTW-test", "ä\u0308🎈".encode(), b"[" * 2000),
]


def damaged(content, numbers):
    for _ in range(numbers.randint(1, 4)):
        at = numbers.randrange(len(content) + 1)
        cut = numbers.choice([0, 0, 1, 5, 40])
        content = content[:at] + numbers.choice(PIECES) + content[at + cut :]
    return content


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_read_or_refused(tmp_path, name):
    numbers = random.Random(name)
    path = tmp_path / "file"
    outcomes = set()
    for _ in range(400):
        path.write_bytes(damaged(FILES[name].encode(), numbers))
        try:
            items = list(BY_NAME[name].read(path, PLACES, "file"))
        except ReadError:
            outcomes.add("refused")
            continue
        outcomes.add("read")
        for item in items:
            if isinstance(item, Judgement):
                check(item)
    assert outcomes == {"read", "refused"}


def check(judgement):
    assert judgement.value is None or math.isfinite(judgement.value)
    texts = [judgement.system, judgement.document, judgement.segment, judgement.annotator, judgement.target or ""]
    for mark in judgement.marks:
        texts += [mark.category, mark.comment]
        assert mark.severity in SEVERITIES
        assert mark.span is None or 0 <= mark.span[0] <= mark.span[1]
    assert [illegal_character(text) for text in texts] == [None] * len(texts)


def test_telling_the_format_of_anything_ends_in_a_format_or_a_refusal(tmp_path):
    numbers = random.Random(9)
    path = tmp_path / "file"
    told = set()
    for content in list(FILES.values()) * 60:
        path.write_bytes(damaged(content.encode(), numbers))
        try:
            told.add(sniff(path).name)
        except ReadError:
            told.add("refused")
    # The other two are told by their names.
    assert told == {"mqm", "esa", "refused"}
