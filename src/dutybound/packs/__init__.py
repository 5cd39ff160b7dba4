"""Reads content and profiles: closed schemas, positions in errors, lint, digest."""
