"""`dutybound log signer FOLDER --socket SOCKET`."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path

import click

from dutybound.errors import BadInput


@click.command("signer")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--socket", "path", required=True, type=click.Path(path_type=Path), help="Where it listens."
)
@click.option("--new", "origin", metavar="NAME", help="Make the key of a new log of this name.")
@click.option("--group", metavar="GROUP", help="Whose members can reach the socket too.")
def command(folder: Path, path: Path, origin: str | None, group: str | None) -> int:
    """Run the signer in a process of its own, until it is told to stop.

    It signs nothing but an extension of what it signed last. Run it as another user than the log,
    with --group, so that the log cannot reach the key. FOLDER holds the key and the memory.
    """
    from dutybound.store.signer import LocalSigner
    from dutybound.store.signer_socket import serve

    if origin is not None:
        LocalSigner.create(folder, origin)
    elif not (folder / "signer.json").exists():
        raise BadInput.one(str(folder), "There is no signer here. Make one with --new NAME.")

    def ready(stop: Callable[[], None]) -> None:
        def end(number: int, frame: object) -> None:
            threading.Thread(target=stop).start()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        click.echo(f"listening: {path}", err=True)

    serve(LocalSigner(folder), path, ready, group)
    return 0
