"""The statements, as they are sent to each engine.

DuckDB, Spark and PostgreSQL run them in other tests. BigQuery, Snowflake and Databricks are not to
be had here: their texts are read again by a parser of their dialect, and looked at for what the
documentation of those services says of their ways.

Read a difference, then run `pytest tests/warehouse --update-golden`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlglot import exp, parse_one

from dutybound.terms.table import (
    Banded,
    Domain,
    Feature,
    Label,
    PredictedInterval,
    Proxies,
    TableConfig,
)
from dutybound.warehouse import description_sql, options, statements
from dutybound.warehouse.bins import Bins
from dutybound.warehouse.layout import Layout, fit
from dutybound.warehouse.probe import question
from dutybound.warehouse.statements import Statement
from dutybound.warehouse.weighing import weigh
from tests.warehouse.kit import CONFIG

FOLDER = Path(__file__).parent / "sql"
DIALECTS = ("duckdb", "spark", "postgres", "bigquery", "snowflake", "databricks")
TYPES = {
    "id": "BIGINT", "at": "TIMESTAMP", "income": "DOUBLE", "channel": "VARCHAR",
    "sex": "VARCHAR", "age": "BIGINT", "score": "DOUBLE", "decision": "VARCHAR",
    "repaid": "BIGINT", "we`ird \"name'": "DOUBLE", "w": "DOUBLE", "key": "VARCHAR",
    "repaid_at": "TIMESTAMP",
}  # fmt: skip
BINS = Bins(2.0, 0.5, (1.0, 3.0))
WIDE = Bins(0.0, 8.0)
HOSTILE = replace(
    CONFIG,
    features=(*CONFIG.features, Feature("we`ird \"name'", "number")),
    weights="w",
    legitimate=(Banded("channel", "channel"),),
)
OPTIONS = replace(
    HOSTILE,
    label=Label("repaid", positive=(1,), arrived="repaid_at"),
    weights=None,
    proxies=Proxies(attributes=("sex",)),
    domain=Domain(rows=1000, seed=7),
)


def weighed(layout: Layout) -> Layout:
    return replace(layout, weight_unit=2.0**-20) if layout.config.weights else layout


def weighty(layout: Layout, names: Sequence[str], sums: Sequence[exp.Expr]) -> Iterable[exp.Expr]:
    """The sums, of weighted rows if rows have weights."""
    name, unit = layout.config.weights, layout.weight_unit
    if name is None or unit is None:
        return sums
    squared = (*statements.SCORE_SUMS, *statements.WEIGHED_TWICE)
    return weigh(name, unit, dict(zip(names, sums, strict=True)), squared).values()


def plain(config: TableConfig, dialect: str) -> Iterator[Statement | None]:
    """All statements that a configuration without options leads to."""
    layout = weighed(fit(config, TYPES, "small"))
    attributes = layout.attribute_sets()[0]
    assert config.score is not None and config.row_id is not None
    fine, coarse = statements.score_bins()
    sums = list(weighty(layout, statements.SCORE_SUMS, statements.score_sums(config.score)))
    groups = [layout.group(by) for by in attributes]
    yield statements.total()
    yield statements.totals(layout)
    yield statements.window_weights(layout) if config.weights else None
    yield statements.sample(layout, 10**9, dialect)
    yield from (statements.number(layout, n, BINS) for n in layout.numbers())
    yield statements.exact(layout, "income")
    yield from (statements.category(layout, n, ["it's"]) for n in layout.categories())
    yield statements.repeated_ids(layout, config.row_id)
    dims = statements.group_dims(layout, attributes)
    yield statements.cells(layout, "groups", dims, sums)
    dims = [*groups, layout.label(), statements.score_dim(config.score, coarse)]
    yield statements.cells(layout, "group scores", dims, [])
    dims = [layout.version(), layout.label(), statements.score_dim(config.score, fine)]
    yield statements.cells(layout, "scores", dims, [])
    yield statements.cells(layout, "time", [layout.version(), layout.bucket()], sums)


def regression(config: TableConfig, _: str) -> Iterator[Statement | None]:
    layout = fit(replace(config, label=Label("repaid", "number"), prediction="income"), TYPES, "x")
    sums = statements.error_sums("repaid", "income", WIDE)
    yield statements.cells(layout, "errors", [layout.version()], sums)
    weights = weighed(replace(layout, config=replace(layout.config, weights="w")))
    sums = list(weighty(weights, statements.ERROR_SUMS, sums))
    yield statements.cells(weights, "weighted errors", [weights.version()], sums)


def intervals(config: TableConfig, _: str) -> Iterator[Statement | None]:
    asked = PredictedInterval("score", "we`ird \"name'", 0.9)
    config = replace(config, label=Label("repaid", "number"), prediction_interval=asked)
    layout = fit(config, TYPES, "x")
    sums = statements.interval_sums("repaid", asked, WIDE)
    yield statements.cells(layout, "errors", [layout.version()], sums)
    yield statements.cells(layout, "errors by time", [layout.version(), layout.bucket()], sums)


def optional(config: TableConfig, dialect: str) -> Iterator[Statement | None]:
    """What is counted on request: proxies, drawn rows, delays of labels, factors, weeks."""
    layout = fit(config, TYPES, "small")
    assert config.domain is not None and config.time is not None
    for feature, by in options.pairs_of(layout):
        for known in (None, ["it's", "web"])[: 1 + (feature.kind == "category")]:
            dims = options.pair_dims(layout, feature, by, WIDE, known)
            yield statements.cells(layout, f"proxy {feature.column} of {by.name}", dims, [])
    yield from (options.drawn(layout, i, 4, config.domain, dialect) for i in range(2))
    for other in (replace(config, row_id="key"), replace(config, row_id=None)):
        yield statements.sample(fit(other, TYPES, "small"), 10**9, dialect)
    by_text = replace(layout, config=replace(config, row_id="key"))
    yield options.drawn(by_text, 0, 4, config.domain, dialect)
    weekly = replace(layout, config=replace(config, time=replace(config.time, bucket="week")))
    dims = [weekly.bucket(), weekly.arrived("repaid_at"), weekly.label()]
    yield statements.cells(weekly, "label delay", dims, [])
    (factor,) = config.legitimate
    groups = [layout.group(b) for b in layout.attribute_sets()[0]]
    dims = [layout.group(factor), *groups, layout.label(), layout.decision()]
    yield statements.cells(layout, f"factor {factor.name}", dims, [])


KINDS = {
    "plain": (plain, CONFIG),
    "hostile": (plain, HOSTILE),
    "regression": (regression, CONFIG),
    "intervals": (intervals, CONFIG),
    "options": (optional, OPTIONS),
}


def texts(name: str, dialect: str) -> list[tuple[str, str]]:
    made, config = KINDS[name]
    return [(s.name, s.text(dialect)) for s in made(config, dialect) if s is not None]


def described() -> list[Statement]:
    layout = fit(CONFIG, TYPES, "small")
    families = [(name, layout.families[name]) for name in ("id", "channel", "at")]
    return [
        description_sql.spread("at", "time", 10),
        description_sql.values("age", "number", 10, 50),
        description_sql.cells("income", (-10.0, 0.0, 0.5)),
        description_sql.buckets("at", "month"),
        description_sql.different(families, ""),
    ]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", KINDS)
def test_golden(dialect: str, name: str, update_golden: bool) -> None:
    text = "\n".join(f"-- {title}\n{sql};\n" for title, sql in texts(name, dialect))
    path = FOLDER / f"{name}.{dialect}.sql"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def everything(dialect: str) -> list[str]:
    found = [sql for name in KINDS for _, sql in texts(name, dialect)]
    return [*found, *(s.text(dialect) for s in described()), question(dialect)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_parser_of_the_dialect_reads_the_same(dialect: str) -> None:
    for sql in everything(dialect):
        tree = parse_one(sql, dialect=dialect)
        assert sql == tree.sql(dialect=dialect, pretty="\n" in sql)
        assert not tree.find(exp.Command), sql
        names = {c.name for c in tree.find_all(exp.Column)}
        assert names <= {*TYPES, *(f"c{i}" for i in range(10))}, names


def test_weeks_start_on_monday() -> None:
    """BigQuery: WEEK begins on Sunday, ISOWEEK on Monday. Elsewhere a week begins on Monday, on
    Snowflake if WEEK_START says so, which the connection sets."""
    for dialect in DIALECTS:
        weeks = [s for s in everything(dialect) if "WEEK" in s]
        assert weeks
        for sql in weeks:
            assert ("ISOWEEK" in sql) == (dialect == "bigquery"), sql


def test_bigquery_has_no_operator_of_remainder_and_other_names_of_types() -> None:
    for sql in everything("bigquery"):
        bare = re.sub(r"'[^']*'|`[^`]*`", "", sql)
        assert "%" not in bare
        kinds = set(re.findall(r" AS ([A-Z0-9_]+)\)", bare))
        assert kinds <= {"INT64", "FLOAT64", "STRING", "DATETIME", "BIGNUMERIC"}, kinds
        assert " NUMERIC" not in bare  # 29 digits before the point: too few for sums of weights
    assert any("MOD(" in sql for sql in everything("bigquery"))


def test_snowflake_names_times_without_zone_and_infinity() -> None:
    """`inf` is the name in its documentation. TIMESTAMP there is what a setting says."""
    for sql in everything("snowflake"):
        assert "Infinity" not in sql
        assert " AS TIMESTAMP)" not in sql
        assert "IGNORE_NULLS" not in sql
    assert any("CAST('inf' AS DOUBLE)" in sql for sql in everything("snowflake"))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_keys_are_numbers_of_columns_and_names_are_quoted(dialect: str) -> None:
    """GROUP BY 1, 2: a key that is spelt out twice may be two expressions to an engine."""
    for sql in everything(dialect):
        tree = parse_one(sql, dialect=dialect)
        for group in tree.find_all(exp.Group):
            assert all(isinstance(e, exp.Literal) and e.is_int for e in group.expressions), sql
        for column in tree.find_all(exp.Column):
            assert column.this.quoted, column
