"""Checks a value against a JSON Schema, as far as ours go. Unknown keywords are refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

KINDS: dict[str, Callable[[Any], bool]] = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "null": lambda v: v is None,
}
PASSIVE = {"$schema", "$defs", "title", "description"}


def problems(value: Any, schema: dict[str, Any], root: Any = None, at: str = "$") -> Iterator[str]:
    """What is wrong with a value, each with its path."""
    root = schema if root is None else root
    for word, rule in schema.items():
        if word in PASSIVE or word in ("additionalProperties",):
            continue
        check = CHECKS.get(word)
        if check is None:
            raise AssertionError(f"{at}: the checker does not know `{word}`")
        yield from check(value, rule, root, at)
    if isinstance(value, dict) and "additionalProperties" in schema:
        more = schema["additionalProperties"]
        for key in value.keys() - schema.get("properties", {}).keys():
            if more is False:
                yield f"{at}: `{key}` is not allowed"
            elif more is not True:
                yield from problems(value[key], more, root, f"{at}.{key}")


def _type(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    kinds = rule if isinstance(rule, list) else [rule]
    if not any(KINDS[k](value) for k in kinds):
        yield f"{at}: {value!r} is no {' or '.join(kinds)}"


def _same(a: Any, b: Any) -> bool:
    return bool(a == b) and isinstance(a, bool) is isinstance(b, bool)


def _enum(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    if not any(_same(value, one) for one in rule):
        yield f"{at}: {value!r} is not among the values"


def _const(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    if not _same(value, rule):
        yield f"{at}: {value!r} is not {rule!r}"


def _pattern(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    if isinstance(value, str) and not re.search(rule, value):
        yield f"{at}: {value!r} does not match {rule}"


def _minimum(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    if KINDS["number"](value) and value < rule:
        yield f"{at}: {value} is below {rule}"


def _properties(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key in value.keys() & rule.keys():
            yield from problems(value[key], rule[key], root, f"{at}.{key}")


def _required(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{at}: `{key}` is missing" for key in rule if key not in value)


def _items(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    if isinstance(value, list):
        for i, member in enumerate(value):
            yield from problems(member, rule, root, f"{at}[{i}]")


def _unique(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    if rule and isinstance(value, list) and len(value) != len(set(map(repr, value))):
        yield f"{at}: a member stands twice"


def _names(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key in value:
            yield from problems(key, rule, root, f"{at} key")


def _any_of(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    if not any(not list(problems(value, one, root, at)) for one in rule):
        yield f"{at}: {value!r} fits none of the forms"


def _one_of(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    fits = sum(1 for one in rule if not list(problems(value, one, root, at)))
    if fits != 1:
        yield f"{at}: {value!r} fits {fits} forms, not one"


def _ref(value: Any, rule: Any, root: Any, at: str) -> Iterator[str]:
    target = root["$defs"][rule.removeprefix("#/$defs/")]
    yield from problems(value, target, root, at)


CHECKS: dict[str, Callable[[Any, Any, Any, str], Iterator[str]]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minimum": _minimum,
    "properties": _properties,
    "required": _required,
    "items": _items,
    "uniqueItems": _unique,
    "propertyNames": _names,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "$ref": _ref,
}
