"""Profiles as files: canonical JSON, so that one profile has one digest.

A number column holds its bins and the counts of those that are not empty; cells hold the codes of
their dimensions column by column. A file is checked when it is read: a profile may have come from
elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import frexp, isfinite
from pathlib import Path
from typing import Any, Final

import numpy as np

from dutybound.errors import BadInput
from dutybound.terms.table import APART, StoredProfile
from dutybound.warehouse.bins import Bins
from dutybound.warehouse.cells import CellError, Cells, tidy
from dutybound.warehouse.columns import WEIGHT_SUMS, WITHOUT, Numbers, NumberWeights
from dutybound.warehouse.profile import Profile

FORM: Final = "dutybound/profile/1"
WEIGHTED: Final = "dutybound/profile/2"  # with weights; without, bytes and digests stay as they are
OLD_WEIGHTS: Final = (
    "its weights were summed without their squares, by an older version; profile the rows again"
)
MAX_BYTES: Final = 200_000_000
MOST_LEVELS: Final = 1_000_000
TABLES: Final = ("categories", "groups", "group_scores", "factors")
OPTIONAL: Final = ("scores", "buckets", "errors")
LATER: Final = (
    "delays",
    "error_buckets",
)  # these and `proxies` are written only if counted, so that older profiles keep their digests
WRONG: Final = (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError)
PLAIN: Final = ("window", "config_sha256", "rows", "first", "last")


def profile_bytes(profile: Profile) -> bytes:
    """The bytes of a profile's file. Equal profiles have equal bytes."""
    found: dict[str, Any] = {"schema": FORM}
    if profile.weight_unit is not None:
        found = {
            "schema": WEIGHTED,
            "weight_unit": profile.weight_unit,
            "weightless": profile.weightless,
        }
    found |= {key: getattr(profile, key) for key in PLAIN}
    found["types"] = dict(profile.types)
    found["notes"] = list(profile.notes)
    found["numbers"] = {k: _numbers(v) for k, v in profile.numbers.items()}
    for key in TABLES:
        found[key] = {k: _cells(v) for k, v in getattr(profile, key).items()}
    for key in OPTIONAL:
        cells = getattr(profile, key)
        found[key] = None if cells is None else _cells(cells)
    for key in LATER:
        cells = getattr(profile, key)
        if cells is not None:
            found[key] = _cells(cells)
    if profile.proxies:
        found["proxies"] = {k: _cells(v) for k, v in profile.proxies.items()}
    text = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


def write_profile(profile: Profile, path: Path) -> StoredProfile:
    """Write a profile and return its name and digest."""
    raw = profile_bytes(profile)
    path.write_bytes(raw)
    return StoredProfile(str(path), hashlib.sha256(raw).hexdigest())


def read_profile(path: Path, sha256: str | None = None, shown: str | None = None) -> Profile:
    """A profile from a file. sha256: the digest that it must have.

    Raises BadInput if the file cannot be read, has another digest or is not a profile.
    """
    name = shown or str(path)
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise BadInput.one(name, f"The profile cannot be read: {error.strerror}.") from error
    if not raw:
        raise BadInput.one(name, f"The file is empty or larger than {MAX_BYTES:,} bytes.")
    found = hashlib.sha256(raw).hexdigest()
    if sha256 is not None and found != sha256:
        raise BadInput.one(
            name,
            f"The profile has the digest {found}, not {sha256}. It is another file, or it was "
            "changed. If the change was meant, pin the new digest.",
        )
    return parse_profile(raw, name)


def parse_profile(raw: bytes, shown: str) -> Profile:
    """A profile from bytes. Raises BadInput if it is not one."""
    try:
        return _profile(json.loads(raw))
    except (*WRONG, CellError) as error:
        raise BadInput.one(
            shown, f"This is not a profile as `{_form(raw)}` has it: {error}. Make it again."
        ) from error


def _form(raw: bytes) -> str:
    return WEIGHTED if WEIGHTED.encode() in raw else FORM


