"""The metadata block of a card, written so that readers of YAML 1.1 and 1.2 find the same values.

The Hub reads YAML 1.1, in which a bare `no` is false and 1e-05 is text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, Final

_BARE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_/-]*(?:\.[A-Za-z0-9_/-]+)*\Z")
_WORDS: Final = frozenset(("yes", "no", "on", "off", "true", "false", "null", "y", "n"))


def block_of(metadata: Mapping[str, Any]) -> str:
    """A mapping as YAML, one key a line, in the order given."""
    return "".join(f"{line}\n" for line in _mapping(metadata, "")) or "{}\n"


def _mapping(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, inner in value.items():
        yield from _entry(f"{indent}{_text(str(key))}:", inner, indent)


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield head
        yield from _mapping(value, indent + "  ")
    elif isinstance(value, list) and value:
        yield head
        for member in value:
            yield from _member(member, indent)
    else:
        yield f"{head} {_scalar(value)}"


def _member(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        first, *rest = _mapping(value, indent + "  ")
        yield f"{indent}- {first.lstrip()}"
        yield from rest
    elif isinstance(value, list) and value:
        yield f"{indent}-"
        for member in value:
            yield from _member(member, indent + "  ")
    else:
        yield f"{indent}- {_scalar(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list):
        return "[]"
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    if isinstance(value, float) and isfinite(value):
        text = repr(value)
        return text if "e" not in text or "." in text else text.replace("e", ".0e")
    return _text(str(value))


def _text(value: str) -> str:
    if _BARE.match(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
