"""A record folder with a log: what lies where, and how it is made and opened."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from dutybound.assess.log_stamps import authority_of
from dutybound.errors import BadInput
from dutybound.ledger.keys import NoteKey
from dutybound.ledger.note import Signature
from dutybound.ledger.policy import read_policy
from dutybound.ledger.sigstore import trusted_root
from dutybound.packs.log_file import (
    DEFAULT_VARIABLE,
    LogFile,
    PostgresStore,
    SqliteStore,
    log_file_text,
    read_log_file,
)
from dutybound.packs.shapes import TIME_FORM
from dutybound.store.durable import make_folder, sync_folder, write_file
from dutybound.store.history import HISTORY, History, KeyPeriod, read_history
from dutybound.store.log_store import LogStore
from dutybound.store.objects import Objects
from dutybound.store.publisher import Cosigners, Published, Publisher
from dutybound.store.signer import CheckpointSigner, LocalSigner
from dutybound.store.signer_socket import SocketSigner
from dutybound.store.timestamps import sigstore_form
from dutybound.store.witness import Witnesses

TRUSTED_ROOT: Final = "trusted_root.json"
WITNESS_POLICY: Final = "witness-policy"


@dataclass(slots=True)
class Log(AbstractContextManager["Log"]):
    """An open log. record: the folder of the record; see decision 0011 for what lies in it.

    notes: what went otherwise than asked, and stops nothing.
    """

    record: Path
    file: LogFile
    store: LogStore
    signer: CheckpointSigner
    cosigners: Cosigners | None = None
    notes: list[str] = field(default_factory=list)
    _publisher: Publisher | None = None

    @property
    def public(self) -> Path:
        """What may be shown to everybody."""
        return self.record / "public"

    @property
    def receipts(self) -> Path:
        """Receipts by the sha256 of what they are for."""
        return self.record / "receipts"

    @property
    def objects(self) -> Objects:
        """Envelopes and files by content."""
        return Objects(self.record / "objects")

    def history(self) -> History:
        """Every key that the log had, oldest first."""
        return read_history(self.public / HISTORY)

    def current_key(self) -> NoteKey:
        """The key that signs now; while keys change, still the old one."""
        return self.history().keys[-1]

    def publish(self) -> Published:
        """Publish what was appended."""
        return self._open_publisher().publish()

    def cosign(self, lines: Sequence[Signature] = ()) -> Published:
        """Ask the witnesses for the newest signed checkpoint again. lines: that came otherwise."""
        return self._open_publisher().cosign(lines)

    def ask_from_now(self, cosigners: Cosigners | None) -> None:
        """Ask other witnesses from now on."""
        self.cosigners, self._publisher = cosigners, None

    def _open_publisher(self) -> Publisher:
        if self._publisher is None:
            self._publisher = Publisher(self.store, self.public, self.signer, self.cosigners)
        return self._publisher

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.store.close()


def has_log(record: Path) -> bool:
    """Whether a record folder has a log."""
    return (record / "log" / "log.yaml").is_file()


def open_log(
    record: Path, store: str | None = None, environment: Mapping[str, str] = os.environ
) -> Log:
    """The log of a record folder.

    store: another place for the database than `log.yaml` names: a path, or `postgresql://...`.
    Raises BadInput, StoreError.
    """
    if not has_log(record):
        raise BadInput.one(
            str(record), "There is no log here. Make one: `dutybound log init DIR --origin NAME`."
        )
    file = read_log_file(record / "log" / "log.yaml")
    return Log(
        record,
        file,
        open_store(record, file, store, environment),
        _signer(record / "log", file),
        witnesses_of(record),
    )


def witnesses_of(record: Path) -> Cosigners | None:
    """The witnesses that the log asks: those of `public/witness-policy`, if there are any."""
    path = record / "public" / WITNESS_POLICY
    if not path.exists():
        return None
    policy = read_policy(path.read_bytes())
    return Witnesses(policy) if policy.witnesses else None


def open_store(
    record: Path, file: LogFile, store: str | None, environment: Mapping[str, str]
) -> LogStore:
    """The database of a log."""
    if store is not None and is_postgresql(store):
        schema = file.store.schema_ if isinstance(file.store, PostgresStore) else None
        return _postgres(store, schema)
    if store is None and isinstance(file.store, PostgresStore):
        name = file.store.postgresql
        found = environment.get(name)
        if not found:
            raise BadInput.one(
                str(record / "log" / "log.yaml"),
                f"The log lies in PostgreSQL. Set {name} to its connection string, or name it with"
                " --store.",
            )
        return _postgres(found, file.store.schema_)
    from dutybound.store.sqlite import SqliteLog

    named = file.store.sqlite if isinstance(file.store, SqliteStore) else ""
    return SqliteLog(record / "log" / named if store is None else Path(store))


def _postgres(dsn: str, schema: str | None) -> LogStore:
    try:
        from dutybound.store.postgres import DEFAULT_SCHEMA, PostgresLog
    except ImportError as error:
        raise BadInput.one(
            "--store", "PostgreSQL needs an extra: pip install 'dutybound[postgres]'."
        ) from error
    return PostgresLog(dsn, schema or DEFAULT_SCHEMA)


def is_postgresql(store: str) -> bool:
    """Whether a place names a PostgreSQL database."""
    return store.startswith(("postgresql://", "postgres://"))


def _signer(folder: Path, file: LogFile) -> CheckpointSigner:
    if file.signer.socket is not None:
        return SocketSigner(folder / file.signer.socket)
    return LocalSigner(folder / (file.signer.folder or "signer"))


def moment(at: datetime) -> str:
    """A time as RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).strftime(TIME_FORM)


