"""Pages as phones on a whole installation with a real Asterisk: who may be one, and calls that outlive their page."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from acting import Answer, Person, signed_in
from installation import Installation
from phones.call import Call
from phones.people import Desk, Trunk
from phones.web import WebPhone
from web_pages import PBX, Page, obeying, open_session, page_id, page_of, until_async, with_asterisk
from websockets.exceptions import InvalidHandshake

from infra.asterisk import RealAsterisk

Place = tuple[Installation, RealAsterisk]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """Everything, with pages for phones."""
    with with_asterisk() as both:
        yield both


def channels(asterisk: RealAsterisk) -> list[list[str]]:
    """The channels that there are: name, context, extension and the rest, as the console tells them."""
    lines = asterisk.cli("core show channels concise").splitlines()
    return [line.split("!") for line in lines if line.startswith(("PJSIP/", "Local/"))]


async def until_bridged(asterisk: RealAsterisk, count: int = 2) -> None:
    """Wait until so many talk to each other."""

    async def bridged() -> bool:
        return any(f" {count} " in line for line in asterisk.cli("bridge show all").splitlines()[1:])

    await until_async(bridged)


async def until_quiet(asterisk: RealAsterisk) -> None:
    """Wait until there is no call."""

    async def quiet() -> bool:
        return not channels(asterisk)

    await until_async(quiet)


async def until_free(asterisk: RealAsterisk) -> None:
    """Wait until the queue takes Wendy's page for one that can be rung: who registers is not so at once."""

    async def free() -> bool:
        members = asterisk.cli("queue show 2002").splitlines()
        return any("PJSIP/1101" in line and "(Not in use)" in line for line in members)

    await until_async(free)


async def taken(trunk: Trunk, page: Page, asterisk: RealAsterisk, number: str = "5550123") -> tuple[Call, Call]:
    """A customer's call to Sales that the page has answered: the customer's end of it, and the page's."""
    page.answers_after(0.05)
    await until_free(asterisk)
    customer = await trunk.call("2002", number=number)
    own = await page.next_answered()
    await until_bridged(asterisk)
    return customer, own


async def test_a_session_registers_makes_and_takes_calls(place: Place) -> None:
    whole, asterisk = place
    async with signed_in(whole, "wendy") as wendy, page_of(whole, wendy) as page, Trunk(asterisk) as trunk:
        session = page.session
        assert (session["extension"], session["pbx"], session["sip"]["wsPath"]) == ("1101", PBX, "/sip")
        assert (session["sip"]["uri"], session["iceServers"], session["gatherMs"]) == ("sip:1101@trunkline", [], 500)
        assert session["pauseReasons"] and session["tenantName"] and session["recoverMs"] == 10_000
        echo = page.phone.dial(session["echoExtension"])
        await echo.until_answered()
        await echo.hang_up()
        customer, _ = await taken(trunk, page, asterisk)
        await customer.hang_up()
    await until_quiet(asterisk)


async def test_who_may_be_a_phone_and_which(place: Place) -> None:
    whole = place[0]
    async with (
        signed_in(whole, "wendy") as wendy,
        signed_in(whole, "walter") as walter,
        signed_in(whole, "susan") as susan,
        page_of(whole, wendy) as page,
    ):
        # Another user with this page, and a page that nobody opened.
        for person, own_id in ((walter, page.id), (wendy, page_id())):
            stranger = Page(whole, person, own_id, page.session)
            await stranger.phone.open()
            assert await stranger.phone.closed() == 4409
        # Another's extension.
        pretender = page.phone.dial("600", caller="1102")
        await pretender.until_settled()
        assert pretender.status == 403
        # A number that was not asked for, and one that is nobody's here.
        for number in ("95551234", "5551234", "901"):
            unasked = page.phone.dial(number)
            await unasked.until_settled()
            assert (number, unasked.status) == (number, 403)
        answer = await susan.client.post("/api/pbx/phone/session", json={"pageId": "too short"})
        assert answer.status_code == 400
        # A page that comes later is the phone, and this one is not.
        await open_session(wendy, page_id())
        assert await page.phone.closed() == 4409
    status, body = whole.ask("POST", "/api/pbx/phone/session", {"pageId": page_id()})
    assert status == 403 and b"Ask an administrator" in body


async def test_a_secret_is_of_use_until_its_user_signs_out(place: Place) -> None:
    whole, asterisk = place
    async with signed_in(whole, "wendy") as wendy, page_of(whole, wendy) as page:
        secret = page.session["sip"]["secret"]
        async with page_of(whole, wendy) as later:
            assert later.session["sip"]["secret"] != secret
            direct = WebPhone("1101", asterisk.websocket_url, secret)
            await direct.open()
            with pytest.raises(ConnectionError, match="401"):
                await direct.register()
            await direct.close()
            answer = await wendy.client.post("/api/auth/logout")
            assert answer.status_code == 204
            assert await later.phone.closed() == 4401
            direct = WebPhone("1101", asterisk.websocket_url, later.session["sip"]["secret"])
            await direct.open()
            with pytest.raises(ConnectionError, match="401"):
                await direct.register()
            await direct.close()


