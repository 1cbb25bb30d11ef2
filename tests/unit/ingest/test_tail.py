"""Following a file: whole lines, each once, through rotations, cuts and restarts. Real files in real folders."""

import gzip
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asterisk.line_events import LINE_LIMIT
from calls.file_events import CEL, QUEUE_LOG
from ingest.places import Place
from ingest.tail import SLICE, Look, Tail, cut_lines

START = 1_795_348_800


def line(second: int, text: str = "x") -> bytes:
    """A line of queue_log that was written at this second, with its end."""
    return b"%d|NONE|NONE|NONE|TEST|%s\n" % (START + second, text.encode())


class Watched:
    """A tail, and everything that it gave. `look` until there is nothing to wait for but time."""

    def __init__(self, path: Path, place: Place | None = None) -> None:
        self.tail = Tail(QUEUE_LOG, path, place, path.parent)
        self.got: list[tuple[int, int, bytes]] = []
        self.causes: list[str] = []

    def look(self) -> Look:
        for _ in range(1000):
            look = self.tail.look()
            place = look.place
            self.got += [(place.generation, offset, raw) for offset, raw in look.lines] if place else []
            self.causes += [look.cause] if look.cause else []
            if not look.more:
                return look
        raise AssertionError("it never came to an end")

    def looks(self, times: int = 4) -> Look:
        return [self.look() for _ in range(times)][-1]

    @property
    def lines(self) -> bytes:
        """All lines, with their ends."""
        return b"".join(raw + b"\n" for _, _, raw in self.got)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue_log"


@pytest.fixture
def watch(path: Path) -> Iterator[Callable[..., Watched]]:
    """Makes tails of the file; all are closed at the end."""
    made: list[Watched] = []

    def make(place: Place | None = None) -> Watched:
        made.append(Watched(path, place))
        return made[-1]

    yield make
    for it in made:
        it.tail.close()


Watch = Callable[..., Watched]


def append(path: Path, *lines: bytes) -> None:
    with path.open("ab") as file:
        file.write(b"".join(lines))


def test_lines_are_numbered_by_their_bytes_within_the_second_of_the_first(path: Path, watch: Watch) -> None:
    append(path, line(0), line(1))
    it = watch()
    assert it.look().at_end
    assert it.got == [(START * 1000, 0, line(0)[:-1]), (START * 1000, len(line(0)), line(1)[:-1])]
    append(path, line(2))
    assert it.look().at_end and len(it.got) == 3
    assert it.look() == Look([], at_end=True)


def test_a_line_without_an_end_waits_for_it(path: Path, watch: Watch) -> None:
    append(path, line(0), line(1)[:9])
    it = watch()
    assert it.look().at_end and it.lines == line(0)
    assert it.tail.behind == 9
    append(path, line(1)[9:])
    it.look()
    assert it.lines == line(0) + line(1)


def test_a_line_that_was_torn_goes_on_with_the_next_one_and_is_one_line(path: Path, watch: Watch) -> None:
    append(path, line(0), line(1)[:9], line(2))
    it = watch()
    it.look()
    assert it.lines.splitlines()[1] == line(1)[:9] + line(2)[:-1]


