"""What a person wrote in Markdown, made fit to stand in a section of a document.

It is parsed by itself and written again. So nothing in it reaches beyond its place: an open fence,
a footnote, a definition of a link or a heading cannot change what stands around it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from dutybound.documents.dialect import AUTHORED
from dutybound.documents.escape import UNSEEN, blocks, inline, visible
from dutybound.documents.tree import Node, Table, read
from dutybound.errors import DutyboundError

_DAY: Final = date(2000, 1, 1)  # shows nowhere
_SECONDS: Final = 20
_LARGEST: Final = 100_000  # characters
_DEMOTED: Final = 2  # a heading of the first level, read as 2, becomes 4
_MARKS: Final = {"em": "*", "strong": "**"}
# Stands for the colon of a definition of a link, which would vanish with all its words. No text
# holds this sign: `_seen` has turned private ones into marks.
_COLON: Final = "\ue03a"
_TICKS: Final = re.compile("`+")


def clean(texts: Sequence[str]) -> list[str]:
    """Each text as Markdown of our dialect: paragraphs, emphasis, lists, quotes, tables, code,
    links to http, https and mailto, headings from the fourth level. The rest stays as text.

    Any string is allowed. One of more than 100,000 characters, or one that is nested too deep or
    takes too long to read, is shown as plain text.
    """
    short = [n for n, text in enumerate(texts) if len(text) <= _LARGEST]
    found = dict(zip(short, _cleaned([texts[n] for n in short]), strict=True))
    return [found.get(n) or blocks(text) for n, text in enumerate(texts)]


def _cleaned(texts: Sequence[str]) -> list[str | None]:
    """None for a text that cannot be read in reasonable time or depth."""
    if not texts:
        return []
    try:
        return [_written(json.loads(line)) for line in _parsed([_seen(text) for text in texts])]
    except (DutyboundError, RecursionError):
        return [_cleaned([text])[0] for text in texts] if len(texts) > 1 else [None]


def _seen(text: str) -> str:
    shown = UNSEEN.sub(lambda found: visible(found[0]), text)
    return shown.replace("]:", f"]{_COLON}")


def _parsed(texts: Sequence[str]) -> list[bytes]:
    """Each text as JSON. Raises DutyboundError if pandoc fails or takes too long."""
    from dutybound.documents import pandoc

    with TemporaryDirectory(prefix="dutybound-") as name:
        folder = Path(name)
        for place, text in enumerate(texts):
            (folder / f"{place}.md").write_text(text, encoding="utf-8", newline="\n")
        work = {"texts": len(texts), "extensions": AUTHORED}
        (folder / "authored.json").write_text(json.dumps(work), encoding="utf-8")
        with pandoc.script("authored.lua", folder) as arguments:
            said = pandoc.answer(arguments, _DAY, folder, _SECONDS)
    return said.replace(_COLON.encode(), b":").splitlines()


def _written(tree: dict[str, Any]) -> str:
    return _blocks(read(tree).blocks)


def _blocks(nodes: Iterable[Node]) -> str:
    return "\n\n".join(filter(None, (_block(n, place) for place, n in enumerate(nodes))))


def _block(node: Node, place: int) -> str:
    kind = node[0]
    if kind == "para":
        return _inlines(node[1]).strip(" ")
    if kind == "heading":
        return f"{'#' * min(node[1] + _DEMOTED, 6)} {_line(node[3]) or '⟨⟩'}"
    if kind == "code":
        return _fenced(node[1])
    if kind == "rule":
        return "***"
    if kind == "quote":
        return _indented(_blocks(node[1]), "> ", "> ")
    if kind == "table":
        return _table(node[1])
    return _list(node, place)


def _list(node: Node, place: int) -> str:
    """Neighbouring lists differ in their sign; else they would become one."""
    _, start, items = node
    if start is None:
        signs = [f"{'-+'[place % 2]} "] * len(items)
    else:
        signs = [f"{min(start + n, 999_999_999)}{'.)'[place % 2]} " for n in range(len(items))]
    tight = all(sum(b[0] == "para" for b in item) < 2 for item in items)
    lines = [
        _indented(_blocks(item), sign, " " * len(sign))
        for sign, item in zip(signs, items, strict=True)
    ]
    return ("\n" if tight else "\n\n").join(lines)


def _indented(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    return "\n".join(
        [(first + lines[0]).rstrip(" "), *((rest + line).rstrip(" ") for line in lines[1:])]
    )


def _fenced(text: str) -> str:
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _table(table: Table) -> str:
    cells = [table.head or ((),) * len(table.aligns), *table.rows]
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in cells]
    signs = {"left": "---", "right": "--:", "center": ":-:"}
    lines.insert(1, "|" + "|".join(signs[align] for align in table.aligns) + "|")
    return "\n".join(lines)


def _cell(nodes: Iterable[Node]) -> str:
    return _line(nodes, in_table=True)


def _line(nodes: Iterable[Node], in_table: bool = False) -> str:
    """Inlines for a place that cannot hold the end of a line."""
    flat = (" " if node == ("break",) else node for node in nodes)
    return _inlines(flat, in_table).strip(" ")


def _inlines(nodes: Iterable[Node], in_table: bool = False) -> str:
    text = ""
    for node in nodes:
        text += _inline(node, text[-1:], in_table)
    return text


def _inline(node: Node, before: str, in_table: bool) -> str:
    if isinstance(node, str):
        return _text(node)
    kind = node[0]
    if kind == "code":
        return _code(node[1], before, in_table)
    if kind == "link":
        return f"[{_line(node[2], in_table)}](<{_target(node[1])}>)"
    if kind == "break":
        return "\\\n"
    inside = _line(node[1], in_table)
    return _marked(_MARKS.get(kind, ""), inside, before)


def _text(text: str) -> str:
    """Escaped, with the spaces that part it from its neighbours."""
    bare = inline(text)
    if not bare:
        return " "
    return " " * text.startswith(" ") + bare + " " * text.endswith(" ")


def _code(text: str, before: str, in_table: bool) -> str:
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    ticks = "`" * (longest + 1)
    inside = text.replace("|", "\\|") if in_table else text
    if before in ("`", "\\") or not text.strip(" "):
        return inline(text)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{pad}{inside}{pad}{ticks}"


def _marked(mark: str, inside: str, before: str) -> str:
    """Emphasis, where it is sure to be read as emphasis; else the words alone."""
    sure = inside and inside[0].isalnum() and inside[-1].isalnum() and before not in ("*", "\\")
    return f"{mark}{inside}{mark}" if sure else inside


def _target(address: str) -> str:
    return re.sub(r"[\s<>\\|`]", lambda found: f"%{ord(found[0]):02X}", address)
