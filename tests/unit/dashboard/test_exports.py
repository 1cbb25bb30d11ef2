"""The files of pages, asked for as a browser does."""

import csv
import io
from datetime import UTC, datetime

import httpx
import pytest
from dashboard_parts import PaperMarts, app, token
from openpyxl import load_workbook

from dashboard.exports import MAX_ROWS, SOURCES, too_long
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


async def test_the_service_level_is_in_the_file_as_on_the_page() -> None:
    head, *lines = rows_of(await get("service-level.csv"))
    assert head[:3] == ["From", "From: note", "Offered"]
    assert [line[2] for line in lines] == ["8"]


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
    assert too_long(MAX_ROWS) == ""
    assert too_long(MAX_ROWS + 1).startswith("The table has 50,001 rows") and "fewer days" in too_long(MAX_ROWS + 1)


async def test_nobody_gets_a_file_without_a_login() -> None:
    served = httpx.ASGITransport(app(lambda _: MARTS))
    async with httpx.AsyncClient(transport=served, base_url="http://trunkline.test") as anybody:
        assert (await anybody.get("/reports/export/queues.csv")).status_code == 401
