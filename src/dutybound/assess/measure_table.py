"""`measure init`, `measure profile` and `measure merge`: tables to configurations and profiles."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from dutybound.errors import BadInput, DutyboundError
from dutybound.packs.measure_config import parse_measure_config
from dutybound.packs.writing import to_yaml
from dutybound.terms.table import Source, StoredProfile, TableConfig

if TYPE_CHECKING:
    from dutybound.warehouse.client import Report, Worker
    from dutybound.warehouse.profile import Profile, Profiles

HEAD = (
    "# Proposed by looking at names and the first rows. Check every line; see the reference\n"
    "# page on measures.yaml. A candidate is not used: move it to `protected` with its ground.\n"
)


@dataclass(frozen=True)
class Proposed:
    """A proposed configuration as text, and what a person has to look at."""

    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """A profile that was written, with its digest and rows."""

    window: str
    stored: StoredProfile
    rows: int


def propose_config(table: Path, folder: Path, *, report: Report | None = None) -> Proposed:
    """A configuration for a Parquet file or folder. folder: where the file will stand.

    Raises BadInput, DutyboundError.
    """
    from dutybound.warehouse.propose import propose

    source = Source("duckdb", "parquet", str(table))
    found = propose(source, os.path.relpath(table, folder), report=report)
    text = HEAD + to_yaml(found.document)
    parse_measure_config(text, "measures.yaml")
    return Proposed(text, tuple(found.notes))


def profile_table_of(
    config: TableConfig,
    table: str | None,
    *,
    pinned: StoredProfile | None = None,
    report: Report | None = None,
    worker: Worker | None = None,
) -> Profiles:
    """The profiles of a table. table: a Parquet file or folder instead of the one configured.

    pinned: a stored reference profile instead of the configured reference. worker: made early, to
    save its start.

    Raises BadInput, DutyboundError.
    """
    from dutybound.warehouse.scan import profile_table

    source = Source("duckdb", "parquet", table) if table is not None else config.source
    if source is None:
        raise BadInput.one(
            config.name, "No table is named. Give TABLE, or the key `source` in the configuration."
        )
    if pinned is not None:
        config = replace(config, reference=pinned)
    return profile_table(source, config, _pinned(config), report=report, worker=worker)


def profiles_in_memory(
    config: TableConfig, table: object, reference: object, folder: Path
) -> Profiles:
    """The profiles of tables in memory or of paths; they are written into a folder to be read.

    table: None for the configured source. reference: a table that is the reference window whole,
    or None. Raises BadInput, DutyboundError.
    """
    from dutybound.terms.table import REFERENCE
    from dutybound.warehouse.frames import source_of
    from dutybound.warehouse.scan import profile_table

    now = config.source if table is None else source_of(table, folder, "current")
    if now is None:
        raise BadInput.one(config.name, "No table is named, and the configuration has no `source`.")
    if reference is None:
        return profile_table(now, config, _pinned(config))
    if config.reference is not None:
        raise BadInput.one(
            config.name, "A reference table was given, and the configuration names a reference too."
        )
    then = profile_table(source_of(reference, folder, "reference"), replace(config, current=None))
    return profile_table(now, config, replace(then.current, window=REFERENCE))


def _pinned(config: TableConfig) -> Profile | None:
    from dutybound.warehouse.profile_file import read_profile

    stored = config.reference
    if not isinstance(stored, StoredProfile):
        return None
    return read_profile(Path(stored.path), stored.sha256)


def stored_profile(path: Path) -> StoredProfile:
    """A profile file with its digest. Raises BadInput if it cannot be read."""
    try:
        return StoredProfile(str(path), sha256(path.read_bytes()).hexdigest())
    except OSError as error:
        raise BadInput.one(str(path), f"The profile cannot be read: {error.strerror}.") from error


def write_profiles(profiles: Profiles, folder: Path) -> list[Written]:
    """Write each profile to FOLDER/WINDOW.json."""
    from dutybound.warehouse.profile_file import write_profile

    folder.mkdir(parents=True, exist_ok=True)
    found = [p for p in (profiles.reference, profiles.current) if p is not None]
    return [Written(p.window, write_profile(p, folder / f"{p.window}.json"), p.rows) for p in found]


def merge_profiles(files: Sequence[Path], target: Path) -> Written:
    """Write one profile of all rows of several. Raises BadInput if they cannot be added."""
    from dutybound.warehouse.profile import merge
    from dutybound.warehouse.profile_file import read_profile, write_profile

    parts: list[Profile] = [read_profile(f) for f in files]
    try:
        found = merge(parts)
    except DutyboundError as error:
        raise BadInput.one(str(files[0]), str(error)) from error
    return Written(found.window, write_profile(found, target), found.rows)
