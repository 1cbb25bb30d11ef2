"""An agent's day at the desk, in a real browser on a real Asterisk; what both ends hear is checked by frequency."""

from e2e.phone.conftest import WRAP_UP_S, Place
from e2e.phone.desk_page import Bench, DeskPage
from e2e.phone.hearing import humming, until_heard, until_pressed, until_unheard
from phones.call import Call
from phones.people import Desk, Trunk

AGENT, CUSTOMER, COLLEAGUE = 1000, 440, 600


async def taken(desk: DeskPage, trunk: Trunk, number: str = "5550123") -> Call:
    """A customer's call to Sales that the agent has answered."""
    customer = trunk.dial("2002", number=number, name="Mira Costa")
    await desk.until_phase("ringing")
    await desk.key("Alt+a")
    await desk.until_phase("talking")
    await desk.until_state("on_call")
    return customer


async def finish(desk: DeskPage) -> None:
    """Hang up and be available again."""
    await desk.key("Alt+h")
    await free_again(desk)


async def free_again(desk: DeskPage) -> None:
    """After the call."""
    await desk.until_phase("none")
    await desk.until("['wrap_up', 'available'].includes(state.own?.state)")


async def test_a_call_from_a_queue_from_ring_to_wrap_up(place: Place) -> None:
    whole, asterisk = place
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        wendy = await bench.agent("wendy", AGENT)
        await wendy.goes_available()
        customer = trunk.dial("2002", number="5550123", name="Mira Costa")
        await wendy.until_phase("ringing")
        await wendy.until("state.queue === '2002'")
        assert "Mira Costa" in await wendy.text(".toast") and "Sales" in await wendy.text(".toast")
        assert await wendy.page.title() in ("Incoming call: Mira Costa", "Phone · Trunkline")
        await wendy.key("Alt+a")
        await wendy.until_phase("talking")
        await wendy.until_hears(CUSTOMER, but_not=(AGENT,))
        await until_heard(customer, AGENT)
        # Mute, by its key and by its button.
        await wendy.key("Alt+m")
        await until_unheard(customer, AGENT)
        await wendy.click("Unmute")
        await until_heard(customer, AGENT)
        # On hold the customer hears neither us nor nothing; both come back.
        await wendy.until_state("on_call")
        await wendy.key("Alt+o")
        await wendy.until_state("on_hold")
        await until_unheard(customer, AGENT)
        await wendy.until_silent(CUSTOMER)
        await wendy.key("Alt+o")
        await wendy.until_state("on_call")
        await until_heard(customer, AGENT)
        await wendy.until_hears(CUSTOMER)
        await wendy.key("Alt+k")
        for key in "159#":
            await wendy.key(key)
        await until_pressed(customer, "159#")
        await wendy.key("Escape")
        # What is typed is kept without a click, and is there again after a reload.
        await wendy.key("Alt+n")
        await wendy.page.keyboard.type("wants a red one")
        await wendy.until("state.notes.state === 'kept' && state.notes.text === 'wants a red one'")
        call_id = await wendy.state("state.notes.callId")
        await wendy.key("Escape")
        await wendy.until("state.quality")
        assert "line" in await wendy.text(".quality")
        await wendy.key("Alt+h")
        await customer.until_ended()
        await wendy.until_state("wrap_up")
        # A member of the PBX's own files is left alone to the end, and is told so.
        await wendy.key("Alt+a")
        await wendy.until("state.notice?.text.startsWith('The queue keeps its wrap-up')")
        assert await wendy.state("state.own.until - state.own.since") == WRAP_UP_S * 1000
        await wendy.key("Alt+w")
        await wendy.until("state.own.state === 'wrap_up' && state.own.until === null")
        await wendy.key("1")
        await wendy.until("state.notes.result === 'CALL_BACK' && state.notes.state === 'kept'")
        kept = whole.get(f"/api/pbx/calls/{call_id}")
        assert (kept["notes"], kept["disposition"]) == ("wants a red one", "CALL_BACK")
        await wendy.key("Alt+a")
        await wendy.until_state("available")
        await wendy.until("state.history.length > 0 && !state.history[0].missed && state.history[0].talkS > 0")
        assert "Mira Costa" in await wendy.text(".today")


