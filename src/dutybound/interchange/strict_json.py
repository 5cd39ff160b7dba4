"""JSON that two readers cannot understand differently: one key once, no NaN, no surprises."""

from __future__ import annotations

import json
from typing import Any, Final

from dutybound.errors import DutyboundError

MAX_DEPTH: Final = 60


class JsonError(DutyboundError):
    """Bytes that are not JSON as we accept it."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        raise JsonError(f"the key `{twice[:60]}` stands twice in one object")
    return found


def _constant(name: str) -> Any:
    raise JsonError(f"`{name}` is no JSON value")


def parse(raw: bytes, limit: int) -> Any:
    """The value of JSON bytes. Raises JsonError; nothing else gets out.

    Refused: more than `limit` bytes, other text than UTF-8, a key twice, NaN and infinities,
    nesting deeper than MAX_DEPTH.
    """
    if len(raw) > limit:
        raise JsonError(f"{len(raw):,} bytes; at most {limit:,} are read")
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant)
    except RecursionError as error:
        raise JsonError(f"nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:
        raise JsonError(f"not JSON in UTF-8 ({str(error)[:80]})") from error
    _check_depth(value)
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise JsonError(f"nested deeper than {MAX_DEPTH} levels")


def canonical(value: Any) -> bytes:
    """The one spelling of a value: sorted keys, no spaces, UTF-8. Raises JsonError."""
    try:
        text = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        return text.encode("utf-8")
    except (ValueError, TypeError) as error:
        raise JsonError(f"cannot be written as JSON ({str(error)[:80]})") from error
