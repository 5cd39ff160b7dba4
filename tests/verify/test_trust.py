"""The auditor's file: the part of YAML that is read, and what is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dutybound_verify as verifier
from dutybound.errors import BadInput
from dutybound.packs.evidence import read_trust
from dutybound.packs.reading import parse_yaml
from dutybound.packs.writing import to_yaml
from tests.verify.forge import Forge, NoteSigner, Person

ROOT = Path(__file__).parents[2]
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["true", "Null", "~", "1", "-1", "+2", "1.5", ".5", "1e3", "007", "0x1f", "no",
                     "2026-01-01", "a: b", "a #b", "a#b", "#a", "- a", "-a", "a:", ":a", "[a", "{a",
                     "'a'", "it's", '"a"', "a'b", "*a", "&a", "!a", "%a", "@a", "|", ">", "?",
                     "? a", "a,b", "a]b", "a  b", " a", "a ", "\t", "\x85", "\u2028",
                     "\ufeff", "\ud7ff", "💡", "", "null ", "---", "...", "a\\b", "\\u0041",
                     "=", "<<", "a: ", "a :b"]),
)  # fmt: skip
PARTS = st.sampled_from(
    ["a", "b:", "c: d", "- ", "- e", "  ", "    ", "\n", "\n", "\n", "[", "]", "{", "}", ", ", ": ",
     "'x y'", '"z"', "#", " # note", "\\n", '"\\u00e9"', "''", "1", "true", "f: ", "g:\n", "-",
     "\t", "? ", "|", ">", "~", "é", "\r\n", "'it''s'", "2026-01-02", "\n  h: i",
     "\n- j: k\n  l: m"]
)  # fmt: skip


def both(text: str) -> tuple[Any, Any]:
    """What the verifier and our YAML reader understand; None for what is refused."""
    try:
        mine = verifier.TrustYaml(text).read() if not verifier.ODD.search(text) else None
    except verifier.Refused:
        mine = None
    try:
        ours = parse_yaml(text, "trust.yaml").value
    except BadInput:
        ours = None
    return mine, ours


@given(st.lists(PARTS, max_size=14).map("".join))
def test_no_text_is_understood_differently(text: str) -> None:
    """Whatever the small reader accepts, the whole one reads in the same way."""
    mine, ours = both(text)
    assert mine is None or mine == ours


ENTRY = st.dictionaries(st.sampled_from("abcdef"), TEXTS, min_size=1, max_size=4)
FILE = st.dictionaries(
    st.sampled_from(["keys", "logs", "note", "need"]),
    st.one_of(
        TEXTS, st.integers(0, 5), st.booleans(), st.none(), ENTRY, st.lists(ENTRY, max_size=3)
    ),
    min_size=1,
)


@given(FILE)
def test_what_our_writer_writes_is_read(value: dict[str, Any]) -> None:
    """Files in the style of our own writer are read as they were meant, odd characters apart."""
    text = to_yaml(value)
    mine, ours = both(text)
    assert mine is None or mine == ours
    odd = any(not c.isascii() or not c.isprintable() for c in json.dumps(value, ensure_ascii=False))
    if not odd and "\\u" not in text and not any(c in json.dumps(value) for c in "\\"):
        assert value == ours
        assert value == mine


def test_example_files_are_read_alike() -> None:
    """The trust files of our examples mean the same to both readers."""
    paths = sorted(ROOT.glob("examples/*/evidence/trust.yaml"))
    assert 2 <= len(paths)
    for path in paths:
        mine, ours = verifier.read_trust(path.read_bytes()), read_trust(path)
        assert list(ours.keys) == list(mine.keys)
        assert {k: v.relation for k, v in ours.organisations.items()} == mine.organisations


def test_flow_maps_on_one_line() -> None:
    alice = Person("alice")
    entry = alice.entry()
    row = ", ".join(f'{k}: "{v}"' for k, v in entry.items())
    text = "\r\n".join(
        [
            "# the auditor's own",
            "dutybound: trust/1",
            "organisations: [{id: acme, name: Acme Ltd, relation: own}]   # on one line",
            "keys:",
            f"- {{{row}}}",
            "note: 'it''s mine'",
        ]
    )
    found = verifier.read_trust(text.encode())
    assert {"acme": "own"} == found.organisations
    assert {alice.fingerprint: entry} == found.keys


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (1, "&a b: c"),
        (2, "a: b\n  c"),
        (2, "a: b\n  c: d"),
        (2, "a: b\na: c"),
        (1, "a: *b"),
        (1, "a: !x b"),
        (1, "a: |\n  b"),
        (1, "---\na: b"),
        (2, "a:\n  - - b"),
        (1, "? a\n: b"),
        (3, "a:\n    b: c\n  d: e"),
        (1, "a: 1.5"),
        (1, "a: [b"),
        (1, "a: {b: c}}"),
        (1, "a: 'b' c"),
        (1, 'a: "\\ud83d\\ude00"'),
        (2, "- a: b\nc: d"),
    ],
)
def test_other_yaml_is_refused_with_its_line(line: int, text: str) -> None:
    with pytest.raises(verifier.Refused, match=f"Line {line}: ") as caught:
        verifier.TrustYaml(text).read()
    assert "yaml" == caught.value.code


def wrong(**more: Any) -> bytes:
    return Forge().trust(**more)


LOG = {"origin": "a", "key": "a+b+AAAA", "valid_from": "2026-01-01"}
OTHER_ID = NoteSigner("a").vkey.replace("a+", "b+", 1)
AUTHORITY = {"name": "a", "certificate": "AAAA"}
WITNESS = {"name": "w", "organisation": "o", "key": NoteSigner("w", 4).vkey}


@pytest.mark.parametrize(
    ("what", "raw"),
    [
        ("exactly the keys", wrong(log=[])),
        ("exactly the keys", wrong(witnesses={"need": 1})),
        ("between 1 and", wrong(witnesses={"need": 1, "keys": []})),
        ("between 1 and", wrong(witnesses={"need": True, "keys": [WITNESS]})),
        ("no list", wrong(logs={})),
        ("no `dutybound: trust/1`", wrong(dutybound="trust/2")),
        ("not among", wrong(keys=[Person("bob", "elsewhere").entry()])),
        ("not the sha256", wrong(keys=[Person("bob").entry(fingerprint="ab" * 32)])),
        ("needs `revoked_on`", wrong(keys=[Person("bob").entry(revoked_because="retired")])),
        ("not in its form", wrong(keys=[Person("bob").entry(valid_from="2026-02-30")])),
        ("not in its form", wrong(keys=[Person("bob").entry(valid_from="26-02-03")])),
        ("not in its form", wrong(organisations=[{"id": "a", "name": "A", "relation": "friend"}])),
        ("base64 of one in DER", wrong(timestamp_authorities=[AUTHORITY])),
        ("base64 of 33", wrong(logs=[LOG])),
        ("id of the key", wrong(logs=[{**LOG, "key": OTHER_ID}])),
        ("not of type 1", wrong(logs=[{**LOG, "key": WITNESS["key"]}])),
        ("twice", wrong(logs=[{**LOG, "key": NoteSigner("a").vkey}] * 2)),
        ("twice", wrong(witnesses={"need": 1, "keys": [WITNESS, WITNESS]})),
    ],
)  # fmt: skip
def test_a_wrong_trust_file_is_refused_by_both(what: str, raw: bytes, tmp_path: Path) -> None:
    with pytest.raises(verifier.Refused, match=what):
        verifier.read_trust(raw)
    (tmp_path / "trust.yaml").write_bytes(raw)
    with pytest.raises(BadInput):
        read_trust(tmp_path / "trust.yaml")


def test_both_readers_understand_the_same(tmp_path: Path) -> None:
    forge = Forge()
    (tmp_path / "trust.yaml").write_bytes(forge.trust())
    mine, ours = verifier.read_trust(forge.trust()), read_trust(tmp_path / "trust.yaml")
    assert [k.entry["key"] for k in mine.logs] == [log.key for log in ours.logs]
    assert [forge.log[0].vkey] == [log.key for log in ours.logs]
    assert [w.vkey for w in forge.witnesses] == [w.key for w in ours.witnesses]
    assert (2, 2) == (mine.quorum, ours.quorum)


def test_a_key_that_stands_twice_is_refused() -> None:
    forge = Forge()
    forge.witnesses = [forge.witnesses[0]] * 2
    with pytest.raises(verifier.Refused, match="twice"):
        verifier.read_trust(forge.trust())


def test_dates_are_dates() -> None:
    assert date(2026, 2, 28) == verifier.day("2026-02-28")
    assert None is verifier.day("2026-02-29")
