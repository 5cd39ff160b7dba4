"""Writes plain values as YAML that `reading` reads back to the same values; replaces files."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from dutybound.errors import BadInput

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./ -]*[A-Za-z0-9]\Z|[A-Za-z]\Z")
_SPECIAL: Final = {"true", "false", "null"}
_WIDTH: Final = 90


def to_yaml(value: Mapping[str, Any]) -> str:
    """A mapping as YAML text: block style, short lists in one line."""
    return "\n".join(_mapping(value, "")) + "\n"


def _mapping(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, inner in value.items():
        yield from _entry(f"{indent}{_scalar(key)}:", inner, indent + "  ")


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield head
        yield from _mapping(value, indent)
    elif isinstance(value, list) and any(isinstance(v, Mapping | list) for v in value):
        yield head
        for member in value:
            yield from _member(member, indent)
    else:
        line = f"{head} {_flow(value)}"
        if isinstance(value, list) and len(line) > _WIDTH:
            yield head
            yield from (f"{indent}- {_scalar(v)}" for v in value)
        else:
            yield line


def _member(value: Any, indent: str) -> Iterator[str]:
    if not isinstance(value, Mapping) or not value:
        yield f"{indent}- {_flow(value)}"
        return
    lines = list(_mapping(value, indent + "  "))
    yield f"{indent}- {lines[0].lstrip()}"
    yield from lines[1:]


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    text = str(value)
    plain = _PLAIN.match(text) and text.lower() not in _SPECIAL
    if plain or re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    return json.dumps(text, ensure_ascii=False)


def replace_file(path: Path, raw: bytes, *, check: Callable[[Path], object] | None = None) -> None:
    """Put a file in the place of another, or of none, in one step and durably.

    check: looks at the new file before it takes the place; raises BadInput to leave it undone.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with new.open("xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        if check is not None:
            check(new)
        if path.exists():
            new.chmod(path.stat().st_mode & 0o777)
        new.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise BadInput.one(str(path), f"It cannot be written: {error.strerror}.") from error
    finally:
        new.unlink(missing_ok=True)
