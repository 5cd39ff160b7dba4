"""A table for which everything is asked at once, with values and names that engines may trip over.

4,000 rows in two windows. The row id is called `c1`, as a column of the statements is.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from dutybound.assess.measure import measure_profiles
from dutybound.assess.measure_json import as_json
from dutybound.assess.measure_watch import watch_profiles
from dutybound.packs.measure_watch import watch_bytes
from dutybound.terms.table import (
    Alternatives,
    Banded,
    ChosenThreshold,
    Decision,
    Domain,
    Estimating,
    Feature,
    Ground,
    Label,
    Limits,
    Protected,
    Proxies,
    Score,
    TableConfig,
    TimeColumn,
    Window,
)
from dutybound.terms.watch import Watching
from dutybound.warehouse.profile import Profiles
from dutybound.warehouse.profile_file import profile_bytes
from tests.warehouse.kit import APRIL, INF, MARCH, NAN

N = 4000
NUMBER = "a`b \"c' select"
CATEGORY = 'select "x"; -- it\'s'
ODD: list[float | None] = [
    None, NAN, INF, -INF, 1e308, -1e308, 5e-324, -5e-324, 1e-200, -1e-200, -0.0, 0.0,
]  # fmt: skip
WORDS = ["it's", "\\", '"', "`", "größe", None, "", " ", "(missing)", "%", "A", "a"]
GROUND = (Ground("us", "self-test", "alice", "2026-01-02"),)


def columns() -> dict[str, pa.Array]:
    """March is the reference, April is current. Labels come up to 40 days later, or not yet."""
    rng = np.random.default_rng(11)
    day = np.repeat(np.arange(N // 2) % 30, 2)
    month = np.tile([3, 4], N // 2)
    at = [
        f"2026-{m:02d}-{d + 1:02d}T{i % 24:02d}:30:00"
        for i, (m, d) in enumerate(zip(month, day, strict=True))
    ]
    sex = np.array(["f", "m"])[rng.integers(0, 2, N)]
    income = np.exp(rng.normal(8 + 0.2 * (sex == "m"), 1, N))
    score = np.clip(rng.beta(2, 2, N) + 0.05 * (month == 4), 0, 1)
    paid = (rng.random(N) < score).astype(int)
    late = rng.integers(0, 40, N)
    come = np.array(at, dtype="datetime64[us]") + late.astype("timedelta64[D]")
    known = rng.random(N) < 0.8
    odd = [ODD[i % len(ODD)] if i % 10 == 0 else float(v) for i, v in enumerate(income)]
    tiny = [
        1e-200 if i % 50 == 0 else NAN if i % 333 == 7 else float(s) for i, s in enumerate(score)
    ]
    return {
        "c1": pa.array([-(2**63), *(i * 7919 for i in range(1, N))], pa.int64()),
        "at": pa.array(at).cast(pa.timestamp("us")),
        "paid_at": pa.array(come, mask=~known),
        "income": pa.array(income),
        NUMBER: pa.array(odd),
        CATEGORY: pa.array([WORDS[i] for i in rng.integers(0, len(WORDS), N)]),
        "sex": pa.array([None if i % 97 == 0 else str(s) for i, s in enumerate(sex)]),
        "age": pa.array([int(a) for a in rng.integers(18, 80, N)], pa.int32()),
        "member": pa.array([bool(b) for b in rng.integers(0, 2, N)]),
        "score": pa.array(tiny),
        "decision": pa.array(["yes" if s >= 0.5 else "no" for s in score]),
        "paid": pa.array(
            [int(p) if k else None for p, k in zip(paid, known, strict=True)], pa.int16()
        ),
    }


CONFIG = TableConfig(
    name="everything",
    features=(
        Feature("income", "number"), Feature(NUMBER, "number"), Feature(CATEGORY, "category"),
        Feature("member", "category"),
    ),
    row_id="c1",
    unique_ids=True,
    time=TimeColumn("at", "week"),
    score=Score("score"),
    decision=Decision("decision", ("yes",)),
    label=Label("paid", positive=(1,), arrived="paid_at"),
    protected=(
        Protected(Banded("sex", "sex", {"women": ("f",), "men": ("m",)}), GROUND, "men"),
        Protected(Banded("age", "age", bands=(25.0, 65.0)), GROUND),
    ),
    legitimate=(Banded("membership", "member"),),
    reference=MARCH,
    current=APRIL,
    thresholds=(
        ChosenThreshold("impact-ratio", "ours", at_least=0.75),
        ChosenThreshold("proxy-strength", "ours", at_most=0.1),
        ChosenThreshold("domain-classifier", "ours", at_most=0.6),
        ChosenThreshold("estimated-performance", "ours", at_least=0.5),
    ),
    proxies=Proxies(attributes=("sex",)),
    domain=Domain(rows=500, seed=3),
    estimated=Estimating(0.3, "ours"),
    alternatives=Alternatives("alice", "looked at in May", 0.5),
    watch=Watching(),
    limits=Limits(memory=200, deadline=600.0, threads=1, sample=1000),
)  # fmt: skip
EMPTY = replace(CONFIG, current=Window(since="2027-01-01T00:00:00", until="2027-02-01T00:00:00"))


def counts(found: Profiles) -> list[bytes | str]:
    """Everything that was counted and drawn."""
    assert found.reference is not None
    profiles = [profile_bytes(p) for p in (found.reference, found.current)]
    return [*profiles, str(found.outside), repr(found.sampled)]


def outputs(found: Profiles) -> tuple[str, bytes]:
    """The report with all its numbers, and the record of a first look."""
    report = measure_profiles(CONFIG, found)
    look = watch_profiles(CONFIG, found, None, "state")
    assert look.watched is not None
    plain: Any = as_json(report, {"version": "1", "sha256": "0"})
    return json.dumps(plain, sort_keys=True), watch_bytes(look.watched.record)
