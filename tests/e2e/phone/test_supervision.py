"""A supervisor on somebody's call: three different tones say who hears whom."""

import json
from urllib.parse import quote

from e2e.phone.conftest import Place
from e2e.phone.desk_page import Bench, DeskPage
from e2e.phone.hearing import humming, until_heard, until_unheard
from e2e.phone.test_calls import AGENT, CUSTOMER, finish, taken
from phones.people import Trunk

SUPERVISOR = 700
SEND = """
async ([path, body]) =>
  (await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body })).status
"""


async def supervise(desk: DeskPage, call_id: str, mode: str) -> None:
    """As the grid of agents does it."""
    path, body = f"/api/pbx/calls/{quote(call_id)}/supervise", json.dumps({"mode": mode})
    status = await desk.page.evaluate(SEND, [path, body])
    assert status == 202
    await desk.until(f"state.phone.calls.some((call) => call.phase === 'talking' && call.name === '{mode.title()}')")


async def test_listen_whisper_and_barge(place: Place) -> None:
    whole, asterisk = place
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        wendy = await bench.agent("wendy", AGENT)
        await wendy.goes_available()
        customer = await taken(wendy, trunk)
        call_id = await wendy.state("state.own.currentCall.callId")
        susan = await bench.agent("susan", SUPERVISOR)
        await supervise(susan, call_id, "listen")
        await susan.until_hears(CUSTOMER)
        await susan.until_hears(AGENT)
        await wendy.until_silent(SUPERVISOR)
        await until_unheard(customer, SUPERVISOR)
        # Whispered to: the agent hears it, the customer never.
        await supervise(susan, call_id, "whisper")
        await wendy.until_hears(SUPERVISOR)
        await wendy.until_hears(CUSTOMER)
        await until_unheard(customer, SUPERVISOR)
        await supervise(susan, call_id, "barge")
        await until_heard(customer, SUPERVISOR)
        await until_heard(customer, AGENT)
        await wendy.until_hears(SUPERVISOR)
        # The end of supervising is not the end of the call.
        await susan.key("Alt+h")
        await susan.until_phase("none")
        await until_unheard(customer, SUPERVISOR)
        await wendy.until_hears(CUSTOMER)
        await finish(wendy)
        log = whole.get("/api/admin/audit?from=2020-01-01&to=2100-01-01")["items"]
        modes = [entry for entry in log if entry["action"] == "call.supervise"]
        assert len(modes) == 3
