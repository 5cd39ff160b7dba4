"""Self-tests and counsel's work go through no door unless somebody names them.

Privileged self-tests: 12 CFR 1002.15. Each door that hands evidence on is tried: what it gives
with marked evidence in the folder is what it gives without.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from dutybound.assess.log import init_log, open_log
from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.packs.writing import to_yaml
from dutybound.terms.evidence import EvidenceKind, Handling
from tests.evidence.kinds import claim_of_kind
from tests.evidence.kit import checked, predicate, signed
from tests.evidence.test_adding import AT, trust_file

MARKED = [Handling.SELF_TEST, Handling.COUNSEL]
ROOT = Path(__file__).resolve().parents[2]
SYSTEM = ROOT / "examples" / "fraud-detection" / "system.yaml"
SECRET = "PRIVILEGED-7731"
DAY = ("--as-of", "2026-11-25")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders: one with ordinary evidence, one with a self-test and counsel's work besides."""
    plain = tmp_path_factory.mktemp("door") / "evidence"
    trust_file(plain)
    about = {"system": "fraud-shield", "version": "5.1.0", "controls": ["DB-HUM-01"]}
    record = claim_of_kind(EvidenceKind.RECORD, id="record-1", **about)
    (plain / "record-1.dsse.json").write_bytes(signed(record))
    marked = plain.parent / "marked"
    shutil.copytree(plain, marked)
    for mark in MARKED:
        for kind in (EvidenceKind.TEST_RESULT, EvidenceKind.DOCUMENT, EvidenceKind.INCIDENT):
            name = f"{SECRET}-{mark}-{kind}"
            controls = ["DB-FAI-01", "DB-HUM-01", "DB-GOV-01"]
            value = claim_of_kind(
                kind, **{**about, "id": name, "what": SECRET, "handling": str(mark),
                         "controls": controls},
            )  # fmt: skip
            (marked / f"{name}.dsse.json").write_bytes(signed(value))
    for mark in MARKED:  # refused for other reasons: nothing tells of these either
        for author, name in (("mallory", f"{SECRET}-{mark}-x"), ("bob", f"{SECRET}-{mark}-y")):
            value = predicate(id=name, author=author, handling=str(mark), what=SECRET)
            (marked / f"{name}.dsse.json").write_bytes(signed(value, by="alice"))
    draft = {"dutybound": "claim/1", **predicate(id=f"{SECRET}-draft", handling="counsel")}
    (marked / f"{SECRET}-draft.yaml").write_text(to_yaml(draft), encoding="utf-8")
    return plain, marked


DOORS: dict[str, tuple[str, ...]] = {
    "gaps": ("gaps", str(SYSTEM), *DAY),
    "plan": ("plan", str(SYSTEM), *DAY),
    "launch": ("launch", str(SYSTEM), "--on", "2026-12-15"),
    "rmf": ("rmf", str(SYSTEM), *DAY),
    "security": ("security", str(SYSTEM), *DAY),
    "coverage": ("framework", "coverage", "iso-42001", "--profile", str(SYSTEM), *DAY),
}


def run(*words: str) -> Any:
    done = CliRunner().invoke(cli, [*words, "--json"], catch_exceptions=False)
    assert 0 == done.exit_code, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("door", DOORS)
def test_a_door_gives_the_same_with_and_without(door: str, folders: tuple[Path, Path]) -> None:
    plain, marked = (run(*DOORS[door], "--evidence", str(f)) for f in folders)
    assert plain == marked
    assert SECRET not in json.dumps(marked)


def test_oscal_carries_none_of_it(folders: tuple[Path, Path], tmp_path: Path) -> None:
    words = ["oscal", "export", str(tmp_path), "--profile", str(SYSTEM), *DAY,
             "--evidence", str(folders[1])]  # fmt: skip
    assert 0 == CliRunner().invoke(cli, words, catch_exceptions=False).exit_code
    assert [] == [p.name for p in tmp_path.rglob("*.json") if SECRET in p.read_text()]


def test_an_audit_pack_carries_none_of_it(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """The manifest may say that a piece with a mark was left out, not which."""
    packs = []
    for folder in folders:
        pack = tmp_path / folder.name
        words = ["audit-pack", str(SYSTEM), "--evidence", str(folder), "-o", str(pack), *DAY]
        done = CliRunner().invoke(cli, words, catch_exceptions=False)
        assert 0 == done.exit_code, done.output
        assert SECRET not in done.output
        files = {str(p.relative_to(pack)): p.read_bytes() for p in pack.rglob("*") if p.is_file()}
        assert [] == [n for n, raw in files.items() if SECRET.encode() in raw]
        assert [] == [n for n in files if SECRET in n]
        packs.append({n for n in files if n.startswith(("statements/", "subjects/"))})
    assert packs[0] == packs[1] != set()


@pytest.mark.parametrize("mark", MARKED)
def test_the_log_takes_none_of_it(tmp_path: Path, mark: Handling) -> None:
    record = trust_file(tmp_path / "record").parent
    with init_log(record, "acme.example/log", AT):
        pass
    path = record / "one.dsse.json"
    path.write_bytes(signed(claim_of_kind(EvidenceKind.RECORD, handling=str(mark))))
    words = ["log", "append", str(record), str(path)]
    with pytest.raises(BadInput, match=str(mark)):
        CliRunner().invoke(cli, words, catch_exceptions=False)
    with open_log(record) as log:
        assert 0 == log.store.tree().size
    done = CliRunner().invoke(cli, [*words, "--include", str(mark)], catch_exceptions=False)
    assert 0 == done.exit_code
    with open_log(record) as log:
        assert 1 == log.store.tree().size


def test_a_list_says_that_something_was_left_out_but_not_what(folders: tuple[Path, Path]) -> None:
    found = run("evidence", "list", str(folders[1]), *DAY)
    assert SECRET not in json.dumps(found["evidence"])
    assert {"handling", "unsigned"} >= {r["code"] for r in found["refused"]}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(list(EvidenceKind)),
    st.sampled_from(MARKED),
    st.dates(date(2026, 11, 3), date(2026, 12, 31)),
    st.sets(st.sampled_from(list(Handling))),
)
def test_a_mark_counts_only_where_it_is_named(
    kind: EvidenceKind, mark: Handling, day: date, named: set[Handling]
) -> None:
    raw = signed(claim_of_kind(kind, handling=str(mark)))
    silent = checked(raw, as_of=day, name_marked=False)
    assert ([], []) == (silent.checked, silent.codes)
    assert ([], ["handling"]) == (checked(raw, as_of=day).checked, checked(raw, as_of=day).codes)
    found = checked(raw, as_of=day, handling=frozenset(named))
    assert (mark in named) == bool(found.checked)


def test_a_mark_is_under_the_signature() -> None:
    """Whoever takes the mark off breaks the signature."""
    from tests.evidence.test_cheating import payload_of, rewritten

    raw = signed(predicate(handling="counsel"))
    payload = payload_of(raw)
    assert payload.count(b'"handling":"counsel"') == 1
    bare = rewritten(raw, payload.replace(b'"handling":"counsel"', b'"handling":"ordinary"'))
    assert ["bad_signature"] == checked(bare).codes
