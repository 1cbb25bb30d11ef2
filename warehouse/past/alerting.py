"""An alert's rule tried on the past: folded over the boards of then, with the lines that judge live ones. Reads only.

A long span is tried in pieces: each answer says how far it reached and what the rule remembers, for the next one.
"""

from itertools import pairwise
from zoneinfo import ZoneInfo

from msgspec import Struct

from calls.alert_curve import Pieces, draw
from calls.alert_metrics import AlertBoard
from calls.alerts import AlertRule, Firing, Watch, advance
from warehouse.past.board import MOST_MOMENTS, Past


class Trial(Struct, frozen=True, forbid_unknown_fields=True):
    """Which rule, what it remembers, the zone of its days by name, and the pieces in which its metric is drawn."""

    rule: AlertRule
    zone: str
    watch: Watch
    pieces: Pieces


class Tried(Struct, frozen=True):
    """What fired or was over until then (ms since the epoch), what the rule remembers, its metric by piece at worst."""

    firings: list[Firing]
    watch: Watch
    curve: list[tuple[int, float]]
    until: int


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
    return Tried(list(found.values()), watch, sorted(curve.items()), reel.until)
