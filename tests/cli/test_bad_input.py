"""Hostile input: one clear error, exit 2, no traceback, soon, and in little memory.

The figures of `benchmarks/` say how fast it really is. The bound here is wide, so that a busy
machine fails nobody; two cases run in a process of their own with limits from the system.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dutybound.cli import assess, portfolio
from dutybound.cli.main import main
from dutybound.packs.compile import default_content
from dutybound.terms.law import Content

SECONDS = 5.0
PROCESSOR_SECONDS = 30
MEMORY = 200 * 1024 * 1024
GOOD = """\
dutybound: profile/1
system: {id: one, artefact: ai_system}
parties: [PARTY]
uses: [{id: use, purposes: [detect_financial_fraud], places: [eu]}]
"""
PARTY = "{id: me, acts: [uses]}"
REF = "{ref: organisation.yaml#me, acts: [uses]}"


def alias_bomb() -> bytes:
    """The billion laughs in YAML."""
    lines = ["a0: &a0 [lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    return "\n".join(lines).encode()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a million lines": (lambda: b"a: 1\n" * 1_000_000, "bytes; at most"),
    "many small values": (lambda: b"[" + b"a," * 200_000 + b"a]", "values in one file"),
    "deep nesting in flow": (lambda: b"[" * 100_000, "maximum nesting depth|Nested deeper than"),
    "deep nesting in blocks": (
        lambda: b"".join(b" " * i + b"a:\n" for i in range(1_000)),
        "Nested deeper than",
    ),
    "nesting just too deep": (lambda: b"[" * 42 + b"]" * 42, "Nested deeper than"),
    "deep nesting of mappings": (lambda: b"{a: " * 100_000, "Nested deeper than"),
    "alias bomb": (alias_bomb, "Anchors (`&name`) are not read"),
    "alias without anchor": (lambda: b"a: *b", "not valid YAML|Aliases"),
    "tag that would call code": (
        lambda: b"a: !!python/object/apply:os.system [id]",
        "Tags (`!name`) are not read",
    ),
    "binary": (lambda: bytes(range(256)) * 100, "not UTF-8 text|is binary"),
    "null bytes": (lambda: b"dutybound: profile/1\n\0\0\0", "is binary, not text"),
    "control characters": (lambda: b"a: \x01\x02", "not valid YAML"),
    "empty": (lambda: b"", "The file is empty"),
    "only a comment": (lambda: b"# nothing\n", "The file is empty"),
    "only spaces": (lambda: b"   \n\n", "The file is empty"),
    "UTF-16": (lambda: GOOD.encode("utf-16"), "not UTF-8 text"),
    "Latin-1": (lambda: "name: Müller".encode("latin-1"), "not UTF-8 text"),
    "huge single line": (lambda: b"a: " + b"x" * 5_000_000, "bytes; at most"),
    "long single line": (lambda: b"a: " + b"x" * 900_000, "begins with `dutybound:"),
    "long key": (lambda: b"x" * 900_000 + b": 1", "not valid YAML|begins with `dutybound:"),
    "duplicate keys": (lambda: b"a: 1\na: 2\n", "stands here a second time"),
    "two documents": (lambda: b"a: 1\n---\nb: 2\n", "holds one document"),
    "a list": (lambda: b"- 1\n- 2\n", "begins with `dutybound:"),
    "a number": (lambda: b"42", "begins with `dutybound:"),
    "a huge number": (lambda: b"9" * 900_000, "begins with `dutybound:"),
    "unclosed quote": (lambda: b'a: "b', "not valid YAML"),
    "tabs": (lambda: b"a:\n\t- b\n", "not valid YAML"),
    "a merge key": (lambda: b"<<: {a: 1}\n", "begins with `dutybound:"),
}


@pytest.fixture(scope="module")
def content() -> Content:
    """The content, read once."""
    return default_content()


@pytest.fixture(autouse=True)
def content_is_there(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content is read before, so that only the input is timed."""
    monkeypatch.setattr(assess, "load_content", lambda folders=(): content)
    monkeypatch.setattr(portfolio, "load_content", lambda folders=(): content)


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, float]:
    """Exit code and seconds of a command, run in this process."""
    monkeypatch.setattr(sys, "argv", ["dutybound", *words])
    start = time.perf_counter()
    with pytest.raises(SystemExit) as stop:
        main()
    code = stop.value.code
    return (code if isinstance(code, int) else 1), time.perf_counter() - start


