"""Plain text as Markdown that shows exactly that text, in every format and in common viewers.

The dialect is CommonMark with the extensions that `dialect.EXTENSIONS` names. A character that a
reader could not see, or that would change the order of what is read, becomes a visible mark such
as ⟨U+202E⟩.
"""

from __future__ import annotations

import re
from typing import Final

# Controls, marks of direction, invisible signs, private use, lone surrogates, noncharacters. Left
# as they are: the joiners U+200C and U+200D, which spell words, and the soft hyphen U+00AD.
UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\uffff\U000e0000-\U000e0fff"
    "\U000f0000-\U0010ffff]|[\U0001fffe-\U0001ffff\U0002fffe-\U0002ffff\U0003fffe-\U0003ffff]"
)
_MOST: Final = 500  # paragraphs of one text
_SPACE: Final = re.compile("[ \t\r\n\x85\u2028\u2029]+")
_BLANK: Final = re.compile(r"(?:\r\n?|\n|\x85|\u2028)[ \t]*(?:\r\n?|\n|\x85|\u2028)|\u2029")
_SPECIAL: Final = re.compile(
    r"[\\`*\[\]<{}|~$@]"  # always
    r"|&(?=[#A-Za-z])"  # a character reference
    r"|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])"  # emphasis; not inside a_name
    r"|(?<![0-9A-Za-z])#"  # a heading, or its end
    r"|:(?=//)|(?<=www)\."  # viewers make links of these
    r"|^[-+=>:]|(?<=^[0-9])[.)]"  # a list, a quote, an underline, a definition
)
_NUMBERED: Final = re.compile(r"([0-9]{2,9})([.)])(?= |$)")


def visible(text: str) -> str:
    """The text as a reader sees it: unseen characters as marks, white space as single spaces."""
    return UNSEEN.sub(_mark, _SPACE.sub(" ", text).strip(" "))


def inline(text: str) -> str:
    """Plain text as Markdown for a place inside a line: a cell, a heading, a paragraph, a link.

    Shows as `visible(text)`. Any string is allowed; line ends become spaces.
    """
    shown = _SPECIAL.sub(r"\\\g<0>", visible(text))
    return _NUMBERED.sub(r"\1\\\2", shown, count=1) if _NUMBERED.match(shown) else shown


def blocks(text: str) -> str:
    """Plain text as paragraphs: a blank line in the text begins a new one.

    After 500 paragraphs, the sign ¶ stands for the blank line.
    """
    paragraphs = [part for part in _BLANK.split(text) if visible(part)]
    rest = [" ¶ ".join(paragraphs[_MOST:])] if len(paragraphs) > _MOST else []
    return "\n\n".join(map(inline, paragraphs[:_MOST] + rest))


def authored(markdown: str) -> str:
    """A person's Markdown as Markdown that can stand in a section: see `authored.clean`."""
    from dutybound.documents.authored import clean

    return clean([markdown])[0]


def _mark(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found[0]):04X}⟩"
