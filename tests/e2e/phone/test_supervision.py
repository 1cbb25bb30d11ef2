"""A supervisor on somebody's call: three different tones say who hears whom."""

from e2e.phone.conftest import Place
from e2e.phone.desk_page import Bench, DeskPage
from e2e.phone.hearing import humming, until_heard, until_unheard
from e2e.phone.test_calls import AGENT, CUSTOMER, finish, taken
from phones.people import Trunk
from playwright.async_api import Page

SUPERVISOR = 700
WORDS = {"listen": "Listen", "whisper": "Whisper to the agent", "barge": "Speak to both"}


async def supervise(desk: DeskPage, grid: Page, mode: str) -> None:
    """By the grid of agents on the live page."""
    await grid.get_by_role("button", name=WORDS[mode], exact=True).click()
    await desk.until(f"state.phone.calls.some((call) => call.phase === 'talking' && call.name === '{mode.title()}')")


async def test_listen_whisper_and_barge(place: Place) -> None:
    whole, asterisk = place
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        wendy = await bench.agent("wendy", AGENT)
        await wendy.goes_available()
        customer = await taken(wendy, trunk)
        susan = await bench.agent("susan", SUPERVISOR)
        grid = await susan.context.new_page()
        await grid.goto(f"{whole.url}/reports/live")
        await grid.get_by_role("button", name="Listen to Wendy").click()
        await supervise(susan, grid, "listen")
        await susan.until_hears(CUSTOMER)
        await susan.until_hears(AGENT)
        await wendy.until_silent(SUPERVISOR)
        await until_unheard(customer, SUPERVISOR)
        # Whispered to: the agent hears it, the customer never.
        await supervise(susan, grid, "whisper")
        await wendy.until_hears(SUPERVISOR)
        await wendy.until_hears(CUSTOMER)
        await until_unheard(customer, SUPERVISOR)
        await supervise(susan, grid, "barge")
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