async def test_a_page_that_is_loaded_again_gets_its_call_back(place: Place) -> None:
    whole, asterisk = place
    async with signed_in(whole, "wendy") as wendy, Trunk(asterisk) as trunk:
        async with page_of(whole, wendy) as page:
            customer, _ = await taken(trunk, page, asterisk, "5550177")
            began = time.monotonic()
            page.phone.drop()
        async with page_of(whole, wendy) as again:
            again.answers_by_itself()
            call = await again.next_answered()
            await until_bridged(asterisk)
            took = time.monotonic() - began
            assert took < 5.0 and call.number == "5550177" and not customer.ended.is_set()
            assert [each for each in channels(asterisk) if each[0].startswith("PJSIP/trunk")]
            await customer.hang_up()
            await until_quiet(asterisk)
        (note,) = await audited(whole, "phone.recovered")
        await history_has(wendy, note["subject"])
        calls = (await wendy.ask("GET", "/api/pbx/phone/history", 200))["calls"]
        # Before and after it is one call.
        assert [each["callId"] for each in calls if each["number"] == "5550177"] == [note["subject"]]


async def audited(whole: Installation, action: str) -> list[Answer]:
    """The rows of the audit log of this kind."""
    status, body = whole.ask("GET", "/api/admin/audit?limit=1000")
    assert status == 200, body
    return [each for each in json.loads(body)["items"] if each["action"] == action]


async def test_a_page_that_only_lost_its_line_keeps_its_call(place: Place) -> None:
    whole, asterisk = place
    async with signed_in(whole, "wendy") as wendy, page_of(whole, wendy) as page, Trunk(asterisk) as trunk:
        customer, _ = await taken(trunk, page, asterisk)
        before = {each[0] for each in channels(asterisk)}
        page.phone.drop()
        await page.phone.open()
        await page.phone.register()
        await asyncio.sleep(3)
        assert {each[0] for each in channels(asterisk)} == before
        await customer.hang_up()
        await until_quiet(asterisk)


async def test_nobody_comes_back_so_the_customer_hears_music_and_is_first_in_the_queue(place: Place) -> None:
    whole, asterisk = place
    async with (
        signed_in(whole, "wendy") as wendy,
        Desk(asterisk, "1003") as carol,
        Trunk(asterisk) as trunk,
    ):
        async with page_of(whole, wendy) as page:
            customer, _ = await taken(trunk, page, asterisk)
            page.phone.drop()
        began = time.monotonic()
        while not carol.calls.empty():
            # She was rung for the same call as everybody.
            carol.calls.get_nowait()

        async def hears_music() -> bool:
            return any(each[1] == "phone-lost" and each[5] == "MusicOnHold" for each in channels(asterisk))

        await until_async(hears_music)
        assert time.monotonic() - began < 10.0 and not customer.ended.is_set()
        await carol.next_call()
        assert "prio: 10" in asterisk.cli("queue show 2002")
        carol.answers_after(0.05)
        await carol.next_answered()
        await until_bridged(asterisk)
        assert not customer.ended.is_set()
        await customer.hang_up()
        await until_quiet(asterisk)
        assert await audited(whole, "phone.lost")


async def test_the_backend_is_killed_in_a_call_which_goes_on(place: Place) -> None:
    whole, asterisk = place
    async with signed_in(whole, "wendy") as wendy, Trunk(asterisk) as trunk, page_of(whole, wendy) as page:
        customer, own = await taken(trunk, page, asterisk)
        before = {each[0] for each in channels(asterisk)}
        for process in processes(whole, "api"):
            os.kill(process, signal.SIGKILL)
        await page.phone.closed()

        async def is_back() -> bool:
            with suppress(OSError, InvalidHandshake):
                await page.phone.open()
                return True
            return False

        await until_async(is_back)
        await page.phone.register()
        await asyncio.sleep(3)
        assert {each[0] for each in channels(asterisk)} == before and not customer.ended.is_set()
        await own.hang_up()
        await customer.until_ended()
    await until_quiet(asterisk)


async def test_what_is_asked_of_an_agent_is_done_by_the_page(place: Place) -> None:
    whole, asterisk = place
    async with (
        signed_in(whole, "wendy") as wendy,
        signed_in(whole, "walter") as walter,
        page_of(whole, walter) as other,
        page_of(whole, wendy) as page,
        obeying(page),
        Trunk(asterisk) as trunk,
    ):
        other.answers_after(0.05)
        await until_state(wendy, "available")
        await until_free(asterisk)
        since = len(wendy.frames)
        customer = await trunk.call("2002", number="5550199")
        call_id = (await wendy.heard("call:incoming", since=since))["data"]["callId"]
        path = f"/calls/{call_id}"
        await wendy.done(f"{path}/answer")
        await until_bridged(asterisk)
        await wendy.until_state("on_call")
        await wendy.done(f"{path}/hold")
        await wendy.until_state("on_hold")
        await wendy.done(f"{path}/unhold")
        await wendy.until_state("on_call")
        await wendy.done(f"{path}/mute", {"muted": True})
        assert (await wendy.ask("GET", f"/api/pbx{path}", 200))["muted"] is True
        refused = await wendy.settled(await wendy.post(f"{path}/mute", {"muted": False}))
        assert (refused["status"], refused["detail"]) == ("failed", "This page cannot unmute.")
        said = {"callId": call_id, "mos": 4.2, "lossRatio": 0.01, "jitterMs": 8.5, "rttMs": 40}
        answer = await wendy.client.post("/api/pbx/phone/quality", json=said)
        assert answer.status_code == 204, answer.text
        answer = await walter.client.post("/api/pbx/phone/quality", json=said)
        assert answer.status_code == 404
        await wendy.done(f"{path}/transfer", {"target": "1102", "type": "blind"})
        await other.next_answered()
        await until_bridged(asterisk)
        assert not customer.ended.is_set()
        await customer.hang_up()
        await until_quiet(asterisk)
        await history_has(wendy, call_id)


