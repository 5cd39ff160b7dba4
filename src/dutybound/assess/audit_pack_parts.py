"""What an audit pack holds besides the evidence: results, programs, and the way to check it."""

from __future__ import annotations

import base64
import shlex
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from dutybound.assess.audit_pack import VERIFIER, Pack, Piece, add_json, finish
from dutybound.assess.audit_pack_log import LogPart
from dutybound.assess.gaps import Gaps
from dutybound.assess.gaps import as_json as gaps_json
from dutybound.packs.texts import auditor_programs, filled
from dutybound.packs.writing import to_yaml
from dutybound.terms.trust import Trust, TrustedKey

_TODO: Final = "CHANGE-ME"


def complete(pack: Pack, found: Gaps, trust: Trust, made_by: str) -> dict[str, Any]:
    """Add what is computed, the programs, `VERIFY.md` and the manifest; return the manifest."""
    assessed = found.assessment.as_json()
    add_json(pack, "assessment.json", assessed)
    # That a privileged self-test exists is not said either.
    open_ones = tuple(r for r in found.refused if r.code != "handling")
    add_json(pack, "gaps.json", gaps_json(replace(found, refused=open_ones)))
    add_json(pack, "content.json", assessed["content"])
    pack.files[VERIFIER] = _verifier()
    for name, program in auditor_programs().items():
        pack.files[f"tools/{name}"] = program
    held = {s.keyid for s in pack.statements}
    keys = [trust.keys[k] for k in sorted(held) if k in trust.keys]
    pack.files["trust-to-complete.yaml"] = to_yaml(_trust(pack, keys)).encode()
    pack.files["VERIFY.md"] = _guide(pack, keys).encode()
    return finish(pack, assessed["content"], made_by)


def _verifier() -> bytes:
    spec = find_spec(Path(VERIFIER).stem)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(VERIFIER)
    return Path(spec.origin).read_bytes()


def _guide(pack: Pack, keys: list[TrustedKey]) -> str:
    example = _example(pack)
    log_ways = ""
    if pack.log is not None:
        words = {"go": _go(example), "node": _node(example), "cosign": _cosign(example)}
        log_ways = filled("VERIFY-log.md", words)
    return filled(
        "VERIFY.md",
        {
            "system": pack.system,
            "version": "" if pack.version is None else f" {pack.version}",
            "as_of": pack.as_of,
            "count": str(len(pack.statements)),
            "keys": "\n".join([*map(_key_line, keys), *_log_line(pack.log)]),
            "openssl": _openssl(pack, example),
            "log_ways": log_ways,
        },
    )


def _key_line(key: TrustedKey) -> str:
    return f"- {key.person} of {key.organisation} ({key.role}): `{key.fingerprint}`"


def _log_line(log: LogPart | None) -> list[str]:
    return [] if log is None else [f"- the log: `{log.key.text}`"]


def _trust(pack: Pack, keys: list[TrustedKey]) -> dict[str, Any]:
    """A trust file in which the auditor still says how each organisation stands to the other."""
    names = sorted({k.organisation for k in keys})
    value: dict[str, Any] = {
        "dutybound": "trust/1",
        "organisations": [{"id": n, "name": n, "relation": _TODO} for n in names],
        "keys": [
            {
                "fingerprint": k.fingerprint,
                "public_key": base64.b64encode(k.public).decode("ascii"),
                "person": k.person,
                "organisation": k.organisation,
                "role": k.role,
                "valid_from": str(k.valid_from),
            }
            for k in keys
        ],
    }
    if pack.log is not None:
        key = pack.log.key
        entry = {"origin": key.name, "key": key.text, "valid_from": pack.log.since}
        value["logs"] = [entry]
    return value


# ---------------------------------------------------------------------- one statement as example
def _example(pack: Pack) -> Piece:
    """The statement that the commands show: one with a receipt and a file, if there is one."""
    return min(pack.statements, key=lambda p: (_bundle(p) not in pack.files, not p.subjects))


def _bundle(piece: Piece) -> str:
    return f"receipts/{piece.digest}.sigstore.json"


def _key(piece: Piece) -> str:
    return f"keys/{piece.keyid}.pem"


def _subjects(piece: Piece) -> list[str]:
    return [f"subjects/{d}" for d in piece.subjects[:1]]


def _openssl(pack: Pack, piece: Piece) -> str:
    if pack.log is not None and _bundle(piece) in pack.files:
        program = ["sh", "tools/verify-openssl.sh", _bundle(piece), _key(piece)]
        return shlex.join([*program, "log/log.pem", pack.log.key.name, *_subjects(piece)])
    envelope = f"statements/{piece.digest}.dsse.json"
    return "\n".join(
        (
            f"jq -r .payload {envelope} | base64 -d > payload.json",
            f"jq -r '.signatures[0].sig' {envelope} | base64 -d > signature.der",
            "{ printf 'DSSEv1 28 application/vnd.in-toto+json %s ' \"$(wc -c < payload.json"
            " | tr -d ' ')\"; cat payload.json; } > signed.bin",
            f"openssl dgst -sha256 -verify {_key(piece)} -signature signature.der signed.bin",
            "jq .subject payload.json   # compare with: sha256sum subjects/*",
        )
    )


def _go(piece: Piece) -> str:
    body = ".verificationMaterial.tlogEntries[0].canonicalizedBody"
    receipt = f"receipts/{piece.digest}.tlog-proof"
    program = 'go run tools/tlogcheck.go -key "$(cat log/log.vkey)"'
    return (
        f"jq -r '{body}' {_bundle(piece)} | base64 -d > entry.json\n"
        f"{program} -receipt {receipt} -entry entry.json"
    )


def _node(piece: Piece) -> str:
    files = [_bundle(piece), "log/trusted_root.json", _key(piece)]
    return shlex.join(["node", "tools/verify-bundle.mjs", *files, *_subjects(piece)])


def _cosign(piece: Piece) -> str:
    options = ["--key", _key(piece), "--bundle", _bundle(piece)]
    options += ["--trusted-root", "log/trusted_root.json", "--type", piece.predicate_type]
    return shlex.join(["cosign", "verify-blob-attestation", *options, *_subjects(piece)])
