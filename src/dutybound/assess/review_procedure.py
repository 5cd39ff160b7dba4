"""The oversight procedure in a review page: the Markdown of the dossier as plain, escaped HTML.

Of the document that `documents write` makes, the sections on which a reviewer acts stand open and
the others folded; its lists of sources and open questions are left out. Only the shape is read:
headings, lists, tables, paragraphs. Links, images, HTML and attributes are not taken over; whatever
is not understood stands as text. So a procedure can add nothing to the page but words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from dutybound.assess.review_shown import spelled, table
from dutybound.errors import BadInput
from dutybound.packs.reading import decode, read_bytes

DOCUMENT: Final = "oversight-procedure"
# Sections of that document, by their anchors.
ACTS: Final = (
    "uses",
    "automation-bias",
    "interpretation",
    "override",
    "stop",
    "two-persons",
    "escalation",
)
LEFT_OUT: Final = ("open-questions", "sources")
TEXTS: Final = (".md", ".markdown", ".txt")
_FRONT: Final = re.compile(r"---\r?\n.*?\r?\n(---|\.\.\.)\r?\n", re.S)
_HEADING: Final = re.compile(r"(#{1,6})\s+(\S.*)")
_ANCHOR: Final = re.compile(r"## [^\n]*\{#([\w-]+)[^\n{}]*\}")
_ITEM: Final = re.compile(r"\s{0,8}([-*+]|\d{1,3}[.)])\s+(.*)")
_RULE: Final = re.compile(r"[\s:|-]+")
_FENCE: Final = re.compile(r"\s*:{3,}.*$")
_CELL: Final = re.compile(r"(?<!\\)\|")
_SOURCES: Final = re.compile(r"\s*\[(?:\[\d+\]\(#[\w-]+\)(?:,\s*)?)+\]\{\.src\}")
_INLINE: Final = re.compile(
    r"\\(?P<kept>[!-/:-@\[-`{-~])"
    r"|(?<!!)\[(?P<words>(?:[^\[\]\\]|\\.)*)\](?:\([^()\s]*\)|\{[^{}]*\})"
    r"|\*\*|__|`"
)


@dataclass(frozen=True, slots=True)
class Procedure:
    """What a reviewer goes by. name, sha256: of the file, for the signed review."""

    name: str
    sha256: str
    html: str


def read_procedure(path: Path) -> Procedure:
    """The procedure in a file, or in a dossier that `documents write` wrote. Raises BadInput."""
    file = _in_dossier(path) if path.is_dir() else path
    if file.suffix.lower() not in TEXTS:
        raise BadInput.one(
            str(file), "Give the procedure as Markdown or text: the `.md` file of the dossier."
        )
    raw = read_bytes(file, str(file))
    html = "\n".join(parts(decode(raw, str(file))))
    return Procedure(file.name, sha256(raw).hexdigest(), html)


def _in_dossier(folder: Path) -> Path:
    found = sorted(folder.glob(f"md/{DOCUMENT}*.md"))
    if not found:
        raise BadInput.one(
            str(folder),
            f"There is no `md/{DOCUMENT}*.md` in this dossier. Write it with `dutybound documents "
            f"write --only {DOCUMENT}`, or name a file.",
        )
    if len(found) > 1:
        names = ", ".join(p.name for p in found)
        raise BadInput.one(str(folder), f"Which of these? Name the file: {names}.")
    return found[0]


def parts(markdown: str) -> Iterator[str]:
    """The whole procedure as HTML: what a reviewer acts on first, the rest folded."""
    sections = _sections(markdown)
    if not any(name in ACTS for name, _ in sections):
        yield from blocks(markdown)
        return
    folded: list[str] = []
    for name, lines in sections:
        if name in (*ACTS, ""):
            yield from blocks(lines)
        elif name not in LEFT_OUT:
            folded += blocks(lines)
    if folded:
        rest = "\n".join(folded)
        yield f"<details>\n<summary>The rest of the procedure</summary>\n{rest}\n</details>"


def _sections(markdown: str) -> list[tuple[str, str]]:
    """The sections of the second level: anchor and text; what comes before has no anchor."""
    pieces = re.split(r"^(?=## )", markdown, flags=re.M)
    anchors = (_ANCHOR.match(piece) for piece in pieces)
    return [(a[1] if a else "", piece) for a, piece in zip(anchors, pieces, strict=True)]


def blocks(markdown: str) -> Iterator[str]:
    """The blocks of a text as HTML, with headings from the third level."""
    front = _FRONT.match(markdown)
    body = markdown[front.end() :] if front else markdown
    lines = [ln for ln in body.splitlines() if not _FENCE.match(ln)]
    at, level = 0, 2
    while at < len(lines):
        line = lines[at]
        heading = _HEADING.match(line)
        if heading:
            level = 3 if len(heading[1]) <= 2 or level < 3 else 4
            yield f"<h{level}>{inline(_title(heading[2]))}</h{level}>"
            at += 1
        elif line.lstrip().startswith("|") and _is_rule(lines, at + 1):
            end = _while(lines, at, lambda ln: ln.lstrip().startswith("|"))
            yield _table(lines[at:end])
            at = end
        elif _ITEM.match(line):
            end = _while(lines, at, lambda ln: bool(ln.strip()))
            yield _list(lines[at:end])
            at = end
        elif line.strip():
            end = _while(lines, at + 1, _goes_on)
            yield f"<p>{inline(' '.join(ln.strip() for ln in lines[at:end]))}</p>"
            at = end
        else:
            at += 1


def _title(words: str) -> str:
    """A heading without its attributes and closing marks."""
    plain = words.rstrip().rstrip("#").rstrip()
    start = plain.rfind("{")
    return plain[:start].rstrip() if plain.endswith("}") and start > 0 else plain


def _is_rule(lines: list[str], at: int) -> bool:
    return at < len(lines) and {"-", "|"} <= set(lines[at]) and bool(_RULE.fullmatch(lines[at]))


def _goes_on(line: str) -> bool:
    return bool(line.strip()) and not _HEADING.match(line) and not _ITEM.match(line)


def _while(lines: list[str], at: int, holds: Callable[[str], bool]) -> int:
    while at < len(lines) and holds(lines[at]):
        at += 1
    return at


def _cells(line: str) -> list[str]:
    return [inline(c.strip()) for c in _CELL.split(line.strip().strip("|"))]


def _table(lines: list[str]) -> str:
    head = [c.strip() for c in _CELL.split(lines[0].strip().strip("|"))]
    rows = [_cells(line) for line in lines[2:]]
    return table("Table of the procedure", [_words(" ".join(h.split())) for h in head], rows)


def _list(lines: list[str]) -> str:
    items: list[str] = []
    for line in lines:
        found = _ITEM.match(line)
        if found:
            items.append(found[2])
        elif items:
            items[-1] += f" {line.strip()}"
    first = _ITEM.match(lines[0])
    kind = "ol" if first and first[1][0].isdigit() else "ul"
    return f"<{kind}>" + "".join(f"<li>{inline(i)}</li>" for i in items) + f"</{kind}>"


def _words(markdown: str) -> str:
    """The words of a line, without marks of emphasis, sources, targets and attributes."""
    return _INLINE.sub(_one, _SOURCES.sub("", markdown))


def _one(match: re.Match[str]) -> str:
    if match["kept"] is not None:
        return match["kept"]
    return "" if match["words"] is None else _words(match["words"])


def inline(markdown: str) -> str:
    """A line of Markdown as HTML: its words, escaped."""
    return spelled(_words(" ".join(markdown.split())))
