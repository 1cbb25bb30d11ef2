"""What the heat map page shows: which hours of the week stand out, and all of them in one hue. Pure."""

import json
from calendar import day_abbr
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dash.development.base_component import Component

from calls.metric import Metric
from calls.metrics import ABANDON_RATE, AHT, ASA, OFFERED, SERVICE_LEVEL
from dashboard import formats, strip
from dashboard.behind import Show, behind
from dashboard.definitions import VARIANTS, Definition, Explanation, of_metric
from dashboard.filters import Filters
from dashboard.heat_figures import HeatAnswer

# A rate of fewer callers than this in all the range is chance, and stands out for nothing.
_ENOUGH = 10
BUSIEST, LATEST, LOST = "busiest", "latest", "lost"
_STANDS_OUT = (
    Definition(
        BUSIEST, "Busiest hour", "The hour of the week with most callers on average", "max(offered / hours)",
        "Trunkline",
    ),
    Definition(
        LATEST, "Lowest service level",
        f"The hour of the week with the lowest service level, of those with at least {_ENOUGH} callers",
        "min(service level)", "Trunkline",
    ),
    Definition(
        LOST, "Most abandoned",
        f"The hour of the week in which the largest share hung up, of those with at least {_ENOUGH} callers",
        "max(abandoned / offered)", "Trunkline",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One metric of the map: its column, how a cell says it, and which calls a cell opens."""

    words: str
    column: str
    text: Callable[[float | None], str]
    show: Show
    metric: Metric


def _mean(value: float | None) -> str:
    return formats.NOTHING if value is None else f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def _whole_percent(value: float | None) -> str:
    return formats.percent(value, 0)


METRICS = {
    "offered": Shown("callers an hour", "offered_per_hour", _mean, Show.OFFERED, OFFERED),
    "service_level": Shown("service level", "service_level", _whole_percent, Show.IN_TIME, SERVICE_LEVEL),
    "abandoned": Shown("abandoned", "abandon_rate", _whole_percent, Show.ABANDONED, ABANDON_RATE),
    "asa": Shown("speed of answer", "asa", formats.duration, Show.ANSWERED, ASA),
    "aht": Shown("handle time", "aht", formats.duration, Show.ANSWERED, AHT),
}
WORDS = {name: each.words for name, each in METRICS.items()}


def chosen(filters: Filters) -> Shown:
    """What the map shows; callers if the address says nothing that it can show."""
    return METRICS.get(filters.own_value("metric"), METRICS["offered"])


def summary(answer: HeatAnswer) -> list[Component]:
    """The strip: everything together, and the hours that stand out."""
    total, filters = answer.total, answer.filters
    busiest = max(answer.hours, key=lambda row: row["offered_per_hour"], default=None)
    many = [row for row in answer.hours if row["offered"] >= _ENOUGH]
    latest = min((row for row in many if row["service_level"] is not None), key=_of("service_level"), default=None)
    lost = max((row for row in many if row["abandon_rate"] is not None), key=_of("abandon_rate"), default=None)
    return [
        strip.figure(
            OFFERED.name, OFFERED.title, formats.count(total.get("offered")), "in the range",
            href=behind(_without(filters), Show.OFFERED),
        ),
        _hour(BUSIEST, "Busiest hour", busiest, filters, METRICS["offered"], "callers"),
        _hour(LATEST, "Lowest service level", latest, filters, METRICS["service_level"], "in time"),
        _hour(LOST, "Most abandoned", lost, filters, METRICS["abandoned"], "hung up"),
    ]  # fmt: skip


def took(answer: HeatAnswer) -> str:
    """How many calls were read, and how fast."""
    return f"{formats.counted(answer.total.get('offered') or 0, 'call')} in {answer.took_s * 1000:.0f} ms"


def title(answer: HeatAnswer) -> str:
    """What a cell says."""
    return f"{chosen(answer.filters).words.capitalize()}, by weekday and hour"


def grid(answer: HeatAnswer) -> str:
    """The map as JSON for assets/numbers/heat.js: `days`, `hours` (words), `cells` by day and hour: null, or text,
    `level` (0 to 1 between the least and the most), href and title; `least`, `most` (words); `empty`.
    """
    shown = chosen(answer.filters)
    known = {(row["weekday"], row["hour"]): row for row in answer.hours if row["offered"]}
    values = [row[shown.column] for row in known.values() if row[shown.column] is not None]
    if not values:
        return json.dumps({"empty": "No calls in this range yet: each hour of the week gets its shade with the first."})
    least, most = (0.0 if shown.column == "offered_per_hour" else min(values)), max(values)
    first, last = min(hour for _, hour in known), max(hour for _, hour in known)
    hours = range(first, last + 1)
    cells = [
        [_cell(known.get((day, hour)), day, hour, answer, shown, (least, most)) for hour in hours]
        for day in range(1, 8)
    ]
    return json.dumps(
        {
            "days": [day_abbr[day] for day in range(7)],
            "hours": [f"{hour:02}" for hour in hours],
            "cells": cells,
            "least": shown.text(least),
            "most": shown.text(most),
        }
    )


def explanations(answer: HeatAnswer) -> list[Explanation]:
    """What every number of the page means."""
    shown = chosen(answer.filters)
    metric = answer.filters.metric if shown.metric is SERVICE_LEVEL else shown.metric
    cell = replace(of_metric(metric), name="cell", title=shown.words.capitalize())
    variant = VARIANTS[answer.filters.variant][1]
    basis = (
        f"By arrival, hours of {answer.filters.clock.key}; an hour that comes twice counts as two",
        f"Service level: {variant}, each queue's own threshold",
        answer.watermark_words(),
    )
    return [Explanation(each, basis) for each in (cell, of_metric(OFFERED), *_STANDS_OUT)]


def _cell(
    row: Mapping[str, Any] | None, day: int, hour: int, answer: HeatAnswer, shown: Shown, ends: tuple[float, float]
) -> dict[str, Any] | None:
    value = row[shown.column] if row else None
    if row is None or value is None:
        return None
    least, most = ends
    level = (value - least) / (most - least) if most > least else 1.0
    callers = f"{formats.count(row['offered'])} callers in {row['hours']:g} such hours"
    return {
        "text": shown.text(value),
        "level": round(level, 3),
        "href": behind(_without(answer.filters), shown.show, weekday=str(day), hour=str(hour)),
        "title": f"{day_abbr[day - 1]} {hour:02}:00 – {hour + 1:02}:00: {shown.words} {shown.text(value)}, {callers}",
    }


def _hour(name: str, words: str, row: Mapping[str, Any] | None, filters: Filters, shown: Shown, unit: str) -> Component:
    if row is None or row[shown.column] is None:
        return strip.figure(name, words, formats.NOTHING, "too few calls yet")
    hour = f"{day_abbr[row['weekday'] - 1]} {row['hour']:02}:00"
    href = behind(_without(filters), shown.show, weekday=str(row["weekday"]), hour=str(row["hour"]))
    return strip.figure(name, words, hour, f"{shown.text(row[shown.column])} {unit}", href=href)


def _without(filters: Filters) -> Filters:
    return replace(filters, own=())


def _of(name: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda row: row[name]
