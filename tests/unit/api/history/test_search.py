"""api/history/search.py: places in a list, parts of numbers, names."""

from datetime import UTC, datetime

import pytest

from api.errors import BadRequest
from api.history.search import Cursor, plain_ids, read_cursor, read_names, read_number


@pytest.mark.parametrize("call_id", ["pbx:1", "a~b:2~3", "pbx:Zoë"])
def test_a_place_comes_back_as_it_was_given(call_id: str) -> None:
    place = Cursor(datetime(2026, 11, 22, 12, 0, 0, 418_000, UTC), 3, call_id)
    assert read_cursor("after", place.text()) == place
    assert read_cursor("after", None) is None


@pytest.mark.parametrize("text", ["", "x", "2026-11-22T12:00:00Z~x~pbx:1", "2026-11-22T12:00:00Z~0~a\nb"])
def test_what_no_list_has_given_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="after"):
        read_cursor("after", text)


@pytest.mark.parametrize(
    ("text", "found"), [(None, ""), (" ", ""), ("030 / 12-34", "0301234"), ("+49%_301", "+49301"), ("*21#", "*21#")]
)
def test_a_part_of_a_number_is_its_digits(text: str | None, found: str) -> None:
    assert read_number(text) == found


@pytest.mark.parametrize("text", ["1", "%%%", "1-2"])
def test_too_few_digits_find_too_much(text: str) -> None:
    with pytest.raises(BadRequest, match="number"):
        read_number(text)


def test_names_come_once_and_not_too_many() -> None:
    assert read_names("queue", ["a", "b", "a"]) == ("a", "b")
    with pytest.raises(BadRequest, match="queue"):
        read_names("queue", [str(number) for number in range(201)])


def test_an_id_may_have_its_pbx_before_it() -> None:
    assert plain_ids(("support", "pbx:sales")) == ["pbx:sales", "sales", "support"]
