"""A phone that the PBX does not see is made known, and no other."""

from phone_parts import SESSION, ToldLink, links

from api.phone.known import LOOKS, ROUNDS, Known
from asterisk.actions import ReloadPhones


async def test_a_phone_that_is_seen_is_let_alone() -> None:
    link = ToldLink()
    link.states = ["Unavailable", "Not in use"]
    await Known(links(link), 0).registered(SESSION)
    assert link.did == []


async def test_a_phone_that_stays_unseen_is_looked_for_again() -> None:
    link = ToldLink()
    link.states = [*["Unavailable"] * LOOKS, "Not in use"]
    await Known(links(link), 0).registered(SESSION)
    assert link.did == [ReloadPhones()]


async def test_a_phone_that_was_missed_while_the_pbx_looked_is_looked_for_once_more_and_not_for_ever() -> None:
    link = ToldLink()
    link.states = [*["Unavailable"] * 2 * LOOKS, "Not in use"]
    await Known(links(link), 0).registered(SESSION)
    assert link.did == [ReloadPhones()] * 2
    link = ToldLink()
    link.states = ["Unavailable"]
    await Known(links(link), 0).registered(SESSION)
    assert link.did == [ReloadPhones()] * ROUNDS


async def test_a_pbx_that_is_away_is_not_asked() -> None:
    link = ToldLink()
    link.is_up = False
    await Known(links(link), 0).registered(SESSION)
    await Known(links(), 0).registered(SESSION)
    assert link.did == []
