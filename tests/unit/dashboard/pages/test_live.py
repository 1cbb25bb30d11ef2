"""The live page as Python gives it: structure, definitions, today's chart."""

import json
from datetime import UTC, datetime

from dashboard_parts import BERLIN, PaperMarts, filters, parts_of, text_of

from dashboard.definitions import LIVE
from dashboard.pages import live
from dashboard.reports import Day, read_day
from dashboard.tokens import ASSETS

MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)
SCRIPTS = "".join(path.read_text() for path in (ASSETS / "live.js", *(ASSETS / "live").glob("*.js")))


def day(offered: dict[datetime, int]) -> Day:
    return read_day(lambda _: PaperMarts(offered=offered), "northwind", filters())


def test_every_tile_is_there_and_explained() -> None:
    page = list(parts_of(live.layout(BERLIN)))
    tiles = [getattr(each, "data-kpi") for each in page if hasattr(each, "data-kpi")]
    (said,) = [each.children for each in page if getattr(each, "id", None) == "explanations"]
    assert tiles == [each.name for each in LIVE]
    named = {getattr(each, "data-explain") for each in page if hasattr(each, "data-explain")}
    assert set(json.loads(said)) == named > set(tiles)


def test_every_place_that_the_scripts_fill_is_there() -> None:
    page = {getattr(each, "id", None) for each in parts_of(live.layout(BERLIN))}
    for name in (
        "queue-rows",
        "agent-rows",
        "agent-count",
        "agent-states",
        "live-clock",
        "live-notice",
        "health",
        "find",
        "scrub",
        "past-bar",
    ):
        assert name in page
        assert f'"#{name}"' in SCRIPTS


def test_every_tile_has_its_figure_in_the_scripts() -> None:
    tiles = (ASSETS / "live" / "tiles.js").read_text()
    assert [each.name for each in LIVE if f"{each.name}:" not in tiles and f" {each.name}(" not in tiles] == []


def test_the_zone_of_the_day_is_told_to_reader_and_scripts() -> None:
    page = live.layout(BERLIN)
    assert getattr(page, "data-timezone") == "Europe/Berlin"
    assert "today since 00:00 Europe/Berlin" in text_of(page)


def test_only_who_may_set_limits_finds_how() -> None:
    assert hasattr(live.layout(BERLIN, "manager"), "data-may-limit")
    assert not hasattr(live.layout(BERLIN, "supervisor"), "data-may-limit")


def test_the_tiles_lines_are_the_quarters_that_had_calls() -> None:
    two = day({MORNING: 8, datetime(2026, 11, 22, 9, tzinfo=UTC): 16})
    assert json.loads(live.series(two)) == {
        "service_level": [0.75, 0.75],
        "abandoned": [0.125, 0.125],
        "asa": [14.0, 14.0],
        "aht": [252.0, 252.0],
    }


def test_who_looks_back_sees_the_chart_as_it_was_then() -> None:
    now = MORNING.replace(hour=20)
    assert live.instant("2026-11-22T09:20:00.000Z", now) == MORNING.replace(hour=9, minute=20)
    for nothing in (None, "", "yesterday", "2026-11-22T09:20:00", "2027-11-22T09:20:00Z"):
        assert live.instant(nothing, now) == now
    whole = day({MORNING.replace(hour=9, minute=minute): 8 for minute in (0, 15, 30)})
    then = live.until(whole, MORNING.replace(hour=9, minute=30))
    assert then.rows["start"].max() == MORNING.replace(hour=9, minute=15)


def test_a_long_day_shows_its_end() -> None:
    midnight = datetime(2026, 11, 21, 23, tzinfo=UTC)
    whole = day({midnight.replace(day=22, hour=n // 4, minute=n % 4 * 15): 8 for n in range(80)})
    assert len(json.loads(live.series(whole))["asa"]) == live.SPARK_QUARTERS


def test_an_empty_day_says_how_calls_come() -> None:
    assert live.today_words(day({MORNING: 8})) == ""
    assert "No calls today yet" in live.today_words(day({}))
    assert "No calls today yet" in live.today_words(Day())
    assert live.today_words(Day(), past=True) == "No calls that day until then."
