"""A description in words, for the terminal and for a page."""

from __future__ import annotations

from collections.abc import Sequence

from dutybound.terms.description import Aside, Column, DatasetDescription, Duplicates, Few, Rows
from dutybound.terms.visible import visible


def rows_text(found: Rows) -> str:
    """`1,234`, `fewer than 10`, `all but fewer than 10`."""
    if isinstance(found, Few):
        few = f"fewer than {found.less_than}"
        return f"all but {few}" if found.all_but else few
    return f"{found:,}"


def share_text(rows: int, of: Rows) -> str:
    """A share in percent; empty if it cannot be told."""
    if isinstance(of, Few) or of == 0:
        return ""
    return f"{rows / of:.1%}"


def missing_text(c: Column, of: Rows) -> str:
    """Missing values with their share."""
    if isinstance(c.missing, Few):
        return rows_text(c.missing)
    share = share_text(c.missing, of)
    return f"{c.missing:,} ({share})" if c.missing and share else f"{c.missing:,}"


def kind_text(c: Column) -> str:
    """What it is and which role it has."""
    words = dict.fromkeys([c.kind, *(visible(r, 80) for r in c.roles)])
    return ", ".join([*words, *(["looks protected"] if c.candidate else [])])


def distinct_text(c: Column) -> str:
    """Different values."""
    return "not told" if c.distinct is None else f"{c.distinct:,}"


def values_text(c: Column) -> str:
    """What is told of the values, in one sentence."""
    if c.withheld:
        return "withheld: too few rows"
    if c.shown == "counts":
        return "counts only"
    if c.shown == "times":
        return "no range" if c.first is None else f"{c.first} to {c.last} (by {c.unit})"
    if c.shown == "numbers":
        return numbers_text(c)
    head = [f"{visible(g.label, 40)}: {g.rows:,}" for g in c.groups[:4]]
    more = len(c.groups) - 4
    return "; ".join([*head, *([f"and {more} more"] if more > 0 else [])]) or "no value shown"


def numbers_text(c: Column) -> str:
    """Median and outer quantiles."""
    parts = []
    for share, name in ((0.05, "5 %"), (0.5, "median"), (0.95, "95 %")):
        found = next((q for q in c.quantiles if q.share == share), None)
        if found is not None:
            parts.append(f"{name}: {_place(found.since, found.until, found.about)}")
    return "; ".join(parts) or "no quantile shown"


def _place(since: float | None, until: float | None, about: float | None) -> str:
    if about is not None:
        return f"about {about:,g}"
    if since is None and until is None:
        return "not told"
    return f"under {until:,g}" if since is None else f"{since:,g} or more"


def aside_text(a: Aside) -> str:
    """Names of cells that are counted together."""
    return " or ".join(visible(cell) for cell in a.cells)


def joined_text(joined: Sequence[str], k: int) -> str:
    """What else is counted in a group."""
    return f"with {' and '.join(joined)}, fewer than {k} rows" if joined else ""


def duplicates_text(d: Duplicates) -> str:
    """One sentence on equal rows."""
    apart = f" apart from {', '.join(visible(w) for w in d.without)}" if d.without else ""
    if d.surplus is None:
        return f"Equal rows{apart} were not counted: {d.why}"
    if d.surplus == 0:
        return f"No row stands twice{apart}."
    return f"Rows that repeat another{apart}: {rows_text(d.surplus)}."


def rule_text(found: DatasetDescription) -> str:
    """The rule by which values are held back."""
    return (
        f"Only groups of at least {found.k} rows are told apart. A value that fewer rows share is "
        "not named, and smaller groups are counted together with others, so that no count below "
        f"{found.k} follows from the others."
    )
