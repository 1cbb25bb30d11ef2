"""api/control/links.py: a link lets through what confirms, and says what there is."""

import pytest
from api_parts import until
from control_parts import FakePbx, linked, logged_in

from api.control import confirm
from api.control.commands import Verdict
from api.control.links import Link, Links
from api.errors import Unavailable
from asterisk.account import Account
from asterisk.actions import Status
from asterisk.errors import ActionTimedOut


async def test_it_asks_for_what_confirms_and_nothing_else(pbx: FakePbx) -> None:
    links = await linked(pbx)
    await until(lambda: bool(pbx.asked_for("Filter")))
    (asked,) = pbx.asked_for("Filter")
    assert asked.get("Filter").startswith("^Event: (") and "Hangup" in asked.get("Filter")
    assert pbx.asked_for("Login")[0].get("Events") == "call,agent"
    await links.close()


async def test_channels_and_extensions_are_looked_up(pbx: FakePbx) -> None:
    links = await linked(pbx)
    link, pbx.nowhere = links.of("pbx"), {"7777"}
    found = await link.channel("u1")
    assert found is not None and found.get("BridgeID") == "b1"
    assert await link.channel("u2") is None
    assert (await link.leads_somewhere("in", "1002"), await link.leads_somewhere("in", "7777")) == (True, False)
    pbx.silent = {"Status"}
    with pytest.raises(ActionTimedOut):
        await link.ask(Status("u1"), timeout=0.05)
    await links.close()


async def test_watches_are_told_by_events_and_one_that_is_left_is_forgotten(pbx: FakePbx) -> None:
    links = await linked(pbx)
    link = links.of("pbx")
    with link.watching(confirm.hangs_up("u1")) as told, link.watching(confirm.answers("u1")) as other:
        pbx.tell("Hangup", Uniqueid="u2")
        pbx.tell("Hangup", Uniqueid="u1")
        assert await told == Verdict(True)
        assert await other == Verdict(False, confirm.GONE)
    with link.watching(None) as never:
        pbx.tell("Hangup", Uniqueid="u1")
    assert never.cancelled()
    await links.close()


async def test_calls_of_commands_are_told_as_they_begin_and_after_each_login(pbx: FakePbx) -> None:
    links = await linked(pbx)
    link, made = links.of("pbx"), list[str]()
    link.made = lambda _, uniqueid: made.append(uniqueid)
    pbx.tell("Newchannel", Uniqueid="tl-1")
    pbx.tell("Newchannel", Uniqueid="pbx-1")
    await until(lambda: made == ["tl-1"])
    pbx.channels["tl-2"] = ("PJSIP/Bob-00000001", "6", "")
    pbx.hang_up()
    await logged_in(link, 2)
    await until(lambda: made == ["tl-1", "tl-2"])
    await links.close()


async def test_a_pbx_that_is_away_or_unknown_is_said_with_what_to_do() -> None:
    links = Links([Link("pbx", Account("127.0.0.1", 1, "control", "secret"))])
    with pytest.raises(Unavailable, match="cannot be reached"):
        links.of("pbx")
    with pytest.raises(Unavailable, match="TRUNKLINE_CONTROL_USER"):
        links.of("other")
    assert links.get("other") is None
