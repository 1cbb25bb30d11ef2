"""api/dialling/numbers.py: what a number is, and whose."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.dialling.numbers import NOWHERE, Number, code_of, e164_of, is_country, is_emergency, read_number
from api.dialling.rules import Kind

ORDINARY = {Kind.FIXED_LINE, Kind.MOBILE}


def read(text: str, country: str, *countries: str) -> Number:
    number = read_number(text, country, countries)
    assert number is not None
    return number


@pytest.mark.parametrize(
    ("text", "country", "e164", "owner", "kinds"),
    [
        ("030123456", "DE", "+4930123456", "DE", {Kind.FIXED_LINE}),
        ("+4930123456", "US", "+4930123456", "DE", {Kind.FIXED_LINE}),
        ("0114930123456", "US", "+4930123456", "DE", {Kind.FIXED_LINE}),
        ("12025550100", "US", "+12025550100", "US", ORDINARY),
        # One code, many countries: Jamaica, Guernsey.
        ("18765551234", "US", "+18765551234", "JM", {Kind.MOBILE}),
        ("07781234567", "GB", "+447781234567", "GG", {Kind.MOBILE}),
        # One number, several countries.
        ("8005551234", "CA", "+18005551234", "CA", {Kind.TOLL_FREE}),
        ("09001123456", "DE", "+499001123456", "DE", {Kind.PREMIUM_RATE}),
        ("01805123456", "DE", "+491805123456", "DE", {Kind.SHARED_COST}),
        ("+979123456789", "US", "+979123456789", NOWHERE, {Kind.PREMIUM_RATE}),
        # As long as a number, and in no plan.
        ("15551234567", "US", "+15551234567", "US", set()),
        ("+15551234567", "DE", "+15551234567", NOWHERE, set()),
    ],
)
def test_a_number_is_read_from_where_one_is(text: str, country: str, e164: str, owner: str, kinds: set[Kind]) -> None:
    number = read(text, country)
    assert (number.e164, number.country, number.kinds) == (e164, owner, kinds)


def test_what_two_countries_share_is_the_allowed_ones() -> None:
    assert read("+18005551234", "DE", "CA").country == "CA"


def test_satellites_are_known_by_their_codes() -> None:
    assert read("+881612345678", "US").is_satellite and read("+870773111632", "US").is_satellite
    assert not read("+4930123456", "US").is_satellite


def test_a_number_has_a_form_for_inside_its_country() -> None:
    assert read("+4930123456", "DE").national == "030123456"


@pytest.mark.parametrize("text", ["", "+", "1", "*72", "00", "911#", "+49 30 12", "1002", "９１１", "+4930123456\n"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text, "US") is None


@given(st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_any_text_is_a_number_of_digits_or_none(text: str) -> None:
    number = read_number(text, "DE")
    assert number is None or (number.e164[0] == "+" and number.e164[1:].isdecimal() and number.e164.isascii())


@pytest.mark.parametrize("text", ["030 123456", "(030) 12-34.56", "+49 (30) 123456", "004930123456"])
def test_people_write_numbers_as_they_like(text: str) -> None:
    assert e164_of(text, "DE") == "+4930123456"


@pytest.mark.parametrize("text", ["anonymous", "", "30 123456; ext=5", "'--", "+49\r\n30123456", "\u0660\u0661"])
def test_a_callers_line_may_say_anything(text: str) -> None:
    assert e164_of(text, "DE") is None


def test_countries_and_their_help() -> None:
    assert is_emergency("112", "DE") and is_emergency("911", "US") and not is_emergency("112112", "DE")
    assert is_country("DE") and not is_country("001") and not is_country("XX")
    assert (code_of("DE"), code_of("XX")) == (49, 0)
