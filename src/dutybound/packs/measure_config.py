"""Reads `measures.yaml`: what the columns of a decision table mean. Closed, with positions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from dutybound.errors import BadInput, Problem
from dutybound.packs.measure_checks import wrong_in
from dutybound.packs.measure_watch import Spending
from dutybound.packs.reading import Document, parse_yaml, read_yaml
from dutybound.packs.shapes import Closed, Day, Digest, Name, Text, like
from dutybound.packs.validation import validate
from dutybound.packs.writing import to_yaml
from dutybound.terms import table as terms
from dutybound.terms.watch import Watching

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?\Z")
_ADDRESS: Final = r"(?!.*://[^/@\s]*:[^/@\s]+@)(?!.*password\s*=).{1,1000}"


def _moment(value: Any) -> str:
    text = str(value)
    if not _MOMENT.match(text):
        raise ValueError(f"`{text[:40]}` is not a day as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ")
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).isoformat()
    except ValueError as error:
        raise ValueError(f"`{text}` is not in the calendar") from error


Column = Annotated[str, Field(min_length=1, max_length=500)]
Value = StrictBool | StrictInt | StrictFloat | StrictStr
Values = Annotated[tuple[Value, ...], Field(min_length=1, max_length=500)]
Moment = Annotated[str, BeforeValidator(_moment)]
Address = Annotated[
    str, like(_ADDRESS, "holds no password: let the driver's own file or service give it")
]
Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
FieldOf = Literal["employment", "insurance", "credit", "housing", "general_purpose_models", "other"]


class SparkShape(Closed):
    """A table that Spark reads."""

    master: Text | None = None
    parquet: Text | None = None
    delta: Text | None = None
    table: Text | None = None


class SourceShape(Closed):
    """Where the table lies: one of the first six keys."""

    parquet: Text | None = None
    delta: Text | None = None
    duckdb: Text | None = None
    postgres: Address | None = None
    ibis: Address | None = None
    spark: SparkShape | None = None
    table: Text | None = None


class FeatureShape(Closed):
    column: Column
    kind: Literal["number", "category"]


class ScoreShape(Closed):
    column: Column
    low: Number = 0.0
    high: Number = 1.0


class DecisionShape(Closed):
    column: Column
    favourable: Values


class LabelShape(Closed):
    column: Column
    kind: Literal["number", "category"] = "category"
    positive: tuple[Value, ...] = ()
    negative: tuple[Value, ...] = ()
    arrived: Column | None = None


class BandedShape(Closed):
    name: Name
    column: Column
    groups: dict[Name, Values] = Field(default_factory=dict, max_length=200)
    bands: tuple[Number, ...] = Field(default=(), max_length=100)


class GroundShape(Closed):
    """Why an attribute may be used in a market; recorded before its use."""

    market: Literal["eu", "us", "uk", "own"]
    basis: Text
    recorded_by: Text
    recorded_on: Day


class ProtectedShape(BandedShape):
    reference: Text | None = None
    grounds: tuple[GroundShape, ...] = Field(min_length=1)


class TimeShape(Closed):
    column: Column
    bucket: Literal["day", "week", "month"] = "day"


class WindowShape(Closed):
    from_: Moment | None = Field(default=None, alias="from")
    until: Moment | None = None
    column: Column | None = None
    values: tuple[Value, ...] = ()


class ReferenceShape(WindowShape):
    profile: Text | None = None
    sha256: Digest | None = None


class WindowsShape(Closed):
    reference: ReferenceShape | None = None
    current: WindowShape | None = None


class ThresholdShape(Closed):
    measure: Name
    at_most: Number | None = None
    at_least: Number | None = None
    preset: StrictBool = False
    over: tuple[Text, ...] = ()
    calm: Number | None = None
    why: Text


class CandidateShape(Closed):
    """A column that looks like a protected attribute. It is not used until somebody confirms it."""

    column: Column
    why: Text


class WatchShape(Closed):
    """How repeated looks share their doubt."""

    alpha: float = Field(default=0.05, gt=0, lt=1)
    spending: Spending = "endless"
    looks: int | None = Field(default=None, ge=1, le=100_000)
    confirm: int = Field(default=1, ge=1, le=1000)


class EstimatedShape(Closed):
    """Performance without labels, while the scores are calibrated within a tolerance."""

    tolerance: float = Field(gt=0, lt=1)
    why: Text


class GainsShape(Closed):
    """What one decision is worth, in any one unit; by default the mean is the accuracy."""

    tp: Number = 1.0
    fp: Number = 0.0
    fn: Number = 0.0
    tn: Number = 1.0


class AlternativesShape(Closed):
    """A search for less discriminatory thresholds; it needs an owner and a recorded follow-up."""

    owner: str = ""
    follow_up: str = ""
    threshold: Number
    over: tuple[Name, ...] = ()
    tolerance: Number = Field(default=0.01, ge=0)
    gains: GainsShape = Field(default_factory=GainsShape)


class ProxiesShape(Closed):
    """Features to count together with protected attributes; all of them where empty."""

    attributes: tuple[Name, ...] = ()
    features: tuple[Column, ...] = ()


class DomainShape(Closed):
    """A classifier that tells the windows apart, on a drawn sample."""

    rows: int = Field(default=10_000, ge=500, le=200_000)
    seed: int = Field(default=0, ge=0, le=1_000_000)


class PopulationShape(Closed):
    """The mix of groups that rows are compared with."""

    over: tuple[Name, ...] = Field(min_length=1, max_length=4)
    shares: dict[Text, Share] = Field(min_length=2, max_length=500)
    source: Text
    as_of: Day
    persons: int | None = Field(default=None, ge=1)


class ComparisonShape(Closed):
    """How groups are compared: a smallest share, or the way of a rule."""

    minimum_share: float | None = Field(default=None, ge=0, lt=1)
    rule: Text | None = None
    why: Text


class PredictionIntervalShape(Closed):
    """Columns with the ends of a predicted interval, and the share that it promises."""

    low: Column
    high: Column
    level: float = Field(gt=0, lt=1)


class LimitsShape(Closed):
    memory: int = Field(default=400, ge=100, le=1_000_000)
    deadline: float = Field(default=600.0, gt=0, le=1_000_000)
    threads: int | None = Field(default=None, ge=1, le=1024)
    categories: int = Field(default=1000, ge=10, le=100_000)
    sample: int = Field(default=20_000, ge=1000, le=1_000_000)


class MeasureFile(Closed):
    """`measures.yaml`."""

    dutybound: Literal["measures/1"]
    name: Text
    field: FieldOf | None = None
    source: SourceShape | None = None
    row_id: Column | None = None
    unique_ids: bool = False
    time: TimeShape | None = None
    model_version: Column | None = None
    weights: Column | None = None
    score: ScoreShape | None = None
    prediction: Column | None = None
    prediction_interval: PredictionIntervalShape | None = None
    decision: DecisionShape | None = None
    label: LabelShape | None = None
    features: tuple[FeatureShape, ...] = Field(default=(), max_length=5000)
    protected: tuple[ProtectedShape, ...] = Field(default=(), max_length=50)
    intersections: tuple[tuple[Name, ...], ...] = ()
    legitimate: tuple[BandedShape, ...] = Field(default=(), max_length=20)
    candidates: tuple[CandidateShape, ...] = ()
    windows: WindowsShape = Field(default_factory=WindowsShape)
    thresholds: tuple[ThresholdShape, ...] = ()
    watch: WatchShape | None = None
    estimated: EstimatedShape | None = None
    alternatives: AlternativesShape | None = None
    proxies: ProxiesShape | None = None
    domain: DomainShape | None = None
    population: tuple[PopulationShape, ...] = Field(default=(), max_length=20)
    comparison: ComparisonShape | None = None
    shrinkage: StrictBool = False
    limits: LimitsShape = Field(default_factory=LimitsShape)


def read_measure_config(path: Path, shown: str | None = None) -> terms.TableConfig:
    """A configuration; its relative paths are from its folder. Raises BadInput."""
    return _config(read_yaml(path, shown), path.parent)


def parse_measure_config(text: str, shown: str) -> terms.TableConfig:
    """A configuration from text; its relative paths stay as they are."""
    return _config(parse_yaml(text, shown), None)


def measure_config_of(values: Mapping[str, Any], shown: str) -> terms.TableConfig:
    """A configuration from a mapping with the keys of the file.

    `dutybound` and `name` may be left out. shown: its name in errors. Raises BadInput.
    """
    head = {"dutybound": "measures/1", "name": "the table"}
    return parse_measure_config(to_yaml({**head, **_listed(values, shown)}), shown)


def _listed(value: Any, shown: str) -> Any:
    """Tuples as lists, numbers of numpy as Python's."""
    if isinstance(value, Mapping):
        return {str(k): _listed(v, shown) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(v, shown) for v in value]
    if hasattr(value, "item") and hasattr(value, "dtype"):
        return _listed(value.item(), shown)
    if value is None or isinstance(value, str | int | float | date | PurePath):
        return value if isinstance(value, str | int | float | None) else str(value)
    raise BadInput.one(shown, f"A {type(value).__name__} is no value of a configuration.")


