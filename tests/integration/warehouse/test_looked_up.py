"""Single calls and an agent's day, looked up in PostgreSQL: the same rows as the published views have."""

from datetime import UTC, datetime

import pytest
from api_parts import agent
from api_rows import live_statements, write
from made_day import AGENTS, DAYS_END, DAYS_START, made_calls
from made_installation import Installation

from streams.rows import IntervalRow
from warehouse.errors import BadRange, LakeUnavailable
from warehouse.looked_up import look_up
from warehouse.mart_models import MARTS, mart_model
from warehouse.mart_reports import Asked
from warehouse.marts import open_marts
from warehouse.refresh import Refresher

FROM, TO = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (DAYS_START, DAYS_END))
INTERVAL = IntervalRow("pbx1", "anna", "default", "paused", "lunch", "2026-10-24T08:00:00Z", "2026-10-24T08:05:00Z")


def test_postgresql_says_what_the_published_views_say(installation: Installation) -> None:
    installation.write(*made_calls(60))
    write(installation.owner, live_statements([agent(interface=AGENTS[0], agent_id="anna", pbx="pbx1")], []))
    installation.write_presence(INTERVAL)
    refresher = Refresher(installation.catalog, installation.source, installation.data)
    refresher.refresh()
    refresher.close()
    marts = open_marts(installation.data, "default")
    for asked in (Asked(FROM, TO, call="pbx1:l3"), Asked(FROM, TO, agents=["anna"], timezone="Europe/Berlin")):
        mart = mart_model("call_trace" if asked.call else "agent_timeline")
        mine, theirs = look_up(installation.source, "default", mart, asked), marts.report(mart.name, asked)
        assert mine.columns == theirs.columns == list(mart.columns)
        assert sorted(mine.rows(), key=str) == sorted(theirs.rows(), key=str)
        assert len(mine) > 3
        assert look_up(installation.source, "other", mart, asked).is_empty()


def test_what_is_single_has_to_be_named(installation: Installation) -> None:
    for name in (name for name in MARTS if mart_model(name).looked_up):
        with pytest.raises(BadRange, match=r"--call|--agent"):
            look_up(installation.source, "default", mart_model(name), Asked(FROM, TO))
    gone = installation.source.replace("trunkline_warehouse:", "trunkline_warehouse:not-")
    with pytest.raises(LakeUnavailable, match="trunkline up"):
        look_up(gone, "default", mart_model("call_trace"), Asked(FROM, TO, call="a"))
