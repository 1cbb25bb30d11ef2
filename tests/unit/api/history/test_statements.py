"""api/history/statements.py: nothing that was sent becomes part of a statement; pages have an order without ties."""

from zoneinfo import ZoneInfo

import pytest
from psycopg import sql

from api.history.search import Search
from api.history.shows import SHOWS, Unit
from api.history.statements import count_sql, details_sql, page_sql
from api.managers.period import read_period

UTC = ZoneInfo("UTC")
HOSTILE = "'; DROP TABLE users; --"
SEARCH = Search(
    read_period("2026-11-22", "2026-11-22", UTC), UTC, queues=(HOSTILE,), agents=(HOSTILE,), number=HOSTILE,
    dispositions=(HOSTILE,), pbx=HOSTILE, hour=1, weekday=1, min_seconds=1.0, max_seconds=2.0,
)  # fmt: skip


@pytest.mark.parametrize("show", SHOWS)
@pytest.mark.parametrize("of_agents", [True, False])
def test_values_stand_beside_the_statement(show: str, of_agents: bool) -> None:
    asked = Search(SEARCH.period, UTC, show, (HOSTILE,), (HOSTILE,), of_agents, HOSTILE, (HOSTILE,), HOSTILE, 1, 15, 1)
    for text in (page_sql(asked, seated=True, after=True, before=False), count_sql(asked, seated=True)):
        assert "DROP" not in text
        assert sql.SQL(text)
        for name in ("queues", "seats", "number", "dispositions", "pbx", "hour", "minute", "weekday"):
            assert f"%({name})s" in text


def test_what_is_not_asked_for_costs_nothing() -> None:
    text = count_sql(Search(SEARCH.period, UTC), seated=False)
    assert "%(queues)s" not in text
    assert "%(number)s" not in text


def test_going_back_reads_the_order_backwards() -> None:
    on = page_sql(SEARCH, seated=False, after=True, before=False)
    back = page_sql(SEARCH, seated=False, after=False, before=True)
    assert "ORDER BY 2 DESC, 1 DESC, 3 DESC" in on
    assert "< (%(at)s, %(call)s, %(ordinal)s)" in on
    assert "ORDER BY 2 ASC, 1 ASC, 3 ASC" in back
    assert "> (%(at)s, %(call)s, %(ordinal)s)" in back


@pytest.mark.parametrize("unit", Unit)
def test_every_unit_tells_the_same_columns(unit: Unit) -> None:
    assert "{" not in details_sql(unit).replace("{}", "")
    assert details_sql(unit).count("LATERAL") == 3
