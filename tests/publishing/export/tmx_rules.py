"""The DTD of TMX 1.4 (https://www.gala-global.org/tmx-14b), as far as files of our own go."""

from __future__ import annotations

from io import StringIO

from lxml import etree

_DTD = """
<!ELEMENT tmx (header, body)>
<!ATTLIST tmx version CDATA #FIXED "1.4">
<!ELEMENT header (note|prop)*>
<!ATTLIST header creationtool CDATA #REQUIRED creationtoolversion CDATA #REQUIRED
  segtype (block|paragraph|sentence|phrase) #REQUIRED o-tmf CDATA #REQUIRED adminlang CDATA #REQUIRED
  srclang CDATA #REQUIRED datatype CDATA #REQUIRED>
<!ELEMENT body (tu*)>
<!ELEMENT note (#PCDATA)>
<!ELEMENT prop (#PCDATA)>
<!ATTLIST prop type CDATA #REQUIRED>
<!ELEMENT tu ((note|prop)*, tuv+)>
<!ATTLIST tu tuid CDATA #IMPLIED>
<!ELEMENT tuv ((note|prop)*, seg)>
<!ATTLIST tuv xml:lang CDATA #REQUIRED>
<!ELEMENT seg (#PCDATA|bpt|ept|ph)*>
<!ELEMENT bpt (#PCDATA)>
<!ATTLIST bpt i CDATA #REQUIRED x CDATA #IMPLIED type CDATA #IMPLIED>
<!ELEMENT ept (#PCDATA)>
<!ATTLIST ept i CDATA #REQUIRED>
<!ELEMENT ph (#PCDATA)>
<!ATTLIST ph x CDATA #IMPLIED type CDATA #IMPLIED>
"""


def broken_rules(content: bytes) -> list[str]:
    """Every rule that a file breaks: the DTD's, and that what opens in a text (`bpt`) ends behind that, once."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    dtd = etree.DTD(StringIO(_DTD))
    broken = [] if dtd.validate(root) else [str(error) for error in dtd.error_log]
    for seg in root.iter("seg"):
        opened: list[str | None] = []
        for code in seg:
            if code.tag == "bpt":
                broken += [f"bpt {code.get('i')} twice"] if code.get("i") in opened else []
                opened.append(code.get("i"))
            elif code.tag == "ept" and code.get("i") not in opened:
                broken.append(f"ept {code.get('i')} ends nothing")
    return broken
