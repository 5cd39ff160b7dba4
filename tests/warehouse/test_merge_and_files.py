"""Profiles of days add up to that of the month, byte for byte; files are checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dutybound.errors import BadInput
from dutybound.terms.table import Banded, Feature, Window
from dutybound.warehouse.cells import CellError
from dutybound.warehouse.columns import pair_categories, pair_numbers
from dutybound.warehouse.profile import Profile, merge
from dutybound.warehouse.profile_file import (
    parse_profile,
    profile_bytes,
    read_profile,
    write_profile,
)
from dutybound.warehouse.scan import profile_table
from tests.warehouse.kit import CONFIG, ROWS, count, write

SPLIT = "2026-04-02T00:00:00"
FULL = replace(CONFIG, legitimate=(Banded("channel", "channel"),), weights="weight")
DATA = {**ROWS, "weight": [1.0, 0.5] * 5}


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Profile, Profile, Profile, Profile]:
    """Reference, all of April, its first day, the rest of it."""
    path = tmp_path_factory.mktemp("parts")
    whole = count(path, DATA, FULL)
    assert whole.reference is not None
    source = write(path / "table.parquet", DATA)
    windows = (Window("2026-04-01T00:00:00", SPLIT), Window(SPLIT, "2026-05-01T00:00:00"))
    first, rest = (
        profile_table(source, replace(FULL, current=w), whole.reference).current for w in windows
    )
    return whole.reference, whole.current, first, rest


def test_days_add_up_to_the_month(parts: tuple[Profile, ...]) -> None:
    _, month, first, rest = parts
    assert (5, 2, 3) == (month.rows, first.rows, rest.rows)
    assert profile_bytes(month) == profile_bytes(merge([first, rest]))
    assert profile_bytes(month) == profile_bytes(merge([rest, first]))


def test_reading_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again = count(tmp_path, DATA, FULL), count(tmp_path, DATA, FULL)
    assert first.reference is not None and again.reference is not None
    assert profile_bytes(first.current) == profile_bytes(again.current)
    assert profile_bytes(first.reference) == profile_bytes(again.reference)


def test_other_bins_are_not_merged(tmp_path: Path, parts: tuple[Profile, ...]) -> None:
    data = {**DATA, "income": [100.0 * i for i in range(10)]}
    other = count(tmp_path, data, FULL).current
    with pytest.raises(CellError, match="counted in different ways"):
        merge([parts[1], other])
    with pytest.raises(CellError, match="no profile"):
        merge([])


def test_a_column_that_the_reference_lacks(tmp_path: Path, parts: tuple[Profile, ...]) -> None:
    config = replace(FULL, features=(*FULL.features, Feature("age", "number")))
    with pytest.raises(BadInput, match="no bins for age"):
        profile_table(write(tmp_path / "t.parquet", DATA), config, parts[0])


def test_pairs_by_hand(parts: tuple[Profile, ...]) -> None:
    """March: 1, 3, 3; April: 2, 3. Channels: shop 1, web 2 against app 2, shop 1, web 1."""
    march, april = parts[0], parts[1]
    categories = pair_categories(march.categories["channel"], april.categories["channel"])
    assert ("app", "shop", "web") == categories.labels
    assert ([0, 1, 2], [2, 1, 1]) == (
        categories.reference.rows.tolist(),
        categories.current.rows.tolist(),
    )
    numbers = pair_numbers(march.numbers["income"], april.numbers["income"])
    assert (3, 2) == (numbers.reference.rows.sum(), numbers.current.rows.sum())
    assert numbers.positions is not None and numbers.single is not None
    assert bool((np.diff(numbers.positions) > 0).all())
    assert numbers.reference.rows.size == numbers.positions.size == numbers.single.size


# ---------------------------------------------------------------------- files
def test_round_trip(tmp_path: Path, parts: tuple[Profile, ...]) -> None:
    for profile in parts:
        stored = write_profile(profile, tmp_path / "p.json")
        raw = (tmp_path / "p.json").read_bytes()
        assert hashlib.sha256(raw).hexdigest() == stored.sha256
        assert raw == profile_bytes(read_profile(tmp_path / "p.json", stored.sha256))


def test_another_digest_is_refused(tmp_path: Path, parts: tuple[Profile, ...]) -> None:
    write_profile(parts[0], tmp_path / "p.json")
    with pytest.raises(BadInput, match="it was changed"):
        read_profile(tmp_path / "p.json", "0" * 64)


def test_no_file_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_profile(tmp_path / "none.json")
    (tmp_path / "empty.json").write_bytes(b"")
    with pytest.raises(BadInput, match="is empty"):
        read_profile(tmp_path / "empty.json")


def _more_rows(found: Any) -> None:
    found["rows"] += 1


def _more_in_a_bin(found: Any) -> None:
    found["numbers"]["income"]["counts"][0] += 1


def _negative(found: Any) -> None:
    found["categories"]["channel"]["counts"][0] = -1


def _fraction(found: Any) -> None:
    found["groups"]["sex, age"]["counts"][0] = 0.5


def _beyond_the_levels(found: Any) -> None:
    found["groups"]["sex, age"]["codes"][1][0] = 99


def _a_cell_twice(found: Any) -> None:
    for column in found["scores"]["codes"]:
        column.append(column[-1])
    found["scores"]["counts"].append(0)
    for name in ("weight", "square"):
        found["scores"]["sums"][name].append(0)


def _no_scale(found: Any) -> None:
    found["numbers"]["income"]["bins"]["scale"] = 0


def _other_schema(found: Any) -> None:
    found["schema"] = "dutybound/profile/3"


def _a_bin_too_far(found: Any) -> None:
    found["numbers"]["income"]["at"] = [10**6 for _ in found["numbers"]["income"]["counts"]]
    found["numbers"]["income"].pop("values", None)


def _no_groups(found: Any) -> None:
    del found["groups"]


@pytest.mark.parametrize(
    "change",
    [
        _more_rows, _more_in_a_bin, _negative, _fraction, _beyond_the_levels, _a_cell_twice,
        _no_scale, _other_schema, _a_bin_too_far, _no_groups,
    ],
)  # fmt: skip
def test_a_changed_file_is_refused(
    parts: tuple[Profile, ...], change: Callable[[Any], None]
) -> None:
    found = json.loads(profile_bytes(parts[1]))
    change(found)
    with pytest.raises(BadInput, match="This is not a profile"):
        parse_profile(json.dumps(found).encode(), "changed.json")


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"\xff", b'{"schema": 1}', b"nul"])
def test_other_files_are_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        parse_profile(raw, "other.json")
