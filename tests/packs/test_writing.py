"""What is written as YAML is read back to the same values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.packs.reading import parse_yaml
from dutybound.packs.writing import to_yaml

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs", "S"]), max_size=20),
)
KEYS = st.from_regex(r"[a-z_][a-z0-9_.-]{0,8}", fullmatch=True)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5))
def test_back_and_forth(value: dict[str, Any]) -> None:
    assert value == parse_yaml(to_yaml(value), "x").value


WORDS = ["no", "true", "null", "1.5", "2027-03-01", "a: b", "# x", "-", ""]


@pytest.mark.parametrize("word", WORDS)
def test_words_that_look_like_something_else(word: str) -> None:
    assert {"a": word, "b": [word]} == parse_yaml(to_yaml({"a": word, "b": [word]}), "x").value


def test_lists_of_mappings_are_blocks() -> None:
    assert "uses:\n  - id: main\n    on: true\n" == to_yaml({"uses": [{"id": "main", "on": True}]})


def test_long_lists_are_broken() -> None:
    lines = to_yaml({"places": [f"place-{i}" for i in range(20)]}).splitlines()
    assert ["places:", "  - place-0"] == lines[:2]
