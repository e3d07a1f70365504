"""What the specifications of XLIFF ask of a file, as far as a program can tell; the OASIS schemas are not at hand here.

XLIFF 1.2 (http://docs.oasis-open.org/xliff/v1.2/os/xliff-core.html), XLIFF 2.1
(http://docs.oasis-open.org/xliff/xliff-core/v2.1/xliff-core-v2.1.html). Each rule names the section it is from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

NS_1 = "urn:oasis:names:tc:xliff:document:1.2"
NS_2 = "urn:oasis:names:tc:xliff:document:2.0"

LANGUAGE = re.compile(r"[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8})*\Z")
NMTOKEN = re.compile(r"[\w.:-]+\Z")

#: 1.2, 2.3.1: the order of what stands in an element; a name in brackets may be missing, with `*` repeated.
ORDER_1 = {
    "xliff": r"(file )+",
    "file": r"(header )?body ",
    "header": r"(note )*",
    "body": r"(trans-unit |group )*",
    "trans-unit": r"source (seg-source )?(target )?(note |alt-trans )*",
}
NEEDED_1 = {
    "xliff": {"version"},
    "file": {"original", "source-language", "datatype"},
    "trans-unit": {"id"},
    "bpt": {"id"},
    "ept": {"id"},
    "ph": {"id"},
    "it": {"id", "pos"},
    "g": {"id"},
    "x": {"id"},
}
ALLOWED_1 = {
    "xliff": {"version"},
    "file": {"original", "source-language", "target-language", "datatype", "xml:space"},
    "header": set(),
    "body": set(),
    "note": set(),
    "source": set(),
    "target": {"state"},
    "trans-unit": {"id", "approved"},
    "bpt": {"id", "ctype"},
    "ept": {"id"},
    "ph": {"id", "ctype"},
}
STATES_1 = {"needs-review-translation", "translated", "signed-off", "final"}
CTYPES_1 = {"bold", "image", "italic", "link", "lb", "pb", "underlined"}

#: 2.1, 4.2.2: the same.
ORDER_2 = {
    "xliff": r"(file )+",
    "file": r"(notes )?(unit |group )+",
    "notes": r"(note )+",
    "unit": r"(notes )?(originalData )?(segment |ignorable )*segment (segment |ignorable )*",
    "originalData": r"(data )+",
    "segment": r"source (target )?",
}
NEEDED_2 = {
    "xliff": {"version", "srcLang"},
    "file": {"id"},
    "unit": {"id"},
    "data": {"id"},
    "sc": {"id"},
    "ph": {"id"},
}
ALLOWED_2 = {
    "xliff": {"version", "srcLang", "trgLang"},
    "file": {"id", "original", "xml:space"},
    "notes": set(),
    "note": set(),
    "unit": {"id", "name"},
    "originalData": set(),
    "data": {"id"},
    "segment": {"state"},
    "source": set(),
    "target": set(),
    "sc": {"id", "isolated", "dataRef", "type", "subType", "canDelete"},
    "ec": {"startRef", "dataRef", "canDelete"},
    "ph": {"id", "dataRef", "type", "subType", "canDelete"},
}
STATES_2 = {"initial", "translated", "reviewed", "final"}
TYPES_2 = {"fmt", "ui", "quote", "link", "image", "other"}


def broken_rules(content: bytes) -> list[str]:
    """Every rule that a file of our own breaks."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    namespace = etree.QName(root).namespace
    if namespace == NS_1:
        return list(_of_version_1(root))
    return list(_of_version_2(root)) if namespace == NS_2 else [f"namespace {namespace!r}"]


def _of_version_1(root: etree._Element) -> Iterator[str]:
    if root.get("version") != "1.2":
        yield "2.2 version: is not 1.2"
    yield from _shape(root, NS_1, ORDER_1, NEEDED_1, ALLOWED_1)
    for file in _all(root, "file"):
        yield from _languages(file, "source-language", "target-language")
        # 2.3: the id of a unit is unique in its file.
        yield from _unique(file, "trans-unit", "id")
    for unit in _all(root, "trans-unit"):
        if unit.get("approved") not in (None, "yes", "no"):
            yield "2.3 approved: is neither yes nor no"
        for side in ("source", "target"):
            # 2.4: what opens ends, in this order; ids tell codes apart.
            text = unit.find(f"{{{NS_1}}}{side}")
            yield from _paired(text, "bpt", "ept", "id") if text is not None else ()
    for target in _all(root, "target"):
        if target.get("state") not in STATES_1:
            yield f"3.5 state: {target.get('state')!r} is none"
    for code in (*_all(root, "bpt"), *_all(root, "ph")):
        if code.get("ctype") not in (None, *CTYPES_1):
            yield f"3.5 ctype: {code.get('ctype')!r} is none"


