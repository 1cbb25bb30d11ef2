"""api/alerts/trying.py: a rule is tried in steps, and what cannot be tried is refused by name."""

import asyncio
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from alert_parts import NOW, RULE, STEP_MS, FakeTrials

from api.alerts.trying import Trier, TryForm
from api.errors import BadRequest, Unavailable
from calls.alert_trial import Trial, Tried
from calls.alerts import Watch

BERLIN = ZoneInfo("Europe/Berlin")


def form(since: str, to: str, **rule: Any) -> TryForm:
    return msgspec.convert({"rule": RULE | rule, "from": since, "to": to}, TryForm)


async def test_each_step_goes_on_where_the_last_one_ended() -> None:
    past = FakeTrials()
    told = await Trier(past, BERLIN, lambda: NOW).attempt("default", form("2026-11-22T10:00", "2026-11-22T12:30"))
    assert [it.raised_at[11:16] for it in told.firings] == ["09:00", "10:00", "11:00"]
    assert [(start - NOW, trial.watch.last) for _, trial, start, _ in past.asked] == [
        (-3 * STEP_MS, None), (-2 * STEP_MS, NOW - 3 * STEP_MS), (-STEP_MS, NOW - 2 * STEP_MS),
    ]  # fmt: skip
    assert {(whose, trial.zone) for whose, trial, _, _ in past.asked} == {("default", "Europe/Berlin")}
    curve = told.curve
    assert (curve.start, curve.step_seconds, len(curve.values)) == ("2026-11-22T09:00:00.000Z", 60.0, 150)
    assert [number for number, value in enumerate(curve.values) if value == 3] == [0, 60, 120]


async def test_a_week_is_drawn_in_as_many_pieces_as_a_screen_has() -> None:
    told = await Trier(FakeTrials(), BERLIN, lambda: NOW).attempt(
        "default", form("2026-11-15T12:00Z", "2026-11-22T12:00Z")
    )
    assert (len(told.curve.values), told.curve.step_seconds) == (480, 1260.0)


@pytest.mark.parametrize(
    ("since", "to", "rule", "named"),
    [
        ("yesterday", "2026-11-22", {}, "from"),
        ("2026-11-22", "2026-11-22", {}, "to"),
        ("2026-11-22", "2026-11-23", {}, "to"),
        ("2026-11-01", "2026-11-22", {}, "to"),
        ("0001-01-01T00:00:00+14:00", "2026-11-22", {}, "from"),
        ("2026-11-21", "2026-11-22", {"limit": 0}, "rule.limit"),
    ],
)
async def test_what_cannot_be_tried_is_named(since: str, to: str, rule: dict[str, Any], named: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await Trier(FakeTrials(), BERLIN, lambda: NOW).attempt("default", form(since, to, **rule))
    assert refused.value.detail.startswith(f"{named}:")


class Endless:
    """Knows too much."""

    async def tried(self, tenant: str, trial: Trial, start: int, end: int) -> Tried:
        await asyncio.sleep(0)
        return Tried([], Watch(), [], start)


async def test_nobody_waits_for_ever() -> None:
    with pytest.raises(Unavailable, match="shorter span"):
        await Trier(Endless(), BERLIN, lambda: NOW, 0.01).attempt("default", form("2026-11-21", "2026-11-22"))
