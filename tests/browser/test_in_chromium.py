"""The pages in a real browser: nothing runs over the edge, at a desk, on a telephone and on paper.

Skipped where Chromium is not installed. With the environment variable CI set, that is a failure:
`tests/browser/setup.sh` installs it.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.pages.made import COMMANDS, write

WIDTHS = (1280, 400)
SCRIPT = """
onload = () => {
  const found = [...document.querySelectorAll("iframe")].map((frame) => {
    const inside = frame.contentDocument, root = inside.documentElement;
    const size = (e) => parseFloat(inside.defaultView.getComputedStyle(e).fontSize);
    return {page: frame.name, width: frame.clientWidth, over: root.scrollWidth - root.clientWidth,
      tables: inside.querySelectorAll("table").length,
      cut: [...inside.querySelectorAll("h1,h2,p,li")].filter(
        (e) => e.getBoundingClientRect().right > root.clientWidth + 1).length,
      small: [...inside.querySelectorAll("p,li,td,th")].filter((e) => size(e) < 14).length};
  });
  document.body.textContent = JSON.stringify(found);
};
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every page, written once."""
    folder = tmp_path_factory.mktemp("browser")
    return {name: write(name, folder) for name in COMMANDS}


def browse(browser: str, path: Path, *options: str) -> str:
    """Open a file without a window, and give what is printed."""
    profile = path.parent / "profile"
    words = [browser, "--headless=new", "--disable-gpu", "--hide-scrollbars", *options]
    words += [f"--user-data-dir={profile}", "--no-first-run"]
    if os.geteuid() == 0:
        words.append("--no-sandbox")  # Chromium refuses to run as root with it
    done = subprocess.run(
        [*words, path.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout


def measured(browser: str, pages: dict[str, Path], folder: Path) -> list[dict[str, Any]]:
    """What the browser measures of each page at each width."""
    frames = "".join(
        f'<iframe name="{name}" width="{width}" height="900" style="border:0" '
        f'srcdoc="{html.escape(path.read_text(encoding="utf-8"))}"></iframe>'
        for name, path in pages.items()
        for width in WIDTHS
    )
    path = folder / "frames.html"
    path.write_text(f"<!doctype html><script>{SCRIPT}</script><body>{frames}", encoding="utf-8")
    seen = browse(browser, path, "--dump-dom", "--virtual-time-budget=20000")
    match = re.search(r"<body>(.*?)</body>", seen, re.S)
    assert match
    found: list[dict[str, Any]] = json.loads(html.unescape(match[1]))
    return found


def test_nothing_runs_over_the_edge(chromium: str, pages: dict[str, Path], tmp_path: Path) -> None:
    found = measured(chromium, pages, tmp_path)
    assert {(n, w) for n in pages for w in WIDTHS} == {(f["page"], f["width"]) for f in found}
    for page in found:
        assert page["tables"] > 0
        assert (page["page"], 0, 0, 0) == (page["page"], page["over"], page["cut"], page["small"])


def test_what_runs_over_is_seen(chromium: str, tmp_path: Path) -> None:
    """The measure itself can fail."""
    path = tmp_path / "wide.html"
    path.write_text('<!doctype html><p style="width:900px;font-size:9px">wide</p><table></table>')
    wide, narrow = measured(chromium, {"wide": path}, tmp_path)
    assert (0, 1) == (wide["over"], wide["small"])
    assert narrow["over"] > 400
    assert 1 == narrow["cut"]


def test_the_dossier_prints_on_a4(chromium: str, pages: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "dossier.pdf"
    browse(chromium, pages["launch"], f"--print-to-pdf={out}", "--no-pdf-header-footer")
    raw = out.read_bytes()
    assert raw.startswith(b"%PDF-")
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", raw)
    assert boxes
    assert {(595, 842)} == {(round(float(w)), round(float(h))) for w, h in boxes}
    assert (
        len(re.findall(rb"/Type\s*/Page\b", raw)) <= 25
    )  # 89 when every table stood in full first