def test_a_big_file_comes_in_slices(path: Path, watch: Watch) -> None:
    lines = [line(n, "y" * 900) for n in range(2 * SLICE // 900)]
    append(path, *lines)
    it = watch()
    assert it.tail.look().begun
    first = it.tail.look()
    assert first.more and not first.at_end and SLICE - 2000 < sum(len(raw) + 1 for _, raw in first.lines) <= SLICE
    it.look()
    assert [raw for _, raw in first.lines] + [raw for _, _, raw in it.got] == [raw[:-1] for raw in lines]


def test_a_renamed_file_is_read_to_its_end_while_the_pbx_still_writes_to_it(path: Path, watch: Watch) -> None:
    append(path, line(0))
    it = watch()
    it.look()
    old = path.rename(path.with_name("queue_log.1"))
    append(old, line(1))
    assert it.looks().at_end
    path.touch()
    append(old, line(2))
    assert it.looks().at_end, "an empty new file tells nothing yet"
    append(path, line(3))
    assert not it.look().at_end
    append(old, line(2, "late"))
    it.looks()
    assert it.lines == line(0) + line(1) + line(2) + line(2, "late") + line(3)
    assert [generation for generation, _, _ in it.got] == [START * 1000] * 4 + [(START + 3) * 1000]
    assert it.causes == []


def test_what_was_torn_in_the_old_file_comes_before_the_new_one(path: Path, watch: Watch) -> None:
    append(path, line(0), b"torn")
    it = watch()
    it.look()
    path.rename(path.with_name("queue_log-20261122"))
    append(path, line(1))
    it.looks()
    assert [raw for _, _, raw in it.got] == [line(0)[:-1], b"torn", line(1)[:-1]]


@pytest.mark.parametrize("packed", [False, True])
def test_several_rotations_while_nobody_looked(path: Path, watch: Watch, packed: bool) -> None:
    append(path, line(0), line(1))
    first = watch()
    first.look()
    append(path, line(2))
    for number in (3, 2, 1):
        older = path.with_name(f"queue_log.{number}")
        if packed:
            older = older.with_suffix(f".{number}.gz")
            older.write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
        else:
            path.rename(older)
        append(path, line(10 - number), line(10 - number, "more"))
    again = watch(first.tail.place)
    assert again.looks(12).at_end
    expected = [line(2), *[line(10 - number, text) for number in (3, 2, 1) for text in ("x", "more")]]
    assert again.lines == b"".join(expected)
    assert again.causes == []
    assert [it[0] // 1000 - START for it in again.got] == [0, 7, 7, 8, 8, 9, 9]


def test_two_files_that_began_in_one_second_are_two_generations(path: Path, watch: Watch) -> None:
    append(path, line(0, "first"))
    it = watch()
    it.look()
    path.rename(path.with_name("queue_log.1"))
    append(path, line(0, "second"))
    it.looks()
    assert [generation - START * 1000 for generation, _, _ in it.got] == [0, 1]


def test_a_copy_beside_the_file_is_not_another_file(path: Path, watch: Watch) -> None:
    append(path, line(0), line(1))
    it = watch()
    it.look()
    path.rename(path.with_name("queue_log.1"))
    append(path, line(2))
    shutil.copy(path, path.with_name("queue_log.mine"))
    shutil.copy(path.with_name("queue_log.1"), path.with_name("queue_log.theirs"))
    append(path, line(3))
    assert it.looks(8).at_end
    assert it.lines == line(0) + line(1) + line(2) + line(3)


def test_a_cut_with_a_copy_is_told_and_the_copy_is_read_first(path: Path, watch: Watch) -> None:
    append(path, line(0), line(1))
    it = watch()
    it.look()
    append(path, line(2))
    shutil.copy(path, path.with_name("queue_log.1"))
    append(path, line(3))
    path.write_bytes(b"")
    it.looks()
    append(path, line(4))
    assert it.looks().at_end
    assert it.lines == line(0) + line(1) + line(2) + line(4)
    (cause,) = it.causes
    assert "copytruncate" in cause and "logger reload" in cause and str(path) in cause


@pytest.mark.parametrize("refilled", [False, True])
def test_a_cut_without_a_copy_is_told_once_and_the_file_is_read_anew(path: Path, watch: Watch, refilled: bool) -> None:
    append(path, line(0), line(1))
    it = watch()
    it.look()
    path.write_bytes(b"")
    append(path, *[line(5 + n) for n in range(9 * refilled)])
    assert it.looks().at_end
    append(path, line(20))
    assert it.looks().at_end
    assert it.lines == line(0) + line(1) + b"".join(line(5 + n) for n in range(9 * refilled)) + line(20)
    assert len(it.causes) == 1


def test_a_cut_while_nobody_looked_is_told(path: Path, watch: Watch) -> None:
    append(path, line(0), line(1))
    first = watch()
    first.look()
    path.write_bytes(line(7))
    again = watch(first.tail.place)
    assert again.looks().at_end
    assert again.lines == line(7) and len(again.causes) == 1


def test_a_file_that_is_gone_is_waited_for(path: Path, watch: Watch) -> None:
    append(path, line(0))
    first = watch()
    first.look()
    away = path.rename(path.parent / "away")
    again = watch(first.tail.place)
    assert again.looks(2).cause
    away.rename(path)
    append(path, line(1))
    assert again.look().at_end and again.lines == line(1)
    assert set(again.causes) == {f"{path} is not there: is the PBX's folder mounted?"}


def test_a_file_whose_rest_is_nowhere_is_lost(path: Path, watch: Watch) -> None:
    append(path, line(0))
    first = watch()
    first.look()
    path.rename(path.parent / "elsewhere")
    append(path, line(1))
    again = watch(first.tail.place)
    assert again.looks().at_end and again.lines == line(1)
    (cause,) = again.causes
    assert "olddir" in cause


def test_a_deleted_file_is_read_as_long_as_it_is_open_and_missed(path: Path, watch: Watch) -> None:
    append(path, line(0))
    it = watch()
    it.look()
    with path.open("ab", buffering=0) as held:
        path.unlink()
        held.write(line(1))
        assert it.looks(2).cause
    append(path, line(2))
    assert it.looks().at_end and it.lines == line(0) + line(1) + line(2)


def test_a_copy_that_took_the_files_place_is_the_same_file(path: Path, watch: Watch) -> None:
    append(path, line(0), line(1))
    it = watch()
    it.look()
    shutil.copy(path, path.parent / "fresh")
    (path.parent / "fresh").replace(path)
    append(path, line(2))
    assert it.looks().at_end and it.lines == line(0) + line(1) + line(2)
    assert it.causes == []


def test_before_there_is_a_file_nothing_is_at_its_end(path: Path, watch: Watch) -> None:
    it = watch()
    assert it.looks() == Look([]) and it.causes == []
    path.touch()
    assert it.look().at_end
    append(path, line(0))
    it.look()
    assert it.lines == line(0)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    it = Watched(tmp_path / "none" / "queue_log")
    assert str(tmp_path / "none") in it.look().cause


def test_a_damaged_packed_file_is_named_and_tried_again(path: Path, watch: Watch) -> None:
    append(path, line(0))
    first = watch()
    first.look()
    append(path, *[line(n, f"{n * n}") for n in range(1, 500)])
    whole = gzip.compress(path.read_bytes())
    packed = path.with_name("queue_log.1.gz")
    packed.write_bytes(whole[: len(whole) - 9])
    path.unlink()
    again = watch(first.tail.place)
    assert str(path) in again.looks(2).cause
    packed.write_bytes(whole)
    append(path, line(600))
    assert again.looks(6).at_end and len(again.got) == 500


@pytest.mark.parametrize("restart", [False, True])
def test_a_line_too_long_is_cut_off_and_the_next_one_found(path: Path, watch: Watch, restart: bool) -> None:
    endless = b"z" * (3 * SLICE)
    append(path, line(0), endless)
    it = watch()
    it.look()
    if restart:
        # What the log's end says, which does not know how far the line went on.
        assert it.tail.place is not None
        offset = len(line(0)) + LINE_LIMIT + 2
        place = Place(it.tail.place.generation, offset, it.tail.place.inode, it.tail.place.head)
        it = watch(place)
    append(path, endless, b"\n", line(1))
    it.look()
    assert it.lines[-len(line(1)) :] == line(1)
    assert [len(raw) for _, _, raw in it.got] == [len(line(0)) - 1, LINE_LIMIT + 1, len(line(1)) - 1][restart * 2 :]


def test_lines_are_cut_the_same_wherever_the_slices_fall() -> None:
    long = b"a" * (LINE_LIMIT + 1)
    assert cut_lines(b"one\n\ntwo\nthr", 10) == ([(10, b"one"), (14, b""), (15, b"two")], 19)
    assert cut_lines(long + b"rest\nx", 0) == ([(0, long)], LINE_LIMIT + 6)
    assert cut_lines(long + b"rest", 0) == ([(0, long)], LINE_LIMIT + 2)
    assert cut_lines(b"", 5) == ([], 5)


def test_a_file_of_another_kind_begins_by_its_own_time(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    fields = ["CHAN_START", "2026-11-22 12:00:00.250000", *[""] * 18]
    path.write_text(",".join(f'"{field}"' for field in fields) + "\n")
    tail = Tail(CEL, path, None, tmp_path)
    tail.look()
    assert tail.place is not None and tail.place.generation == START * 1000 + 250
    tail.close()
