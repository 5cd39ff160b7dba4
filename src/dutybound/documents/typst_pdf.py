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

STANDARDS: Final = ("a-2a", "ua-1")
_LONG: Final = 24  # characters; a longer word may be broken
_PIECE: Final = 12
_RUNNING: Final = 90  # characters of the title in the head of a page
_WORD: Final = re.compile(rf"\S{{{_LONG},}}")
_BOXES: Final = {"note": "note-box", "warning": "warning-box"}


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
        data = json.dumps(_Data(page, tree).whole(phrases), ensure_ascii=False)
        made: bytes = self._compiler.compile(
            self._source,
            sys_inputs={"document": data},
            format="pdf",
            pdf_standards=list(STANDARDS),
            timestamp=self._stamp,
        )
        return made


class _Data:
    """A tree as the data that page.typ reads."""

    def __init__(self, page: Page, tree: Tree) -> None:
        self._page = page
        self._tree = tree
        self._noted: set[int] = set()

    def whole(self, phrases: Mapping[str, str]) -> dict[str, Any]:
        page = self._page
        title = spelled(visible(page.title))
        marks = [page.front.get(key) for key in ("state", "version")]
        return {
            "title": title,
            "running": title if len(title) <= _RUNNING else f"{title[:_RUNNING]} …",
            "heading": list(pieces(title)),
            "mark": " · ".join(spelled(visible(str(m))) for m in marks if m),
            "file": spelled(visible(page.name)),
            "lang": page.lang,
            "phrases": {key: spelled(text) for key, text in phrases.items()},
            "front": [[spelled(visible(a)), spelled(visible(b))] for a, b in shown(page, phrases)],
            "contents": page.contents and sum(h[0] == 2 for h in self._tree.headings) > 1,
            "pictures": {
                name: {"svg": p.svg.decode(), "alt": visible(p.alt)}
                for name, p in page.pictures.items()
            },
            "blocks": self._blocks(self._tree.blocks),
        }

    def _blocks(self, nodes: Iterable[Node]) -> list[Any]:
        return [self._block(node) for node in nodes]

    def _block(self, node: Node) -> list[Any]:
        kind = node[0]
        if kind == "heading":
            return [kind, node[1], node[2], self._inlines(node[3])]
        if kind == "para":
            return [kind, self._inlines(node[1])]
        if kind == "table":
            return [kind, self._table(node[1])]
        if kind == "code":
            return ["pre", [list(pieces(spelled(line))) for line in node[1].split("\n")]]
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

    def _inlines(self, nodes: Iterable[Node]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, str):
                found.extend(pieces(spelled(node)))
            else:
                found.append(self._inline(node))
        return found

    def _inline(self, node: Node) -> list[Any]:
        kind = node[0]
        if kind == "code":
            return [kind, list(pieces(spelled(node[1])))]
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
