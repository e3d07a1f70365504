"""Pages saved from a news site: the article with its parts, without what the site puts round and between them.

Three witnesses are heard. The extraction library says which texts are the article (`extraction`); the words of
classes say what an element is (`class_words`); the page's structure says what stands among the article's paragraphs.
Kinds, codes and places come from the page itself.

The words of a class win over extraction, except where the element holds a good part of the article: a class such as
`paywall` or `ad-container` on the article's own box says nothing about what is in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from .blocks import BLOCK_TAGS, KIND_BY_TAG, PageBlock, page_blocks
from .class_words import (
    ASIDE,
    BOX,
    BYLINE,
    CREDIT,
    INITIALS,
    OUT,
    RELATED,
    SPEAKING_ATTRIBUTES,
    what_text_says,
    what_words_say,
)
from .extraction import article_text
from .inline import seen_inline, seen_text
from .tree import Element, letters_of

#: Elements whose place on the page is furniture by HTML's own meaning, whatever their classes.
_FURNITURE_TAGS = {"aside": OUT, "form": OUT, "dialog": OUT, "footer": ASIDE}

#: What the words of a class can say against the tag of the same element.
_SAVES_FROM_TAG = frozenset({BOX, "quote", "caption", "credit", "update", "byline"})

#: An element with this share of the article's text holds the article; one with the smaller share is no furniture.
_HOLDS_THE_ARTICLE = 0.8
_NO_FURNITURE = 1 / 3

_LONGEST_BYLINE = 200
_SHORTEST_LEAD = 80
_SHORTEST_LOOSE_TEXT = 25

#: Elements between a text and the structure it is part of, such as a list among the paragraphs.
_PARTS = frozenset(
    {"li", "td", "th", "tr", "tbody", "thead", "tfoot", "dd", "dt", "figcaption", "caption", "picture", "summary"}
)
_STRUCTURES = frozenset(
    {*("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "figure", "pre", "details")}
)

_TEXTS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "dt", "td", "th", "a", "span"})

#: Elements whose text is one sentence after another: an inline element in them is part of a sentence.
_SENTENCES = frozenset({"p", "li", "td", "th", "dd", "blockquote"})


@dataclass(frozen=True, slots=True)
class Announced:
    """What a page's head says its article is called and is about; several, since heads say it several times."""

    titles: Collection[str]
    description: str


def is_saved_page(root: Element) -> bool:
    """Whether a page is one of a site, rather than an article in the hand-over markup or a bare text.

    It is when it has a site round the article (menus, footers, forms, asides, style sheets or script files) and its
    article does not mark kicker, teaser or related links among its own children the way the hand-over does.
    """
    article = next(root.iter("article"), None)
    if article is not None and any(
        child.tag == "p" and child.get("class") in ("kicker", "teaser", "related", "disclosure") for child in article
    ):
        return False
    return any(
        element.tag not in ("script", "link") or element.get("src") or element.get("rel") == "stylesheet"
        for element in root.iter("nav", "aside", "footer", "form", "script", "link")
    )


def site_blocks(tree: etree._ElementTree, text: str, announced: Announced) -> list[PageBlock]:
    """The blocks of a saved page's article, in page order; none where it has no text.

    `text` is the page as the tree was parsed from it.
    """
    root = tree.getroot()
    body = next(root.iter("body"), root)
    names = _Names(frozenset(filter(None, map(letters_of, announced.titles))))
    found = list(page_blocks(tree, body, kind_of=lambda element: "", is_block=names.stands_apart))
    if not found:
        return []
    article = article_text(text)
    hits = {i for i, block in enumerate(found) if block.attribute is None and article.holds(block.content.text)}
    if not hits:
        hits = _everything_in_the_article(found, body, names)
    return list(_Article(found, hits, body, names, announced).blocks()) if hits else []


