"""The kinds of notices there are, in the order screens and e-mails list them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from reviews.models import MailChoice, NoticeKind


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: what heads it, who is told when, and how they hear of it who chose nothing.

    The texts are English, as e-mails are: a page asks the catalogue for them.
    Who is told, the key that makes it once and the words are a `tell_…` in `service`.
    """

    kind: NoticeKind
    heading: str
    told: str
    mail: MailChoice


KINDS: tuple[Kind, ...] = (
    Kind(
        NoticeKind.ASSIGNED,
        gettext_noop("Given to you"),
        gettext_noop("You are told when work is given to you, by a rule or by a colleague."),
        MailChoice.AT_ONCE,
    ),
    Kind(
        NoticeKind.SENT_BACK,
        gettext_noop("Sent back"),
        gettext_noop("Whoever wrote a text or marked it as reviewed is told when it is sent back."),
        MailChoice.AT_ONCE,
    ),
    Kind(
        NoticeKind.SOURCE_CHANGED,
        gettext_noop("Original changed"),
        gettext_noop("Whoever wrote a text is told when its original changes, and whoever has work on the article."),
        MailChoice.AT_ONCE,
    ),
    Kind(
        NoticeKind.OUTDATED,
        gettext_noop("Published, and the original changed"),
        gettext_noop("Desk heads are told when the original of an article changes that is out already."),
        MailChoice.AT_ONCE,
    ),
    Kind(
        NoticeKind.DEADLINE,
        gettext_noop("Deadline near"),
        gettext_noop("Whoever has work is told when it is due soon; desk heads, when nobody has taken it."),
        MailChoice.AT_ONCE,
    ),
)

_BY_KIND = {kind.kind: kind for kind in KINDS}
if len(_BY_KIND) != len(NoticeKind):
    raise ImportError("reviews.notices.kinds has to list every NoticeKind once")


def kind_of(name: str) -> Kind:
    """The registered kind of that name; ValueError for one there is not."""
    return _BY_KIND[NoticeKind(name)]
