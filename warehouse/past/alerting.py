"""An alert's rule tried on the past: folded over the boards of then, by the lines that judge live ones."""

from itertools import pairwise
from zoneinfo import ZoneInfo

from calls.alert_curve import draw
from calls.alert_metrics import AlertBoard
from calls.alert_trial import Trial, Tried
from calls.alerts import Firing, advance
from warehouse.past.board import MOST_MOMENTS, Past


def try_rule(past: Past, tenant: str, trial: Trial, start: int, end: int, most: int = MOST_MOMENTS) -> Tried:
    """Try it within [start, end) (ms since the epoch), or as far as a reel reaches. Raises as `Past.reel` does."""
    reel = past.reel(tenant, start, end, most)
    rule, zone, watch = trial.rule, ZoneInfo(trial.zone), trial.watch
    board, found, curve = AlertBoard(), dict[int, Firing](), dict[int, float]()
    times = [*(moment.at for moment in reel.moments), reel.until]
    for moment, (at, following) in zip(reel.moments, pairwise(times), strict=True):
        board.put(moment.shown.agents, moment.shown.queues)
        for reading, until in board.readings(rule, at, following, zone):
            told, watch = advance(rule, watch, reading, until, zone)
            found |= {it.raised_at: it for it in told}
            draw(curve, rule, reading, until, trial.pieces)
    changed_at = reel.moments[-1].at if len(reel.moments) > 1 else None
    return Tried(list(found.values()), watch, sorted(curve.items()), reel.until, changed_at)
