"""Both databases of the log. PostgreSQL is a real server on a socket, started for the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from dutybound.store.log_store import LogStore
from dutybound.store.sqlite import SqliteLog

NUMBERS = count()
Opener = Callable[[], LogStore]


def program(name: str) -> str | None:
    """A program of PostgreSQL, the newest that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The connection string of a server that lives as long as the tests."""
    initdb, server = program("initdb"), program("postgres")
    if initdb is None or server is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and CI is set: see tests/store/setup.sh")
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    user = "nobody" if os.geteuid() == 0 else None  # the server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        subprocess.run(
            [initdb, "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            user=user,
            cwd=folder,
        )
        running = subprocess.Popen(
            [server, "-D", data, "-k", folder, "-c", "listen_addresses="],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            user=user,
            cwd=folder,
        )
        try:
            wait_until_ready(running)
            yield f"host={folder} user=tester dbname=postgres password=not-shown"
        finally:
            running.send_signal(2)  # a fast shutdown
            running.wait(timeout=60)
            assert running.stderr is not None
            running.stderr.close()
    finally:
        shutil.rmtree(folder)


def wait_until_ready(running: subprocess.Popen[bytes]) -> None:
    """Read the server's messages until it says that it is ready."""
    assert running.stderr is not None
    for line in running.stderr:
        if b"ready to accept connections" in line:
            return
    pytest.fail("PostgreSQL did not start")


@pytest.fixture(params=["sqlite", "postgresql"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens one and the same empty log, as often as it is called."""
    opened: list[LogStore] = []
    if request.param == "sqlite":

        def make() -> LogStore:
            return SqliteLog(tmp_path / "log" / "sequencer.db")
    else:
        dsn = request.getfixturevalue("postgres")
        schema = f"log_{os.getpid()}_{next(NUMBERS)}"

        def make() -> LogStore:
            from dutybound.store.postgres import PostgresLog

            return PostgresLog(dsn, schema)

    def opening() -> LogStore:
        opened.append(make())
        return opened[-1]

    yield opening
    for one in opened:
        one.close()


@pytest.fixture
def store(opener: Opener) -> LogStore:
    """An empty log."""
    return opener()