def check(text: str, wanted: str, file: str) -> None:
    """One error that names the file and what is wrong; no traceback."""
    lines = text.splitlines()
    assert 1 == len(lines), text[:500]
    assert file in lines[0]
    assert any(part in lines[0] for part in wanted.split("|")), lines[0][:500]
    assert len(lines[0]) < 600
    assert "Traceback" not in text


@pytest.fixture
def hostile(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A hostile file, and words that its error must hold."""
    make, wanted = HOSTILE[request.param]
    path = tmp_path / "hostile.yaml"
    path.write_bytes(make())
    return path, wanted


CASES = [("assess", name) for name in HOSTILE]
# A portfolio passes over files that are no profiles at all.
CASES += [("portfolio", name) for name, (_, says) in HOSTILE.items() if "begins with" not in says]


@pytest.mark.parametrize(("command", "hostile"), CASES, indirect=["hostile"])
def test_hostile_file(
    hostile: tuple[Path, str],
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, wanted = hostile
    code, seconds = run(monkeypatch, command, str(path))
    check(capsys.readouterr().err, wanted, path.name)
    assert 2 == code
    assert seconds < SECONDS


@pytest.mark.parametrize("hostile", HOSTILE, indirect=True)
def test_hostile_organisation_file(
    hostile: tuple[Path, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, wanted = hostile
    profile = path.with_name("system.yaml")
    profile.write_text(GOOD.replace("PARTY", REF.replace("organisation", "hostile")))
    code, seconds = run(monkeypatch, "assess", str(profile))
    check(capsys.readouterr().err, wanted, path.name)
    assert 2 == code
    assert seconds < SECONDS


@pytest.mark.parametrize(
    ("word", "wanted"),
    [("none.yaml", "does not exist"), ("", "is a folder"), ("system.yaml/x", "does not exist")],
)
def test_no_file(
    word: str,
    wanted: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "system.yaml").write_text(GOOD.replace("PARTY", PARTY))
    code, _ = run(monkeypatch, "assess", str(tmp_path / word))
    check(capsys.readouterr().err, wanted, str(tmp_path))
    assert 2 == code


@pytest.mark.parametrize(
    ("ref", "wanted"),
    [
        ("none.yaml#me", "does not exist"),
        (".#me", "is a folder"),
        ("organisation.yaml", "is written as file.yaml#entity"),
        ("organisation.yaml#you", "No entity `you`"),
        ("system.yaml#me", "An organisation file begins with"),
    ],
)
def test_reference_to_an_organisation(
    ref: str,
    wanted: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "organisation.yaml").write_text("dutybound: organisation/1\nentities: [{id: me}]\n")
    path = tmp_path / "system.yaml"
    path.write_text(GOOD.replace("PARTY", REF.replace("organisation.yaml#me", ref)))
    code, _ = run(monkeypatch, "assess", str(path))
    check(capsys.readouterr().err, wanted, str(tmp_path))
    assert 2 == code


def test_portfolio_of_a_missing_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run(monkeypatch, "portfolio", str(tmp_path / "none"))
    check(capsys.readouterr().err, "does not exist", "none")
    assert 2 == code


def test_portfolio_judges_the_good_beside_the_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.yaml").write_text(GOOD.replace("PARTY", PARTY))
    (tmp_path / "bad.yaml").write_bytes(alias_bomb())
    code, _ = run(monkeypatch, "portfolio", str(tmp_path))
    found = capsys.readouterr()
    check(found.err, "Anchors", "bad.yaml")
    assert "1 system" in found.out
    assert 2 == code


@pytest.mark.parametrize("name", ["a million lines", "deep nesting in flow"])
def test_within_limits_of_the_system(name: str, tmp_path: Path) -> None:
    """With 200 MB of data at most and a limit on processor time, set by the system."""
    make, wanted = HOSTILE[name]
    path = tmp_path / "hostile.yaml"
    path.write_bytes(make())

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))

    done = subprocess.run(
        [sys.executable, "-m", "dutybound", "assess", str(path)],
        preexec_fn=limits,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    check(done.stderr, wanted, path.name)
    assert (2, "") == (done.returncode, done.stdout)
