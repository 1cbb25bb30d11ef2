"""What the queues page shows: a strip of all queues together, and a row a queue, those below target first. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dash.development.base_component import Component

from calls.metrics import ABANDONED, AHT, ANSWERED, ASA, AWT, FLOW_OUT, OFFERED, SERVICE_LEVEL
from dashboard import changes, formats, intervals, strip, tables
from dashboard.behind import Show, behind
from dashboard.definitions import VARIANTS, Definition, Explanation, of_metric
from dashboard.filters import Filters
from dashboard.queue_figures import QueueRow, QueuesAnswer, trend_by
from dashboard.reports import queue_key
from dashboard.shell import PREFIX

LEVEL, LONGEST, TRANSFERS, TREND = "level", "longest", "transfers", "trend"
_OWN = (
    Definition(LONGEST, "Longest wait", "The longest that anybody waited who then left", "max(wait)", "Trunkline"),
    Definition(
        TRANSFERS, "Transfers", "Conversations out of the queue that the agent sent on", "sent on", "Trunkline"
    ),
    Definition(
        TREND, "Trend", "The service level over the range; its shape matters, its scale does not", "service level",
        "Trunkline",
    ),
)  # fmt: skip
_EMPTY = "No queue yet: a queue appears here as soon as a PBX tells of it."


def summary(answer: QueuesAnswer) -> list[Component]:
    """The strip of all the queues chosen."""
    total, before, filters = answer.total, answer.before, answer.filters
    many = formats.counted(len(answer.rows), "queue")
    offered, answered = total.get("offered"), total.get("answered")
    return [
        strip.figure(
            LEVEL, "Service level", formats.percent(total.get("service_level")), _below_words(answer.rows),
            href=behind(filters, Show.IN_TIME), change=_rate(total, before, "service_level"),
        ),
        strip.figure(
            OFFERED.name, OFFERED.title, formats.count(offered), many,
            href=behind(filters, Show.OFFERED), change=_count(total, before, "offered"),
        ),
        strip.figure(
            ANSWERED.name, ANSWERED.title, formats.count(answered),
            formats.percent(answered / offered if offered and answered is not None else None),
            href=behind(filters, Show.ANSWERED), change=_count(total, before, "answered"),
        ),
        strip.figure(
            ABANDONED.name, ABANDONED.title, formats.count(total.get("abandoned")),
            formats.percent(total.get("abandon_rate")),
            href=behind(filters, Show.ABANDONED), change=_count(total, before, "abandoned"),
        ),
        strip.figure(
            ASA.name, ASA.title, formats.duration(total.get("asa")), "of answered", change=_time(total, before, "asa")
        ),
        strip.figure(
            AHT.name, AHT.title, formats.duration(total.get("aht")), "talk, hold, wrap-up",
            change=_time(total, before, "aht"),
        ),
    ]  # fmt: skip


def took(answer: QueuesAnswer) -> str:
    """How many calls were read, and how fast."""
    return f"{formats.counted(answer.total.get('offered') or 0, 'call')} in {answer.took_s * 1000:.0f} ms"


def table_head(answer: QueuesAnswer) -> Component:
    """The headings."""
    columns = (
        ("Queue", ""), ("Offered", OFFERED.name), ("Answered", ANSWERED.name), ("Service level", LEVEL),
        ("Trend", TREND), ("Abandoned", ABANDONED.name), ("Speed of answer", ASA.name), ("Wait", AWT.name),
        ("Longest", LONGEST), ("Handle time", AHT.name), ("Other", FLOW_OUT.name), ("Transfers", TRANSFERS),
    )  # fmt: skip
    return tables.head(columns)


def table_rows(answer: QueuesAnswer) -> str:
    """A row a queue, as JSON."""
    return tables.rows([_row(row, answer) for row in answer.rows], 12, _EMPTY)


def explanations(answer: QueuesAnswer) -> list[Explanation]:
    """What every number of the page means."""
    metric, words = VARIANTS[answer.filters.variant]
    level = replace(of_metric(metric), name=LEVEL, title=f"{SERVICE_LEVEL.title}, {words}")
    basis = tuple(each for each in ("Counted by arrival", answer.earlier_words(), answer.watermark_words()) if each)
    metrics = [of_metric(each) for each in (OFFERED, ANSWERED, ABANDONED, FLOW_OUT, ASA, AWT, AHT)]
    by = f"By {intervals.WORDS[trend_by(answer.filters)]}"
    return [
        Explanation(level, ("Threshold and target: each queue's own", *basis)),
        *(Explanation(each, basis if each.name != TREND else (by, *basis)) for each in (*metrics, *_OWN)),
    ]


def _row(row: QueueRow, answer: QueuesAnswer) -> list[tables.Cell]:
    now, before, queue = row.now, row.before, row.queue
    filters = replace(answer.filters, queues=(queue_key(queue, answer.queues),))
    level = f"{formats.percent(queue.target, 0)} in {formats.seconds(queue.service_level_s)}"

    def counted(name: str, show: Show, change: changes.Change | None = None, note: str = "") -> tables.Cell:
        value = now.get(name) or 0
        return tables.cell(formats.count(value), href=behind(filters, show) if value else "", change=change, note=note)

    abandoned = formats.percent(now.get("abandon_rate")) if now.get("abandoned") else ""
    return [
        tables.cell(queue.name, "name", href=_own_page(filters), title=queue.name, note=level),
        counted("offered", Show.OFFERED, _count(now, before, "offered")),
        counted("answered", Show.ANSWERED, _count(now, before, "answered")),
        tables.cell(
            formats.percent(now.get("service_level")),
            "num warn" if row.below_target else "num",
            change=_rate(now, before, "service_level", queue.target),
        ),
        tables.cell("", "num trend", spark=row.trend),
        counted("abandoned", Show.ABANDONED, _count(now, before, "abandoned"), abandoned),
        tables.cell(formats.duration(now.get("asa")), change=_time(now, before, "asa")),
        tables.cell(formats.duration(now.get("awt")), change=_time(now, before, "awt")),
        tables.cell(formats.duration(now.get("longest_s")), change=_time(now, before, "longest_s")),
        tables.cell(formats.duration(now.get("aht")), change=_time(now, before, "aht")),
        counted("flow_out", Show.FLOW_OUT, _count(now, before, "flow_out")),
        counted("transferred", Show.TRANSFERRED, _count(now, before, "transferred")),
    ]


def _own_page(filters: Filters) -> str:
    return f"{PREFIX}service-level{filters.address()}"


def _below_words(rows: Sequence[QueueRow]) -> str:
    # A queue that nobody called has no level.
    called = [row for row in rows if row.now.get("service_level") is not None]
    below, many = sum(row.below_target > 0 for row in called), formats.counted(len(called), "queue")
    return f"{below} of {many} below target" if below else f"target met by all of {many}" if called else "no calls"


def _changed(function: Callable[..., changes.Change | None]) -> Callable[..., changes.Change | None]:
    def changed(now: Any, before: Any, name: str, *limit: float) -> changes.Change | None:
        return function(*changes.of_row(now, before or None, name), *limit)

    return changed


_count, _rate, _time = (_changed(each) for each in (changes.of_count, changes.of_rate, changes.of_duration))