def _of_version_2(root: etree._Element) -> Iterator[str]:
    if root.get("version") != "2.1":
        yield "4.2.2.1 version: is not 2.1"
    yield from _shape(root, NS_2, ORDER_2, NEEDED_2, ALLOWED_2)
    yield from _languages(root, "srcLang", "trgLang")
    if list(_all(root, "target")) and not root.get("trgLang"):
        yield "4.2.2.1 trgLang: required where there is a target"
    yield from _unique(root, "file", "id")
    for file in _all(root, "file"):
        yield from _unique(file, "unit", "id")
    for element in root.iter(etree.Element):
        for name in ("id", "startRef", "dataRef"):
            if element.get(name) is not None and not NMTOKEN.match(element.get(name)):
                yield f"4.3.1.{name}: {element.get(name)!r} is no NMTOKEN"
    for unit in _all(root, "unit"):
        yield from _unit_of_version_2(unit)


def _unit_of_version_2(unit: etree._Element) -> Iterator[str]:
    yield from _unique(unit, "data", "id")
    data = {element.get("id") for element in _all(unit, "data")}
    used = {element.get("dataRef") for element in unit.iter() if element.get("dataRef")}
    if used != data:
        yield f"4.3.1 dataRef: {sorted(used ^ data)} is not used, or not there"
    for segment in _all(unit, "segment"):
        target = segment.find(f"{{{NS_2}}}target")
        if segment.get("state") not in (None, *STATES_2):
            yield f"4.3.1 state: {segment.get('state')!r} is none"
        if segment.get("state") not in (None, "initial") and target is None:
            yield "4.3.1 state: other than initial asks for a target"
        known = {code.get("id"): code.tag for code in segment.find(f"{{{NS_2}}}source")}
        for text in segment:
            yield from _paired(text, "sc", "ec", "id", "startRef")
            counts = Counter(code.get("id") for code in text if code.get("id"))
            yield from (f"4.3.1 id: {one!r} stands twice in one text" for one, count in counts.items() if count > 1)
            for code in text:
                if known.get(code.get("id"), code.tag) != code.tag:
                    yield f"4.7.2 id: {code.get('id')!r} is another code in the target"
    for code in unit.iter():
        if code.get("type") not in (None, *TYPES_2):
            yield f"4.3.1 type: {code.get('type')!r} is none"
        if code.get("subType") is not None and (
            code.get("type") != "fmt" or not code.get("subType").startswith("xlf:")
        ):
            yield f"4.3.1 subType: {code.get('subType')!r} does not go with {code.get('type')!r}"


def _shape(
    root: etree._Element,
    namespace: str,
    order: dict[str, str],
    needed: dict[str, set[str]],
    allowed: dict[str, set[str]],
) -> Iterator[str]:
    """Names, order and attributes of elements."""
    for element in root.iter(etree.Element):
        name = etree.QName(element)
        if name.namespace != namespace or name.localname not in allowed:
            yield f"<{name.localname}> is not known here"
            continue
        if name.localname in order:
            children = "".join(f"{etree.QName(child).localname} " for child in element.iterchildren(etree.Element))
            if not re.fullmatch(order[name.localname], children):
                yield f"<{name.localname}> holds {children!r}"
            if any(text.strip() for text in (element.text or "", *(child.tail or "" for child in element))):
                yield f"<{name.localname}> holds text"
        attributes = {key.replace("{http://www.w3.org/XML/1998/namespace}", "xml:") for key in element.attrib}
        missing = needed.get(name.localname, set()) - attributes
        if missing or not attributes <= allowed[name.localname]:
            yield f"<{name.localname}> has {sorted(attributes)}, and lacks {sorted(missing)}"


def _languages(element: etree._Element, *names: str) -> Iterator[str]:
    for name in names:
        if not LANGUAGE.match(element.get(name, "")):
            yield f"{name}: {element.get(name)!r} is no language"


def _unique(within: etree._Element, name: str, attribute: str) -> Iterator[str]:
    counts = Counter(element.get(attribute) for element in _all(within, name))
    yield from (f"<{name} {attribute}={value!r}> stands twice" for value, count in counts.items() if count > 1)


def _paired(text: etree._Element, opens: str, closes: str, opening: str, closing: str = "id") -> Iterator[str]:
    """What opens has an end behind it, and the other way round."""
    waiting: list[str | None] = []
    for code in text:
        name = etree.QName(code).localname
        if name == opens and code.get("isolated") != "yes":
            waiting.append(code.get(opening))
        elif name == closes and code.get(closing) not in waiting:
            yield f"<{closes} {closing}={code.get(closing)!r}> ends what is not open"
        elif name == closes:
            waiting.remove(code.get(closing))
    yield from (f"<{opens} {opening}={one!r}> is not ended" for one in waiting)


def _all(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return root.iter(f"{{{etree.QName(root).namespace}}}{name}")
