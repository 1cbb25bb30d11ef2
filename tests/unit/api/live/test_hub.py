"""api/live/hub.py: each room hears its own, in order, and nobody waits for anybody."""

import asyncio
import json
from typing import Any

import pytest
from api_parts import NOON, UTC, Clock, FakePulse, agent, busy, changed_call, principal, queue
from msgspec.structs import replace

from api.live.board import Board
from api.live.client import OUTBOX, SIGNED_OUT, TOO_SLOW, Client
from api.live.freshness import PbxReport
from api.live.hub import HEARTBEAT_MS, SOCKETS_PER_USER, Hub
from api.roles import Role
from api.tokens import Principal
from calls.form import call_uuid
from calls.presence import Presence, PresenceState


class Room:
    """A hub with a board, a clock and a pulse, and what its sockets were told."""

    def __init__(self) -> None:
        self.board, self.clock, self.pulse = Board(), Clock(), FakePulse()
        self.board.replace([agent()], [queue()])
        self.hub = Hub(self.board, self.pulse, UTC, self.clock)
        self.hub.flush()

    def join(self, tenant: str = "default", role: Role = Role.MANAGER) -> Client:
        """A new socket."""
        client = self.hub.join(principal(role, tenant))
        assert client is not None
        return client

    def later(self, ms: int) -> None:
        """Time passes, and what is due each second happens."""
        self.clock.now += ms
        self.hub.tick()
        self.hub.flush()


def heard(client: Client) -> list[dict[str, Any]]:
    """Every frame in the outbox."""
    return [json.loads(frame) for frame in client.take_frames()]


def events(client: Client) -> list[str]:
    """The events in the outbox."""
    return [frame["event"] for frame in heard(client)]


async def test_a_snapshot_comes_first() -> None:
    (first,) = heard(Room().join())
    assert (first["event"], first["seq"], first["version"]) == ("snapshot", 1, None)
    data = first["data"]
    assert (data["now"], data["queues"][0]["queueId"], data["agents"][0]["agentId"]) == (NOON, "support", "PJSIP/Alice")
    assert data["totals"]["waiting"] == 1
    assert data["health"] == {
        "asOf": NOON, "behindMs": 41, "pbxs": [{"pbx": "pbx", "asOf": NOON}], "lastGap": None,
        "final": 7, "provisional": 2,
    }  # fmt: skip


async def test_then_come_numbered_changes() -> None:
    room = Room()
    client = room.join()
    room.board.put_agent(busy())
    room.hub.flush()
    room.board.put_call(changed_call())
    room.hub.flush()
    frames = heard(client)
    assert [frame["event"] for frame in frames] == [
        "snapshot", "presence:update", "queue:update", "call:state:changed", "call:ended",
    ]  # fmt: skip
    assert [frame["seq"] for frame in frames] == [1, 2, 3, 4, 5]
    assert frames[1]["version"] == 2


async def test_each_socket_counts_its_own() -> None:
    room = Room()
    early = room.join()
    room.board.put_queue(queue(version=2))
    room.hub.flush()
    late = room.join()
    room.board.put_queue(queue(version=3))
    room.hub.flush()
    assert [frame["seq"] for frame in heard(early)] == [1, 2, 3]
    assert [frame["seq"] for frame in heard(late)] == [1, 2]


async def test_rooms_hear_their_own_tenant_only() -> None:
    room = Room()
    ours, theirs = room.join(), room.join("other")
    room.board.put_agent(busy())
    room.board.put_call(changed_call())
    room.hub.flush()
    room.later(1_000)
    (snapshot, summary) = heard(theirs)
    assert (snapshot["data"]["agents"], snapshot["data"]["queues"], snapshot["data"]["health"]["pbxs"]) == ([], [], [])
    assert summary["data"]["totals"]["waiting"] == 0
    assert len(heard(ours)) > 2


async def test_a_slow_reader_is_dropped_and_slows_nobody() -> None:
    room = Room()
    slow, quick = room.join(), room.join()
    told = 0
    for version in range(2, OUTBOX + 10):
        room.board.put_queue(queue(version=version))
        room.hub.flush()
        told += len(heard(quick))
    assert (slow.close_code, quick.close_code) == (TOO_SLOW, None)
    assert told == OUTBOX + 9
    room.hub.leave(slow)
    assert room.hub.counts.dropped == 1