async def test_calls_that_are_made_refused_and_missed(place: Place) -> None:
    whole, asterisk = place
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        trunk.answers_after(0.1)
        # A link from elsewhere leads to the login, and then to the call.
        wendy = await bench.agent("wendy", AGENT, "/phone?dial=tel:555-1234")
        called = await trunk.next_answered()
        assert called.extension.endswith("5551234")
        await wendy.until_phase("talking")
        await wendy.until_hears(CUSTOMER)
        await until_heard(called, AGENT)
        await finish(wendy)
        # By typing a number, and by a click in the day's calls.
        await wendy.key("/")
        await wendy.page.keyboard.type("555 9876")
        await wendy.key("Enter")
        called = await trunk.next_answered()
        assert called.extension.endswith("5559876")
        await wendy.until_hears(CUSTOMER)
        await called.hang_up()
        await free_again(wendy)
        await wendy.goes_available()
        caller = trunk.dial("2002", number="5550199", name="Dora Quist")
        await wendy.until_phase("ringing")
        await wendy.until_state("ringing")
        await wendy.key("Alt+h")
        await wendy.until_phase("none")
        # A caller who hangs up before the PBX knows of the refusal was missed by nobody.
        await wendy.until("state.own?.state !== 'ringing'")
        await caller.hang_up()
        await wendy.until("state.history.some((each) => each.missed)")
        assert "Dora Quist" in await wendy.text(".missed")
        await wendy.click("Call Dora Quist")
        called = await trunk.next_answered()
        assert called.extension.endswith("5550199")
        await wendy.until_hears(CUSTOMER)
        await finish(wendy)


async def test_transfers(place: Place) -> None:
    whole, asterisk = place
    async with (
        Bench(whole) as bench,
        Desk(asterisk, "1002", media=humming(COLLEAGUE)) as bob,
        Trunk(asterisk, media=humming(CUSTOMER)) as trunk,
    ):
        bob.answers_after(0.1)
        wendy = await bench.agent("wendy", AGENT)
        await wendy.goes_available()
        # Blind; first to what leads nowhere, which must not cost the customer.
        customer = await taken(wendy, trunk)
        await transfer(wendy, "*91", "Enter")
        await wendy.until("state.notice?.colour === 'warn'")
        await wendy.until_hears(CUSTOMER)
        await transfer(wendy, "1002", "Enter", shows="Available")
        moved = await bob.next_answered()
        await until_heard(moved, CUSTOMER)
        await until_heard(customer, COLLEAGUE)
        await free_again(wendy)
        assert not customer.ended.is_set()
        await customer.hang_up()
        await moved.until_ended()
        # Asked first: the customer hears music meanwhile, and nobody hears two.
        customer = await taken(wendy, trunk)
        await transfer(wendy, "1002", "Alt+Enter")
        asked = await bob.next_answered()
        await wendy.until_hears(COLLEAGUE)
        await until_heard(asked, AGENT)
        await until_unheard(customer, AGENT)
        await wendy.key("Alt+b")
        await asked.until_ended()
        await wendy.until_phase("talking")
        await wendy.until_hears(CUSTOMER)
        await until_heard(customer, AGENT)
        await transfer(wendy, "1002", "Alt+Enter")
        asked = await bob.next_answered()
        await wendy.until("state.phone.calls.at(-1).phase === 'talking'")
        await wendy.key("Alt+t")
        await free_again(wendy)
        await until_heard(asked, CUSTOMER)
        await until_heard(customer, COLLEAGUE)
        await customer.hang_up()


async def transfer(desk: DeskPage, to: str, key: str, shows: str = "") -> None:
    """Choose whom to transfer to, by number; `key` says how. `shows`: what the list says of them."""
    await desk.key("Alt+t")
    await desk.page.wait_for_selector("#reach")
    await desk.page.keyboard.type(to)
    await desk.until_shown("#reach-0", to, shows)
    await desk.key(key)


async def test_three_talk_together(place: Place) -> None:
    whole, asterisk = place
    async with (
        Bench(whole) as bench,
        Desk(asterisk, "1002", media=humming(COLLEAGUE)) as bob,
        Trunk(asterisk, media=humming(CUSTOMER)) as trunk,
    ):
        bob.answers_after(0.1)
        wendy = await bench.agent("wendy", AGENT)
        await wendy.goes_available()
        customer = await taken(wendy, trunk)
        await wendy.key("Alt+c")
        await wendy.page.wait_for_selector("#reach")
        await wendy.page.keyboard.type("1002")
        await wendy.key("Enter")
        third = await bob.next_answered()
        for call, tones in ((customer, (AGENT, COLLEAGUE)), (third, (AGENT, CUSTOMER))):
            for tone in tones:
                await until_heard(call, tone)
        await wendy.until_hears(CUSTOMER)
        await wendy.until_hears(COLLEAGUE)
        await finish(wendy)


async def test_sound_is_tried_before_calls_are_taken(place: Place) -> None:
    whole, _ = place
    async with Bench(whole) as bench:
        walter = await bench.agent("walter", AGENT)
        await walter.key("Alt+g")
        await walter.click("Start echo test")
        await walter.until_hears(AGENT)
        # The bar moves with the microphone.
        await walter.page.wait_for_selector("dialog[open] level-meter")
        await walter.page.wait_for_function(
            "parseInt(document.querySelector('dialog[open] level-meter i').style.width) > 10"
        )
        await walter.click("End echo test")
        await walter.until_phase("none")
        assert await walter.page.locator("dialog select").first.locator("option").count() > 1
