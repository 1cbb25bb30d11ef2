"""api/live/asyncapi.py: the document has every message, and every message is as the document says."""

import json
from typing import Any

import pytest
from api_parts import (
    NOON,
    UTC,
    Clock,
    FakePulse,
    agent,
    bearer,
    busy,
    changed_call,
    client_of,
    contact,
    make_parts,
    principal,
    queue,
)
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from api.app import create_origin
from api.live.asyncapi import document
from api.live.board import Board
from api.live.client import Client
from api.live.hub import Hub
from api.live.messages import (
    ALERT_CLEARED,
    ALERT_RAISED,
    COMMAND_UPDATED,
    ERROR,
    PHONE_COMMAND,
    SERVER_MESSAGES,
    AlertUpdate,
    CommandUpdated,
    ErrorData,
    PhoneCommand,
    incoming_message,
    message,
)
from api.live.sent import CLIENT_MESSAGES
from api.roles import Role
from calls.live import AgentCall
from calls.presence import Presence, PresenceState

# One good message of each kind.
SAID: dict[str, Any] = {
    "subscribe": {"rooms": ["queue:pbx:support"]},
    "resync": None,
    "agent:login": {"agentId": "PJSIP/Alice"},
    "agent:status:change": {"status": "AWAY"},
    "call:answer": {"callId": "1"},
    "call:hangup": {"callId": "1"},
    "call:hold": {"callId": "1", "hold": True},
    "call:mute": {"callId": "1", "mute": False},
    "call:transfer": {"callId": "1", "target": "1001", "type": "attended"},
    "call:dial": {"phoneNumber": "+4930123", "contactId": "7"},
}


def payload(event: str, **changes: Any) -> Draft202012Validator:
    """What holds a frame of an event against the document."""
    whole = document()
    described = whole["components"]["messages"][event.replace(":", ".")]
    assert described["name"] == event
    return Draft202012Validator({**described["payload"], "components": whole["components"]} | changes)


def every_frame() -> dict[str, Any]:
    """A frame of each kind that a hub tells."""
    board, frames = Board(), {}
    board.replace([agent()], [queue()])
    hub = Hub(board, FakePulse(), UTC, Clock())
    hub.flush()
    watcher, own = hub.join(principal()), hub.join(principal(Role.AGENT), frozenset({"pbx:PJSIP/Alice"}))
    assert isinstance(watcher, Client) and isinstance(own, Client)
    board.put_agent(replace(busy(), presence=Presence(PresenceState.RINGING, NOON, call_id="1")))
    board.put_call(changed_call())
    hub.flush()
    hub.tick()
    watcher.tell([message(ERROR, ErrorData("bad_message", "Send JSON."))])
    command = CommandUpdated("1", "dial", "sent", "", "pbx:1", "pbx", "2026-11-22T12:00:00Z", None)
    watcher.tell([message(COMMAND_UPDATED, command)])
    asked = PhoneCommand("1", "page", "blind", "pbx:1", "2001")
    watcher.tell([message(PHONE_COMMAND, asked)])
    alert = AlertUpdate("1", "Many wait", "waiting", "at_least", 3.0, 4.0, NOON, None)
    watcher.tell([message(ALERT_RAISED, alert), message(ALERT_CLEARED, replace(alert, cleared_at=NOON + 1))])
    for text in (*watcher.take_frames(), *own.take_frames()):
        frame = json.loads(text)
        frames[frame["event"]] = frame
    return frames


def test_every_message_is_in_it_and_nothing_else() -> None:
    channel = document()["channels"]["pbx"]["messages"]
    assert set(channel) == {event.replace(":", ".") for event in (*SERVER_MESSAGES, *CLIENT_MESSAGES)}
    told = document()["operations"]["tell"]["messages"]
    assert len(told) == len(SERVER_MESSAGES)
    for reference in told:
        assert reference["$ref"].rpartition("/")[2] in channel


def test_every_reference_leads_somewhere() -> None:
    whole = document()

    def look(node: Any) -> None:
        if isinstance(node, dict):
            target: Any = whole
            for step in node.get("$ref", "#").split("/")[1:]:
                target = target[step]
            for each in node.values():
                look(each)
        elif isinstance(node, list):
            for each in node:
                look(each)

    look(whole)


@pytest.mark.parametrize("event", sorted(SERVER_MESSAGES))
def test_what_is_told_is_as_described(event: str) -> None:
    payload(event).validate(every_frame()[event])


@pytest.mark.parametrize("event", sorted(CLIENT_MESSAGES))
def test_what_may_be_said_is_as_described(event: str) -> None:
    good = {"event": event} if SAID[event] is None else {"event": event, "data": SAID[event]}
    payload(event).validate(good)
    assert not payload(event).is_valid({"event": event, "data": {"nonsense": 1}})
    assert not payload(event).is_valid({"event": "other", "data": SAID[event]})


async def test_it_is_served_to_who_is_signed_in() -> None:
    async with client_of(create_origin(make_parts())) as browser:
        stranger = await browser.get("/schema/asyncapi.json")
        answer = await browser.get("/schema/asyncapi.json", headers=bearer(Role.AGENT))
    assert stranger.status_code == 401
    assert (answer.status_code, answer.json()) == (200, json.loads(json.dumps(document())))


def test_a_ring_with_a_contact_is_as_described() -> None:
    ring = incoming_message(busy(), AgentCall("pbx:1", None, "1", None, NOON), contact())
    frame = {"event": "call:incoming", "data": json.loads(bytes(ring.data)), "seq": 1, "version": 2}
    assert frame["data"]["contact"]["name"] == "Ana Lind"
    payload("call:incoming").validate(frame)
