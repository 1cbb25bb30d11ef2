"""Numbers as they are written: one number is told as one, whatever is dialled before it."""

import pytest

from calls.numbers import Read, read


@pytest.mark.parametrize(
    ("number", "home", "code", "national"),
    [
        ("+49 30 1234567", 49, 49, "301234567"),
        ("+49 (0)30 1234567", 49, 49, "301234567"),
        ("0049301234567", 49, 49, "301234567"),
        ("90049301234567", 49, 49, "301234567"),
        ("49301234567", 49, 49, "301234567"),
        ("0301234567", 49, 49, "301234567"),
        ("90301234567", 49, 49, "301234567"),
        ("301234567", 49, 49, "301234567"),
        ("+390612345678", 49, 39, "612345678"),
        ("+12125551234", 49, 1, "2125551234"),
        ("00353612345678", 49, 353, "612345678"),
        ("2125551234", 1, 1, "2125551234"),
        ("12125551234", 1, 1, "2125551234"),
        ("912125551234", 1, 1, "2125551234"),
        ("9011493012345678", 1, 49, "3012345678"),
        ("0301234567", 0, 0, "301234567"),
        # Of those that stand in, a zero is left.
        ("0000123456", 49, 49, "000123456"),
        ("+49000123456", 49, 49, "00123456"),
        ("2001", 49, 49, "2001"),
        ("+", 49, None, ""),
        ("anonymous", 49, None, ""),
        ("*43", 49, None, ""),
    ],
)
def test_a_number_is_read_from_a_country(number: str, home: int, code: int | None, national: str) -> None:
    assert read(number, home) == (None if code is None else Read(code, national))
