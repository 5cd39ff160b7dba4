"""`keys`: made safely, replaced, shown; the private half never leaves its file."""

from __future__ import annotations

import json
import stat
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result

from dutybound.assess.schema import schema
from dutybound.cli.key_options import VARIABLE
from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.packs.compile import default_content
from dutybound.packs.evidence import read_trust
from dutybound.terms.trust import Revocation
from dutybound_verify import read_trust as verifier_trust

WHO = ("--person", "alice", "--organisation", "acme", "--role", "lead")
HEAD = """\
# Whose signature counts.
# Ask Bob before you change it.
dutybound: trust/1
organisations:
  - {id: acme, name: Acme, relation: own}
"""
CLAIM = """\
dutybound: claim/1
id: att
kind: attestation
what: Somebody looks at it every day.
controls: [DB-HUM-02]
author: alice
issuer: acme
made_on: 2026-01-02
valid_until: 2031-01-01
rung: asserted
"""


def run(*words: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner(env=env).invoke(cli, list(map(str, words)), catch_exceptions=False)


def shown(*words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert 0 == done.exit_code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    jsonschema_rs.validate(schema(found["schema"].split("/")[1], default_content), found)
    return found


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    path = tmp_path / "trust.yaml"
    path.write_text(HEAD, encoding="utf-8")
    return path


def new(tmp_path: Path, trust: Path, name: str = "alice") -> Path:
    key = tmp_path / "keys" / f"{name}.key"
    shown("keys", "new", "-o", str(key), *WHO, "--trust", str(trust))
    return key


def test_a_new_key_lies_where_others_cannot_look(tmp_path: Path, trust: Path) -> None:
    key = new(tmp_path, trust)
    assert 0o600 == stat.S_IMODE(key.stat().st_mode)
    assert 0o700 == stat.S_IMODE(key.parent.stat().st_mode)
    (entry,) = read_trust(trust).keys.values()
    assert ("alice", "acme", "lead") == (entry.person, entry.organisation, entry.role)
    assert trust.read_text().startswith("# Whose signature counts.\n# Ask Bob")


def test_the_verifier_reads_the_trust_file(tmp_path: Path, trust: Path) -> None:
    """It has a YAML reader of its own, stricter than ours."""
    key = new(tmp_path, trust)
    fresh = str(tmp_path / "keys" / "fresh.key")
    run("keys", "rotate", str(key), "-o", fresh, "--trust", str(trust))
    assert set(read_trust(trust).keys) == set(verifier_trust(trust.read_bytes()).keys)


def test_a_folder_that_others_can_look_into_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open").chmod(0o755)
    with pytest.raises(BadInput, match="chmod 700"):
        run("keys", "new", "-o", str(tmp_path / "open" / "a.key"), *WHO)
    assert [] == list((tmp_path / "open").iterdir())


@pytest.mark.parametrize("command", ["new", "show", "rotate"])
def test_the_private_half_is_never_printed(tmp_path: Path, trust: Path, command: str) -> None:
    key, other = new(tmp_path, trust), tmp_path / "keys" / "b.key"
    words = {
        "new": ("-o", str(other), *WHO),
        "show": (str(key), "--trust", str(trust)),
        "rotate": (str(key), "-o", str(other), "--trust", str(trust)),
    }[command]
    output = run("keys", command, *words).output
    for file in (key, other):
        if file.exists():
            lines = [s for s in file.read_text().splitlines() if not s.startswith("-")]
            assert lines
            assert all(line not in output for line in lines)


def test_show_gives_what_openssl_reads(tmp_path: Path, trust: Path) -> None:
    key = new(tmp_path, trust)
    found = shown("keys", "show", str(key), "--trust", str(trust))
    assert "alice" == found["entry"]["person"]
    done = subprocess.run(
        ["openssl", "pkey", "-in", str(key), "-pubout"], capture_output=True, text=True, check=True
    )
    assert done.stdout == found["pem"]
    assert "does not name" not in run("keys", "show", str(key), "--trust", str(trust)).output


class TestPassphrase:
    def key(self, tmp_path: Path) -> Path:
        key = tmp_path / "keys" / "a.key"
        run("keys", "new", "-o", str(key), *WHO, "--passphrase", env={VARIABLE: "fjord"})
        return key

    def test_the_file_is_encrypted(self, tmp_path: Path) -> None:
        assert "BEGIN ENCRYPTED PRIVATE KEY" in self.key(tmp_path).read_text()

    def test_it_opens_with_it_alone(self, tmp_path: Path) -> None:
        key = self.key(tmp_path)
        assert 0 == run("keys", "show", str(key), env={VARIABLE: "fjord"}).exit_code
        with pytest.raises(BadInput, match="does not open") as caught:
            run("keys", "show", str(key), env={VARIABLE: "fjell"})
        assert "fjell" not in str(caught.value)
        with pytest.raises(BadInput, match=VARIABLE):
            run("keys", "show", str(key))

    def test_no_option_takes_it(self) -> None:
        assert 2 == CliRunner().invoke(cli, ["keys", "new", "--passphrase=fjord"]).exit_code


class TestRotate:
    def signed(self, tmp_path: Path, key: Path, name: str) -> Path:
        claim, output = tmp_path / f"{name}.yaml", tmp_path / f"{name}.dsse.json"
        claim.write_text(CLAIM.replace("id: att", f"id: {name}"), encoding="utf-8")
        assert (
            0 == run("evidence", "sign", str(claim), "--key", str(key), "-o", str(output)).exit_code
        )
        return output

    def codes(self, trust: Path, *files: Path) -> list[str]:
        day = str(date.today() + timedelta(days=2))
        words = [*map(str, files), "--trust", str(trust), "--as-of", day]
        return [r["code"] for r in shown("evidence", "check", *words)["refused"]]

    def test_what_the_old_key_signed_still_counts(self, tmp_path: Path, trust: Path) -> None:
        key = new(tmp_path, trust)
        before = self.signed(tmp_path, key, "before")
        fresh = tmp_path / "keys" / "fresh.key"
        found = shown("keys", "rotate", str(key), "-o", str(fresh), "--trust", str(trust))
        assert str(date.today() + timedelta(days=1)) == found["old"]["revoked_on"]
        assert "retired" == found["old"]["revoked_because"]
        assert str(date.today()) == found["new"]["valid_from"]
        assert "alice" == found["new"]["person"]
        after = self.signed(tmp_path, fresh, "after")
        assert [] == self.codes(trust, before, after)
        assert trust.read_text().startswith("# Whose signature counts.\n# Ask Bob")

    def test_nothing_of_a_compromised_key_counts(self, tmp_path: Path, trust: Path) -> None:
        key = new(tmp_path, trust)
        before = self.signed(tmp_path, key, "before")
        words = ("-o", str(tmp_path / "keys" / "f.key"), "--trust", str(trust), "--compromised")
        run("keys", "rotate", str(key), *words)
        assert ["key_revoked"] == self.codes(trust, before)

    def test_a_lost_key_is_named_by_its_fingerprint(self, tmp_path: Path, trust: Path) -> None:
        key = new(tmp_path, trust)
        name = shown("keys", "show", str(key))["fingerprint"]
        key.unlink()
        words = ("-o", str(tmp_path / "keys" / "f.key"), "--trust", str(trust))
        shown("keys", "rotate", name, *words)
        old = read_trust(trust).keys[name]
        assert Revocation.RETIRED is old.revoked_because

    def test_what_cannot_be_done_changes_nothing(self, tmp_path: Path, trust: Path) -> None:
        key, other = new(tmp_path, trust), tmp_path / "keys" / "f.key"
        before = trust.read_bytes()
        with pytest.raises(BadInput, match="valid only from"):
            run("keys", "rotate", str(key), "-o", str(other), "--trust", str(trust),
                "--on", "2020-01-01")  # fmt: skip
        with pytest.raises(BadInput, match="does not name"):
            run("keys", "rotate", "ab" * 32, "-o", str(other), "--trust", str(trust))
        assert before == trust.read_bytes()
        assert not other.exists()
        run("keys", "rotate", str(key), "-o", str(other), "--trust", str(trust))
        with pytest.raises(BadInput, match="already"):
            run("keys", "rotate", str(key), "-o", str(tmp_path / "keys" / "g.key"),
                "--trust", str(trust))  # fmt: skip
        assert [] == [p for p in tmp_path.iterdir() if p.name.endswith(".new")]


def test_an_organisation_that_is_not_trusted_gets_no_key(tmp_path: Path, trust: Path) -> None:
    before = trust.read_bytes()
    with pytest.raises(BadInput, match="organisations"):
        run("keys", "new", "-o", str(tmp_path / "keys" / "a.key"), "--person", "alice",
            "--organisation", "acne", "--role", "lead", "--trust", str(trust))  # fmt: skip
    assert before == trust.read_bytes()
