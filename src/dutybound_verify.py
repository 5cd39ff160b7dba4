"""Checks evidence of dutybound without dutybound: this file, Python 3.11 and `cryptography`.

    python dutybound_verify.py PACK|DIR|BUNDLE --trust trust.yaml [--checkpoint EARLIER] [--json]

STEPS names the steps; `verify` calls them in that order. Each raises Refused when what it looks at
does not hold, and nothing else. Specifications: DSSE 1.0, in-toto Statement v1, hashedrekord 0.0.2
of Rekor v2, RFC 6962, 9162 and 3161, and of C2SP signed-note, tlog-checkpoint, tlog-cosignature,
tlog-proof and tlog-tiles. Nothing that came with the evidence is believed: `trust.yaml` is the
auditor's own. Exit 0: verified; 1: verified, but --require does not hold; 2: refused.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

STEPS: Final = (
    "files",  # 1: a container that does no harm: no bomb, no link, no path that leads out
    "manifest",  # 2: every file of the pack and no other, with digest and size
    "witnesses",  # 3: as many of the auditor's witnesses as the auditor asks for saw the log
    "keys",  # 4: a new key of the log was brought in by the old one; each signed in its time
    "checkpoint",  # 5: signed by a key of a log that the auditor trusts, valid at that time
    "tiles",  # 6: all entries and tiles lead to the root
    "consistency",  # 7: every other checkpoint is a beginning of the newest one
    "envelope",  # 8: DSSE in one spelling, with one signature
    "signature",  # 9: by the key that the envelope names
    "statement",  # 10: in-toto Statement v1
    "subjects",  # 11: files that are here are the ones that it speaks of
    "entry",  # 12: the log entry is the one of exactly this envelope
    "inclusion",  # 13: the entry is in the tree
    "time",  # 14: time stamps hold; nothing was recorded before it was signed
    "system",  # 15: all statements speak of one system and one version
)
SUBJECT, LARGE, MEDIUM, SMALL = 2_000_000_000, 20_000_000, 1_400_000, 200_000  # bytes of a file
MAX_TOTAL, MAX_PARSED = 4_000_000_000, 300_000_000  # bytes of a pack; without its subjects
MAX_FILES, MAX_RATIO, MAX_DEPTH = 100_000, 200, 40
SKEW, LATE = timedelta(minutes=5), timedelta(days=1)  # of clocks; between signing and recording
PAYLOAD: Final = "application/vnd.in-toto+json"
BUNDLE: Final = "application/vnd.dev.sigstore.bundle.v0.3+json"
HEX: Final = re.compile(r"[0-9a-f]{64}\Z")
ROTATION: Final = "dutybound/log-key-rotation/1"
BAD_FILE: Final = (
    OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip
BAD_CERTIFICATE: Final = (
    ValueError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)  # fmt: skip
Json = dict[str, Any]


class Refused(Exception):
    """Why something is not accepted. code: one word for machines. file: where."""

    def __init__(self, code: str, what: str, file: str = "") -> None:
        super().__init__(what)
        self.code, self.what, self.file = code, what, file


def need(holds: object, code: str, what: str, file: str = "") -> None:
    if not holds:
        raise Refused(code, what, file)


def matched(form: re.Match[str] | None, code: str, what: str, file: str = "") -> re.Match[str]:
    if form is None:
        raise Refused(code, what, file)
    return form


# ------------------------------------------------------------------ forms with one spelling
def parse_json(raw: bytes, limit: int = LARGE) -> Any:
    """JSON that two readers cannot understand differently."""
    need(len(raw) <= limit, "too_large", f"More than {limit:,} bytes.")
    try:
        value = json.loads(raw.decode(), object_pairs_hook=once, parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused("json", f"Not JSON in UTF-8: {str(error)[:80]}.") from error
    check_depth(value)
    return value


def once(pairs: list[tuple[str, Any]]) -> Json:
    need(len(dict(pairs)) == len(pairs), "json", "A key stands twice in one JSON object.")
    return dict(pairs)


def no_constant(name: str) -> Any:
    raise Refused("json", f"`{name}` is no JSON value.")


def check_depth(value: Any, left: int = MAX_DEPTH) -> None:
    need(left, "json", f"Nested deeper than {MAX_DEPTH} levels.")
    half = isinstance(value, str) and re.search("[\ud800-\udfff]", value)
    need(not half, "json", "Half a character.")
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    for one in inner if isinstance(value, dict | list) else ():
        check_depth(one, left - 1)


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def to_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def unbase64(text: Any, size: int = 0) -> bytes:
    """Bytes from standard base64 in its canonical spelling; of a size, if one is given."""
    need(isinstance(text, str) and text, "base64", "Not text in base64.")
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused("base64", "Not base64.") from error
    need(same_spelling(raw, text), "base64", "Base64, but not in its canonical spelling.")
    need(size in (0, len(raw)), "base64", f"Not the base64 of {size} bytes.")
    return raw


def same_spelling(raw: bytes, text: str) -> bool:
    return to_base64(raw) == text


def number(text: Any, what: str = "number") -> int:
    form = isinstance(text, str) and re.fullmatch(r"0|[1-9][0-9]{0,18}", text)
    need(form and int(text) < 1 << 63, "number", f"`{str(text)[:30]}` is no {what}.")
    return int(text)


def closed(value: Any, keys: Iterable[str], what: str, optional: Iterable[str] = ()) -> Json:
    """A mapping with exactly these keys."""
    fits = isinstance(value, dict) and set(keys) <= set(value) <= {*keys, *optional}
    need(fits, "form", f"{what} has not exactly the keys {', '.join(keys)}.")
    found: Json = value
    return found


def moment(text: Any) -> datetime | None:
    """A time as YYYY-MM-DDThh:mm:ssZ; None if it is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except (TypeError, ValueError):
        return None


def shown(time: datetime | None) -> str | None:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else None


# ------------------------------------------------------------------ trust.yaml: a part of YAML
ODD: Final = re.compile(
    "[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
QUOTED: Final = r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'"""
KEY: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*):(?: +|$)")
TOKEN: Final = re.compile(
    rf" *({QUOTED}|[\[\]{{}},]|:(?= )|[^-\]\[ ?:,{{}}#&*!|>'\"%@`][^\]\[?:,{{}}#]*)"
)
PLAIN: Final = re.compile(r"[^-\]\[ ?:,{}#&*!|>'\"%@`](?:[^ :]|:(?! |$)| (?!#))*")


class TrustYaml:
    """Maps and lists in block style; plain and quoted text on one line; [a, b] and {a: b} on one.

    Everything else of YAML is refused with its line. docs/reference/verify.md describes it.
    """

    def __init__(self, text: str) -> None:
        lines = enumerate(text.replace("\r\n", "\n").split("\n"), 1)
        kept = [(n, line.rstrip(" ")) for n, line in lines if line.strip(" ")]
        self.rows = [
            (n, len(line) - len(line.lstrip(" ")), line.lstrip(" "))
            for n, line in kept
            if not line.lstrip(" ").startswith("#")
        ]
        self.rows.reverse()  # the next one stands last

    def read(self) -> Any:
        need(self.rows, "yaml", "The file is empty.")
        value = self.block(MAX_DEPTH)
        self.need(not self.rows, "the indentation fits nothing above")
        return value

    def need(self, holds: object, what: str, line: int = 0) -> None:
        at = line or (self.rows[-1][0] if self.rows else 0)
        need(holds, "yaml", f"Line {at}: {what}. See the YAML that is read in verify.md.")

    def form(self, found: re.Match[str] | None, what: str, line: int) -> re.Match[str]:
        self.need(found, what, line)
        return matched(found, "yaml", what)

    def block(self, left: int) -> Any:
        """A map or a list, at the indent of the next line."""
        _, indent, text = self.rows[-1]
        self.need(left, "nested too deeply")
        found: Any = [] if text.startswith("- ") else {}
        while self.rows and self.rows[-1][1] == indent:
            line, _, text = self.rows[-1]
            if isinstance(found, list) != text.startswith("- "):
                break
            if isinstance(found, list):
                rest = text[1:].lstrip(" ")
                self.rows[-1] = (line, indent + len(text) - len(rest), rest)
                nested = KEY.match(rest)
                found.append(
                    self.block(left - 1) if nested else self.scalar(rest, self.rows.pop()[0])
                )
                continue
            key = self.form(KEY.match(text), "no `key: value` stands here", line)
            self.need(key[1] not in found, "this key stands twice", line)
            self.rows.pop()
            rest = text[key.end() :]
            bare = not rest or rest.startswith("#")
            found[key[1]] = self.below(indent, left) if bare else self.scalar(rest, line)
        return found

    def below(self, indent: int, left: int) -> Any:
        """What stands under a key without a value."""
        if not self.rows:
            return None
        _, deeper, text = self.rows[-1]
        inside = deeper > indent or (deeper == indent and text.startswith("- "))
        return self.block(left - 1) if inside else None

    def scalar(self, text: str, line: int) -> Any:
        """A value that ends with its line."""
        if text[0] in "[{":
            value, at = self.flow(text, 0, line, MAX_DEPTH)
        else:
            plain = re.match(QUOTED, text) or PLAIN.match(text)
            found = self.form(plain, "this value is not read; put it in quotes", line)
            value, at = self.word(found[0], line), found.end()
        rest = text[at:]
        self.need(not rest.strip(" ") or re.match(" +#", rest), "put this value in quotes", line)
        return value

    def flow(self, text: str, at: int, line: int, left: int) -> tuple[Any, int]:
        """[a, b] or {a: b}, on one line, or a word in it."""
        self.need(left, "nested too deeply", line)
        token, at = self.token(text, at, line)
        if token not in ("[", "{"):
            self.need(token not in ("]", "}", ",", ":"), "this list or map is not read", line)
            return self.word(token, line), at
        found: Any = {"[": [], "{": {}}[token]
        close = {"[": "]", "{": "}"}[token]
        while True:
            token, after = self.token(text, at, line)
            if token == close:
                return found, after
            if isinstance(found, dict):
                colon, at = self.token(text, after, line)
                fits = colon == ":" and KEY.match(f"{token}:") and token not in found
                self.need(fits, "this map is not read", line)
                found[token], at = self.flow(text, at, line, left - 1)
            else:
                value, at = self.flow(text, at, line, left - 1)
                found.append(value)
            comma, after = self.token(text, at, line)
            self.need(comma in (",", close), "this list or map is not read", line)
            at = after if comma == "," else at

    def token(self, text: str, at: int, line: int) -> tuple[str, int]:
        what = "this list or map is not read; put its words in quotes"
        found = self.form(TOKEN.match(text, at), what, line)
        return found[1].strip(" "), found.end()

    def word(self, text: str, line: int) -> Any:
        """Text, a whole number, true, false or null, as YAML 1.2 understands them."""
        if text[0] == "'":
            return text[1:-1].replace("''", "'")
        if text[0] == '"':
            try:
                value = json.loads(text)
            except ValueError:
                value = "\0"
            good = not ODD.search(value) and not re.search(r"\\u[dD][89a-fA-F]", text)
            self.need(good, "an escape that is not read", line)
            return value
        number = re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text)
        self.need(not number or number[0].lstrip("+-").isdigit(), "put this number in quotes", line)
        if number:
            return int(text) if len(text) < 40 else text
        constants = {"~": None, "null": None, "true": True, "false": False}
        lower = text if text in ("~",) else text.lower()
        special = lower in constants and text in (lower, lower.title(), lower.upper())
        return constants[lower] if special else text


