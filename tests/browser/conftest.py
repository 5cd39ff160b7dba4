"""The browser of the system.

Tests that need it are skipped where it is not installed. With the environment variable CI set, that
is a failure: `tests/browser/setup.sh` installs it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.driver import Browser

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


@pytest.fixture(scope="module")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser without a window that tests drive."""
    folder: Path = tmp_path_factory.mktemp("driven")
    found = Browser(chromium, folder)
    yield found
    found.close()
