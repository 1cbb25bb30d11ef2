"""What the wait page says in words: the strip, a row a queue, and what patience is. Pure."""

from dataclasses import replace

from dash.development.base_component import Component

from calls.metrics import ABANDON_WAIT, ASA
from dashboard import changes, formats, intervals, shell, strip, tables
from dashboard.behind import Show, behind
from dashboard.definitions import Definition, Explanation, of_metric
from dashboard.reports import queue_key
from dashboard.wait_figures import WaitAnswer
from warehouse.marts import QueueName

_EMPTY = "Nobody has left a queue in this range yet: waits appear here within a minute of a caller's leaving."
_PERCENTS = (50, 75, 90, 95, 99)
_WAIT = "Of the callers who left the queue, whatever became of them, so many waited at most so long"
_PERCENTILES = tuple(
    Definition(f"p{percent}", f"Wait, {percent} of 100", _WAIT, f"percentile {percent} of the wait", "Trunkline")
    for percent in _PERCENTS
)
_LONGEST = Definition("longest", "Longest wait", "The longest of any who left", "max(wait)", "Trunkline")
_LEFT = Definition(
    "left", "Left", "Callers who left the queue, answered or not", "answered + abandoned + other", "Trunkline"
)
_DISTRIBUTION = Definition(
    "distribution", "How long callers waited", "Callers by how long they waited and what became of them",
    "count of callers by wait", "Trunkline",
)  # fmt: skip
_PATIENCE = Definition(
    "patience", "Patience",
    "The share of callers who would still wait after so many seconds, had nobody answered; who was answered is known to"
    " have waited that long",
    "Kaplan and Meier: product of 1 − gave up / waiting", "Kaplan and Meier 1958",
)  # fmt: skip


def summary(answer: WaitAnswer) -> list[Component]:
    """The strip of everything together."""
    waits, before, total = answer.waits, answer.before, answer.total
    figures = (
        ("p50", "Wait, median", "every second caller"),
        ("p90", "Wait, 90th percentile", "nine of ten callers"),
        ("p95", "Wait, 95th percentile", "nineteen of twenty"),
        ("longest", "Longest wait", "of all who left"),
    )
    return [
        *(
            strip.figure(
                name, title, formats.duration(waits.get(name)), note,
                change=changes.of_duration(*changes.of_row(waits, before or None, name)),
            )
            for name, title, note in figures
        ),
        strip.figure(ASA.name, ASA.title, formats.duration(total.get("asa")), "mean of the answered"),
        strip.figure(
            ABANDON_WAIT.name, "Wait of the abandoned", formats.duration(total.get("abandon_wait")),
            f"mean of {formats.count(total.get('abandoned') or 0)}", href=behind(answer.filters, Show.ABANDONED),
        ),
    ]  # fmt: skip


def took(answer: WaitAnswer) -> str:
    """How many calls were read, and how fast."""
    return f"{formats.counted(answer.total.get('offered') or 0, 'call')} in {answer.took_s * 1000:.0f} ms"


def distribution_legend(answer: WaitAnswer) -> Component:
    """The colours of the bars, in words."""
    return shell.legend(("answered", "s1"), ("abandoned", "s6"), ("other", "s5"))


def interval_title(answer: WaitAnswer) -> str:
    """What the lines are by."""
    return f"By {intervals.WORDS[answer.filters.by]}"


def patience_words(answer: WaitAnswer) -> str:
    """What the curve comes to."""
    if not answer.gave_up:
        return "nobody gave up"
    mean = formats.duration(answer.mean_patience)
    return f"{formats.count(answer.gave_up)} gave up, mean patience {mean}"


def table_head(answer: WaitAnswer) -> Component:
    """The headings."""
    percents = ((f"{percent} %", f"p{percent}") for percent in _PERCENTS)
    return tables.head([("Queue", ""), ("Left", "left"), *percents, ("Longest", "longest")])


def table_rows(answer: WaitAnswer) -> str:
    """A row a queue, as JSON."""
    known = {(each.pbx, each.queue): each for each in answer.queues}
    lines: list[list[tables.Cell]] = []
    for row in answer.queue_rows:
        queue: QueueName | None = known.get((row["pbx"], row["queue"]))
        key = queue_key(queue, answer.queues) if queue else row["queue"]
        filters = replace(answer.filters, queues=(key,))
        lines.append(
            [
                tables.cell(row["name"], "name", href=f"{shell.PREFIX}wait{filters.address()}", title=row["name"]),
                tables.cell(formats.count(row["left_queue"]), href=behind(filters, Show.OFFERED)),
                *(tables.cell(formats.duration(row[f"wait_p{percent}"])) for percent in _PERCENTS),
                tables.cell(formats.duration(row["longest_s"])),
            ]
        )
    return tables.rows(lines, len(_PERCENTS) + 3, _EMPTY)


def explanations(answer: WaitAnswer) -> list[Explanation]:
    """What every number of the page means."""
    basis = tuple(
        each for each in ("Of callers by their arrival", answer.earlier_words(), answer.watermark_words()) if each
    )
    ours = (*_PERCENTILES, _LONGEST, _LEFT, _DISTRIBUTION, _PATIENCE)
    return [Explanation(each, basis) for each in (*ours, of_metric(ASA), of_metric(ABANDON_WAIT))]
