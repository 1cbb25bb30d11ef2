"""api/dialling/rules.py: cautious defaults, and what a minute costs."""

import msgspec
import pytest
from api_parts import UTC

from api.dialling.rules import Kind, Price, Rules, price_of, zone_of
from api.errors import BadRequest


def test_what_costs_more_or_goes_abroad_is_off_by_default() -> None:
    rules = Rules()
    assert not {Kind.PREMIUM_RATE, Kind.SHARED_COST, Kind.UNKNOWN, Kind.PERSONAL} & set(rules.kinds)
    assert (rules.countries, rules.prefixes, rules.emergency_numbers) == ([], [], None)


def test_the_longest_prefix_has_the_price() -> None:
    rules = Rules(default_price=2.0, prices=[Price("+49", 1.0), Price("+4915", 3.0), Price("+43", 9.0)])
    assert [price_of(rules, number) for number in ("+4930", "+49151", "+33")] == [1.0, 3.0, 2.0]


def test_the_zone_is_the_tenants_or_the_installations() -> None:
    assert zone_of(Rules(), UTC) is UTC
    assert zone_of(Rules(time_zone="Europe/Berlin"), UTC).key == "Europe/Berlin"
    for name in ("Europe/Atlantis", "../../etc/passwd"):
        with pytest.raises(BadRequest, match="timeZone"):
            zone_of(Rules(time_zone=name), UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"country": "Germany"},
        {"countries": ["DE\n"]},
        {"prefixes": ["0049"]},
        {"prefixes": ["+49\n"]},
        {"blockedPrefixes": ["+"]},
        {"emergencyNumbers": ["1 1 2"]},
        {"hours": {"days": [], "start": "08:00", "end": "18:00"}},
        {"hours": {"days": [1], "start": "8:00", "end": "18:00"}},
        {"hours": {"days": [0], "start": "08:00", "end": "18:00"}},
        {"agentPerMinute": 0},
        {"spendPerHour": -1},
        {"dialForm": "sip:"},
        {"timeZone": "Europe/Berlin\n"},
    ],
)
def test_a_rule_that_makes_no_sense_is_none(wrong: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Rules)


def test_rules_of_another_release_are_read() -> None:
    assert msgspec.json.decode(b'{"country": "DE", "whatever": 1}', type=Rules) == Rules(country="DE")
