"""Contacts: the published example of a call through three queues, outcomes, and who called again."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from made_calls import DAY_MS

from calls.call import Call, Leg, Stint, StintOutcome
from calls.contact_metrics import CONTACT_METRICS
from calls.contacts import contact_of, contact_tally

EXAMPLE: dict[str, Any] = json.loads((Path(__file__).parent / "worked_examples.json").read_text())
MULTI, CALLBACK = EXAMPLE["queuemetrics_multistint"], EXAMPLE["amazon_queued_callback"]
HOUR = 3_600_000


def at(clock: str) -> int:
    return int(datetime.fromisoformat(f"2026-11-22T{clock}+00:00").timestamp() * 1000)


def stint(outcome: StintOutcome | None, entered: int, wait: int | None = 10_000, queue: str = "support") -> Stint:
    return Stint("u1", queue, entered, left_at=None if wait is None else entered + wait, outcome=outcome)


def call(*stints: Stint, number: str = "100", n: int = 1, **more: Any) -> Call:
    return Call(
        f"l{n}", "pbx1", stints[0].entered_at if stints else 0, "default", from_number=number, stints=stints, **more
    )


def three_queues() -> Call:
    clocks = [(at(clock), what, queue) for clock, what, queue in MULTI["events"]]
    enters = [it for it in clocks if it[1] == "enter"]
    leaves = [it for it in clocks if it[1] in ("exit", "answer")]
    stints = tuple(
        Stint(
            "u1",
            queue,
            entered,
            left_at=left,
            outcome=StintOutcome.ANSWERED if how == "answer" else StintOutcome.EXIT_KEY,
        )
        for (entered, _, queue), (left, how, _) in zip(enters, leaves, strict=True)
    )
    return call(*stints, legs=(Leg(2, "a", "a", "a1", None, leaves[-1][0], ended_at=clocks[-1][0]),))


def test_stint_figures_are_queuemetrics_single_stints() -> None:
    talk = {leg.stint: (leg.talk_ms or 0) / 1000 for leg in three_queues().legs}
    found = [
        [
            it.queue,
            "answered" if it.outcome is StintOutcome.ANSWERED else "lost",
            (it.wait_ms or 0) / 1000,
            talk.get(n, 0),
        ]
        for n, it in enumerate(three_queues().stints)
    ]
    assert found == MULTI["single_stint"]


def test_contact_figures_are_both_of_queuemetrics_waits_by_their_names() -> None:
    contact = contact_of(three_queues())
    published = MULTI["multi_stint_published"]
    assert contact is not None and contact.wait_ms is not None and contact.wall_wait_ms is not None
    assert contact.wait_ms / 1000 == published["wait_manual_rule_sum_of_waits_s"] == 148
    minutes, seconds = published["wait"].partition(" ")[0].split(":")
    assert contact.wall_wait_ms / 1000 == int(minutes) * 60 + int(seconds) == 150
    assert contact.talk_ms / 1000 == published["talk_s"]
    tally = contact_tally([contact], 0, contact.arrived_at + 1)
    assert CONTACT_METRICS["contact_wait"].value(tally) == 148
    assert CONTACT_METRICS["contact_wall_wait"].value(tally) == 150
    assert CONTACT_METRICS["queues_per_contact"].value(tally) == 3


def test_a_callback_waits_from_queue_to_queue_as_amazon_has_it() -> None:
    first, second = CALLBACK["rec1"], CALLBACK["rec2"]
    wait = at(first["dequeue"]) - at(first["enqueue"])
    asked = call(stint(StintOutcome.EXIT_KEY, at(first["enqueue"]), wait))
    dialled = call(
        stint(StintOutcome.ANSWERED, at(second["enqueue"]), at(second["dequeue"]) - at(second["enqueue"])), n=2
    )
    contacts = [contact_of(it) for it in (asked, dialled)]
    assert [it.outcome for it in contacts if it] == ["other", "answered"]
    assert wait / 1000 == second["queue_duration_s"]
    assert (at(second["enqueue"]) - at(second["initiated"])) / 1000 == second["initial_delay_s"]


def test_outcomes_are_of_the_answer_or_of_the_last_queue() -> None:
    lost, answered, full = StintOutcome.TIMEOUT, StintOutcome.ANSWERED, StintOutcome.FULL
    for outcomes, expected in (
        ([lost, answered], "answered"),
        ([answered, StintOutcome.ABANDONED], "answered"),
        ([lost, StintOutcome.ABANDONED], "abandoned"),
        ([StintOutcome.ABANDONED, lost], "other"),
        ([full], "refused"),
        ([full, answered], "answered"),
        ([lost, None], None),
    ):
        found = contact_of(call(*(stint(it, n * 60_000) for n, it in enumerate(outcomes))))
        assert found is not None
        assert found.outcome == expected


def test_what_entered_no_queue_or_was_joined_to_another_is_no_contact() -> None:
    assert contact_of(call()) is None
    assert contact_of(call(stint(StintOutcome.ANSWERED, 0), merged_into="pbx1:l2")) is None


def test_who_calls_again_within_the_window_was_not_helped() -> None:
    arrivals = (
        ("100", 0),
        ("100", 6 * DAY_MS),
        ("100", 14 * DAY_MS),
        ("200", DAY_MS),
        ("", DAY_MS),
        ("", DAY_MS + HOUR),
    )
    contacts = [
        it
        for n, (number, when) in enumerate(arrivals)
        if (it := contact_of(call(stint(StintOutcome.ANSWERED, when), number=number, n=n)))
    ]
    week = contact_tally(contacts, 0, 30 * DAY_MS)
    assert (week.contacts, week.numbered, week.repeats) == (6, 4, 1)
    assert CONTACT_METRICS["fcr"].value(week) == 3 / 4
    assert contact_tally(contacts, 0, 30 * DAY_MS, days=8).repeats == 2
    # The first of them was before the range, and matters.
    assert contact_tally(contacts, DAY_MS, 30 * DAY_MS).repeats == 1
