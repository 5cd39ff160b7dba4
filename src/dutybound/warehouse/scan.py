"""`profile_table`: reads a table once for each column and returns the profiles of its windows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, TypeAlias

from dutybound.errors import BadInput
from dutybound.terms.table import APART, CURRENT, OTHER, REFERENCE, Source, TableConfig, Window
from dutybound.warehouse import options, row_groups, statements, weighing
from dutybound.warehouse.bins import Bins
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.client import Engine, Report, Worker, shown
from dutybound.warehouse.columns import Numbers
from dutybound.warehouse.counting import Asked, Counting
from dutybound.warehouse.layout import Layout, fit
from dutybound.warehouse.profile import Profile, Profiles
from dutybound.warehouse.weighing import Weights

DRAWN_FROM: Final = 32  # rows that one row of the sample is drawn from, at least
Total: TypeAlias = tuple[int, str | None, str | None]


def profile_table(
    source: Source,
    config: TableConfig,
    reference: Profile | None = None,
    *,
    report: Report | None = None,
    worker: Worker | None = None,
) -> Profiles:
    """Count the windows of a table.

    reference: a stored profile of the reference window: its bins are used, and only the current
    window is read. Without it both windows are read and the bins come from a sample of the
    reference window. report: called while statements run. worker: made early, to save its start.
    Raises BadInput (the table or its columns do not fit, a window is empty), DeadlineError,
    EngineFailed.
    """
    with Engine(source, config.limits, report, worker) as engine:
        if reference is not None:
            _check_weights(config, reference)
        engine.open()
        asked = _without_reference(config) if reference is not None else config
        layout = fit(asked, engine.types, shown(source))
        faster = by_row_group(engine, layout)
        if faster is not None:
            try:
                return _Reading(engine, faster.layout, reference, faster.sampled).profiles()
            except Misplaced:
                engine.done = 0
        return _Reading(engine, layout, reference).profiles()


class Misplaced(Exception):
    """What a file states about its row groups does not hold."""


@dataclass(frozen=True)
class ByRowGroup:
    """A layout in which row groups tell the window. sampled: rows that samples are drawn from."""

    layout: Layout
    sampled: int | None


def by_row_group(engine: Engine, layout: Layout) -> ByRowGroup | None:
    """The same layout with windows by row group, if the table states its times."""
    time = layout.config.time
    if time is None or not layout.time_only() or row_groups.OWN_COLUMNS & set(layout.types):
        return None
    windows = [window for _, window in layout.windows]
    groups = row_groups.groups_of(engine.row_groups(time.column), windows)
    text = row_groups.windows_view(row_groups.runs_of(groups), layout.window_key())
    if text is None:
        return None
    engine.define(text)
    drawn = row_groups.sample_view(groups, DRAWN_FROM * layout.config.limits.sample)
    if drawn is not None:
        engine.define(drawn[0])
    found = replace(
        layout,
        table=row_groups.WINDOWS_VIEW,
        window_column=row_groups.WINDOW,
        sample_table=row_groups.SAMPLE_VIEW if drawn else layout.sample_table,
    )
    return ByRowGroup(found, drawn[1] if drawn else None)


def _check_weights(config: TableConfig, reference: Profile) -> None:
    """Refuse to compare weighted rows with rows."""
    if (config.weights is None) == (reference.weight_unit is None):
        return
    was = "without weights" if reference.weight_unit is None else "with weights"
    now = "no `weights`" if config.weights is None else f"`weights: {config.weights}`"
    raise BadInput.one(
        config.name,
        f"The reference profile was counted {was}, and the configuration has {now}. Profile the "
        "reference window again with this configuration.",
    )


def _without_reference(config: TableConfig) -> TableConfig:
    return replace(config, reference=None)


@dataclass
class _Tables:
    """What is counted, each as a list over the windows."""

    numbers: dict[str, list[Numbers]]
    categories: dict[str, list[Cells]]
    groups: dict[str, list[Cells]]
    group_scores: dict[str, list[Cells]]
    factors: dict[str, list[Cells]]
    scores: list[Cells] | None = None
    buckets: list[Cells] | None = None
    proxies: dict[str, list[Cells]] = field(default_factory=dict)
    errors: list[Cells] | None = None
    delays: list[Cells] | None = None
    error_buckets: list[Cells] | None = None


class _Reading:
    def __init__(
        self,
        engine: Engine,
        layout: Layout,
        reference: Profile | None,
        sampled: int | None = None,
    ) -> None:
        self.layout, self.reference, self.engine = layout, reference, engine
        self.sampled = sampled
        self.config = layout.config
        self.counting = Counting(engine, layout)
        engine.total = self._statements()
        self.notes: list[str] = []

    def _statements(self) -> int:
        c, sets = self.config, len(self.layout.attribute_sets())
        found = 2 + (self.reference is None) + len(self.layout.numbers())
        categories = len(self.layout.categories())
        found += categories + (c.weights is not None and categories > 0) + sets + c.unique_ids
        found += (1 + sets) * (c.score is not None) + (c.time is not None)
        found += c.label is not None and c.label.arrived is not None
        found += len(options.pairs_of(self.layout))
        found += len(self.layout.windows) * (c.domain is not None)
        errors = bool(c.prediction or c.prediction_interval)
        return found + len(c.legitimate) + errors * (1 + (c.time is not None))

    def profiles(self) -> Profiles:
        """Run everything."""
        counting = self.counting
        everything, (totals, weights) = counting.all_rows(), counting.totals()
        rows = [t[0] for t in totals]
        self._check_places(totals)
        if weights:
            counting = self._weigh(weights)
        self._check_rows(rows)
        self._check_ids()
        bins = self._bins(self.sampled or rows[0])
        tables = _Tables({}, {}, {}, {}, {})
        tables.numbers = counting.answers(
            {name: counting.numbers(name, bins[name]) for name in self.layout.numbers()}
        )
        tables.categories = counting.answers(
            {
                name: counting.categories(name, self._known(name), rows)
                for name in self.layout.categories()
            }
        )
        self._cells(tables)
        self._errors(tables, bins)
        tables.proxies = options.joint_counts(counting, bins, tables.categories)
        drawn = options.sampled(counting, rows)
        digest = counted_sha256(self.config, bins, self.layout.weight_unit)
        made = [self._profile(i, totals[i], digest, tables) for i in range(len(rows))]
        if weights:
            made = [replace(p, weightless=w.zero) for p, w in zip(made, weights, strict=True)]
        by_name = {p.window: p for p in made}
        return Profiles(
            by_name[CURRENT],
            self.reference or by_name.get(REFERENCE),
            everything - sum(rows) - sum(w.zero for w in weights),
            drawn,
        )

    def _check_places(self, totals: Sequence[Total]) -> None:
        """Rows that were placed by row group lie in their window by their own time."""
        if self.layout.window_column is None:
            return
        for (_, window), (rows, first, last) in zip(self.layout.windows, totals, strict=True):
            inside = str(window.since) <= str(first) and str(last) < str(window.until)
            if rows and not inside:
                raise Misplaced

    def _weigh(self, weights: Sequence[Weights]) -> Counting:
        """Check the weights and fix their unit: that of the reference, if it is stored."""
        place, name = shown(self.engine.source), str(self.config.weights)
        wrong = weighing.bad_words(name, weights)
        unit: float | str | None = self.reference.weight_unit if self.reference else None
        if unit is None:
            unit = weighing.unit_of(name, weights)
        if isinstance(unit, str):
            raise BadInput.one(place, wrong or unit)
        wrong = wrong or weighing.range_words(name, weights, unit)
        if wrong is not None:
            raise BadInput.one(place, wrong)
        self.layout = replace(self.layout, weight_unit=unit)
        self.counting = Counting(self.engine, self.layout)
        if self.layout.categories():
            self.counting.weigh_windows()
        return self.counting

    def _check_rows(self, rows: Sequence[int]) -> None:
        weighty = " with a weight above 0" if self.config.weights else ""
        for (name, window), count in zip(self.layout.windows, rows, strict=True):
            if count == 0:
                raise BadInput.one(
                    shown(self.engine.source),
                    f"The {name} window holds no row{weighty} ({_window_words(window)}). Check its "
                    "limits and the values of the column.",
                )

    def _check_ids(self) -> None:
        row_id = self.config.row_id
        if row_id is None or not self.config.unique_ids:
            self.notes.append("Whether rows stand twice was not checked.")
            return
        repeated = self.counting.repeated_ids(row_id)
        if repeated:
            raise BadInput.one(
                shown(self.engine.source),
                f"{repeated:,} values of `{row_id}` stand in more than one row. Remove the "
                "doubles, or set `unique_ids: false` if rows may share an id.",
            )

    def _bins(self, rows: int) -> Mapping[str, Bins]:
        if self.reference is None:
            return self.counting.bins(rows)
        known = self.reference.numbers
        missing = [n for n in self.layout.numbers() if n not in known]
        if missing:
            raise BadInput.one(
                shown(self.engine.source),
                f"The reference profile has no bins for {', '.join(missing)}. Profile the "
                "reference window again.",
            )
        return {n: known[n].bins for n in self.layout.numbers()}

    def _known(self, name: str) -> Sequence[str]:
        cells = self.reference.categories.get(name) if self.reference else None
        return [v for v in cells.levels["value"] if v not in APART] if cells else []

    def _cells(self, tables: _Tables) -> None:
        counting = self.counting
        for p in self.config.protected:
            if p.by.column in tables.categories:
                counting.check_groups(p.by, tables.categories[p.by.column])
        counted = counting.answers(self._asked_cells())

        def named(kind: str) -> dict[str, list[Cells]]:
            return {name: cells for (of, name), cells in counted.items() if of == kind}

        tables.groups, tables.factors = named("groups"), named("factors")
        tables.group_scores = named("group_scores")
        tables.scores = counted.get(("scores", ""))
        tables.buckets = counted.get(("buckets", ""))
        tables.delays = counted.get(("delays", ""))

    def _asked_cells(self) -> dict[tuple[str, str], Asked[list[Cells]]]:
        layout, counting, score = self.layout, self.counting, self.config.score
        sums = counting.score_sums(score)
        fine, coarse = statements.score_bins()
        version, label, decision = layout.version(), layout.label(), layout.decision()
        found = {}
        for attributes in layout.attribute_sets():
            key = ", ".join(by.name for by in attributes)
            dims = statements.group_dims(layout, attributes)
            found["groups", key] = counting.cells(f"groups {key}".strip(), dims, sums)
            if score is not None and attributes:
                groups = [layout.group(by) for by in attributes]
                binned = [*groups, label, statements.score_dim(score, coarse)]
                found["group_scores", key] = counting.cells(f"scores by {key}", binned)
        if score is not None:
            dims = [version, label, statements.score_dim(score, fine)]
            found["scores", ""] = counting.cells("scores", dims)
        if self.config.time is not None:
            dims = [version, layout.bucket(), label, decision]
            found["buckets", ""] = counting.cells("time", dims, sums)
        if self.config.label is not None and self.config.label.arrived is not None:
            dims = [layout.bucket(), layout.arrived(self.config.label.arrived), label]
            found["delays", ""] = counting.cells("label delay", dims)
        for factor in self.config.legitimate:
            groups = [layout.group(by) for by in layout.attribute_sets()[0]]
            dims = [layout.group(factor), *groups, label, decision]
            found["factors", factor.name] = counting.cells(f"factor {factor.name}", dims)
        return found

    def _errors(self, tables: _Tables, bins: Mapping[str, Bins]) -> None:
        label, prediction = self.config.label, self.config.prediction
        interval, layout = self.config.prediction_interval, self.layout
        if label is None or label.kind != "number" or not (prediction or interval):
            return
        named: dict[str, Any] = {}
        if prediction is not None:
            sums = statements.error_sums(label.column, prediction, bins[label.column])
            named |= zip(statements.ERROR_SUMS, sums, strict=True)
        if interval is not None:
            sums = statements.interval_sums(label.column, interval, bins[label.column])
            named |= zip(statements.INTERVAL_SUMS, sums, strict=True)
        named = self.counting.weigh(named, statements.WEIGHED_TWICE)
        groups = [layout.group(by) for by in layout.attribute_sets()[0]]
        asked = {"errors": self.counting.cells("errors", [layout.version(), *groups], named)}
        if self.config.time is not None:
            dims = [layout.version(), layout.bucket()]
            asked["buckets"] = self.counting.cells("errors by time", dims, named)
        counted = self.counting.answers(asked)
        tables.errors, tables.error_buckets = counted["errors"], counted.get("buckets")

    def _profile(self, at: int, total: Total, digest: str, tables: _Tables) -> Profile:
        def one(counted: list[Cells] | None) -> Cells | None:
            return None if counted is None else counted[at]

        used = {*self.layout.numbers(), *self.layout.categories()}
        beyond = (
            f"`{name}` has more values than are counted by name; the rest is in {OTHER}."
            for name, counted in tables.categories.items()
            if OTHER in counted[at].levels["value"]
        )
        return Profile(
            window=self.layout.windows[at][0],
            config_sha256=digest,
            rows=total[0],
            first=total[1],
            last=total[2],
            types={k: v for k, v in self.layout.families.items() if k in used},
            numbers={k: v[at] for k, v in tables.numbers.items()},
            categories={k: v[at] for k, v in tables.categories.items()},
            groups={k: v[at] for k, v in tables.groups.items()},
            scores=one(tables.scores),
            group_scores={k: v[at] for k, v in tables.group_scores.items()},
            buckets=one(tables.buckets),
            factors={k: v[at] for k, v in tables.factors.items()},
            errors=one(tables.errors),
            delays=one(tables.delays),
            error_buckets=one(tables.error_buckets),
            proxies={k: v[at] for k, v in tables.proxies.items()},
            notes=(*self.notes, *beyond),
            weight_unit=self.layout.weight_unit,
        )


def counted_sha256(
    config: TableConfig, bins: Mapping[str, Bins], weight_unit: float | None = None
) -> str:
    """Digest of all that decides how a row is counted: roles, groups, score range, bins, unit of
    weights."""
    roles: dict[str, Any] = asdict(config)
    for key in (
        "name",
        "source",
        "reference",
        "current",
        "thresholds",
        "limits",
        "unique_ids",
        "candidates",
        "watch",
        "estimated",
        "alternatives",
        "domain",
        "population",
        "comparison",
        "shrinkage",
    ):
        del roles[key]
    for key in ("proxies", "prediction_interval"):
        if roles[key] is None:
            del roles[key]
        elif key == "prediction_interval":
            del roles[key]["level"]
    if roles["label"] is not None and roles["label"]["arrived"] is None:
        del roles["label"]["arrived"]
    for attribute in roles["protected"]:
        del attribute["grounds"], attribute["reference"]
    roles["cap"] = config.limits.categories
    roles["bins"] = {name: asdict(b) for name, b in bins.items()}
    if weight_unit is not None:
        roles["weight_unit"] = weight_unit
    raw = json.dumps(roles, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(raw).hexdigest()


def _window_words(window: Window) -> str:
    parts = []
    if window.column is not None:
        parts.append(f"`{window.column}` is {' or '.join(map(str, window.values))}")
    if window.since is not None:
        parts.append(f"from {window.since}")
    if window.until is not None:
        parts.append(f"until before {window.until}")
    return ", ".join(parts) or "all rows"
