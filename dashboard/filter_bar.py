"""The row of filters above a report. Pure: every choice is a link to the address that has it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from calls.metrics import SERVICE_LEVEL
from dashboard import formats, intervals
from dashboard.definitions import VARIANTS
from dashboard.filters import COMPARE_WORDS, PRESET_WORDS, Filters
from dashboard.reports import queue_key
from dashboard.shell import choice, menu
from warehouse.marts import AgentName, QueueName

# The page's list of time zones, which assets/report.js fills from what the browser knows.
ZONES_ID = "zones"
# The page's list of agents, which assets/numbers.js fills from the page's data.
AGENTS_ID = "agents-list"
# As many names as a button has room for; beyond that it says how many.
_NAMED = 2


def filter_bar(filters: Filters, queues: Sequence[QueueName], today: date) -> list[Component]:
    """All menus but those of one page, as `filters` has them chosen. `queues`: the names to choose from."""
    return [
        range_menu(filters, today),
        compare_menu(filters),
        queues_menu(filters, queues),
        by_menu(filters),
        variant_menu(filters),
        clock_menu(filters),
    ]


def range_bar(filters: Filters, today: date) -> list[Component]:
    """The menus of a page that asks for a range alone."""
    return [range_menu(filters, today), clock_menu(filters)]


def queue_words(filters: Filters, queues: Sequence[QueueName]) -> str:
    """The queues chosen, as a button shows them."""
    if not filters.queues:
        return "all"
    if len(filters.queues) > _NAMED:
        return f"{len(filters.queues)} of {len(queues)}"
    names = {queue_key(each, queues): each.name for each in queues}
    return ", ".join(names.get(each, each) for each in filters.queues)


def range_menu(filters: Filters, today: date) -> Component:
    """Which days: those that move with the calendar, and any."""
    presets: list[Component] = [
        choice(words, filters.in_range(preset, today).address(), filters.preset is preset)
        for preset, words in PRESET_WORDS.items()
    ]
    free = html.Form(
        className="free",
        method="get",
        children=[
            *hidden(filters, leave_out=("range", "from", "to")),
            html.Label(["From", dcc.Input(type="date", name="from", value=filters.first.isoformat(), required=True)]),
            html.Label(["To", dcc.Input(type="date", name="to", value=filters.last.isoformat(), required=True)]),
            html.Button("Show", type="submit", className="btn little"),
        ],
    )
    return menu("Range", filters.range_words(), [*presets, free])


def compare_menu(filters: Filters) -> Component:
    """Which earlier period the figures stand beside."""
    none = choice("nothing", replace(filters, compare=None).address(), filters.compare is None)
    each = [
        choice(words, replace(filters, compare=compare).address(), filters.compare is compare)
        for compare, words in COMPARE_WORDS.items()
    ]
    earlier = filters.earlier()
    chosen = formats.days(earlier.first, earlier.last) if filters.compare else "nothing"
    return menu("Compare", chosen, [none, *each], on=filters.compare is not None)


def queues_menu(filters: Filters, queues: Sequence[QueueName]) -> Component:
    """Which queues; any number of them."""
    everything = choice("All queues", replace(filters, queues=()).address(), not filters.queues)
    each = [_queue(filters, queue_key(queue, queues), _queue_name(queue, queues)) for queue in queues]
    return menu("Queues", queue_words(filters, queues), [everything, *each], many=True, on=bool(filters.queues))


def _queue(filters: Filters, key: str, words: str) -> Component:
    return choice(words, filters.toggled(key).address(), key in filters.queues)


def _queue_name(queue: QueueName, queues: Sequence[QueueName]) -> str:
    several = sum(each.name == queue.name for each in queues) > 1
    return f"{queue.name}, {queue.pbx}" if several else queue.name


def by_menu(filters: Filters) -> Component:
    """How long an interval is."""
    sheet = [
        choice(intervals.WORDS[by], replace(filters, chosen_by=by).address(), filters.by is by)
        for by in intervals.choices(filters.first, filters.last)
    ]
    return menu("By", intervals.WORDS[filters.by], sheet)


def variant_menu(filters: Filters) -> Component:
    """Which service level."""
    sheet = [
        choice(words, replace(filters, variant=name).address(), filters.variant == name)
        for name, (_, words) in VARIANTS.items()
    ]
    return menu("Variant", VARIANTS[filters.variant][1], sheet, on=filters.variant != SERVICE_LEVEL.name)


def agents_menu(filters: Filters, agents: Sequence[AgentName]) -> Component:
    """Which agents: those chosen, and a field for another, as there may be hundreds."""
    names = agent_names(filters, agents)
    everyone = choice("All agents", replace(filters, agents=()).address(), not filters.agents)
    each = [choice(name, filters.toggled_agent(key).address(), True) for key, name in names.items()]
    other = html.Form(
        className="free",
        method="get",
        children=[
            *hidden(filters, leave_out=()),
            html.Label(["Agent", dcc.Input(type="text", name="agent", list=AGENTS_ID, required=True)]),
            html.Button("Show", type="submit", className="btn little"),
        ],
    )
    few = len(names) <= _NAMED
    chosen = (", ".join(names.values()) if few else f"{len(names)} of {len(agents)}") if names else "all"
    return menu("Agents", chosen, [everyone, *each, other], many=True, on=bool(names))


def agent_names(filters: Filters, agents: Sequence[AgentName]) -> dict[str, str]:
    """The agents chosen, by what the address calls them, as people call them."""
    known = {each.agent_id: each.name for each in agents}
    return {each: known.get(each, each) for each in filters.agents}


def own_menu(filters: Filters, label: str, name: str, words: Mapping[str, str]) -> Component:
    """A choice of one page alone, kept in the address as `name`; the first of `words` is the default."""
    default = next(iter(words))
    now = filters.own_value(name) or default
    sheet = [
        choice(text, filters.with_own(**{name: "" if key == default else key}).address(), key == now)
        for key, text in words.items()
    ]
    return menu(label, words.get(now, words[default]), sheet, on=now != default)


def clock_menu(filters: Filters) -> Component:
    """Whose days and hours."""
    usual = dict.fromkeys((filters.default_clock.key, "UTC", filters.clock.key))
    sheet: list[Component] = [
        choice(name, replace(filters, clock=ZoneInfo(name)).address(), filters.clock.key == name) for name in usual
    ]
    other = html.Form(
        className="free",
        method="get",
        children=[
            *hidden(filters, leave_out=("clock",)),
            html.Label(["Other zone", dcc.Input(type="text", name="clock", list=ZONES_ID, required=True)]),
            html.Button("Show", type="submit", className="btn little"),
        ],
    )
    return menu("Clock", filters.clock.key, [*sheet, other], on=filters.clock != filters.default_clock)


def hidden(filters: Filters, leave_out: Sequence[str]) -> list[Component]:
    """The rest of the choice, which a form must carry along."""
    return [
        dcc.Input(type="hidden", name=name, value=value) for name, value in filters.query() if name not in leave_out
    ]
