"""api/socketio/packets.py: the protocols' words."""

import json

import pytest

from api.live.messages import ERROR, ErrorData, message
from api.socketio.packets import (
    Malformed,
    Opening,
    Packet,
    answered,
    connected,
    disconnected,
    event_of,
    opening,
    read_packet,
    refused,
)


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("0/pbx,", Packet("0", "/pbx", None, None)),
        ('0/pbx,{"token":"x"}', Packet("0", "/pbx", None, {"token": "x"})),
        ("0", Packet("0", "/", None, None)),
        ('2/pbx,["subscribe",{"rooms":[]}]', Packet("2", "/pbx", None, ["subscribe", {"rooms": []}])),
        ('2/pbx,12["resync"]', Packet("2", "/pbx", 12, ["resync"])),
        ('2["a,b/c"]', Packet("2", "/", None, ["a,b/c"])),
        ("1/pbx,", Packet("1", "/pbx", None, None)),
    ],
)
def test_what_a_client_sends_is_read(text: str, packet: Packet) -> None:
    assert read_packet(text) == packet


@pytest.mark.parametrize(
    "text",
    ["", "x", "9", '51-/pbx,["a",{"_placeholder":true,"num":0}]', "2/pbx,[", "2/pbx", "2" + "[" * 5000, '2["\ud800"]'],
)
def test_what_is_no_packet_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read_packet(text)


def test_what_is_sent() -> None:
    told = opening(Opening("abc", ["websocket"], 25_000, 20_000, 16_384))
    assert (told[0], json.loads(told[1:])) == (
        "0",
        {"sid": "abc", "upgrades": ["websocket"], "pingInterval": 25000, "pingTimeout": 20000, "maxPayload": 16384},
    )
    assert connected("abc") == '40/pbx,{"sid":"abc"}'
    assert disconnected() == "41/pbx,"
    assert refused("/pbx", "no") == '44/pbx,{"message":"no"}'
    assert refused("/", "no") == '44{"message":"no"}'
    assert answered(7, None) == "43/pbx,7[null]"


def test_a_message_is_an_event_with_its_number_beside() -> None:
    told = event_of(message(ERROR, ErrorData("a", "b"), 5), 3)
    assert told == '42/pbx,["error",{"code":"a","detail":"b","event":null},{"seq":3,"version":5}]'