async def test_a_summary_comes_when_it_changed_and_as_a_heartbeat() -> None:
    room = Room()
    client = room.join()
    heard(client)
    room.later(1_000)
    assert events(client) == ["summary"]
    room.later(1_000)
    assert events(client) == []
    room.pulse.known = [PbxReport("pbx", NOON + 1_000, 41)]
    room.pulse.heard = NOON + 1_000
    room.later(500)
    assert events(client) == ["summary"]
    room.pulse.known = [PbxReport("pbx", NOON + HEARTBEAT_MS * 2, 41)]
    room.later(HEARTBEAT_MS)
    assert events(client) == ["summary"]


async def test_the_end_of_wrap_up_is_told_without_an_event() -> None:
    room = Room()
    wrap_up = Presence(PresenceState.WRAP_UP, NOON, until=NOON + 1_500, then=PresenceState.AVAILABLE)
    room.board.put_agent(agent(version=2, presence=wrap_up))
    room.hub.flush()
    client = room.join()
    heard(client)
    room.later(1_000)
    assert "presence:update" not in events(client)
    room.later(1_000)
    told = {frame["event"]: frame["data"] for frame in heard(client)}
    assert told["presence:update"]["state"] == "available"
    assert told["queue:update"]["states"] == {"available": 1}


async def test_midnight_begins_a_new_day_for_everybody() -> None:
    room = Room()
    client = room.join()
    heard(client)
    room.later(12 * 3_600_000)
    told = {frame["event"]: frame["data"] for frame in heard(client)}
    assert told["queue:update"]["today"]["offered"] == 0
    assert told["presence:update"]["handledToday"] == 0
    assert told["summary"]["totals"]["offered"] == 0


async def test_who_is_signed_in_no_more_is_dismissed() -> None:
    room = Room()
    stays, goes = room.join(), room.join(role=Role.ANALYST)

    async def still_holds(someone: Principal) -> bool:
        return someone.role is Role.MANAGER

    await room.hub.dismiss(0.0, still_holds)
    assert (stays.close_code, goes.close_code) == (None, SIGNED_OUT)


async def test_a_token_that_is_over_ends_its_socket_even_while_nobody_can_be_asked() -> None:
    room = Room()
    stays, goes = room.join(), room.hub.join(principal(expires=1_000))
    assert goes is not None

    async def cannot_tell(someone: Principal) -> bool:
        raise OSError("the database is away")

    with pytest.raises(OSError, match="away"):
        await room.hub.dismiss(1_000.0, cannot_tell)
    assert (stays.close_code, goes.close_code) == (None, SIGNED_OUT)


async def test_one_user_has_only_so_many_sockets() -> None:
    room = Room()
    clients = [room.join() for _ in range(SOCKETS_PER_USER)]
    assert room.hub.join(principal()) is None
    assert room.hub.join(principal(Role.ANALYST)) is not None
    room.hub.leave(clients[0])
    assert room.hub.join(principal()) is not None


async def test_an_empty_room_is_forgotten() -> None:
    room = Room()
    client = room.join()
    assert room.hub.tenants == ["default"]
    room.hub.leave(client)
    room.later(1_000)
    assert (room.hub.tenants, room.hub.clients) == ([], [])


async def test_changes_are_spread_by_themselves() -> None:
    room = Room()
    client = room.join()
    spreading = asyncio.create_task(room.hub.spread())
    room.board.put_queue(queue(version=2))
    room.hub.stir()
    client.take_frames()
    await client.until_frames()
    frames = heard(client)
    spreading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await spreading
    assert [frame["event"] for frame in frames] == ["queue:update"]


def seated(room: Room, *seats: str) -> Client:
    """A socket of a user who is these agents."""
    client = room.hub.join(principal(Role.AGENT), frozenset(seats))
    assert client is not None
    return client


