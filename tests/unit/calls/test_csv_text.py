"""calls/csv_text.py: S9: no text becomes a formula, and every line can be read back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.csv_text import csv_line, csv_lines, guarded

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
values = st.one_of(texts, st.sampled_from(["=1+1", "+4930", "-1", "@x", "\tx", '"', ",", "\r\n"]))


def test_a_header_a_line_a_row_and_nothing_for_null() -> None:
    told = "".join(csv_lines(["a", "b"], [(1, None), (0.5, 'say "x", y'), (True, "two\nlines")]))
    assert told == 'a,b\r\n1,\r\n0.5,"say ""x"", y"\r\nTrue,"two\nlines"\r\n'


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "+49301234567", "-1", "@SUM(A1)", "\tx", "\nx", "\rx", "\0x",
     "\uff1d1", "\uff0b1", "\uff0d1", "\uff20A1"],
)  # fmt: skip
def test_no_text_becomes_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert csv_line(["Ana", text]).removeprefix("Ana,").lstrip('"').startswith("'")


@pytest.mark.parametrize("text", ["", "Ana", "4930", "1-2", "a=b", "'x", " x"])
def test_what_is_none_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


def test_a_number_stays_a_number_though_it_is_negative() -> None:
    assert csv_line([-1, -0.5]) == "-1,-0.5\r\n"


@given(st.lists(st.tuples(values, st.integers(), values)))
def test_every_line_can_be_read_back(rows: list[tuple[str, int, str]]) -> None:
    back = list(csv.reader(io.StringIO("".join(csv_lines(["one", "n", "two"], rows)), newline="")))
    assert back == [["one", "n", "two"], *([guarded(one), str(n), guarded(two)] for one, n, two in rows)]


@given(st.lists(values, max_size=5))
def test_one_column_too(column: list[str]) -> None:
    back = list(csv.reader(io.StringIO("".join(csv_lines(["a"], [[it] for it in column])), newline="")))
    assert back == [["a"], *([guarded(it)] for it in column)]
