"""What is rendered, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

FORMATS: Final = ("md", "html", "docx", "pdf")


@dataclass(frozen=True)
class Picture:
    """A chart. alt: what it shows, in words; its numbers stand in a table beside it."""

    svg: bytes
    png: bytes
    alt: str


@dataclass(frozen=True)
class Page:
    """A document before it has a format.

    name: the file's name without its ending. front: the front matter, plain values. A value whose
    key is one of the `words` of the rendering is shown under the title. body: our Markdown;
    sections have level 2 (`##`), the title is not part of it. pictures: by the name that the
    body uses in `![](name)`. contents: whether a list of the sections stands first. landscape:
    lay the pages of the PDF on their side, for wide tables. short: set it tight.
    """

    name: str
    title: str
    lang: str
    front: Mapping[str, Any]
    body: str
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    contents: bool = True
    landscape: bool = False
    short: bool = False


@dataclass(frozen=True)
class Rendered:
    """A finished file. format: one of FORMATS, and the ending of the file's name."""

    name: str
    format: str
    data: bytes


def shown(page: Page, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """The lines under the title: label and value."""
    lines = [(words[key], value) for key, value in page.front.items() if key in words]
    return [(label, _plain(value)) for label, value in lines if value not in (None, "", [])]


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
