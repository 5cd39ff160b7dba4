"""The Markdown that templates and records may use."""

from __future__ import annotations

from typing import Final

# Nothing here reads a file, runs code or passes markup of a format through. CommonMark itself knows
# raw HTML: the reader turns it into text (see `filters/read.lua`).
EXTENSIONS: Final = (
    "attributes",  # {#id} and {.class}
    "bracketed_spans",  # [text]{.gap}
    "definition_lists",
    "fenced_divs",  # ::: note
    "footnotes",
    "pipe_tables",
)
# Classes that mean something. Every other class, and every other attribute, is dropped.
CLASSES: Final = ("authored", "gap", "note", "src", "table", "warning")
# A person's own Markdown: nothing that could take the form of a gap, a source or an anchor.
AUTHORED: Final = ("pipe_tables",)
