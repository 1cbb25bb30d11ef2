"""`trunkline staffing forecast`, `plan` and `what-if` over published marts, as they are asked."""

from datetime import date
from pathlib import Path

import pytest
from made_calls import queue_call
from made_lake import NOW, publish_calls

from calls.call import StintOutcome
from calls.settings import QueueSettings
from warehouse.errors import BadRange
from warehouse.staffing.questions import Horizon, Shift, forecast_answer, plan_answer, whatif_answer
from warehouse.staffing.whatif import Change

BERLIN = "Europe/Berlin"
SUPPORT = QueueSettings("Support", None, 10.0, 20.0, 5.0, 0.8)
HOUR_MS = 3_600_000
SUNDAY = date(2026, 11, 15)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five weeks, in each hour of which a call comes whose caller waits half a minute for the one agent."""
    data = tmp_path_factory.mktemp("data")
    begin = round(NOW.timestamp() * 1000) - 36 * 24 * HOUR_MS
    calls = [queue_call(n, StintOutcome.ANSWERED, 30, begin + n * HOUR_MS) for n in range(36 * 24)]
    publish_calls(data, calls, {"support": SUPPORT})
    return data


def test_a_forecast_says_what_will_come_and_how_wrong_it_was(data: Path) -> None:
    answer = forecast_answer(data, "default", Horizon("support", BERLIN, days=1, interval="1h", tested=2))
    assert (answer["pbx"], answer["name"], answer["weeks"]) == ("pbx1", "Support", 6)
    assert answer["rows"][0] == {"interval_start": "2026-11-22T00:00:00+01:00", "calls": 1.0}
    assert len(answer["rows"]) == 24
    total = answer["back_test"]["total"]
    assert (total["calls"], total["wape"], total["naive_bias"]) == (336, 0.0, 0.0)
    assert [week["week"] for week in answer["back_test"]["weeks"]] == [date(2026, 11, 8), SUNDAY]


def test_a_plan_is_for_the_queues_own_target_and_handle_time(data: Path) -> None:
    horizon = Horizon("support", BERLIN, days=1)
    answer = plan_answer(data, "default", horizon, None, None, None, None, 0.5)
    assert (answer["aht_s"], answer["service_level"], answer["target_s"]) == (70.0, 0.8, 20.0)
    assert [(row["calls"], row["agents"], row["rostered"]) for row in answer["rows"][:2]] == [(1.0, 1, 2), (0.0, 0, 0)]
    longer = plan_answer(data, "default", horizon, 1800.0, 0.95, 5.0, None, 0.0)
    assert longer["rows"][0]["agents"] > 1


def asked(data: Path, change: Change, shift: Shift | None = None, target: float | None = None) -> dict[str, object]:
    answer = whatif_answer(data, "default", "support", SUNDAY, BERLIN, change, shift or Shift(), target)
    assert answer["recorded"]["service_level"] == 0.0
    assert (answer["agents"], answer["delivery_s"]) == (["PJSIP/1001"], 0.0)
    return dict(answer["simulated"]) | {"unchanged": answer["unchanged"]}


def test_what_if_nothing_changed_and_what_if_there_were_one_more(data: Path) -> None:
    assert asked(data, Change())["unchanged"] is True
    assert asked(data, Change(), target=30.0)["service_level"] == 1.0
    more = asked(data, Change(), Shift(1))
    assert (more["unchanged"], more["service_level"], more["answered"]) == (False, pytest.approx(23 / 24), 24)
    nobody = asked(data, Change(frozenset({"PJSIP/1001"})))
    assert (nobody["answered"], nobody["offered"], nobody["occupancy"]) == (0, 24, None)


def test_what_makes_no_sense_is_said(data: Path) -> None:
    with pytest.raises(BadRange, match="there were: PJSIP/1001"):
        asked(data, Change(frozenset({"Nobody"})))
    with pytest.raises(BadRange, match="--add-from"):
        asked(data, Change(), Shift(1, NOW, NOW))
