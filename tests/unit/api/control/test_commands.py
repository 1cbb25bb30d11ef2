"""api/control/commands.py: statuses lead on and never back; names on the PBX; the form."""

from uuid import UUID

from control_parts import AT, command

from api.control.commands import (
    FOLLOWS,
    ON_ITS_WAY,
    OPEN,
    CommandStatus,
    Verdict,
    command_form,
    command_of,
    mark_of,
)


def test_nothing_leads_back_and_final_is_final() -> None:
    assert {CommandStatus.ACCEPTED, CommandStatus.SENT} == OPEN
    order = list(CommandStatus)
    for status, following in FOLLOWS.items():
        assert all(order.index(each) > order.index(status) for each in following)


def test_a_call_is_known_by_its_commands_id_before_it_exists() -> None:
    number = UUID(int=7)
    assert command_of(mark_of(number)) == number
    assert [command_of(each) for each in ("pbx1-1795.1", "tl-", "tl-nonsense")] == [None] * 3


def test_a_form_says_what_is_waited_for_and_what_came_of_it() -> None:
    assert command_form(command(status=CommandStatus.SENT)).detail == ON_ITS_WAY
    told = command_form(command(status=CommandStatus.FAILED, detail="why", settled_at=AT))
    assert (told.status, told.detail, told.settled_at) == ("failed", "why", "2026-11-22T12:00:00.000Z")
    assert (Verdict(True).status, Verdict(False).status) == (CommandStatus.CONFIRMED, CommandStatus.FAILED)
