"""The parsed document: what pandoc's JSON holds, in the few shapes that a page can have.

A node is a string of text or a tuple whose first member names its kind:

    inline: ("em"|"strong"|"gap"|"src"|"span", inlines), ("place", id, inlines),
            ("code", text), ("link", target, inlines), ("image", name, alt),
            ("note", number), ("break",)
    block:  ("heading", level, id, inlines), ("para", inlines), ("list", start|None, items),
            ("quote", blocks), ("code", text), ("rule",), ("div", class, blocks),
            ("terms", ((inlines, blocks), ...)), ("table", Table)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

Node = Any  # a string or a tuple as above
_MARKS: Final = {"Emph": "em", "Strong": "strong"}
_ALIGN: Final = {"AlignRight": "right", "AlignCenter": "center"}


@dataclass(frozen=True)
class Table:
    """A table. widths: shares of the line, from 0 to 1. head: empty if it has no header."""

    caption: tuple[Node, ...]
    aligns: tuple[str, ...]
    widths: tuple[float, ...]
    head: tuple[tuple[Node, ...], ...]
    rows: tuple[tuple[tuple[Node, ...], ...], ...]


@dataclass
class Tree:
    """A document. notes: each once, in order of its first mention; the number is the place."""

    blocks: tuple[Node, ...] = ()
    headings: list[tuple[int, str, tuple[Node, ...]]] = field(default_factory=list)
    notes: list[tuple[Node, ...]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


def read(json: dict[str, Any]) -> Tree:
    """The tree of a document as pandoc writes it with `-t json`."""
    reader = _Reader()
    reader.tree.blocks = reader.blocks(json["blocks"])
    return reader.tree


def words(nodes: Iterable[Node]) -> str:
    """The text of inlines and blocks, without notes."""
    return "".join(_words(nodes))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text[:60].lower()).strip("-")


def _words(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node[0] == "code":
            yield node[1]
        elif node[0] == "break":
            yield " "
        elif node[0] == "image":
            yield node[2]
        elif isinstance(node[-1], tuple):
            yield from _words(node[-1])


class _Reader:
    def __init__(self) -> None:
        self.tree = Tree()
        self._numbers: dict[str, int] = {}

    def blocks(self, blocks: Iterable[dict[str, Any]]) -> tuple[Node, ...]:
        return tuple(_BLOCKS[b["t"]](self, b.get("c")) for b in blocks)

    def inlines(self, inlines: Iterable[dict[str, Any]]) -> tuple[Node, ...]:
        """Neighbouring words and spaces become one string."""
        found: list[Node] = []
        for inline in inlines:
            kind = inline["t"]
            if kind in ("Str", "Space", "SoftBreak"):
                text = inline["c"] if kind == "Str" else " "
                if found and isinstance(found[-1], list):
                    found[-1].append(text)
                else:
                    found.append([text])
            else:
                found.append(_INLINES[kind](self, kind, inline.get("c")))
        return tuple("".join(f) if isinstance(f, list) else f for f in found)

    def heading(self, c: Any) -> Node:
        level, (name, _, _), content = c
        inlines = self.inlines(content)
        name = self._once(name or f"sec-{_slug(words(inlines))}")
        self.tree.headings.append((level, name, inlines))
        return ("heading", level, name, inlines)

    def _once(self, name: str) -> str:
        """The name, with a number if it is taken."""
        free, count = name, 1
        while free in self.tree.ids:
            count += 1
            free = f"{name}-{count}"
        self.tree.ids.add(free)
        return free

    def note(self, blocks: Any) -> Node:
        """The number of a note. The same words have the same number."""
        content = self.blocks(blocks)
        text = words(content)
        if text not in self._numbers:
            self.tree.notes.append(content)
            self._numbers[text] = len(self.tree.notes)
        return ("note", self._numbers[text])

    def div(self, c: Any) -> Node:
        (_, classes, _), content = c
        return ("div", classes[0] if classes else "", self.blocks(content))

    def span(self, c: Any) -> Node:
        (name, classes, _), content = c
        kind = classes[0] if classes and classes[0] in ("gap", "src") else "span"
        inside = self.inlines(content)
        return ("place", self._once(name), inside) if name else (kind, inside)

    def table(self, c: Any) -> Node:
        _, (_, caption), specs, (_, head), bodies, _ = c
        rows = [row for body in bodies for row in body[3]]
        lines = tuple(tuple(self._cell(cell) for cell in row[1]) for row in rows)
        top = tuple(tuple(self._cell(cell) for cell in row[1]) for row in head)
        header = top[0] if top and any(map(words, top[0])) else ()
        aligns = tuple(_ALIGN.get(align["t"], "left") for align, _ in specs)
        widths = tuple(float(width.get("c", 1 / len(specs))) for _, width in specs)
        title = tuple(n for b in caption for n in self.inlines(b["c"]))
        return ("table", Table(title, aligns, widths, header, lines))

    def _cell(self, cell: Any) -> tuple[Node, ...]:
        return tuple(
            n for b in cell[4] if b["t"] in ("Plain", "Para") for n in self.inlines(b["c"])
        )

    def list(self, start: int | None, items: Any) -> Node:
        return ("list", start, tuple(self.blocks(item) for item in items))


_BLOCKS: Final[dict[str, Callable[[_Reader, Any], Node]]] = {
    "Para": lambda r, c: ("para", r.inlines(c)),
    "Plain": lambda r, c: ("para", r.inlines(c)),
    "Header": _Reader.heading,
    "BulletList": lambda r, c: r.list(None, c),
    "OrderedList": lambda r, c: r.list(c[0][0], c[1]),
    "BlockQuote": lambda r, c: ("quote", r.blocks(c)),
    "CodeBlock": lambda r, c: ("code", c[1]),
    "HorizontalRule": lambda r, c: ("rule",),
    "Div": _Reader.div,
    "DefinitionList": lambda r, c: (
        "terms",
        tuple((r.inlines(term), tuple(b for d in texts for b in r.blocks(d))) for term, texts in c),
    ),
    "Table": _Reader.table,
}
_INLINES: Final[dict[str, Callable[[_Reader, str, Any], Node]]] = {
    **dict.fromkeys(_MARKS, lambda r, kind, c: (_MARKS[kind], r.inlines(c))),
    "Code": lambda r, kind, c: ("code", c[1]),
    "LineBreak": lambda r, kind, c: ("break",),
    "Link": lambda r, kind, c: ("link", c[2][0], r.inlines(c[1])),
    "Image": lambda r, kind, c: ("image", c[2][0], words(r.inlines(c[1]))),
    "Note": lambda r, kind, c: r.note(c),
    "Span": lambda r, kind, c: r.span(c),
}
