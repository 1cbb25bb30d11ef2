"""What the service-level page shows of a report: summary, table, other definitions, explanations. Pure."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from calls.metrics import ABANDONED, ANSWERED, FLOW_OUT, OFFERED, SERVICE_LEVEL
from dashboard import changes, formats, intervals, shell, strip
from dashboard.behind import Show, behind, behind_interval
from dashboard.definitions import VARIANTS, Definition, Explanation, of_metric
from dashboard.intervals import By
from dashboard.reports import Report

# Names under which the page's numbers are explained.
LEVEL = "level"
IN_TIME = "in_time"
LATER = "later"
WAITS = "waits"


def summary(report: Report) -> list[Component]:
    """The strip of figures of the whole range."""
    offered, answered = _sum(report, "offered"), _sum(report, "answered")
    queues = "of the queues chosen" if report.filters.queues else "all queues"
    figures = (
        (OFFERED, formats.count(offered), queues),
        (ANSWERED, formats.count(answered), _share(answered, offered)),
        (ABANDONED, formats.count(_sum(report, "abandoned")), _abandoned_words(report)),
        (FLOW_OUT, formats.count(_sum(report, "flow_out")), "timeout, key, empty"),
    )
    earlier = report.earlier
    p90 = changes.of_duration(report.p90_wait, earlier.p90_wait if earlier else None)
    return [
        _level(report),
        *(
            strip.figure(
                it.name, it.title, value, note,
                href=behind(report.filters, Show(it.name)), change=_count_change(report, it.name),
            )
            for it, value, note in figures
        ),
        strip.figure(
            WAITS, "Wait, 90th percentile", formats.duration(report.p90_wait), _median_words(report), change=p90
        ),
    ]  # fmt: skip


def took_words(report: Report) -> str:
    """How many calls were read, and how fast."""
    return f"{formats.counted(_sum(report, 'offered'), 'call')} in {report.took_s * 1000:.0f} ms"


def level_of(report: Report) -> float | None:
    """The service level of everything in the variant chosen, 0-1."""
    return report.levels.get(report.filters.variant)


def chart_legend(report: Report) -> Component:
    """The colours of the chart, in words."""
    within = time_words(report)
    before = ((report.earlier.days, "line s-quiet"),) if report.earlier else ()
    return shell.legend(
        (f"answered {within}", "s1"), ("answered later", "s3"), ("abandoned", "s6"), ("service level", "line s-line"),
        *before,
    )  # fmt: skip


def time_words(report: Report) -> str:
    """`in 20 s`, or what can be said where each queue has its own time."""
    return "in time" if report.threshold is None else f"in {formats.seconds(report.threshold)}"


def table_head(report: Report) -> Component:
    """The headings; each explains the numbers below it."""
    first = {By.WEEK: "Week of", By.MONTH: "Month", By.DAY: "Day"}.get(report.filters.by, "From")
    columns = (
        ("Offered", OFFERED.name),
        (time_words(report).capitalize(), IN_TIME),
        ("Later", LATER),
        ("Abandoned", ABANDONED.name),
        ("Service level", LEVEL),
        ("Change", LEVEL),
    )
    return html.Tr(
        [html.Th(first), *(html.Th(words, className="num", **{"data-explain": name}) for words, name in columns)]
    )


def table_rows(report: Report) -> str:
    """The table as JSON, newest first, for assets/report.js: a table of Dash components takes a browser half a minute.

    `rows`: label, note, four counts, level, change (all text), the classes of the last two, and the addresses of the
    calls behind the counts; an interval without a caller has none. `empty`: what stands there instead of rows.
    """
    shown: list[list[str]] = []
    before: float | None = None
    for row in report.rows.filter(pl.col("offered") > 0).iter_rows(named=True):
        shown.append([*_row(row, before, report.target), *_behind(row["start"], report)])
        before = row["level"] if row["level"] is not None else before
    return json.dumps({"rows": shown[::-1], "empty": _nothing_yet(report)})


def _nothing_yet(report: Report) -> str:
    where = "these queues" if report.filters.queues else "a queue"
    return f"No calls in this range yet: they appear here within a minute of a caller's entering {where}."


def left_out(report: Report) -> str:
    """How many intervals the table does not show."""
    empty = int((report.rows["offered"] == 0).sum())
    if not empty or empty == report.rows.height:
        return ""
    return f"{formats.count(empty)} without a call left out"


def definitions(report: Report) -> list[Component]:
    """The same calls counted in every other way; each is a link that chooses it."""
    return [
        html.Tr(
            [
                html.Td(dcc.Link(words, href=replace(report.filters, variant=name).address())),
                html.Td(
                    formats.percent(report.levels.get(name)), className="num", **{"data-explain": f"variant-{name}"}
                ),
            ],
            className="on" if name == report.filters.variant else "",
        )
        for name, (_, words) in VARIANTS.items()
    ]


def explanations(report: Report) -> list[Explanation]:
    """What every number of the page means."""
    metric, words = VARIANTS[report.filters.variant]
    limit = "each queue's own time" if report.threshold is None else formats.seconds(report.threshold)
    interval = f"intervals of {intervals.WORDS[report.filters.by]}, {report.filters.clock.key}"
    basis = (f"Counted by arrival, {interval}", watermark_words(report))
    level = replace(of_metric(metric), name=LEVEL, title=f"{SERVICE_LEVEL.title}, {words}")
    counts = [of_metric(each) for each in (OFFERED, ANSWERED, ABANDONED, FLOW_OUT)]
    others = [replace(of_metric(each), name=f"variant-{name}") for name, (each, _) in VARIANTS.items()]
    timed = (f"Threshold: {limit}", *basis)
    return [
        *(Explanation(each, timed) for each in (level, *_ANSWERED, *others)),
        *(Explanation(each, basis) for each in (*counts, _WAITS)),
    ]


def watermark_words(report: Report) -> str:
    """Up to when the numbers hold."""
    return f"Calls changed up to {_instant(report.watermark, report)}" if report.watermark else "Nothing loaded yet"


def met_words(report: Report) -> str:
    """In how many intervals the target was met."""
    levels = [level for level in report.rows["level"] if level is not None]
    if report.target is None or not levels:
        return ""
    met = sum(level >= report.target for level in levels)
    word = intervals.WORDS[report.filters.by]
    unit = "interval" if word.endswith("minutes") else word
    if len(levels) != 1:
        unit += "s"
    return f"met in {formats.count(met)} of {formats.count(len(levels))} {unit}"


_ANSWERED = (
    Definition(
        IN_TIME, "Answered in time", "Callers who reached an agent within the threshold", "answered in sl", "Trunkline"
    ),
    Definition(
        LATER, "Answered later", "Callers who reached an agent after it", "answered − answered in sl", "Trunkline"
    ),
)
_WAITS = Definition(
    WAITS,
    "Wait",
    "How long nine of ten callers, or every second, waited at most, whatever became of them",
    "percentiles of the wait of all who left the queue",
    "Trunkline",
)


def _level(report: Report) -> Component:
    earlier = report.earlier
    return strip.figure(
        LEVEL,
        "Service level",
        formats.percent(level_of(report)),
        _target_words(report),
        css=_level_css(report),
        href=behind(report.filters, Show.IN_TIME),
        change=changes.of_rate(level_of(report), earlier.level if earlier else None, report.target),
    )


def _count_change(report: Report, name: str) -> changes.Change | None:
    return changes.of_count(_sum(report, name), report.earlier.total.get(name)) if report.earlier else None


def _target_words(report: Report) -> str:
    if report.target is None:
        return "each queue has its own target"
    met = met_words(report)
    return f"target {formats.percent(report.target, 0)}" + (f", {met}" if met else "")


def _level_css(report: Report) -> str:
    level = level_of(report)
    return "warn-text" if level is not None and report.target is not None and level < report.target else ""


def _sum(report: Report, name: str) -> int:
    return int(report.total.get(name) or 0)


def _share(part: float, whole: float) -> str:
    return formats.percent(part / whole if whole else None)


def _abandoned_words(report: Report) -> str:
    share = formats.percent(report.total.get("abandon_rate"))
    return f"{share}, {formats.count(_sum(report, 'short_abandoned'))} of them short"


def _median_words(report: Report) -> str:
    return f"median {formats.duration(report.median_wait)}"


def _row(row: dict[str, Any], before: float | None, target: float | None) -> list[str]:
    level: float | None = row["level"]
    below = level is not None and target is not None and level < target
    counts = [formats.count(row[name]) for name in ("offered", "in_time", "later", "abandoned")]
    change, css = _change(level, before)
    return [row["label"], row["note"], *counts, formats.percent(level), change, "warn" if below else "", css]


def _behind(start: datetime, report: Report) -> list[str]:
    shows = (Show.OFFERED, Show.IN_TIME, Show.LATER, Show.ABANDONED)
    return [behind_interval(report.filters, start, show) for show in shows]


def _change(level: float | None, before: float | None) -> tuple[str, str]:
    """By how many points the level changed, and in which class."""
    if level is None or before is None:
        return "", ""
    points = round((level - before) * 100, 1)
    if not points:
        return "0.0", "dim"
    return (f"▲ {points:.1f}", "ok-text") if points > 0 else (f"▼ {-points:.1f}", "bad-text")


def _instant(value: datetime, report: Report) -> str:
    return formats.instant(value, report.filters.clock)
