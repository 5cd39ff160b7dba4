"""Text from outside, with nothing in it that a terminal or a reader's eye would be misled by."""

from __future__ import annotations

from typing import Final
from unicodedata import category

ODD: Final = frozenset(("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"))


def visible(text: object, longest: int = 200) -> str:
    """One line: control, format and unassigned characters as their code, such as `<U+202E>`.

    longest: characters that are kept; what is cut off shows as `…`.
    """
    found = str(text)
    short = found if len(found) <= longest else found[: longest - 1] + "…"
    return "".join(f"<U+{ord(c):04X}>" if category(c) in ODD else c for c in short)
