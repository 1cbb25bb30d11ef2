"""api/control/floor.py: statuses and queues come to the right actions."""

import pytest
from api_parts import NOON, agent, principal, queue, until
from control_parts import FakeFacts, FakePbx, Layer, linked
from msgspec.structs import replace

from api.control.facts import Seat
from api.errors import BadRequest, NotFound, Unavailable
from api.roles import Role
from calls.presence import Presence, PresenceState

ME = principal(Role.AGENT)
DYNAMIC = {"Queue": "support", "Location": "PJSIP/Alice", "Membership": "dynamic", "Name": "Alice", "Penalty": "2"}
STATIC = {"Queue": "sales", "Location": "PJSIP/Alice", "Membership": "static", "Name": "Alice", "Paused": "1"}


async def floor(pbx: FakePbx, *members: dict[str, str]) -> Layer:
    """Alice at work in these queues."""
    pbx.members = list(members)
    return Layer(await linked(pbx), FakeFacts(Seat(agent(), ME.user_id), queues=(queue(),)))


async def steps(layer: Layer, pbx: FakePbx, *names: str) -> list[tuple[str, ...]]:
    """What the PBX was asked to do, after a while."""
    await layer.runner.close()
    await layer.links.close()
    told = [packet for packet in pbx.heard if packet.get("Action") in names]
    return [(it.get("Action"), it.get("Queue"), it.get("Paused"), it.get("Reason")) for it in told]


async def test_offline_leaves_what_can_be_left_and_pauses_in_the_rest(pbx: FakePbx) -> None:
    layer = await floor(pbx, DYNAMIC, STATIC)
    made = await layer.floor.status(ME, "OFFLINE")
    assert made.arguments == {"status": "OFFLINE", "left": ["support"]}
    pbx.tell("QueueMemberRemoved", Interface="PJSIP/Alice", Queue="support")
    pbx.tell("QueueMemberPause", Interface="PJSIP/Alice", Queue="sales", Paused="1")
    await layer.settled(made)
    assert await steps(layer, pbx, "QueueRemove", "QueuePause") == [
        ("QueueRemove", "support", "", ""),
        ("QueuePause", "sales", "true", "offline"),
    ]


async def test_offline_again_keeps_what_to_come_back_to(pbx: FakePbx) -> None:
    layer = await floor(pbx)
    layer.facts.left = ["support"]
    made = await layer.floor.status(ME, "OFFLINE")
    assert made.arguments["left"] == ["support"]
    assert (await layer.settled(made)).status == "confirmed"
    await layer.links.close()


@pytest.mark.parametrize(("status", "paused", "reason"), [("AVAILABLE", "false", ""), ("BUSY", "true", "busy")])
async def test_who_comes_back_is_in_its_queues_again(pbx: FakePbx, status: str, paused: str, reason: str) -> None:
    layer = await floor(pbx, STATIC)
    layer.facts.left = ["support", "sales"]
    made = await layer.floor.status(ME, status)  # type: ignore[arg-type]
    pbx.refused["QueueAdd"] = "Unable to add interface: Already there"
    await layer.settled(made)
    assert await steps(layer, pbx, "QueueAdd", "QueuePause") == [
        ("QueueAdd", "support", paused, ""),
        ("QueuePause", "", paused, reason),
    ]


async def test_who_is_available_is_done_with_wrap_up(pbx: FakePbx) -> None:
    """Where that can be: in queues that leave the agent alone because of the last call, and let go of their members."""
    ended = str(NOON // 1000 - 4)
    other = DYNAMIC | {"Queue": "idle", "LastCall": str(NOON // 1000 - 60)}
    layer = await floor(pbx, DYNAMIC | {"LastCall": ended}, STATIC | {"LastCall": ended}, other)
    layer.facts.rests = {"support": 10.0, "sales": 10.0, "idle": 10.0}
    (seat,) = layer.facts.seats
    wrapping = Presence(PresenceState.WRAP_UP, NOON - 4000, until=NOON + 6000, then=PresenceState.AVAILABLE)
    layer.facts.seats = [replace(seat, agent=replace(seat.agent, presence=wrapping))]
    made = await layer.floor.status(ME, "AVAILABLE")
    assert made.arguments == {"status": "AVAILABLE", "left": [], "again": ["support"]}
    await until(lambda: len(pbx.asked_for("QueuePause")) == 1)
    (added,) = pbx.asked_for("QueueAdd")
    assert (added.get("MemberName"), added.get("Penalty"), added.get("Paused")) == ("Alice", "2", "false")
    # A pause keeps calls away by itself.
    await layer.floor.status(ME, "AWAY", "lunch")
    await until(lambda: len(pbx.asked_for("QueuePause")) == 2)
    assert await steps(layer, pbx, "QueueRemove", "QueueAdd", "QueuePause") == [
        ("QueueRemove", "support", "", ""),
        ("QueueAdd", "support", "false", ""),
        ("QueuePause", "", "false", ""),
        ("QueuePause", "", "true", "lunch"),
    ]


async def test_a_name_that_asterisk_could_not_store_is_no_obstacle(pbx: FakePbx) -> None:
    layer = await floor(pbx)
    layer.facts.seats, layer.facts.left = [Seat(replace(agent(), name="A|B;C"), ME.user_id)], ["support"]
    await layer.floor.join(ME, "support", None, 3, paused=False)
    await layer.floor.status(ME, "AVAILABLE")
    await until(lambda: len(pbx.asked_for("QueueAdd")) == 2)
    assert {it.get("MemberName") for it in pbx.asked_for("QueueAdd")} == {"A B C"}
    await layer.runner.close()
    await layer.links.close()


async def test_nobody_comes_back_to_a_queue_that_has_become_another_tenants(pbx: FakePbx) -> None:
    layer = await floor(pbx, STATIC)
    layer.facts.left, layer.facts.queues = ["support"], [queue(tenant="theirs")]
    await layer.floor.status(ME, "AVAILABLE")
    assert await steps(layer, pbx, "QueueAdd") == []


async def test_who_is_in_no_queue_cannot_be_available(pbx: FakePbx) -> None:
    layer = await floor(pbx)
    with pytest.raises(BadRequest, match="in no queue"):
        await layer.floor.status(ME, "AVAILABLE")
    pbx.silent = {"QueueStatus"}
    pbx.hang_up()
    with pytest.raises(Unavailable):
        await layer.floor.status(ME, "AWAY", "lunch")
    await layer.links.close()


async def test_membership_and_pauses(pbx: FakePbx) -> None:
    layer = await floor(pbx)
    pbx.refused["QueueAdd"] = "Already there"
    for made in (
        await layer.floor.join(ME, "support", None, 3, paused=True),
        await layer.floor.leave(ME, "pbx:support", None),
        await layer.floor.pause(ME, "support", "PJSIP/Alice", "lunch", paused=True),
    ):
        assert made.interface == "PJSIP/Alice"
    with pytest.raises(NotFound):
        await layer.floor.leave(ME, "nowhere", None)
    await layer.runner.close()
    await layer.links.close()


async def test_a_queue_is_told_as_the_pbx_has_it(pbx: FakePbx) -> None:
    layer = await floor(pbx, DYNAMIC)
    told = await layer.floor.queue(ME, "support")
    (member,) = told.members
    assert (told.queue_id, member.kind, member.penalty, member.paused) == ("support", "dynamic", 2, False)
    await layer.links.close()
