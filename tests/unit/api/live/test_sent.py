"""api/live/sent.py: what a client may send."""

from typing import Any

import pytest

from api.live.sent import CLIENT_MESSAGES, LARGEST, SHOWN, Dial, Envelope, Subscribe, Wrong, opened, understood
from api.roles import Role


def wrong(event: str, data: Any = None, role: Role = Role.AGENT) -> Wrong:
    """Why a message is not taken."""
    with pytest.raises(Wrong) as refused:
        understood(Envelope(event, data), role)
    return refused.value


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"data": 1}', '{"event": 1}', "\0", "[" * 4000, "\ud800", "null", "NaN"]
)
def test_what_is_no_message_is_told_so(text: str) -> None:
    with pytest.raises(Wrong) as refused:
        opened(text)
    assert (refused.value.error.code, refused.value.counts) == ("bad_message", True)


def test_a_giant_is_not_read() -> None:
    with pytest.raises(Wrong) as refused:
        opened("[" * (LARGEST + 1))
    assert (refused.value.error.code, refused.value.counts) == ("too_large", True)


def test_a_message_becomes_its_type() -> None:
    assert understood(opened('{"event": "subscribe"}'), Role.ANALYST) == Subscribe()
    dial = opened('{"event": "call:dial", "data": {"phoneNumber": "+4930123"}}')
    assert understood(dial, Role.AGENT) == Dial("+4930123")


def test_a_long_unknown_name_is_cut() -> None:
    told = wrong("x" * 4000).error
    assert (told.code, told.event, len(told.detail) < 200) == ("unknown_event", "x" * SHOWN, True)


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("subscribe", {"rooms": []}),
        ("subscribe", {"rooms": ["x"] * 101}),
        ("subscribe", {"rooms": ["x" * 401]}),
        ("subscribe", []),
        ("resync", {"more": 1}),
        ("call:hold", {"callId": "1"}),
        ("call:hold", {"callId": "1", "hold": "yes"}),
        ("call:transfer", {"callId": "1", "target": "1001", "type": "warm"}),
        ("call:dial", {"phoneNumber": "500&PJSIP/itsp/1"}),
        ("call:dial", {"phoneNumber": "1\r\nAction: Originate"}),
        ("agent:status:change", {"status": "GONE"}),
    ],
)
def test_data_that_is_not_of_its_type_is_refused(event: str, data: Any) -> None:
    told = wrong(event, data)
    assert (told.error.code, told.error.event, told.counts) == ("bad_message", event, True)


@pytest.mark.parametrize("event", sorted(CLIENT_MESSAGES))
@pytest.mark.parametrize("role", sorted(Role))
def test_the_role_is_looked_at_before_the_data(event: str, role: Role) -> None:
    if role in CLIENT_MESSAGES[event].roles:
        assert not (event.startswith(("call:", "agent:")) and role is not Role.AGENT)
    else:
        assert wrong(event, {"nonsense": True}, role).error.code == "not_allowed"
