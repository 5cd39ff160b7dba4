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
    yield from _wrong_alternatives(config)
    yield from _wrong_options(config)
    yield from _wrong_population(config)
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
    if label is not None and label.arrived is not None and config.time is None:
        yield ("label", "arrived"), "A delay is counted from the key `time`, which is missing."
    if config.estimated is not None and config.score is None:
        yield ("estimated",), "`estimated` needs the key `score`."
    for key in ("prediction", "prediction_interval"):
        if getattr(config, key) is not None and (label is None or label.kind != "number"):
            yield (key,), f"`{key}` needs a label of the kind `number`."


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


def _wrong_population(config: TableConfig) -> Wrong:
    by = {p.by.name: p.by for p in config.protected}
    seen: list[frozenset[str]] = []
    for i, one in enumerate(config.population):
        for j, name in enumerate(one.over):
            if name not in by:
                hint = did_you_mean(name, by)
                yield ("population", i, "over", j), f"`{name}` is not among `protected`.{hint}"
        if frozenset(one.over) in seen:
            yield ("population", i, "over"), "Two populations are over the same attributes."
        seen.append(frozenset(one.over))
        total = sum(one.shares.values())
        if abs(total - 1) > 0.005:
            yield (
                ("population", i, "shares"),
                f"The shares add up to {total:.4g}; they are of one whole, so to 1.",
            )
        known = by[one.over[0]].levels if len(one.over) == 1 and one.over[0] in by else ()
        for group in one.shares if known else ():
            if group not in known or group in APART:
                hint = did_you_mean(group, known)
                yield ("population", i, "shares", group), f"`{group}` is no group.{hint}"
    ways = config.comparison
    if ways is not None and (ways.minimum_share is None) == (ways.rule is None):
        yield ("comparison",), "`comparison` has one of `minimum_share` and `rule`."


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
        yield from _wrong_calm(config, i)
    watch = config.watch
    if watch is not None and (watch.spending == "endless") != (watch.looks is None):
        word = "takes no" if watch.looks else "needs"
        yield ("watch",), f"`{watch.spending}` {word} `looks`."


def _wrong_calm(config: TableConfig, i: int) -> Wrong:
    threshold = config.thresholds[i]
    calm, where = threshold.calm, ("thresholds", i, "calm")
    if calm is None:
        return
    if config.watch is None:
        yield where, "`calm` is where an alarm ends; it needs the key `watch`."
    if threshold.at_most is not None and calm > threshold.at_most:
        yield where, "`calm` is at most `at_most`: an alarm ends on the inner side."
    if threshold.at_least is not None and calm < threshold.at_least:
        yield where, "`calm` is at least `at_least`: an alarm ends on the inner side."


def _wrong_alternatives(config: TableConfig) -> Wrong:
    asked, score = config.alternatives, config.score
    if asked is None:
        return
    for key, says in (("owner", "who answers for it"), ("follow_up", "what happens with it")):
        if not getattr(asked, key):
            yield (
                ("alternatives",),
                f"A search for less discriminatory alternatives is refused without `{key}`: "
                f"{says}. Knowing of one and doing nothing is worse than not looking.",
            )
    if score is None or config.label is None:
        yield ("alternatives",), "`alternatives` needs the keys `score` and `label`."
    elif not score.low < asked.threshold <= score.high:
        span = f"{score.low:g} to {score.high:g}"
        yield ("alternatives", "threshold"), f"`threshold` lies in the range of the score, {span}."
    names = [p.by.name for p in config.protected]
    if not names:
        yield ("alternatives",), "`alternatives` needs a protected attribute with its ground."
    for i, name in enumerate(asked.over):
        if name not in names:
            hint = did_you_mean(name, names)
            yield ("alternatives", "over", i), f"`{name}` is not among `protected`.{hint}"


def _wrong_options(config: TableConfig) -> Wrong:
    if config.proxies is not None:
        names, columns = [p.by.name for p in config.protected], [f.column for f in config.features]
        if not names or not columns:
            yield ("proxies",), "`proxies` needs features and a protected attribute."
        for key, known in (("attributes", names), ("features", columns)):
            for i, name in enumerate(getattr(config.proxies, key)):
                if name not in known:
                    hint = did_you_mean(name, known)
                    yield ("proxies", key, i), f"`{name}` has no such role.{hint}"
    if config.domain is not None and (config.row_id is None or not config.features):
        yield ("domain",), "`domain` draws rows by their id: it needs `row_id` and `features`."
