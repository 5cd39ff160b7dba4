"""What an ONNX file asks for, read from its bytes before any runtime sees them.

Only the few fields that matter for safety are looked at. Field numbers: onnx.proto3 of ONNX IR.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from dutybound.models.model import ModelError

Field: TypeAlias = tuple[int, int, int | bytes]
PLAIN_DOMAINS: Final = frozenset({"", "ai.onnx", "ai.onnx.ml"})
DEEPEST: Final = 20
# For each kind of message: field number to the kind of message that it holds.
INSIDE: Final = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}


def check_onnx(data: bytes, name: str) -> None:
    """Refuse operators outside the ONNX standard, and weights in other files. Raises ModelError."""
    domains = _walk(memoryview(data), "model", name, 0)
    strange = sorted(domains - PLAIN_DOMAINS)
    if strange:
        raise ModelError(
            f"{name}: uses operators of {', '.join(strange)}. Only those of the ONNX standard "
            "(ai.onnx, ai.onnx.ml) are run. Export the model without custom operators."
        )


def _walk(data: memoryview, kind: str, name: str, depth: int) -> set[str]:
    """Domains of operator sets and nodes inside a message."""
    if depth > DEEPEST:
        raise ModelError(f"{name}: graphs lie inside each other more than {DEEPEST} deep.")
    found: set[str] = set()
    for number, wire, value in _fields(data, name):
        if kind == "tensor" and number in (13, 14) and value not in (0, b""):
            raise ModelError(f"{name}: keeps weights in another file. Export it as one file.")
        if wire != 2 or isinstance(value, int):
            continue
        if (kind, number) == ("model", 8):
            found |= {_text(v, name) for n, _, v in _fields(memoryview(value), name) if n == 1}
        elif (kind, number) == ("node", 7):
            found.add(_text(value, name))
        elif number in INSIDE[kind]:
            found |= _walk(memoryview(value), INSIDE[kind][number], name, depth + 1)
    return found


def _text(value: int | bytes, name: str) -> str:
    if isinstance(value, int):
        raise _broken(name)
    return bytes(value).decode("utf-8", errors="replace")


def _fields(data: memoryview, name: str) -> Iterator[Field]:
    """Fields of a protobuf message: number, wire type, value."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at, name)
        wire = key & 7
        if wire == 0:
            number, at = _varint(data, at, name)
            yield key >> 3, wire, number
            continue
        if wire == 2:
            size, at = _varint(data, at, name)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise _broken(name)
        if at + size > len(data):
            raise _broken(name)
        yield key >> 3, wire, data[at : at + size]  # type: ignore[misc]
        at += size


def _varint(data: memoryview, at: int, name: str) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise _broken(name)
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise _broken(name)


def _broken(name: str) -> ModelError:
    return ModelError(f"{name}: is no ONNX file, or is damaged. Export it again.")
