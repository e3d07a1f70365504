"""HTML: a folder per article with the source, translations and a reference, or a single page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviews.values import ImportedArticle, Rejected, gettext_noop

from .base import Item, Notice, ReadError, ReadOptions, Role
from .html_article import contradiction, read_article
from .rows import RowError, check_reference, check_system
from .text import shown

_NAMED = re.compile(r"(?P<name>[^.]+)\.(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.html")

#: No engine is called so: `reference-b` is a human's text, which must never be compared as a machine's.
_NO_SYSTEM = re.compile(r"(source|reference)(?![a-z])")


@dataclass(frozen=True, slots=True)
class _Member:
    """A page of an article folder and what its file name says it is."""

    path: Path
    role: Role
    name: str
    language: str


class HtmlArticles:
    """An article folder, `source.<lang>.html` with `<system>.<lang>.html` and `reference.<lang>.html`, or one page.

    Files of other names or languages are named once and left alone; links out of the folder are refused. A
    translation that names another article than the source does is rejected, and with it the document. The document
    id is the source's `article:id`, else the folder's name; without a source, that of the article each translation
    says it translates.

    A single page, which may be one saved from a site, needs the role it is imported in. Its document is that of its
    `article:id`, else of the last part of the article's address. If it names neither, it is that of the folder for a
    page called like one of an article folder, else of the file's name.
    """

    name = "html"
    title = gettext_noop("HTML article folder or page")
    suffixes: tuple[str, ...] = (".html", ".htm")

    def sniff(self, path: Path, head: bytes) -> bool:
        if path.is_dir():
            return any(_NAMED.fullmatch(name) for name in _file_names(path))
        return path.suffix.lower() in self.suffixes

    def read(self, path: Path, options: ReadOptions, *, name: str | None = None) -> Iterator[Item]:
        if path.is_dir():
            return _read_folder(path, options)
        return _read_page(path, name or str(path), options)


def _file_names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise ReadError(str(folder), None, f"cannot be read: {error.strerror}.") from error


def _read_page(path: Path, file: str, options: ReadOptions) -> Iterator[Item]:
    if options.role is None:
        raise ReadError(
            file, None, "is a single page. Say whether it is a source, a hypothesis or a reference (--role)."
        )
    article, notices = read_article(
        path,
        file,
        role=options.role,
        name={"source": "source", "hypothesis": options.system, "reference": options.reference}[options.role],
        language=options.source_lang if options.role == "source" else options.target_lang,
        document=path.resolve().parent.name if _NAMED.fullmatch(path.name) else path.stem,
        zone=options.zone,
        id_by_address=True,
    )
    return iter([*notices, article])


def _read_folder(folder: Path, options: ReadOptions) -> Iterator[Item]:
    """Raises ReadError for a folder without a page of the article, or whose source cannot be read."""
    members, items = _sorted_out(folder, options)
    if not members:
        raise ReadError(str(folder), None, _no_pages(folder, options))
    if members[0].role != "source":
        return _articles(None, items, members, folder, options)
    source, notices = _read(members[0], folder.resolve().name, options)
    return _articles(source, [*items, *notices], members[1:], folder, options)


def _no_pages(folder: Path, options: ReadOptions) -> str:
    names = _file_names(folder)
    if any(HtmlArticles().sniff(folder / name, b"") for name in names if (folder / name).is_dir()):
        return "holds article folders, but is none. Give the folders themselves, such as articles/*/."
    files = ", ".join(shown(name) for name in names[:10]) or "none"
    return (
        f"has no source.{options.source_lang}.html and no translation such as engine.{options.target_lang}.html. "
        f"Its files: {files}."
    )


def _articles(
    source: ImportedArticle | None, items: list[Item], members: list[_Member], folder: Path, options: ReadOptions
) -> Iterator[Item]:
    document = folder.resolve().name if source is None else source.document
    for item in items:
        yield _for_document(item, document)
    if source is not None:
        yield source
    for member in members:
        try:
            article, notices = _read(member, document, options)
        except ReadError as error:
            yield error.rejected(document)
            continue
        yield from notices
        reason = contradiction(article, source) if source is not None else None
        yield Rejected(article.path, None, reason, document) if reason else article


def _for_document(item: Item, document: str) -> Item:
    if isinstance(item, Rejected):
        return Rejected(item.file, item.line, item.reason, document)
    return item


def _read(member: _Member, document: str, options: ReadOptions) -> tuple[ImportedArticle, list[Notice]]:
    return read_article(
        member.path,
        str(member.path),
        role=member.role,
        name=member.name,
        language=member.language,
        document=document,
        zone=options.zone,
    )


def _sorted_out(folder: Path, options: ReadOptions) -> tuple[list[_Member], list[Item]]:
    """The pages of the article, the source first; and what is said of everything else in the folder."""
    members: list[_Member] = []
    items: list[Item] = []
    left_alone: list[str] = []
    for name in _file_names(folder):
        member = _member(folder / name, options)
        if member is None:
            left_alone.append(name)
            continue
        problem = _problem(member, folder)
        if problem and member.role == "source":
            raise ReadError(str(member.path), None, problem)
        if problem:
            items.append(Rejected(str(member.path), None, problem))
        else:
            members.append(member)
    if left_alone:
        names = ", ".join(shown(name) for name in left_alone)
        items.insert(0, Notice(str(folder), None, f"files that are no page of the article and not read: {names}."))
    return sorted(_once(members, items), key=lambda member: member.role != "source"), items


def _once(members: list[_Member], items: list[Item]) -> Iterator[_Member]:
    """The members without those whose names differ from another's only in upper and lower case."""
    seen: dict[tuple[Role, str], Path] = {}
    for member in members:
        first = seen.setdefault((member.role, member.name), member.path)
        if first == member.path:
            yield member
        else:
            reason = f"is a second {member.role} called {shown(member.name)} beside {first.name}. Keep one of them."
            items.append(Rejected(str(member.path), None, reason))


def _member(path: Path, options: ReadOptions) -> _Member | None:
    match = _NAMED.fullmatch(path.name)
    if match is None:
        return None
    name, language = match["name"], match["language"].lower()
    if name.lower() == "source":
        return _Member(path, "source", "source", language) if language == options.source_lang.lower() else None
    if language != options.target_lang.lower():
        return None
    if name.lower() == "reference":
        return _Member(path, "reference", "reference", language)
    return None if _NO_SYSTEM.match(name.lower()) else _Member(path, "hypothesis", name, language)


def _problem(member: _Member, folder: Path) -> str | None:
    """Why a page of the right name cannot be read, if so."""
    path = member.path
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link to itself
        inside = False
    if not inside:
        return "is a link out of the folder. Put the page itself here."
    if not path.is_file():
        return "is no file. Put the page itself here."
    try:
        if member.role == "hypothesis":
            check_system(member.name)
        elif member.role == "reference":
            check_reference(member.name)
    except RowError as error:
        return str(error)
    return None