async def history_has(person: Person, call_id: str) -> None:
    """Wait until a call is among today's, as one that was taken."""

    async def there() -> bool:
        calls = (await person.ask("GET", "/api/pbx/phone/history", 200))["calls"]
        return any(each["callId"] == call_id and not each["missed"] and each["talkS"] > 0 for each in calls)

    await until_async(there)


async def until_state(person: Person, state: str) -> None:
    """Wait until the directory has the person in this state: wrap-up ends by the clock."""

    async def there() -> bool:
        found = await person.ask("GET", f"/api/pbx/phone/directory?find={person.name}", 200)
        return [each["state"] for each in found["people"]] == [state]

    await until_async(there)


async def test_targets_are_looked_up_before_a_call_is_sent_there(place: Place) -> None:
    whole, asterisk = place
    async with signed_in(whole, "wendy") as wendy, page_of(whole, wendy) as page, Trunk(asterisk) as trunk:
        await until_state(wendy, "available")

        async def target(to: str) -> Answer:
            return await wendy.post("/phone/target", {"to": to}, 200)

        assert (await target("2002"))["kind"] == "queue"
        closed = await target("+882161234567")
        assert not closed["ok"] and closed["why"]
        found = await target("15551234567")
        assert (found["ok"], found["kind"], found["dial"]) == (True, "number", "915551234567")
        trunk.answers_after(0.05)
        # It was asked for, so that the page may dial it now.
        call = page.phone.dial(found["dial"])
        await call.until_answered()
        assert (await trunk.next_answered()).extension == "15551234567"
        await call.hang_up()
        # Dialled by request the page answers by itself first.
        await until_state(wendy, "available")
        page.answers_by_itself()
        await wendy.done("/calls/dial", {"phoneNumber": "15551234568"})
        assert (await trunk.next_answered()).extension == "15551234568"
        await (await page.next_answered()).hang_up()
        directory = await wendy.ask("GET", "/api/pbx/phone/directory?find=200", 200)
        assert {each["queueId"] for each in directory["queues"]} >= {"2002"}
    await until_quiet(asterisk)


async def test_a_supervisor_hears_a_call_and_a_third_party_joins_it(place: Place) -> None:
    whole, asterisk = place
    async with (
        signed_in(whole, "alice") as alice,
        signed_in(whole, "walter") as walter,
        signed_in(whole, "susan") as susan,
        page_of(whole, susan) as listening,
        # While nothing is heard of the call, Asterisk does not let who listens go.
        Desk(asterisk, "1001", media=True) as desk,
        Desk(asterisk, "1002") as bob,
        Trunk(asterisk, media=True) as trunk,
    ):
        listening.answers_by_itself()
        desk.answers_after(0.05)
        bob.answers_after(0.05)
        since = len(alice.frames)
        customer = await trunk.call("1001", number="5550142")
        await until_bridged(asterisk)
        call_id = await alice.call("on_call", since)
        path = f"/calls/{call_id}"
        assert (await walter.refused(f"{path}/supervise", {"mode": "listen"}))[0] == 403
        await susan.done(f"{path}/supervise", {"mode": "whisper"})
        await until_listening(asterisk, "whisper")
        await susan.done(f"{path}/supervise", {"mode": "listen"})
        await until_listening(asterisk, "listen")
        await susan.done(f"{path}/supervise", method="DELETE")
        await until_listening(asterisk)
        assert (await susan.client.delete(f"/api/pbx{path}/supervise")).status_code in (202, 404)
        assert len(await audited(whole, "call.supervise")) == 2
        await alice.done(f"{path}/conference", {"target": "1002"})
        await until_bridged(asterisk, 3)
        await customer.hang_up()
    await until_quiet(asterisk)


async def until_listening(asterisk: RealAsterisk, *modes: str) -> None:
    """Wait until somebody listens in these ways and in no others."""

    async def listening() -> bool:
        return [each[2] for each in channels(asterisk) if each[5] == "ChanSpy"] == list(modes)

    await until_async(listening)


def processes(whole: Installation, module: str) -> list[int]:
    """The installation's processes that run a module."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if words[-3:-1] == [b"-m", module.encode()] and int(parent) == whole.process.pid:
                found.append(int(folder.name))
    return found
