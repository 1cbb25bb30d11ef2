"""warehouse/past/snapshots.py: kept small, found by time, thrown away where another form of the state wrote them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from stories import told

from calls.state import State
from warehouse.errors import PastUnreadable
from warehouse.past.reading import Place
from warehouse.past.snapshots import SUFFIX, WHOLE_EACH, Snapshot, Snapshots

STATE = told("0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice").state


def taken(number: int) -> Snapshot:
    return Snapshot(number * 10, Place("day", number, 0), replace(STATE, version=number))


def keep(folder: Path, *numbers: int) -> None:
    with Snapshots.writing(folder, "p") as snapshots:
        snapshots.add([taken(number) for number in numbers])


def reading(folder: Path) -> Snapshots:
    found = Snapshots.reading(folder, "p")
    assert found is not None
    return found


def test_the_last_before_an_instant_is_found_as_it_was(tmp_path: Path) -> None:
    keep(tmp_path, *range(1, WHOLE_EACH))
    keep(tmp_path, *range(WHOLE_EACH, 2 * WHOLE_EACH))
    with reading(tmp_path) as snapshots:
        for number in (1, 2, WHOLE_EACH, WHOLE_EACH + 1, 2 * WHOLE_EACH - 1):
            assert snapshots.before(number * 10 + 9) == taken(number)
        assert snapshots.before(9) is None
        assert snapshots.before(25, since=20) is None
        assert snapshots.last() == taken(2 * WHOLE_EACH - 1)
        assert snapshots.span() == (10, (2 * WHOLE_EACH - 1) * 10)


def test_what_is_like_another_takes_little_room(tmp_path: Path) -> None:
    keep(tmp_path, *range(1, 20))
    with closing(sqlite3.connect(tmp_path / f"p{SUFFIX}")) as file:
        sizes = [size for (size,) in file.execute("SELECT length(body) FROM snapshots ORDER BY number")]
    assert max(sizes[1:]) < sizes[0] / 2


def test_without_a_file_or_with_another_forms_there_is_nothing_yet(tmp_path: Path) -> None:
    assert Snapshots.reading(tmp_path, "p") is None
    keep(tmp_path, 1)
    with closing(sqlite3.connect(tmp_path / f"p{SUFFIX}")) as file:
        file.execute("UPDATE form SET form = 'older'")
        file.commit()
    assert Snapshots.reading(tmp_path, "p") is None
    with Snapshots.writing(tmp_path, "p") as snapshots:
        assert snapshots.last() is None


def test_damage_says_what_to_do(tmp_path: Path) -> None:
    keep(tmp_path, 1)
    with closing(sqlite3.connect(tmp_path / f"p{SUFFIX}")) as file:
        file.execute("UPDATE snapshots SET body = x'00'")
        file.commit()
    with reading(tmp_path) as snapshots, pytest.raises(PastUnreadable, match="Remove the file"):
        snapshots.last()
    with pytest.raises(PastUnreadable):
        Snapshots.writing(tmp_path / f"p{SUFFIX}", "p")


def test_an_empty_state_is_one_too(tmp_path: Path) -> None:
    with Snapshots.writing(tmp_path, "p") as snapshots:
        snapshots.add([Snapshot(1, Place(), State(pbx="p"))])
        assert snapshots.last() == Snapshot(1, Place(), State(pbx="p"))
