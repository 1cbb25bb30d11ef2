"""Reading calls back: field for field what was stored."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, Phase, given, settings
from made_calls import DAY_MS, START, many_calls, queue_call
from made_installation import Installation

from calls.call import Call
from warehouse.readback import stored_calls
from warehouse.replay import call_lines, form_line


def at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(calls=many_calls())
def test_any_calls_come_back_as_the_replay_prints_them(installation: Installation, calls: list[Call]) -> None:
    installation.wipe()
    installation.write(*calls)
    back = [form_line(form) for form in stored_calls(installation.source, at(START), at(START + 2 * DAY_MS))]
    assert back == list(call_lines(calls))


def test_the_end_of_the_range_is_exclusive(installation: Installation) -> None:
    installation.write(*(queue_call(n, at=START + n * 1000) for n in range(4)))
    back = stored_calls(installation.source, at(START + 1000), at(START + 3000))
    assert [form.call_id for form in back] == ["pbx1:l1", "pbx1:l2"]


def test_more_calls_than_one_batch_stay_in_order(installation: Installation) -> None:
    calls = [queue_call(n, at=START + (n % 7) * 1000) for n in range(1100)]
    installation.write(*calls)
    back = [form_line(form) for form in stored_calls(installation.source, at(START), at(START + DAY_MS))]
    assert back == list(call_lines(calls))
