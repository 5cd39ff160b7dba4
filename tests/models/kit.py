"""Short hands for the tests of models: linear models by hand, and ONNX files from bytes."""

from __future__ import annotations

import struct

import numpy as np

from dutybound.models.model import Array, Feature, Scorer

Bytes = bytes | bytearray


def features(count: int) -> tuple[Feature, ...]:
    return tuple(Feature(f"f{i}") for i in range(count))


def additive(weights: list[float], start: float = 0.0) -> Scorer:
    """A score that is a plain sum: 0.1 for each 1 of a feature with weight 0.1."""

    def model(x: Array) -> Array:
        found: Array = start + x @ np.asarray(weights)
        return found

    return Scorer(model, features(len(weights)), "sum")


def logistic(weights: list[float], start: float = 0.0) -> Scorer:
    def model(x: Array) -> Array:
        found: Array = 1 / (1 + np.exp(-(start + x @ np.asarray(weights))))
        return found

    return Scorer(model, features(len(weights)), "logistic")


# --------------------------------------------------- ONNX by hand: field numbers of onnx.proto3
def varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def part(number: int, value: Bytes | str | int) -> bytes:
    """One field: a whole number, or bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else bytes(value)
    return varint(number << 3 | 2) + varint(len(data)) + data


def node(kind: str, ins: list[str], out: str, domain: str = "") -> bytes:
    found = b"".join(part(1, name) for name in ins) + part(2, out) + part(4, kind)
    return found + (part(7, domain) if domain else b"")


def tensor(name: str, shape: list[int], values: list[float]) -> bytes:
    sizes = b"".join(part(1, n) for n in shape)
    return sizes + part(2, 1) + part(8, name) + part(9, struct.pack(f"<{len(values)}f", *values))


def outside_tensor(name: str, shape: list[int], file: str) -> bytes:
    """A tensor whose values lie in another file."""
    sizes = b"".join(part(1, n) for n in shape)
    where = part(1, "location") + part(2, file)
    return sizes + part(2, 1) + part(8, name) + part(13, where) + part(14, 1)


def value_info(name: str, width: int) -> bytes:
    shape = part(1, part(2, "n")) + part(1, part(1, width))
    return part(1, name) + part(2, part(1, part(1, 1) + part(2, shape)))


def onnx_bytes(nodes: list[bytes], tensors: list[bytes], width: int, domain: str = "") -> bytes:
    """A model with input `x` of shape (n, width) and output `y` of shape (n, 1)."""
    graph = b"".join(part(1, n) for n in nodes) + part(2, "g")
    graph += b"".join(part(5, t) for t in tensors)
    graph += part(11, value_info("x", width)) + part(12, value_info("y", 1))
    sets = part(8, part(1, "") + part(2, 13))
    if domain:
        sets += part(8, part(1, domain) + part(2, 1))
    return part(1, 8) + part(7, graph) + sets


def logistic_onnx(weights: list[float], start: float) -> bytes:
    """sigmoid(x w + b), the logistic regression of `logistic`."""
    return onnx_bytes(
        [
            node("MatMul", ["x", "w"], "p"),
            node("Add", ["p", "b"], "s"),
            node("Sigmoid", ["s"], "y"),
        ],
        [tensor("w", [len(weights), 1], weights), tensor("b", [1], [start])],
        len(weights),
    )
