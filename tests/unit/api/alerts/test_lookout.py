"""api/alerts/lookout.py: rules over what is heard, each tenant its own."""

from uuid import UUID

from api_parts import NOON, UTC, queue
from msgspec.structs import replace

from api.alerts.lookout import Lookout, Watched
from api.alerts.tap import Heard
from calls.alerts import AlertMetric, AlertRule, Firing, Side, Watch
from calls.live import Waiter

WAITS = AlertRule("Waits", AlertMetric.LONGEST_WAIT, Side.AT_LEAST, 30.5)
RULE = Watched(UUID(int=1), "default", WAITS, 1, Watch())
NOBODY = Heard(NOON + 2000, [], [queue(version=2, waiting=[])])


def test_it_fires_at_the_very_instant_and_remembers() -> None:
    lookout = Lookout([], [queue()], NOON, UTC)
    lookout.adopt([RULE, replace(RULE, id=UUID(int=2), tenant="other")])
    assert lookout.advance([], NOON + 400) == []
    (raised,) = lookout.advance([], NOON + 1000)
    firing = Firing(NOON + 500, 30.5)
    assert (raised.watched.id, raised.told, raised.watched.watch.firing) == (RULE.id, [firing], firing)
    assert lookout.advance([], NOON + 1500) == []
    (cleared,) = lookout.advance([NOBODY], NOON + 2500)
    assert cleared.told == [replace(firing, cleared_at=NOON + 2000)]


def test_what_was_raised_and_over_within_one_look_is_told_as_both() -> None:
    lookout = Lookout([], [queue()], NOON, UTC)
    lookout.adopt([RULE])
    (outcome,) = lookout.advance([NOBODY], NOON + 2500)
    assert [it.cleared_at for it in outcome.told] == [None, NOON + 2000]


def test_who_comes_after_goes_on_with_what_was_remembered() -> None:
    lookout = Lookout([], [queue()], NOON, UTC)
    held = replace(RULE, rule=replace(WAITS, limit=5, for_s=60), watch=Watch(since=NOON - 59_000))
    lookout.adopt([held])
    (outcome,) = lookout.advance([], NOON + 1500)
    assert [it.raised_at for it in outcome.told] == [NOON + 1000]
    changed = replace(held, edition=2, watch=Watch())
    lookout.adopt([changed])
    (outcome,) = lookout.advance([], NOON + 2000)
    assert outcome.watched.watch == Watch(since=NOON + 1500)
    lookout.adopt([])
    assert lookout.advance([], NOON + 100_000) == []


def test_a_queue_that_is_no_more_counts_no_more() -> None:
    lookout = Lookout([], [queue(), queue("sales", waiting=[Waiter("1", NOON, None)])], NOON, UTC)
    lookout.adopt([replace(RULE, rule=AlertRule("Many", AlertMetric.WAITING, Side.AT_LEAST, 2))])
    assert lookout.advance([], NOON + 1)
    lookout.keep(set(), {("pbx", "support")})
    (outcome,) = lookout.advance([], NOON + 2)
    assert [it.cleared_at for it in outcome.told] == [NOON + 1]
