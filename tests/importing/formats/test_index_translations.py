"""Every file of translation tools in the shared index: the reading or the refusal that it states, to the figure."""

import re
from dataclasses import dataclass, field

import pytest

from reviews.importing.formats.base import Notice, ReadError
from reviews.importing.formats.registry import sniff
from reviews.importing.units import Unit, read_units
from tests.shared import shared_path

from .reading import options

#: Said with a count at the end: units that are in the file and are no work for an editor.
SKIPPED = re.compile(r"^not read, .*: (?:([\d,]+) units, this the first|1 unit)\.$")


@dataclass
class Wanted:
    """What the index says of a file.

    `units` counts the segments of the file, `skipped` those of them that are no work. `texts` are quoted pairs by unit,
    None being no translation; `said` is part of a message.
    """

    units: int
    languages: tuple[str | None, str | None]
    texts: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    skipped: int = 0
    translated: int | None = None
    states: list[str | None] = field(default_factory=list)
    said: tuple[str, ...] = ()
    asked: dict[str, str] = field(default_factory=dict)


DAEGU = "606beaf1-a66d-4464-9bdf-cedd857b79a7"
PIAZZA = "aee647b1-0f14-4091-aada-813488be9fb7"
CLICK = 'Take a good look at the code below. Which drawing will this program make when you click "Run"?'
BACKWARDS = {"source_lang": "en", "target_lang": "de"}

XLIFF_STATES = [
    "new",
    "needs-translation",
    "needs-adaptation",
    "needs-l10n",
    "needs-review-translation",
    "needs-review-adaptation",
    "needs-review-l10n",
    "translated",
    "signed-off",
    "final",
]

