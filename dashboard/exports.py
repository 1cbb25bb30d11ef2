"""GET /reports/export/{page}.{kind}: the tables of a page as a file, for the same query as the page's address.

POST /reports/export/calls.{kind}: the same of rows that the API sends, who alone knows calls.

Whoever may open the page may have its file; the guard has already said who asks.
"""

import logging
from asyncio import to_thread
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import export_files, shell
from dashboard.errors import NoSuchTable, ReportsUnavailable
from dashboard.export_given import read_given
from dashboard.export_pages import SOURCES, OpenMarts, read_export
from dashboard.export_pdf import pdf_file
from dashboard.export_tables import Export
from dashboard.filters import parse
from dashboard.guard import current_user

log = logging.getLogger("dashboard")


@dataclass(frozen=True)
class Kind:
    """A kind of file: its media type, who writes it, and how many rows it may have."""

    media: str
    write: Callable[[Export], bytes]
    most_rows: int


# A year of quarters of an hour is 35,040 rows; a hundred pages are more than anybody reads.
KINDS = {
    "csv": Kind("text/csv; charset=utf-8", export_files.csv_file, 50_000),
    "xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", export_files.xlsx_file, 50_000),
    "pdf": Kind("application/pdf", pdf_file, 2_000),
    # No file for people: the figures alone, of which a message tells.
    "json": Kind("application/json", export_files.figures_file, 50_000),
}


def add_exports(server: Any, open_marts: OpenMarts, clock: Callable[[], datetime], zone: ZoneInfo) -> None:
    """The route. `zone` is the clock where the address names none."""

    async def download(request: Request) -> Response:
        name, kind = request.path_params["name"], KINDS.get(request.path_params["kind"])
        source, user = SOURCES.get(name), current_user()
        if source is None or kind is None:
            offered = f"{', '.join(sorted(SOURCES))}; as {' or '.join(sorted(KINDS))}"
            return _problem(HTTPStatus.NOT_FOUND, f"There is no such file. Pages with files: {offered}.")
        if user.role not in source.place.roles:
            return _problem(HTTPStatus.FORBIDDEN, f"The role {user.role} does not open this page.")
        now = clock()
        filters = parse(request.url.query, now, zone, source.own)
        try:
            export = await to_thread(read_export, source, open_marts, user.tenant, filters, now)
        except ReportsUnavailable as error:
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        if words := too_long(sum(len(each.rows) for each in export.tables), kind.most_rows):
            return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, words)
        file = f"trunkline-{name}-{filters.first}-{filters.last}.{request.path_params['kind']}"
        log.info("export %s by user %s", file, user.user_id)
        return await _written(kind, export, named(file))

    async def write(request: Request) -> Response:
        kind, content = KINDS.get(request.path_params["kind"]), await request.body()
        if kind is None:
            return _problem(HTTPStatus.NOT_FOUND, f"Such a file is one of {', '.join(sorted(KINDS))}.")
        try:
            export = await to_thread(read_given, content)
        except NoSuchTable as error:
            return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        return await _written(kind, export, {})

    server.add_api_route(shell.EXPORTS + "calls.{kind}", write, methods=["POST"], include_in_schema=False)
    server.add_api_route(shell.EXPORTS + "{name}.{kind}", download, methods=["GET"], include_in_schema=False)


async def _written(kind: Kind, export: Export, headers: dict[str, str]) -> Response:
    try:
        return Response(await to_thread(kind.write, export), media_type=kind.media, headers=headers)
    except ReportsUnavailable as error:
        return _problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))


def too_long(rows: int, most: int) -> str:
    """Why a file of so many rows is not made, and what to do; empty where it is."""
    if rows <= most:
        return ""
    larger = "" if most >= KINDS["csv"].most_rows else ", or take Excel or CSV"
    found = f"The tables have {rows:,} rows; such a file has at most {most:,}."
    return f"{found} Choose fewer days or longer intervals{larger}."


def named(file: str) -> dict[str, str]:
    """The headers by which a browser saves it under this name."""
    return {"content-disposition": f'attachment; filename="{file}"'}


def _problem(status: HTTPStatus, detail: str) -> Response:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