# ---------------------------------------------------------------------- to plain values
def _numbers(numbers: Numbers) -> dict[str, Any]:
    found: dict[str, Any] = {"bins": asdict(numbers.bins)}
    for key in ("missing", "nan", "plus_infinite", "minus_infinite", "low", "high"):
        found[key] = getattr(numbers, key)
    kept = np.flatnonzero(numbers.counts)
    if numbers.values is None:
        found["at"] = kept.tolist()
    else:
        found["values"] = numbers.values[kept].tolist()
    found["counts"] = numbers.counts[kept].tolist()
    if numbers.weights is not None:
        found["weights"] = numbers.weights.sums[:, kept].tolist()
        found["weights_apart"] = numbers.weights.apart.tolist()
    return found


def _cells(cells: Cells) -> dict[str, Any]:
    return {
        "dims": list(cells.dims),
        "levels": {d: _levels(cells.levels[d]) for d in cells.dims},
        "codes": cells.codes.T.tolist(),
        "counts": cells.counts.tolist(),
        "sums": {name: values.tolist() for name, values in cells.sums.items()},
    }


def _levels(levels: Sequence[str]) -> list[str] | int:
    """The levels; their number if they are 0, 1, 2 ... with the two apart at the end."""
    size = len(levels) - len(APART)
    return size if size > 0 and tuple(levels) == _counted(size) else list(levels)


def _counted(size: int) -> tuple[str, ...]:
    return (*map(str, range(size)), *APART)


# ---------------------------------------------------------------------- from plain values
def _profile(found: Mapping[str, Any]) -> Profile:
    if found.get("schema") not in (FORM, WEIGHTED):
        raise ValueError(f"the key `schema` is neither `{FORM}` nor `{WEIGHTED}`")
    values: dict[str, Any] = {key: found[key] for key in PLAIN}
    unit = _unit(found)
    values |= {"weight_unit": unit, "weightless": found.get("weightless", 0)}
    _need(_is_count(values["weightless"]), "`weightless` is not a whole number from 0")
    for key in ("window", "config_sha256"):
        _need(isinstance(values[key], str), f"`{key}` is not text")
    _need(_is_count(values["rows"]), "`rows` is not a whole number from 0")
    for key in ("first", "last"):
        _need(values[key] is None or isinstance(values[key], str), f"`{key}` is not a time")
    values["types"] = {str(k): str(v) for k, v in found["types"].items()}
    values["notes"] = tuple(str(note) for note in found["notes"])
    values["numbers"] = {k: _to_numbers(v, unit) for k, v in found["numbers"].items()}
    for key in TABLES:
        values[key] = {k: _to_cells(v, unit) for k, v in found[key].items()}
    for key in OPTIONAL:
        values[key] = None if found[key] is None else _to_cells(found[key], unit)
    values["proxies"] = {k: _to_cells(v, unit) for k, v in found.get("proxies", {}).items()}
    for key in LATER:
        values[key] = None if found.get(key) is None else _to_cells(found[key], unit)
    profile = Profile(**values)
    _check_rows(profile)
    return profile


def _unit(found: Mapping[str, Any]) -> float | None:
    """The unit of weights; None in the first form, which has none."""
    if found["schema"] == FORM:
        return None
    unit = float(found["weight_unit"])
    _need(isfinite(unit) and unit > 0 and frexp(unit)[0] == 0.5, "`weight_unit` is no power of 2")
    return unit


def _check_rows(profile: Profile) -> None:
    """Each table counts every row once; so a count that was changed by hand shows."""
    for name, numbers in profile.numbers.items():
        _need(numbers.rows == profile.rows, f"the column `{name}` counts {numbers.rows} rows")
    for key in (*TABLES, "proxies"):
        for name, cells in getattr(profile, key).items():
            _need(cells.rows == profile.rows, f"`{key}` `{name}` counts {cells.rows} rows")
    for key in (*OPTIONAL, *LATER):
        table = getattr(profile, key)
        _need(table is None or table.rows == profile.rows, f"`{key}` counts another number of rows")


