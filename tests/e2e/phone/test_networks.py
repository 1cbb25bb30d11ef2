"""A network that is another one in mid-call, and one that loses what is said; the figures are the browser's own."""

import asyncio
import sys
import time
from typing import Any

from e2e.phone.conftest import Place
from e2e.phone.desk_page import Bench
from e2e.phone.hearing import humming, until_heard, until_unheard
from e2e.phone.test_calls import AGENT, CUSTOMER, finish, taken
from e2e.phone.test_never_lost import both_hear
from phones.people import Trunk
from playwright.async_api import Request

# Without a network at all.
GONE_S = 2.0
MOST_SILENCE_S = 10.0


async def test_a_call_goes_on_by_another_network(place: Place) -> None:
    whole, asterisk = place
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        wendy = await bench.agent("wendy", AGENT, bent=True)
        await wendy.goes_available()
        customer = await taken(wendy, trunk)
        await wendy.until_hears(CUSTOMER)
        await until_heard(customer, AGENT)
        legs = asterisk.channels()
        # Only the sound finds its old way no more, as when a router was started again.
        began = time.monotonic()
        await wendy.way.mend()
        await until_unheard(customer, AGENT)
        await both_hear(wendy, customer, began, "another way for the sound alone")
        assert time.monotonic() - began < MOST_SILENCE_S
        # No network at all for a moment, then another one.
        began = time.monotonic()
        await wendy.context.set_offline(True)
        await wendy.way.cut()
        await wendy.until("state.phone.line === 'lost'")
        await asyncio.sleep(GONE_S)
        await wendy.way.mend()
        await wendy.context.set_offline(False)
        await both_hear(wendy, customer, began, f"no network for {GONE_S:.0f} s, then another one")
        assert time.monotonic() - began < MOST_SILENCE_S
        assert {leg for leg in legs if "trunk" in leg} <= set(asterisk.channels())
        # The line is whole: hold and resume by it. Sound may be there before the answer to it.
        await wendy.until("state.phone.line === 'ready'")
        await wendy.until_phase("talking")
        await wendy.key("Alt+o")
        await wendy.until_phase("held")
        await wendy.key("Alt+o")
        await both_hear(wendy, customer, time.monotonic(), "hold and resume afterwards")
        await finish(wendy)
        await customer.until_ended()


async def test_a_line_that_loses_what_is_said_is_told_and_kept(place: Place) -> None:
    whole, asterisk = place
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        wendy = await bench.agent("wendy", AGENT, bent=True)
        await wendy.goes_available()
        customer = await taken(wendy, trunk)
        await wendy.until("state.quality?.word === 'good'")
        told: list[Any] = []

        def note(asked: Request) -> None:
            if asked.url.endswith("/phone/quality"):
                told.append(asked.post_data_json)

        wendy.page.on("request", note)
        call_id = await wendy.state("state.own.currentCall.callId")
        assert "Good line" in await wendy.text(".quality")
        wendy.way.loss = 0.2
        await wendy.until("['poor', 'bad'].includes(state.quality?.word) && state.quality.lossRatio > 0.1")
        assert "line" in await wendy.text(".notices")
        await wendy.click("line")
        assert "MOS" in await wendy.text(".figures")
        await wendy.until_hears(CUSTOMER)
        await until_heard(customer, AGENT)
        wendy.way.loss = 0.0
        await wendy.until("state.quality?.word === 'good'")
        await finish(wendy)
        # The last word on the whole leg is neither that of its good nor that of its bad part.
        last = told[-1]
        assert last["callId"] == call_id
        assert 0.01 < last["lossRatio"] < 0.2
        sys.stdout.write(f"\na leg that lost 20 % for a while: MOS {last['mos']}, loss {last['lossRatio']:.3f}\n")
