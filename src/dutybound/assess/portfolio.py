"""`portfolio`: many profiles at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from dutybound.errors import BadInput, Problem
from dutybound.packs.profile import PROFILE, ProfileReader
from dutybound.packs.reading import Document, decode, parse_yaml, read_bytes
from dutybound.rules.batch import Batch, Found, can_batch
from dutybound.rules.program import Program
from dutybound.rules.run import Run
from dutybound.rules.vector import Counters, columns_of
from dutybound.terms.finding import Outcome, Verdict
from dutybound.terms.law import MUST_NATURES, Content, Rule
from dutybound.terms.system import Profile

SCHEMA: Final = "dutybound/portfolio/1"
CHUNK: Final = 5_000
COUNTED: Final = (
    Outcome.APPLIES,
    Outcome.NOT_YET,
    Outcome.CONTESTED,
    Outcome.UNDETERMINED,
    Outcome.EXCEPTED,
)
DUTIES: Final = ("duty", "prohibition", "right")


@dataclass(slots=True)
class Row:
    """What the portfolio shows of one system.

    counts: market to outcome to number of findings on binding rules. prohibited, prohibited_open:
    rule ids. classes: id to outcome. next_day: the next day on which something begins.
    """

    file: str
    system: str
    name: str
    sha256: str
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    prohibited: list[str] = field(default_factory=list)
    prohibited_open: list[str] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)
    next_day: date | None = None

    def as_json(self) -> dict[str, Any]:
        """The row as JSON values."""
        return {
            "file": self.file,
            "system": self.system,
            "name": self.name,
            "profile_sha256": self.sha256,
            "prohibited": sorted(set(self.prohibited)),
            "prohibited_undetermined": sorted(set(self.prohibited_open)),
            "classes": dict(sorted(self.classes.items())),
            "counts": self.counts,
            "next_day": self.next_day.isoformat() if self.next_day else None,
        }


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The rows of a folder, and the files that could not be read."""

    content: Content
    as_of: date
    known_on: date
    rows: tuple[Row, ...]
    refused: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        """The portfolio as JSON values."""
        return {
            "schema": SCHEMA,
            "as_of": self.as_of.isoformat(),
            "known_on": self.known_on.isoformat(),
            "content": {"version": self.content.version, "sha256": self.content.sha256},
            "systems": [row.as_json() for row in self.rows],
            "refused": [str(p) for p in self.refused],
        }


def profile_files(folder: Path) -> list[Path]:
    """YAML, JSON and JSON Lines files below a folder, in order; organisation files left out."""
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise BadInput.one(str(folder), "The folder does not exist.")
    found = [p for p in folder.rglob("*") if p.suffix in (".yaml", ".yml", ".json", ".jsonl")]
    return sorted(p for p in found if p.is_file())


def read_profiles(
    reader: ProfileReader, files: Iterable[Path], refused: list[Problem], today: date | None
) -> Iterator[Profile]:
    """The profiles in files; a file that is no profile at all is passed over."""
    for path in files:
        try:
            for document, digest in _documents(path):
                if is_profile(document):
                    yield reader.build(document, path.parent, digest, today)
        except BadInput as error:
            refused.extend(error.problems)


def is_profile(document: Document) -> bool:
    """Whether a document says that it is a profile."""
    return isinstance(document.value, dict) and document.value.get("dutybound") == PROFILE


def _documents(path: Path) -> Iterator[tuple[Document, str]]:
    name = str(path)
    if path.suffix == ".jsonl":
        yield from _lines(path, name)
        return
    raw = read_bytes(path, name)
    text = decode(raw, name)
    yield parse_yaml(text, name), sha256(raw).hexdigest()


def _lines(path: Path, name: str) -> Iterator[tuple[Document, str]]:
    try:
        with path.open("rb") as stream:
            for number, raw in enumerate(stream, 1):
                if raw.strip():
                    shown = f"{name}:{number}"
                    try:
                        value = json.loads(raw)
                    except ValueError as error:
                        raise BadInput.one(name, f"No JSON: {error}.", number, 1) from error
                    yield Document(shown, value), sha256(raw.rstrip()).hexdigest()
    except OSError as error:
        raise BadInput.one(name, f"The file cannot be read: {error.strerror}.") from error


