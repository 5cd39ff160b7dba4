"""Decision records, keys and pages for the tests of the review page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from dutybound.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/credit-scoring"
TRUST = """\
dutybound: trust/1
organisations:
  - {id: bank-eu, name: Meridian Bank, relation: own}
"""


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def record(**more: Any) -> dict[str, Any]:
    """The record of the example, decided an hour ago and open for two days."""
    found: dict[str, Any] = json.loads(
        (EXAMPLE / "review/decision.json").read_text(encoding="utf-8")
    )
    now = datetime.now(UTC).replace(microsecond=0)
    found["at"] = stamp(now - timedelta(hours=1))
    found["review"]["expires_at"] = stamp(now + timedelta(days=2))
    for key, value in more.items():
        found[key] = {**found[key], **value} if isinstance(value, dict) else value
    return found


def run(*words: object, env: dict[str, str] | None = None) -> Result:
    """A command as it is typed."""
    return CliRunner().invoke(cli, [str(w) for w in words], env=env, catch_exceptions=False)


@dataclass
class Desk:
    """A folder with a record, its page, a key and a trust file."""

    folder: Path
    record: Path
    page: Path
    key: Path
    trust: Path

    @property
    def downloads(self) -> Path:
        return self.folder / "downloads"

    def check(self, envelope: Path) -> dict[str, Any]:
        """What `evidence check` says about a statement."""
        done = run(
            *("evidence", "check", envelope, "--trust", self.trust, "--json"),
            *("--system", EXAMPLE / "system.yaml"),
        )
        assert 0 == done.exit_code, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def desk(
    folder: Path,
    value: dict[str, Any] | None = None,
    *options: object,
    passphrase: str | None = None,
    procedure: Path | None = EXAMPLE / "review/oversight.md",
) -> Desk:
    """Write everything that a review needs. procedure: None leaves it out."""
    folder.mkdir(parents=True, exist_ok=True)
    found = Desk(
        folder,
        folder / "record.json",
        folder / "page.html",
        folder / "keys/reviewer.key",
        folder / "trust.yaml",
    )
    found.downloads.mkdir()
    found.trust.write_text(TRUST, encoding="utf-8")
    hidden = ("--passphrase",) if passphrase else ()
    made = run(
        *("keys", "new", "-o", found.key, "--person", "m.castillo"),
        *("--organisation", "bank-eu", "--role", "reviewer", "--trust", found.trust, *hidden),
        env={"DUTYBOUND_KEY_PASSPHRASE": passphrase} if passphrase else None,
    )
    assert 0 == made.exit_code, made.output
    found.record.write_text(json.dumps(record() if value is None else value), encoding="utf-8")
    named = () if procedure is None else ("--procedure", procedure)
    done = run("documents", "review", found.record, "-o", found.page, *named, *options)
    assert 0 == done.exit_code, done.output
    return found
