"""`describe_table`: reads each column of a table twice and says nothing about a single row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from dutybound.terms.description import (
    Attribute,
    Column,
    DatasetDescription,
    Duplicates,
    Few,
    Rows,
)
from dutybound.terms.table import Feature, Limits, Source, TableConfig, Window
from dutybound.warehouse import description_sql, sql, statements
from dutybound.warehouse.client import DeadlineError, Engine, EngineFailed, Report, shown
from dutybound.warehouse.description_columns import Seen, described, type_name
from dutybound.warehouse.description_roles import roles_of
from dutybound.warehouse.layout import Layout, fit

WHOLE: Final = (("all", Window()),)


def describe_table(
    source: Source,
    config: TableConfig | None,
    k: int,
    *,
    duplicates: bool = True,
    report: Report | None = None,
) -> DatasetDescription:
    """A description of all rows of a table.

    config: what the columns mean; without it, nothing is known but names and types. k: the
    smallest group of rows that is told apart, at least 3. duplicates: whether equal rows are
    counted, which takes the longest. report: called while statements run. Raises BadInput (the
    table or its columns do not fit), DeadlineError, EngineFailed.
    """
    limits = config.limits if config else Limits()
    with Engine(source, limits, report) as engine:
        engine.open()
        given = config or TableConfig(name=shown(source))
        layout = replace(fit(given, engine.types, shown(source)), windows=WHOLE)
        return _Reading(engine, layout, k, configured=config is not None).all(duplicates)


class _Reading:
    def __init__(self, engine: Engine, layout: Layout, k: int, *, configured: bool) -> None:
        self.engine, self.layout, self.k = engine, layout, k
        self.roles = roles_of(layout)
        self.configured = configured
        engine.total = 2 + 2 * len(layout.types) + 2

    def all(self, duplicates: bool) -> DatasetDescription:
        """Run everything; what takes longest last, since a deadline ends the process."""
        rows = int(self._run(statements.total())[0][0])
        few = rows < self.k
        seen = [] if few else [self._seen(name) for name in self.layout.types]
        samples = self._samples([s.name for s in seen if s.wants_edges()], rows)
        columns = [self._column(s, rows, samples.get(s.name, ())) for s in seen]
        found = self._duplicates(rows) if duplicates and not few else ()
        return DatasetDescription(
            name=shown(self.engine.source),
            engine=self.engine.source.engine,
            k=self.k,
            rows=Few(self.k) if few else rows,
            columns=tuple(columns) if not few else tuple(self._unread()),
            attributes=tuple(self._attributes()),
            duplicates=found,
            configured=self.configured,
            notes=tuple(self._notes(few)),
        )

    def _run(self, statement: statements.Statement) -> list[list[Any]]:
        return self.engine.run(statement.name, statement.text(self.engine.dialect))

    # ------------------------------------------------------------------ columns
    def _seen(self, name: str) -> Seen:
        family, roles = self.layout.families[name], self.roles[name]
        counted = self._run(description_sql.spread(name, family, self.k))
        distinct, present, often, within = (int(c[0] or 0) for c in counted)
        return Seen(name, self.layout.types[name], family, roles, distinct, present, often, within)

    def _samples(self, names: Sequence[str], rows: int) -> Mapping[str, list[float]]:
        """Finite values of number columns in rising order, of all rows or of a sample of them."""
        config = replace(
            self.layout.config,
            features=tuple(Feature(n, "number") for n in names),
            label=None,
            prediction=None,
            weights=None,
        )
        drawn = replace(self.layout, config=config)
        statement = statements.sample(drawn, rows, self.engine.dialect)
        if statement is None:
            return {}
        columns = self._run(statement) or [[] for _ in names]
        return {
            name: sorted(v for v in column if v is not None and abs(v) <= sql.TOP)
            for name, column in zip(names, columns, strict=True)
        }

    def _column(self, seen: Seen, rows: int, sample: Sequence[float]) -> Column:
        return described(seen, rows, self.k, sample, self.layout, self._pairs)

    def _pairs(self, statement: statements.Statement) -> list[tuple[Any, int]]:
        columns = self._run(statement) or [[], []]
        return [(key, int(count)) for key, count in zip(*columns, strict=True)]

    def _unread(self) -> Iterable[Column]:
        for name, kind in self.layout.types.items():
            family = self.layout.families[name]
            roles = self.roles[name].names
            yield Column(
                name, type_name(kind), family, "counts", Few(self.k), None, roles, withheld=True
            )

    # ------------------------------------------------------------------ the whole
    def _attributes(self) -> Iterable[Attribute]:
        for p in self.layout.config.protected:
            grounds = tuple(
                {
                    "market": g.market, "basis": g.basis, "recorded_by": g.recorded_by,
                    "recorded_on": g.recorded_on,
                }
                for g in p.grounds
            )  # fmt: skip
            yield Attribute(p.by.name, p.by.column, grounds)

    def _duplicates(self, rows: int) -> tuple[Duplicates, ...]:
        everything = list(self.layout.families.items())
        own = tuple(n for n, r in self.roles.items() if r.is_id)
        found = []
        for without in dict.fromkeys(((), own)):
            kept = [(n, f) for n, f in everything if n not in without]
            if not kept:
                continue
            name = " without the row id" if without else ""
            try:
                different = int(self._run(description_sql.different(kept, name))[0][0])
            except DeadlineError as error:
                found.append(Duplicates(None, without, str(error)))
                break  # the engine is gone
            except EngineFailed as error:
                found.append(Duplicates(None, without, f"The engine could not do it: {error}"))
                break
            found.append(Duplicates(self._few(rows - different), without))
        return tuple(found)

    def _few(self, rows: int) -> Rows:
        return Few(self.k) if 0 < rows < self.k else rows

    def _notes(self, few: bool) -> Iterable[str]:
        if few:
            yield (
                f"The table has fewer than {self.k} rows, so only its columns and types are told."
            )
        if self.layout.config.weights is not None:
            name = self.layout.config.weights
            yield f"Counts are of rows: a description does not use the weights in `{name}`."
        twice = [p.by for p in self.layout.config.protected]
        for by in twice:
            first = next(b for b in twice if b.column == by.column)
            if first is not by:
                yield (
                    f"`{by.column}` parts rows by `{first.name}` and by `{by.name}`. Only the "
                    "first is shown: two ways to part the same rows can be subtracted."
                )
