"""What the shapes of `measures.yaml` cannot say: columns in two roles, windows that overlap."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from dutybound.errors import did_you_mean
from dutybound.packs.reading import Where
from dutybound.terms.table import (
    APART,
    Banded,
    Label,
    Protected,
    StoredProfile,
    TableConfig,
    Window,
)

Wrong: TypeAlias = Iterator[tuple[Where, str]]


def wrong_in(config: TableConfig) -> Wrong:
    """Every contradiction of a configuration, with its place."""
    yield from _wrong_features(config)
    yield from _wrong_outcome(config)
    yield from _wrong_groups(config)
    yield from _wrong_windows(config)
    yield from _wrong_thresholds(config)
    if config.unique_ids and config.row_id is None:
        yield ("unique_ids",), "`unique_ids` needs `row_id`."


def _wrong_features(config: TableConfig) -> Wrong:
    columns = [f.column for f in config.features]
    for i, column in enumerate(columns):
        if column in columns[:i]:
            yield ("features", i, "column"), f"`{column}` stands twice in `features`."
    for role in ("label", "decision", "score"):
        found = getattr(config, role)
        if found is not None and found.column in columns:
            at = columns.index(found.column)
            yield (
                ("features", at, "column"),
                f"`{found.column}` is the {role}. What the model gives, or what comes later, is "
                "no feature.",
            )


def _wrong_outcome(config: TableConfig) -> Wrong:
    if config.score is not None and config.score.low >= config.score.high:
        yield ("score", "high"), "`high` is above `low`."
    label = config.label
    if label is not None:
        yield from _wrong_label(label)
    if config.prediction is not None and (label is None or label.kind != "number"):
        yield ("prediction",), "`prediction` needs a label of the kind `number`."


def _wrong_label(label: Label) -> Wrong:
    if label.kind == "number" and (label.positive or label.negative):
        yield ("label",), "A label of the kind `number` has no `positive` and no `negative`."
    if label.kind == "category" and not label.positive:
        yield ("label",), "The key `positive` is missing: which values of the label count as 1?"
    both = set(map(str, label.positive)) & set(map(str, label.negative))
    if both:
        yield ("label", "negative"), f"`{min(both)}` is positive and negative."


def _wrong_groups(config: TableConfig) -> Wrong:
    names = [p.by.name for p in config.protected]
    for i, protected in enumerate(config.protected):
        yield from _wrong_banded(protected.by, ("protected", i))
        yield from _wrong_reference(protected, ("protected", i))
        if protected.by.name in names[:i]:
            yield ("protected", i, "name"), f"`{protected.by.name}` stands twice in `protected`."
    for i, factor in enumerate(config.legitimate):
        yield from _wrong_banded(factor, ("legitimate", i))
        if factor.name in (*names, *(f.name for f in config.legitimate[:i])):
            yield ("legitimate", i, "name"), f"The name `{factor.name}` is taken."
    for i, joint in enumerate(config.intersections):
        for j, name in enumerate(joint):
            if name not in names:
                hint = did_you_mean(name, names)
                yield ("intersections", i, j), f"`{name}` is not among `protected`.{hint}"
        if len(set(joint)) != len(joint) or len(joint) < 2:
            yield ("intersections", i), "An intersection is of two or more different attributes."


def _wrong_banded(by: Banded, where: Where) -> Wrong:
    if by.groups and by.bands:
        yield (*where, "bands"), "`groups` and `bands` do not go together: take one."
    if any(low >= high for low, high in pairwise(by.bands)):
        yield (*where, "bands"), "`bands` rise: each limit is above the one before."
    if by.name in ("version", "label", "decision", "bin", "bucket", "value", "group"):
        yield (*where, "name"), f"`{by.name}` has a meaning of its own. Take another name."
    seen: dict[str, str] = {}
    for group, values in by.groups.items():
        if group in APART:
            yield (*where, "groups", group), f"`{group}` has a meaning of its own."
        for value in values:
            if seen.setdefault(str(value), group) != group:
                yield (
                    (*where, "groups", group),
                    f"`{value}` is in the groups `{seen[str(value)]}` and `{group}`.",
                )


def _wrong_reference(protected: Protected, where: Where) -> Wrong:
    levels = protected.by.levels
    if protected.reference is not None and levels and protected.reference not in levels:
        hint = did_you_mean(protected.reference, levels)
        yield (*where, "reference"), f"`{protected.reference}` is no group.{hint}"


def _wrong_windows(config: TableConfig) -> Wrong:
    if isinstance(config.reference, StoredProfile):
        if not config.reference.sha256:
            yield (
                ("windows", "reference"),
                "A stored profile is pinned: the key `sha256` is missing. `dutybound measure "
                "profile` prints it.",
            )
    elif config.reference is not None:
        yield from _wrong_window(config, config.reference, ("windows", "reference"))
    if config.current is not None:
        yield from _wrong_window(config, config.current, ("windows", "current"))
    if isinstance(config.reference, Window):
        if config.current is None:
            yield ("windows",), "A reference window needs a current one beside it."
        elif _overlap(config.reference, config.current):
            yield (
                ("windows", "current"),
                "The windows overlap: a row would belong to both. Part them.",
            )


def _wrong_window(config: TableConfig, window: Window, where: Where) -> Wrong:
    timed = window.since is not None or window.until is not None
    if not timed and window.column is None:
        yield where, "A window has `from`, `until` or `column` with `values`."
    if timed and config.time is None:
        yield where, "A window by time needs the key `time`."
    if (window.column is None) != (not window.values):
        yield where, "`column` and `values` go together."
    if window.since is not None and window.until is not None and window.since >= window.until:
        yield (*where, "until"), "`until` is after `from`; it is the first moment outside."


def _overlap(a: Window, b: Window) -> bool:
    """Whether a row can lie in both. Windows over different columns may, unless time parts them."""
    first, last = "0000", "9999"
    apart = (a.until or last) <= (b.since or first) or (b.until or last) <= (a.since or first)
    if apart:
        return False
    if a.column is not None and a.column == b.column:
        return bool(set(map(str, a.values)) & set(map(str, b.values)))
    return True


def _wrong_thresholds(config: TableConfig) -> Wrong:
    for i, threshold in enumerate(config.thresholds):
        given = (threshold.at_most, threshold.at_least, threshold.preset or None)
        if sum(g is not None for g in given) != 1:
            yield ("thresholds", i), "A threshold has one of `at_most`, `at_least`, `preset`."
