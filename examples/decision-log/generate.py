"""Writes a made-up log of credit decisions with drift and bias of known size.

    python generate.py decisions.parquet --rows 1000000 [--seed 7] [--files 1]

Needs numpy and pyarrow. The first half of the rows is the reference window (January to March
2026), the second half the current one (April to June). Same rows, seed and library versions:
same values. Rows are made in chunks, each from its own seed, so memory stays small.

README.md beside this file states what was injected, and how large it is.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

CHUNK: Final = 131_072
SWITCH: Final = np.datetime64("2026-04-01T00:00:00", "us")
WINDOWS: Final = (
    (np.datetime64("2026-01-01T00:00:00", "us"), SWITCH),
    (SWITCH, np.datetime64("2026-07-01T00:00:00", "us")),
)
THRESHOLD: Final = 0.5
UNLABELLED: Final = 0.30

# What differs between the windows. README.md repeats these figures.
INCOME_SHIFT: Final = 0.04
UTILISATION_ZERO: Final = (0.30, 0.22)
SAVINGS_TAIL: Final = 1.15
INQUIRIES: Final = (1.0, 1.3)
BUREAU_MISSING: Final = (0.08, 0.14)
BRANCH_TO_APP: Final = 0.10
NEW_CATEGORY: Final = 0.02
CONCEPT: Final = 0.15
BIAS: Final = 0.30

CHANNELS: Final = ("app", "branch", "broker", "web")
CHANNEL_SHARES: Final = (0.35, 0.30, 0.10, 0.25)
SEXES: Final = ("female", "male")
ETHNICITIES: Final = ("A", "B", "C", "D", "E", "F")
ETHNICITY_SHARES: Final = (0.55, 0.18, 0.12, 0.08, 0.05, 0.02)
CATEGORIES: Final = {
    "channel": CHANNELS,
    "purpose": ("car", "debt", "home", "other", "study", "travel"),
    "employment": ("employed", "none", "retired", "self-employed", "student"),
    "home": ("mortgage", "own", "rent"),
    "state": tuple(f"S{i:02d}" for i in range(50)),
    "occupation": tuple(f"occupation {i:03d}" for i in range(120)),
    "merchant": tuple(f"merchant {i:03d}" for i in range(500)),
    "guarantor": ("no", "yes"),
}
VERSIONS: Final = ("scorecard-2.2", "scorecard-2.3")


def batches(rows: int, seed: int) -> Iterator[pa.RecordBatch]:
    """The rows, chunk by chunk; a chunk lies in one window."""
    half = rows // 2
    number = 0
    for window, (first, last) in enumerate(((0, half), (half, rows))):
        for start in range(first, last, CHUNK):
            size = min(CHUNK, last - start)
            rng = np.random.Generator(np.random.PCG64([seed, number]))
            place = (start - first, last - first)
            yield _chunk(rng, window, start, size, place)
            number += 1


def _chunk(
    rng: np.random.Generator, window: int, start: int, size: int, place: tuple[int, int]
) -> pa.RecordBatch:
    numbers = _numbers(rng, window, size)
    codes = _codes(rng, window, size)
    people = _people(rng, size)
    score = _score(rng, numbers, codes)
    decision = _decision(rng, score, people)
    label = _label(rng, window, score)
    columns: dict[str, Any] = {
        "id": np.arange(start, start + size, dtype=np.int64),
        "decided_at": _times(rng, window, place, size),
        "model_version": _dictionary((rng.random(size) < 0.5 * (1 + window)) * 1, VERSIONS),
    }
    columns |= {name: _numeric(name, values) for name, values in numbers.items()}
    columns |= {name: _dictionary(values, _words(name)) for name, values in codes.items()}
    columns["sex"] = _dictionary(people["sex"], SEXES)
    columns["ethnicity"] = _dictionary(people["ethnicity"], ETHNICITIES)
    columns["age"] = pa.array(people["age"].astype(np.int32))
    columns["score"] = score
    columns["threshold"] = np.full(size, THRESHOLD)
    columns["decision"] = _dictionary(decision * 1, ("deny", "approve"))
    seen = rng.random(size) >= UNLABELLED
    columns["repaid"] = pa.array(label.astype(np.int8), mask=~seen)
    return pa.RecordBatch.from_pydict({k: pa.array(v) for k, v in columns.items()})


def _words(name: str) -> Sequence[str]:
    return (*CATEGORIES[name], "kiosk") if name == "channel" else CATEGORIES[name]


def _dictionary(codes: NDArray[Any], words: Sequence[str]) -> pa.Array:
    indices = pa.array(codes.astype(np.int16), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words))


def _numeric(name: str, values: Floats) -> pa.Array:
    missing = np.isnan(values)
    if name in ("inquiries_6m", "open_accounts", "bureau_score"):
        return pa.array(np.where(missing, 0, values).astype(np.int32), mask=missing)
    return pa.array(values, mask=missing)


def _times(
    rng: np.random.Generator, window: int, place: tuple[int, int], size: int
) -> NDArray[np.datetime64]:
    """Times that go up over the window, with up to a minute of noise."""
    begin, end = WINDOWS[window]
    length = (end - begin).astype(np.int64) - 60_000_000
    share = (place[0] + np.arange(size)) / place[1]
    offset = (share * length).astype(np.int64) + rng.integers(0, 60_000_000, size)
    return begin + offset.astype("timedelta64[us]")


def _numbers(rng: np.random.Generator, window: int, size: int) -> dict[str, Floats]:
    """12 features: heavy tails, point masses, counts and missing values."""
    income = rng.lognormal(10.5 + window * np.log1p(INCOME_SHIFT), 0.6, size)
    used = rng.beta(2, 5, size)
    used[rng.random(size) < UTILISATION_ZERO[window]] = 0.0
    savings = 500 * (rng.pareto(1.3, size) + 1)
    savings[savings > 2000] *= SAVINGS_TAIL**window
    bureau = np.clip(np.round(rng.normal(680, 70, size)), 300, 850)
    bureau[rng.random(size) < BUREAU_MISSING[window]] = np.nan
    amount = np.round(rng.lognormal(9, 0.8, size), -2)
    tenure = np.round(rng.exponential(5, size), 1)
    tenure[rng.random(size) < 0.05] = np.nan
    worth = rng.standard_t(2, size) * 20_000
    worth[rng.random(size) < 0.12] = np.nan
    return {
        "income": income,
        "revolving_util": used,
        "savings_balance": savings,
        "inquiries_6m": rng.poisson(INQUIRIES[window], size).astype(np.float64),
        "bureau_score": bureau,
        "dti": rng.gamma(3, 0.12, size),
        "net_worth": worth,
        "amount": amount,
        "open_accounts": rng.negative_binomial(4, 0.4, size).astype(np.float64),
        "tenure_years": tenure,
        "payment_ratio": rng.normal(1, 0.2, size),
        "account_age_days": rng.exponential(1500, size),
    }


def _codes(rng: np.random.Generator, window: int, size: int) -> dict[str, Codes]:
    """8 categorical features with 2 to 500 values; -1 is missing."""
    channel = _draw(rng, CHANNEL_SHARES, size)
    if window:
        moved = rng.random(size) < BRANCH_TO_APP / CHANNEL_SHARES[1]
        channel[(channel == 1) & moved] = 0
        channel[rng.random(size) < NEW_CATEGORY] = len(CHANNELS)
    found = {"channel": channel}
    for name, words in CATEGORIES.items():
        if name != "channel":
            weights = 1 / np.arange(1, len(words) + 1) ** 0.7
            found[name] = _draw(rng, tuple(weights / weights.sum()), size)
    found["occupation"][rng.random(size) < 0.04] = -1
    return found


def _draw(rng: np.random.Generator, shares: Sequence[float], size: int) -> Codes:
    edges = np.cumsum(shares)
    edges[-1] = 1.0
    return np.searchsorted(edges, rng.random(size), side="right").astype(np.int64)


def _people(rng: np.random.Generator, size: int) -> dict[str, Codes]:
    """Sex (3 % unstated), ethnicity (5 % unstated) and age in years from 18 to 95."""
    sex = (rng.random(size) < 0.52).astype(np.int64)
    sex[rng.random(size) < 0.03] = -1
    ethnicity = _draw(rng, ETHNICITY_SHARES, size)
    ethnicity[rng.random(size) < 0.05] = -1
    age = np.clip(18 + rng.gamma(3.0, 9.5, size), 18, 95).astype(np.int64)
    return {"sex": sex, "ethnicity": ethnicity, "age": age}


def _score(rng: np.random.Generator, numbers: dict[str, Floats], codes: dict[str, Codes]) -> Floats:
    """Probability of repayment, in (0, 1)."""
    bureau = np.nan_to_num(numbers["bureau_score"], nan=650.0)
    z = 0.5 + (bureau - 680) / 90
    z += 0.4 * (np.log(numbers["income"]) - 10.5)
    z -= 0.25 * numbers["inquiries_6m"] + 0.8 * (numbers["dti"] - 0.36)
    z += 0.3 * (codes["employment"] == 0) + rng.normal(0, 0.3, z.size)
    return 1 / (1 + np.exp(-z))


def _decision(
    rng: np.random.Generator, score: Floats, people: dict[str, Codes]
) -> NDArray[np.bool_]:
    """Approve from the threshold on; women of 65 or more lose a share of approvals."""
    approved = score >= THRESHOLD
    old_women = (people["sex"] == 0) & (people["age"] >= 65)
    lost: NDArray[np.bool_] = approved & old_women & (rng.random(score.size) < BIAS)
    return approved & ~lost


def _label(rng: np.random.Generator, window: int, score: Floats) -> NDArray[np.bool_]:
    """Repaid or not: calibrated in the reference window, lower log-odds in the current one."""
    log_odds = np.log(score / (1 - score)) - window * CONCEPT
    found: NDArray[np.bool_] = rng.random(score.size) < 1 / (1 + np.exp(-log_odds))
    return found


def write(target: Path, rows: int, seed: int = 7, files: int = 1) -> None:
    """One Parquet file, or a folder of several; zstd, one row group a chunk."""
    made = batches(rows, seed)
    first = next(made)
    if files == 1:
        paths = [target]
    else:
        target.mkdir(parents=True, exist_ok=True)
        paths = [target / f"part-{i:04d}.parquet" for i in range(files)]
    total = sum(-(-n // CHUNK) for n in (rows // 2, rows - rows // 2))
    share = -(-total // files)
    waiting: pa.RecordBatch | None = first
    for path in paths:
        with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
            for _ in range(share):
                if waiting is None:
                    break
                writer.write_batch(waiting)
                waiting = next(made, None)


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--files", type=int, default=1)
    options = parser.parse_args()
    if options.rows < 2 or options.files < 1:
        parser.error("--rows is at least 2 and --files at least 1")
    write(options.target, options.rows, options.seed, options.files)


if __name__ == "__main__":
    main()