def _need(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62


def _count_array(values: Any, what: str) -> Any:
    _need(isinstance(values, list) and all(map(_is_count, values)), f"`{what}` are not counts")
    return np.array(values, dtype=np.int64)


def _to_bins(found: Mapping[str, Any]) -> Bins:
    points = tuple(float(p) for p in found["points"])
    bins = Bins(float(found["centre"]), float(found["scale"]), points, bool(found["exact"]))
    fine = all(map(isfinite, (bins.centre, bins.scale, *points))) and bins.scale > 0
    _need(fine and list(points) == sorted(set(points)), "bins are not finite and in order")
    return bins


def _to_numbers(found: Mapping[str, Any], unit: float | None) -> Numbers:
    bins = _to_bins(found["bins"])
    counts = _count_array(found["counts"], "counts")
    weights = _to_weights(found, counts.size, unit)
    values = None
    if "values" in found:
        values = np.array(found["values"], dtype=np.float64)
        rising = values.size < 2 or bool((np.diff(values) > 0).all())
        _need(values.shape == counts.shape and rising, "values are not in order")
        _need(bool(np.isfinite(values).all()), "values are not finite")
    else:
        at = _count_array(found["at"], "at")
        _need(at.shape == counts.shape, "`at` and `counts` differ in length")
        _need(at.size == 0 or int(at.max()) < bins.size, "a bin is out of range")
        counts = _spread(counts, at, bins.size)
        weights = None if weights is None else weights.moved(at, bins.size)
    apart = {k: found[k] for k in ("missing", "nan", "plus_infinite", "minus_infinite")}
    _need(all(map(_is_count, apart.values())), "rows without a value are not counts")
    ends = [None if found[k] is None else float(found[k]) for k in ("low", "high")]
    return Numbers(bins, values, counts, low=ends[0], high=ends[1], weights=weights, **apart)


def _spread(values: Any, at: Any, size: int) -> Any:
    found = np.zeros(size, dtype=np.int64)
    found[at] = values
    return found


def _to_weights(found: Mapping[str, Any], size: int, unit: float | None) -> NumberWeights | None:
    if unit is None:
        _need("weights" not in found, OLD_WEIGHTS)
        return None
    sums, apart = (
        np.stack([_whole_array(row, unit) for row in found[key]])
        for key in ("weights", "weights_apart")
    )
    _need(sums.shape == (2, size) and apart.shape == (2, len(WITHOUT)), "weights lack a number")
    _need(all(v >= 0 for row in (*sums, *apart) for v in row), "a sum of weights is below 0")
    return NumberWeights(unit, sums, apart)


def _whole_array(values: Any, unit: float | None) -> Any:
    whole = isinstance(values, list) and all(type(v) is int for v in values)
    _need(whole, "sums are not whole numbers")
    return np.array(values, dtype=np.int64 if unit is None else np.object_)


def _to_cells(found: Mapping[str, Any], unit: float | None) -> Cells:
    dims = [str(d) for d in found["dims"]]
    levels = {}
    for dim in dims:
        given = found["levels"][dim]
        if isinstance(given, int):
            _need(0 < given <= MOST_LEVELS, "too many levels")
            levels[dim] = _counted(given)
        else:
            levels[dim] = tuple(str(level) for level in given)
            _need(len(set(levels[dim])) == len(levels[dim]), f"a level of `{dim}` stands twice")
    counts = _count_array(found["counts"], "counts")
    columns = [_count_array(c, "codes") for c in found["codes"]]
    _need(len(columns) == len(dims), "codes and dimensions differ in number")
    for dim, column in zip(dims, columns, strict=True):
        _need(column.shape == counts.shape, "codes and counts differ in length")
        _need(column.size == 0 or int(column.max()) < len(levels[dim]), f"a code of `{dim}`")
    sums = {str(k): _whole_array(v, unit) for k, v in found["sums"].items()}
    _need(all(s.shape == counts.shape for s in sums.values()), "sums differ in length")
    _need(unit is not None or "weight" not in sums, OLD_WEIGHTS)
    if unit is not None:
        _need(all(v >= 0 for k in WEIGHT_SUMS for v in sums[k]), "a sum of weights is below 0")
    made = tidy(dims, levels, np.column_stack(columns), counts, sums, unit)
    _need(len(made.counts) == len(counts), "a cell stands twice")
    return made
