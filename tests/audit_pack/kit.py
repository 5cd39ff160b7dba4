"""A record folder made from an example, with a log, and the pack of it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner, Result

from dutybound.assess.log import init_log
from dutybound.assess.log_append import append_envelopes
from dutybound.cli.main import cli

ROOT: Final = Path(__file__).resolve().parent.parent.parent
EXAMPLE: Final = ROOT / "examples" / "fraud-detection"
PROFILE: Final = EXAMPLE / "system.yaml"
DAY: Final = ["--as-of", "2026-11-25"]
ORIGIN: Final = "log.tidewatch.example"
AT: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SELF_TEST: Final = "self-test-notices.dsse.json"


def record(folder: Path, *, log: bool = True) -> Path:
    """The example's evidence in a folder of its own; with a log that holds what may enter one."""
    where = folder / "record"
    shutil.copytree(EXAMPLE / "evidence", where)
    if log:
        init_log(where, ORIGIN, AT).store.close()
        append_envelopes(where, ordinary(where))
    return where


def ordinary(where: Path) -> list[bytes]:
    """The envelopes of the folder but the self-test."""
    return [p.read_bytes() for p in sorted(where.glob("*.dsse.json")) if p.name != SELF_TEST]


def invoke(where: Path, output: Path, *more: str) -> Result:
    """Run `audit-pack` on the example's profile."""
    words = ["audit-pack", str(PROFILE), "--evidence", str(where), "-o", str(output), *DAY, *more]
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def pack(where: Path, output: Path, *more: str) -> dict[str, Any]:
    """A pack, and its manifest."""
    found = invoke(where, output, *more, "--json")
    assert 0 == found.exit_code, found.output
    manifest: dict[str, Any] = json.loads(found.stdout)
    return manifest


def trusted(folder: Path, output: Path) -> Path:
    """A trust file of an auditor who compared the keys of a pack and found them right."""
    path = folder / "trust.yaml"
    text = (output / "trust-to-complete.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("CHANGE-ME", "own"), encoding="utf-8")
    return path
