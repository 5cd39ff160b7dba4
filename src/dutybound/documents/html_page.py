"""A document as one accessible HTML page: no script, no outside file, every text escaped."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any, Final

from dutybound.documents.escape import visible
from dutybound.documents.html_style import STYLE
from dutybound.documents.page import Page, shown
from dutybound.documents.tree import Node, Table, Tree, words

_POLICY: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_WIDE: Final = 5  # columns; a wider table scrolls on a narrow screen
_LEVELS: Final = 3  # of headings in the contents: sections and their parts
_LONG: Final = re.compile(r"\S{20}")
_TAGS: Final = {"em": "em", "strong": "strong"}


def write(page: Page, tree: Tree, phrases: Mapping[str, str]) -> bytes:
    """The page as UTF-8. phrases: see `render.WORDS`."""
    body = _Body(page, phrases)
    main = body.blocks(tree.blocks)
    notes = body.notes(tree.notes)
    title = escape(visible(page.title))
    contents = body.contents(tree)
    return (
        f'<!doctype html>\n<html lang="{escape(page.lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#page-text">{escape(phrases["skip"])}</a>\n'
        f"<header>\n<h1>{title}</h1>\n{_front(page, phrases)}</header>\n"
        f'{contents}<main id="page-text">\n{main}\n{notes}</main>\n</body>\n</html>\n'
    ).encode()


def _front(page: Page, phrases: Mapping[str, str]) -> str:
    lines = "\n".join(
        f"<div><dt>{escape(visible(label))}</dt><dd>{escape(visible(value))}</dd></div>"
        for label, value in shown(page, phrases)
    )
    return f"<dl>\n{lines}\n</dl>\n" if lines else ""


class _Body:
    def __init__(self, page: Page, phrases: Mapping[str, str]) -> None:
        self._page = page
        self._phrases = phrases
        self._mentions: dict[int, int] = {}

    def blocks(self, nodes: Iterable[Node]) -> str:
        return "\n".join(_BLOCKS[node[0]](self, node) for node in nodes)

    def inlines(self, nodes: Iterable[Node]) -> str:
        return "".join(
            escape(n, quote=False) if isinstance(n, str) else _INLINES[n[0]](self, n) for n in nodes
        )

    def contents(self, tree: Tree) -> str:
        """The headings as links, in a list within a list."""
        tops: list[tuple[str, list[str]]] = []
        for level, name, inlines in tree.headings:
            link = f'<a href="#{name}">{escape(words(inlines))}</a>'
            if level == _LEVELS - 1 or (level == _LEVELS and not tops):
                tops.append((link, []))
            elif level == _LEVELS:
                tops[-1][1].append(f"<li>{link}</li>")
        if len(tops) < 2 or not self._page.contents:
            return ""
        lines = "\n".join(
            f"<li>{link}" + (f"\n<ol>{''.join(inner)}</ol>" if inner else "") + "</li>"
            for link, inner in tops
        )
        name = escape(self._phrases["contents"])
        return (
            f'<nav aria-labelledby="page-contents">\n<h2 id="page-contents">{name}</h2>\n'
            f"<ol>\n{lines}\n</ol>\n</nav>\n"
        )

    def notes(self, notes: Iterable[tuple[Node, ...]]) -> str:
        """The sources, each with a way back to every place that names it."""
        lines = [self._note(n, content) for n, content in enumerate(notes, 1)]
        if not lines:
            return ""
        name = escape(self._phrases["sources"])
        items = "\n".join(lines)
        return (
            f'<section class="sources" role="doc-endnotes" aria-labelledby="page-sources">\n'
            f'<h2 id="page-sources">{name}</h2>\n<ol>\n{items}\n</ol>\n</section>\n'
        )

    def _note(self, number: int, content: tuple[Node, ...]) -> str:
        back = " ".join(
            f'<a role="doc-backlink" href="#page-ref-{number}-{m}" '
            f'aria-label="{escape(self._phrases["back"])} {number}.{m}">↩</a>'
            for m in range(1, self._mentions.get(number, 0) + 1)
        )
        if len(content) == 1 and content[0][0] == "para":
            return f'<li id="page-source-{number}">{self.inlines(content[0][1])} {back}</li>'
        return f'<li id="page-source-{number}">{self.blocks(content)}\n<p>{back}</p></li>'

    def mention(self, node: Node) -> str:
        number = node[1]
        times = self._mentions[number] = self._mentions.get(number, 0) + 1
        return (
            f'<sup><a role="doc-noteref" id="page-ref-{number}-{times}" '
            f'href="#page-source-{number}" aria-label="{escape(self._phrases["source"])} {number}">'
            f"{number}</a></sup>"
        )

    def image(self, node: Node) -> str:
        picture = self._page.pictures[node[1]]
        data = b64encode(picture.svg).decode()
        return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(visible(picture.alt))}">'

    def list(self, node: Node) -> str:
        _, start, items = node
        lines = "\n".join(f"<li>{self._item(item)}</li>" for item in items)
        if start is None:
            return f"<ul>\n{lines}\n</ul>"
        mark = f' start="{int(start)}"' if start != 1 else ""
        return f"<ol{mark}>\n{lines}\n</ol>"

    def _item(self, blocks: tuple[Node, ...]) -> str:
        if blocks and blocks[0][0] == "para":
            rest = f"\n{self.blocks(blocks[1:])}" if len(blocks) > 1 else ""
            return self.inlines(blocks[0][1]) + rest
        return self.blocks(blocks)

    def terms(self, node: Node) -> str:
        lines = "\n".join(
            f"<dt>{self.inlines(term)}</dt><dd>{self._item(text)}</dd>" for term, text in node[1]
        )
        return f"<dl>\n{lines}\n</dl>"

    def table(self, node: Node) -> str:
        table: Table = node[1]
        label = words(table.caption) or " · ".join(map(words, table.head)) or self._phrases["table"]
        caption = f"<caption>{self.inlines(table.caption)}</caption>\n" if table.caption else ""
        head = "".join(
            f'<th scope="col"{_side(table.aligns[i])}>{self.inlines(cell)}</th>'
            for i, cell in enumerate(table.head)
        )
        top = f"<thead><tr>{head}</tr></thead>\n" if head else ""
        rows = "\n".join(f"<tr>{self._row(row, table.aligns)}</tr>" for row in table.rows)
        wide = ' class="wide"' if len(table.aligns) >= _WIDE else ""
        return (
            f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(label[:200])}">'
            f"<table{wide}>\n{caption}{top}<tbody>\n{rows}\n</tbody>\n</table></div>"
        )

    def _row(self, row: tuple[tuple[Node, ...], ...], aligns: tuple[str, ...]) -> str:
        first, rest = row[:1], row[1:]
        name = "".join(
            f'<th scope="row"{_side(aligns[0], c)}>{self.inlines(c)}</th>' for c in first
        )
        return name + "".join(
            f"<td{_side(aligns[i], c)}>{self.inlines(c)}</td>" for i, c in enumerate(rest, 1)
        )


def _side(align: str, cell: tuple[Node, ...] = ()) -> str:
    """The class of a cell: where it stands, and whether it holds a word that may break."""
    kinds = [] if align == "left" else [align]
    if cell and _LONG.search(words(cell)):
        kinds.append("long")
    return f' class="{" ".join(kinds)}"' if kinds else ""


def _div(body: _Body, node: Node) -> str:
    kind = f' class="{escape(node[1])}"' if node[1] else ""
    role = ' role="note"' if node[1] in ("note", "warning") else ""
    return f"<div{kind}{role}>\n{body.blocks(node[2])}\n</div>"


def _link(body: _Body, node: Node) -> str:
    outside = "" if node[1].startswith("#") else ' rel="noreferrer"'
    return f'<a href="{escape(node[1])}"{outside}>{body.inlines(node[2])}</a>'


_BLOCKS: Final[dict[str, Callable[[_Body, Any], str]]] = {
    "para": lambda b, n: f"<p>{b.inlines(n[1])}</p>",
    "heading": lambda b, n: f'<h{n[1]} id="{n[2]}">{b.inlines(n[3])}</h{n[1]}>',
    "list": _Body.list,
    "quote": lambda b, n: f"<blockquote>\n{b.blocks(n[1])}\n</blockquote>",
    "code": lambda b, n: f"<pre><code>{escape(n[1], quote=False)}</code></pre>",
    "rule": lambda b, n: "<hr>",
    "div": _div,
    "terms": _Body.terms,
    "table": _Body.table,
}
_INLINES: Final[dict[str, Callable[[_Body, Any], str]]] = {
    **{kind: lambda b, n: f"<{_TAGS[n[0]]}>{b.inlines(n[1])}</{_TAGS[n[0]]}>" for kind in _TAGS},
    "gap": lambda b, n: f'<span class="gap">{b.inlines(n[1])}</span>',
    "src": lambda b, n: f'<sup class="src">{b.inlines(n[1])}</sup>',
    "place": lambda b, n: f'<span id="{escape(n[1])}">{b.inlines(n[2])}</span>',
    "span": lambda b, n: b.inlines(n[1]),
    "code": lambda b, n: f"<code>{escape(n[1], quote=False)}</code>",
    "break": lambda b, n: "<br>",
    "link": _link,
    "image": _Body.image,
    "note": _Body.mention,
}
