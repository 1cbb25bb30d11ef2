"""api/control/legs.py: which channel is meant, and whether one may act on it."""

import pytest
from api_parts import agent, busy, principal
from control_parts import FakeFacts, FakePbx, Layer, linked
from msgspec.structs import replace

from api.control.facts import Seat
from api.control.legs import may_act
from api.errors import BadRequest, NotFound, Unavailable
from api.roles import Role
from calls.presence import Presence, PresenceState

ME, BOSS = principal(Role.AGENT), principal(Role.SUPERVISOR)


def test_agents_may_act_for_themselves_and_supervisors_for_all() -> None:
    assert (may_act(ME, Seat(agent(), ME.user_id)), may_act(ME, Seat(agent(), None))) == (True, False)
    assert may_act(BOSS, Seat(agent(), None))


async def test_ones_own_part_goes_before_others_and_talk_before_rings(pbx: FakePbx) -> None:
    parts = []
    for name, state in (
        ("Bob", PresenceState.RINGING),
        ("Carol", PresenceState.ON_CALL),
        ("Dave", PresenceState.ON_CALL),
    ):
        it = busy(name)
        assert it.call is not None
        call = replace(it.call, uniqueid=name)
        parts.append(Seat(replace(it, call=call, presence=Presence(state, 0)), ME.user_id if name == "Dave" else None))
        pbx.channels[name] = (f"PJSIP/{name}-1", "6", "b1")
    layer = Layer(await linked(pbx), FakeFacts(*parts))
    assert (await layer.calls.legs.agents_part(ME, "pbx:1"))[0].uniqueid == "Dave"
    layer.facts.seats.pop()
    assert (await layer.calls.legs.agents_part(BOSS, "pbx:1"))[0].uniqueid == "Carol"
    pbx.silent = {"Status", "CoreShowChannels"}
    pbx.hang_up()
    with pytest.raises(Unavailable):
        await layer.calls.legs.callers_part(BOSS, "pbx:1")
    await layer.links.close()


async def test_the_call_that_is_on_hold_during_a_consultation_is_still_ones_own(pbx: FakePbx) -> None:
    pbx.channels = {"7": ("PJSIP/Alice-00000007", "6", "b7"), "8": ("PJSIP/Alice-00000008", "6", "b8")}
    layer = Layer(await linked(pbx), FakeFacts(Seat(agent(), ME.user_id, "page"), Seat(agent("Bob"), None)))
    layer.facts.held = {"pbx:7", "pbx:9"}
    leg, _ = await layer.calls.legs.agents_part(ME, "pbx:7")
    assert (leg.uniqueid, leg.bridge, leg.page) == ("7", "b7", "page")
    for call in ("pbx:8", "pbx:9"):
        with pytest.raises(NotFound):
            await layer.calls.legs.agents_part(ME, call)
    await layer.links.close()


async def test_an_agent_is_oneself_or_named(pbx: FakePbx) -> None:
    away = agent("Alice", pbx="other", presence=Presence(PresenceState.OFFLINE, 0))
    layer = Layer(
        await linked(pbx), FakeFacts(Seat(away, ME.user_id), Seat(agent(), ME.user_id), Seat(agent("Bob"), None))
    )
    legs = layer.calls.legs
    assert (await legs.agent(ME, None)).agent.pbx == "pbx"
    assert (await legs.agent(BOSS, "PJSIP/Bob")).agent.name == "Bob"
    with pytest.raises(BadRequest, match="several"):
        await legs.agent(BOSS, "PJSIP/Alice")
    for who, wanted in ((ME, "PJSIP/Bob"), (BOSS, None), (BOSS, "PJSIP/No\nbody")):
        with pytest.raises(NotFound, match="Agent extension not found"):
            await legs.agent(who, wanted)
    await layer.links.close()