def portfolio(
    content: Content,
    files: Sequence[Path],
    *,
    today: date,
    as_of: date | None = None,
    known_on: date | None = None,
    markets: Collection[str] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Portfolio:
    """Assess every profile in some files. progress: called with the number of systems done."""
    judged, known = as_of or today, known_on or max(today, content.checked_on)
    program = Program(content, known)
    reader = ProfileReader(content)
    refused: list[Problem] = []
    rows: list[Row] = []
    pending: list[Profile] = []
    for profile in read_profiles(reader, files, refused, today):
        pending.append(profile)
        if len(pending) == CHUNK:
            rows.extend(judge(program, pending, judged, markets))
            pending = []
            progress(len(rows))
    rows.extend(judge(program, pending, judged, markets))
    progress(len(rows))
    return Portfolio(content, judged, known, tuple(rows), tuple(refused))


def judge(
    program: Program,
    profiles: Sequence[Profile],
    as_of: date,
    markets: Collection[str] | None,
) -> list[Row]:
    """The rows of some profiles, in their order."""
    together = [p for p in profiles if can_batch(p, as_of)]
    rows = {id(p): Row(p.file, p.id, p.name, p.sha256) for p in profiles}
    batch_rows = [rows[id(p)] for p in together]
    if together:
        _Tally(program, batch_rows).add_all(Batch(program, together, as_of, markets).found())
    for profile in profiles:
        if not can_batch(profile, as_of):
            run = Run(program, profile, as_of, markets)
            _count_verdicts(program, rows[id(profile)], run.verdicts)
    return [rows[id(p)] for p in profiles]


def _is_duty(rule: Rule) -> bool:
    return rule.kind in DUTIES and rule.nature in MUST_NATURES


class _Tally:
    """Adds up what a batch found, by row."""

    def __init__(self, program: Program, rows: Sequence[Row]) -> None:
        self._program = program
        self._rows = rows
        self._counters: dict[tuple[tuple[str, ...], str, Outcome], tuple[Any, Counters]] = {}
        self._starts: dict[tuple[tuple[str, ...], date], tuple[Any, int]] = {}

    def add_all(self, results: Iterable[Found]) -> None:
        """Add every result, then write the sums into the rows."""
        for found in results:
            self._add(found)
        self._write()

    def _add(self, found: Found) -> None:
        rule, table = found.rule, found.table
        if rule.kind == "prohibition":
            self._prohibition(found)
        elif rule.show == "classification":
            for i in columns_of(found.mask):
                row = self._rows[table.columns[i].profile]
                _note_class(row, rule.id, found.outcome)
        if not _is_duty(rule) or found.outcome not in COUNTED:
            return
        market = self._program.content.acts[rule.act].market
        key = (table.things, market, found.outcome)
        self._counters.setdefault(key, (table, Counters()))[1].add(found.mask)
        if found.outcome is Outcome.NOT_YET and found.start is not None:
            known = self._starts.get((table.things, found.start), (table, 0))
            self._starts[table.things, found.start] = (table, known[1] | found.mask)

    def _prohibition(self, found: Found) -> None:
        for i in columns_of(found.mask):
            row = self._rows[found.table.columns[i].profile]
            if found.outcome is Outcome.APPLIES:
                row.prohibited.append(found.rule.id)
            elif found.outcome in (Outcome.UNDETERMINED, Outcome.CONTESTED):
                row.prohibited_open.append(found.rule.id)

    def _write(self) -> None:
        for (_, market, outcome), (table, counters) in self._counters.items():
            for column, count in zip(
                table.columns, counters.values(len(table.columns)), strict=True
            ):
                if count:
                    _note_count(self._rows[column.profile], market, outcome, count)
        for (_, start), (table, mask) in self._starts.items():
            for i in columns_of(mask):
                _note_day(self._rows[table.columns[i].profile], start)


def _note_count(row: Row, market: str, outcome: Outcome, count: int) -> None:
    counts = row.counts.setdefault(market, {str(o): 0 for o in COUNTED})
    counts[str(outcome)] += count


def _note_day(row: Row, day: date) -> None:
    if row.next_day is None or day < row.next_day:
        row.next_day = day


_STRENGTH: Final = (
    Outcome.APPLIES,
    Outcome.NOT_YET,
    Outcome.CONTESTED,
    Outcome.UNDETERMINED,
    Outcome.EXCEPTED,
    Outcome.NO_LONGER,
    Outcome.DOES_NOT_APPLY,
)


def _note_class(row: Row, rule_id: str, outcome: Outcome) -> None:
    known = row.classes.get(rule_id)
    if known is None or _STRENGTH.index(outcome) < _STRENGTH.index(Outcome(known)):
        row.classes[rule_id] = str(outcome)


def _count_verdicts(program: Program, row: Row, verdicts: Iterable[Verdict]) -> None:
    """The same sums from single verdicts."""
    content = program.content
    for verdict in verdicts:
        rule = content.rules.get(verdict.rule)
        outcome = verdict.outcome
        if rule is None or outcome is Outcome.DOES_NOT_APPLY or not verdict.relevant:
            continue
        if rule.kind == "prohibition" and outcome is Outcome.APPLIES:
            row.prohibited.append(rule.id)
        elif rule.kind == "prohibition" and outcome in (Outcome.UNDETERMINED, Outcome.CONTESTED):
            row.prohibited_open.append(rule.id)
        elif rule.show == "classification":
            _note_class(row, rule.id, outcome)
        if _is_duty(rule) and outcome in COUNTED:
            _note_count(row, content.acts[rule.act].market, outcome, 1)
            if outcome is Outcome.NOT_YET and verdict.start is not None:
                _note_day(row, verdict.start)
