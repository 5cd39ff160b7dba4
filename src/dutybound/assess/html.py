"""A plain, accessible HTML page: no script, no outside file, every text escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

SHORT: Final = re.compile(r"[\w.-]{1,14}", re.ASCII)  # a day, an id, a party: never broken
WIDE: Final = 4  # columns; a table with more keeps its width and scrolls on a narrow screen
STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
body{color:#1b1b1b;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2rem}
table{border-collapse:collapse;margin:1rem 0;width:100%}caption{text-align:left;font-weight:600}
th,td{border:1px solid #767676;padding:.3rem .5rem;text-align:left;vertical-align:top}
thead th{background:#f1f1f1}tbody th{background:#fff}
td.n{text-align:right}.d{white-space:nowrap}
.met{background:#c9ecc9}.partial{background:#fbe7a3}.open{background:#f6c3bd}
.unassessed{background:#e4d3f2;font-style:italic}.shielded{background:#cfe0f7}
.no-control{background:#e2e2e2}.note{color:#444}.scroll{overflow-x:auto}
a{color:#0b4a8f}a:focus-visible,.scroll:focus-visible{outline:3px solid #0b4a8f}
.full{border-top:3px solid #1b1b1b;margin-top:3rem}
@media (max-width:45rem){body{margin:1rem auto}
.wide{min-width:56rem}.wide caption{position:sticky;left:0;width:calc(100vw - 2rem)}
.wide tbody th{position:sticky;left:0;max-width:9rem;overflow-wrap:anywhere}}
@media print{@page{size:A4;margin:9mm 12mm}
body{font-size:8pt;line-height:1.22;margin:0;max-width:none;padding:0}
h1{font-size:14pt;margin:0}h2{font-size:10.5pt;margin:.4rem 0 .1rem}p,ul,table{margin:.15rem 0}
th,td{padding:.05rem .3rem}.scroll{overflow:visible}thead{display:table-header-group}
.first caption{display:none}tr{break-inside:avoid}h2,caption{break-after:avoid}
.full{break-before:page;border:0;margin:0}*{print-color-adjust:exact}}
"""


def text(value: object) -> str:
    """A value as HTML text."""
    return escape(str(value), quote=True)


def page(title: str, parts: Iterable[str], language: str = "en") -> str:
    """A whole page. parts: HTML that was built with the helpers here."""
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{text(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{text(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def heading(words: object, anchor: str = "") -> str:
    """A heading of the second level. anchor: a name that a link can lead to."""
    mark = f' id="{text(anchor)}"' if anchor else ""
    return f"<h2{mark}>{text(words)}</h2>"


def section(label: str, kind: str, parts: Iterable[str]) -> str:
    """A named part of the page."""
    body = "\n".join(parts)
    return f'<section class="{text(kind)}" aria-label="{text(label)}">\n{body}\n</section>'


def link(words: object, anchor: str) -> str:
    """A paragraph that leads to another place of the page."""
    return f'<p><a href="#{text(anchor)}">{text(words)}</a></p>'


def paragraph(words: object, kind: str = "") -> str:
    """A paragraph."""
    mark = f' class="{text(kind)}"' if kind else ""
    return f"<p{mark}>{text(words)}</p>"


def table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[object | tuple[object, str]]]
) -> str:
    """A table. A cell is a value, or (value, class); numbers stand to the right.

    A class gives colour only: the value has to say by itself what it means. Without rows, a
    paragraph says so.
    """
    cells = "".join(f'<th scope="col">{text(h)}</th>' for h in head)
    lines = "\n".join(
        "<tr>" + "".join(_cell(c, i) for i, c in enumerate(r)) + "</tr>" for r in rows
    )
    if not lines:
        return paragraph(f"{caption}: none.")
    wide = ' class="wide"' if len(head) > WIDE else ""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{text(caption)}">'
        f"<table{wide}>\n<caption>{text(caption)}</caption>\n<thead><tr>{cells}</tr></thead>\n"
        f"<tbody>\n{lines}\n</tbody>\n</table></div>"
    )


def _cell(cell: object | tuple[object, str], place: int) -> str:
    value, kind = cell if isinstance(cell, tuple) and len(cell) == 2 else (cell, "")
    kinds = f"{kind} n" if isinstance(value, int) else str(kind)
    if SHORT.fullmatch(str(value)):
        kinds += " d"
    mark = f' class="{text(kinds.strip())}"' if kinds.strip() else ""
    if place == 0:
        return f'<th scope="row"{mark}>{text(value)}</th>'
    return f"<td{mark}>{text(value)}</td>"


def items(values: Iterable[object]) -> str:
    """A list."""
    return "<ul>" + "".join(f"<li>{text(v)}</li>" for v in values) + "</ul>"
