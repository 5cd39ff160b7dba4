"""Settings for all tests."""

from __future__ import annotations

from hypothesis import settings

# A slow machine is no failure of a property.
settings.register_profile("dutybound", deadline=None)
settings.load_profile("dutybound")
