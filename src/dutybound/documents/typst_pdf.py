"""A document as PDF/A-2a and PDF/UA-1: tagged, its fonts inside, its pages numbered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from importlib.resources import files
from threading import local
from typing import Any, Final

from dutybound.documents.coverage import spelled
from dutybound.documents.escape import visible
from dutybound.documents.page import Page, shown
from dutybound.documents.tree import Node, Table, Tree
from dutybound.errors import DutyboundError

STANDARDS: Final = ("a-2a", "ua-1")
_LONG: Final = 24  # characters; a longer word may be broken
_PIECE: Final = 12
# typst keeps what it made until so many other compilations: 15 MB for each document of 15 pages.
_FORGET: Final = 10
# Characters of one text, and of a title or heading. A page is no place for a megabyte; what is left
# out is counted where it is left out, and stands in the other formats.
_MOST: Final = 20_000
_HEADING: Final = 1_000
_PAGEFUL: Final = 14  # headings; with more, the contents have a page of their own
_RUNNING: Final = 90  # characters of the title in the head of a page
_WORD: Final = re.compile(rf"\S{{{_LONG},}}")
_BOXES: Final = {"authored": "authored-box", "note": "note-box", "warning": "warning-box"}


class Press:
    """Makes PDF files, from any thread. It reads nothing but what it is given.

    root: an empty folder; nothing outside of it could be read.
    """

    def __init__(self, root: str, day: date) -> None:
        self._root = root
        self._own = local()
        self._source = files("dutybound.documents").joinpath("page.typ").read_bytes()
        self._stamp = datetime.combine(day, time(), UTC)

    @property
    def _compiler(self) -> Any:
        """The compiler of this thread: typst does not allow two to share one."""
        if not hasattr(self._own, "compiler"):
            import typst

            fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
            self._own.compiler = typst.Compiler(root=self._root, font_paths=fonts)
        return self._own.compiler

    def write(self, page: Page, tree: Tree, phrases: Mapping[str, str]) -> bytes:
        """The PDF of a page."""
        import typst

        try:
            return self._made(_Data(page, tree, phrases, plain=False).whole())
        except typst.TypstError:  # a font that cannot join what it has: PDF/A allows no empty glyph
            pass
        try:
            return self._made(_Data(page, tree, phrases, plain=True).whole())
        except typst.TypstError as error:
            raise DutyboundError(f"{page.name}.pdf could not be made: {error.message}") from error

    def _made(self, data: dict[str, Any]) -> bytes:
        compiler = self._compiler
        try:
            made: bytes = compiler.compile(
                self._source,
                sys_inputs={"document": json.dumps(data, ensure_ascii=False)},
                format="pdf",
                pdf_standards=list(STANDARDS),
                timestamp=self._stamp,
            )
            return made
        finally:
            for _ in range(_FORGET):
                compiler.compile(b"", sys_inputs=None, format="pdf")


class _Data:
    """A tree as the data that page.typ reads."""

    def __init__(self, page: Page, tree: Tree, phrases: Mapping[str, str], *, plain: bool) -> None:
        self._page = page
        self._tree = tree
        self._phrases = phrases
        self._plain = plain
        self._noted: set[int] = set()

    def whole(self) -> dict[str, Any]:
        page, phrases = self._page, self._phrases
        title = self._said(page.title)
        marks = [page.front.get(key) for key in ("state", "version")]
        return {
            "title": title,
            "running": title if len(title) <= _RUNNING else f"{title[:_RUNNING]} …",
            "heading": list(pieces(title)),
            "mark": " · ".join(self._said(str(m)) for m in marks if m),
            "file": self._said(page.name),
            "lang": page.lang,
            "landscape": page.landscape,
            "phrases": {key: self._said(text) for key, text in phrases.items()},
            "front": [[self._said(a), self._said(b)] for a, b in shown(page, phrases)],
            "contents": page.contents and sum(h[0] == 2 for h in self._tree.headings) > 1,
            "long": sum(h[0] <= 3 for h in self._tree.headings) > _PAGEFUL,
            "short": page.short,
            "pictures": {
                name: {"svg": p.svg.decode(), "alt": self._said(p.alt)}
                for name, p in page.pictures.items()
            },
            "blocks": self._blocks(self._tree.blocks),
        }

    def _spelled(self, text: str, most: int = _MOST) -> str:
        if len(text) > most:
            text = f"{text[:most]} ⟨… {len(text) - most:,} {self._phrases['more']}⟩"
        return spelled(text, plain=self._plain)

    def _said(self, text: str) -> str:
        return self._spelled(visible(text), _HEADING)

    def _blocks(self, nodes: Iterable[Node]) -> list[Any]:
        return [self._block(node) for node in nodes]

    def _block(self, node: Node) -> list[Any]:
        kind = node[0]
        if kind == "heading":
            return [kind, node[1], node[2], self._inlines(node[3], _HEADING)]
        if kind == "para":
            return [kind, self._inlines(node[1])]
        if kind == "table":
            return [kind, self._table(node[1])]
        if kind == "code":
            return ["pre", [list(pieces(self._spelled(line))) for line in node[1].split("\n")]]
        return self._group(node)

    def _group(self, node: Node) -> list[Any]:
        kind = node[0]
        if kind == "list":
            items = [self._item(item) for item in node[2]]
            return ["list", items] if node[1] is None else ["enum", node[1], items]
        if kind == "terms":
            return [kind, [[self._inlines(t), self._item(text)] for t, text in node[1]]]
        if kind == "quote":
            return [kind, self._blocks(node[1])]
        if kind == "div":
            return [_BOXES.get(node[1], "box"), self._blocks(node[2])]
        return ["rule"]

    def _item(self, blocks: tuple[Node, ...]) -> list[Any]:
        """A single paragraph stands close; more stand apart."""
        if blocks and blocks[0][0] == "para" and not any(b[0] == "para" for b in blocks[1:]):
            return [["plain", self._inlines(blocks[0][1])], *self._blocks(blocks[1:])]
        return self._blocks(blocks)

    def _table(self, table: Table) -> dict[str, Any]:
        return {
            "caption": self._inlines(table.caption),
            "aligns": table.aligns,
            "widths": table.widths,
            "head": [self._inlines(cell) for cell in table.head],
            "rows": [[self._inlines(cell) for cell in row] for row in table.rows],
        }

    def _inlines(self, nodes: Iterable[Node], most: int = _MOST) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, str):
                found.extend(pieces(self._spelled(node, most)))
            else:
                found.append(self._inline(node))
        return found

    def _inline(self, node: Node) -> list[Any]:
        kind = node[0]
        if kind == "code":
            return [kind, list(pieces(self._spelled(node[1])))]
        if kind == "link":
            return self._link(node)
        if kind == "place":
            return ["anchor", node[1], self._inlines(node[2])]
        if kind == "note":
            return self._note(node[1])
        if kind in ("break", "image"):
            return list(node[:2])
        return [kind, self._inlines(node[1])]

    def _link(self, node: Node) -> list[Any]:
        inside = self._inlines(node[2])
        if not node[1].startswith("#"):
            return ["link", node[1], inside]
        place = node[1][1:]
        return ["place", place, inside] if place in self._tree.ids else ["span", inside]

    def _note(self, number: int) -> list[Any]:
        if number in self._noted:
            return ["note", number]
        self._noted.add(number)
        return ["first", number, self._item(self._tree.notes[number - 1])]


def pieces(text: str) -> Iterator[str | list[str]]:
    """The text with the places where a long word may end its line."""
    at = 0
    for found in _WORD.finditer(text):
        yield text[at : found.start()]
        word = found[0]
        for start in range(0, len(word), _PIECE):
            if start:
                yield ["cut"]
            yield word[start : start + _PIECE]
        at = found.end()
    if at < len(text):
        yield text[at:]