def _everything_in_the_article(found: Sequence[PageBlock], body: Element, names: _Names) -> set[int]:
    """The texts of a page on which extraction finds nothing, being too short or too plain: all but furniture."""
    article = next((e for tag in ("article", "main") for e in body.iter(tag)), body)
    hits = set()
    for i, block in enumerate(found):
        chain = _chain(block, article, frozenset())
        if block.attribute is None and chain is not None and what_text_says(block.content.text) not in (OUT, RELATED):
            verdict = names.verdict(chain)
            if verdict.says not in (OUT, RELATED):
                hits.add(i)
    return hits


# --- elements ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the elements round a text say it is: a kind, OUT or RELATED; and whether in words or only by a tag."""

    says: str
    in_words: bool = False
    boxed: bool = False


@dataclass(slots=True)
class _Names:
    """What elements say of themselves by their words and tags; asked often, worked out once."""

    announced: frozenset[str]
    known: dict[str, str] = field(default_factory=dict)

    def says(self, element: Element) -> str:
        # The id of a heading or a paragraph is made of its text, to link to it.
        silent = "id" if element.tag in _TEXTS else ""
        names = " ".join(filter(None, (element.get(name) for name in SPEAKING_ATTRIBUTES if name != silent)))
        if "-" in str(element.tag):
            names = f"{element.tag!s} {names}"
        if names not in self.known:
            self.known[names] = what_words_say(names) if names else ""
        by_words, by_tag = self.known[names], _FURNITURE_TAGS.get(str(element.tag), "")
        return by_tag if by_tag and by_words not in (*_SAVES_FROM_TAG, OUT, RELATED) else by_words

    def stands_apart(self, element: Element) -> bool:
        """Whether an inline element is a text of its own: a kicker in a headline, a credit in a caption, initials."""
        parent = element.getparent()
        if parent is None or element.tag in ("html", "head", "img", "br", "wbr", "time") or element.tag in BLOCK_TAGS:
            return False
        says = self.says(element)
        if says in ("kicker", "credit"):
            return parent.tag not in _SENTENCES or _is_first(element) or _is_last(element)
        if says == "byline" and self._is_apart_as_byline(element):
            return True
        if self.announces(element):
            return True
        if not _is_last(element) or len(element) > 2:
            return False
        text = seen_text(element)
        return bool(INITIALS.match(text) or (parent.tag == "figcaption" and CREDIT.match(text)))

    def announces(self, element: Element) -> bool:
        """Whether an element is what a heading says before the title the page's head gives the article: a kicker."""
        heading = _heading_round(element)
        if heading is None or heading is element or not _is_first(element):
            return False
        before, whole = letters_of(seen_text(element)), letters_of(seen_text(heading))
        return bool(before) and whole.startswith(before) and whole.removeprefix(before) in self.announced

    def _is_apart_as_byline(self, element: Element) -> bool:
        """Whether an author's name stands in a line that is none of names, such as one with date and links."""
        for parent in element.iterancestors():
            if self.says(parent) == "byline":
                return False
            if parent.tag in BLOCK_TAGS:
                return parent.tag not in _SENTENCES and not BYLINE.match(seen_text(parent))
        return False

    def verdict(self, chain: Sequence[Element]) -> _Verdict:
        """What a text is by the elements it stands in, from the nearest outward."""
        kind = ""
        in_words = boxed = False
        for element in chain:
            says = self.says(element)
            if element.tag == "footer" and _is_part_of_quote_or_figure(element):
                says = "" if says == ASIDE else says
            if says in (OUT, RELATED):
                return _Verdict(says)
            if says == ASIDE:
                if not in_words:
                    return _Verdict(OUT)
            elif says == BOX:
                boxed = True
            elif says:
                kind, in_words = (kind, in_words) if kind else (says, True)
            tag = str(element.tag)
            kind = kind or ("heading" if tag == "h1" else KIND_BY_TAG.get(tag, ""))
        return _Verdict(self._in_context(kind, chain), in_words, boxed)

    def _in_context(self, kind: str, chain: Sequence[Element]) -> str:
        """Authors of pictures are credits, those of quotes belong to the quote."""
        if kind in ("byline", "credit", "teaser", "body", "") and any(
            element.tag == "blockquote" or self.says(element) == "quote" for element in chain
        ):
            return "quote"
        if kind == "byline" and any(e.tag == "figure" or self.says(e) == "caption" for e in chain):
            return "credit"
        return kind


