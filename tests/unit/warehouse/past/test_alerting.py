"""warehouse/past/alerting.py: a rule over a short log, at once and in pieces."""

from pathlib import Path

from past_logs import CAME, write_log

from calls.alert_curve import Pieces
from calls.alert_trial import Trial
from calls.alerts import AlertMetric, AlertRule, Firing, Side, Watch
from warehouse.past.alerting import try_rule
from warehouse.past.board import Past

RULE = AlertRule("Waits", AlertMetric.LONGEST_WAIT, Side.AT_LEAST, 3)
START, END = CAME - 1000, CAME + 3_600_000
TRIAL = Trial(RULE, "Europe/Berlin", Watch(), Pieces(START, 900_000))


def test_the_pieces_come_to_the_whole(tmp_path: Path) -> None:
    write_log(tmp_path)
    past = Past(tmp_path)
    whole = try_rule(past, "default", TRIAL, START, END)
    waits = [(it.raised_at, it.cleared_at) for it in whole.firings]
    assert len(waits) == 2
    assert waits[0][0] - CAME in range(3000, 3020)
    assert [number for number, value in whole.curve if value >= 3] == [0, 2]
    # The last caller's wrap-up ends last of all, long before the hour is over.
    assert whole.changed_at is not None and waits[1][0] < whole.changed_at < END
    assert try_rule(past, "default", TRIAL, END - 1000, END).changed_at is None
    at, watch, found = START, Watch(), dict[int, Firing]()
    while at < END:
        told = try_rule(past, "default", Trial(RULE, "Europe/Berlin", watch, TRIAL.pieces), at, END, most=3)
        found |= {it.raised_at: it for it in told.firings}
        at, watch = told.until, told.watch
    assert [list(found.values()), watch] == [whole.firings, whole.watch]
