"""Which commands go to a page, and what confirms them there."""

from uuid import UUID

import pytest

from api.control import confirm, plan
from api.control.pages import LATE, NoPages, by_page
from api.control.plan import Leg, Target, Word

DESK = Leg("pbx", "pbx:1", "PJSIP/1101", "u1", "b1", "user")
PAGE = Leg("pbx", "pbx:1", "PJSIP/1101", "u1", "b1", "user", "page")
QUEUE = Target("pbx-internal", "2001", "2001")


def word(made: plan.Plan, number: str | None = None) -> str | None:
    """What the page is asked, and that nothing is asked of the PBX then."""
    found = by_page(made, PAGE, number)
    if found.word is None:
        assert found == made and found.steps
        return None
    assert (found.steps, found.late, found.word) == ((), LATE, Word("user", "page", found.word.name, number))
    return found.word.name


def test_a_desk_phone_is_asked_by_the_pbx() -> None:
    for made in (plan.answer(DESK), plan.hold(DESK, hold=True), plan.mute(DESK, muted=True)):
        assert by_page(made, DESK) == made


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (plan.answer(PAGE), "answer"),
        (plan.hold(PAGE, hold=True), "hold"),
        (plan.hold(PAGE, hold=False), "unhold"),
        (plan.mute(PAGE, muted=True), "mute"),
        (plan.mute(PAGE, muted=False), "unmute"),
        (plan.complete(PAGE), "complete"),
        (plan.cancel(PAGE), "cancel"),
        # The PBX hangs up and records as surely.
        (plan.hangup(PAGE), None),
        (plan.record(PAGE, "/x.wav"), None),
    ],
)
def test_a_page_is_asked_in_its_own_words(made: plan.Plan, name: str | None) -> None:
    assert word(made) == name


def test_a_transfer_names_what_the_page_dials() -> None:
    assert word(plan.transfer(PAGE, QUEUE, attended=False), "2001") == "blind"
    assert word(plan.transfer(PAGE, QUEUE, attended=True), "2001") == "attended"


def test_events_confirm_what_a_page_does() -> None:
    assert by_page(plan.answer(PAGE), PAGE).watch == confirm.answers("u1")
    assert by_page(plan.transfer(PAGE, QUEUE, attended=False), PAGE, "1").watch == confirm.hands_over("u1")
    assert by_page(plan.transfer(PAGE, QUEUE, attended=True), PAGE, "1").watch == confirm.holds("u1", hold=True)
    assert by_page(plan.cancel(PAGE), PAGE).watch == confirm.holds("u1", hold=False)
    assert by_page(plan.mute(PAGE, muted=True), PAGE).watch is None


async def test_without_pages_a_target_is_dialled_as_it_is() -> None:
    assert await NoPages().number_for("default", PAGE, QUEUE) == "2001"
    assert UUID(int=1)
