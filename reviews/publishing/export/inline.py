"""Text with inline codes as HTML: what was typed is always text, and the tags always nest."""

from __future__ import annotations

from copy import deepcopy

from reviews.values import CodedText, InlineCode

from .markup import VOID, Element, Markup, Shell, legal


def append_content(parent: Element, content: CodedText, markup: Markup) -> None:
    """Append text and codes to an element.

    A code without an element is left out and its text stays. Codes that overlap are cut so that their elements
    nest, and of links within links the inner one counts, as in a browser.
    """
    _Appender(parent, markup).append(content)


class _Appender:
    """Builds child nodes; an element is made when the first thing in it comes, or when its code ends."""

    def __init__(self, parent: Element, markup: Markup) -> None:
        self._parent = parent
        self._markup = markup
        self._open: dict[str, Shell] = {}
        self._stack: list[tuple[str, Element]] = []
        self._made: set[str] = set()

    def append(self, content: CodedText) -> None:
        done = 0
        for code in content.codes:
            self._text(content.text[done : code.pos])
            done = code.pos
            self._code(code)
        self._text(content.text[done:])
        for code_id in list(self._open):
            self._close(code_id)

    def _text(self, text: str) -> None:
        if not text:
            return
        top = self._top()
        if len(top):
            top[-1].tail = (top[-1].tail or "") + legal(text)
        else:
            top.text = (top.text or "") + legal(text)

    def _code(self, code: InlineCode) -> None:
        if code.part == "close":
            if code.id in self._open:
                self._close(code.id)
            return
        shell = self._markup.shell(code.raw)
        if shell is None:
            return
        if code.part == "single" or shell.element.tag in VOID:
            shell.element.extend(shell.after)
            self._top(for_link=shell.element.tag == "a").append(shell.element)
        elif code.id not in self._open:
            self._open[code.id] = shell
            self._made.discard(code.id)

    def _close(self, code_id: str) -> None:
        """End a code; what stood in its element after the text comes last in it."""
        shell = self._open[code_id]
        if code_id not in self._made or shell.after:
            self._top()
        for made_id, element in self._stack:
            if made_id == code_id:
                element.extend(shell.after)
        del self._open[code_id]

    def _top(self, *, for_link: bool = False) -> Element:
        """The innermost element of the codes open now, after closing and opening what that takes."""
        wanted = self._nested(for_link)
        depth = 0
        while depth < min(len(wanted), len(self._stack)) and wanted[depth] == self._stack[depth][0]:
            depth += 1
        del self._stack[depth:]
        for code_id in wanted[depth:]:
            element = self._element(code_id)
            (self._stack[-1][1] if self._stack else self._parent).append(element)
            self._stack.append((code_id, element))
        return self._stack[-1][1] if self._stack else self._parent

    def _element(self, code_id: str) -> Element:
        """The code's element; where it was cut in two, the second one has no id and nothing but text."""
        element = deepcopy(self._open[code_id].element)
        if code_id in self._made:
            element.attrib.pop("id", None)
            del element[:]
        self._made.add(code_id)
        return element

    def _nested(self, for_link: bool) -> list[str]:
        """Ids of the open codes, outermost first; of several links only the last, and none around another link."""
        links = [code_id for code_id, shell in self._open.items() if shell.element.tag == "a"]
        left_out = links if for_link else links[:-1]
        return [code_id for code_id in self._open if code_id not in left_out]
