"""What staffing asks the published marts of a tenant: a queue's calls by the quarter, and one day of it in full.

Reads files only. Raises MartsMissing while nothing is published, BadRange for a queue or a day that there is not.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
from msgspec import Struct

from calls.call import StintOutcome
from calls.settings import QueueSettings
from warehouse.errors import BadRange
from warehouse.mart_file import MartFile
from warehouse.marts import QueueName, open_marts
from warehouse.periods import day_start
from warehouse.published import marts_path
from warehouse.staffing.day import Caller, Day, Span, without_overlap
from warehouse.staffing.forecast import WEEK
from warehouse.staffing.presence import attendance

_OF_QUEUE = "pbx = $pbx AND queue = $queue"
_STINTS = f"""
    SELECT call_id, ordinal, epoch_ms(entered_at) AS entered, epoch_ms(left_at) AS left_at, outcome, agent
    FROM stints WHERE {_OF_QUEUE} AND entered_at >= $start AND entered_at < $end ORDER BY entered_at, call_id, ordinal
"""
# Who was on the telephone that day, for this queue or otherwise. A leg that lasts counts until the marts' own time.
_LEGS = f"""
    SELECT call_id, stint, agent, epoch_ms(answered_at) AS answered, epoch_ms(coalesce(ended_at, watermark)) AS ended,
      epoch_ms(answered_at) - epoch_ms(rang_at) AS rang_for
    FROM legs CROSS JOIN published
    WHERE answered_at < $end + INTERVAL 12 HOURS AND coalesce(ended_at, watermark) > $start
      AND agent IN (SELECT agent FROM stints WHERE {_OF_QUEUE} AND entered_at >= $start AND entered_at < $end)
    ORDER BY call_id, ordinal
"""
_PRESENCE = """
    SELECT agent_id AS agent, state, epoch_ms(started_at) AS started, epoch_ms(ended_at) AS ended
    FROM presence_intervals WHERE pbx = $pbx AND started_at < $end AND ended_at > $start ORDER BY agent_id, started_at
"""
_FIRST = f"SELECT min(interval_start) AS first FROM q15 WHERE {_OF_QUEUE}"


class Past(Struct, frozen=True):
    """A queue's quarters of an hour before the local day `today`, which is not over; and its mean AHT, seconds."""

    queue: QueueName
    today: date
    quarters: pl.DataFrame
    aht_s: float | None


def past(data: Path, tenant: str, queue: str, timezone: str, weeks: int, until: date | None = None) -> Past:
    """The last `weeks` weeks of a queue before `until`, or before the day that the marts are of if that is earlier.

    The first day on which the queue was called is left out: it may be half of one.
    """
    marts = open_marts(data, tenant)
    chosen = named_queue(marts.queue_names(), queue)
    watermark = marts.watermark() or datetime.fromtimestamp(0, UTC)
    today = local_day(watermark, timezone)
    last = min(today, until or today)
    found = _file(data, tenant).ask(_FIRST, pbx=chosen.pbx, queue=chosen.queue)["first"][0]
    if found is None:
        raise BadRange(f"Nobody has called the queue {queue!r} yet.")
    first = max(local_day(found, timezone) + timedelta(days=1), last - weeks * WEEK)
    if first >= last:
        raise BadRange(f"Of the queue {queue!r} no whole day before {last} is known; a forecast needs weeks.")
    span, name = (day_start(first, timezone), day_start(last, timezone)), [f"{chosen.pbx}:{chosen.queue}"]
    quarters = marts.overall(*span, name, "15m", timezone).select("interval_start", "offered")
    return Past(chosen, today, quarters, marts.total(*span, name)["aht"])


def recorded_day(data: Path, tenant: str, queue: str, on: date, timezone: str) -> Day:
    """A local day of a queue, by arrival, as the marts have it."""
    chosen = named_queue(open_marts(data, tenant).queue_names(), queue)
    start, end = day_start(on, timezone), day_start(on + timedelta(days=1), timezone)
    values: dict[str, Any] = {"pbx": chosen.pbx, "queue": chosen.queue, "start": start, "end": end}
    file = _file(data, tenant)
    stints = file.ask(_STINTS, **values).to_dicts()
    if not stints:
        raise BadRange(f"Nobody called the queue {queue!r} on {on}.")
    legs = file.ask(_LEGS, **values).to_dicts()
    presence = file.ask(_PRESENCE, pbx=chosen.pbx, start=start, end=end).to_dicts()
    return day_of(stints, legs, presence, (round(start.timestamp() * 1000), round(end.timestamp() * 1000)), chosen)


def day_of(
    stints: list[dict[str, Any]],
    legs: list[dict[str, Any]],
    presence: list[dict[str, Any]],
    span: Span,
    queue: QueueName,
) -> Day:
    """The day that these rows make. Of several legs of a stint the first is its own."""
    own: dict[tuple[str, int], dict[str, Any]] = {}
    keys = {(it["call_id"], it["ordinal"]) for it in stints}
    for leg in legs:
        if (key := (leg["call_id"], leg["stint"])) in keys:
            own.setdefault(key, leg)
    elsewhere = [leg for leg in legs if own.get((leg["call_id"], leg["stint"])) is not leg]
    wrapup = round(queue.wrapup_s * 1000)
    callers = without_overlap([_caller(it, own.get((it["call_id"], it["ordinal"])), wrapup) for it in stints])
    rings = [leg["rang_for"] for leg in own.values() if leg["rang_for"] is not None]
    there = attendance(callers, presence, elsewhere, span)
    thresholds = QueueSettings(
        queue.name, None, queue.wrapup_s, queue.service_level_s, queue.short_abandon_s, queue.target
    )
    return Day(*span, callers, there, round(median(rings)) if rings else 0, thresholds)


def _caller(stint: dict[str, Any], leg: dict[str, Any] | None, wrapup: int) -> Caller:
    key, entered, left = f"{stint['call_id']}/{stint['ordinal']}", stint["entered"], stint["left_at"]
    if left is None or left < entered or stint["outcome"] is None:
        return Caller(key, entered, None, None)
    outcome = StintOutcome(stint["outcome"])
    if outcome is not StintOutcome.ANSWERED:
        return Caller(key, entered, left, outcome)
    busy = 0 if leg is None else max(0, leg["ended"] - left) + wrapup
    return Caller(key, entered, left, outcome, stint["agent"] or (leg["agent"] if leg else None), busy)


def named_queue(known: Iterable[QueueName], name: str) -> QueueName:
    """The one queue of this id, or `pbx:id`. Raises BadRange when there is none, or one on each of several PBXs."""
    every = list(known)
    found = [it for it in every if name in (it.queue, f"{it.pbx}:{it.queue}")]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{it.pbx}:{it.queue}" for it in found or every) or "none yet"
    raise BadRange(f"{'Which' if found else 'No'} queue {name!r}{'?' if found else ';'} There are: {names}.")


def local_day(moment: datetime, timezone: str) -> date:
    """The day of a zone on which an instant lies. Raises BadRange for an unknown zone."""
    try:
        return pl.Series([moment.astimezone(UTC)]).dt.convert_time_zone(timezone).dt.date()[0]  # type: ignore[no-any-return]
    except pl.exceptions.ComputeError as error:
        raise BadRange(f"No time zone {timezone!r}: write it like Europe/Berlin or UTC.") from error


def _file(data: Path, tenant: str) -> MartFile:
    return MartFile(marts_path(data, tenant))
