"""What is around the calls: who rings and on what, clocks and pauses, wrap-up, what is known of a customer, the app."""

import time

from e2e.phone.conftest import LONG_WRAP_UP_S, Place
from e2e.phone.desk_page import Bench, DeskPage
from e2e.phone.hearing import humming, until_heard
from e2e.phone.test_calls import AGENT, COLLEAGUE, CUSTOMER, finish, free_again, taken, transfer
from phones.people import Desk, Trunk

NUMBER = "12025550147"
# Nobody else calls from here.
NEW_NUMBER = "12025550163"
CONTACT = {"name": "Mira Costa", "number": f"+{NUMBER}", "company": "Costa Imports", "notes": "Speaks Portuguese."}
# Headless browsers ask nobody, and have no screen to notify on: what the page asks of them is written down. So is on
# which device an element is heard.
WATCHED = """
window.told = [];
window.sinks = [];
window.elsewhere = false;
document.hasFocus = () => !window.elsewhere;
window.Notification = class {
  static permission = "default";
  static async requestPermission() { return (this.permission = "granted"); }
  constructor(title, options) { this.title = title; this.body = options.body; window.told.push(this); }
  close() { this.closed = true; }
};
const sink = HTMLMediaElement.prototype.setSinkId;
HTMLMediaElement.prototype.setSinkId = function (id) { window.sinks.push([this, id]); return sink.call(this, id); };
"""
AN_HOUR_AHEAD = "{ const now = Date.now.bind(Date); Date.now = () => now() + 3_600_000; }"
# The device on which something plays that is not a call.
RINGS_ON = "() => window.sinks.filter(([each]) => !each.dataset.call && each.srcObject && !each.paused).at(-1)?.[1]"
HEARD_ON = "() => window.sinks.filter(([each]) => each.dataset.call).at(-1)?.[1]"
TOLD = "() => window.told.map(({ title, body, closed }) => [title, body, Boolean(closed)])"


async def test_a_call_rings_on_its_own_device_and_reaches_who_looks_elsewhere(place: Place) -> None:
    whole, asterisk = place
    whole.ask("POST", "/api/pbx/contacts", CONTACT | {"number": f"+{NEW_NUMBER}"})
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        wendy = await bench.agent("wendy", AGENT, script=WATCHED)
        await wendy.goes_available()
        await wendy.key("Alt+g")
        await wendy.click("Allow notifications")
        await wendy.until_shown("dialog", "Notifications are allowed")
        chosen = await choose(wendy, "Ringing is heard on", 1)
        spoken = await choose(wendy, "Calls are heard on", 2)
        assert chosen != spoken
        await wendy.click("Ring once")
        await until_is(wendy, RINGS_ON, chosen)
        await wendy.key("Escape")
        await wendy.page.evaluate("window.elsewhere = true")
        customer = trunk.dial("2002", number=NEW_NUMBER, name=f"00{NEW_NUMBER}")
        await wendy.until_phase("ringing")
        await wendy.until_shown(".toast", "Mira Costa", "Costa Imports", "Sales", "Alt A", "Alt H")
        await until_is(wendy, RINGS_ON, chosen)
        # The notification, too, says who it is as soon as that is known: one takes the other's place.
        assert (await wendy.page.evaluate(TOLD))[-1] == ["Mira Costa", "Sales", False]
        await wendy.until_shown(".middle", "first call", "Speaks Portuguese.")
        await wendy.key("Alt+a")
        await wendy.until_hears(CUSTOMER)
        assert await wendy.page.evaluate(RINGS_ON) is None
        assert (await wendy.page.evaluate(TOLD))[-1][2]
        assert await wendy.page.evaluate(HEARD_ON) == spoken
        # Both are kept in this browser.
        await wendy.page.reload()
        await wendy.until_hears(CUSTOMER)
        assert await wendy.page.evaluate(HEARD_ON) == spoken
        await customer.hang_up()
        await free_again(wendy)


