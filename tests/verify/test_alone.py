"""The verifier is one file that needs the standard library and `cryptography`, and nothing else."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import dutybound_verify as verifier
from tests.verify.forge import Forge, zipped

FILE = Path(verifier.__file__)


def test_imports() -> None:
    modules = set()
    for node in ast.walk(ast.parse(FILE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert 0 == node.level
            modules.add(str(node.module).partition(".")[0])
        elif isinstance(node, ast.Call):
            assert "import" not in ast.unparse(node.func)
    assert "cryptography" in modules
    assert set() == modules - set(sys.stdlib_module_names) - {"cryptography"}


def test_it_runs_alone(tmp_path: Path) -> None:
    """Copied elsewhere, as in an audit pack, it loads nothing of dutybound."""
    shutil.copy(FILE, tmp_path / "dutybound_verify.py")
    forge = Forge()
    zipped(forge.pack(), tmp_path / "pack.zip")
    (tmp_path / "trust.yaml").write_bytes(forge.trust())
    program = (
        "import sys, dutybound_verify as v; code = v.main(sys.argv[1:]);"
        "bad = [m for m in sys.modules if m.partition('.')[0] in"
        " ('dutybound', 'yaml', 'pydantic', 'click')]; print(bad, file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, "pack.zip", "--trust", "trust.yaml", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (0, "[]") == (done.returncode, done.stderr.strip())
    assert "verified" == json.loads(done.stdout)["verdict"]


def test_exit_codes(tmp_path: Path) -> None:
    """0 verified; 1 a requirement does not hold; 2 refused, or bad input."""
    forge = Forge()
    pack = str(zipped(forge.pack(), tmp_path / "pack.zip"))
    trust = tmp_path / "trust.yaml"
    trust.write_bytes(forge.trust())
    end = ["--trust", str(trust), "--at", "2026-11-25T12:00:00Z"]
    assert 0 == verifier.main([pack, *end, "--require", "trusted", "--require", "witnessed"])
    assert 2 == verifier.main([pack, "--trust", str(tmp_path / "none.yaml")])
    assert 2 == verifier.main([pack, "--trust", str(trust), "--at", "yesterday"])
    assert 2 == verifier.main([str(tmp_path / "none.zip"), *end])
    trust.write_bytes(forge.trust(keys=[]))
    assert 0 == verifier.main([pack, *end])
    assert 1 == verifier.main([pack, *end, "--require", "trusted"])
