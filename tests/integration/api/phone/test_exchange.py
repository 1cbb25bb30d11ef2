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
from acting import Answer, signed_in
from installation import Installation
from phones.call import Call
from phones.people import Desk, Trunk
from phones.web import WebPhone
from web_pages import PBX, Page, open_session, page_id, page_of, until_async, with_asterisk
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


async def taken(trunk: Trunk, page: Page, asterisk: RealAsterisk) -> Call:
    """A customer's call to Sales that the page has answered."""
    page.answers_after(0.05)
    customer = await trunk.call("2002", number="5550123")
    await page.next_answered()
    await until_bridged(asterisk)
    return customer


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
        customer = await taken(trunk, page, asterisk)
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
    assert status == 409 and b"Ask an administrator" in body


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
            customer = await taken(trunk, page, asterisk)
            began = time.monotonic()
            page.phone.drop()
        async with page_of(whole, wendy) as again:
            again.answers_by_itself()
            call = await again.next_answered()
            await until_bridged(asterisk)
            took = time.monotonic() - began
            assert took < 5.0 and call.number == "5550123" and not customer.ended.is_set()
            assert [each for each in channels(asterisk) if each[0].startswith("PJSIP/trunk")]
            await customer.hang_up()
            await until_quiet(asterisk)
        assert await audited(whole, "phone.recovered")


async def audited(whole: Installation, action: str) -> list[Answer]:
    """The rows of the audit log of this kind."""
    status, body = whole.ask("GET", f"/api/admin/audit?action={action}")
    assert status == 200, body
    return list(json.loads(body)["items"])


async def test_a_page_that_only_lost_its_line_keeps_its_call(place: Place) -> None:
    whole, asterisk = place
    async with signed_in(whole, "wendy") as wendy, page_of(whole, wendy) as page, Trunk(asterisk) as trunk:
        customer = await taken(trunk, page, asterisk)
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
            customer = await taken(trunk, page, asterisk)
            page.phone.drop()
        began = time.monotonic()

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
        customer = await taken(trunk, page, asterisk)
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
        call = await page.next_call()
        await call.hang_up()
        await customer.until_ended()
    await until_quiet(asterisk)


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