@dataclass(frozen=True, slots=True)
class Place:
    """What `init_log` is told about where things lie; nothing stands for the defaults."""

    store: str | None = None
    signer_folder: str | None = None
    signer_socket: str | None = None


def init_log(
    record: Path,
    origin: str,
    at: datetime,
    place: Place = Place(),
    environment: Mapping[str, str] = os.environ,
) -> Log:
    """Make the log of a record folder: its key, its database, its first checkpoint.

    Begun again after a stop, it goes on. Raises BadInput if there is one already.
    """
    if has_log(record):
        raise BadInput.one(str(record), "There is a log here already; it is never made anew.")
    folder = record / "log"
    value: dict[str, Any] = {"origin": origin, **_place(place)}
    draft = folder / "log.yaml.draft"
    make_folder(folder)
    folder.chmod(0o700)
    write_file(draft, log_file_text(value).encode())
    file = read_log_file(draft)
    store = open_store(record, file, place.store, environment)
    signer = _signer(folder, file)
    new = isinstance(signer, LocalSigner) and not (signer.folder / "signer.json").exists()
    if _is_of_another(store, None if new else signer):
        store.close()
        raise BadInput.one(str(record), "The database holds a log already. Name an empty one.")
    if new and isinstance(signer, LocalSigner):
        signer = LocalSigner.create(signer.folder, origin)
    (key, *_) = signer.active_keys()
    if key.name != origin:
        raise BadInput.one(str(record), f"The signer signs for {key.name}, not for {origin}.")
    log = Log(record, file, store, signer)
    make_folder(log.public)
    make_folder(log.receipts)
    write_history(log, History(moment(at), (KeyPeriod(key, 0),)))
    log.publish()
    draft.replace(folder / "log.yaml")
    sync_folder(folder)
    return log


def _is_of_another(store: LogStore, signer: CheckpointSigner | None) -> bool:
    """Whether a database holds more than the empty log that a stopped `init_log` has signed."""
    kept = store.checkpoints()
    if signer is None or store.tree().size:
        return bool(kept or store.tree().size)
    last = signer.last()
    return any(checkpoint.note != last for checkpoint in kept)


def _place(place: Place) -> dict[str, Any]:
    """The lines of `log.yaml`. How to connect to a database never goes in: it may hold a secret."""
    value: dict[str, Any] = {}
    if place.store is not None:
        value["store"] = (
            {"postgresql": DEFAULT_VARIABLE}
            if is_postgresql(place.store)
            else {"sqlite": str(Path(place.store).absolute())}
        )
    if place.signer_socket is not None:
        value["signer"] = {"socket": str(Path(place.signer_socket).absolute()), "folder": None}
    elif place.signer_folder is not None:
        value["signer"] = {"folder": str(Path(place.signer_folder).absolute())}
    return value


def write_history(log: Log, history: History) -> None:
    """Write `keys.history` and `trusted_root.json`."""
    authority = authority_of(log.record, log.file)
    stamps = [] if authority is None else [sigstore_form(authority)]
    write_file(log.public / TRUSTED_ROOT, trusted_root(history.sigstore(), stamps))
    write_file(log.public / HISTORY, history.raw)