WANTED = {
    # 11 messages, 3 of which have two forms each.
    "po-allcases.po": Wanted(
        14,
        (None, None),
        {
            "25": ("Text with an approved translation %s", "Texte avec une traducion approuvée %s"),
            "53": ("%d files", "%d fichiers"),
            "64": ("%d directories left", None),
        },
        states=[None, None, "fuzzy", None, "fuzzy", *[None] * 4, "fuzzy", "fuzzy", *[None] * 3],
    ),
    "po-cp1251.po": Wanted(
        17,
        ("en", "ru"),
        {
            "17": (
                "Allows filtered input of various types of informational, context-related links.",
                "Позволяет вводить различные контент-зависимые ссылки.",
            )
        },
        asked={"source_lang": "en", "target_lang": "ru"},
    ),
    "sdlxliff-piazza-de.sdlxliff": Wanted(
        5,
        ("en-US", "de-DE"),
        {
            f"{PIAZZA}:1": ("“Sto attraversando la piazza silenziosa.", None),
            f"{PIAZZA}:5": ("Marianne Werefkin", None),
        },
        translated=0,
    ),
    "tmx-header-prop-note.tmx": Wanted(
        1, ("en-us", "fr"), {"8": ("Click  to start.", "Cliquez  pour commencer.")}, said=("texts within codes",)
    ),
    "tmx-importtest1k-de.tmx": Wanted(
        2, ("de-de", "en-gb"), {"7": ("First Entry - German", "First Entry - UK English")}, skipped=1
    ),
    "tmx-invalid.tmx": Wanted(1, (None, None), skipped=1),
    "tmx-issue277-de.tmx": Wanted(
        2,
        ("DE", "EN"),
        {
            "14": (
                "Dieser Satz sollte aufgeteilt werden. In zwei Teile.",
                "This sentence should be split. In two pieces.",
            ),
            "22": (
                "Dieser Satz sollte nicht geteilt werden. Zu viele Segmente hier.",
                "This sentence should not be split. ",
            ),
        },
    ),
    "tmx-multiple-tuv-de.tmx": Wanted(
        3,
        ("DE", "EN-US"),
        {
            "6": ("Hallo Welt!", "Hello World!"),
            "45": ("Es ist ein Satz in Englisch.", "This is an english sentence."),
        },
        skipped=1,
        said=("not read, since they have no text in 'de': 1 unit.",),
    ),
    "tmx-paragraph-de.tmx": Wanted(
        7,
        ("en-us", "de-de"),
        {
            "APCCalibrateTimeoutAction0": (
                "Touch Retry to resume the procedure.",
                "Zur Fortsetzung des Verfahrens 'Wiederholen' drücken.",
            )
        },
        asked=BACKWARDS,
    ),
    "tmx-sample14b.tmx": Wanted(
        25,
        ("en-us", "de-de"),
        {
            "ACDetectionCheckFailedAction0_s02": (
                "Confirm that the AC line is in the AC fluid detector.",
                "Sicherstellen, dass sich der AK-Schlauch im AK-Flüssigkeitsdetektor befindet.",
            )
        },
        asked=BACKWARDS,
    ),
    "tmx-smp.tmx": Wanted(
        1, ("en", "be"), {"15": ("\U0001d400\U0001d401\U0001d402", "\U0001d403\U0001d404\U0001d405")}
    ),
    "tmx-weblate-memory2.tmx": Wanted(1, ("EN", "SC"), {"6": ('"%.1f MB";', '"%.1f MB";')}),
    "xliff-no-target.xliff": Wanted(
        1,
        ("en-US", None),
        {"pendo-image-e3aaf7b7|alt": ("Image showing Italian Patreon creators ", None)},
        said=("names no target language",),
    ),
    "xliff11-cdata-bugs418.xlf": Wanted(
        4,
        ("en", "be"),
        {"id1": ("This is test2", None), "id2": ("test21", None), "id3": ("This is <test", "tr1=This is <test")},
        translated=2,
    ),
    "xliff11-jmp-de.xlf": Wanted(9, ("en", "fr"), {"S_XStr_LangNative": ("English", "Français")}),
    "xliff12-3level-g-namespaces-de.xlf": Wanted(
        1, ("de", "it"), {"1": ("Wie schützt man sich gegen Erdbeben?", "Wie schützt man sich gegen Erdbeben?")}
    ),
    "xliff12-alttrans.xlf": Wanted(
        7,
        ("en", "fr"),
        {
            "2": ("Text number 2", "Texte numéro 2."),
            "3": ("Text number 3", "Texte numéro 3"),
            "4": ("Text number four", None),
        },
        skipped=1,
        translated=2,
    ),
    "xliff12-bugs1221-de.xlf": Wanted(
        7,
        ("de-DE", "en-GB"),
        {
            "P33F30884-sub1": ("ENTWURF", "DRAFT"),
            "N9C6DE2C0-sub1": ("ENTWURF", "DRAFT"),
            "P4E85A5D5-sub1": ("ENTWURF", "DRAFT"),
            "P3953B09A-tu1": ("/", "/"),
        },
        skipped=3,
        states=["translated"] * 4,
    ),
    "xliff12-duplicate-ids.xliff": Wanted(
        3,
        ("en-US", "ko-KO"),
        {DAEGU: ("Daegu", None), f"{DAEGU}#2": ("Daegu", None)},
        skipped=1,
        said=(f"repeats the id '{DAEGU}'",),
    ),
    "xliff12-emoji.xliff": Wanted(
        1, ("en-us", "es-es"), {"NFDBB2FA9-tu519": ("\U0001f44c\U0001f3fb", None)}, said=("itself says 'ru-RU'",)
    ),
    "xliff12-empty-mrk.xliff": Wanted(
        4,
        ("en", "fr-FR"),
        {
            "2973331": ("Yahoo Creators", "Créateurs Yahoo"),
            "2973421:1": ("and\n            \n          ", "et\n            \n          "),
        },
        skipped=1,
        states=["new"] * 3,
    ),
    "xliff12-entities.xliff": Wanted(
        2,
        ("en-US", "fa"),
        {
            "3142672": (
                CLICK,
                "با دقت به کد زیر نگاه کنید. با کلیک روی «اجرا»، این برنامه کدام طراحی را انجام می\u200cدهد؟",
            )
        },
        skipped=1,
        states=["final"],
    ),
    "xliff12-malicious-notes.xliff": Wanted(
        3, ("hy-am", "fr-fr"), {"251971551065": ("An English string", "An English string")}
    ),
    "xliff12-multiple-file-tag.xlf": Wanted(
        2, ("en", "be"), {"id1": ("This is text3", None), "id2": ("test2", None)}, translated=0
    ),
    "xliff12-ns-prefix.xlf": Wanted(2, ("en", "fr"), {"1": ("Text number 1", None)}, skipped=1),
    "xliff12-segmented-de.xlf": Wanted(
        3,
        ("en", "de"),
        {
            "1": (
                "The quick brown fox jumped over the lazy dog.",
                "Der schnelle braune fuchs sprang über den faulen hund.",
            ),
            "3:0": ("Segment one.", "Segment ein."),
            "3:1": ("Segment two.", "Segment zwei."),
        },
    ),
    "xliff12-states.xliff": Wanted(
        10, ("en", "it"), {"tu1": ("Upload an image", "Upload an image")}, states=XLIFF_STATES
    ),
    "xliff12-ttk-states.xlf": Wanted(
        8,
        ("en-US", None),
        {"2": ("Two", "Deux")},
        states=[None, "needs-work", "rejected", "needs-review", "unreviewed", "final", "translated", "fake"],
        said=("the standard has no state 'needs-work'", "the standard has no state 'fake'", "names no target language"),
    ),
    "xliff12-typo3-de.xlf": Wanted(
        6,
        ("EN", "DE"),
        {
            "1": ("I am a headline", "Ich bin eine Überschrift"),
            "4": (
                "This is a sentence with a <b>bold</b>word.",
                "Dies ist ein Satz mit einem <bold>fettgedruckten</bold> Wort.",
            ),
        },
    ),
    "xliff12-with-dup.xlf": Wanted(
        9,
        ("en", "fr"),
        {
            "1": ("source text", "target text"),
            "3": ("source text", "target text"),
            "5": ("source text", "DIFFERENT target text"),
        },
        translated=9,
    ),
    "xliff20-oasis-bad-no-trglang.xlf": Wanted(
        1, ("en", None), {"1": ("source", "target")}, said=("names no target language. Say it with --target-lang.",)
    ),
    "xliff20-oasis-bad-segment-id.xlf": Wanted(
        2,
        ("en", None),
        {"1:s1twice": ("source", None), "1:s1twice#2": ("source", None)},
        said=("repeats the id '1:s1twice'",),
    ),
    "xliff20-oasis-bad-target-lang.xlf": Wanted(
        1, ("en", "fr"), {"1": ("source", "target")}, said=("as the file says, though the target itself says 'de'",)
    ),
    "xliff20-oasis-cdata.xlf": Wanted(
        1, ("en", "fr"), {"1": ("source & and < etc.", "target & and < etc.")}, states=["initial"]
    ),
    "xliff20-oasis-everything-core.xlf": Wanted(
        5,
        ("en", "fr"),
        {
            "tu1:1": ("Sample segment.", "Exemple de segment."),
            "tu1:2": ("Segment's content.", "Contenu du segment."),
        },
        states=["translated", "initial", "initial", "initial", "initial"],
    ),
    "xliff20-oasis-matches.xlf": Wanted(1, ("en", "fr"), {"1": ("Text", "Texte2")}),
    "xliff20-oasis-order.xlf": Wanted(
        4,
        ("en", "fr"),
        {
            "1:s1": ("Sentence 1-t7. Sentence 2-t8.", "Phrase 1-t7. Phrase 2-t8."),
            "1:s2": ("Sentence 3-t1. Sentence 4-t2. ", "Phrase 3-t1. Phrase 4-t2. "),
            "1:s3": ("Sentence 5-t5. Sentence 6-t6.", None),
            "1:s4": ("Sentence 7-t3. Sentence 8-t4.", "Phrase 7-t3. Phrase 8-t4. "),
        },
    ),
    "xliff20-oasis-reordered-codes.xlf": Wanted(9, ("en", "fr"), {"1": ("text", "text")}, skipped=7),
    "xliff20-oasis-sample1-de.xlf": Wanted(
        1, ("en", "de"), {"1": ("Press the TAB key.", "Drücken Sie die TAB-TASTE.")}
    ),
    "xliff20-oasis-tojoin1.xlf": Wanted(
        4,
        ("en", "fr"),
        {"1:s1": ("Sentence 1.", "Phrase 1.")},
        states=["reviewed", "initial", "initial", "initial"],
    ),
    "xliff20-oasis-translate-no.xlf": Wanted(6, ("en", "fr"), {"1:s2": ("Sentence 2.", "Phrase 2-3.")}, skipped=2),
    "xliff20-okapi-test01.xlf": Wanted(5, ("en", "fr"), {"tu1:2": ("Segment's content.", "Contenu du segment.")}),
    "xliff20-weblate-cs.xliff": Wanted(4, ("en", "cs"), {"hello": ("Hello, world!\n", "Ahoj světe!\n")}, translated=1),
}

