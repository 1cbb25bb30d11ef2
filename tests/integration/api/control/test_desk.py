"""api/control/desk.py and legs.py: everything is looked at before anything is done."""

import pytest
from api_parts import NOON, agent, busy, principal, queue
from control_parts import FakeFacts, FakePbx, Layer, Place, command, linked
from msgspec.structs import replace

from api.control.commands import Command, CommandStatus
from api.control.facts import Seat, Waiting
from api.errors import ApiError, BadRequest, NotFound, Unavailable
from api.roles import Role
from calls.live import AgentLive
from calls.presence import Presence, PresenceState

ME, BOSS, STRANGER = principal(Role.AGENT), principal(Role.SUPERVISOR), principal(Role.AGENT, "theirs")


def talking(name: str = "Alice", uniqueid: str = "u1") -> AgentLive:
    """An agent on the call pbx:1."""
    it = busy(name)
    assert it.call is not None
    return replace(it, call=replace(it.call, uniqueid=uniqueid))


async def desk(pbx: FakePbx, *seats: Seat, **parts: object) -> Layer:
    """A desk for these seats; Alice is on a call and ours if none are told."""
    facts = FakeFacts(*(seats or (Seat(talking(), ME.user_id),)), queues=(queue(),))
    return Layer(await linked(pbx), facts, **parts)  # type: ignore[arg-type]


async def done(layer: Layer, made: Command) -> str:
    """The one action that a command became, by its name and channel."""
    assert (await layer.settled(made)).status in (CommandStatus.CONFIRMED, CommandStatus.FAILED)
    return made.name


async def test_agents_act_on_their_own_calls_and_supervisors_on_all(pbx: FakePbx) -> None:
    layer = await desk(pbx, Seat(talking(), "somebody"))
    with pytest.raises(NotFound, match="Call session not found"):
        await layer.calls.hangup(ME, "pbx:1")
    assert (await layer.calls.hangup(BOSS, "pbx:1")).interface == "PJSIP/Alice"
    for who, call_id in ((STRANGER, "pbx:1"), (BOSS, "pbx:7"), (BOSS, "pbx:1\r\n")):
        with pytest.raises(NotFound, match="Call session not found"):
            await layer.calls.hangup(who, call_id)
    await layer.runner.close()
    await layer.links.close()


async def test_a_channel_that_is_gone_is_no_call_and_a_silent_pbx_is_said(pbx: FakePbx) -> None:
    layer = await desk(pbx)
    del pbx.channels["u1"]
    with pytest.raises(NotFound, match="Call session not found"):
        await layer.calls.answer(ME, "pbx:1")
    pbx.hang_up()
    with pytest.raises(Unavailable):
        await layer.calls.answer(ME, "pbx:1")
    assert layer.store.rows == {}
    await layer.links.close()


async def test_mute_is_confirmed_by_its_answer(pbx: FakePbx) -> None:
    layer = await desk(pbx)
    assert await done(layer, await layer.calls.mute(ME, "pbx:1", muted=True)) == "mute"
    (asked,) = pbx.asked_for("MuteAudio")
    assert (asked.get("Channel"), asked.get("State")) == ("u1", "on")
    await layer.links.close()


async def test_a_transfer_needs_somebody_to_send_and_somewhere_to_send_them(pbx: FakePbx) -> None:
    layer, pbx.nowhere = await desk(pbx), {"*9"}
    with pytest.raises(BadRequest, match="lead nowhere"):
        await layer.calls.transfer(ME, "pbx:1", "*9", "blind")
    pbx.channels["u1"] = ("PJSIP/Alice-00000001", "6", "")
    with pytest.raises(BadRequest, match="talks to nobody"):
        await layer.calls.transfer(ME, "pbx:1", "1002", "blind")
    assert pbx.asked_for("BlindTransfer") == []
    await layer.links.close()


async def test_only_a_consultation_that_is_under_way_is_completed(pbx: FakePbx) -> None:
    layer = await desk(pbx)
    begun = command("transfer", CommandStatus.CONFIRMED, arguments={"type": "attended", "bridge": "b1"})
    for rows in ({}, {begun.id: begun}):
        layer.store.rows = dict(rows)
        with pytest.raises(BadRequest, match="No consultation"):
            await layer.calls.complete(ME, "pbx:1")
    pbx.channels["u1"] = ("PJSIP/Alice-00000001", "6", "b2")
    assert (await layer.calls.complete(ME, "pbx:1")).name == "transfer:complete"
    await layer.runner.close()
    await layer.links.close()


