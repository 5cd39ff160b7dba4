"""Crosswalk algebra, gaps and plan: pure functions, no clock, no file."""
