"""Who may log in, and which events pass."""

from hashlib import md5

import pytest

from asterisk.ami import parse_packet
from asterisk.simulator.access import Account, Subscription

ACCOUNT = Account("trunkline", "sesame")
JOIN = b"Event: QueueCallerJoin\r\nPrivilege: agent,all\r\nQueue: Sales"
VARSET = b"Event: VarSet\r\nPrivilege: dialplan,all\r\nVariable: X"


def admits(headers: str, challenge: str = "") -> bool:
    """Whether a Login with these headers is right."""
    return ACCOUNT.admits(parse_packet(f"Action: Login\r\n{headers}".encode()), challenge)


def test_the_right_secret_is_admitted_and_no_other() -> None:
    assert admits("Username: trunkline\r\nSecret: sesame")
    assert not admits("Username: trunkline\r\nSecret: Sesame")
    assert not admits("Username: root\r\nSecret: sesame")
    assert not admits("Username: trunkline")


def test_md5_needs_the_challenge_that_was_given() -> None:
    key = md5(b"1234sesame", usedforsecurity=False).hexdigest()
    headers = f"AuthType: MD5\r\nUsername: trunkline\r\nKey: {key}"
    assert admits(headers, "1234")
    assert not admits(headers, "9999")
    assert not admits(headers)


def test_the_secret_is_in_no_text() -> None:
    assert "sesame" not in repr(ACCOUNT)


@pytest.mark.parametrize(
    ("mask", "join", "varset"),
    [
        ("on", True, True),
        ("", True, True),
        ("off", False, False),
        ("call,agent", True, False),
        ("dialplan", False, True),
    ],
)
def test_a_mask_lets_its_classes_through(mask: str, join: bool, varset: bool) -> None:
    subscription = Subscription()
    subscription.set_mask(mask)
    assert (subscription.wants(JOIN), subscription.wants(VARSET)) == (join, varset)


@pytest.mark.parametrize(
    ("headers", "join", "varset"),
    [
        ("MatchCriteria: action(exclude),name(VarSet)", True, False),
        ("MatchCriteria: action(include),name(VarSet)", False, True),
        ("Filter: !Variable: X", True, False),
        ("Filter: Queue: Sales", True, False),
    ],
)
def test_a_filter_excludes_or_lets_only_its_own_through(headers: str, join: bool, varset: bool) -> None:
    subscription = Subscription()
    assert subscription.add_filter(parse_packet(f"Action: Filter\r\nOperation: Add\r\n{headers}".encode())) == ""
    assert (subscription.wants(JOIN), subscription.wants(VARSET)) == (join, varset)
    assert not subscription.takes_everything


def test_what_is_excluded_is_so_whatever_includes_it() -> None:
    subscription = Subscription()
    for headers in ("Filter: Event: (QueueCallerJoin|VarSet)", "MatchCriteria: action(exclude),name(VarSet)"):
        subscription.add_filter(parse_packet(f"Action: Filter\r\nOperation: Add\r\n{headers}".encode()))
    assert subscription.wants(JOIN) and not subscription.wants(VARSET)
    assert not subscription.wants(b"Event: Hangup\r\nPrivilege: call,all")


def test_a_filter_that_is_none_is_complained_about_and_changes_nothing() -> None:
    subscription = Subscription()
    complaint = subscription.add_filter(parse_packet(b"Action: Filter\r\nOperation: Remove\r\nFilter: x"))
    assert complaint == "Unknown operation" and subscription.takes_everything
