"""Our dialplan and our transports on a real Asterisk: who may call how, and that no customer is lost by a transfer."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from integration.queue_lines import QueueLines
from integration.test_real_asterisk import packet_with
from phones.browser import BrowserPhone
from phones.call import Call
from phones.people import Desk, Team, Trunk
from phones.secure import SUITE, SecurePhone

from infra.asterisk import RealAsterisk


@asynccontextmanager
async def control(asterisk: RealAsterisk) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """The manager interface, logged in as the API."""
    reader, writer = await asyncio.open_connection(*asterisk.ami_address)
    login = f"Action: Login\r\nUsername: {asterisk.control_user}\r\nSecret: {asterisk.control_secret}\r\n\r\n"
    writer.write(login.encode())
    await packet_with(reader, b"Authentication accepted")
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def secure_phone(asterisk: RealAsterisk, *, in_clear: bool = False) -> AsyncIterator[SecurePhone]:
    """Erin's phone, registered over TLS."""
    authority = asterisk.installation.folder / "tls/trunkline.crt"
    secret = asterisk.phone_secret("1005")
    phone = SecurePhone("1005", asterisk.sips_address, authority, secret=secret, in_clear=in_clear)
    await phone.open()
    try:
        await phone.register()
        yield phone
        await phone.hang_up_all()
        await phone.register(0)
    finally:
        await phone.close()


async def test_a_phone_of_the_tls_template_calls_and_is_called_with_srtp(asterisk: RealAsterisk) -> None:
    came: asyncio.Queue[Call] = asyncio.Queue()
    async with Desk(asterisk, "1001") as alice, secure_phone(asterisk) as erin:

        async def answer(call: Call) -> None:
            call.answer()
            came.put_nowait(call)

        erin.answering = answer
        call = await alice.call("1005")
        offered = (await came.get()).offered
        await call.hang_up()
        alice.answers_after(0.05)
        dialled = erin.dial("1001")
        await dialled.until_answered()
        await dialled.hang_up()
    assert "RTP/SAVP " in offered and f"a=crypto:1 {SUITE} inline:" in offered


async def test_a_phone_of_the_tls_template_makes_no_call_in_clear(asterisk: RealAsterisk) -> None:
    async with secure_phone(asterisk, in_clear=True) as erin:
        call = erin.dial("600")
        await call.until_ended()
    assert call.status == 488


@pytest.mark.parametrize("secured", [False, True])
async def test_a_browsers_phone_is_offered_its_callers_codec_over_dtls_by_either_websocket(
    asterisk: RealAsterisk, secured: bool
) -> None:
    folder, port = asterisk.installation.folder, asterisk.installation.ports.https
    context = ssl.create_default_context(cafile=folder / "tls/trunkline.crt") if secured else None
    url = f"wss://127.0.0.1:{port}/ws" if secured else asterisk.websocket_url
    offers: asyncio.Queue[str] = asyncio.Queue()

    async def look(call: Call) -> None:
        offers.put_nowait(call.offered)
        call.reject(486)

    wendy = BrowserPhone("1101", url, secret=asterisk.phone_secret("1101"), context=context)
    wendy.answering = look
    await wendy.open()
    try:
        await wendy.register()
        async with Desk(asterisk, "1001") as alice:
            call = alice.phone.dial("1101")
            offered = await asyncio.wait_for(offers.get(), 30)
            await call.hang_up()
        await wendy.register(0)
    finally:
        await wendy.close()
    assert "UDP/TLS/RTP/SAVPF" in offered and "PCMU/8000" in offered and "opus" not in offered
    assert "a=fingerprint:" in offered and "a=ice-ufrag:" in offered and "a=rtcp-mux" in offered


async def test_a_stranger_who_writes_the_trunks_name_is_not_let_in(asterisk: RealAsterisk) -> None:
    async with Desk(asterisk, "1001") as alice:
        for name in ("trunk", "5001", "anonymous"):
            with pytest.raises(ConnectionError, match="status 401"):
                await alice.phone.dial("2100", caller=name).until_answered()


async def until_talking(asterisk: RealAsterisk) -> None:
    """Wait until two are in a bridge: a transfer that comes before is of nobody."""
    async with asyncio.timeout(30):
        while True:
            if re.search(r" 2 basic ", await asyncio.to_thread(asterisk.cli, "bridge show all")):
                return
            await asyncio.sleep(0.02)


async def test_a_phones_transfer_to_nobody_is_refused_and_the_call_goes_on(asterisk: RealAsterisk) -> None:
    async with Desk(asterisk, "1001") as alice, Trunk(asterisk) as trunk:
        alice.answers_after(0.05)
        call = await trunk.call("1001")
        taken = await alice.next_answered()
        await until_talking(asterisk)
        status = await taken.refer("1999")
        await until_talking(asterisk)
        assert status == 404 and not call.ended.is_set()
        await call.hang_up()


