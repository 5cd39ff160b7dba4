"""What the columns of a decision table mean, and what to count in it. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from dutybound.terms.watch import Watching

Value: TypeAlias = str | int | float | bool
Engine: TypeAlias = Literal["duckdb", "spark", "postgres", "ibis"]
Form: TypeAlias = Literal["parquet", "table", "delta"]
Kind: TypeAlias = Literal["number", "category"]
Bucket: TypeAlias = Literal["day", "week", "month"]

REFERENCE: Final = "reference"
CURRENT: Final = "current"
OTHER: Final = "(other)"  # a value of no declared group, beyond the cap, or out of range
MISSING: Final = "(missing)"
APART: Final = (OTHER, MISSING)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table lies.

    place: a file or folder of Parquet, a DuckDB file, a folder of a Delta table, a connection
    string or URL. table: the name of the table at that place; a dot parts the names of its schema
    and its table. master: of a Spark cluster.
    """

    engine: Engine
    form: Form
    place: str | None = None
    table: str | None = None
    master: str | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """A column that the model reads."""

    column: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Score:
    """The model's number. low, high: its range, both included; others are counted apart."""

    column: str
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision, and the values of it that are good for the person."""

    column: str
    favourable: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """The outcome, which may come later or never.

    kind: `category` with the values that count as positive and, if stated, as negative (else all
    others but missing are); `number` for regression. arrived: a column with the time at which
    the label came.
    """

    column: str
    kind: Kind = "category"
    positive: tuple[Value, ...] = ()
    negative: tuple[Value, ...] = ()
    arrived: str | None = None


@dataclass(frozen=True, slots=True)
class Banded:
    """A column that parts rows into groups.

    name: of the attribute or factor. groups: name to values; others are `other`. bands: limits of
    a number, in order; a limit belongs to the band above it. Without both each value is a group.
    """

    name: str
    column: str
    groups: Mapping[str, tuple[Value, ...]] = default(default_factory=dict)
    bands: tuple[float, ...] = ()

    @property
    def levels(self) -> tuple[str, ...]:
        """The names of the groups or bands, then other and missing; empty if values name them."""
        if self.groups:
            return (*self.groups, *APART)
        if not self.bands:
            return ()
        limits = [f"{b:g}" for b in self.bands]
        inner = [f"{low} to {high}" for low, high in pairwise(limits)]
        return (f"under {limits[0]}", *inner, f"{limits[-1]} or more", *APART)


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a protected attribute may be used in a market, recorded before its use."""

    market: str
    basis: str
    recorded_by: str
    recorded_on: str


@dataclass(frozen=True, slots=True)
class Protected:
    """A protected attribute. reference: the group that others are compared with, if fixed."""

    by: Banded
    grounds: tuple[Ground, ...] = ()
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """When a decision was made, and the length of the buckets of a time series."""

    column: str
    bucket: Bucket = "day"


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the rows: a range of time (from included, until not), or values of a column.

    since, until: ISO 8601 in UTC without offset, as `2026-01-01T00:00:00`.
    """

    since: str | None = None
    until: str | None = None
    column: str | None = None
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A reference profile in a file, pinned by its digest."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ChosenThreshold:
    """A limit that the user chose, with the reason. preset: the one that the content offers.

    calm: where an alarm of repeated checks ends.
    """

    measure: str
    why: str
    at_most: float | None = None
    at_least: float | None = None
    over: tuple[str, ...] = ()
    preset: bool = False
    calm: float | None = None


@dataclass(frozen=True, slots=True)
class Estimating:
    """Performance estimated without labels. tolerance: the largest calibration error, in (0, 1), at
    which scores may stand in for labels; why: the reason for it."""

    tolerance: float
    why: str


@dataclass(frozen=True, slots=True)
class Alternatives:
    """A search for less discriminatory thresholds of the score.

    owner: who answers for it. follow_up: what was decided, or what happens next and when.
    threshold: in use; scores from it on are favourable. over: attributes; all with a ground if
    empty. tolerance: gain per row that may be given up, >= 0. gains: of a true and a false
    positive, a false and a true negative, in any one unit.
    """

    owner: str
    follow_up: str
    threshold: float
    over: tuple[str, ...] = ()
    tolerance: float = 0.01
    gains: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Proxies:
    """Features to count together with protected attributes; all of them where empty."""

    attributes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Domain:
    """A classifier that tells the windows apart. rows: about so many of each window are drawn, by a
    hash of the row id with the seed."""

    rows: int = 10_000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Population:
    """The mix of groups that rows are compared with.

    over: names of protected attributes. shares: group, joined by `, ` for several attributes, to
    its share in [0, 1]; they add up to 1. source, as_of: where the shares come from, and of which
    day. persons: whom they were counted on, if that was a sample; None takes them as exact.
    """

    over: tuple[str, ...]
    shares: Mapping[str, float]
    source: str
    as_of: str
    persons: int | None = None


@dataclass(frozen=True, slots=True)
class Comparing:
    """How groups are compared. minimum_share: groups with a smaller share of the rows are left
    out, in [0, 1). rule: the id of a rule whose way is taken. why: the reason."""

    why: str
    minimum_share: float | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class PredictedInterval:
    """Columns with the ends of a predicted interval, and the share that it promises, in (0, 1)."""

    low: str
    high: str
    level: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use. deadline: seconds for one statement; memory: megabytes."""

    memory: int = 400
    deadline: float = 600.0
    threads: int | None = None
    categories: int = 1000
    sample: int = 20_000


@dataclass(frozen=True, slots=True)
class TableConfig:
    """`measures.yaml`: what the columns mean, which rows are compared, what was chosen.

    candidates: columns that look like protected attributes and that nobody has confirmed yet.
    field: what is decided about, such as `employment` or `credit`; some thresholds have a meaning
    in one field only.
    """

    name: str
    features: tuple[Feature, ...] = ()
    source: Source | None = None
    row_id: str | None = None
    unique_ids: bool = False
    time: TimeColumn | None = None
    model_version: str | None = None
    weights: str | None = None
    score: Score | None = None
    prediction: str | None = None
    decision: Decision | None = None
    label: Label | None = None
    protected: tuple[Protected, ...] = ()
    intersections: tuple[tuple[str, ...], ...] = ()
    legitimate: tuple[Banded, ...] = ()
    reference: Window | StoredProfile | None = None
    current: Window | None = None
    thresholds: tuple[ChosenThreshold, ...] = ()
    candidates: tuple[str, ...] = ()
    field: str | None = None
    watch: Watching | None = None
    estimated: Estimating | None = None
    alternatives: Alternatives | None = None
    proxies: Proxies | None = None
    domain: Domain | None = None
    population: tuple[Population, ...] = ()
    comparison: Comparing | None = None
    shrinkage: bool = False
    prediction_interval: PredictedInterval | None = None
    limits: Limits = default(default_factory=Limits)
