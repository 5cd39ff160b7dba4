"""Model cards as Hugging Face keeps them: README.md with a block of YAML, then Markdown.

Source: "Model Cards" in the documentation of the Hugging Face Hub; the block lies between two lines
`---` at the start of the file. YAML itself is read elsewhere: this module parts the file, and puts
it together again from the text of the block and the sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dutybound.errors import BadInput

MAX_SECTIONS: Final = 2000
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING: Final = re.compile(r"(#{1,6})(?:[ \t]+(.*?))?[ \t]*#*[ \t]*\Z")
_LIKE_HEADING: Final = re.compile(r"\\*#{1,6}(?:[ \t]|\Z)")
_ESCAPED: Final = re.compile(r"\A\\(\\*#{1,6}(?:[ \t]|\Z))")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text under it, up to the next heading of any level.

    level: 1 to 6; 0 is what stands before the first heading. heading: its words. text: Markdown
    without the blank lines around it.
    """

    level: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class CardFile:
    """A card in two parts. block: the text of the YAML block, or None without one."""

    block: str | None
    sections: tuple[Section, ...]


def parse_card(text: str, shown: str) -> CardFile:
    """The parts of a card. shown: the file name for errors. Raises BadInput."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if "\0" in text:
        raise BadInput.one(shown, "The file is binary, not text. Give a README.md.")
    block, body = None, lines
    if lines and lines[0].rstrip() == "---":
        end = next((i for i, x in enumerate(lines[1:], 1) if x.rstrip() == "---"), None)
        if end is None:
            message = "The block that begins with `---` has no end. Close it with a line `---`."
            raise BadInput.one(shown, message, 1, 1)
        block, body = "\n".join(lines[1:end]) + "\n", lines[end + 1 :]
    sections = tuple(_sections(body))
    if len(sections) > MAX_SECTIONS:
        raise BadInput.one(shown, f"The card has more than {MAX_SECTIONS:,} headings. Split it.")
    return CardFile(block, sections)


def _code(lines: Sequence[str]) -> tuple[list[bool], str]:
    """Whether each line belongs to a block of code, and the fence of one that is still open."""
    found, fence = [], ""
    for line in lines:
        mark = _FENCE.match(line)
        rest = line[mark.end() :] if mark else ""
        if mark and not fence and not (mark[1][0] == "`" and "`" in rest):
            fence = mark[1]
            found.append(True)
            continue
        found.append(bool(fence))
        if mark and fence and mark[1].startswith(fence) and not rest.strip():
            fence = ""
    return found, fence


def _sections(lines: Sequence[str]) -> Iterable[Section]:
    level, heading, text = 0, "", list[str]()
    inside, _ = _code(lines)
    for line, code in zip(lines, inside, strict=True):
        found = None if code else _HEADING.match(line)
        if found is None:
            text.append(line if code else _ESCAPED.sub(r"\1", line))
            continue
        if level or any(x.strip() for x in text):
            yield Section(level, heading, _trimmed(text))
        level, heading, text = len(found[1]), (found[2] or "").strip(), []
    if level or any(x.strip() for x in text):
        yield Section(level, heading, _trimmed(text))


def _trimmed(lines: Sequence[str]) -> str:
    found = list(lines)
    while found and not found[0].strip():
        found.pop(0)
    while found and not found[-1].strip():
        found.pop()
    return "\n".join(found)


def said(section: Section) -> str:
    """What a section says: its text without comments; empty if it is a place left open.

    The template of the Hub marks open places with `[More Information Needed]`.
    """
    plain = _COMMENT.sub("", section.text).strip()
    bare = re.sub(r"[\s\[\]*_>{}.-]", "", plain).lower()
    return "" if bare in ("", "moreinformationneeded") else plain


def card_text(block: str, sections: Sequence[Section]) -> str:
    """A card file. block: the text of the YAML block.

    Text that would read as a heading, or open a block of code that never ends, is changed so that
    the sections stay what they are.
    """
    parts = [f"---\n{block.rstrip()}\n---\n"]
    for i, s in enumerate(sections):
        head = f"{'#' * s.level} {s.heading}".rstrip() if s.level else ""
        body = held(s.text, last=i == len(sections) - 1)
        parts.append("\n\n".join(p for p in (head, body) if p) + "\n")
    return "\n".join(parts)


def held(text: str, *, last: bool = False) -> str:
    """Text that stays inside its section: a line that reads as a heading gets a backslash, which
    reading takes off, and a block of code that is open is closed unless nothing follows."""
    lines = text.split("\n")
    inside, fence = _code(lines)
    found = [
        "\\" + line if not code and _LIKE_HEADING.match(line) else line
        for line, code in zip(lines, inside, strict=True)
    ]
    if fence and not last:
        found.append(fence)
    return "\n".join(found)


def heading_key(heading: str) -> str:
    """A heading as it is looked up: small letters, words only."""
    return " ".join(re.findall(r"[^\W_]+", heading.lower()))
