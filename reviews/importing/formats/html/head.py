"""What the head of a page says: about the article, and to the outside in its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from reviews.values import CodedText

from .blocks import PageBlock
from .tree import Element, folded, letters_of, text_of

#: The types of schema.org under which news sites describe an article; all are kinds of `Article`.
_ARTICLE_TYPES = re.compile(r"\w*Article|(?:Live)?BlogPosting|Report\w*")

#: What stands between a page's title and the name of its site.
_SITE_FOLLOWS = re.compile(r"\s+[-–—|·•»:]\s+(?=[^-–—|·•»]+\Z)")

_FILE_ENDING = re.compile(r"\.(?:x?html?|php|aspx?|jsp)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself beside its text; empty where it says nothing.

    `language` is the tag of its root element. `titles` are all the names it gives the article, `title` the page's own,
    without the name of the site. `meta` holds its meta elements by name in lower case, the first of each name.
    """

    language: str
    title: str
    whole_title: str
    titles: tuple[str, ...]
    description: str
    meta: Mapping[str, str] = field(repr=False)
    canonical: str
    section: str
    author: str
    published: str

    def id_by_address(self) -> str:
        """The last part of the article's address, by which sites name it: `kran-kippt-4711`; empty without one."""
        try:
            path = urlsplit(self.canonical).path
        except ValueError:  # an address no browser would take either
            return ""
        parts = [_FILE_ENDING.sub("", part) for part in path.split("/")]
        return unquote(next((part for part in reversed(parts) if part not in ("", "index")), ""))


def read_head(root: Element) -> Head:
    meta = dict(_meta_of(root))
    linked = _linked_article(root)
    site = [meta.get("og:site_name", ""), folded(_name_of(linked.get("publisher"))), meta.get("application-name", "")]
    whole = next((text_of(title) for title in root.iter("title")), "")
    link = next((link.get("href", "") for link in root.iter("link") if link.get("rel") == "canonical"), "")
    canonical = link or meta.get("og:url") or _text(linked.get("url"))
    titles = [meta.get("og:title", ""), meta.get("twitter:title", ""), _text(linked.get("headline"))]
    title = _without_site(whole, [*site, _host(canonical)], titles)
    author = meta.get("author", "")
    if not author or author in site:
        author = _name_of(linked.get("author")) or author or _no_address(meta.get("article:author", ""))
    return Head(
        language=(root.get("lang") or root.get("xml:lang") or "").strip(),
        title=title,
        whole_title=whole,
        titles=tuple(_without_site(each, site, ()) for each in (*titles, title) if each),
        description=meta.get("description") or meta.get("og:description", ""),
        meta=meta,
        canonical=canonical,
        section=meta.get("article:section") or _text(linked.get("articleSection")),
        author=folded(author),
        published=meta.get("article:published_time") or _text(linked.get("datePublished")) or meta.get("date", ""),
    )


def head_blocks(tree: etree._ElementTree, title: str, blocks: Iterable[PageBlock]) -> Iterator[PageBlock]:
    """Title and description where they are texts of their own and do not just repeat headline and teaser."""
    root = tree.getroot()
    texts = {kind: [b.content.text for b in blocks if b.kind == kind] for kind in ("kicker", "headline", "teaser")}
    headlines = [*texts["headline"], *(k + h for k in texts["kicker"] for h in texts["headline"])]
    element = next(root.iter("title"), None)
    if element is not None and title and letters_of(title) not in map(letters_of, headlines):
        yield PageBlock("seo_title", CodedText(title), tree.getpath(element), element)
    for meta in root.iter("meta"):
        text = folded(meta.get("content", ""))
        if meta.get("name", "").lower() == "description" and text and text not in texts["teaser"]:
            yield PageBlock(
                "meta_description", CodedText(text), f"{tree.getpath(meta)}/@content", meta, attribute="content"
            )
            return


def names_the_article(title: str, blocks: Iterable[PageBlock]) -> bool:
    """Whether a word of a title turns up in the article: one of which none does names the site or a template."""
    words = set(_words(title))
    return any(not words.isdisjoint(_words(block.content.text)) for block in blocks)


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3 or word.isdigit()]


# --- meta elements -----------------------------------------------------------------------------


def _meta_of(root: Element) -> Iterator[tuple[str, str]]:
    """(name, content) of the page's meta elements, the last of a name first so that a dict keeps the first."""
    for meta in reversed(list(root.iter("meta"))):
        name = meta.get("name") or meta.get("property") or ""
        if name:
            yield name.lower(), folded(meta.get("content", ""))


def _no_address(text: str) -> str:
    return "" if text.startswith(("http:", "https:", "/")) else text


# --- titles ------------------------------------------------------------------------------------


def _without_site(title: str, sites: Iterable[str], names: Iterable[str]) -> str:
    """A title without the site's name at its end: one the page gives the site, or what is more than a known title."""
    cut = _SITE_FOLLOWS.search(title)
    if cut is None:
        return title
    rest, end = title[: cut.start()], letters_of(title[cut.end() :])
    named = any(site and (end in letters_of(site) or letters_of(site) in end) for site in sites)
    return rest if end and (named or letters_of(rest) in map(letters_of, filter(None, names))) else title


def _host(address: str) -> str:
    """The name in an address: `netzpolitik.org` of `https://www.netzpolitik.org/x`."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


# --- JSON-LD -----------------------------------------------------------------------------------


def _linked_article(root: Element) -> Mapping[str, Any]:
    """The first article a page describes as JSON-LD (schema.org); empty where it describes none that can be read."""
    for script in root.iter("script"):
        if script.get("type", "").lower() == "application/ld+json":
            try:
                described = json.loads(script.text or "", strict=False)
            except (ValueError, RecursionError):
                continue
            for thing in _things(described):
                types = thing.get("@type")
                if any(_ARTICLE_TYPES.fullmatch(str(each)) for each in (types if isinstance(types, list) else [types])):
                    return thing
    return {}


def _things(described: Any) -> Iterator[Mapping[str, Any]]:
    """The things of a description: one, a list of them, or a graph."""
    for each in described if isinstance(described, list) else [described]:
        if isinstance(each, dict):
            yield each
            graph = each.get("@graph")
            yield from (thing for thing in (graph if isinstance(graph, list) else []) if isinstance(thing, dict))


def _text(value: Any) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return folded(first) if isinstance(first, str) else ""


def _name_of(value: Any) -> str:
    """The names of one or several persons or organisations."""
    each = value if isinstance(value, list) else [value]
    names = (_text(one.get("name")) if isinstance(one, dict) else _text(one) for one in each)
    return ", ".join(dict.fromkeys(filter(None, map(_no_address, names))))
