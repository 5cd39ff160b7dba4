"""`log.yaml`: what a log is called, where it lies, who signs, how long evidence is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from dutybound.packs.evidence import shaped
from dutybound.packs.reading import read_yaml
from dutybound.packs.shapes import Closed, Text, like
from dutybound.packs.writing import to_yaml

LOG: Final = "log/1"
DEFAULT_VARIABLE: Final = "DUTYBOUND_LOG_DSN"
Origin = Annotated[
    str,
    like(
        r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:/[A-Za-z0-9._-]+)*",
        "is a name such as `log.example.com`: a host, without `https://`",
    ),
    Field(max_length=200),
]
Variable = Annotated[str, like(r"[A-Z_][A-Z0-9_]{0,99}", "is the name of an environment variable")]
SchemaName = Annotated[str, like(r"[a-z_][a-z0-9_]{0,62}", "is a plain name of a schema")]


class SqliteStore(Closed):
    """In a file beside `log.yaml`."""

    sqlite: Text = "sequencer.db"


class PostgresStore(Closed):
    """In a PostgreSQL database. postgresql: the environment variable that holds how to connect."""

    postgresql: Variable = DEFAULT_VARIABLE
    schema_: SchemaName = Field(default="dutybound_log", alias="schema")


class SignerAt(Closed):
    """Where the signer is: its folder, or the socket of its process."""

    folder: Text | None = "signer"
    socket: Text | None = None


class Retention(Closed):
    """How many days envelopes and files are kept at least. Entries of the log stay for good."""

    envelopes_days: int = Field(default=3653, ge=0)
    subjects_days: int = Field(default=3653, ge=0)


class TimestampsAt(Closed):
    """Who stamps signatures (RFC 3161). Its certificates stand in `timestamps.pem` beside it."""

    name: Text
    url: Annotated[str, like(r"https?://[^\s@]+", "is an address, such as `https://host/path`")]


class LogFile(Closed):
    """`log.yaml`. No secret stands in it."""

    dutybound: Literal["log/1"]
    origin: Origin
    store: SqliteStore | PostgresStore = SqliteStore()
    signer: SignerAt = SignerAt()
    retention: Retention = Retention()
    timestamps: TimestampsAt | None = None


def read_log_file(path: Path) -> LogFile:
    """A `log.yaml`. Raises BadInput with every problem."""
    return shaped(LogFile, read_yaml(path))


def log_file_text(value: dict[str, Any]) -> str:
    """`log.yaml` as text."""
    return to_yaml({"dutybound": LOG, **value})
