"""Which logs and witnesses count, and how many: C2SP tlog-policy.

log LOG-KEY [URL]
witness NAME KEY [URL]
group NAME all|any|NUMBER MEMBER...
quorum NAME|none
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from dutybound.ledger.encoding import LedgerError, number
from dutybound.ledger.keys import KeyType, NoteKey, read_key

NONE: Final = "none"
MAX_POLICY: Final = 1_000_000
_TAB: Final = 0x09
_SPACE: Final = 0x20
_DELETE: Final = 0x7F
_WITNESS_TYPES: Final = (KeyType.COSIGNATURE, KeyType.ML_DSA_44)


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log. url: where it can be read, if that is said."""

    key: NoteKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class KnownWitness:
    """A witness. name: in this policy only; url: the prefix to which checkpoints are sent."""

    name: str
    key: NoteKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses and groups of which `need` must have cosigned. need: 1 to the number of members."""

    name: str
    need: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs, witnesses and the quorum: a witness's name, a group's name, or `none`."""

    logs: tuple[KnownLog, ...] = ()
    witnesses: tuple[KnownWitness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

    def met(self, cosigned: Collection[str]) -> bool:
        """Whether the witnesses with these names are enough."""
        done = {w.name for w in self.witnesses if w.name in cosigned}
        for group in self.groups:
            if sum(m in done for m in group.members) >= group.need:
                done.add(group.name)
        return self.quorum == NONE or self.quorum in done

    def names(self, keys: Collection[NoteKey]) -> frozenset[str]:
        """The names of the witnesses with these keys."""
        return frozenset(w.name for w in self.witnesses if w.key in keys)

    @property
    def text(self) -> str:
        """The policy as a file."""
        logs = [_line("log", one.key.text, one.url or "") for one in self.logs]
        witnesses = [_line("witness", w.name, w.key.text, w.url or "") for w in self.witnesses]
        groups = [_line("group", g.name, str(g.need), *g.members) for g in self.groups]
        return "".join([*logs, *witnesses, *groups, _line("quorum", self.quorum)])


def k_of_n(need: int, logs: tuple[KnownLog, ...], witnesses: tuple[KnownWitness, ...]) -> Policy:
    """The policy that `need` of the witnesses have cosigned; 0: none has to. Raises LedgerError."""
    if need == 0:
        return read_policy(Policy(logs, witnesses).text.encode())
    group = Group("witnesses", need, tuple(w.name for w in witnesses))
    return read_policy(Policy(logs, witnesses, (group,), group.name).text.encode())


def read_policy(raw: bytes) -> Policy:
    """A policy from the bytes of its file. Raises LedgerError with the line."""
    if len(raw) > MAX_POLICY:
        raise LedgerError(f"a policy has at most {MAX_POLICY:,} bytes")
    reader = _Reader()
    for place, line in enumerate(raw.split(b"\n"), 1):
        try:
            reader.read(line)
        except LedgerError as error:
            raise LedgerError(f"line {place} of the policy: {error}") from error
    if reader.quorum is None:
        raise LedgerError("the policy has no line `quorum`")
    return Policy(tuple(reader.logs), tuple(reader.witnesses), tuple(reader.groups), reader.quorum)


class _Reader:
    """What was read so far."""

    def __init__(self) -> None:
        self.logs: list[KnownLog] = []
        self.witnesses: list[KnownWitness] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self._names: set[str] = set()
        self._grouped: set[str] = set()

    def read(self, line: bytes) -> None:
        words = _words(line)
        if not words:
            return
        read = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }.get(words[0])
        if read is None:
            raise LedgerError(f"`{words[0][:40]}` is not log, witness, group or quorum")
        read(words[1:])

    def _log(self, words: list[str]) -> None:
        _count(words, 1, 2, "log KEY [URL]")
        key = read_key(words[0])
        if key.type is not KeyType.ED25519:
            raise LedgerError("the key of a log has type 0x01")
        _once(key, [one.key for one in self.logs])
        self.logs.append(KnownLog(key, *words[1:]))

    def _witness(self, words: list[str]) -> None:
        _count(words, 2, 3, "witness NAME KEY [URL]")
        key = read_key(words[1])
        if key.type not in _WITNESS_TYPES:
            raise LedgerError("the key of a witness has type 0x04 or 0x06")
        _once(key, [one.key for one in self.witnesses])
        self._new_name(words[0])
        self.witnesses.append(KnownWitness(words[0], key, *words[2:]))

    def _group(self, words: list[str]) -> None:
        _count(words, 3, MAX_POLICY, "group NAME all|any|NUMBER MEMBER...")
        name, need, *members = words
        for member in members:
            if member not in self._names:
                raise LedgerError(f"no line above names `{member}`")
            if member in self._grouped:
                raise LedgerError(f"`{member}` is in a group already")
            self._grouped.add(member)
        words_for = {"any": 1, "all": len(members)}
        least = words_for[need] if need in words_for else number(need, "the number of a group")
        if not 1 <= least <= len(members):
            raise LedgerError(f"a group of {len(members)} cannot need {least}")
        self._new_name(name)
        self.groups.append(Group(name, least, tuple(members)))

    def _quorum(self, words: list[str]) -> None:
        _count(words, 1, 1, "quorum NAME")
        if self.quorum is not None:
            raise LedgerError("there is a second line `quorum`")
        if words[0] != NONE and words[0] not in self._names:
            raise LedgerError(f"no line above names `{words[0]}`")
        self.quorum = words[0]

    def _new_name(self, name: str) -> None:
        if name == NONE or name in self._names:
            raise LedgerError(f"the name `{name}` is taken")
        self._names.add(name)


def _words(line: bytes) -> list[str]:
    if any(b == _DELETE or (b < _SPACE and b != _TAB) for b in line):
        raise LedgerError("it holds a control character")
    if line.lstrip(b" \t").startswith(b"#"):
        return []
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LedgerError("it is not UTF-8") from error
    return [word for word in text.replace("\t", " ").split(" ") if word]


def _line(*words: str) -> str:
    return " ".join(w for w in words if w) + "\n"


def _count(words: list[str], least: int, most: int, form: str) -> None:
    if not least <= len(words) <= most:
        raise LedgerError(f"the form is `{form}`")


def _once(key: NoteKey, others: list[NoteKey]) -> None:
    if key.public in {other.public for other in others}:
        raise LedgerError("this public key stands in the policy already")
