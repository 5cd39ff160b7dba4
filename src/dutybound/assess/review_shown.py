"""Hostile text as HTML text: nothing runs, nothing hides, nothing turns the line around."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html.parser import HTMLParser
from typing import Final

from dutybound.assess.html import text

LONG: Final = 600  # characters; longer text gets a box of its own that scrolls
_BLANK: Final = re.compile(r"[ \t\n]")
# Categories of Unicode that show nothing, or move what is shown: controls, formats, surrogates,
# private use, separators of lines and paragraphs.
_HIDDEN: Final = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_PLAIN: Final = re.compile(r"[ -~]*\Z")


def spelled(value: str) -> str:
    """HTML of a text in which every character that would not show is spelled, such as U+202E."""
    if _PLAIN.match(value):
        return text(value)
    return "".join(_character(c) for c in value)


def _character(c: str) -> str:
    if c == "\n":
        return " "
    if unicodedata.category(c) in _HIDDEN:
        return f'<span class="mark">U+{ord(c):04X}</span>'
    return text(c)


def shown(value: object) -> str:
    """HTML of a value of a record, kept apart from the text around it."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    words = value if isinstance(value, str) else repr(value)
    inner = f"<bdi>{spelled(words)}</bdi>"
    if len(words) <= LONG:
        return inner
    label = f"Long text, {len(words):,} characters"
    return f'<div class="long" role="region" tabindex="0" aria-label="{label}">{inner}</div>'


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already; the first of a row heads it."""
    cells = "".join(f'<th scope="col">{text(h)}</th>' for h in head)
    lines = "\n".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{c}</th>' if i == 0 else f"<td>{c}</td>" for i, c in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{text(caption)}">\n'
        f"<table>\n<caption>{text(caption)}</caption>\n<thead><tr>{cells}</tr></thead>\n"
        f"<tbody>\n{lines}\n</tbody>\n</table>\n</div>"
    )


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def digest_of_text(html: str) -> str:
    """sha256 of the text that a browser shows for this HTML, blanks left out."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return sha256(_BLANK.sub("", "".join(parser.parts)).encode()).hexdigest()