async def choose(desk: DeskPage, label: str, place: int) -> str:
    """Choose a device in the settings of the sound; its id."""
    field = desk.page.get_by_label(label)
    ids = await field.locator("option").evaluate_all("(found) => found.map(({ value }) => value)")
    assert len(ids) > place, ids
    await field.select_option(ids[place])
    return str(ids[place])


async def until_is(desk: DeskPage, expression: str, wanted: str) -> None:
    """Wait until a function in the page gives this."""
    deadline = time.monotonic() + 30
    while (found := await desk.page.evaluate(expression)) != wanted:
        assert time.monotonic() < deadline, found
        await desk.page.wait_for_timeout(50)


async def test_what_was_said_is_there_when_they_call_again(place: Place) -> None:
    whole, asterisk = place
    whole.ask("POST", "/api/pbx/contacts", CONTACT)
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        trunk.answers_after(0.1)
        wendy = await bench.agent("wendy", AGENT)
        await wendy.goes_available()
        await taken(wendy, trunk, NUMBER)
        await wendy.key("Alt+n")
        await wendy.page.keyboard.type("Wants a red one,")
        await wendy.key("Enter")
        await wendy.page.keyboard.type("or a blue one.")
        await wendy.until("state.notes.state === 'kept' && state.notes.text.endsWith('\\nor a blue one.')")
        await wendy.key("Escape")
        await wendy.key("2")
        await wendy.until("state.notes.result === 'RESOLVED' && state.notes.state === 'kept'")
        await wendy.page.reload()
        await wendy.until_phase("talking")
        await wendy.until(
            "state.notes.text === 'Wants a red one,\\nor a blue one.' && state.notes.result === 'RESOLVED'"
        )
        assert await wendy.page.locator("#notes").input_value() == "Wants a red one,\nor a blue one."
        await finish(wendy)
        # By a click in the day's calls; then it is a call that they had before.
        await wendy.until_shown(".today", "Mira Costa", "Resolved")
        await wendy.page.locator(".today").get_by_role("button", name="Call Mira Costa").first.click()
        called = await trunk.next_answered()
        assert called.extension.endswith(NUMBER)
        await wendy.until_phase("talking")
        await wendy.until_shown(".middle", "before", "Wendy", "Resolved", "Wants a red one,", "or a blue one.")
        await finish(wendy)


async def test_clocks_and_pauses_are_the_servers(place: Place) -> None:
    whole, _ = place
    async with Bench(whole) as bench:
        # This machine's clock is an hour wrong, which nobody sees.
        wendy = await bench.agent("wendy", AGENT, script=AN_HOUR_AHEAD)
        await wendy.goes_available()
        await wendy.key("Alt+s")
        await wendy.page.locator("#states").get_by_role("button", name="Lunch").click()
        await wendy.until("state.own?.state === 'paused' && state.own.reason === 'Lunch'")
        since = await wendy.state("[state.own.since, state.who.signedInAt]")
        assert all(each and each < time.time() * 1000 + 5000 for each in since)
        await wendy.until_shown(".top", "Lunch", "0:0", "Signed in")
        # Who looks for a colleague sees it, too.
        await wendy.key("/")
        await wendy.page.keyboard.type("wendy")
        await wendy.until_shown("#find-0", "Wendy", "Lunch")
        await wendy.page.reload()
        await wendy.until_registered()
        # To the PBX the phone was away for a moment; the state is the same, and so is the sign-in.
        await wendy.until("state.own?.state === 'paused' && state.own.reason === 'Lunch'")
        assert await wendy.state("state.who.signedInAt") == since[1]
        await wendy.until_shown(".top", "Lunch", "0:")
        await wendy.goes_available()
        assert await wendy.state("state.own.since") > since[0]


