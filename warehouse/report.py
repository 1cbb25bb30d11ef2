"""`trunkline report service-level`: the service level and its neighbours over any range, by interval and queue.

Works on the published files alone. The numbers and formulas are those of `warehouse/marts.py`; here they get a frame.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
from rich.table import Table
from rich.text import Text

from calls.metrics import METRICS
from warehouse.marts import COUNTS, RATIOS, Marts
from warehouse.periods import instant, local_iso, quarters
from warehouse.printing import as_table

# What a terminal has room for; JSON and CSV have all.
SHOWN = ("offered", "answered", "abandoned", "flow_out", "service_level", "abandon_rate", "asa", "aht")


@dataclass(frozen=True)
class Question:
    """What is asked. `start` and `end` as `warehouse.periods.instant` reads them, end exclusive; no queues: all."""

    start: str
    end: str
    queues: tuple[str, ...] = ()
    interval: str = "15m"
    timezone: str = "UTC"
    variant: str = "service_level"
    empty: bool = True


def service_level(marts: Marts, question: Question) -> dict[str, Any]:
    """The report, ready to be printed as JSON. Times are ISO 8601 in the asked zone.

    What was asked, `metrics` (the meaning of each number), `rows` by interval and queue, `queues` over the whole range,
    and `total`. Raises MartsMissing and BadRange.
    """
    zone, queues = question.timezone, question.queues or None
    start, end = quarters(instant(question.start, zone), instant(question.end, zone))
    rows = marts.service_level(start, end, queues, question.interval, zone, question.variant, question.empty)
    begins, ends = local_iso(pl.Series([start, end]), zone)
    return {
        "report": "service-level",
        "from": begins,
        "to": ends,
        "interval": question.interval,
        "timezone": zone,
        "variant": question.variant,
        "watermark": marts.watermark(),
        "metrics": definitions(question.variant),
        "rows": rows.with_columns(local_iso(rows["interval_start"], zone)).to_dicts(),
        "queues": marts.totals(start, end, queues, question.variant).to_dicts(),
        "total": marts.total(start, end, queues, question.variant),
    }


def service_level_table(report: dict[str, Any]) -> Iterator[Table | Text]:
    """The report for a terminal: a table, its total as the last row, and below it what each number means."""
    shown = ("interval_start", "pbx", "queue", *SHOWN)
    rows = [[row[name] for name in shown] for row in report["rows"]]
    rows.append(["total", "", "", *(report["total"][name] for name in SHOWN)])
    title = f"Service level, {report['from']} to {report['to']} ({report['timezone']}), as of {report['watermark']}"
    yield as_table(shown, rows, title)
    yield Text("\n".join(f"{name}: {report['metrics'][name]}" for name in SHOWN))


def definitions(variant: str) -> dict[str, str]:
    """The meaning of each number of the report, with its name, formula and whose definition it is."""
    named = {name: METRICS[name] for name in (*COUNTS, *RATIOS)} | {"service_level": METRICS[variant]}
    return {name: f"{it.meaning}; {it.formula()} ({it.name}, {it.source})" for name, it in named.items()}
