"""The files of every page in a real browser: CSV, Excel and PDF have the numbers that the page shows, one for one.

Names that a spreadsheet would run, or paper would draw as markup, come out of all three as the texts that they are.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agent_rows import event, performance
from dashboard_parts import BILLING, NOW, PaperMarts
from e2e.browser import Tab, chromium, tab
from e2e.paper_centre import Centre, login, open_centre
from e2e.paper_history import History
from e2e.taken_away import (
    Drawn,
    csv_meant,
    csv_tables,
    drawn_tables,
    excel_tables,
    expected,
    meant,
    numbers_of,
    pdf_text,
    printed,
    squeezed,
)
from e2e.test_books import ordinary
from history_parts import row
from made_weeks import publish_weeks
from playwright.sync_api import Browser

from calls.csv_text import FORMULA
from warehouse.staffing.outlook import open_planned_marts

TENANT = "Northwind Support"
HOSTILE = (
    *('=HYPERLINK("http://x.example","y")', "@SUM(A1:A9)", "\tTab first", "+4930123456", "-2+3"),
    *("#strong[x] $a$ <b>", "Łódź Ωμέγα Жук", "Sixty characters are quite enough for the longest of names!!"),
)
# By address: how many tables there are, and what is there when all of it is drawn.
PAGES = {
    "service-level?range=30d&compare=previous": (2, "document.querySelectorAll('#level-rows tr').length > 20"),
    "service-level?range=today&by=15m&variant=sl_offered": (2, "document.querySelector('#level-rows tr')"),
    "queues?range=30d&compare=previous": (1, "document.querySelectorAll('#queue-table-rows tr').length === 4"),
    "agents?range=30d&compare=week": (2, "document.querySelectorAll('#agent-table-rows tr').length === 12"),
    "agents?from=2026-11-20&to=2026-11-20&agent=ines": (
        4, "document.querySelectorAll('#agent-events-rows tr').length > 20",
    ),
    "wait?range=30d": (1, "document.querySelectorAll('#wait-table-rows tr').length === 4"),
    "heat-map?range=30d&metric=service_level": (1, "document.querySelectorAll('#heat-grid a').length > 50"),
    "staffing?queue=support": (2, "document.querySelectorAll('#staffing-table-rows tr').length > 20"),
    "data-quality?range=30d": (5, "document.querySelectorAll('#days-rows tr').length > 20"),
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    data: Path = tmp_path_factory.mktemp("weeks")
    publish_weeks(data, TENANT, NOW, 10)
    with open_centre(Centre(marts=open_planned_marts(data, TENANT))) as running:  # type: ignore[arg-type]
        yield running


def files_of(opened: Tab) -> dict[str, bytes]:
    """What the menu of the page leads to, by the end of the name."""
    links = opened.page.locator("#menu-export a[download]").evaluate_all(
        "(all) => all.map((each) => each.getAttribute('href'))"
    )
    answers = {link: opened.page.request.get(opened.origin + link) for link in links}
    assert {answer.status for answer in answers.values()} == {200}, answers
    return {re.findall(r"csv|xlsx|pdf", link)[-1]: answer.body() for link, answer in answers.items()}


def hold(tables: list[Drawn], files: dict[str, bytes]) -> None:
    """The files have what the page shows."""
    written, book, paper = csv_tables(files["csv"]), excel_tables(files["xlsx"]), pdf_text(files["pdf"])
    assert len(written) == len(book) == len(tables)
    place = 0
    for table, lines, sheet in zip(tables, written, book, strict=True):
        headings = lines[0]
        owners = [each for each in headings if not each.endswith((": note", ": before"))]
        drawn = [each for each in table.headings if each != "Trend"]
        assert not drawn or owners == drawn
        assert sheet[0] == headings
        wanted = list(expected(table, headings))
        assert sheet[1:] == wanted
        columns = iter(numbers_of(table))
        numbers = [next(columns, False) if each in owners else None for each in headings]
        for at, each in enumerate(headings):
            if numbers[at] is None:
                numbers[at] = each.endswith(": before") or numbers[at - 1]
        read = [[csv_meant(text, number=bool(n)) for text, n in zip(line, numbers, strict=True)] for line in lines[1:]]
        assert read == wanted
        assert not any(text.startswith(FORMULA) for line in lines for text in line)
        for words in printed(table):
            found = paper.find(words, place)
            assert found >= 0, (words, paper[place : place + 400])
            place = found + len(words)


@pytest.mark.parametrize("address", PAGES)
def test_the_files_of_a_page_have_its_numbers(browser: Browser, weeks: Centre, address: str) -> None:
    many, ready = PAGES[address]
    with tab(browser, weeks.origin, token=login()) as opened:
        opened.open(f"/reports/{address}")
        opened.until(f"document.querySelector('#menu-export') && {ready}")
        tables = drawn_tables(opened.page)
        assert len(tables) == many and any(table.rows for table in tables)
        files = files_of(opened)
        hold(tables, files)
        figures = opened.page.locator("#page .sum > div > b").all_inner_texts()
        paper = pdf_text(files["pdf"])
        assert figures and all(squeezed(each) in paper for each in figures)


def hostile_marts() -> PaperMarts:
    """Queues, agents, reasons and codes that are called such things."""
    queues = [BILLING._replace(queue=f"q{n}", name=name) for n, name in enumerate(HOSTILE)]
    agents = [performance(f"a{n}", n, name=name) for n, name in enumerate(HOSTILE)]
    timeline: list[dict[str, Any]] = [event("state", "paused", n, 5, reason=name) for n, name in enumerate(HOSTILE)]
    return PaperMarts(queues=queues, rows={"agent_performance": agents, "agent_timeline": timeline})


@pytest.mark.parametrize("address", ["queues", "agents", "agents?agent=ines", "data-quality"])
def test_hostile_names_come_out_as_the_texts_they_are(browser: Browser, address: str) -> None:
    marts = ordinary() if address == "data-quality" else hostile_marts()
    with open_centre(Centre(marts=marts)) as centre, tab(browser, centre.origin, token=login()) as opened:
        opened.open(f"/reports/{address}")
        opened.until("document.querySelector('#menu-export') && document.querySelector('#page tbody tr:not(.empty)')")
        tables, files = drawn_tables(opened.page), files_of(opened)
    hold(tables, files)
    if address in ("queues", "agents"):
        names = [line[0] for line in csv_tables(files["csv"])[0][1:]]
        assert sorted(names) == sorted(f"'{each}" if each.startswith(FORMULA) else each for each in HOSTILE)


def test_the_files_of_a_list_of_calls_have_its_calls(browser: Browser) -> None:
    names = [*HOSTILE, "Ana"] * 70
    rows = [
        row(n, from_name=name, queues=[name], agents=[name], from_number=f"+49301{n:06}", disposition_title=name)
        for n, name in enumerate(names)
    ]
    odd = [
        row(900, is_known=False, status=None, outcome=None, from_name=None, from_number=None),
        row(901, direction="outbound", mos=None, talk_s=None),
    ]
    centre = Centre(marts=PaperMarts(), history=History(rows=[*odd, *rows]))
    with open_centre(centre), tab(browser, centre.origin, token=login()) as opened:
        opened.open("/reports/calls?range=7d&show=answered")
        opened.until("document.querySelector('#menu-export') && document.querySelectorAll('#calls-rows tr').length > 9")
        (drawn,), files = drawn_tables(opened.page), files_of(opened)
        opened.page.goto(f"{centre.origin}/reports/calls?range=7d&call=pbx:1")
        opened.until("document.querySelector('#one-call .events')")
        assert opened.page.locator("#menu-export").count() == 0
    (lines,), (sheet,), paper = csv_tables(files["csv"]), excel_tables(files["xlsx"]), pdf_text(files["pdf"])
    head, *lines = lines
    assert sheet[0] == head and len(lines) == len(sheet) - 1 == len(rows) + 2
    shown = ("Queue", "Agent", "Came to", "Wait", "Talk", "Hold", "Sound", "Result")
    for cells, line, excel in zip(drawn.rows, lines, sheet[1:], strict=False):
        # When and whom are written in another way; all else as it is.
        wanted = [meant(cell["text"], number=cell["number"]) for cell in cells[2:]]
        numbers = [cell["number"] for cell in cells[2:]]
        said = dict(zip(head, line, strict=True))
        told = dict(zip(head, excel, strict=True))
        assert [csv_meant(said[name], number=at) for name, at in zip(shown, numbers, strict=True)] == wanted
        assert [told[name] for name in shown] == wanted
        assert cells[1]["note"].startswith(str(told["Number"])) or not told["Caller"]
        assert not any(text.startswith(FORMULA) for text in line)
    place = 0
    for each in rows:
        place = paper.find(squeezed(f"{each.from_name}{each.from_number}"), place)
        assert place >= 0, each


def test_a_file_is_saved_under_its_name_and_what_is_refused_is_said(browser: Browser, weeks: Centre) -> None:
    with tab(browser, weeks.origin, token=login()) as opened:
        opened.open("/reports/service-level?range=7d")
        opened.until("document.querySelectorAll('#level-rows tr').length > 5")
        opened.page.locator("#menu-export summary").click()
        with opened.page.expect_download() as saved:
            opened.page.get_by_role("link", name="Excel").click()
        assert saved.value.suggested_filename == "trunkline-service-level-2026-11-16-2026-11-22.xlsx"
        assert saved.value.path().read_bytes().startswith(b"PK")
        opened.page.route(
            "**/reports/export/*.pdf*", lambda route: route.fulfill(status=422, json={"detail": "Too long."})
        )
        opened.page.locator("#menu-export summary").click()
        opened.page.get_by_role("link", name="PDF").click()
        opened.until("document.querySelector('#notice').textContent === 'Too long.'")
