"""api/dialling/judgement.py: what may be dialled by which rules. S2."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from api.dialling.judgement import Allowed, Reason, Refused, judge
from api.dialling.rules import Hours, Kind, Price, Rules

BERLIN = ZoneInfo("Europe/Berlin")
# A Sunday, noon in Berlin.
NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)
PLAIN = Rules()
WORKING = Hours([1, 2, 3, 4, 5], "08:00", "18:00")


def judged(text: str, rules: Rules = PLAIN, now: datetime = NOON, country: str = "DE") -> Allowed:
    return judge(rules, text, now, country, BERLIN)


def refused(text: str, rules: Rules = PLAIN, now: datetime = NOON, country: str = "DE") -> Refused:
    with pytest.raises(Refused) as caught:
        judged(text, rules, now, country)
    return caught.value


@pytest.mark.parametrize("text", ["030123456", "+4930123456", "004930123456", "015112345678", "08001234567"])
def test_the_own_country_is_open(text: str) -> None:
    assert judged(text).dial.startswith("49")


@pytest.mark.parametrize(
    ("text", "country", "why"),
    [
        ("+18765551234", "US", "outside of US"),
        ("+442083661177", "DE", "outside of DE"),
        ("+252611234567", "DE", "outside of DE"),
        ("09001123456", "DE", "premium-rate"),
        ("+19005551234", "US", "premium-rate"),
        ("01805123456", "DE", "shared-cost"),
        ("+881612345678", "DE", "satellite"),
        ("+870773111632", "DE", "satellite"),
        ("+8835100123456", "DE", "outside of DE"),
        ("+979123456789", "DE", "outside of DE"),
        ("+447012345678", "GB", "personal"),
        ("+15551234567", "US", "unassigned"),
        ("1002", "DE", "unassigned"),
    ],
)
def test_what_costs_more_or_goes_elsewhere_is_closed(text: str, country: str, why: str) -> None:
    refusal = refused(text, country=country)
    assert refusal.reason is Reason.DESTINATION and why in refusal.detail


NO_NUMBERS = ["", "*72030123456", "030123456,2", "030&PJSIP", "1002", "abc", "+49301234567890123456"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_not_dialled(text: str) -> None:
    assert refused(text, country="US").reason is Reason.NUMBER


def test_countries_kinds_and_prefixes_are_allowed_by_name() -> None:
    assert judged("+442083661177", Rules(countries=["GB"])).e164 == "+442083661177"
    assert judged("09001123456", Rules(kinds=[Kind.PREMIUM_RATE])).e164 == "+499001123456"
    assert judged("+15551234567", Rules(prefixes=["+1555"])).dial == "15551234567"
    assert judged("+881612345678", Rules(prefixes=["+8816"])).dial == "881612345678"
    # A country that is allowed is not its premium numbers.
    assert refused("+449012345678", Rules(countries=["GB"])).reason is Reason.DESTINATION


def test_what_is_blocked_is_blocked_whatever_else_is_said() -> None:
    rules = Rules(prefixes=["+49"], blocked_prefixes=["+4930"])
    assert "blocked" in refused("030123456", rules).detail
    assert judged("040123456", rules).e164 == "+4940123456"


def test_a_call_for_help_always_goes() -> None:
    closed = Rules(blocked_prefixes=["+1", "+4"], hours=WORKING, default_price=9.0)
    assert judged("112", closed) == Allowed("112", "112", 0.0, is_emergency=True)
    assert judged("911", Rules(country="US")).is_emergency
    assert judged("115", Rules(emergency_numbers=["115"])).is_emergency
    assert refused("112", Rules(emergency_numbers=[])).reason is Reason.DESTINATION


def test_the_tenants_country_goes_before_the_installations() -> None:
    assert judged("2025550100", Rules(country="US")).e164 == "+12025550100"


@pytest.mark.parametrize(
    ("hours", "open_", "closed"),
    [
        (WORKING, ("11-23 08:00", "11-27 17:59"), ("11-23 07:59", "11-23 18:00", "11-22 12:00")),
        # Beyond midnight a night belongs to the day on which it began.
        (Hours([5], "22:00", "06:00"), ("11-27 22:00", "11-28 05:59"), ("11-27 05:00", "11-28 22:00")),
        (Hours([7], "00:00", "00:00"), ("11-22 00:00", "11-22 23:59"), ("11-23 00:00",)),
    ],
)
def test_hours_are_local(hours: Hours, open_: tuple[str, ...], closed: tuple[str, ...]) -> None:
    rules = Rules(hours=hours)
    for text in open_:
        assert judged("030123456", rules, datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN))
    for text in closed:
        refusal = refused("030123456", rules, datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN))
        assert refusal.reason is Reason.HOURS and hours.start in refusal.detail


def test_the_trunk_gets_it_as_it_wants_it() -> None:
    assert judged("030123456").dial == "4930123456"
    assert judged("030123456", Rules(dial_form="plus")).dial == "+4930123456"
    assert judged("+4930123456", Rules(dial_form="national")).dial == "030123456"
    # There is no national form of another country's number.
    assert judged("+442083661177", Rules(dial_form="national", countries=["GB"])).dial == "442083661177"


def test_a_minute_has_a_price() -> None:
    assert judged("030123456", Rules(prices=[Price("+4930", 0.5)])).price == 0.5
