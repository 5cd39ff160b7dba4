"""Conditions in words, one line for each element."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dutybound.rules.explain import SIGN
from dutybound.terms.law import Condition

Line = tuple[int, str]
WORD: Final = {"has": "has", "only": "holds only", "is": "is"}


def wording(c: Condition, depth: int = 0) -> Iterator[Line]:
    """(depth, words) of a condition and of everything inside it."""
    match c[0]:
        case "mark":
            yield from _marked(c, depth)
        case "all" | "any":
            yield depth, f"{c[0]} of"
            for member in c[1]:
                yield from wording(member, depth + 1)
        case "atleast":
            yield depth, f"at least {c[1]} of"
            for member in c[2]:
                yield from wording(member, depth + 1)
        case "not":
            yield depth, "not"
            yield from wording(c[1], depth + 1)
        case "some" | "every":
            yield depth, f"{c[0]} {c[1]}"
            yield from wording(c[2], depth + 1)
        case _:
            yield depth, leaf_words(c)


def _marked(c: Condition, depth: int) -> Iterator[Line]:
    lines = list(wording(c[2], depth))
    extra = ", ".join(f"{key} {value}" for key, value in c[1].items())
    yield lines[0][0], f"{lines[0][1]} [{extra}]" if extra else lines[0][1]
    yield from lines[1:]


def leaf_words(c: Condition) -> str:
    """A condition with none inside, in words."""
    match c[0]:
        case "always":
            return "always"
        case "term":
            return f"{c[1]}"
        case "reading":
            return f"the answer to {c[1]}"
        case "yes":
            return f"{c[1]}.{c[2]}"
        case "has" | "only" | "is":
            return f"{c[1]}.{c[2]} {WORD[c[0]]} {' or '.join(c[3])}"
        case "num":
            checks = " and ".join(f"{SIGN[op]} {value:,}" for op, value in c[3])
            return f"{c[1]}.{c[2]} {checks}"
        case "date":
            return f"{c[1]}.{c[2]} {_span(c[3], c[4])}"
        case "event":
            own = " by the party itself" if c[4] else ""
            return f"event {c[1]} {_span(c[2], c[3])}".strip() + own
        case "within":
            what = "place" if c[1] == "place" else ".".join(c[1])
            return f"{what} within {c[2]}"
        case form:
            raise AssertionError(f"no such form of condition: {form}")


def _span(before: str | None, start: str | None) -> str:
    parts = [f"before {before}" if before else "", f"from {start}" if start else ""]
    return " and ".join(p for p in parts if p)
