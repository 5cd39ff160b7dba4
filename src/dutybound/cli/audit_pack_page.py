"""What `audit-pack` says on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dutybound.cli.page import plural, rows, title, wrapped


def lines(manifest: dict[str, Any], output: str) -> Iterator[str]:
    """The pack in a few lines."""
    version = f" {manifest['version']}" if manifest["version"] else ""
    yield title(f"{output}: the evidence on {manifest['system']}{version}")
    kinds = Counter(s["kind"] for s in manifest["statements"])
    said = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items()))
    yield wrapped(f"{plural(len(manifest['statements']), 'statement')}: {said}.", 2)
    yield wrapped(_log(manifest), 2)
    size = sum(f["size"] for f in manifest["files"])
    yield wrapped(f"{plural(len(manifest['files']), 'file')}, {size:,} bytes.", 2)
    unknown = sum(not s["key_in_pack"] for s in manifest["statements"])
    if unknown:
        yield wrapped(f"{plural(unknown, 'statement')} by a key that trust.yaml does not name.", 2)
    if manifest["absent_subjects"]:
        yield ""
        yield "Files that statements speak of and that are not here"
        yield from rows((a["name"], a["sha256"][:16]) for a in manifest["absent_subjects"])
    if manifest["left_out"]:
        yield ""
        yield "Left out"
        yield from rows((x["id"] or "-", x["reason"]) for x in manifest["left_out"])
    yield ""
    yield wrapped("VERIFY.md in the pack says how to check it without dutybound.")


def _log(manifest: dict[str, Any]) -> str:
    if not manifest["log"]:
        return "No log: nothing shows when a statement was made but the word of its signer."
    held = {f["path"] for f in manifest["files"]}
    digests = [s["sha256"] for s in manifest["statements"]]
    receipts = sum(f"receipts/{d}.tlog-proof" in held for d in digests)
    return f"{receipts} of {len(digests)} have a receipt of the log."
