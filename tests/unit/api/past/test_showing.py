"""api/past/showing.py: the past in the live socket's own words."""

from typing import Any

import msgspec
from api_parts import NOON, UTC, agent, busy, queue

from api.past.showing import PastFrame, past_frames, past_snapshot, past_snapshots
from calls.past import PastBoard, PastMoment, Unheard
from calls.presence import Presence, PresenceState

FIRST = PastMoment(NOON, PastBoard([agent()], [queue()]))


def told(frame: PastFrame) -> tuple[int, str, Any]:
    return frame.at - NOON, frame.event, msgspec.json.decode(frame.data)


def test_a_snapshot_is_the_live_one_as_of_then() -> None:
    shown = past_snapshot("default", FIRST.shown, NOON, UTC)
    assert (shown.now, shown.totals.waiting, shown.totals.offered) == (NOON, 1, 10)
    assert [(it.state, it.handled_today) for it in shown.agents] == [("available", 2)]
    assert (shown.queues[0].longest_wait, shown.queues[0].states) == (30.0, {"available": 1})
    assert (shown.health.as_of, shown.health.last_gap) == (NOON, None)
    # The day before had ended by then.
    assert past_snapshot("default", FIRST.shown, NOON + 43_200_000, UTC).totals.offered == 0


def test_a_pbx_that_was_not_heard_is_said_to_be_so() -> None:
    board = PastBoard([agent()], [], [Unheard("pbx", NOON - 5, "the cable")])
    gap = past_snapshot("default", board, NOON, UTC).health.last_gap
    assert gap is not None
    assert (gap.start, gap.end, gap.cause) == (NOON - 5, None, "the cable")


def test_what_changed_within_a_step_is_told_once_at_its_end() -> None:
    news = [
        PastMoment(NOON + 10, PastBoard([busy(version=2)])),
        PastMoment(NOON + 90, PastBoard([agent(version=3)])),
        PastMoment(NOON + 250, PastBoard([busy(version=4)], [queue(version=4, waiting=[])])),
    ]
    frames = [told(it) for it in past_frames("default", [FIRST, *news], 100, UTC)]
    assert [(at, event) for at, event, _ in frames] == [
        (100, "presence:update"), (100, "queue:update"), (100, "summary"),
        (300, "presence:update"), (300, "queue:update"), (300, "summary"),
    ]  # fmt: skip
    assert [data["state"] for _, event, data in frames if event == "presence:update"] == ["available", "on_call"]
    assert [data["totals"]["waiting"] for _, event, data in frames if event == "summary"] == [1, 0]


def test_every_change_has_its_snapshot() -> None:
    news = [PastMoment(NOON + 10, PastBoard([busy(version=2)])), PastMoment(NOON + 90, PastBoard([agent(version=3)]))]
    shown = [
        (it.now - NOON, it.agents[0].state, len(it.queues)) for it in past_snapshots("default", [FIRST, *news], UTC)
    ]
    assert shown == [(0, "available", 1), (10, "on_call", 1), (90, "available", 1)]


def test_what_time_alone_ends_is_told_with_the_next_change() -> None:
    wrapping = Presence(PresenceState.WRAP_UP, NOON, until=NOON + 50, then=PresenceState.AVAILABLE)
    first = PastMoment(NOON, PastBoard([agent(presence=wrapping)], [queue()]))
    frames = past_frames("default", [first, PastMoment(NOON + 99, PastBoard([], [queue(version=2)]))], 100, UTC)
    assert [told(it)[2]["state"] for it in frames if it.event == "presence:update"] == ["available"]


def test_a_new_day_begins_for_everybody() -> None:
    midnight = NOON + 43_200_000
    news = PastMoment(midnight + 5, PastBoard([], [queue("sales", version=2)]))
    frames = past_frames("default", [PastMoment(midnight - 5, FIRST.shown), news], 100, UTC)
    assert [it.event for it in frames] == ["presence:update", "queue:update", "queue:update", "summary"]
