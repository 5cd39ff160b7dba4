"""Settings for all tests."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A slow machine is no failure of a property.
settings.register_profile("dutybound", deadline=None)
settings.load_profile("dutybound")


def pytest_addoption(parser: pytest.Parser) -> None:
    """--update-golden rewrites golden files; read the difference before you commit it."""
    parser.addoption("--update-golden", action="store_true", help="Rewrite the golden files.")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are rewritten instead of compared."""
    return bool(request.config.getoption("--update-golden"))