async def test_a_part_hears_its_own_only_and_its_own_sums() -> None:
    room = Room()
    room.board.replace([agent(), agent("Bob", queues=["sales"])], [queue(), queue("sales", waiting=[])])
    room.hub.flush()
    client = room.join()
    assert room.hub.subscribe(client, ["queue:pbx:sales"])
    (_, shown) = heard(client)
    room.board.put_agent(busy())
    room.board.put_agent(busy("Bob"))
    room.board.put_queue(queue(version=2))
    room.later(1_000)
    told = heard(client)
    assert (shown["event"], [each["queueId"] for each in shown["data"]["queues"]]) == ("snapshot", ["sales"])
    assert shown["data"]["totals"]["waiting"] == told[0]["data"]["totals"]["waiting"] == 0
    assert [frame["event"] for frame in told] == ["summary", "queue:update"]
    assert room.hub.subscribe(client, None)
    assert len(heard(client)[0]["data"]["agents"]) == 2


async def test_what_is_not_there_is_not_heard_and_changes_nothing() -> None:
    room = Room()
    room.board.put_queue(queue("theirs", tenant="other"))
    client = room.join()
    for name in ("queue:pbx:theirs", "queue:pbx:nowhere", "agent:pbx:PJSIP/Nobody", "all", "members:pbx:support", ""):
        assert not room.hub.subscribe(client, ["queue:pbx:support", name])
    assert (client.rooms, events(client)) == ({"all"}, ["snapshot"])


async def test_an_agent_hears_its_seat_and_its_queues() -> None:
    room = Room()
    client = seated(room, "pbx:PJSIP/Alice")
    ((_, snapshot), rooms) = (("", heard(client)[0]["data"]), client.rooms)
    assert [each["name"] for each in snapshot["agents"]] == ["Alice"]
    assert rooms == {"agent:pbx:PJSIP/Alice", "queue:pbx:support"}
    room.board.put_agent(agent("Bob"))
    room.hub.flush()
    assert events(client) == ["queue:update"]
    assert not room.hub.subscribe(client, ["agent:pbx:PJSIP/Bob"])
    assert room.hub.subscribe(client, ["queue:pbx:support"])
    assert heard(client)[0]["data"]["agents"] == []


async def test_a_ring_is_told_to_the_agent_alone_and_once() -> None:
    room = Room()
    own, watching = seated(room, "pbx:PJSIP/Alice"), room.join()
    heard(own), heard(watching)
    ringing = busy()
    room.board.put_agent(replace(ringing, presence=Presence(PresenceState.RINGING, NOON, call_id="1")))
    room.hub.flush()
    told = {frame["event"]: frame["data"] for frame in heard(own)}
    assert told["call:incoming"] == {
        "callId": "pbx:1", "callSessionId": str(call_uuid("pbx:1")), "from": "+493012345", "to": "Alice",
        "queue": "support", "contactName": "Ana",
    }  # fmt: skip
    assert told["agent:status:updated"] == {"agentId": "PJSIP/Alice", "status": "BUSY"}
    assert events(watching) == ["presence:update", "queue:update"]


async def test_who_is_nobody_hears_nothing() -> None:
    room = Room()
    client = seated(room, "pbx:PJSIP/Nobody")
    room.board.put_agent(busy())
    room.board.put_call(changed_call())
    room.hub.flush()
    (snapshot,) = heard(client)
    assert (snapshot["data"]["agents"], snapshot["data"]["queues"]) == ([], [])


async def test_an_agent_who_changes_queues_hears_the_new_ones() -> None:
    room = Room()
    room.board.put_queue(queue("sales"))
    client = seated(room, "pbx:PJSIP/Alice")
    room.board.put_agent(agent(version=2, queues=["sales"]))
    room.later(1_000)
    heard(client)
    room.board.put_queue(queue(version=9))
    room.board.put_queue(queue("sales", version=9))
    room.hub.flush()
    assert [frame["data"]["queueId"] for frame in heard(client)] == ["sales"]


async def test_a_snapshot_is_made_once_until_something_is_told() -> None:
    room = Room()
    room.join()
    room.board.put_queue(queue(version=2, waiting=[]))
    before = room.join()
    room.hub.flush()
    after = room.join()
    assert [frame["event"] for frame in heard(before)] == ["snapshot", "queue:update"]
    assert heard(after)[0]["data"]["queues"][0]["waiting"] == 0
