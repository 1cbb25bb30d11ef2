"""The files of pages, asked for as a browser does."""

import csv
import io
import json
from datetime import UTC, datetime

import httpx
import pytest
from dashboard_parts import PaperMarts, app, token
from openpyxl import load_workbook

from dashboard.export_pages import SOURCES
from dashboard.exports import KINDS, too_long
from dashboard.guard import COOKIE

MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)
ROW = {
    "pbx": "pbx-1", "queue": "billing", "name": "Billing", "interval_start": None, "offered": 1_240, "answered": 930,
    "abandoned": 310, "flow_out": 0, "service_level": 0.75, "abandon_rate": 0.25, "asa": 14.2, "awt": 15.0,
    "aht": 252.0,
}  # fmt: skip
MARTS = PaperMarts(offered={MORNING: 8}, rows={"queue_summary": [ROW]})


async def get(path: str, marts: PaperMarts = MARTS) -> httpx.Response:
    served = httpx.ASGITransport(app(lambda _: marts))
    async with httpx.AsyncClient(
        transport=served, base_url="http://trunkline.test", cookies={COOKIE: token()}
    ) as petra:
        return await petra.get(f"/reports/export/{path}")


def rows_of(answer: httpx.Response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_the_queues_are_in_the_file_as_on_the_page() -> None:
    answer = await get("queues.csv?range=7d")
    assert answer.headers["content-disposition"] == (
        'attachment; filename="trunkline-queues-2026-11-16-2026-11-22.csv"'
    )
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    head, billing, support = rows_of(answer)
    said = dict(zip(head, billing, strict=True))
    assert (said["Queue"], said["Offered"], said["Service level"]) == ("Billing", "1240", "75.0%")
    assert (said["Handle time"], said["Abandoned: note"]) == ("0:04:12", "25.0%")
    assert support[0] == "Support"


async def test_the_head_of_a_page_is_told_as_json() -> None:
    told = json.loads((await get("queues.json?range=7d")).content)
    assert told["title"] == "Queues" and ["Range", "16 – 22 Nov 2026"] in told["about"]
    assert told["about"][0] == ["Centre", "northwind"] and told["figures"][1]["title"] == "Offered"


async def test_a_report_to_be_read_is_a_pdf() -> None:
    answer = await get("queues.pdf?range=7d")
    assert answer.headers["content-type"] == "application/pdf" and answer.content.startswith(b"%PDF-")
    assert answer.headers["content-disposition"].endswith('trunkline-queues-2026-11-16-2026-11-22.pdf"')


@pytest.mark.parametrize("page", sorted(SOURCES))
@pytest.mark.parametrize("published", [True, False])
async def test_every_page_has_its_file_even_if_there_is_nothing(page: str, published: bool) -> None:
    answer = await get(f"{page}.xlsx", PaperMarts(published=published))
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames[-2:] == ["About", "Definitions"]
    assert ("Time zone", "Europe/Berlin") in {tuple(row) for row in book["About"].values}


@pytest.mark.parametrize("path", ["queues.exe", "nothing.csv", "live.csv", "..%2Fqueues.csv"])
async def test_what_is_not_there_says_what_is(path: str) -> None:
    assert (await get(path)).status_code == 404


def test_too_many_rows_are_refused_with_what_to_do() -> None:
    most = KINDS["csv"].most_rows
    assert too_long(most, most) == ""
    assert too_long(most + 1, most).startswith("The tables have 50,001 rows")
    assert too_long(most + 1, most).endswith("Choose fewer days or longer intervals.")
    assert too_long(most, KINDS["pdf"].most_rows).endswith("or take Excel or CSV.")


async def test_rows_that_the_api_sends_are_written_as_a_file() -> None:
    head = {"name": "x", "title": "Calls", "about": [], "figures": [], "headings": ["Number"]}
    served = httpx.ASGITransport(app(lambda _: MARTS))
    async with httpx.AsyncClient(
        transport=served, base_url="http://trunkline.test", cookies={COOKIE: token()}
    ) as petra:
        lines = json.dumps(head) + "\n" + json.dumps([["+4930"]])
        made = await petra.post("/reports/export/calls.xlsx", content=lines)
        odd = await petra.post("/reports/export/calls.xlsx", content=b"[]")
        other = await petra.post("/reports/export/calls.exe", content=lines)
    assert load_workbook(io.BytesIO(made.content))["Calls"]["A2"].value == "+4930"
    assert (odd.status_code, other.status_code) == (422, 404)


async def test_nobody_gets_a_file_without_a_login() -> None:
    served = httpx.ASGITransport(app(lambda _: MARTS))
    async with httpx.AsyncClient(transport=served, base_url="http://trunkline.test") as anybody:
        assert (await anybody.get("/reports/export/queues.csv")).status_code == 401
