"""What finding terms costs, by the size of the glossary and of the article: processor time on made-up texts.

Run: python -m benchmarks.glossary
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

from reviews.glossary.matching import Entry, Glossary
from reviews.glossary.words import key, term_forms, words_of

#: Parts that make German-looking compounds. Those of terms end otherwise than the other words of a text.
_BEGINNINGS = ("Bundes", "Landes", "Kreis", "Stadt", "Netz", "Handels", "Kranken", "Verkehrs", "Energie", "Finanz")
_MIDDLES = ("bau", "steuer", "umwelt", "sozial", "kultur", "sport", "grenz", "zoll", "mess", "prüf", "schul", "schutz")
_ENDS_OF_TERMS = ("amt", "gericht", "behörde", "agentur", "kammer", "ausschuss", "minister", "kommission", "verband")
_OTHER_ENDS = ("haus", "ordnung", "gesetz", "plan", "geld", "streit", "woche", "rede", "frage", "preis")

#: So many terms come up in the texts, whatever the glossary has beside them; each is every tenth word.
_USED = 20
_WORDS = 20


def compound(chance: random.Random, ends: Sequence[str]) -> str:
    middles = "".join(chance.choices(_MIDDLES, k=chance.choice((1, 2, 3))))
    return chance.choice(_BEGINNINGS) + middles + chance.choice(ends)


def entries(number: int, chance: random.Random) -> list[Entry]:
    sources = [" ".join(compound(chance, _ENDS_OF_TERMS) for _ in range(1 + (i % 4 == 3))) for i in range(number)]
    return [Entry(i, source, "X", False, "", term_forms(words_of(source), "de")) for i, source in enumerate(sources)]


def texts(number: int, used: Sequence[Entry], chance: random.Random) -> list[str]:
    def text() -> str:
        words = [compound(chance, _OTHER_ENDS) for _ in range(_WORDS)]
        words[4], words[12] = chance.choice(used).source, chance.choice(used).source
        return " ".join(words)

    return [text() for _ in range(number)]


def measured(found: Sequence[Entry], article: Sequence[str]) -> str:
    key.cache_clear()
    start = time.process_time()
    glossary = Glossary(found)
    built = time.process_time()
    hits = sum(len(glossary.hits(text)) for text in article)
    done = time.process_time()
    return f"built in {built - start:.4f} s, searched in {done - built:.4f} s, {hits} hits"


def main() -> None:
    chance = random.Random(1)
    term_forms(["Amt"], "de")  # reads the word list
    start = time.process_time()
    terms = entries(2_000, chance)
    print(f"forms of 2,000 terms: {time.process_time() - start:.2f} s")
    article = texts(500, terms[:_USED], chance)
    for number in (20, 200, 2_000):
        print(f"{number:>5} terms, 500 texts: {measured(terms[:number], article)}")
    print(f" 2000 terms,  50 texts: {measured(terms, article[:50])}")


if __name__ == "__main__":
    main()
