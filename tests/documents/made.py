"""A small document with everything in it, and ways to read what was rendered."""

from __future__ import annotations

import re
import struct
import zlib
from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from dutybound.documents.page import Page, Picture
from dutybound.documents.render import render

DAY = date(2026, 11, 25)
LABELS = {"version": "Version", "state": "State"}
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"><rect width="30" height="30" '
    b'fill="#4c78a8"/></svg>'
)
BODY = """## Scope {#scope}

The system ranks *applications*.[^purpose] It is **not** alone.[^model] The same source.[^purpose]

[Open: Which data was it trained on?]{.gap}

### Parts

- one
- two
    1. inner

::: {.table}
Rate of approval by group

| Group | Rate |
|:--|--:|
| women | 0.71 |
| men | 0.73 |
:::

![](chart)

## Use

::: note
See [the scope](#scope), [the register](https://example.org/?a=1&b=2).
:::

> Quoted.

    indented code

[^purpose]: Profile fact `purpose`; Art. 13(3) AI Act.

[^model]: Model card, section 2.
"""


def png(width: int = 2, height: int = 2) -> bytes:
    """A picture in one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        tail = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + tail

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x40\x70\xa0" * width for _ in range(height))
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def page(body: str = BODY, title: str = "Instructions for use", **more: Any) -> Page:
    """A page with a chart. more: other fields of it."""
    chart = Picture(SVG, png(), more.pop("alt", "Rates of approval: women 0.71, men 0.73."))
    front = more.pop("front", {"id": "instructions", "version": "0.1", "state": "draft"})
    return Page(
        more.pop("name", "instructions"),
        title,
        more.pop("lang", "en"),
        front,
        body,
        {"chart": chart},
        **more,
    )


def rendered(pages: Page | list[Page], *formats: str) -> dict[tuple[str, str], bytes]:
    """The files by (name, format)."""
    every = [pages] if isinstance(pages, Page) else pages
    found = render(every, formats, day=DAY, words=LABELS)
    return {(file.name, file.format): file.data for file in found}


def one(document: Page, kind: str) -> bytes:
    """The file of one page."""
    return rendered(document, kind)[document.name, kind]


class Seen(HTMLParser):
    """Tags with their attributes, and the text, of an HTML page."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.by_tag: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(raw.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br", "hr"):
            self._open.append(tag)
            self.by_tag.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.text += data
        for tag in set(self._open):
            self.by_tag[tag][-1] += data


def part(docx: bytes, name: str = "word/document.xml") -> str:
    """One part of a Word file."""
    with ZipFile(BytesIO(docx)) as archive:
        return archive.read(name).decode()


def word_text(docx: bytes) -> str:
    """All text of a Word file: body and footnotes, one line for each paragraph."""
    import docx as word

    document = word.Document(BytesIO(docx))
    notes = re.findall(r"<w:t[ >][^<]*</w:t>", part(docx, "word/footnotes.xml"))
    lines = [_paragraph(p) for p in document.element.body.iter(f"{W}p")]
    return "\n".join([*lines, "".join(_plain(n) for n in notes)])


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _paragraph(element: Any) -> str:
    return "".join(t.text or "" for t in element.iter(f"{W}t"))


def _plain(element: str) -> str:
    from html import unescape

    return unescape(re.sub("<[^>]*>", "", element))


def pdf_text(pdf: bytes) -> str:
    """All text of a PDF file without white space, hyphens of broken words included."""
    from pypdf import PdfReader

    return squeezed("".join(p.extract_text() for p in PdfReader(BytesIO(pdf)).pages))


def squeezed(text: str) -> str:
    """The text without white space."""
    return re.sub(r"\s", "", text)
