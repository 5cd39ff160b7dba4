"""A plain, accessible HTML page: no script, no outside file, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
body{color:#1b1b1b;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2rem}
table{border-collapse:collapse;margin:1rem 0;width:100%}caption{text-align:left;font-weight:600}
th,td{border:1px solid #767676;padding:.3rem .5rem;text-align:left;vertical-align:top}
td.n{text-align:right}.met{background:#c9ecc9}.partial{background:#fbe7a3}.open{background:#f6c3bd}
.unassessed{background:#e4d3f2;font-style:italic}.shielded{background:#cfe0f7}
.no-control{background:#e2e2e2}.note{color:#444}.scroll{overflow-x:auto}
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


def heading(words: object) -> str:
    """A heading of the second level."""
    return f"<h2>{text(words)}</h2>"


def paragraph(words: object, kind: str = "") -> str:
    """A paragraph."""
    mark = f' class="{text(kind)}"' if kind else ""
    return f"<p{mark}>{text(words)}</p>"


def table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[object | tuple[object, str]]]
) -> str:
    """A table. A cell is a value, or (value, class); numbers stand to the right."""
    cells = "".join(f'<th scope="col">{text(h)}</th>' for h in head)
    lines = "\n".join(
        "<tr>" + "".join(_cell(c, i) for i, c in enumerate(r)) + "</tr>" for r in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{text(caption)}">'
        f"<table>\n<caption>{text(caption)}</caption>\n<thead><tr>{cells}</tr></thead>\n"
        f"<tbody>\n{lines}\n</tbody>\n</table></div>"
    )


def _cell(cell: object | tuple[object, str], place: int) -> str:
    value, kind = cell if isinstance(cell, tuple) and len(cell) == 2 else (cell, "")
    kinds = f"{kind} n" if isinstance(value, int) else str(kind)
    mark = f' class="{text(kinds.strip())}"' if kinds.strip() else ""
    if place == 0:
        return f'<th scope="row"{mark}>{text(value)}</th>'
    return f"<td{mark}>{text(value)}</td>"


def items(values: Iterable[object]) -> str:
    """A list."""
    return "<ul>" + "".join(f"<li>{text(v)}</li>" for v in values) + "</ul>"
