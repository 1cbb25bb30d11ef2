"""The pages that have files, and what is written of each: its own reader and its own cells. Pure but for the reading.

So a file's numbers are the page's, to the printed digit. Knows nothing of HTTP.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from dash.development.base_component import Component

from dashboard import (
    agent_cards,
    agent_days,
    book_cards,
    formats,
    heat_cards,
    queue_cards,
    report_cards,
    shell,
    staffing_cards,
    trust_cards,
    wait_cards,
)
from dashboard.agent_figures import AgentsAnswer
from dashboard.definitions import VARIANTS
from dashboard.export_tables import Export, Table, figures_of, headings_of, table, words_of
from dashboard.figure_marts import FigureMarts
from dashboard.filters import Filters
from dashboard.heat_figures import HeatAnswer
from dashboard.pages import agents, data_quality, heat_map, queues, service_level, staffing, wait
from dashboard.queue_figures import QueuesAnswer
from dashboard.report_page import ReportPage
from dashboard.reports import Marts, Report, read_report
from dashboard.staffing_figures import StaffingAnswer
from dashboard.trust import Trust, TrustMarts, read_trust
from dashboard.wait_figures import WaitAnswer


class ExportMarts(Marts, FigureMarts, TrustMarts, Protocol):
    """The published marts, as the pages with files need them."""


OpenMarts = Callable[[str], ExportMarts]


@dataclass(frozen=True)
class Source:
    """A page that has files. `own`: names in the address that only it knows. Reading raises ReportsUnavailable."""

    place: shell.Place
    read: Callable[[OpenMarts, str, Filters], Export]
    own: tuple[str, ...] = ()


def read_export(source: Source, open_marts: OpenMarts, tenant: str, filters: Filters, now: datetime) -> Export:
    """All that is written of a page for a choice. Raises ReportsUnavailable."""
    export = source.read(open_marts, tenant, filters)
    about = (("Centre", tenant), *export.about, ("Made", formats.instant(now, filters.clock)))
    return Export(export.title, about, export.tables, export.explanations, export.figures)


def _figures(page: ReportPage[Any], tables: Callable[[Any], list[Table]]) -> Source:
    def read(open_marts: OpenMarts, tenant: str, filters: Filters) -> Export:
        answer = page.answer(open_marts, tenant, filters)
        return Export(
            page.place.title,
            _about(answer.filters, answer.watermark_words()),
            tuple(tables(answer)),
            tuple(page.explained(answer)),
            figures_of(page.summary(answer)),
        )

    return Source(page.place, read, page.own)


def _service_level(open_marts: OpenMarts, tenant: str, filters: Filters) -> Export:
    report = read_report(open_marts, tenant, filters)
    about = _about(report.filters, report_cards.watermark_words(report))
    left_out = report_cards.left_out(report)
    return Export(
        service_level.PLACE.title,
        (*about, *((("Intervals", left_out),) if left_out else ())),
        (_levels(report), _definitions(report)),
        tuple(report_cards.explanations(report)),
        figures_of(report_cards.summary(report)),
    )


def _levels(report: Report) -> Table:
    first, *others = headings_of(report_cards.table_head(report))
    lines = json.loads(report_cards.table_rows(report))["rows"]
    # Label, note, the numbers, and then what only a page needs.
    cells = [
        [{"text": line[0], "note": line[1]}, *({"text": each, "css": "num"} for each in line[2 : 2 + len(others)])]
        for line in lines
    ]
    return table(service_level.PLACE.title, [first, *others], json.dumps({"rows": cells}))


def _definitions(report: Report) -> Table:
    return _of_components("Other definitions", ("Counted", "Service level"), report_cards.definitions(report))


def _trust(open_marts: OpenMarts, tenant: str, filters: Filters) -> Export:
    trust = read_trust(open_marts, tenant, filters)
    books, mark = trust.books, trust.books.watermark
    words = f"Calls changed up to {formats.instant(mark, filters.clock)}" if mark else "Nothing loaded yet"
    return Export(
        data_quality.PLACE.title,
        _about(trust.filters, words),
        tuple(_trust_tables(trust)),
        (*trust_cards.explanations(trust), *book_cards.explanations(books)),
        (*figures_of(trust_cards.summary(trust)), *figures_of(book_cards.summary(books))),
    )


def _trust_tables(trust: Trust) -> list[Table]:
    rows = {"pbxs": trust_cards.pbx_rows, "days": trust_cards.day_rows, "gaps": trust_cards.gap_rows}
    titles = {"pbxs": "By PBX", "days": "By day", "gaps": "Gaps"}
    differing = json.loads(book_cards.differences(trust.books))["rows"]
    # The address of the call and the class of the reason are for the page alone.
    facts = [[*line[:2], *line[3 : len(data_quality.HEAD) + 1]] for line in differing]
    return [
        *(table(titles[name], trust_cards.HEADS[name], made(trust)) for name, made in rows.items()),
        table("Calls that differ", data_quality.HEAD, json.dumps({"rows": facts})),
        _of_components("Why two accounts may differ", ("Rule", "Calls"), book_cards.rules(trust.books)),
    ]


def _agents(answer: AgentsAnswer) -> list[Table]:
    title, head = agent_cards.title(answer), headings_of(agent_cards.table_head(answer))
    filed = table("Filed as", ("Code", "Calls"), agent_cards.dispositions(answer))
    if not answer.alone:
        return [table(title, head, agent_cards.table_rows(answer)), filed]
    done = table("One thing after the other", ("From", "What", "More", "Lasted"), agent_days.events(answer))
    paused = table("Paused for", ("Reason", "Time"), agent_cards.reasons(answer))
    return [table(title, head, agent_cards.table_rows(answer)), done, paused, filed]


def _queues(answer: QueuesAnswer) -> list[Table]:
    return [table("By queue", headings_of(queue_cards.table_head(answer)), queue_cards.table_rows(answer))]


def _waits(answer: WaitAnswer) -> list[Table]:
    return [table("By queue", headings_of(wait_cards.table_head(answer)), wait_cards.table_rows(answer))]


def _staffing(answer: StaffingAnswer) -> list[Table]:
    ahead = table("By half hour", headings_of(staffing_cards.table_head(answer)), staffing_cards.table_rows(answer))
    return [ahead, table("How wrong it was", ("Week", "Error"), staffing_cards.tried_rows(answer))]


def _heat(answer: HeatAnswer) -> list[Table]:
    grid = json.loads(heat_cards.grid(answer))
    cells = [
        [day, *({"text": cell["text"] if cell else "", "css": "num"} for cell in line)]
        for day, line in zip(grid.get("days", ()), grid.get("cells", ()), strict=True)
    ]
    title = heat_cards.chosen(answer.filters).words.capitalize()
    return [table(title, ["Day", *grid.get("hours", ())], json.dumps({"rows": cells}))]


def _of_components(title: str, headings: Sequence[str], lines: Sequence[Component]) -> Table:
    """A table that the page draws of components: words first, then a number."""
    cells = [
        [_words(first), {"text": words_of(last), "css": "num"}] for first, last in (line.children for line in lines)
    ]
    return table(title, headings, json.dumps({"rows": cells}))


def _words(cell: Component) -> dict[str, str]:
    parts = cell.children if isinstance(cell.children, list) else [cell.children]
    text, *note = map(words_of, parts)
    return {"text": text, "note": "".join(note)}


def _about(filters: Filters, watermark: str) -> tuple[tuple[str, str], ...]:
    earlier = filters.earlier()
    return (
        ("Range", formats.days(filters.first, filters.last)),
        *((("Compared with", formats.days(earlier.first, earlier.last)),) if filters.compare else ()),
        ("Time zone", filters.clock.key),
        ("Queues", ", ".join(filters.queues) or "all"),
        ("Agents", ", ".join(filters.agents) or "all"),
        ("Service level", VARIANTS[filters.variant][1]),
        ("State", watermark),
    )


SOURCES = {
    "service-level": Source(service_level.PLACE, _service_level),
    "queues": _figures(queues.PAGE, _queues),
    "agents": _figures(agents.PAGE, _agents),
    "wait": _figures(wait.PAGE, _waits),
    "heat-map": _figures(heat_map.PAGE, _heat),
    "staffing": _figures(staffing.PAGE, _staffing),
    "data-quality": Source(data_quality.PLACE, _trust),
}
