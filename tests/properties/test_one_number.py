"""One number: the sum of tallies by a metric's Python form, and the published marts by its SQL form, for any calls."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import add
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_calls import DAY_MS, START, many_calls
from made_lake import publish_calls

from calls.call import Call
from calls.metrics import METRICS
from calls.settings import QueueSettings, Settings
from calls.tally import NOTHING, Tally, stint_tally
from warehouse.marts import COUNTS, RATIOS, open_marts

SUPPORT = QueueSettings("Support line", None, 10.0, 20.0, 5.0, 0.8)
FROM = datetime.fromtimestamp(START / 1000, UTC)
# Parts of a call may begin two days after it.
TO = FROM + timedelta(milliseconds=4 * DAY_MS)


def tally(calls: list[Call]) -> Tally:
    known = Settings(queues={"support": SUPPORT})
    facts = (
        stint_tally(call, index, known.queue(stint.queue)) for call in calls for index, stint in enumerate(call.stints)
    )
    return reduce(add, facts, NOTHING)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=many_calls(), folder=st.uuids())
def test_the_total_of_any_calls_is_the_metric_of_their_tallies(
    tmp_path: Path, calls: list[Call], folder: object
) -> None:
    data = tmp_path / str(folder)
    publish_calls(data, calls, {"support": SUPPORT})
    total = open_marts(data, "default").total(FROM, TO)
    mine = tally([call for call in calls if call.tenant == "default"])
    names = (*COUNTS, "service_level", *RATIOS)
    assert {name: total[name] for name in names} == {name: METRICS[name].value(mine) for name in names}