REFUSED = {
    "xliff11-weblate-truncated.xliff": (29, "ends too early"),
    "xliff12-invalid-char-ref.xlf": (8, "a control character"),
}


def items_of(name, **asked):
    path = shared_path(f"files/{name}")
    given = options(languages_guessed=not asked, **asked)
    return list(read_units(sniff(path), path, given))


@pytest.mark.parametrize("name", WANTED)
def test_the_file_is_read_as_the_index_says(name):
    wanted = WANTED[name]
    items = items_of(name, **wanted.asked)
    units = [item for item in items if isinstance(item, Unit)]
    messages = [item.message for item in items if isinstance(item, Notice)]
    assert len(units) + len(messages) == len(items)
    assert (len(units), sum(map(skipped, messages))) == (wanted.units - wanted.skipped, wanted.skipped)
    assert {(unit.source_lang, unit.target_lang) for unit in units} <= {wanted.languages}
    got = {unit.unit: (unit.source, unit.target) for unit in units}
    assert len(got) == len(units) or "bugs1221" in name or "multiple-file" in name
    assert {unit: got.get(unit) for unit in wanted.texts} == wanted.texts
    assert wanted.translated in (None, sum(unit.target is not None for unit in units))
    assert wanted.states in ([], [unit.state for unit in units])
    for said in wanted.said:
        assert any(said in message for message in messages)


