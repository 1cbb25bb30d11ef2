"""GET /reports/export/{page}.{kind}: the tables of a page as a file, for the same query as the page's address.

A page's own reader and its own cells make the file, so its numbers are the page's, to the printed digit. Whoever may
open the page may have its file; the guard has already said who asks.
"""

import json
import logging
from asyncio import to_thread
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import (
    agent_cards,
    export_files,
    formats,
    heat_cards,
    queue_cards,
    report_cards,
    shell,
    staffing_cards,
    trust_cards,
    wait_cards,
)
from dashboard.errors import ReportsUnavailable
from dashboard.export_tables import Export, Table, headings_of, table
from dashboard.figure_marts import FigureMarts
from dashboard.filters import Filters, parse
from dashboard.guard import current_user
from dashboard.heat_figures import HeatAnswer
from dashboard.pages import agents, data_quality, heat_map, queues, service_level, staffing, wait
from dashboard.report_page import ReportPage
from dashboard.reports import Marts, Report, read_report
from dashboard.trust import Trust, TrustMarts, read_trust

log = logging.getLogger("dashboard")

# A year of quarters of an hour is 35,040 rows.
MAX_ROWS = 50_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS: dict[str, tuple[str, Callable[[Export], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", export_files.csv_file),
    "xlsx": (_XLSX, export_files.xlsx_file),
}


class ExportMarts(Marts, FigureMarts, TrustMarts, Protocol):
    """The published marts, as the pages with files need them."""


OpenMarts = Callable[[str], ExportMarts]


@dataclass(frozen=True)
class Source:
    """A page that has files. `own`: names in the address that only it knows."""

    place: shell.Place
    read: Callable[[OpenMarts, str, Filters], Export]
    own: tuple[str, ...] = ()


def add_exports(server: Any, open_marts: OpenMarts, clock: Callable[[], datetime], zone: ZoneInfo) -> None:
    """The route. `zone` is the clock where the address names none."""

    async def download(request: Request) -> Response:
        name, kind = request.path_params["name"], request.path_params["kind"]
        source, user = SOURCES.get(name), current_user()
        if source is None or kind not in _KINDS:
            offered = f"{', '.join(sorted(SOURCES))}; as {' or '.join(sorted(_KINDS))}"
            return _problem(HTTPStatus.NOT_FOUND, f"There is no such file. Pages with files: {offered}.")
        if user.role not in source.place.roles:
            return _problem(HTTPStatus.FORBIDDEN, f"The role {user.role} does not open this page.")
        filters = parse(request.url.query, clock(), zone, source.own)
        try:
            export = await to_thread(source.read, open_marts, user.tenant, filters)
        except ReportsUnavailable as error:
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        if words := too_long(sum(len(each.rows) for each in export.tables)):
            return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, words)
        media, write = _KINDS[kind]
        log.info("export %s.%s by user %s, %s to %s", name, kind, user.user_id, filters.first, filters.last)
        return Response(await to_thread(write, export), media_type=media, headers=_named(name, kind, filters))

    server.add_api_route(shell.EXPORTS + "{name}.{kind}", download, methods=["GET"], include_in_schema=False)


def too_long(rows: int) -> str:
    """Why a file of so many rows is not made, and what to do; empty where it is."""
    if rows <= MAX_ROWS:
        return ""
    return f"The table has {rows:,} rows; a file has at most {MAX_ROWS:,}. Choose fewer days or longer intervals."


def _figures(page: ReportPage[Any], tables: Callable[[Any], list[Table]]) -> Source:
    def read(open_marts: OpenMarts, tenant: str, filters: Filters) -> Export:
        answer = page.answer(open_marts, tenant, filters)
        about = _about(answer.filters, answer.watermark_words())
        return Export(page.place.title, about, tuple(tables(answer)), tuple(page.explained(answer)))

    return Source(page.place, read, page.own)


def _service_level(open_marts: OpenMarts, tenant: str, filters: Filters) -> Export:
    report = read_report(open_marts, tenant, filters)
    about = (*_about(report.filters, report_cards.watermark_words(report)), ("Definition", report.filters.metric.title))
    tables = (_levels(report),)
    return Export(service_level.PLACE.title, about, tables, tuple(report_cards.explanations(report)))


def _levels(report: Report) -> Table:
    first, *others = headings_of(report_cards.table_head(report))
    lines = json.loads(report_cards.table_rows(report))["rows"]
    # Label, note, the numbers, and then what only a page needs.
    cells = [[*line[:2], *({"text": each, "css": "num"} for each in line[2 : 2 + len(others)])] for line in lines]
    return table(service_level.PLACE.title, [first, f"{first}: note", *others], json.dumps({"rows": cells}))


def _trust(open_marts: OpenMarts, tenant: str, filters: Filters) -> Export:
    trust = read_trust(open_marts, tenant, filters)
    mark = trust.books.watermark
    words = f"Calls changed up to {formats.instant(mark, filters.clock)}" if mark else "Nothing loaded yet"
    explained = tuple(trust_cards.explanations(trust))
    return Export(data_quality.PLACE.title, _about(trust.filters, words), tuple(_trust_tables(trust)), explained)


def _trust_tables(trust: Trust) -> list[Table]:
    rows = {"days": trust_cards.day_rows, "pbxs": trust_cards.pbx_rows, "gaps": trust_cards.gap_rows}
    titles = {"days": "By day", "pbxs": "By PBX", "gaps": "Gaps"}
    return [table(titles[name], trust_cards.HEADS[name], made(trust)) for name, made in rows.items()]


def _heat(answer: HeatAnswer) -> list[Table]:
    grid = json.loads(heat_cards.grid(answer))
    cells = [
        [day, *({"text": cell["text"] if cell else "", "css": "num"} for cell in line)]
        for day, line in zip(grid.get("days", ()), grid.get("cells", ()), strict=True)
    ]
    return [table(heat_map.PLACE.title, ["Day", *grid.get("hours", ())], json.dumps({"rows": cells}))]


def _one(title: str, cards: Any) -> Callable[[Any], list[Table]]:
    return lambda answer: [table(title, headings_of(cards.table_head(answer)), cards.table_rows(answer))]


def _about(filters: Filters, watermark: str) -> tuple[tuple[str, str], ...]:
    return (
        ("Range", formats.days(filters.first, filters.last)),
        ("Time zone", filters.clock.key),
        ("Queues", ", ".join(filters.queues) or "all"),
        ("Agents", ", ".join(filters.agents) or "all"),
        ("Variant of the service level", filters.variant),
        ("State", watermark),
    )


def _named(name: str, kind: str, filters: Filters) -> dict[str, str]:
    file = f"trunkline-{name}-{filters.first}-{filters.last}.{kind}"
    return {"content-disposition": f'attachment; filename="{file}"'}


def _problem(status: HTTPStatus, detail: str) -> Response:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


SOURCES = {
    "service-level": Source(service_level.PLACE, _service_level),
    "queues": _figures(queues.PAGE, _one("Queues", queue_cards)),
    "agents": _figures(agents.PAGE, _one("Agents", agent_cards)),
    "wait": _figures(wait.PAGE, _one("Wait", wait_cards)),
    "heat-map": _figures(heat_map.PAGE, _heat),
    "staffing": _figures(staffing.PAGE, _one("Staffing", staffing_cards)),
    "data-quality": Source(data_quality.PLACE, _trust),
}