async def test_a_transfer_to_a_busy_phone_brings_the_customer_back_to_the_queue(asterisk: RealAsterisk) -> None:
    lines = QueueLines(asterisk.queue_log)
    async with Team(asterisk) as team, Desk(asterisk, "1002") as bob, Trunk(asterisk) as trunk:
        team.all_do(lambda agent: agent.answers_after(0.05))
        bob.rejects(486)
        call = await trunk.call("2100")
        first = await team.next_call()
        await until_talking(asterisk)
        await first.transfer("1002")
        await (await team.next_call()).until_answered()
        assert not call.ended.is_set()
        await call.hang_up()
    told = await lines.until_event("COMPLETECALLER")
    assert [line.event for line in told if line.event in ("ENTERQUEUE", "CONNECT")] == ["ENTERQUEUE", "CONNECT"] * 2


async def test_without_a_queue_the_customer_comes_back_to_who_sent_them(asterisk: RealAsterisk) -> None:
    async with Desk(asterisk, "1001") as alice, Desk(asterisk, "1002") as bob, Trunk(asterisk) as trunk:
        alice.answers_after(0.05)
        bob.rejects(486)
        call = await trunk.call("1001")
        first = await alice.next_answered()
        await until_talking(asterisk)
        await first.transfer("1002")
        again = await alice.next_answered()
        assert again is not first and not call.ended.is_set()
        await call.hang_up()


async def test_the_apis_transfer_to_nobody_comes_back_as_well(asterisk: RealAsterisk) -> None:
    async with control(asterisk) as (events, writer), Team(asterisk) as team, Trunk(asterisk) as trunk:
        team.all_do(lambda agent: agent.answers_after(0.05))
        call = await trunk.call("2100")
        await team.next_call()
        await until_talking(asterisk)
        (channel,) = [name for name in asterisk.channels() if name.startswith("PJSIP/5")]
        action = f"Action: BlindTransfer\r\nChannel: {channel}\r\nContext: pbx-internal\r\nExten: 1999\r\n\r\n"
        writer.write(action.encode())
        await packet_with(events, b"Transfer succeeded")
        await (await team.next_call()).until_answered()
        assert not call.ended.is_set()
        await call.hang_up()


async def test_the_api_dials_the_number_itself_and_phones_put_a_9_before_it(asterisk: RealAsterisk) -> None:
    async with control(asterisk) as (_, writer), Desk(asterisk, "1003") as carol, Trunk(asterisk) as trunk:
        trunk.answers_after(0.05, talks=0.1)
        carol.answers_after(0.05)
        action = (
            "Action: Originate\r\nChannel: PJSIP/1003\r\nContext: pbx-outbound\r\nExten: +15551234567\r\n"
            "Priority: 1\r\nAsync: true\r\n\r\n"
        )
        writer.write(action.encode())
        dialled = await trunk.next_answered()
        await dialled.until_ended()
        by_hand = await carol.call("95551234567")
        called = await trunk.next_answered()
        await by_hand.until_ended()
        with pytest.raises(ConnectionError):
            await carol.call("5551234567")
    assert (dialled.extension, called.extension) == ("+15551234567", "5551234567")


async def test_of_who_calls_the_outside_only_our_phones_may_transfer(asterisk: RealAsterisk) -> None:
    async with control(asterisk) as (events, writer), Desk(asterisk, "1001") as alice, Trunk(asterisk) as trunk:
        alice.answers_after(0.05)
        trunk.answers_after(0.05)
        call = await trunk.call("1001")
        await alice.next_answered()
        await until_talking(asterisk)
        (channel,) = [name for name in asterisk.channels() if name.startswith("PJSIP/1001")]
        writer.write(
            f"Action: BlindTransfer\r\nChannel: {channel}\r\nContext: pbx-outbound\r\nExten: 5551111\r\n\r\n".encode()
        )
        await packet_with(events, b"Transfer succeeded")
        await trunk.next_answered()
        assert dialling(asterisk) == ["PJSIP/5551111@trunk,60,"]
        await call.hang_up()
        by_hand = await alice.call("95552222")
        await trunk.next_answered()
        assert dialling(asterisk) == ["PJSIP/5552222@trunk,60,TK"]
        await by_hand.hang_up()


def dialling(asterisk: RealAsterisk) -> list[str]:
    """What Dial was told for each call to the trunk."""
    fields = (line.split("!") for line in asterisk.cli("core show channels concise").splitlines())
    return [it[6] for it in fields if len(it) > 6 and it[5] == "Dial" and it[6].partition(",")[0].endswith("@trunk")]
