"""Frozen values of the field: law, systems, findings."""
