"""C2SP tlog-policy: what is read, what is refused, and which cosignatures are enough."""

from __future__ import annotations

import itertools

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.keys import KeyType, NoteKey
from dutybound.ledger.policy import KnownLog, KnownWitness, Policy, k_of_n, read_policy


def key(name: str, kind: KeyType = KeyType.COSIGNATURE) -> NoteKey:
    """A key that depends on the name alone."""
    secret = Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"-"))
    return NoteKey(name, kind, secret.public_key().public_bytes_raw())


LOG = key("log.example", KeyType.ED25519)
W = {name: key(f"{name}.example") for name in ("X1", "X2", "X3", "Y1", "Y2", "Y3")}

# The example of the specification, with keys put in.
EXAMPLE = f"""\
log {LOG.text}

witness X1 {W["X1"].text}
witness X2 {W["X2"].text}
witness X3 {W["X3"].text}
group X-witnesses 2 X1 X2 X3

witness Y1 {W["Y1"].text}
witness Y2 {W["Y2"].text}
witness Y3 {W["Y3"].text}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def test_example_of_the_specification() -> None:
    policy = read_policy(EXAMPLE.encode())
    assert (KnownLog(LOG),) == policy.logs
    assert list(W) == [w.name for w in policy.witnesses]
    assert policy.met({"X1", "X3", "Y2"})
    assert not policy.met({"X1", "X2", "X3"})
    assert not policy.met({"X1", "Y1", "Y2", "Y3"})
    assert not policy.met({"X-witnesses", "Y-witnesses", "X-and-Y"})  # these are no witnesses


def test_every_subset_of_the_example() -> None:
    """Two of the X and one of the Y: counted by hand over all 64 subsets, (3 + 1) * 7."""
    policy = read_policy(EXAMPLE.encode())
    subsets = [s for n in range(7) for s in itertools.combinations(W, n)]
    assert 28 == sum(policy.met(s) for s in subsets)


def test_written_policy_reads_as_the_same() -> None:
    policy = read_policy(EXAMPLE.encode())
    assert policy == read_policy(policy.text.encode())


def test_spaces_tabs_comments_and_addresses() -> None:
    text = (
        f" \t# comment \x80\n\twitness  a\t{W['X1'].text}  https://w.example/prefix \n"
        f"log {LOG.text} https://log.example\nquorum a"
    ).encode("latin-1")
    policy = read_policy(text)
    assert "https://w.example/prefix" == policy.witnesses[0].url
    assert "https://log.example" == policy.logs[0].url
    assert (False, True) == (policy.met(()), policy.met({"a"}))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no line `quorum`"),
        ("quorum none\nquorum none\n", "line 2 of the policy: there is a second line `quorum`"),
        ("quorum w\n", "no line above names `w`"),
        (f"quorum a\nwitness a {W['X1'].text}\n", "no line above names `a`"),
        ("logs x\nquorum none\n", "`logs` is not log, witness, group or quorum"),
        (f"log {W['X1'].text}\nquorum none\n", "the key of a log has type 0x01"),
        (f"witness a {LOG.text}\nquorum a\n", "the key of a witness has type 0x04 or 0x06"),
        (f"witness none {W['X1'].text}\nquorum none\n", "the name `none` is taken"),
        (f"witness a {W['X1'].text}\nwitness a {W['X2'].text}\nquorum a\n", "`a` is taken"),
        (
            f"witness a {W['X1'].text}\nwitness b "
            f"{NoteKey('other', KeyType.COSIGNATURE, W['X1'].public).text}\nquorum a\n",
            "this public key stands in the policy already",
        ),
        (f"witness a {W['X1'].text}\ngroup g 2 a\nquorum g\n", "a group of 1 cannot need 2"),
        (f"witness a {W['X1'].text}\ngroup g 0 a\nquorum g\n", "a group of 1 cannot need 0"),
        (f"witness a {W['X1'].text}\ngroup g 01 a\nquorum g\n", "without leading zeros"),
        (f"witness a {W['X1'].text}\ngroup g all a a\nquorum g\n", "`a` is in a group already"),
        (f"witness a {W['X1'].text}\ngroup g all\nquorum g\n", "the form is `group"),
        ("group g any g\nquorum g\n", "no line above names `g`"),
        ("group g any none\nquorum g\n", "no line above names `none`"),
        (f"witness a {W['X1'].text} url more\nquorum a\n", "the form is `witness"),
        ("quorum none\r\n", "a control character"),
        ("quorum none\x7f\n", "a control character"),
        (f"witness a {W['X1'].text[:-4]}AAA=\nquorum a\n", "has another length"),
    ],
)
def test_policy_that_is_refused(text: str, reason: str) -> None:
    with pytest.raises(LedgerError, match=".*") as caught:
        read_policy(text.encode())
    assert reason in str(caught.value)


def test_k_of_n() -> None:
    witnesses = tuple(KnownWitness(name, W[name]) for name in ("X1", "X2", "X3"))
    policy = k_of_n(2, (KnownLog(LOG),), witnesses)
    assert (True, False) == (policy.met({"X1", "X3"}), policy.met({"X1"}))
    assert k_of_n(0, (), witnesses).met(())
    with pytest.raises(LedgerError, match="a group of 3 cannot need 4"):
        k_of_n(4, (), witnesses)
    with pytest.raises(LedgerError, match="the form is"):
        k_of_n(1, (), ())


@given(st.integers(1, 6), st.sets(st.sampled_from(sorted(W))))
def test_more_cosignatures_never_hurt(need: int, some: set[str]) -> None:
    policy = k_of_n(need, (), tuple(KnownWitness(n, k) for n, k in W.items()))
    assert (len(some) >= need) == policy.met(some)


def test_names_of_keys() -> None:
    policy = Policy(witnesses=(KnownWitness("a", W["X1"]), KnownWitness("b", W["X2"])))
    assert frozenset({"b"}) == policy.names([W["X2"], W["Y1"]])
