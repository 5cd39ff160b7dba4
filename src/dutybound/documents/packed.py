"""Very long lines, written so that pandoc reads them quickly.

A field may hold a megabyte. Word by word and escape by escape, pandoc would take minutes and
gigabytes for it. Here such text becomes one long word: `filters/packed.lua` takes it apart again.
Letters of Linear A stand for the signs, since pandoc keeps letters together; a line that holds
such letters itself is left alone.
"""

from __future__ import annotations

import re
from typing import Final

_LONG: Final = 20_000  # characters of a line; a shorter one is left alone
_RUN: Final = 2_000
_ESCAPED: Final = 0x10600 - 0x20  # + code of a sign after a backslash, which it keeps in code
_BARE: Final = 0x10660 - 0x20  # + code of a sign that stands for itself
_TAKEN: Final = re.compile("[\U00010600-\U000106bf]")
_LINE: Final = re.compile(rf"[^\n]{{{_LONG},}}")
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_INSIDE: Final = re.compile(r"(?<=[0-9A-Za-z])[_#](?=[0-9A-Za-z])|[!&](?=[ .,;:])")
# Nothing here has a meaning in Markdown, wherever it stands after the start of a line.
_PLAIN: Final = re.compile(rf"[^\\`*_\[\]<{{}}|~$@#!&\n]{{{_RUN},}}")
_EDGE: Final = 12  # the sign of a list stands there, or the space before the next thing


def pack(markdown: str) -> str:
    """The same Markdown; each long line of plain text is one word."""
    return _LINE.sub(lambda line: _packed(line[0]), markdown)


def _packed(line: str) -> str:
    if _TAKEN.search(line):
        return line
    line = _ESCAPE.sub(lambda found: chr(_ESCAPED + ord(found[1])), line)
    line = _INSIDE.sub(lambda found: chr(_BARE + ord(found[0])), line)
    return _PLAIN.sub(lambda run: _joined(run[0]), line)


def _joined(run: str) -> str:
    inner = run[_EDGE:-_EDGE].replace(" ", chr(_BARE + ord(" ")))
    return run[:_EDGE] + inner + run[-_EDGE:]
