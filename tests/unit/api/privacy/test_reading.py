"""api/privacy/reading.py: one person however their number is written, and who is nobody."""

import re

import pytest

from api.errors import BadRequest
from api.privacy.reading import read_person
from calls.erasure import stand_in

BERLIN = "3055512345"


@pytest.mark.parametrize("text", ["+49 30 555 12345", "(030) 555-12345", "0049 3055512345", "903055512345", BERLIN])
def test_a_number_is_one_person_however_it_is_written(text: str) -> None:
    found = read_person(text, "DE")
    assert (found.number, found.national, found.shown) == (f"+49{BERLIN}", BERLIN, "+49 30 55512345")


def test_what_is_told_is_found() -> None:
    for text, country in (("+493055512345", "DE"), ("+12025550147", "US"), ("+43 1 5551234", "DE")):
        found = read_person(text, country)
        assert found.spellings and all(re.fullmatch(found.pattern, each) for each in found.spellings)
    # Of another country's nobody writes the number alone: that is somebody else's here.
    assert not re.search(found.pattern, "015551234")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2001", "extension"),
        (f"+49{stand_in(BERLIN, b'key')}", "stands in for somebody"),
        (f"0{stand_in(BERLIN, b'key')}", "stands in for somebody"),
        ("-", "no phone number"),
    ],
)
def test_nobody_has_an_extension_or_a_stand_in(text: str, why: str) -> None:
    with pytest.raises(BadRequest, match=f"^confirm: .*{why}"):
        read_person(text, "DE", "confirm")
