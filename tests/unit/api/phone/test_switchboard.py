"""Pages are told on their user's sockets, and what they say reaches who waits for it."""

import asyncio
from uuid import UUID

import msgspec
from api_parts import UTC, Clock, FakePulse, principal
from phone_parts import FakePhones, Loopback, as_stored

from api.control.commands import Verdict
from api.control.pages import Asked
from api.live.board import Board
from api.live.hub import Hub
from api.phone.switchboard import REFUSED, Answered, Replaced, Switchboard
from api.roles import Role

ID = UUID(int=7)
USER = principal(Role.AGENT)


def board(wire: Loopback) -> tuple[Switchboard, Hub]:
    """A switchboard and its hub."""
    hub = Hub(Board(), FakePulse(), UTC, Clock())
    return Switchboard(wire, hub, as_stored(FakePhones())), hub


async def test_a_page_is_told_what_to_do_on_its_users_sockets_alone() -> None:
    wire = Loopback()
    switchboard, hub = board(wire)
    own, other = hub.join(USER), hub.join(principal(Role.SUPERVISOR))
    foreign = hub.join(principal(Role.AGENT, "other"))
    assert own is not None and other is not None and foreign is not None
    for client in (own, other, foreign):
        client.take_frames()
    await switchboard.ask(Asked("default", USER.user_id, "page", ID, "pbx:1", "blind", "2001"))
    await switchboard.run()
    (frame,) = map(msgspec.json.decode, own.take_frames())
    assert frame["event"] == "phone:command"
    assert frame["data"] == {
        **{"commandId": str(ID), "pageId": "page", "name": "blind", "callId": "pbx:1", "target": "2001"},
    }
    assert other.take_frames() == foreign.take_frames() == []


async def test_a_pages_no_counts_always_and_its_yes_where_nothing_else_tells() -> None:
    for counts, done, why, verdict in (
        (False, True, "", None),
        (True, True, "", Verdict(True)),
        (False, False, "no microphone", Verdict(False, "no microphone")),
        (True, False, "", Verdict(False, REFUSED)),
    ):
        wire = Loopback()
        switchboard, _ = board(wire)
        told: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        with switchboard.answering(ID, told, counts=counts):
            await switchboard.answer(UUID(int=8), "of another", done=False)
            await switchboard.answer(ID, why, done=done)
            await switchboard.run()
        assert (told.result() if told.done() else None) == verdict


async def test_another_page_ends_the_socket_of_the_one_before() -> None:
    switchboard, _ = board(Loopback())
    with switchboard.open_socket("pbx", "PJSIP/1101", "first") as first:
        switchboard.take(Replaced("pbx", "PJSIP/1102", "x"))
        switchboard.take(Replaced("pbx", "PJSIP/1101", "first"))
        assert not first.is_set() and switchboard.sockets == 1
        switchboard.take(Replaced("pbx", "PJSIP/1101", "second"))
        assert first.is_set()
    assert switchboard.sockets == 0
    switchboard.take(Answered(ID, True))
