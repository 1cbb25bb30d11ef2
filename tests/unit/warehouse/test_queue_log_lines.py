"""Pieces of a queue_log: whole lines with their places, from plain and zipped files, and text that can be read."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.errors import QueueLogUnreadable
from warehouse.queue_log_lines import LONGEST, STAND_IN, Part, Piece, first_line, parts

LINE = b"1795360534|NONE|NONE|NONE|CONFIGRELOAD|"
any_lines = st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line), max_size=12)


def content(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


@given(any_lines, st.integers(1, 40), st.booleans())
def test_parts_are_the_whole_lines_of_the_file_one_behind_the_other(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], size: int, zipped: bool
) -> None:
    path = tmp_path_factory.mktemp("log") / "queue_log"
    data = content(lines)
    path.write_bytes(gzip.compress(data) if zipped else data)
    found = list(parts(path, 0, True, size))
    assert b"".join(part.data for part in found) == data
    assert all(part.data.endswith(b"\n") and data.startswith(part.data, part.offset) for part in found)


def test_reading_goes_on_behind_a_line_end(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(content([b"one", b"two"]))
    assert list(parts(path, 4, True)) == [Part(4, b"two\n")]
    assert list(parts(path, 8, True)) == []


@pytest.mark.parametrize("offset", [3, 9])
def test_reading_does_not_go_on_where_no_line_ends(tmp_path: Path, offset: int) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(content([b"one", b"two"]))
    with pytest.raises(QueueLogUnreadable, match=f"up to byte {offset}"):
        list(parts(path, offset, True))


def test_a_last_line_without_end_is_torn_only_where_nobody_writes(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(b"one\ntw")
    assert list(parts(path, 0, True)) == [Part(0, b"one\n"), Part(4, b"tw", torn=True)]
    assert list(parts(path, 0, False)) == [Part(0, b"one\n")]


def test_a_broken_zip_says_so(tmp_path: Path) -> None:
    path = tmp_path / "queue_log.gz"
    path.write_bytes(gzip.compress(LINE * 100)[:-12])
    with pytest.raises(QueueLogUnreadable, match="go on"):
        list(parts(path, 0, True))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (content([LINE]), (1795360534, LINE)),
        (content([b"torn|", LINE]), (1795360534, LINE)),
        (LINE[:-1], None),
        (b"", (0, b"")),
    ],
)
def test_a_file_is_known_by_its_first_line_with_a_time(
    tmp_path: Path, data: bytes, found: tuple[int, bytes] | None
) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(data)
    if found is None:
        with pytest.raises(QueueLogUnreadable, match="does not look like"):
            first_line(path)
    else:
        assert first_line(path) == found


@given(any_lines, any_lines, st.data())
def test_a_line_is_found_by_its_number_with_its_place(
    carried: list[bytes], lines: list[bytes], data: st.DataObject
) -> None:
    piece = Piece(content(carried), Part(1000, content(lines)), block=8)
    numbers = data.draw(st.lists(st.integers(1, len(lines)), unique=True).map(sorted)) if lines else []
    found = list(piece.lines(number + len(carried) for number in numbers))
    assert found == [
        (number + len(carried), 1000 + len(content(lines[: number - 1])), lines[number - 1]) for number in numbers
    ]
    assert piece.new_lines == len(lines)


@pytest.mark.parametrize("odd", [b"", b"\xfc", b"a\0", b"a\rb"])
def test_what_is_no_text_gets_a_stand_in(odd: bytes) -> None:
    piece = Piece(b"", Part(0, content([LINE, odd, LINE])))
    assert b"".join(piece.text()) == content([LINE, STAND_IN, LINE])


@pytest.mark.parametrize("odd", [b"|" * 11, b"x" * (LONGEST + 1)])
def test_what_does_not_fit_into_columns_gets_a_stand_in_where_every_line_is_looked_at(odd: bytes) -> None:
    piece = Piece(b"", Part(0, content([odd, LINE])))
    assert b"".join(piece.text(wary=True)) == content([STAND_IN, LINE])
    assert b"".join(piece.text()) == content([odd, LINE])
