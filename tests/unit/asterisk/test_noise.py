"""What is ignored: by type, with what is saved of noisy types, and counted."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk.noise import HEAD, IGNORED, KEPT, Heads, is_ignored, sift

SNAPSHOT = b"Privilege: call,all\r\nChannel: PJSIP/a-1\r\nUniqueid: 1.1"
TYPES = [*sorted(IGNORED), *sorted(KEPT), b"Hold", b"Newchannel", b"QueueMemberRinginuse"]


def event(name: bytes, *lines: bytes) -> bytes:
    """An event as Asterisk writes it."""
    return b"\r\n".join((b"Event: " + name, SNAPSHOT, *lines))


@pytest.mark.parametrize("name", sorted(IGNORED))
def test_a_type_on_the_list_is_ignored(name: bytes) -> None:
    assert is_ignored(event(name))
    assert len(b"Event: " + name + b"\r\n") <= HEAD


@pytest.mark.parametrize(
    ("raw", "ignored"),
    [
        (event(b"VarSet", b"Variable: DIALSTATUS", b"Value: BUSY"), True),
        (event(b"VarSet", b"Variable: QUEUESTATUS", b"Value: FULL"), False),
        (event(b"VarSet", b"Variable: QUEUESTATUS2", b"Value: FULL"), True),
        (event(b"VarSet", b"Variable: MIXMONITOR_FILENAME", b"Value: /a.wav"), False),
        (event(b"VarSet", b"Variable: MIXMONITOR_FILENAMES", b"Value: /a.wav"), True),
        (event(b"VarSet", b"Variable: MIXMONITOR_FILE", b"Value: /a.wav"), True),
        (event(b"VarSet", b"Variable: MIXMONITOR_ACTIVE", b"Value: 1"), True),
        (event(b"VarSet", b"Variable: X", b"Value: QUEUESTATUS"), True),
        (event(b"VarSet"), True),
        (event(b"Newexten", b"Application: Dial", b"AppData: Queue"), True),
        (event(b"Newexten", b"Application: Queue", b"AppData: 2100,,,,60"), False),
        (event(b"Hold"), False),
        (b"Response: Success\r\nEvent: CEL", False),
        (b"Event: CE", False),
        (b"", False),
    ],
)
def test_what_is_saved_and_what_is_none_of_them(raw: bytes, ignored: bool) -> None:
    assert is_ignored(raw) is ignored


@given(st.lists(st.sampled_from([event(name) for name in TYPES]) | st.binary(max_size=60)))
def test_sifting_many_is_asking_for_each_and_counts_the_others(packets: list[bytes]) -> None:
    ignored: Counter[str] = Counter()
    kept = sift(packets, ignored)
    assert kept == [(place, raw) for place, raw in enumerate(packets) if not is_ignored(raw)]
    assert ignored.total() == len(packets) - len(kept)
    assert set(ignored) <= {name.decode() for name in IGNORED | KEPT.keys()}


def test_heads_are_asked_for_once_and_never_too_many_are_remembered() -> None:
    asked: list[bytes] = []
    heads = Heads(asked.append)
    for _ in range(3):
        assert heads[event(b"Hold")[:HEAD]] is None
    assert asked == [b"Hold"]
    for number in range(5000):
        assert heads[b"Event: %d\r\n" % number] is None
    assert len(heads) < 5000 < len(asked)
