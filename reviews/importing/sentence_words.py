"""Words by which sentence ends are told from other full stops, in lower case.

The German list of starters holds function words only: after an ordinal or an abbreviation a noun or an adjective
goes on with the sentence ("der 3. Kammer"), an article, pronoun, adverb or preposition begins the next one
("am 15. Danach").
"""

from __future__ import annotations

import re
from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class SentenceWords:
    """What the rules go by in one language.

    `starters` begin sentences; a full stop after `abbreviations` ends none unless a starter follows; one matched by
    `list_ends` ends one before any capital letter. `ordinals`: a number with a full stop is one.
    """

    starters: frozenset[str]
    abbreviations: frozenset[str]
    list_ends: re.Pattern[str]
    ordinals: bool


GERMAN = SentenceWords(
    starters=_words(
        """
        der die das den dem des ein eine einen einem einer eines er sie es wir ihr ich du man wer was wann wo woher
        wohin wie warum weshalb wieso welche welcher welches dies diese dieser dieses diesem diesen jene jener jenes
        jeder jede jedes alle viele einige manche mehrere beide kein keine keiner sein seine ihre unser unsere mein
        meine und oder aber doch denn sondern danach davor dann dort da dabei dadurch dafür dagegen daher damit
        daneben daran darauf daraus darin darüber darum darunter deshalb deswegen trotzdem dennoch jedoch allerdings
        außerdem zudem ferner hingegen hinzu hier heute gestern morgen jetzt nun bald später früher zuvor zunächst
        zuletzt schließlich inzwischen mittlerweile bislang bisher seitdem seither damals demnach folglich somit so
        also auch nur noch schon erst immer nie niemals oft manchmal selten vielleicht wahrscheinlich vermutlich
        offenbar angeblich laut nach vor seit bis bei mit ohne für gegen um durch über unter auf aus an am im in ins
        zum zur zu vom von beim während wegen trotz statt neben zwischen hinter innerhalb außerhalb gegenüber wenn
        weil dass ob obwohl falls sobald solange nachdem bevor indem ja nein nicht nichts niemand jemand etwas
        """
    ),
    abbreviations=_words(
        """
        abb abs abt anm az bd betr bf bhf bsp dez ehem einschl evtl exkl fa febr feb fr geb gegr gest ggf hbf hr hrsg
        inkl insb jan jg jh kap lt max min mind mrd mio nov nr okt pl rd red sek sept sog std str tel tsd urspr verh
        vgl zit zzgl abzgl
        """
    ),
    list_ends=re.compile(r"(?<!\w)(?:usw|etc|[uo]\. ?[Ää]|u\. ?v\. ?m)\.\s+"),
    ordinals=True,
)

ENGLISH = SentenceWords(
    starters=_words(
        """
        the a an he she it they we i you this that these those there here what when where who why how which his her
        its their our my but and so or yet then however meanwhile still also in on at by for from with without after
        before since until during if because although while as not no nobody nothing according
        """
    ),
    abbreviations=frozenset(),
    list_ends=re.compile(r"(?<!\w)etc\.\s+"),
    ordinals=False,
)

BY_LANGUAGE = {"de": GERMAN, "en": ENGLISH}