def _is_part_of_quote_or_figure(element: Element) -> bool:
    return any(parent.tag in ("blockquote", "figure") for parent in element.iterancestors())


def _is_first(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and element.getprevious() is None and not (parent.text or "").strip()


def _is_last(element: Element) -> bool:
    return element.getnext() is None and not (element.tail or "").strip()


def _chain(block: PageBlock, scope: Element, skipped: Collection[Element]) -> list[Element] | None:
    """The elements a text stands in, from the nearest up to below `scope`; None when it stands elsewhere.

    A text that is one inline element and nothing else stands in that element.
    """
    element: Element | None = block.element
    chain = []
    if (
        block.attribute is None
        and len(block.nodes) == 1
        and _bare(seen_text(block.nodes[0])) == _bare(block.content.text)
    ):
        chain.append(block.nodes[0])
    while element is not None and element is not scope:
        if element not in skipped:
            chain.append(element)
        element = element.getparent()
    return None if element is None else chain


# --- the article -------------------------------------------------------------------------------


class _Article:
    """Where the article of a page is, and which of the page's texts are its parts."""

    def __init__(
        self, found: Sequence[PageBlock], hits: set[int], body: Element, names: _Names, announced: Announced
    ) -> None:
        self.found = found
        self.hits = hits
        self.names = names
        self.description = letters_of(announced.description)
        weights = _weights(found, hits)
        self.core = _core(body, weights)
        self.first_hit, self.last_hit = min(hits), max(hits)
        self.headline = self._headline()
        self.scope = self.core if self.headline is None else _common(self.core, self.headline)
        self.skipped = _holders(weights, self.core, self.headline)
        self.hit_places = {(place.getparent(), _signature(place)) for place in map(_structure, self._hit_elements())}
        self.hit_parents = {parent for parent, _ in self.hit_places}
        # How far reading has come.
        self.in_text = False
        self.has_teaser = False

    def blocks(self) -> Iterator[PageBlock]:
        starts = [i for i, block in enumerate(self.found) if self._is_headline(block)]
        start = starts[0] if starts else -1
        before = [self._before_headline(i) for i in range(max(start, 0))]
        kicker = max((i for i, kind in enumerate(before) if kind == "kicker"), default=-1)
        for i, kind in enumerate(before):
            if kind and (kind != "kicker" or i == kicker):
                yield replace(self.found[i], kind=kind)
        for i in range(max(start, 0), len(self.found)):
            kind = self._kind(i)
            if kind:
                self.in_text = self.in_text or kind in ("body", "heading")
                self.has_teaser = self.has_teaser or kind == "teaser"
                yield replace(self.found[i], kind=kind)

    def _hit_elements(self) -> Iterator[Element]:
        return (self.found[i].element for i in sorted(self.hits))

    # --- the headline

    def _headline(self) -> Element | None:
        """The headline's element: what the head announces, else the `h1` nearest before the text."""
        texts = [
            (i, block, _heading_round(block.element))
            for i, block in enumerate(self.found[: self.last_hit + 1])
            if block.attribute is None
        ]
        headlines = [(i, heading) for i, _, heading in texts if heading is not None and heading.tag == "h1"]
        announced = next((heading for _, heading in headlines if self._is_announced(seen_text(heading))), None)
        if announced is not None:
            return announced
        for _, block, heading in texts:
            if self._is_announced(block.content.text) or (
                heading is not None and self._is_announced(seen_text(heading))
            ):
                return block.element if heading is None else heading
        before = [heading for i, heading in headlines if i <= self.first_hit]
        return before[-1] if before else next((heading for _, heading in headlines), None)

    def _is_announced(self, text: str) -> bool:
        return letters_of(text) in self.names.announced

    def _is_headline(self, block: PageBlock) -> bool:
        if self.headline is None or block.attribute is not None:
            return False
        return block.element is self.headline or self.headline in block.element.iterancestors()

    # --- one text after the other

    def _before_headline(self, i: int) -> str:
        """The kind of a text above the headline: a kicker, or the parts of a picture in the same box."""
        block = self.found[i]
        chain = _chain(block, self.scope, self.skipped)
        if chain is None:
            return ""
        verdict = self.names.verdict(chain)
        if verdict.says == "kicker":
            return "kicker"
        if verdict.says in (OUT, RELATED) or self.scope.tag in ("body", "main"):
            return ""
        if any(element.tag in ("figure", "picture") for element in chain):
            return "alt" if block.attribute else verdict.says if verdict.says in ("caption", "credit") else ""
        return ""

    def _kind(self, i: int) -> str:
        """The kind of a text from the headline on; nothing when it is no part of the article."""
        block = self.found[i]
        chain = _chain(block, self.scope, self.skipped)
        if chain is None or not any(map(str.isalnum, block.content.text)):
            return ""
        if self._is_headline(block):
            is_kicker = self.names.verdict(chain).says == "kicker" or self.names.announces(block.element)
            return "kicker" if is_kicker else "headline"
        verdict = self.names.verdict(chain)
        near = i <= self.last_hit or self.core in block.element.iterancestors()
        if verdict.says == OUT or not near:
            return self._after_the_end(block, verdict)
        if block.attribute:
            # A picture in a byline is the author's.
            return "" if verdict.says in (RELATED, "byline") else "alt"
        return self._text_kind(i, block, verdict)

    def _after_the_end(self, block: PageBlock, verdict: _Verdict) -> str:
        """Behind the article only the author's initials still belong to it."""
        is_initials = verdict.says != RELATED and not block.attribute and INITIALS.match(block.content.text)
        return "byline" if self.in_text and is_initials else ""

    def _text_kind(self, i: int, block: PageBlock, verdict: _Verdict) -> str:
        text = block.content.text
        by_text = what_text_says(text)
        linked = _linked_share(block, self.scope)
        if by_text == OUT:
            return ""
        if INITIALS.match(text):
            return "byline"
        leads_away = verdict.says == RELATED or (by_text == RELATED and (linked >= 0.5 or i not in self.hits))
        if leads_away:
            return "related_link" if linked and self.in_text else ""
        if verdict.says in ("caption", "body", "") and CREDIT.match(text):
            return "credit"
        if verdict.says in ("caption", "credit"):
            return verdict.says
        if verdict.in_words and verdict.says in ("kicker", "byline", "teaser"):
            return self._head_kind(i, text, verdict.says, linked)
        kind = verdict.says or "body"
        if linked == 1 and kind in ("body", "list_item", "heading"):
            return "related_link" if self.in_text else ""
        if kind == "body" and by_text == "update":
            return "update"
        if self._is_known_line(text, kind):
            return self._paragraph_kind(text, block, kind)
        if not (i in self.hits or verdict.boxed or verdict.in_words or self._stands_among_paragraphs(block)):
            return ""
        return self._paragraph_kind(text, block, kind)

    def _is_known_line(self, text: str, kind: str) -> bool:
        """Whether a line between headline and text is a byline or the description the head gives, by its text alone."""
        known = letters_of(text) == self.description or BYLINE.match(text)
        return bool(known) and kind == "body" and not self.in_text

    def _head_kind(self, i: int, text: str, kind: str, linked: float) -> str:
        """Kicker, byline and teaser stand before the text; their words behind it mean teasers of other articles."""
        if kind == "byline":
            short = len(text) <= _LONGEST_BYLINE
            return "byline" if short and (not self.in_text or (i > self.last_hit and BYLINE.match(text))) else ""
        if not self.in_text:
            return kind
        if i in self.hits and linked < 0.5 and kind == "teaser":
            return self._paragraph_kind(
                text, self.found[i], "heading" if _heading_round(self.found[i].element) is not None else "body"
            )
        return "related_link" if linked and kind == "teaser" else ""

    def _paragraph_kind(self, text: str, block: PageBlock, kind: str) -> str:
        if kind != "body":
            return kind
        if self.in_text:
            return "body"
        if letters_of(text) == self.description and not self.has_teaser:
            return "teaser"
        if BYLINE.match(text) and len(text) <= _LONGEST_BYLINE:
            return "byline"
        if not self.has_teaser and len(text) >= _SHORTEST_LEAD and _is_all_strong(block):
            return "teaser"
        return "body"

    def _stands_among_paragraphs(self, block: PageBlock) -> bool:
        """Whether a text extraction passed over stands beside one it took, in an element that holds text."""
        place = _structure(block.element)
        if block.element in self.hit_parents:
            return len(block.content.text) >= _SHORTEST_LOOSE_TEXT
        parent = place.getparent()
        if parent not in self.hit_parents:
            return False
        return place.tag in _STRUCTURES or (parent, _signature(place)) in self.hit_places


def _weights(found: Sequence[PageBlock], hits: set[int]) -> dict[Element, int]:
    """How much of the article's text is in each element, in characters."""
    weights: dict[Element, int] = {}
    for i in hits:
        element: Element | None = found[i].element
        while element is not None:
            weights[element] = weights.get(element, 0) + len(found[i].content.text)
            element = element.getparent()
    return weights


def _core(body: Element, weights: dict[Element, int]) -> Element:
    """The innermost element that holds nearly all of the article's text, in several elements."""
    core = body
    total = weights[body]
    while True:
        heavy = next((child for child in core if weights.get(child, 0) >= _HOLDS_THE_ARTICLE * total), None)
        if heavy is None or not any(child in weights for child in heavy):
            return core
        core = heavy


def _holders(weights: dict[Element, int], core: Element, headline: Element | None) -> set[Element]:
    """Elements whose own classes say nothing about what is in them, since they hold so much of the article."""
    total = max(weights.values())
    holders = {element for element, weight in weights.items() if weight >= _NO_FURNITURE * total and len(element)}
    holders.update((core, *core.iterancestors()))
    if headline is not None:
        holders.update(headline.iterancestors())
    return holders


def _common(one: Element, other: Element) -> Element:
    """The innermost element that holds both."""
    holders = {one, *one.iterancestors()}
    return next(element for element in (other, *other.iterancestors()) if element in holders)


def _heading_round(element: Element) -> Element | None:
    """The heading an element is or stands in."""
    for place in (element, *element.iterancestors()):
        if place.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            return place
    return None


def _structure(element: Element) -> Element:
    """The whole of which an element is a part: the list of an item, the figure of a caption."""
    place = element
    while True:
        parent = place.getparent()
        if parent is None or not (place.tag in _PARTS or parent.tag in ("blockquote", "ul", "ol", "li", "td", "th")):
            return place
        place = parent


def _signature(element: Element) -> tuple[str, str]:
    return str(element.tag), element.get("class", "")


def _linked_share(block: PageBlock, scope: Element) -> float:
    """Which share of a text is link to other places than on its own page."""
    for element in (block.element, *block.element.iterancestors()):
        if element is scope:
            break
        if _leads_away(element):
            return 1.0
    whole = len(_bare(block.content.text))
    linked = sum(len(_bare(seen_text(node))) for node in seen_inline(block.nodes) if _leads_away(node))
    return min(linked / whole, 1.0) if whole else 0.0


def _leads_away(element: Element) -> bool:
    return element.tag == "a" and not element.get("href", "#").startswith("#")


def _is_all_strong(block: PageBlock) -> bool:
    strong = (_bare(seen_text(node)) for node in block.nodes if node.tag in ("strong", "b"))
    return "".join(strong) == _bare(block.content.text)


def _bare(text: str) -> str:
    return "".join(text.split())
