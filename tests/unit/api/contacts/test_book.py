"""api/contacts/book.py: what a caller's number may be."""

import pytest

from api.contacts.book import readings


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("+4930123456", ["+4930123456"]),
        ("030123456", ["+4930123456"]),
        ("004930123456", ["+4930123456"]),
        # Some carriers leave out the plus; it may be a number of one's own country as well.
        ("4930123456", ["+4930123456"]),
        ("4915112345678", ["+494915112345678", "+4915112345678"]),
        ("2083661177", ["+492083661177", "+2083661177"]),
        ("1001", ["+491001"]),
        ("anonymous", []),
        ("", []),
        ("\u202e123456789", []),
        ("<script>", []),
    ],
)
def test_a_callers_number_is_read_as_it_may_be_meant(number: str, read: list[str]) -> None:
    assert readings(number, "DE") == read
