"""Reads SARIF 2.1.0: one scan for each run. Strict where a wrong reading would hide a finding.

Severity: `security-severity` of the result or its rule (0 to 10); else the level that the result or
its rule states (error: high, warning: medium, note: low); else unknown. A finding is open unless an
accepted suppression or `baselineState: absent` says otherwise; a grave or unknown finding needs a
justification to be suppressed. Source: OASIS SARIF 2.1.0, sections 3.14, 3.27, 3.35 and 3.49.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, Final

from dutybound.interchange.scan_text import (
    MAX_BYTES,
    MAX_FINDINGS,
    ScanError,
    clean,
    day_of,
    of_score,
    tags_of,
    too_many,
)
from dutybound.interchange.strict_json import JsonError, parse
from dutybound.terms.security import BLOCKING, Scan, ScanFinding, Severity, Standing

VERSION: Final = "2.1.0"
MAX_RUNS: Final = 20
MAX_RULES: Final = 20_000
SCORE: Final = "security-severity"
LEVELS: Final = {
    "error": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "note": Severity.LOW,
    "none": Severity.UNKNOWN,
}
KINDS: Final = ("fail", "pass", "open", "review", "informational", "notApplicable")
BASELINE: Final = ("new", "unchanged", "updated", "absent")
STATES: Final = ("accepted", "underReview", "rejected")
Json = Mapping[str, Any]


def read_sarif(raw: bytes) -> tuple[Scan, ...]:
    """The scans of a SARIF file. Raises ScanError."""
    try:
        value = parse(raw.removeprefix(b"\xef\xbb\xbf"), MAX_BYTES)
    except JsonError as error:
        raise ScanError(f"It is not read: {error}.") from error
    log = _object(value, "$")
    if log.get("version") != VERSION:
        raise ScanError(f"`version` is {clean(str(log.get('version')), 40)}; {VERSION} is read.")
    runs = _list(log, "runs", "$")
    if not runs:
        raise ScanError("`runs` is empty: no tool ran.")
    if len(runs) > MAX_RUNS:
        raise too_many(len(runs), "runs", MAX_RUNS)
    found = [_object(run, f"$.runs[{i}]") for i, run in enumerate(runs)]
    count = sum(len(r["results"]) for r in found if isinstance(r.get("results"), list))
    if count > MAX_FINDINGS:
        raise too_many(count, "results", MAX_FINDINGS)
    return tuple(_Run(run, f"$.runs[{i}]").scan() for i, run in enumerate(found))


# ---------------------------------------------------------------------- plain values
def _object(value: Any, at: str) -> Json:
    if not isinstance(value, dict):
        raise ScanError(f"{at} is not an object.")
    return value


def _inner(value: Json, key: str, at: str) -> Json:
    """An object under a key; an empty one if the key is not there."""
    return _object(value[key], f"{at}.{key}") if value.get(key) is not None else {}


def _list(value: Json, key: str, at: str) -> list[Any]:
    """A list under a key; an empty one if the key is not there."""
    found = value.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise ScanError(f"{at}.{key} is not a list.")
    return found


def _text(value: Json, key: str, at: str) -> str | None:
    found = value.get(key)
    if found is None:
        return None
    if not isinstance(found, str):
        raise ScanError(f"{at}.{key} is not text.")
    return clean(found) or None


def _index(value: Json, key: str, at: str) -> int | None:
    found = value.get(key, -1)
    if not isinstance(found, int) or isinstance(found, bool) or found < -1:
        raise ScanError(f"{at}.{key} is not an index.")
    return None if found == -1 else found


def _one_of(value: Json, key: str, known: Mapping[str, Any] | tuple[str, ...], at: str) -> str:
    """The word under a key, or "" if it is not there."""
    found = value.get(key)
    if found is None:
        return ""
    if not isinstance(found, str) or found not in known:
        words = ", ".join(known)
        raise ScanError(f"{at}.{key} is `{clean(str(found), 40)}`, which is not one of {words}.")
    return found


def _tags(value: Json, at: str) -> Iterator[str]:
    properties = _inner(value, "properties", at)
    for i, tag in enumerate(_list(properties, "tags", f"{at}.properties")):
        if not isinstance(tag, str):
            raise ScanError(f"{at}.properties.tags[{i}] is not text.")
        yield tag


def _score(value: Json, at: str) -> Severity | None:
    """The severity by `security-severity`, which is a number, mostly written as text."""
    found = _inner(value, "properties", at).get(SCORE)
    if found is None:
        return None
    try:
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            raise ValueError
        score = float(found)
    except (ValueError, OverflowError):
        score = float("nan")
    if not isfinite(score) or not 0 <= score <= 10:
        raise ScanError(f"{at}.properties.{SCORE} is not a number from 0 to 10.")
    return of_score(score)


def _reference(value: Any, at: str) -> Iterator[str]:
    """A pointer into a taxonomy, such as CWE: its id, with the name of the taxonomy if stated."""
    target = _object(value, at)
    name = _text(_inner(target, "toolComponent", at), "name", f"{at}.toolComponent")
    found = _text(target, "id", at)
    if found is not None:
        yield f"cwe-{found}" if name and name.upper() == "CWE" and found.isdecimal() else found
        if name:
            yield f"{name}/{found}"


# ---------------------------------------------------------------------- rules
@dataclass(frozen=True, slots=True)
class _Rule:
    title: str
    level: str
    score: Severity | None
    tags: tuple[str, ...]


def _rule(value: Any, at: str) -> tuple[str, _Rule]:
    rule = _object(value, at)
    name = _text(rule, "id", at)
    if name is None:
        raise ScanError(f"{at}.id is missing.")
    short = _text(_inner(rule, "shortDescription", at), "text", f"{at}.shortDescription")
    tags = list(_tags(rule, at))
    for i, relation in enumerate(_list(rule, "relationships", at)):
        where = f"{at}.relationships[{i}]"
        target = _inner(_object(relation, where), "target", where)
        tags.extend(_reference(target, f"{where}.target"))
    default = _inner(rule, "defaultConfiguration", at)
    level = _one_of(default, "level", LEVELS, f"{at}.defaultConfiguration")
    title = short or _text(rule, "name", at) or name
    return name, _Rule(title, level, _score(rule, at), tags_of(tags))


class _Run:
    """One run on its way to a scan."""

    def __init__(self, run: Json, at: str) -> None:
        self.run, self.at = run, at
        self.tool = _inner(run, "tool", at)
        self.driver = _inner(self.tool, "driver", f"{at}.tool")
        self.notes: list[str] = []
        self.parts = [self._rules(self.driver, f"{at}.tool.driver")]
        for i, extension in enumerate(_list(self.tool, "extensions", f"{at}.tool")):
            where = f"{at}.tool.extensions[{i}]"
            self.parts.append(self._rules(_object(extension, where), where))
        self.by_id = {name: rule for part in reversed(self.parts) for name, rule in part}

    def _rules(self, component: Json, at: str) -> list[tuple[str, _Rule]]:
        rules = _list(component, "rules", at)
        if len(rules) > MAX_RULES:
            raise too_many(len(rules), "rules", MAX_RULES)
        return [_rule(r, f"{at}.rules[{i}]") for i, r in enumerate(rules)]

    def scan(self) -> Scan:
        """The scan of this run."""
        at, driver = f"{self.at}.tool.driver", self.driver
        tool = _text(driver, "name", at)
        if tool is None:
            raise ScanError(f"{at}.name is missing: which tool was it?")
        if _inner(self.run, "externalPropertyFileReferences", self.at).get("results"):
            raise ScanError(f"{self.at} keeps results in other files. Write them into this one.")
        version = _text(driver, "semanticVersion", at) or _text(driver, "version", at)
        properties = _inner(self.run, "properties", self.at)
        made_on, completed = self._invocations()
        results = self.run.get("results")
        if results is None:
            completed = False
            self.notes.append(f"{tool}: the run has no results, so it did not scan.")
        findings, counted = self._results()
        return Scan(
            source="sarif",
            tool=tool,
            version=version,
            made_on=made_on,
            target=_text(properties, "target", f"{self.at}.properties") or self._origin(),
            scope=_text(properties, "scope", f"{self.at}.properties"),
            completed=completed,
            findings=findings,
            notes=tuple(self.notes),
            measured=counted,
        )

    def _invocations(self) -> tuple[date | None, bool | None]:
        """The earliest day, and whether every invocation says that it ended well."""
        days: list[date] = []
        good: list[bool] = []
        for i, value in enumerate(_list(self.run, "invocations", self.at)):
            at = f"{self.at}.invocations[{i}]"
            invocation = _object(value, at)
            success = invocation.get("executionSuccessful")
            if not isinstance(success, bool):
                raise ScanError(f"{at}.executionSuccessful is not true or false.")
            good.append(success and not self._errors(invocation, at))
            for key in ("endTimeUtc", "startTimeUtc"):
                if invocation.get(key) is not None:
                    day = day_of(invocation[key])
                    if day is None:
                        raise ScanError(f"{at}.{key} is not a time.")
                    days.append(day)
        return min(days, default=None), all(good) if good else None

    def _errors(self, invocation: Json, at: str) -> bool:
        """Whether the tool reports an error of its own: then it did not see everything."""
        found = False
        for key in ("toolExecutionNotifications", "toolConfigurationNotifications"):
            for i, value in enumerate(_list(invocation, key, at)):
                where = f"{at}.{key}[{i}]"
                notice = _object(value, where)
                if _one_of(notice, "level", LEVELS, where) == "error":
                    text = _text(_inner(notice, "message", where), "text", where)
                    self.notes.append(f"error of the tool: {text or 'no text'}")
                    found = True
        return found

    def _origin(self) -> str | None:
        """The repository that was scanned, with its revision."""
        for i, value in enumerate(_list(self.run, "versionControlProvenance", self.at)):
            at = f"{self.at}.versionControlProvenance[{i}]"
            origin = _object(value, at)
            where = _text(origin, "repositoryUri", at)
            revision = _text(origin, "revisionId", at)
            if where:
                return f"{where}@{revision}" if revision else where
        return None

    # ------------------------------------------------------------------ results
    def _results(self) -> tuple[tuple[ScanFinding, ...], dict[str, int]]:
        found: list[ScanFinding] = []
        passed = 0
        for i, value in enumerate(_list(self.run, "results", self.at)):
            at = f"{self.at}.results[{i}]"
            result = _object(value, at)
            kind = _one_of(result, "kind", KINDS, at) or "fail"
            if kind == "pass":
                passed += 1
            elif kind != "notApplicable":
                found.append(self._finding(result, kind, at))
        return tuple(found), {"passed": passed} if passed else {}

    def _finding(self, result: Json, kind: str, at: str) -> ScanFinding:
        name, rule = self._rule_of(result, at)
        message = _inner(result, "message", at)
        title = _text(message, "text", f"{at}.message") or (rule.title if rule else name)
        tags = [*_tags(result, at), *(rule.tags if rule else ())]
        for i, taxon in enumerate(_list(result, "taxa", at)):
            tags.extend(_reference(taxon, f"{at}.taxa[{i}]"))
        severity = self._severity(result, rule, kind, at)
        standing, why = _standing(result, severity, at)
        return ScanFinding(
            name, title, severity, standing, _where(result, at), tags_of((*tags, name)), why
        )

    def _rule_of(self, result: Json, at: str) -> tuple[str, _Rule | None]:
        pointer = _inner(result, "rule", at)
        name = _text(result, "ruleId", at) or _text(pointer, "id", f"{at}.rule")
        index = _index(result, "ruleIndex", at)
        if index is None:
            index = _index(pointer, "index", f"{at}.rule")
        component = _inner(pointer, "toolComponent", f"{at}.rule")
        part = _index(component, "index", f"{at}.rule.toolComponent")
        rules = self.parts[0] if part is None else self._part(part, at)
        if index is not None:
            if index >= len(rules):
                raise ScanError(f"{at} points to rule {index}; the tool has {len(rules)}.")
            own, rule = rules[index]
            if name is not None and name != own and not name.startswith(f"{own}/"):
                raise ScanError(f"{at} names the rule {name}, but its index points to {own}.")
            return name or own, rule
        if name is None:
            raise ScanError(f"{at} names no rule.")
        return name, self.by_id.get(name) or self.by_id.get(name.rpartition("/")[0])

    def _part(self, part: int, at: str) -> list[tuple[str, _Rule]]:
        if part + 1 >= len(self.parts):
            raise ScanError(f"{at} points to extension {part}, which is not there.")
        return self.parts[part + 1]

    def _severity(self, result: Json, rule: _Rule | None, kind: str, at: str) -> Severity:
        level = _one_of(result, "level", LEVELS, at)
        score = _score(result, at)
        if kind == "informational":
            return Severity.INFO
        if score is not None:
            return score
        if kind != "fail":
            return Severity.UNKNOWN
        if rule is not None and rule.score is not None:
            return rule.score
        return LEVELS[level or (rule.level if rule else "") or "none"]


def _standing(result: Json, severity: Severity, at: str) -> tuple[Standing, str]:
    baseline = _one_of(result, "baselineState", BASELINE, at)
    whys: list[str] = []
    accepted = True
    values = _list(result, "suppressions", at)
    for i, value in enumerate(values):
        where = f"{at}.suppressions[{i}]"
        suppression = _object(value, where)
        if not _one_of(suppression, "kind", ("inSource", "external"), where):
            raise ScanError(f"{where}.kind is missing.")
        state = _one_of(suppression, "status", STATES, where)
        state = state or _one_of(suppression, "state", STATES, where) or "accepted"
        accepted = accepted and state == "accepted"
        why = _text(suppression, "justification", where)
        if why:
            whys.append(why)
    if baseline == "absent":
        return Standing.GONE, "no longer found"
    if not values:
        return Standing.OPEN, ""
    if not accepted:
        return Standing.OPEN, "its suppression is not accepted"
    if severity in BLOCKING and not whys:
        return Standing.OPEN, "it is suppressed without a justification"
    return Standing.SUPPRESSED, "; ".join(whys) or "no justification"


def _where(result: Json, at: str) -> str:
    """The first place that a result names."""
    for i, value in enumerate(_list(result, "locations", at)):
        where = f"{at}.locations[{i}]"
        physical = _inner(_object(value, where), "physicalLocation", where)
        file = _inner(physical, "artifactLocation", f"{where}.physicalLocation")
        uri = _text(file, "uri", f"{where}.physicalLocation.artifactLocation")
        line = _inner(physical, "region", f"{where}.physicalLocation").get("startLine")
        if uri:
            number = isinstance(line, int) and not isinstance(line, bool)
            return f"{uri}:{line}" if number else uri
    return ""