# ------------------------------------------------------------------ what the auditor trusts
NAME, TEXT, DAY = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", r"(?s:.{1,4000})", r"\d{4}-\d\d-\d\d"
ORIGIN: Final = r"[^\s+]{1,200}"
LISTS: Final = {  # list: key to the form of its value; a `?` marks what may be left out
    "organisations": {"id": NAME, "name": TEXT, "relation": "own|vendor|client|independent"},
    "keys": {
        "fingerprint": "[0-9a-f]{64}", "public_key": TEXT, "person": NAME, "organisation": NAME,
        "role": TEXT, "valid_from": DAY, "valid_until?": DAY, "revoked_on?": DAY,
        "revoked_because?": "retired|compromised",
    },
    "logs": {
        "origin": ORIGIN, "key": TEXT, "valid_from": DAY, "valid_until?": DAY, "revoked_on?": DAY,
    },
    "witnesses": {"name": TEXT, "organisation": TEXT, "key": TEXT},
    "timestamp_authorities": {"name": TEXT, "certificate": TEXT},
}  # fmt: skip


@dataclass(frozen=True)
class NoteKey:
    """A key that signs notes: 1 is Ed25519, 4 a cosignature with a time. entry: from trust.yaml."""

    name: str
    id: bytes
    kind: int
    public: bytes
    entry: Json = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Trust:
    """trust.yaml. keys: by fingerprint. organisations: id to relation. quorum: of the witnesses."""

    organisations: dict[str, str]
    keys: dict[str, Json]
    logs: list[NoteKey]
    witnesses: list[NoteKey]
    quorum: int
    authorities: list[tuple[str, x509.Certificate]]