def _config(document: Document, folder: Path | None) -> terms.TableConfig:
    problems: list[Problem] = []
    file = validate(MeasureFile, document, problems)
    if file is None:
        raise BadInput(sorted(set(problems)))
    found = _plain(file, folder)
    wrong = [*_wrong_source(file), *_wrong_pinned(file), *wrong_in(found)]
    problems = [document.problem(where, message) for where, message in wrong]
    if problems:
        raise BadInput(sorted(set(problems)))
    return found


# ---------------------------------------------------------------------- sources
def _wrong_source(file: MeasureFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    source = file.source
    if source is None:
        return
    places = ("parquet", "delta", "duckdb", "postgres", "ibis", "spark")
    given = [key for key in places if getattr(source, key) is not None]
    if len(given) != 1:
        yield ("source",), f"`source` has one of {', '.join(places)}; it has {len(given)}."
        return
    if (given[0] in ("duckdb", "postgres", "ibis")) != (source.table is not None):
        verb = "needs" if source.table is None else "takes no"
        yield ("source",), f"A source `{given[0]}` {verb} `table`."
    if source.spark is not None:
        forms = [k for k in ("parquet", "delta", "table") if getattr(source.spark, k) is not None]
        if len(forms) != 1:
            yield ("source", "spark"), "`spark` has one of parquet, delta, table."


def _wrong_pinned(file: MeasureFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    reference = file.windows.reference
    if reference is None:
        return
    where = ("windows", "reference")
    given = (reference.from_, reference.until, reference.column, reference.values or None)
    if reference.profile is not None and any(g is not None for g in given):
        yield where, "A stored profile has its window: `profile` takes only `sha256` beside it."
    if reference.sha256 is not None and reference.profile is None:
        yield where, "`sha256` belongs to a `profile`."


def _source(shape: SourceShape, folder: Path | None) -> terms.Source | None:
    if shape.parquet is not None:
        return terms.Source("duckdb", "parquet", _under(folder, shape.parquet))
    if shape.delta is not None:
        return terms.Source("duckdb", "delta", _under(folder, shape.delta))
    if shape.duckdb is not None:
        return terms.Source("duckdb", "table", _under(folder, shape.duckdb), shape.table)
    if shape.spark is not None:
        return _spark(shape.spark, folder)
    if shape.postgres is not None:
        return terms.Source("postgres", "table", shape.postgres, shape.table)
    return terms.Source("ibis", "table", shape.ibis, shape.table)


def _spark(shape: SparkShape, folder: Path | None) -> terms.Source:
    if shape.table is not None:
        return terms.Source("spark", "table", None, shape.table, shape.master)
    if shape.delta is not None:
        return terms.Source("spark", "delta", _under(folder, shape.delta), None, shape.master)
    place = _under(folder, shape.parquet or "")
    return terms.Source("spark", "parquet", place, None, shape.master)


def _under(folder: Path | None, place: str) -> str:
    if folder is None or "://" in place:
        return place
    return str(folder / place)


# ---------------------------------------------------------------------- to frozen values
def _plain(file: MeasureFile, folder: Path | None) -> terms.TableConfig:
    return terms.TableConfig(
        name=file.name,
        features=tuple(terms.Feature(f.column, f.kind) for f in file.features),
        source=_source(file.source, folder) if file.source else None,
        row_id=file.row_id,
        unique_ids=file.unique_ids,
        time=terms.TimeColumn(file.time.column, file.time.bucket) if file.time else None,
        model_version=file.model_version,
        weights=file.weights,
        score=terms.Score(**file.score.model_dump()) if file.score else None,
        prediction=file.prediction,
        decision=terms.Decision(**file.decision.model_dump()) if file.decision else None,
        label=terms.Label(**file.label.model_dump()) if file.label else None,
        protected=tuple(_protected(p) for p in file.protected),
        intersections=file.intersections,
        legitimate=tuple(_banded(b) for b in file.legitimate),
        reference=_reference(file.windows.reference, folder),
        current=_window(file.windows.current) if file.windows.current else None,
        thresholds=tuple(terms.ChosenThreshold(**t.model_dump()) for t in file.thresholds),
        candidates=tuple(c.column for c in file.candidates),
        field=file.field,
        alternatives=_alternatives(file.alternatives) if file.alternatives else None,
        proxies=terms.Proxies(**file.proxies.model_dump()) if file.proxies else None,
        domain=terms.Domain(**file.domain.model_dump()) if file.domain else None,
        estimated=terms.Estimating(**file.estimated.model_dump()) if file.estimated else None,
        watch=Watching(**file.watch.model_dump()) if file.watch else None,
        population=tuple(_population(p) for p in file.population),
        comparison=terms.Comparing(**file.comparison.model_dump()) if file.comparison else None,
        shrinkage=file.shrinkage,
        prediction_interval=_interval(file.prediction_interval),
        limits=terms.Limits(**file.limits.model_dump()),
    )


def _banded(shape: BandedShape) -> terms.Banded:
    return terms.Banded(shape.name, shape.column, dict(shape.groups), shape.bands)


def _protected(shape: ProtectedShape) -> terms.Protected:
    grounds = tuple(
        terms.Ground(g.market, g.basis, g.recorded_by, g.recorded_on.isoformat())
        for g in shape.grounds
    )
    return terms.Protected(_banded(shape), grounds, shape.reference)


def _alternatives(shape: AlternativesShape) -> terms.Alternatives:
    g = shape.gains
    return terms.Alternatives(
        shape.owner.strip(), shape.follow_up.strip(), shape.threshold, shape.over, shape.tolerance,
        (g.tp, g.fp, g.fn, g.tn),
    )  # fmt: skip


def _population(shape: PopulationShape) -> terms.Population:
    day = shape.as_of.isoformat()
    return terms.Population(shape.over, dict(shape.shares), shape.source, day, shape.persons)


def _interval(shape: PredictionIntervalShape | None) -> terms.PredictedInterval | None:
    return None if shape is None else terms.PredictedInterval(**shape.model_dump())


def _window(shape: WindowShape) -> terms.Window:
    return terms.Window(shape.from_, shape.until, shape.column, shape.values)


def _reference(
    shape: ReferenceShape | None, folder: Path | None
) -> terms.Window | terms.StoredProfile | None:
    if shape is None:
        return None
    if shape.profile is not None:
        return terms.StoredProfile(_under(folder, shape.profile), shape.sha256 or "")
    return _window(shape)
