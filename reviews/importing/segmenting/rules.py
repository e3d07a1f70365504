"""Where German and English sentences end: every mark that could end one is judged by what stands around it.

One pass from left to right over the places where marks (`.`, `!`, `?`, `…`) stand before white space. Nothing looks
farther back than a word or two nor farther on than a few, so that time grows with the length of the text alone; the
pairs of brackets and quotation marks are found beforehand, in one pass each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .spans import brackets_and_quotations
from .words import Kind, Language

#: How far back the word before a mark is looked for, in characters; a longer one is no abbreviation.
_LONGEST_WORD = 40

#: The longest aside (in brackets, between dashes) that is one with its sentence, and the longest quotation that can be
#: a title, in characters.
_LONGEST_ASIDE = 600
_LONGEST_TITLE = 120

_OPENING = "„“”»«\"'‚‘’‹›([{¿¡\u200b"
_QUOTES = frozenset("„“”»«\"'‚‘’‹›")
_EMOJI = "[\U0001f000-\U0001faff\u2600-\u26ff\u2764\ufe0f\u200d]"

#: A run of marks, the quotation marks and brackets it closes, the emoji behind them, white space; or one mark between a
#: small and a capital letter, where the blank is missing ("zu stark.Das sagt"). The lookbehind and the possessive
#: quantifiers keep a run of 100,000 dots from being tried 100,000 times.
_MARKS = re.compile(
    rf"([.!?…](?<![.!?…]{{2}})[.!?…]*+)([“”„\"»«’‘'‹›)\]}}]*+)"
    rf"(?:(?:\s?{_EMOJI}++)*+\s++(?=\S)|(?<=[a-zäöüß]{{3}}[.!?])(?=[A-ZÄÖÜ]))"
)

#: A dash or the mark of a list or a quoted mail before a sentence.
_LEAD = re.compile(r"[–—•*>-]{1,3} ?")
_WORD = re.compile(rf"(?:[–—•*>-]{{1,3}} ?)?[{re.escape(_OPENING)}]*(\w+)")
_BEGINS_WITH_DASH = re.compile(r"[–—-] ")
_DASH = re.compile(r" [–—-](?= )")
#: What begins sentences without a capital: an address, a name such as iPhone or eBay.
_SMALL_NAME = re.compile(r"[a-z]{1,2}[A-Z]|https?:|www\.|[\w-]+\.(?:de|at|ch|com|org|net|eu|info)\b")
_SYMBOLS = frozenset("§$€£¥#@•")

_ROMAN = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})")
_NUMBER = re.compile(r"\d{1,4}")
_LIST_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,2})*")
_DAY_OR_MONTH = re.compile(r"\d{1,2}\.")
_YEAR = re.compile(r"\d{2,4}\b")
_DAY_AND_MONTH = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])")
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_NUMBER_AND_LETTER = re.compile(r"\d+[a-z]?")
#: Without a vowel: "Hptm", "chr"; "NRW", "kWh" and "pdfs" are words.
_NO_VOWEL = re.compile(r"[BCDFGHJ-NP-TV-XZbcdfghj-np-tv-xz][bcdfghj-np-tv-xz]{2,4}(?<!s)")
_SPEAKER = re.compile(r"(?:[A-Z][\w’'.-]* ){1,3}(\w+)")


def starts_of(text: str, language: Language, forced: Sequence[int]) -> Iterator[int]:
    """Where the sentences after the first begin; `forced` starts, in order, are taken as given.

    `text` has no white space but blanks.
    """
    paragraph = _Paragraph(text, language)
    rest = iter([*forced, len(text) + 1])
    next_forced = next(rest)
    for match in _MARKS.finditer(text):
        while next_forced <= match.start():
            paragraph.start = next_forced
            next_forced = next(rest)
        if paragraph.ends_at(match):
            paragraph.start = match.end()
            yield paragraph.start


class _Paragraph:
    """A text while its sentences are told apart; `start` is where the present one began."""

    def __init__(self, text: str, language: Language) -> None:
        self.text = text
        self.language = language
        self.start = len(text) - len(text.lstrip())
        self.brackets, self.quotations = brackets_and_quotations(text)

    def ends_at(self, match: re.Match[str]) -> bool:
        """Whether the sentence ends at these marks."""
        at = match.end()
        if not self.text[at].isupper() and not self._may_begin(at, match):
            return False
        if at == match.end(2) and not self._starter_follows(at):
            return False
        mark, closed = match[1], match[2]
        if self._is_within_bracket(match.start()):
            return False
        quotation = self._title_round(match.start())
        if quotation is not None and match.end(2) <= quotation:
            return False
        if mark == ".":
            return self._full_stop_ends(match.start(), at, closed)
        if "!" in mark or "?" in mark:
            return self._exclamation_ends(match, in_title=quotation is not None)
        return self._ellipsis_ends(match.start(), at, closed)

    # --- what comes next -----------------------------------------------------------------------

    def _may_begin(self, at: int, match: re.Match[str]) -> bool:
        """Whether what does not begin with a capital can begin a sentence: a number, a quotation, a dash, a name."""
        text = self.text
        begin = at
        if lead := _LEAD.match(text, at):
            begin = lead.end()
            if self._is_attribution(at, match[2]):
                return False
        while begin < len(text) and text[begin] in _OPENING:
            begin += 1
        first = text[begin : begin + 1]
        if first.islower():
            return _SMALL_NAME.match(text, begin) is not None
        return first.isalnum() or first in _SYMBOLS

    def _is_attribution(self, at: int, closed: str) -> bool:
        """Whether a quotation's last words are followed by a dash and its author to the end of the text."""
        return bool(_QUOTES.intersection(closed)) and len(self.text) - at <= 80 and not self._has_mark(at)

    def _has_mark(self, at: int) -> bool:
        return any(mark in self.text[at:] for mark in ".!?…")

    def _next_word(self, at: int) -> str:
        match = _WORD.match(self.text, at)
        return match[1] if match else ""

    def _starter_follows(self, at: int) -> bool:
        word = self._next_word(at)
        return word[:1].isupper() and word.lower() in self.language.starters

    # --- brackets and quotations ---------------------------------------------------------------

    def _is_within_bracket(self, mark: int) -> bool:
        """Whether the mark stands within a bracket that is part of a sentence rather than round whole ones."""
        span = self.brackets.round(mark)
        return span is not None and span[0] > self.start and span[1] - span[0] <= _LONGEST_ASIDE

    def _title_round(self, mark: int) -> int | None:
        """The end of the short quotation round the mark, where it stands in a sentence as a title or a slogan does.

        Speech stands at the beginning of a sentence or after a colon, comma or dash.
        """
        span = self.quotations.round(mark)
        if span is None or span[0] <= self.start or span[1] - span[0] > _LONGEST_TITLE:
            return None
        before = self.text[max(span[0] - 2, 0) : span[0]].rstrip()
        return None if before[-1:] in {":", ",", "–", "—", "-", "(", "["} else span[1]

    # --- the marks -----------------------------------------------------------------------------

    def _exclamation_ends(self, match: re.Match[str], in_title: bool) -> bool:
        at = match.end()
        if in_title and self.language.has_noun_capitals:
            # Duden K 10: a sentence that ends with a title has its own full stop after the quotation mark.
            return self._starter_follows(at)
        if match[2]:
            return not self._speaker_follows(at, match[2])
        if self._word_before(match.start())[1].lower() in self.language.marked_names:
            return self._starter_follows(at)
        return not (_BEGINS_WITH_DASH.match(self.text, at) and self._is_within_dashes(match.start()))

    def _is_within_dashes(self, mark: int) -> bool:
        """Whether a dash before the mark waits for its second: "Der Sieg – es war der dritte! –"."""
        begin = max(self.start, mark - _LONGEST_ASIDE)
        return len(_DASH.findall(self.text, begin, mark)) % 2 == 1

    def _speaker_follows(self, at: int, closed: str) -> bool:
        """Whether the speaker of a quotation is named with a capital: “Why?” Smith asked."""
        if not self.language.speaking or not _QUOTES.intersection(closed):
            return False
        speaker = _SPEAKER.match(self.text, at)
        if speaker is None or speaker[1] not in self.language.speaking:
            return False
        return self._next_word(at) == "I" or not self._starter_follows(at)

    def _ellipsis_ends(self, mark: int, at: int, closed: str) -> bool:
        """Whether a new sentence starts after an ellipsis.

        One that stands by itself leaves words out and goes on ("Und dann … Stille"), one that hangs on a word breaks
        off ("das schaff ich nicht... Geht es"); in German only on one of small letters ("Sch… Wetter").
        """
        hangs = not self.text.endswith(" ", 0, mark)
        if not self.language.has_noun_capitals:
            return hangs or self._next_word(at) != "I"
        if _QUOTES.intersection(closed) or (hangs and self._word_before(mark)[1].islower()):
            return True
        return self._starter_follows(at)

    def _full_stop_ends(self, stop: int, at: int, closed: str) -> bool:
        left, word = self._word_before(stop)
        kind = self.language.abbreviations.get(word)
        if kind is None:
            if word.isalpha() and len(word) > 5:
                return not word.endswith(self.language.suffixes) or self._starter_follows(at)
            judged = self._short_word_ends(left, word, at)
            if judged is not None:
                return judged or bool(closed and _QUOTES.intersection(closed))
            return True
        if closed and kind != "never" and _QUOTES.intersection(closed):
            return True
        return self._ends_after(kind, at)

    def _ends_after(self, kind: Kind, at: int) -> bool:
        """Whether the full stop of an abbreviation of this kind ends the sentence as well."""
        if kind == "never":
            return False
        if kind == "number":
            return not self.text[at].isdigit()
        if kind == "final":
            return self._next_word(at) not in self.language.after_times
        return self._starter_follows(at)

    # --- short words, letters, numbers -----------------------------------------------------------

    def _word_before(self, mark: int) -> tuple[int, str]:
        """The word that ends at the mark and where it begins, without opening marks and the parts before a hyphen."""
        text = self.text
        if mark and text[mark - 1] == " ":
            mark -= 1
        left = self._word_begin(mark)
        word = text[left:mark].lstrip(_OPENING)
        for hyphen in "-–/":
            if hyphen in word:
                word = word.rpartition(hyphen)[2]
        return left, word

    def _short_word_ends(self, left: int, word: str, at: int) -> bool | None:
        """The judgement on a short word, a letter, a number or an abbreviation of several; None for ordinary words."""
        if not word:
            return None
        if word[0].isdigit():
            return self._number_ends(left, word, at)
        dotted = self._dotted(left, word)
        if dotted is not None:
            return self._dotted_ends(dotted, at)
        if len(word) == 1 and word.isalpha():
            return self._letter_ends(left, word, at)
        if self.language.has_ordinals and _ROMAN.fullmatch(word):
            return self._starter_follows(at) and left > self.start
        if self.language.has_ordinals and (word.endswith(self.language.suffixes) or _NO_VOWEL.fullmatch(word)):
            return self._starter_follows(at)
        return None

    def _dotted(self, left: int, word: str) -> str | None:
        """The abbreviation of several full stops that ends with this word, with or without blanks, as a key."""
        if len(word) > 6:
            return None
        key = self._key(word)
        found = key if key in self.language.dotted or ("." in word and _INITIALS.fullmatch(word)) else None
        while left > self.start + 1 and self.text[left - 2] == "." and len(word) < 12:
            left, before = self._word_before(left - 2)
            if not before.replace(".", "").isalpha() or len(before) > 5:
                break
            word = f"{before}.{word}"
            key = self._key(word)
            if key in self.language.dotted:
                found = key
        return found

    def _key(self, dotted: str) -> str:
        """A dotted abbreviation as `Language.dotted` has it: in small letters where its capitals make no difference."""
        return dotted if dotted in self.language.dotted else dotted.lower()

    def _dotted_ends(self, dotted: str, at: int) -> bool:
        if self._goes_on_dotted(dotted, at):
            return False
        return self._ends_after(self.language.dotted.get(dotted, "seldom"), at)

    def _goes_on_dotted(self, begun: str, at: int) -> bool:
        """Whether a longer abbreviation goes on ("u. v." with "m.")."""
        word = self._next_word(at)
        following = self._key(f"{begun}.{word}")
        known = following in self.language.dotted or following in self.language.beginnings
        return known and self.text.startswith(".", at + len(word))

    def _letter_ends(self, left: int, letter: str, at: int) -> bool:
        if left <= self.start or self._goes_on_dotted(letter, at):
            return False
        if self.text[at].isdigit() and letter.isupper():
            return self._before(left).lower().endswith(self.language.carriers)
        before = self._before(left)
        if before.lower().endswith(self.language.carriers):
            return True
        if letter.islower() and _NUMBER_AND_LETTER.fullmatch(before):
            return self._next_word(at) != "Chr"
        return self._starter_follows(at)

    def _number_ends(self, left: int, number: str, at: int) -> bool | None:
        """Whether a number with a full stop ends the sentence; otherwise it is an ordinal, or numbers a list."""
        if left <= self.start and _LIST_NUMBER.fullmatch(number):
            return False
        if not self.language.has_ordinals:
            return None
        before = self._before(left)
        if self.text[at].isdigit():
            return not self._date_goes_on(before, number, at)
        named = self.language.abbreviations.get(before[:-1]) == "never"  # "Nr. 5"
        if not named and self._next_word(at) in self.language.counted:
            return False
        if _DAY_AND_MONTH.fullmatch(number):
            is_date = before.lower() in self.language.starters
            return self._starter_follows(at) if is_date else None
        if not _NUMBER.fullmatch(number):
            return None
        if self._is_cardinal(before, number):
            return True
        return self._starter_follows(at)

    def _is_cardinal(self, before: str, number: str) -> bool:
        """Whether a number counts or names something ("Platz 2", "im Jahr 1923") rather than being an ordinal."""
        lower = before.lower().rstrip(".")
        if len(number) == 4:
            return lower not in {"der", "die", "das", "den", "dem", "zum", "zur"} or 1500 <= int(number) < 2100
        if lower.endswith(self.language.carriers):
            return True
        # A capital and no article or preposition: a noun or a name, unless a genitive ("Kiels 2. Tor").
        is_noun = before != before.lower() and lower.isalnum() and lower not in self.language.starters
        return is_noun and not lower.endswith("s")

    def _date_goes_on(self, before: str, number: str, at: int) -> bool:
        """Whether a number goes on with a date: "09. 11. 1989", "15. 3."."""
        if len(number) > 2:
            return False
        if _DAY_OR_MONTH.match(self.text, at):
            return True
        return bool(_DAY_OR_MONTH.fullmatch(before) and _YEAR.match(self.text, at))

    def _before(self, left: int) -> str:
        """The word before the one that begins at `left`, with what stands at its end; empty at a sentence's start."""
        if left <= self.start:
            return ""
        return self.text[self._word_begin(left - 1) : left - 1].lstrip(_OPENING)

    def _word_begin(self, end: int) -> int:
        """Where the word that ends here begins, in this sentence; of a very long one only the last part counts."""
        lowest = max(self.start, end - _LONGEST_WORD)
        return max(self.text.rfind(" ", lowest, end) + 1, lowest)