def read_trust(raw: bytes) -> Trust:
    """The auditor's file, in JSON or in the part of YAML above."""
    need(len(raw) <= MEDIUM, "too_large", f"More than {MEDIUM:,} bytes.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("yaml", "Not UTF-8.") from error
    need(not ODD.search(text.replace("\r\n", "\n")), "yaml", "A tab or another odd character.")
    value = parse_json(text.encode()) if text.lstrip().startswith("{") else TrustYaml(text).read()
    top = closed(value, ("dutybound", "organisations"), "The file", (*LISTS, "note"))
    need(top["dutybound"] == "trust/1", "form", "This is no `dutybound: trust/1`.")
    policy = top.get("witnesses")
    if policy is not None:
        closed(policy, ("need", "keys"), "`witnesses`")
        top = {**top, "witnesses": policy["keys"]}
    found = {name: entries(top.get(name, []), name) for name in LISTS}
    organisations = {e["id"]: e["relation"] for e in found["organisations"]}
    keys = {e["fingerprint"]: e for e in found["keys"]}
    for entry in found["keys"]:
        known = entry["organisation"] in organisations
        need(known, "form", f"`{entry['organisation']}` is not among `organisations`.")
        fits = sha256(unbase64(entry["public_key"])).hexdigest() == entry["fingerprint"]
        need(fits, "form", f"`{entry['fingerprint'][:12]}` is not the sha256 of its key.")
    logs = [note_key(e["key"], 1, e) for e in found["logs"]]
    witnesses = [note_key(e["key"], 4, e) for e in found["witnesses"]]
    quorum = policy["need"] if policy else 0
    fits = type(quorum) is int and (policy is None or 1 <= quorum <= len(witnesses))
    need(fits, "form", "`witnesses.need` is not between 1 and the number of keys.")
    once_each = ("organisations", organisations), ("keys", keys), ("logs", set(logs))
    for name, unlike in (*once_each, ("witnesses", {w.public for w in witnesses})):
        need(len(unlike) == len(found[name]), "form", f"Something stands twice in `{name}`.")
    authorities = [(e["name"], certificate(e)) for e in found["timestamp_authorities"]]
    return Trust(organisations, keys, logs, witnesses, quorum, authorities)


def entries(value: Any, name: str) -> list[Json]:
    """A list of flat maps in the form that LISTS gives."""
    form = LISTS[name]
    required = [k for k in form if not k.endswith("?")]
    need(isinstance(value, list), "form", f"`{name}` is no list.")
    found: list[Json] = value
    for entry in found:
        closed(entry, required, f"An entry of `{name}`", (k.rstrip("?") for k in form))
        for key, inner in entry.items():
            pattern = form.get(key) or form[f"{key}?"]
            fits = isinstance(inner, str) and bool(re.fullmatch(pattern, inner))
            fits = fits and (pattern != DAY or day(inner) is not None)
            need(fits, "form", f"`{key}` in `{name}` is not in its form: {str(inner)[:60]}.")
        stray = "revoked_because" in entry and "revoked_on" not in entry
        need(not stray, "form", "`revoked_because` needs `revoked_on`.")
    return found


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def certificate(entry: Json) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(unbase64(entry["certificate"]))
    except BAD_CERTIFICATE as error:
        raise Refused("form", "A `certificate` is not the base64 of one in DER.") from error


def note_key(text: str, kind: int, entry: Json) -> NoteKey:
    """A note verifier key: name+id+base64 of the type and the key."""
    name, _, rest = text.partition("+")
    hex_id, _, encoded = rest.partition("+")
    raw = unbase64(encoded, 33)
    need(raw[0] == kind, "form", f"The key of `{name[:60]}` is not of type {kind}.")
    found = NoteKey(name, sha256(name.encode() + b"\n" + raw).digest()[:4], kind, raw[1:], entry)
    what = f"The id of the key of `{name[:60]}` is wrong."
    need(hex_id == found.id.hex() and name, "form", what)
    return found


def full_id(key: NoteKey) -> bytes:
    return sha256(key.name.encode() + b"\n" + bytes([key.kind]) + key.public).digest()


# ------------------------------------------------------------------ files, also hostile ones
@dataclass
class Files:
    """The files of an input by name, with sizes. Nothing larger than a limit is ever read."""

    kind: str
    sizes: dict[str, int]
    opener: Callable[[str], IO[bytes]]
    close: Callable[[], None] = lambda: None

    def chunks(self, name: str, limit: int) -> Iterator[bytes]:
        need(self.sizes[name] <= limit, "too_large", f"More than {limit:,} bytes.", name)
        left = limit
        try:
            with self.opener(name) as stream:
                while chunk := stream.read(min(left + 1, 1 << 20)):
                    left -= len(chunk)
                    need(left >= 0, "too_large", f"More than {limit:,} bytes.", name)
                    yield chunk
        except BAD_FILE as error:
            raise Refused("unreadable", f"It cannot be read: {str(error)[:80]}.", name) from error

    def read(self, name: str, limit: int) -> bytes:
        return b"".join(self.chunks(name, limit))

    def digest(self, name: str) -> tuple[str, int]:
        """sha256 and size."""
        found, size = sha256(), 0
        for chunk in self.chunks(name, SUBJECT):
            found.update(chunk)
            size += len(chunk)
        return found.hexdigest(), size

    def under(self, folder: str, end: str = "") -> list[str]:
        """Names in a folder and below it, in order."""
        return [n for n in self.sizes if n.startswith(folder) and n.endswith(end)]


def step_01_files(path: Path) -> Files:
    """Open a zip file, a folder or one bundle, without trusting any name or size in it."""
    try:
        if path.is_dir():
            return folder(path)
        with path.open("rb") as stream:
            start = stream.read(4)
        size = path.stat().st_size
        archive = zipfile.ZipFile(path) if start == b"PK\3\4" else None
    except BAD_FILE as error:
        raise Refused("unreadable", f"It cannot be read: {str(error)[:80]}.") from error
    if archive:
        try:
            return zipped(archive)
        except Refused:
            archive.close()
            raise
    need(size <= LARGE, "unreadable", "Neither a pack, nor a folder, nor a bundle.")
    return Files("bundle", {path.name: size}, lambda _: path.open("rb"))


def folder(root: Path) -> Files:
    pack = (root / "manifest.json").exists() or (root / "statements").is_dir()
    sizes: dict[str, int] = {}
    for base, folders, names in os.walk(root):
        if base == str(root) and not pack:
            folders[:] = [f for f in folders if f != "log"]  # the writer's database and keys
        for name in [*folders, *names]:
            path = Path(base, name)
            status = path.lstat()
            kind = stat.S_ISDIR(status.st_mode) or stat.S_ISREG(status.st_mode)
            need(kind, "link", "Neither a file nor a folder.", name)
            if stat.S_ISREG(status.st_mode):
                sizes[path.relative_to(root).as_posix()] = status.st_size
        need(len(sizes) <= MAX_FILES, "too_many", f"More than {MAX_FILES:,} files.")
    kind_of = "audit_pack" if pack else "record_folder"
    return Files(kind_of, dict(sorted(sizes.items())), lambda name: (root / name).open("rb"))


def zipped(archive: zipfile.ZipFile) -> Files:
    members = archive.infolist()
    need(len(members) <= MAX_FILES, "too_many", f"More than {MAX_FILES:,} files.")
    need(sum(m.file_size for m in members) <= MAX_TOTAL, "too_large", "Too large when unpacked.")
    sizes: dict[str, int] = {}
    for member in members:
        name = member.filename
        mode = member.external_attr >> 16
        plain = stat.S_IFMT(mode) in (0, stat.S_IFREG, stat.S_IFDIR) and not member.flag_bits & 1
        need(plain, "link", "Neither a file nor a folder, or encrypted.", name)
        known = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        need(known, "unreadable", "Packed in a way that is not read.", name)
        parts = name.removesuffix("/").split("/")
        odd = re.search(r"[\x00-\x1f\x7f\\:]", member.orig_filename) or set(parts) & {"", ".", ".."}
        need(not odd, "path", "A name that could lead out of the pack.", name)
        bomb = member.file_size > 100_000 + MAX_RATIO * member.compress_size
        need(not bomb, "bomb", f"Packed more than {MAX_RATIO} times.", name)
        need(name not in sizes, "twice", "The name stands twice in the pack.", name)
        sizes[name] = member.file_size
    kept = sum(s for n, s in sizes.items() if not n.startswith(("subjects/", "documents/")))
    need(kept <= MAX_PARSED, "too_large", f"More than {MAX_PARSED:,} bytes beside the subjects.")
    twice = len({n.casefold() for n in sizes}) < len(sizes)
    need(not twice, "twice", "Two names differ in upper and lower case only.")
    plain_files = {n: s for n, s in sorted(sizes.items()) if not n.endswith("/")}
    return Files("audit_pack", plain_files, archive.open, archive.close)


def step_02_manifest(files: Files) -> Json:
    """The pack holds what its manifest lists: no file more, none less, digests and sizes."""
    need("manifest.json" in files.sizes, "manifest", "The pack has no manifest.json.")
    manifest = parse_json(files.read("manifest.json", LARGE))
    listed = manifest.get("files") if isinstance(manifest, dict) else None
    need(isinstance(listed, list), "manifest", "It has no list `files`.", "manifest.json")
    about = [manifest.get(name, 0) for name in ("system", "version")]
    named = all(value is None or isinstance(value, str) for value in about)
    need(named, "manifest", "It does not say `system` and `version`.", "manifest.json")
    rows = [closed(e, ("path", "sha256", "size"), "An entry of `files`") for e in listed or []]
    paths = [e["path"] for e in rows]
    need(all(isinstance(p, str) for p in paths), "manifest", "A path is no text.", "manifest.json")
    need(len(set(paths)) == len(paths), "manifest", "A path stands twice.", "manifest.json")
    stray = sorted(set(paths) ^ (set(files.sizes) - {"manifest.json"}))
    need(not stray, "manifest", "Missing, or not in the manifest.", stray[0] if stray else "")
    for row in rows:
        same = files.digest(row["path"]) == (row["sha256"], row["size"])
        need(same, "manifest", "Another digest or size than in the manifest.", row["path"])
    found: Json = manifest
    return found


# ------------------------------------------------------------------ checkpoints (C2SP, RFC 9162)
@dataclass
class Head:
    """A checkpoint: the head of the log's tree. times: witness to the time in its cosignature."""

    file: str
    origin: str
    size: int
    root: bytes
    body: bytes
    signatures: dict[tuple[str, bytes], bytes]
    times: dict[NoteKey, datetime] = field(default_factory=dict)
    log_id: bytes = b""  # the whole id of the key, where a bundle states it
    time: datetime | None = None  # when as many witnesses as the auditor asks for had seen it


def read_head(raw: bytes, file: str) -> Head:
    """A checkpoint in its one form: three lines, an empty one, signatures."""
    need(len(raw) <= SMALL, "too_large", f"More than {SMALL:,} bytes.", file)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("note", "Not UTF-8.", file) from error
    need(not re.search("[\x00-\x09\x0b-\x1f]", text), "note", "A control character.", file)
    above, _, below = text.rpartition("\n\n")
    lines = below.split("\n")
    need(above and 2 <= len(lines) <= 101 and not lines.pop(), "note", "No signed note.", file)
    signatures: dict[tuple[str, bytes], bytes] = {}
    for line in lines:
        form = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        form = matched(form, "note", "A line that is no signature.", file)
        signature = unbase64(form[2])
        need(len(signature) >= 5, "note", "A signature that is too short.", file)
        signatures.setdefault((form[1], signature[:4]), signature[4:])
    top = above.split("\n")
    need(len(top) == 3 and top[0], "note", "A checkpoint has exactly three lines.", file)
    size, root = number(top[1], "tree size"), unbase64(top[2], 32)
    need(size or root == sha256().digest(), "note", "An empty tree has another root.", file)
    return Head(file, top[0], size, root, f"{above}\n".encode(), signatures)


def signers_of(head: Head, keys: Iterable[NoteKey]) -> list[tuple[NoteKey, datetime | None]]:
    """Which of the keys signed, each with the time in it. One that fails refuses the whole."""
    found: list[tuple[NoteKey, datetime | None]] = []
    for key in keys:
        signature = head.signatures.get((key.name, key.id))
        if signature is None:
            continue
        time, message = None, head.body
        if key.kind == 4:
            need(len(signature) == 72, "signature", f"The one of {key.name} is no cosignature.")
            seconds = int.from_bytes(signature[:8])
            need(seconds < 1 << 37, "signature", f"The time of {key.name} is out of range.")
            time, signature = datetime.fromtimestamp(seconds, UTC), signature[8:]
            message = b"cosignature/v1\ntime %d\n" % seconds + head.body
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            what = f"The signature of {key.name} does not fit."
            raise Refused("signature", what, head.file) from error
        found.append((key, time))
    return found


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def check_inclusion(leaf: bytes, index: int, proof: list[bytes], size: int, root: bytes) -> None:
    """RFC 9162, 2.1.3.2."""
    need(0 <= index < size, "inclusion", f"Index {index} is not in a tree of {size}.")
    first, last, found = index, size - 1, leaf
    for other in proof:
        need(last, "inclusion", "The proof is too long.")
        if first & 1 or first == last:
            found = node_hash(other, found)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            found = node_hash(found, other)
        first, last = first >> 1, last >> 1
    need(last == 0 and found == root, "inclusion", "The proof does not lead to the root.")


def check_consistency(old: Head, new: Head, proof: list[bytes]) -> None:
    """RFC 9162, 2.1.4.2."""
    code, what = "consistency", f"No proof that size {old.size} is a beginning of {new.size}."
    if old.size in (0, new.size):
        need(not proof and (old.size == 0 or old.root == new.root), code, what)
        return
    need(0 < old.size < new.size and proof, code, what)
    path = proof if old.size & (old.size - 1) else [old.root, *proof]
    first, last = old.size - 1, new.size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    one = two = path[0]
    for other in path[1:]:
        need(last, code, what)
        if first & 1 or first == last:
            one, two = node_hash(other, one), node_hash(other, two)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            two = node_hash(two, other)
        first, last = first >> 1, last >> 1
    need(last == 0 and (one, two) == (old.root, new.root), code, what)


def roots(leaves: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """The root of the tree at each of the sizes."""
    found, stack = {0: sha256().digest()}, list[tuple[int, bytes]]()
    for count, leaf in enumerate(leaves, 1):
        level, top = 0, leaf
        while stack and stack[-1][0] == level:
            level, top = level + 1, node_hash(stack.pop()[1], top)
        stack.append((level, top))
        if count in sizes:
            edge = [h for _, h in reversed(stack)]
            root = edge[0]
            for left in edge[1:]:
                root = node_hash(left, root)
            found[count] = root
    return found


def read_hashes(lines: list[str], what: str) -> list[bytes]:
    need(len(lines) <= 128, "proof", f"{what} has more than 128 hashes.")
    return [unbase64(line, 32) for line in lines]


def text_of(raw: bytes, what: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("proof", f"{what} is not UTF-8.") from error


# ------------------------------------------------------------------ the log
@dataclass
class Case:
    """What is verified, and what was found. main: the newest checkpoint."""

    name: str
    trust: Trust
    at: datetime
    system: str | None = None
    version: str | None = None
    files: Files = field(default_factory=lambda: Files("unknown", {}, lambda _: BytesIO()))
    heads: list[Head] = field(default_factory=list)
    main: Head | None = None
    earlier: Head | None = None
    leaves: dict[bytes, int] = field(default_factory=dict)
    complete: bool = False
    log_keys: list[NoteKey] = field(default_factory=list)
    problems: list[Json] = field(default_factory=list)
    ran: set[int] = field(default_factory=set)

    def attempt(self, step: int, function: Callable[..., Any], *args: Any) -> Any:
        """The result of a step; None, and a problem noted, if it refuses."""
        self.ran.add(step)
        try:
            return function(*args)
        except Refused as error:
            self.note(step, error)
            return None

    def note(self, step: int, error: Refused, statement: str | None = None) -> None:
        row = {"step": step, "name": STEPS[step - 1], "code": error.code, "file": error.file}
        self.problems.append({**row, "statement": statement, "what": error.what})

    @property
    def public(self) -> str:
        """Where checkpoint, tiles and history lie."""
        if self.files.kind == "audit_pack":
            return "log/"
        return "" if "checkpoint" in self.files.sizes else "public/"


def step_03_witnesses(case: Case) -> None:
    """The witnesses' cosignatures hold, and the newest checkpoint has as many as are asked for."""
    trust = case.trust
    for head in case.heads:
        head.times = {k: t for k, t in signers_of(head, trust.witnesses) if t is not None}
        soon = all(t <= case.at + SKEW for t in head.times.values())
        need(soon, "future", "A witness names a time that is yet to come.", head.file)
        if trust.witnesses and len(head.times) >= trust.quorum:
            head.time = sorted(head.times.values())[trust.quorum - 1]
    bundle = case.files.kind == "bundle"  # its form leaves cosignatures out; the verdict says so
    if trust.witnesses and case.main and case.main.time is None and not bundle:
        have, file = len(case.main.times), case.main.file
        raise Refused("quorum", f"{have} of {trust.quorum} witnesses signed this checkpoint.", file)


def step_04_keys(case: Case, history: list[Json]) -> list[NoteKey]:
    """The keys of the log that count: those in trust.yaml, and those that one of them named.

    history: keys.history, the log's own word. So it can only take away (each key signs only
    between its first and its last size), or carry what an accepted key signed: a record that names
    the key after it. A second signature on a checkpoint names nothing; anyone could add one.
    """
    accepted = list(case.trust.logs)
    for row in history:
        key, rotation = row["key"], row.get("rotation")
        for head in case.heads:
            inside = (
                row["first"] <= head.size <= (head.size if row["last"] is None else row["last"])
            )
            what = f"{key.name} signed at a size that keys.history does not give it."
            need(inside or not signers_of(head, [key]), "history", what, head.file)
        if rotation and key not in accepted:
            closed(rotation, ("record", "signature"), "`rotation` in keys.history")
            raw = str(rotation["record"]).encode()
            record = closed(parse_json(raw), ("schema", "origin", "old", "new", "at"), "The record")
            fits = record["schema"] == ROTATION and note_key(record["new"], 1, {}) == key
            need(fits, "history", "The record of a change of keys names another key.")
            old = [k for k in accepted if note_key(record["old"], 1, {}) == k]
            if old and "revoked_on" not in old[0].entry:
                signed = Head("keys.history", "", 0, b"", raw, {})
                signed.signatures[old[0].name, old[0].id] = unbase64(rotation["signature"], 64)
                accepted += [key for _ in signers_of(signed, old)]
    return accepted


def why_not(key: NoteKey, head: Head, at: datetime) -> str | None:
    """Why a log key from trust.yaml does not count for a checkpoint. at: if no witness dates it."""
    entry, on = key.entry, (head.time or at).date()
    if entry.get("origin", head.origin) != head.origin:
        return f"is the key of {entry['origin']}, not of {head.origin[:60]}"
    if "revoked_on" in entry and not (head.time and on < date.fromisoformat(entry["revoked_on"])):
        return f"was revoked on {entry['revoked_on']}, and no witness saw this before"
    if "valid_from" in entry and on < date.fromisoformat(entry["valid_from"]):
        return f"is valid from {entry['valid_from']}"
    if "valid_until" in entry and on > date.fromisoformat(entry["valid_until"]):
        return f"was valid until {entry['valid_until']}, and no witness saw this before"
    return None


def step_05_checkpoint(case: Case, accepted: list[NoteKey]) -> None:
    """Each checkpoint is signed by a key of a log that the auditor trusts, valid at that time."""
    for head in case.heads:
        signed = [k for k, _ in signers_of(head, accepted)]
        what = f"No key that trust.yaml names for {head.origin[:60]} signed this checkpoint."
        need(signed, "log_key", what, head.file)
        fits = not head.log_id or head.log_id in [full_id(key) for key in signed]
        need(fits, "log_key", "The bundle names another key of the log.", head.file)
        why = [why_not(key, head, case.at) for key in signed]
        need(None in why, "log_key", f"The key of the log {why[0]}.", head.file)
    origins = {h.origin for h in case.heads}
    need(len(origins) == 1, "log_key", "The checkpoints are of more than one log.")


def read_history(raw: bytes) -> list[Json]:
    """keys.history: each key of the log with the first and the last size that it signed."""
    value = parse_json(raw, MEDIUM)
    need(isinstance(value, dict) and isinstance(value.get("keys"), list), "history", "No `keys`.")
    need(len(value["keys"]) <= 100, "history", "More than 100 keys.")
    rows = []
    for row in value["keys"]:
        closed(row, ("key", "first", "last"), "An entry of keys.history", ("rotation",))
        fits = type(row["first"]) is int and (row["last"] is None or type(row["last"]) is int)
        need(fits and isinstance(row["key"], str), "history", "An entry is not in its form.")
        rows.append({**row, "key": note_key(row["key"], 1, {})})
    return rows


TILE: Final = re.compile(
    r"(entries|[0-9]|[1-5][0-9])((?:/x[0-9]{3})*/[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


def step_06_tiles(case: Case, main: Head, sizes: set[int]) -> dict[int, bytes]:
    """Every entry bundle and tile fits the root, none is missing; the roots at other sizes."""
    files, base = case.files, f"{case.public}tile/"
    tiles: dict[tuple[int, int], list[tuple[str, list[bytes]]]] = {}
    for name in files.under(base):
        level, n, width = tile_place(name, base)
        raw = files.read(name, LARGE)
        held = bundle_rows(raw) if level < 0 else [raw[i : i + 32] for i in range(0, len(raw), 32)]
        fits = len(held) == width and (level < 0 or len(raw) == 32 * width)
        need(fits, "tile", f"It does not hold {width} rows.", name)
        tiles.setdefault((level, n), []).append((name, held))
    rows: list[bytes] = []
    while len(rows) < main.size and len(rows) % 256 == 0:  # the size is only claimed so far
        versions = tiles.get((-1, len(rows) // 256), [])
        if not versions:
            break
        rows += max(versions, key=lambda v: len(v[1]))[1]
    need(len(rows) >= main.size, "tile", f"Entries are missing: {len(rows)} of {main.size}.")
    expected = {-1: rows[: main.size], 0: [leaf_hash(r) for r in rows[: main.size]]}
    leaves = expected[0]
    for level in range(1, 8):
        full = range(0, len(expected[level - 1]) // 256 * 256, 256)
        expected[level] = [roots(expected[level - 1][i : i + 256], {256})[256] for i in full]
    check_tiles(tiles, expected)
    found = roots(leaves, {*sizes, main.size})
    need(found[main.size] == main.root, "tile", "The entries do not lead to the root.", main.file)
    case.leaves = {leaf: i for i, leaf in enumerate(leaves)}
    case.complete = True
    return found


def tile_place(name: str, base: str) -> tuple[int, int, int]:
    """Level (-1 for entries), number and width that the name of a tile says."""
    form = TILE.fullmatch(name.removeprefix(base))
    form = matched(form, "tile", "This is not the name of a tile.", name)
    groups = form[2].replace("x", "").strip("/").split("/")
    need(len(groups) == 1 or groups[0] != "000", "tile", "A name with leading zeros.", name)
    width = int(form[3] or 256)
    need(not form[3] or width < 256, "tile", "A partial tile is no full one.", name)
    return -1 if form[1] == "entries" else int(form[1]), int("".join(groups)), width


def bundle_rows(raw: bytes) -> list[bytes]:
    """The entries of a bundle, each led by its length in two bytes."""
    rows, at = [], 0
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2])
        need(at + 2 <= len(raw) and end <= len(raw), "tile", "An entry bundle was cut.")
        rows.append(raw[at + 2 : end])
        at = end
    return rows


def check_tiles(
    tiles: dict[tuple[int, int], list[tuple[str, list[bytes]]]], expected: dict[int, list[bytes]]
) -> None:
    for (level, n), versions in tiles.items():
        for name, rows in versions:
            want = expected.get(level, [])[n * 256 :][: len(rows)]
            need(rows[: len(want)] == want, "tile", "It does not fit the tree.", name)
    for level, want in expected.items():
        for n in range(-(-len(want) // 256)):
            have = max((len(rows) for _, rows in tiles.get((level, n), [])), default=0)
            whole = have >= min(256, len(want) - n * 256)
            need(whole, "tile", f"Tile {n} of level {level} is missing.")


def step_07_consistency(case: Case, main: Head, known: dict[int, bytes]) -> None:
    """Every other checkpoint is a beginning of the newest. known: roots from the tiles."""
    by_size: dict[int, Head] = {main.size: main}
    for head in case.heads:
        if head is case.earlier and head.size > main.size:
            what = f"Rolled back: it ends at {main.size}, the earlier checkpoint at {head.size}."
            raise Refused("rollback", what, main.file)
        other = by_size.setdefault(head.size, head)
        need(other.root == head.root, "fork", f"Two roots for size {head.size}.", head.file)
    linked = {0, main.size}
    for head in by_size.values():
        if head.size in known:
            need(known[head.size] == head.root, "fork", "Not a beginning of the log.", head.file)
            linked.add(head.size)
    proofs = {}
    for name in case.files.under(f"{case.public}consistency/"):
        old, _, new = name.rpartition("/")[2].partition("-")
        text = text_of(case.files.read(name, SMALL), "A consistency proof")
        lines = text.removesuffix("\n").split("\n") if text else []
        proofs[number(old), number(new)] = name, read_hashes(lines, "A consistency proof")
    for (a, b), (name, proof) in sorted(proofs.items(), key=lambda p: p[0][::-1], reverse=True):
        need(a in by_size and b in by_size, "consistency", "A proof about no checkpoint.", name)
        check_consistency(by_size[a], by_size[b], proof)
        linked |= {a} if b in linked else set()
    for head in case.heads:
        what = f"No proof links size {head.size} to {main.size}; ask for one that does."
        need(head.size in linked, "not_linked", what, head.file)


# ------------------------------------------------------------------ statements
@dataclass
class Piece:
    """An envelope with its receipts, and what was found about it."""

    digest: str
    file: str
    raw: bytes
    keyid: str = ""
    payload: bytes = b""
    signature: bytes = b""
    public: bytes = b""
    statement: Json = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    bundled: Json | None = None
    stamps: list[bytes] = field(default_factory=list)
    subjects: list[Json] = field(default_factory=list)
    index: int | None = None
    stamped: datetime | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def claim(self) -> Json:
        """What the signer says: the predicate, or its part `dutybound` in a type of in-toto."""
        predicate = self.statement.get("predicate", {})
        found = predicate.get("dutybound", predicate)
        return found if isinstance(found, dict) else {}


@dataclass
class Receipt:
    """A proof that an entry is in the log. entry: the entry as the receipt has it, if it does."""

    index: int
    proof: list[bytes]
    head: Head
    entry: bytes | None = None


def read_tlog_proof(raw: bytes, file: str) -> Receipt:
    """C2SP tlog-proof@v1."""
    need(len(raw) <= SMALL, "too_large", f"More than {SMALL:,} bytes.", file)
    above, _, note = text_of(raw, "The receipt").partition("\n\n")
    lines = above.split("\n")
    need(lines.pop(0) == "c2sp.org/tlog-proof@v1", "proof", "This is no tlog-proof@v1.", file)
    if lines and lines[0].startswith("extra "):
        unbase64(lines.pop(0)[6:])
    need(lines and lines[0].startswith("index "), "proof", "The receipt has no index.", file)
    index = number(lines.pop(0)[6:], "index")
    return Receipt(index, read_hashes(lines, "The receipt"), read_head(note.encode(), file))


def read_bundle(raw: bytes, file: str) -> tuple[Json, Receipt | None, list[bytes]]:
    """A Sigstore bundle v0.3: envelope, receipt and time stamps."""
    value = closed(parse_json(raw), ("mediaType", "verificationMaterial", "dsseEnvelope"), "It")
    need(value["mediaType"] == BUNDLE, "form", "This is no Sigstore bundle v0.3.", file)
    optional = ("tlogEntries", "timestampVerificationData")
    material = closed(value["verificationMaterial"], ("publicKey",), "The material", optional)
    hint = closed(material["publicKey"], ("hint",), "The public key")["hint"]
    envelope = closed(value["dsseEnvelope"], ("payload", "payloadType", "signatures"), "Envelope")
    signatures = envelope["signatures"]
    one = isinstance(signatures, list) and len(signatures) == 1
    need(one, "form", "Not exactly one signature.", file)
    keyid = closed(signatures[0], ("sig",), "The signature", ("keyid",)).get("keyid", "")
    need(keyid in ("", hint), "form", "The hint names another key.", file)
    times = material.get("timestampVerificationData", {"rfc3161Timestamps": []})
    stamps = closed(times, ("rfc3161Timestamps",), "The time stamps")["rfc3161Timestamps"]
    need(isinstance(stamps, list) and len(stamps) <= 10, "form", "Not up to 10 stamps.", file)
    tokens = [unbase64(closed(s, ("signedTimestamp",), "It")["signedTimestamp"]) for s in stamps]
    rows = material.get("tlogEntries", [])
    need(isinstance(rows, list) and len(rows) <= 1, "form", "More than one log entry.", file)
    envelope["signatures"][0]["keyid"] = hint
    return envelope, bundle_receipt(rows[0], file) if rows else None, tokens


def bundle_receipt(row: Any, file: str) -> Receipt:
    keys = ("logIndex", "logId", "kindVersion", "inclusionProof", "canonicalizedBody")
    row = closed(row, keys, "A log entry")
    kind = row["kindVersion"] == {"kind": "hashedrekord", "version": "0.0.2"}
    need(kind, "form", "The log entry is no hashedrekord 0.0.2.", file)
    keys = ("logIndex", "rootHash", "treeSize", "hashes", "checkpoint")
    proof = closed(row["inclusionProof"], keys, "The proof")
    note = closed(proof["checkpoint"], ("envelope",), "The checkpoint")["envelope"]
    need(isinstance(note, str), "form", "The checkpoint is no text.", file)
    head = read_head(note.encode("utf-8", "replace"), file)
    log_id = unbase64(closed(row["logId"], ("keyId",), "The log id")["keyId"])
    head.log_id = log_id
    same = (unbase64(proof["rootHash"]), proof["treeSize"]) == (head.root, str(head.size))
    need(same, "form", "The proof and its checkpoint differ.", file)
    need(row["logIndex"] == proof["logIndex"], "form", "Two indices.", file)
    need(isinstance(proof["hashes"], list), "form", "`hashes` is no list.", file)
    hashed = read_hashes(proof["hashes"], "The proof")
    return Receipt(number(row["logIndex"]), hashed, head, unbase64(row["canonicalizedBody"]))


def step_08_envelope(piece: Piece) -> None:
    """A DSSE envelope in one spelling, with one signature."""
    need(len(piece.raw) <= MEDIUM, "too_large", f"More than {MEDIUM:,} bytes.")
    value = closed(parse_json(piece.raw), ("payload", "payloadType", "signatures"), "The envelope")
    need(value["payloadType"] == PAYLOAD, "envelope", f"The payload is not of type {PAYLOAD}.")
    need(isinstance(value["signatures"], list), "envelope", "`signatures` is no list.")
    need(len(value["signatures"]) == 1, "envelope", "There is not exactly one signature.")
    signature = closed(value["signatures"][0], ("keyid", "sig"), "The signature")
    need(isinstance(signature["keyid"], str), "envelope", "`keyid` is no text.")
    piece.keyid, piece.signature = signature["keyid"], unbase64(signature["sig"])
    piece.payload = unbase64(value["payload"])


def pre_authentication(payload: bytes) -> bytes:
    return b"DSSEv1 %d %b %d %b" % (len(PAYLOAD), PAYLOAD.encode(), len(payload), payload)


def step_09_signature(piece: Piece, keys: dict[str, bytes]) -> None:
    """ECDSA on P-256 over the payload, by the key whose fingerprint the envelope names."""
    public = keys.get(piece.keyid)
    what = f"The public key {piece.keyid[:64]} is neither here nor in trust.yaml."
    need(public and sha256(public).hexdigest() == piece.keyid, "key_missing", what)
    try:
        key = serialization.load_der_public_key(public or b"")
        fits = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
        need(fits, "signature", "The key is not one on the curve P-256.")
        signed = pre_authentication(piece.payload)
        check: Any = key
        check.verify(piece.signature, signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, UnsupportedAlgorithm) as error:
        raise Refused("signature", "The signature does not fit payload and key.") from error
    piece.public = public or b""


def step_10_statement(piece: Piece) -> None:
    """in-toto Statement v1: subjects with a sha256 each, and a predicate."""
    keys = ("_type", "subject", "predicateType", "predicate")
    value = closed(parse_json(piece.payload), keys, "The statement")
    need(value["_type"] == "https://in-toto.io/Statement/v1", "statement", "No Statement v1.")
    form = isinstance(value["predicateType"], str) and isinstance(value["predicate"], dict)
    form = form and isinstance(value["subject"], list) and bool(value["subject"])
    need(form, "statement", "It has no subject, predicate or type.")
    for one in value["subject"]:
        digest = closed(one, ("name", "digest"), "A subject")["digest"]
        fits = isinstance(digest, dict) and HEX.match(str(digest.get("sha256")))
        need(fits and isinstance(one["name"], str), "statement", "A subject has no sha256.")
    names = [one["name"] for one in value["subject"]]
    need(len(set(names)) == len(names), "statement", "A subject stands twice.")
    piece.statement = value


def step_11_subjects(piece: Piece, case: Case) -> None:
    """What is here of the files that it speaks of has the digests that it states."""
    files = case.files
    for one in piece.statement["subject"]:
        name, digest = one["name"], one["digest"]["sha256"]
        places = (f"subjects/{digest}", f"objects/sha256/{digest[:2]}/{digest[2:]}", name)
        here = [p for p in places if p in files.sizes]
        state = "present" if here else "absent"
        if name.startswith("claim:") and sha256(canonical(piece.claim)).hexdigest() == digest:
            state = "itself"
        elif here:
            same = files.digest(here[0])[0] == digest
            need(same, "subject", "It was changed since the statement was signed.", here[0])
        piece.subjects.append({"name": name, "sha256": digest, "state": state})


def entry_of(piece: Piece) -> bytes:
    """The log entry of an envelope: hashedrekord 0.0.2 in canonical JSON."""
    digest = sha256(pre_authentication(piece.payload)).digest()
    key = {"rawBytes": to_base64(piece.public)}
    verifier = {"keyDetails": "PKIX_ECDSA_P256_SHA_256", "publicKey": key}
    signature = {"content": to_base64(piece.signature), "verifier": verifier}
    data = {"algorithm": "SHA2_256", "digest": to_base64(digest)}
    spec = {"hashedRekordV002": {"data": data, "signature": signature}}
    return canonical({"apiVersion": "0.0.2", "kind": "hashedrekord", "spec": spec})


def step_12_entry(piece: Piece) -> None:
    """Where a receipt brings envelope or log entry along, they are exactly those of this one."""
    signature = {"keyid": piece.keyid, "sig": to_base64(piece.signature)}
    own = {"payload": to_base64(piece.payload), "payloadType": PAYLOAD, "signatures": [signature]}
    need(piece.bundled in (None, own), "entry", "The bundle is of another envelope.")
    for receipt in piece.receipts:
        same = receipt.entry is None or receipt.entry == entry_of(piece)
        need(same, "entry", "The log entry is not that of this envelope.", receipt.head.file)


def step_13_inclusion(piece: Piece, case: Case) -> None:
    """The entry is in the tree: by each receipt, and among the entries if they are here."""
    leaf = leaf_hash(entry_of(piece))
    if case.complete and leaf in case.leaves:
        piece.index = case.leaves[leaf]
    for receipt in piece.receipts:
        check_inclusion(leaf, receipt.index, receipt.proof, receipt.head.size, receipt.head.root)
        same = piece.index in (None, receipt.index)
        need(same, "inclusion", "Two indices for one entry.", receipt.head.file)
        piece.index = receipt.index


def step_14_time(piece: Piece, case: Case) -> None:
    """A time stamp by a trusted authority holds; nothing was recorded before it was signed."""
    failed: Refused | None = None
    for token in piece.stamps if case.trust.authorities else ():
        try:
            time = stamped_at(token, piece.signature, case.trust.authorities)
            piece.stamped = min(time, piece.stamped or time)
        except Refused as error:
            failed = error
    if failed and piece.stamped is None:
        raise failed
    claimed, (before, _) = moment(piece.claim.get("signed_at")), recorded(piece, case)
    latest = min(t for t in (before, case.at) if t)
    what = f"Signed on {shown(claimed)}, after it was recorded or after the time asked about."
    need(claimed is None or claimed <= latest + SKEW, "future", what)


def step_15_system(piece: Piece, case: Case) -> None:
    """A statement about a system speaks of the one, and the version, that the pack is about."""
    for name, wanted in (("system", case.system), ("version", case.version)):
        found = piece.claim.get(name)
        what = f"It is about {name} {str(found)[:60]}, not {wanted}."
        need(None in (found, wanted) or found == wanted, f"other_{name}", what)


def recorded(piece: Piece, case: Case) -> tuple[datetime | None, datetime | None]:
    """Proven times: by when it was recorded, and until when the log did not hold it."""
    before = [piece.stamped] if piece.stamped else []
    after = []
    if piece.index is not None:
        before += [h.time for h in case.heads if h.time and h.size > piece.index]
        after += [h.time for h in case.heads if h.time and h.size <= piece.index]
    return min(before, default=None), max(after, default=None)


# ------------------------------------------------------------------ RFC 3161
def der(raw: bytes) -> list[tuple[int, bytes, bytes]]:
    """The elements of DER bytes: tag, content, and the whole element."""
    found, at = [], 0
    while at < len(raw):
        tag, length, start = raw[at], raw[at + 1], at + 2
        need(tag & 31 != 31, "timestamp", "A tag in a long form.")
        if length & 128:
            start += length & 127
            long = raw[at + 2 : start]
            length = int.from_bytes(long)
            need(length > 127 and long[0] and len(long) < 5, "timestamp", "A length not in DER.")
        need(start + length <= len(raw), "timestamp", "It was cut.")
        found.append((tag, raw[start : start + length], raw[at : start + length]))
        at = start + length
    return found


HASHES: Final = {
    bytes.fromhex(f"6086480165030402{n:02d}"): f"sha{s}" for n, s in ((1, 256), (2, 384), (3, 512))
}
SIGNED_DATA, TST_INFO = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d0109100104")
CONTENT_TYPE, DIGEST = bytes.fromhex("2a864886f70d010903"), bytes.fromhex("2a864886f70d010904")
TIME_STAMPING: Final = x509.oid.ExtendedKeyUsageOID.TIME_STAMPING


def stamped_at(
    raw: bytes, message: bytes, authorities: list[tuple[str, x509.Certificate]]
) -> datetime:
    """The time in an RFC 3161 token over a message, signed by one of the authorities.

    The authority's certificate is the signer's own, or the one that issued the signer's.
    """
    try:
        return token_time(raw, message, authorities)
    except (IndexError, TypeError, KeyError, *BAD_CERTIFICATE) as error:
        raise Refused("timestamp", "This is no RFC 3161 token as it is read here.") from error


def token_time(
    raw: bytes, message: bytes, authorities: list[tuple[str, x509.Certificate]]
) -> datetime:
    top = der(der(raw)[0][1])
    if top[0][0] == 0x30:  # a response: status and token
        need(der(top[0][1])[0][1] in (b"\0", b"\1"), "timestamp", "The authority refused.")
        top = der(top[1][1])
    need(top[0][1] == SIGNED_DATA, "timestamp", "This is no signed data.")
    signed = der(der(top[1][1])[0][1])
    kind, wrapped = der(signed[2][1])
    info = der(wrapped[1])[0][1]
    need(kind[1] == TST_INFO, "timestamp", "The signed data is no time stamp.")
    _, _, imprint, _, time = der(der(info)[0][1])[:5]
    algorithm, digest = der(imprint[1])
    same = hashlib.new(HASHES[der(algorithm[1])[0][1]], message).digest() == digest[1]
    need(same, "timestamp", "The time stamp is over something else.")
    signer = der(der(signed[-1][1])[0][1])
    name = HASHES[der(signer[2][1])[0][1]]
    attributes = {der(a[1])[0][1]: der(der(a[1])[1][1])[0][1] for a in der(signer[3][1])}
    holds = signer[3][0] == 0xA0 and attributes[CONTENT_TYPE] == TST_INFO
    holds = holds and attributes[DIGEST] == hashlib.new(name, info).digest()
    need(holds, "timestamp", "The signed attributes do not fit the content.")
    form = re.fullmatch(r"([0-9]{14})(?:\.[0-9]+)?Z", time[1].decode("ascii"))
    text_form = matched(form, "timestamp", "The time is not in its form.")
    at = datetime.strptime(text_form[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    inside = (
        [x509.load_der_x509_certificate(c[2]) for c in der(signed[3][1])]
        if signed[3][0] == 0xA0
        else []
    )
    text = b"\x31" + signer[3][2][1:]  # the attributes are signed as a SET
    for _, trusted in authorities:
        for one in (trusted, *inside):
            if may_stamp(one, trusted, at) and signed_with(one, signer[5][1], text, name):
                return at
    raise Refused("timestamp", "No authority that trust.yaml names signed the time stamp.")


def may_stamp(one: x509.Certificate, trusted: x509.Certificate, at: datetime) -> bool:
    """Whether a certificate is trusted, for time stamps, at that time."""
    if one != trusted:
        try:
            one.verify_directly_issued_by(trusted)
        except (InvalidSignature, ValueError, TypeError):
            return False
    try:
        use = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return TIME_STAMPING in use and one.not_valid_before_utc <= at <= one.not_valid_after_utc


def signed_with(one: x509.Certificate, signature: bytes, text: bytes, name: str) -> bool:
    key, algorithm = one.public_key(), getattr(hashes, name.upper())()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, text, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True


# ------------------------------------------------------------------ the verdict
def signer(piece: Piece, case: Case) -> Json:
    """Who signed, by trust.yaml: trusted, unknown, revoked, not_valid or not_author, with why."""
    entry = case.trust.keys.get(piece.keyid)
    found: Json = {"fingerprint": piece.keyid, "state": "unknown", "why": "Not in trust.yaml."}
    if entry is None:
        return found
    found |= {k: entry[k] for k in ("person", "organisation", "role")}
    found["relation"] = case.trust.organisations[entry["organisation"]]
    before, after = recorded(piece, case)
    claimed = moment(piece.claim.get("signed_at"))
    late = claimed and after and after - claimed > LATE
    day = ((after if late else claimed) or before or case.at).date().isoformat()
    revoked, until = entry.get("revoked_on"), entry.get("valid_until")
    if entry.get("revoked_because", "compromised") == "compromised" and revoked:
        holds = before and before.date().isoformat() < revoked
        why = f"Compromised on {revoked}; it is not proven that this was recorded before."
    else:
        holds, why = not revoked or day < revoked, f"Retired on {revoked}."
    if not holds:
        return {**found, "state": "revoked", "why": why}
    if day < entry["valid_from"] or (until and day > until):
        why = f"Valid from {entry['valid_from']} to {until or 'further notice'}; this is of {day}."
        return {**found, "state": "not_valid", "why": why}
    author = piece.claim.get("author", entry["person"])
    if author != entry["person"]:
        why = f"It names {str(author)[:100]} as its author."
        return {**found, "state": "not_author", "why": why}
    return {**found, "state": "trusted", "why": ""}


def times(piece: Piece, case: Case) -> Json:
    """recorded: proven. late: proven, but long after the claimed time. claimed: not proven."""
    before, after = recorded(piece, case)
    claimed = moment(piece.claim.get("signed_at"))
    late = claimed and after and after - claimed > LATE
    return {
        "state": "late" if late else "recorded" if before else "claimed",
        "claimed": shown(claimed),
        "recorded_before": shown(before),
        "not_recorded_before": shown(after),
    }


def about(piece: Piece, case: Case) -> Json:
    """The verdict on one statement."""
    intact = not piece.problems
    claim = piece.claim
    return {
        "digest": piece.digest,
        "file": piece.file,
        "intact": intact,
        "problems": piece.problems,
        "type": piece.statement.get("predicateType"),
        "id": claim.get("id"),
        "system": claim.get("system"),
        "version": claim.get("version"),
        "handling": claim.get("handling", "ordinary") if claim else None,
        "signer": signer(piece, case) if intact else None,
        "time": times(piece, case) if intact else None,
        "log_index": piece.index if intact else None,
        "subjects": piece.subjects,
    }


def collect(case: Case) -> list[Piece]:
    """The envelopes of the input with their receipts; what cannot be read is noted on its piece."""
    files = case.files
    if files.kind == "bundle":
        name = next(iter(files.sizes))
        raw = case.attempt(1, files.read, name, LARGE)
        if raw is not None and not is_bundle(raw):
            return [Piece(sha256(raw).hexdigest(), name, raw)]
        piece = Piece("", name, b"")
        return [piece] if raw is not None and add_bundle(case, piece, raw, name) else []
    where = "statements/" if files.kind == "audit_pack" else ""
    names = [n for n in files.under(where, ".dsse.json") if "/" not in n[len(where) :]]
    if files.kind == "record_folder":  # an envelope may also lie among the objects alone
        kept = (n.removeprefix("receipts/").partition(".")[0] for n in files.under("receipts/"))
        objects = dict.fromkeys(f"objects/sha256/{d[:2]}/{d[2:]}" for d in kept)
        names += [n for n in objects if n in files.sizes]
    pieces: dict[str, Piece] = {}
    for name in names:
        raw = case.attempt(1, files.read, name, MEDIUM)
        if raw is not None:
            piece = Piece(sha256(raw).hexdigest(), name, raw)
            other = name.startswith("objects/") and b'"payloadType"' not in raw
            if other and name.replace("/", "").endswith(piece.digest):
                continue  # a record of the log, as it was written: the naming of a new key
            if pieces.setdefault(piece.digest, piece) is piece:
                add_receipts(case, piece)
    return list(pieces.values())


def add_receipts(case: Case, piece: Piece) -> None:
    """Read the receipts of a piece, which lie under its digest."""
    files, digest = case.files, piece.digest
    named = f"statements/{digest}.dsse.json", f"objects/sha256/{digest[:2]}/{digest[2:]}"
    free = files.kind == "record_folder" and not piece.file.startswith("objects/")
    if piece.file not in named and not free:
        note(case, piece, 8, Refused("digest", "Its name is not the sha256 of its bytes."))
    proof, bundle = (f"receipts/{piece.digest}.{end}" for end in ("tlog-proof", "sigstore.json"))
    if proof in files.sizes:
        try:
            piece.receipts.append(read_tlog_proof(files.read(proof, SMALL), proof))
        except Refused as error:
            note(case, piece, 13, error, proof)
    if bundle in files.sizes:
        add_bundle(case, piece, files.read(bundle, LARGE), bundle)


def is_bundle(raw: bytes) -> bool:
    return b'"mediaType"' in raw


def add_bundle(case: Case, piece: Piece, raw: bytes, file: str) -> bool:
    """Take receipt and time stamps from a bundle; it must hold the same envelope as the piece."""
    try:
        envelope, receipt, piece.stamps = read_bundle(raw, file)
        written = canonical(envelope) + b"\n"
        if not piece.raw:
            piece.raw, piece.digest = written, sha256(written).hexdigest()
        piece.bundled = envelope
        piece.receipts += [receipt] if receipt else []
    except Refused as error:
        note(case, piece, 12, error, file)
        return False
    return True


def note(case: Case, piece: Piece, step: int, error: Refused, file: str = "") -> None:
    error.file = error.file or file or piece.file
    case.note(step, error, piece.digest or None)
    piece.problems.append(error.code)


def known_keys(case: Case, pieces: list[Piece]) -> dict[str, bytes]:
    """Public keys by fingerprint, wherever they lie: a fingerprint cannot be forged."""
    found = [unbase64(e["public_key"]) for e in case.trust.keys.values()]
    for name in case.files.under("keys/", ".pem"):
        raw = case.files.read(name, SMALL)
        try:
            key = serialization.load_pem_public_key(raw)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise Refused("key", "This is no public key in PEM.", name) from error
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        found.append(key.public_bytes(serialization.Encoding.DER, form))
    for receipt in (r for p in pieces for r in p.receipts if r.entry):
        text = re.search(rb'"rawBytes":"([A-Za-z0-9+/=]{1,400})"', receipt.entry or b"")
        found += [unbase64(text[1].decode())] if text else []
    return {sha256(der_bytes).hexdigest(): der_bytes for der_bytes in found}


def gather_heads(case: Case, pieces: list[Piece], earlier: bytes | None) -> None:
    """All checkpoints: the newest, earlier ones, those of receipts, and the auditor's own."""
    files = case.files
    newest = f"{case.public}checkpoint"
    for name in [newest, *files.under(f"{case.public}checkpoints/")]:
        if name in files.sizes:
            head = read_head(files.read(name, SMALL), name)
            place = name.rpartition("/")[2]
            fits = name == newest or place == str(head.size)
            need(fits, "note", f"It is of size {head.size}.", name)
            case.heads.append(head)
    case.main = case.heads[0] if newest in files.sizes else None
    found = [r.head for p in pieces for r in p.receipts]
    alone = newest not in files.sizes and files.kind != "bundle"
    lost = alone and (found or files.under(f"{case.public}tile/"))
    need(not lost, "no_checkpoint", "There are receipts or tiles, but no checkpoint.", newest)
    unlike = {(h.body, h.log_id, *h.signatures.items()): h for h in [*found, *reversed(case.heads)]}
    case.heads = list(unlike.values())  # many receipts lead to one checkpoint
    if case.main is None:
        case.main = max(case.heads, key=lambda h: h.size, default=None)
    if earlier is not None:
        case.earlier = read_head(earlier, "--checkpoint")
        need(case.main, "rollback", "There is no log here, but you have a checkpoint of one.")
        case.heads.append(case.earlier)


def check_log(case: Case, pieces: list[Piece], earlier: bytes | None) -> None:
    """Steps 3 to 7."""
    case.attempt(7, gather_heads, case, pieces, earlier)
    main, files = case.main, case.files
    if main is None or case.problems:
        return
    if case.trust.witnesses:
        case.attempt(3, step_03_witnesses, case)
    if case.trust.logs:
        name = f"{case.public}keys.history"
        rows = (
            case.attempt(4, read_history, files.read(name, MEDIUM)) if name in files.sizes else []
        )
        accepted = None if rows is None else case.attempt(4, step_04_keys, case, rows)
        if accepted is not None:
            case.log_keys = accepted
            case.attempt(5, step_05_checkpoint, case, accepted)
    known: dict[int, bytes] = {}
    if files.under(f"{case.public}tile/") or (files.kind == "record_folder" and main.size):
        known = case.attempt(6, step_06_tiles, case, main, {h.size for h in case.heads}) or {}
    case.attempt(7, step_07_consistency, case, main, known)


def check_piece(case: Case, piece: Piece, keys: dict[str, bytes]) -> None:
    """Steps 8 to 15, up to the first that refuses."""
    steps: list[tuple[int, Callable[..., None], tuple[Any, ...]]] = [
        (8, step_08_envelope, ()),
        (9, step_09_signature, (keys,)),
        (10, step_10_statement, ()),
        (11, step_11_subjects, (case,)),
        (12, step_12_entry, ()),
        (13, step_13_inclusion, (case,)),
        (14, step_14_time, (case,)),
        (15, step_15_system, (case,)),
    ]
    for step, function, more in steps:
        case.ran.add(step)
        try:
            function(piece, *more)
        except Refused as error:
            note(case, piece, step, error)
            return


def verify(
    path: Path,
    trust: Trust,
    at: datetime,
    earlier: bytes | None = None,
    system: tuple[str, str | None] | None = None,
    require: Iterable[str] = (),
) -> Json:
    """The verdict on a pack, a record folder or a bundle, as JSON values. Raises nothing.

    at: the time asked about, in UTC. earlier: a checkpoint that the auditor kept. system: name and
    version that the evidence must be about. require: `trusted`, `recorded`, `witnessed`.
    """
    case = Case(path.name, trust, at)
    case.files = case.attempt(1, step_01_files, path) or case.files
    try:
        pieces = judge(case, earlier, system)
    finally:
        case.files.close()
    return verdict(case, pieces, list(require))


def judge(
    case: Case, earlier: bytes | None = None, system: tuple[str, str | None] | None = None
) -> list[Piece]:
    """Steps 2 to 15."""
    if case.files.kind == "audit_pack":
        manifest = case.attempt(2, step_02_manifest, case.files) or {}
        case.system, case.version = manifest.get("system"), manifest.get("version")
    if system:
        wanted, version = system[0], system[1] or case.version
        same = case.system in (None, wanted) and case.version in (None, version)
        error = Refused("other_system", f"The pack is about {case.system} {case.version}.")
        case.system, case.version = wanted, version
        if not same:
            case.note(15, error)
    pieces = [] if case.problems else collect(case)
    if not case.problems or pieces:
        check_log(case, pieces, earlier)
        keys = case.attempt(9, known_keys, case, pieces) or {}
        for piece in pieces:
            check_piece(case, piece, keys)
        if not pieces and (case.main is None or case.files.kind == "audit_pack"):
            case.note(1, Refused("nothing", "There is no statement here."))
    return pieces


def log_verdict(case: Case, pieces: list[Piece]) -> Json | None:
    main = case.main
    if main is None:
        return None
    good = not case.problems
    known = {(k.name, k.id) for k in (*case.log_keys, *case.trust.witnesses)}
    entries = len(case.leaves) if case.complete else None
    quorum = main.size if main.time else 0
    return {
        "origin": main.origin,
        "size": main.size,
        "root": main.root.hex(),
        "signed": "trusted"
        if good and case.trust.logs
        else "refused"
        if not good
        else "not_checked",
        "witnesses": sorted(k.name for k in main.times),
        "witnessed_before": shown(main.time),
        "unknown_signatures": sum(len(set(h.signatures) - known) for h in case.heads),
        "earlier_checkpoints": sorted({h.size for h in case.heads if h.size < main.size}),
        "rewrite_excluded_up_to": max(quorum, case.earlier.size if case.earlier else 0)
        if good
        else 0,
        "entries_checked": entries,
        "without_statement": None
        if entries is None
        else entries - len({p.index for p in pieces} - {None}),
    }


def verdict(case: Case, pieces: list[Piece], require: list[str]) -> Json:
    statements = [about(p, case) for p in pieces]
    log = log_verdict(case, pieces)
    failed = []
    if not case.problems:
        holds = {
            "trusted": all(s["signer"]["state"] == "trusted" for s in statements),
            "recorded": all(s["time"]["state"] == "recorded" for s in statements),
            "witnessed": log is not None and log["rewrite_excluded_up_to"] == log["size"],
        }
        failed = [name for name in require if not holds[name]]
    return {
        "schema": "dutybound/verification/1",
        "input": {"name": case.name, "kind": case.files.kind},
        "at": shown(case.at),
        "verdict": "refused" if case.problems else "condition_failed" if failed else "verified",
        "conditions_failed": failed,
        "system": case.system,
        "version": case.version,
        "problems": case.problems,
        "log": log,
        "statements": statements,
        "steps": [
            {"step": n, "name": name, "state": state_of(case, n)} for n, name in enumerate(STEPS, 1)
        ],
        "limits": limits(case, log, statements),
    }


def state_of(case: Case, step: int) -> str:
    if any(p["step"] == step for p in case.problems):
        return "refused"
    return "passed" if step in case.ran else "not_applicable"


def limits(case: Case, log: Json | None, statements: list[Json]) -> list[str]:
    """What the verdict does not say."""
    said = []
    if log is None:
        said.append("No log is here: every time is only claimed.")
    elif not case.trust.logs:
        said.append("trust.yaml names no log: who signed the checkpoint was not checked.")
    excluded = log["rewrite_excluded_up_to"] if log else 0
    if log and excluded < log["size"]:
        said.append(
            f"A rewritten log is not excluded beyond entry {excluded}. Name a witness in "
            "trust.yaml, or keep this checkpoint and give it with --checkpoint next time."
        )
    if any(p["time"] and p["time"]["state"] == "claimed" for p in statements):
        said.append("Some times are only claimed by the signer.")
    said.append("That a statement was recorded does not show that it is true.")
    said.append("Nothing shows that everything was recorded, or that the pack holds all there is.")
    return said


def page(found: Json) -> Iterator[str]:
    """The verdict for people, line by line."""
    head = {"verified": "VERIFIED", "refused": "REFUSED", "condition_failed": "CONDITION FAILED"}
    yield f"{head[found['verdict']]}: {found['input']['name']} ({found['input']['kind']})"
    for one in found["problems"]:
        yield f"  step {one['step']} {one['name']}: {one['file'] or 'the whole'}: {one['what']}"
    for name in found["conditions_failed"]:
        yield f"  required, but does not hold for all: {name}"
    if found["log"]:
        log = found["log"]
        yield f"Log {log['origin']}: {log['size']} entries, root {log['root'][:16]}"
        witnesses = ", ".join(log["witnesses"]) or "none"
        yield f"  key of the log: {log['signed']}; witnesses: {witnesses}"
    for one in found["statements"]:
        yield f"{one['id'] or one['type'] or one['file']} ({one['handling']})"
        if not one["intact"]:
            yield f"  NOT INTACT: {', '.join(one['problems'])}"
            continue
        who, when = one["signer"], one["time"]
        person = (who.get(k) for k in ("person", "role", "organisation"))
        named = ", ".join(p for p in person if p) or who["fingerprint"]
        yield f"  intact; signer {who['state']}: {named}{'. ' * bool(who['why'])}{who['why']}"
        proven = f"recorded before {when['recorded_before']}" if when["recorded_before"] else ""
        yield f"  {proven or 'time only claimed'}; signed, as it says, {when['claimed']}"
    yield from (f"Note: {text}" for text in found["limits"])


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code."""
    about_it = argparse.ArgumentParser(description="Check evidence of dutybound without dutybound.")
    about_it.add_argument("input", type=Path, metavar="PACK|DIR|BUNDLE")
    about_it.add_argument("--trust", type=Path, required=True, help="your own trust.yaml")
    about_it.add_argument("--checkpoint", type=Path, help="a checkpoint that you kept")
    about_it.add_argument("--at", help="the time asked about, YYYY-MM-DDThh:mm:ssZ (default: now)")
    about_it.add_argument("--system", help="NAME or NAME@VERSION that it must be about")
    about_it.add_argument(
        "--require", action="append", default=[], choices=["trusted", "recorded", "witnessed"]
    )
    about_it.add_argument("--json", action="store_true")
    options = about_it.parse_args(arguments)
    try:
        at, system = read_options(options.at, options.system)
        trust = read_trust(read_small(options.trust))
        earlier = read_small(options.checkpoint) if options.checkpoint else None
    except Refused as error:
        print(f"{error.file or options.trust}: {error.what}", file=sys.stderr)
        return 2
    found = verify(options.input, trust, at, earlier, system, options.require)
    lines = [json.dumps(found, indent=2, ensure_ascii=False)] if options.json else page(found)
    print("\n".join(lines))
    return {"verified": 0, "condition_failed": 1, "refused": 2}[found["verdict"]]


def read_options(
    at: str | None, system: str | None
) -> tuple[datetime, tuple[str, str | None] | None]:
    """The time asked about (now, if none is given), and NAME[@VERSION]."""
    time = moment(at) if at else datetime.now(UTC)  # noqa: TID251 - the edge of the program
    if time is None:
        raise Refused("form", f"`{at}` is no time as YYYY-MM-DDThh:mm:ssZ.", "--at")
    name, _, version = (system or "").partition("@")
    return time, (name, version or None) if name else None


def read_small(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MEDIUM + 1)
    except OSError as error:
        raise Refused("unreadable", f"It cannot be read: {error.strerror}.", str(path)) from error


if __name__ == "__main__":
    sys.exit(main())
