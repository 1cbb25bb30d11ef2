"""What a page is told: its session, targets, the directory; and what it is told without a phone."""

from typing import Any, cast
from uuid import UUID

import pytest
from api_parts import NOON, UTC, Clock, FakePulse, agent, principal, queue
from phone_parts import PAGE, FakePhones, Loopback, ToldLink, as_stored, links

from api.control.links import Link
from api.control.permits import Permit, Purpose
from api.control.plan import Target
from api.control.targets import Targets
from api.errors import BadRequest, NotAllowed, NotFound, Unavailable
from api.live.board import Board
from api.live.hub import Hub
from api.phone.desk import REASONS, PhoneDesk, checked_find
from api.phone.forms import QualityBody, ResultBody
from api.phone.lists import Mapped
from api.phone.relay import Upstreams
from api.phone.switchboard import Answered, Replaced, Switchboard
from api.roles import Role
from api.settings import IceServer, PhoneSettings
from api.tokens import Principal
from calls.live import AgentLive, QueueLive

USER = principal(Role.AGENT)
SAID = QualityBody(call_id="pbx:1", mos=4.0, loss_ratio=0.0, jitter_ms=1.0)


class FakeLists:
    """Alice and Support; Carol has an extension."""

    async def people(self, principal: Principal, pbx: str, find: str) -> list[AgentLive]:
        return [agent("Dave", extension="1001")]

    async def mapped(self, principal: Principal, pbx: str, find: str) -> list[Mapped]:
        return [Mapped("PJSIP/1003", "Carol", "1003")]

    async def queues(self, principal: Principal, pbx: str, find: str) -> list[QueueLive]:
        return [queue()]

    async def history(self, principal: Principal, line: Any, since: Any) -> list[Any]:
        self.since = since
        return []

    async def keep_quality(self, principal: Principal, line: Any, said: QualityBody) -> bool:
        return said.call_id == "pbx:1"


class FakeTargets:
    """1001 is inside, 5551234 outside, 1 is refused, 2 cannot be asked."""

    async def find(
        self, principal: Principal, link: Link, wanted: str, purpose: Purpose, call_id: str
    ) -> tuple[Target, Permit | None]:
        if wanted == "1":
            raise BadRequest("There is nothing.")
        if wanted == "2":
            raise Unavailable("The PBX is away.")
        if wanted == "5551234":
            return Target("outside", wanted), Permit(wanted, "+495551234")
        return Target("inside", wanted, "support" if wanted == "support" else None), None


def desk_of(phones: FakePhones, sip: str = "ws://pbx/ws") -> tuple[PhoneDesk, Loopback]:
    """A desk at noon, and the wire it speaks on."""
    wire, link = Loopback(), ToldLink()
    switchboard = Switchboard(wire, Hub(Board(), FakePulse(), UTC, Clock()), as_stored(phones))
    link.need = lambda: None  # type: ignore[attr-defined]
    settings = PhoneSettings((IceServer("stun:stun.example:3478"),), "9")
    desk = PhoneDesk(
        *(as_stored(phones), FakeLists(), switchboard, cast(Targets, FakeTargets()), links(link)),
        *(Upstreams({"pbx": sip}), settings, UTC, lambda: NOON),
    )
    return desk, wire


async def test_a_session_has_all_that_a_page_needs_and_a_fresh_secret() -> None:
    phones = FakePhones()
    desk, wire = desk_of(phones)
    first, second = await desk.open(USER, PAGE), await desk.open(USER, PAGE)
    assert (first.sip.uri, first.sip.user, first.sip.ws_path) == ("sip:1101@trunkline", "1101", "/sip")
    assert first.sip.secret != second.sip.secret and len(first.sip.secret) >= 32
    assert [secret for _, secret in phones.opened] == [first.sip.secret, second.sip.secret]
    assert wire.told == [Replaced("pbx", "PJSIP/1101", PAGE)] * 2
    assert (first.pause_reasons, first.wrap_up_s, first.ice_servers[0].urls) == (
        *(list(REASONS), 5.0, "stun:stun.example:3478"),
    )
    phones.reasons = []
    assert (await desk.open(USER, PAGE)).pause_reasons == []


async def test_who_has_no_phone_is_told_what_to_do() -> None:
    desk, _ = desk_of(FakePhones(None))
    for ask in (desk.open(USER, PAGE), desk.history(USER), desk.directory(USER, ""), desk.quality(USER, SAID)):
        with pytest.raises(NotAllowed, match="Ask an administrator"):
            await ask


async def test_a_pbx_without_a_socket_has_no_pages() -> None:
    desk, _ = desk_of(FakePhones(), sip="")
    with pytest.raises(Unavailable, match="TRUNKLINE_SIP"):
        await desk.open(USER, PAGE)


async def test_a_target_says_what_to_dial_or_why_not() -> None:
    desk, _ = desk_of(FakePhones())
    inside, outside = await desk.target(USER, "1001", None), await desk.target(USER, "5551234", "pbx:1")
    assert (inside.kind, inside.dial, inside.name) == ("agent", "1001", "Dave")
    assert (outside.kind, outside.dial, outside.name) == ("number", "95551234", "+495551234")
    group = await desk.target(USER, "support", None)
    assert (group.kind, group.name) == ("queue", "Support")
    nowhere = await desk.target(USER, "1", None)
    assert (nowhere.ok, nowhere.dial, nowhere.why) == (False, None, "There is nothing.")
    with pytest.raises(Unavailable):
        await desk.target(USER, "2", None)


async def test_the_directory_is_by_name() -> None:
    desk, _ = desk_of(FakePhones())
    directory = await desk.directory(USER, "")
    assert [(each.name, each.state) for each in directory.people] == [("Carol", "offline"), ("Dave", "available")]
    assert [(each.queue_id, each.waiting, each.longest_wait) for each in directory.queues] == [("support", 1, 30.0)]


async def test_quality_of_no_call_of_ones_own_is_not_there() -> None:
    desk, _ = desk_of(FakePhones())
    await desk.quality(USER, SAID)
    with pytest.raises(NotFound):
        await desk.quality(USER, QualityBody(call_id="pbx:2", mos=4.0, loss_ratio=0.0, jitter_ms=1.0))


async def test_only_what_was_asked_of_ones_own_page_is_answered() -> None:
    phones, known = FakePhones(), UUID(int=4)
    desk, wire = desk_of(phones)
    phones.asked.add(known)
    await desk.answer(USER, str(known), ResultBody(done=False, why="no"))
    assert wire.told == [Answered(known, False, "no")]
    for other in (str(UUID(int=5)), "x"):
        with pytest.raises(NotFound):
            await desk.answer(USER, other, ResultBody(done=True))


def test_what_is_looked_for_is_a_text() -> None:
    assert checked_find(" bob ") == "bob"
    with pytest.raises(BadRequest):
        checked_find("a\0")
