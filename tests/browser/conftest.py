"""The browser of the system, and the rules of accessibility of others.

Tests that need them are skipped where they are not installed. With the environment variable CI set,
that is a failure: `tests/browser/setup.sh` installs both.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.driver import Browser
from tests.outside.tools import folder as outside

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser of the system."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing, and CI is set: run tests/browser/setup.sh.")
        pytest.skip("Chromium is not installed: run tests/browser/setup.sh.")
    return found


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, rules of accessibility by Deque."""
    path = outside() / "axe/node_modules/axe-core/axe.min.js"
    if not path.is_file():
        if os.environ.get("CI"):
            pytest.fail("axe-core is missing, and CI is set: run tests/browser/setup.sh.")
        pytest.skip("axe-core is not installed: run tests/browser/setup.sh.")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser without a window that tests drive."""
    folder: Path = tmp_path_factory.mktemp("driven")
    found = Browser(chromium, folder)
    yield found
    found.close()
