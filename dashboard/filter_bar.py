"""The row of filters above a report. Pure: every choice is a link to the address that has it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from calls.metrics import SERVICE_LEVEL
from dashboard import intervals
from dashboard.definitions import VARIANTS
from dashboard.filters import PRESET_WORDS, Filters
from dashboard.reports import queue_key
from dashboard.shell import choice, menu
from warehouse.marts import QueueName

# The page's list of time zones, which assets/report.js fills from what the browser knows.
ZONES_ID = "zones"
# As many names as a button has room for; beyond that it says how many.
_NAMED_QUEUES = 2


def filter_bar(filters: Filters, queues: Sequence[QueueName], today: date) -> list[Component]:
    """All menus, as `filters` has them chosen. `queues`: the names to choose from."""
    return [_range(filters, today), _queues(filters, queues), _by(filters), _variant(filters), _clock(filters)]


def range_bar(filters: Filters, today: date) -> list[Component]:
    """The menus of a page that asks for a range alone."""
    return [_range(filters, today), _clock(filters)]


def queue_words(filters: Filters, queues: Sequence[QueueName]) -> str:
    """The queues chosen, as a button shows them."""
    if not filters.queues:
        return "all"
    if len(filters.queues) > _NAMED_QUEUES:
        return f"{len(filters.queues)} of {len(queues)}"
    names = {queue_key(each, queues): each.name for each in queues}
    return ", ".join(names.get(each, each) for each in filters.queues)


def _range(filters: Filters, today: date) -> Component:
    presets: list[Component] = [
        choice(words, filters.in_range(preset, today).address(), filters.preset is preset)
        for preset, words in PRESET_WORDS.items()
    ]
    free = html.Form(
        className="free",
        method="get",
        children=[
            *_hidden(filters, leave_out=("range", "from", "to")),
            html.Label(["From", dcc.Input(type="date", name="from", value=filters.first.isoformat(), required=True)]),
            html.Label(["To", dcc.Input(type="date", name="to", value=filters.last.isoformat(), required=True)]),
            html.Button("Show", type="submit", className="btn little"),
        ],
    )
    return menu("Range", filters.range_words(), [*presets, free])


def _queues(filters: Filters, queues: Sequence[QueueName]) -> Component:
    everything = choice("All queues", replace(filters, queues=()).address(), not filters.queues)
    each = [_queue(filters, queue_key(queue, queues), _queue_name(queue, queues)) for queue in queues]
    return menu("Queues", queue_words(filters, queues), [everything, *each], many=True, on=bool(filters.queues))


def _queue(filters: Filters, key: str, words: str) -> Component:
    return choice(words, filters.toggled(key).address(), key in filters.queues)


def _queue_name(queue: QueueName, queues: Sequence[QueueName]) -> str:
    several = sum(each.name == queue.name for each in queues) > 1
    return f"{queue.name}, {queue.pbx}" if several else queue.name


def _by(filters: Filters) -> Component:
    sheet = [
        choice(intervals.WORDS[by], replace(filters, chosen_by=by).address(), filters.by is by)
        for by in intervals.choices(filters.first, filters.last)
    ]
    return menu("By", intervals.WORDS[filters.by], sheet)


def _variant(filters: Filters) -> Component:
    sheet = [
        choice(words, replace(filters, variant=name).address(), filters.variant == name)
        for name, (_, words) in VARIANTS.items()
    ]
    return menu("Variant", VARIANTS[filters.variant][1], sheet, on=filters.variant != SERVICE_LEVEL.name)


def _clock(filters: Filters) -> Component:
    usual = dict.fromkeys((filters.default_clock.key, "UTC", filters.clock.key))
    sheet: list[Component] = [
        choice(name, replace(filters, clock=ZoneInfo(name)).address(), filters.clock.key == name) for name in usual
    ]
    other = html.Form(
        className="free",
        method="get",
        children=[
            *_hidden(filters, leave_out=("clock",)),
            html.Label(["Other zone", dcc.Input(type="text", name="clock", list=ZONES_ID, required=True)]),
            html.Button("Show", type="submit", className="btn little"),
        ],
    )
    return menu("Clock", filters.clock.key, [*sheet, other], on=filters.clock != filters.default_clock)


def _hidden(filters: Filters, leave_out: Sequence[str]) -> list[Component]:
    """The rest of the choice, which a form must carry along."""
    return [
        dcc.Input(type="hidden", name=name, value=value) for name, value in filters.query() if name not in leave_out
    ]