async def test_who_is_done_with_wrap_up_is_rung_at_once(place: Place) -> None:
    whole, asterisk = place
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        walter = await bench.agent("walter", AGENT)
        await walter.goes_available()
        customer = trunk.dial("2001", number="5550161", name="Hal Ortega")
        await walter.until_phase("ringing")
        await walter.key("Alt+a")
        await walter.until_hears(CUSTOMER)
        await customer.hang_up()
        await walter.until_state("wrap_up")
        ends = await walter.state("state.own.until")
        assert ends - await walter.state("state.own.since") == LONG_WRAP_UP_S * 1000
        await walter.until_shown(".call", "Wrap-up", "0:2", "Done", "Alt A", "More time", "Alt W")
        # The PBX leaves an agent alone who has not said so.
        waiting = trunk.dial("2001", number="5550162", name="Nadia Brandt")
        await walter.until("state.waiting.some((each) => each.queueId === '2001' && each.waiting === 1)")
        assert await walter.state("state.phone.calls.length") == 0
        await walter.click("Done")
        await walter.until_phase("ringing")
        assert await walter.state("state.own.until === null && Date.now() + state.ahead") < ends
        await walter.key("Alt+a")
        await walter.until_hears(CUSTOMER)
        await waiting.hang_up()
        await free_again(walter)


async def test_others_end_what_the_page_asks_first(place: Place) -> None:
    """An attended transfer that is begun, dropped, begun again and completed by request: the page does it all."""
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
        call_id = await wendy.state("state.own.currentCall.callId")

        def act(what: str, body: object = None) -> None:
            status, answer = whole.ask("POST", f"/api/pbx/calls/{call_id}/transfer{what}", body)
            assert status == 202, answer

        act("", {"target": "1002", "type": "attended"})
        asked = await bob.next_answered()
        await wendy.until_hears(COLLEAGUE)
        act("/cancel")
        await asked.until_ended()
        await until_heard(customer, AGENT)
        await wendy.until_phase("talking")
        await transfer(wendy, "1002", "Alt+Enter")
        asked = await bob.next_answered()
        await wendy.until_hears(COLLEAGUE)
        act("/complete")
        await free_again(wendy)
        await until_heard(asked, CUSTOMER)
        await until_heard(customer, COLLEAGUE)
        await customer.hang_up()


async def test_it_is_an_app_that_opens_without_the_server(place: Place) -> None:
    whole, _ = place
    async with Bench(whole) as bench:
        wendy = await bench.agent("wendy", AGENT)
        chromium = await wendy.context.new_cdp_session(wendy.page)
        manifest = await chromium.send("Page.getAppManifest")
        assert manifest["url"].endswith("/phone/manifest.webmanifest") and manifest["errors"] == []
        # A browser that a test opens keeps nothing, and for that alone would install nothing.
        found = (await chromium.send("Page.getInstallabilityErrors"))["installabilityErrors"]
        assert {each["errorId"] for each in found} <= {"in-incognito"}
        scope = await wendy.page.evaluate("navigator.serviceWorker.ready.then(({ scope }) => scope)")
        assert scope == f"{whole.url}/phone"
        kept = "caches.open('trunkline-phone').then((cache) => cache.keys()).then((all) => all.map(({ url }) => url))"
        paths = {url.removeprefix(whole.url) for url in await wendy.page.evaluate(kept)}
        assert {"/phone", "/phone/phone.js"} <= paths
        assert all(path.startswith(("/phone", "/static/")) for path in paths)
        await wendy.context.set_offline(True)
        await wendy.page.reload()
        await wendy.page.wait_for_selector("trunkline-phone .desk")
        await wendy.until_shown(".notices, .notice", "server")
        await wendy.context.set_offline(False)
        await wendy.until_registered()
        # A link from elsewhere opens another tab; the one that leads makes the call.
        async with Trunk(place[1], media=humming(CUSTOMER)) as trunk:
            trunk.answers_after(0.1)
            await bench.tab(wendy, "/phone?dial=tel:+1-202-555-0147")
            called = await trunk.next_answered()
            assert called.extension.endswith(NUMBER)
            await wendy.until_phase("talking")
            await finish(wendy)
