"""Whoever makes it all again from the rewritten log comes to what was erased: calls, every report, the past."""

import random
from pathlib import Path
from typing import Any

import canary
import duckdb
import msgspec
from made_installation import Installation
from made_year import PBX, make
from msgspec.structs import replace

from calls.call import Call
from calls.erasure import NAME, Person
from warehouse.past.board import Past
from warehouse.past.keeping import Keeper
from warehouse.privacy.figures import TABLES
from warehouse.privacy.job import Erasures
from warehouse.published import marts_path
from warehouse.refresh import Refresher
from warehouse.replay import replay_files

DAYS, MANY, INSTANTS = 1, 20, 20


def test_the_rewritten_log_tells_the_same_calls_reports_and_boards_with_the_stand_ins(
    installation: Installation,
) -> None:
    data = installation.data
    make(data, days=DAYS, calls_a_day=150)
    told = derived(data)
    installation.write(*told.values())
    canary.add_ada(installation)
    keep_past(data)
    dice = random.Random(3)
    theirs = dice.sample([call for call in told.values() if call.legs], MANY)
    # While each of them was there, somewhere behind their coming.
    instants = [call.started_at + dice.randrange(20_000) for call in theirs[:INSTANTS]]
    past = Past(data)
    boards = [seen(past, at) for at in instants]
    people = canary.ask(installation, *dict.fromkeys(call.from_number for call in theirs))
    canary.rest(data)
    # It may be looked back into meanwhile.
    assert Erasures(installation.catalog, installation.source, data).work() == 1

    again = derived(data)
    assert again == {key: forgotten(call, people) for key, call in told.items()}
    assert {call.from_number for call in again.values()}.isdisjoint(people)

    reports = published(data)
    installation.wipe()
    installation.write(*again.values())
    with_all = Refresher(installation.catalog, installation.source, data)
    with_all.refresh(full=True)
    with_all.close()
    assert published(data) == reports

    expected = [without(board, people) for board in boards]
    assert any(board != known for board, known in zip(boards, expected, strict=True))
    # By whoever still has it in mind, from the log alone, and from snapshots that were made again.
    assert [seen(past, at) for at in instants] == expected
    assert [seen(Past(data), at) for at in instants[:3]] == expected[:3]
    keep_past(data)
    assert [seen(Past(data), at) for at in instants] == expected


def derived(data: Path) -> dict[str, Call]:
    """The calls that the log tells."""
    return replay_files([data / "log" / PBX], pbx=PBX).calls


def keep_past(data: Path) -> None:
    """Make the snapshots that are not there."""
    keeper = Keeper(data, PBX)
    keeper.stretch(60.0)
    keeper.close()


def seen(past: Past, at: int) -> Any:
    """The board at an instant, as it is sent."""
    return msgspec.json.decode(msgspec.json.encode(past.at("default", at)))


def forgotten(call: Call, people: dict[str, Person]) -> Call:
    """The call as it is told without these people."""
    person = people.get(call.from_number)
    if person is None:
        return call
    return replace(call, from_number=instead(call.from_number, person), from_name=NAME)


def without(board: Any, people: dict[str, Person]) -> Any:
    """A board without these people: what is beside their number is about them."""
    if isinstance(board, list):
        return [without(it, people) for it in board]
    if not isinstance(board, dict):
        return board
    person = people.get(str(board.get("number")))
    kept = {name: without(value, people) for name, value in board.items()}
    if person is None:
        return kept
    return kept | {"number": instead(board["number"], person)} | ({"name": NAME} if "name" in board else {})


def instead(number: str, person: Person) -> str:
    """The stand-in, as the number was written."""
    return number.replace(person.national, person.stand_in)


def published(data: Path) -> dict[str, list[Any]]:
    """All rows of what reports read."""
    with duckdb.connect(str(marts_path(data, "default")), read_only=True) as shown:
        return {table: shown.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() for table in TABLES}
