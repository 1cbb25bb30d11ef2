"""What the wait page reads."""

from datetime import UTC, datetime

from dashboard_parts import PaperMarts, filters

from dashboard.wait_figures import read_waits

MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_every_interval_is_there_and_the_threshold_if_all_share_it() -> None:
    answer = read_waits(PaperMarts(offered={MORNING: 8}), filters())
    assert (answer.by_interval.height, answer.threshold) == (96, 20.0)
    waited = answer.by_interval.filter(answer.by_interval["left_queue"] > 0)
    assert waited.select("label", "p50", "p90").rows() == [("Sun 22 Nov 09:00", 7.4, 52.0)]
    assert answer.waits["p90"] == 52.0


def test_an_earlier_period_is_read_only_if_asked_for() -> None:
    assert read_waits(PaperMarts(offered={MORNING: 8}), filters()).before == {}
    assert read_waits(PaperMarts(offered={MORNING: 8}), filters("?compare=week")).before["p50"] == 7.4