async def test_recording_needs_a_place(pbx: FakePbx) -> None:
    layer = await desk(pbx)
    with pytest.raises(Unavailable, match="TRUNKLINE_RECORDING_SPOOL"):
        await layer.calls.record(ME, "pbx:1")
    await layer.links.close()
    layer = await desk(pbx, place=Place())
    made = await layer.calls.record(ME, "pbx:1")
    assert made.arguments == {"file": "/spool/u1.1.wav"}
    await layer.runner.close()
    await layer.links.close()


async def test_whom_an_agent_talks_to_can_be_sent_on_and_joined(pbx: FakePbx) -> None:
    layer = await desk(pbx)
    with pytest.raises(BadRequest, match="talks to nobody"):
        await layer.calls.redirect(BOSS, "pbx:1", "support")
    pbx.channels["u2"] = ("PJSIP/trunk-00000002", "6", "b1")
    assert (await layer.calls.redirect(BOSS, "pbx:1", "support")).channel == "u2"
    layer.facts.callers["pbx:2"] = Waiting("pbx", "support", "u3")
    pbx.channels["u3"] = ("PJSIP/trunk-00000003", "6", "")
    joined = await layer.calls.bridge(BOSS, "pbx:1", "pbx:2")
    assert joined.arguments == {"other_call_id": "pbx:2"}
    with pytest.raises(BadRequest, match="two different calls"):
        await layer.calls.bridge(BOSS, "pbx:1", "pbx:1")
    await layer.runner.close()
    await layer.links.close()


@pytest.mark.parametrize(
    ("seat", "who", "error"),
    [
        (Seat(agent(), "somebody"), ME, NotFound),
        (Seat(talking(), ME.user_id), ME, BadRequest),
        (Seat(agent(pbx="other"), ME.user_id), ME, Unavailable),
    ],
)
async def test_who_cannot_dial_is_told_why(pbx: FakePbx, seat: Seat, who: object, error: type[ApiError]) -> None:
    layer = await desk(pbx, seat)
    with pytest.raises(error) as told:
        await layer.calls.dial(who, "555")  # type: ignore[arg-type]
    assert told.value.detail.startswith(
        ("Agent extension not found", "Agent is already on a call", "Nothing can be done on the PBX other")
    )
    await layer.links.close()


async def test_a_number_is_dialled_from_ones_own_phone(pbx: FakePbx) -> None:
    layer = await desk(pbx, Seat(agent(), ME.user_id))
    with pytest.raises(NotFound, match="contact"):
        await layer.calls.dial(ME, "555", "nobody")
    layer.facts.contacts.add("c")
    made = await layer.calls.dial(ME, "555", "c", "key")
    assert (await layer.calls.dial(ME, "555", "c", "key")).id == made.id
    assert made.arguments == {"phone_number": "555", "contact_id": "c", "e164": "555"}
    assert (await layer.calls.command(ME, str(made.id))).id == made.id
    for who, number in ((principal(Role.AGENT, "theirs"), str(made.id)), (ME, "nonsense")):
        with pytest.raises(NotFound):
            await layer.calls.command(who, number)
    await layer.runner.close()
    await layer.links.close()


async def test_a_queues_agent_who_has_been_idle_for_longest_calls(pbx: FakePbx) -> None:
    bob = agent("Bob", presence=Presence(PresenceState.AVAILABLE, NOON - 90_000))
    away = agent("Carol", presence=Presence(PresenceState.PAUSED, NOON - 99_000))
    layer = await desk(pbx, Seat(agent(), None), Seat(bob, None), Seat(away, None))
    made = [await layer.calls.route(BOSS, "support", "555") for _ in range(2)]
    assert [each.interface for each in made] == ["PJSIP/Bob", "PJSIP/Alice"]
    with pytest.raises(BadRequest, match="No available agents in queue"):
        await layer.calls.route(BOSS, "support", "555")
    with pytest.raises(NotFound):
        await layer.calls.route(BOSS, "nowhere", "555")
    await layer.runner.close()
    await layer.links.close()
