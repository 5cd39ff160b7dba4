"""`dutybound verify`: the page, the exit codes, bad input."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from dutybound.cli.main import main
from tests.verify.forge import Forge, tree, write, zipped


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: object
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["dutybound", "verify", *map(str, words)])
    with pytest.raises(SystemExit) as stopped:
        main()
    done = capsys.readouterr()
    return int(str(stopped.value.code)), done.out, done.err


def test_pages_and_exit_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    forge = Forge(count=1, filler=[b"x", b"y"])
    pack = zipped(forge.pack(), tmp_path / "pack.zip")
    trust = tmp_path / "trust.yaml"
    trust.write_bytes(forge.trust())
    earlier = tmp_path / "kept"
    earlier.write_bytes(forge.note(*forge.steps[0]))
    end = ("--trust", trust, "--at", "2026-11-25T12:00:00Z")
    code, out, _ = run(capsys, monkeypatch, pack, *end, "--checkpoint", earlier)
    assert (0, PAGE) == (code, out.replace(tree(forge.entries).hex()[:16], "ROOT"))
    code, out, _ = run(capsys, monkeypatch, pack, *end, "--require", "trusted", "--json")
    assert (0, "verified") == (code, json.loads(out)["verdict"])
    trust.write_bytes(forge.trust(keys=[]))
    code, out, _ = run(capsys, monkeypatch, pack, *end, "--require", "trusted")
    assert (1, "CONDITION FAILED: pack.zip (audit_pack)") == (code, out.splitlines()[0])
    folder = write(forge.pack(), tmp_path / "folder")
    (folder / "VERIFY.md").write_bytes(b"other steps\n")
    code, out, _ = run(capsys, monkeypatch, folder, *end)
    assert (2, "REFUSED: folder (audit_pack)") == (code, out.splitlines()[0])
    assert "step 2 manifest: VERIFY.md: Another digest or size" in out


PAGE = """\
VERIFIED: pack.zip (audit_pack)
Log log.example/acme: 3 entries, root ROOT
  key of the log: trusted; witnesses: w1.example, w2.example
test-0 (ordinary)
  intact; signer trusted: alice, tester, acme
  recorded before 2026-11-02T09:00:00Z; signed, as it says, 2026-11-02T08:30:00Z
Note: That a statement was recorded does not show that it is true.
Note: Nothing shows that everything was recorded, or that the pack holds all there is.
"""


def test_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    trust = tmp_path / "trust.yaml"
    code, _, err = run(capsys, monkeypatch, tmp_path, "--trust", trust)
    assert (2, f"{trust}: It cannot be read: No such file or directory.\n") == (code, err)
    trust.write_text("dutybound: trust/1\nkeys: &a []\n")
    code, _, err = run(capsys, monkeypatch, tmp_path, "--trust", trust)
    assert (2, True) == (code, f"{trust}: Line 2: " in err)
    code, _, err = run(capsys, monkeypatch, tmp_path, "--trust", trust, "--at", "now")
    assert (2, True) == (code, "--at: `now` is no time" in err)
