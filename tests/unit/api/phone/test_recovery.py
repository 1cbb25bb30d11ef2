"""Calls of a lost page: fetched by the next one, or kept with music; a page that is heard is let alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from phone_parts import OWNER, SESSION, FakePhones, ToldLink, channel, links

from api.database import Database
from api.phone.recovery import Recovery
from api.phone.sessions import Watched
from asterisk.actions import Hangup, Redirect

CUSTOMER, AGENT = channel("PJSIP/trunk-00000001", "1"), channel("PJSIP/1101-00000002", "2")
BACK, LOST = Redirect("1", "phone-back", "1101"), Redirect("1", "phone-lost", "1101")


class Audit:
    """A database that only keeps what is written into the audit log."""

    def __init__(self) -> None:
        self.rows: list[Any] = []

    @asynccontextmanager
    async def seeing(self, tenant: str) -> AsyncIterator[Any]:
        yield self

    async def execute(self, statement: str, values: list[Any]) -> None:
        self.rows.append((values[1], values[2]))


class Ward:
    """A recovery on a PBX that is told, with a clock that is moved."""

    def __init__(self, *channels: dict[str, str]) -> None:
        self.now, self.link, self.phones, self.audit = 0.0, ToldLink(), FakePhones(), Audit()
        self.link.channels = list(channels)
        database = cast(Database, self.audit)
        self.recovery = Recovery(self.phones, links(self.link), database, OWNER, lambda: self.now)

    async def looks(self, *packets: int, is_there: bool = True, every: float = 2.0) -> None:
        """Look again and again, with so many packets received by then."""
        self.phones.pages = [Watched(SESSION, is_there)]
        for count in packets:
            self.link.packets["2"] = str(count)
            await self.recovery.guard()
            self.now += every


async def test_a_new_page_fetches_the_call_of_the_one_before_and_does_so_once() -> None:
    ward = Ward(CUSTOMER, AGENT)
    await ward.recovery.registered(SESSION)
    await ward.recovery.registered(SESSION)
    assert ward.link.did == [BACK]
    assert ward.audit.rows == [("phone.recovered", "pbx:1")]


async def test_a_consultation_is_given_up_with_its_page() -> None:
    consult = [
        channel("PJSIP/1101-00000005", "5", "b2", Duration="00:00:02"),
        channel("PJSIP/1002-00000006", "6", "b2"),
    ]
    ward = Ward(*consult, CUSTOMER, AGENT)
    await ward.recovery.registered(SESSION)
    assert ward.link.did == [BACK, Hangup("5")]


async def test_who_hears_music_is_fetched_by_the_same_page_too() -> None:
    ward = Ward(channel("PJSIP/trunk-00000001", "1", "", Context="phone-lost", Exten="1101", Application="MusicOnHold"))
    ward.phones.fetched = True
    await ward.recovery.registered(SESSION)
    assert ward.link.did == [BACK]


async def test_into_a_dialplan_without_our_contexts_nobody_is_sent() -> None:
    ward = Ward(CUSTOMER, AGENT)
    ward.link.contexts = set()
    await ward.recovery.registered(SESSION)
    await ward.looks(1, 2, 2, 2, 2, 2)
    assert ward.link.did == []


async def test_a_call_that_ended_meanwhile_is_not_noted() -> None:
    ward = Ward(CUSTOMER, AGENT)
    ward.link.refuses = True
    await ward.recovery.registered(SESSION)
    assert ward.audit.rows == []


async def test_a_page_whose_sound_stops_is_lost_within_ten_seconds() -> None:
    ward = Ward(CUSTOMER, AGENT)
    await ward.looks(100, 200, 200, 200, is_there=False)
    assert ward.link.did == []
    await ward.looks(200, 200, is_there=False)
    assert ward.link.did[0] == LOST and ward.audit.rows[0] == ("phone.lost", "pbx:1")


async def test_a_page_that_is_there_and_not_heard_any_more_is_rung_anew() -> None:
    ward = Ward(CUSTOMER, AGENT)
    await ward.looks(100, 200, 200, 200, 200, 200)
    assert ward.link.did[0] == BACK and ward.audit.rows[0] == ("phone.recovered", "pbx:1")


async def test_a_page_that_only_lost_its_line_goes_on_talking() -> None:
    ward = Ward(CUSTOMER, AGENT)
    await ward.looks(*range(100, 1500, 100), is_there=False)
    assert ward.link.did == []


async def test_one_who_still_hears_somebody_else_is_not_sent_away() -> None:
    ward = Ward(CUSTOMER, AGENT, channel("PJSIP/1001-00000003", "3"))
    await ward.looks(100, 200, 200, 200, 200, 200, 200)
    assert ward.link.did == []


async def test_who_is_not_the_guard_only_listens() -> None:
    ward = Ward(CUSTOMER, AGENT)
    ward.phones.is_guard = False
    await ward.looks(100, 200, 200, 200, 200, 200, 200)
    assert ward.link.did == []