def skipped(message):
    match = SKIPPED.match(message)
    return 0 if match is None else int((match[1] or "1").replace(",", ""))


@pytest.mark.parametrize("name", REFUSED)
def test_the_file_is_refused_before_anything_is_read(name):
    line, said = REFUSED[name]
    with pytest.raises(ReadError) as refused:
        items_of(name)
    assert refused.value.line == line
    assert said in refused.value.reason


def test_suggestions_of_other_elements_are_no_segments():
    texts = [unit.target for unit in items_of("xliff20-oasis-matches.xlf")]
    assert texts == ["Texte2"]
    assert "Deutsch" not in {item.target for item in items_of("xliff11-jmp-de.xlf")}


def test_notes_are_text_and_what_a_file_adds_to_states_is_among_them():
    notes = {item.unit: item.notes for item in items_of("xliff12-malicious-notes.xliff") if isinstance(item, Unit)}
    assert notes["251971551065"] == ("alert('This is malicious code');",)
    (first, *_) = items_of("xliff20-oasis-tojoin1.xlf")
    assert first.notes == ("My comment", "subState: my:info")
    order = [unit.notes[0] for unit in items_of("xliff20-oasis-order.xlf") if isinstance(unit, Unit) and unit.notes]
    assert order == [f"place in the translation: {place}" for place in (6, 1, 3)]


def test_every_file_of_the_index_is_here():
    index = shared_path("files/INDEX.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| ((?:xliff|sdlxliff|tmx|po-)\S*) \|", index, re.MULTILINE))
    assert listed == set(WANTED) | set(REFUSED)
