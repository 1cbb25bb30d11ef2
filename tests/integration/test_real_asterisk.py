"""A real Asterisk with our configuration takes real calls, and says in queue_log what happened to them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from integration.queue_lines import QueueLine, QueueLines
from phones.people import Desk, Team, Trunk

from infra.asterisk import RealAsterisk
from infra.errors import InUseError


def story(lines: list[QueueLine]) -> list[str]:
    """The kinds of line in their order."""
    return [line.event for line in lines]


@asynccontextmanager
async def manager(asterisk: RealAsterisk, secret: str) -> AsyncIterator[asyncio.StreamReader]:
    """A connection to the manager interface, made by hand, that has sent its login and read nothing."""
    reader, writer = await asyncio.open_connection(*asterisk.ami_address)
    writer.write(f"Action: Login\r\nUsername: {asterisk.ami_user}\r\nSecret: {secret}\r\n\r\n".encode())
    try:
        yield reader
    finally:
        writer.close()
        await writer.wait_closed()


async def packet_with(reader: asyncio.StreamReader, text: bytes) -> bytes:
    """The next packet that has `text` in it."""
    async with asyncio.timeout(30):
        while text not in (packet := await reader.readuntil(b"\r\n\r\n")):
            pass
    return packet


async def test_manager_takes_our_secret_and_no_other(asterisk: RealAsterisk) -> None:
    async with manager(asterisk, asterisk.ami_secret) as events:
        assert b"Message: Authentication accepted" in await packet_with(events, b"Response:")
    async with manager(asterisk, "not the secret") as events:
        assert b"Message: Authentication failed" in await packet_with(events, b"Response:")


async def test_every_event_of_a_call_says_its_direction_and_customer(asterisk: RealAsterisk) -> None:
    async with manager(asterisk, asterisk.ami_secret) as events, Team(asterisk), Trunk(asterisk) as trunk:
        call = await trunk.call("2100", number="5559876", name="Zoë", customer="C-77")
        joined = await packet_with(events, b"Event: QueueCallerJoin")
        await call.hang_up()
    assert b"ChanVariable: CALL_DIRECTION=inbound" in joined
    assert b"ChanVariable: CUSTOMER_ID=C-77" in joined
    assert b"CallerIDNum: 5559876" in joined
    assert "CallerIDName: Zoë".encode() in joined


async def test_caller_hangs_up_on_the_agent(asterisk: RealAsterisk) -> None:
    lines = QueueLines(asterisk.queue_log)
    async with Desk(asterisk, "1001") as alice, Desk(asterisk, "1002") as bob, Trunk(asterisk) as trunk:
        alice.answers_after(0.2)
        bob.answers_after(0.2)
        call = await trunk.call("2001")
        await lines.until_event("CONNECT")
        await call.hang_up()
    told = await lines.until_event("COMPLETECALLER")
    assert story(told) == ["ENTERQUEUE", "CONNECT", "COMPLETECALLER"]
    assert told[1].agent == told[2].agent
    assert told[1].agent in {"Alice", "Bob"}
    assert {line.queue for line in told} == {"2001"}
    assert told[0].callid.startswith(asterisk.system_name)


async def test_agent_hangs_up_on_the_caller(asterisk: RealAsterisk) -> None:
    lines = QueueLines(asterisk.queue_log)
    async with Team(asterisk) as team, Trunk(asterisk) as trunk:
        team.all_do(lambda agent: agent.answers_after(0.1, talks=0.5))
        call = await trunk.call("2100")
        await call.until_ended()
    told = await lines.until_event("COMPLETEAGENT")
    assert story(told) == ["ENTERQUEUE", "CONNECT", "COMPLETEAGENT"]


async def test_caller_abandons_while_an_agent_rings(asterisk: RealAsterisk) -> None:
    lines = QueueLines(asterisk.queue_log)
    async with Team(asterisk) as team, Trunk(asterisk) as trunk:
        call = await trunk.call("2100")
        ring = await team.next_call()
        await call.hang_up()
        await ring.until_ended()
    told = await lines.until_event("ABANDON")
    assert [event for event in story(told) if event != "RINGCANCELED"] == ["ENTERQUEUE", "ABANDON"]


async def test_ring_without_answer_goes_to_the_next_agent(asterisk: RealAsterisk) -> None:
    lines = QueueLines(asterisk.queue_log)
    async with Team(asterisk) as team, Trunk(asterisk) as trunk:
        call = await trunk.call("2100")
        first = await team.next_call()
        team.all_do(lambda agent: agent.answers_after(0.1))
        second = await team.next_call()
        await lines.until_event("CONNECT")
        await call.hang_up()
    told = await lines.until_event("COMPLETECALLER")
    assert story(told) == ["ENTERQUEUE", "RINGNOANSWER", "CONNECT", "COMPLETECALLER"]
    assert [told[1].agent, told[2].agent] == [f"Agent {first.extension}", f"Agent {second.extension}"]


async def test_agent_rejects_and_another_takes_the_call(asterisk: RealAsterisk) -> None:
    lines = QueueLines(asterisk.queue_log)
    async with Team(asterisk) as team, Trunk(asterisk) as trunk:
        team.all_do(lambda agent: agent.rejects(486))
        call = await trunk.call("2100")
        refuser = await team.next_call()
        team.all_do(lambda agent: agent.answers_after(0.1))
        await lines.until_event("CONNECT")
        await call.hang_up()
    told = await lines.until_event("COMPLETECALLER")
    assert story(told)[:2] == ["ENTERQUEUE", "RINGNOANSWER"]
    assert story(told)[-2:] == ["CONNECT", "COMPLETECALLER"]
    assert told[1].agent == f"Agent {refuser.extension}"


async def test_agent_holds_and_transfers(asterisk: RealAsterisk) -> None:
    lines = QueueLines(asterisk.queue_log)
    async with (
        manager(asterisk, asterisk.ami_secret) as events,
        Team(asterisk, media=True) as team,
        Desk(asterisk, "1003") as carol,
        Trunk(asterisk, media=True) as trunk,
    ):
        team.all_do(lambda agent: agent.answers_after(0.1))
        carol.answers_after(0.1)
        call = await trunk.call("2100")
        agents_call = await team.next_call()
        await lines.until_event("CONNECT")
        await agents_call.hold()
        await packet_with(events, b"Event: Hold")
        await agents_call.resume()
        await packet_with(events, b"Event: Unhold")
        assert await agents_call.transfer("1003") in (180, 200)
        await carol.next_answered()
        await call.hang_up()
    told = await lines.until_event("BLINDTRANSFER")
    assert story(told) == ["ENTERQUEUE", "CONNECT", "BLINDTRANSFER"]
    assert told[2].data[:2] == ("1003", "pbx-internal")


async def test_queue_gives_up_after_the_longest_wait(asterisk: RealAsterisk) -> None:
    lines = QueueLines(asterisk.queue_log)
    async with Team(asterisk), Trunk(asterisk) as trunk:
        call = await trunk.call("2100", max_wait=1)
        told = await lines.until_event("EXITWITHTIMEOUT")
        await call.hang_up()
    assert story(told)[0] == "ENTERQUEUE"


async def test_agent_dials_out_over_the_trunk(asterisk: RealAsterisk) -> None:
    async with (
        manager(asterisk, asterisk.ami_secret) as events,
        Desk(asterisk, "1002") as bob,
        Trunk(asterisk) as trunk,
    ):
        trunk.answers_after(0.1)
        call = await bob.call("95557777")
        answered = await trunk.next_answered()
        dialled = await packet_with(events, b"DialStatus: ANSWER")
        await call.hang_up()
        await answered.until_ended()
    assert answered.extension == "5557777"
    assert b"ChanVariable: CALL_DIRECTION=outbound" in dialled


async def test_a_killed_asterisk_starts_again_with_the_same_addresses(asterisk: RealAsterisk) -> None:
    process, address = asterisk.process, asterisk.ami_address
    lines = QueueLines(asterisk.queue_log)
    asterisk.kill()
    assert not process.running
    asterisk.start()
    async with Team(asterisk) as team, Trunk(asterisk) as trunk:
        team.all_do(lambda agent: agent.answers_after(0.1, talks=0.1))
        call = await trunk.call("2100")
        await call.until_ended()
    assert asterisk.ami_address == address
    assert story(await lines.until_event("COMPLETEAGENT")) == ["QUEUESTART", "ENTERQUEUE", "CONNECT", "COMPLETEAGENT"]


def test_a_second_asterisk_does_not_start_in_the_same_folder(asterisk: RealAsterisk) -> None:
    with pytest.raises(InUseError, match=str(asterisk.process.pid)):
        RealAsterisk(asterisk.installation, patience=0).start()
    assert asterisk.process.running
