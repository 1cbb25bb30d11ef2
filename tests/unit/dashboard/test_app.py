"""The whole application over ASGI: closed without a login, and one origin for everything."""

import json
import re
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import httpx
import pytest
from dashboard_parts import PaperMarts, app, token

from dashboard.first_figures import THEME_COOKIE
from dashboard.guard import COOKIE
from dashboard.index import PLOTLY

MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)
APP = app(lambda _: PaperMarts(offered={MORNING: 8}))


def client(cookie: str | None = None) -> httpx.AsyncClient:
    cookies = {COOKIE: cookie or token()}
    return httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://trunkline.test", cookies=cookies)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "live",
        "service-level",
        "reconciliation",
        "calls",
        "data-quality",
        "session",
        "assets/tokens.css",
        "_dash-layout",
        "_dash-dependencies",
        "_favicon.ico",
    ],
)
async def test_nothing_opens_without_a_login(path: str) -> None:
    async with client("no token") as anybody:
        assert (await anybody.get(f"/reports/{path}")).status_code == 401


async def test_with_a_login_there_is_a_session() -> None:
    async with client() as petra:
        assert (await petra.get("/reports/session")).status_code == 204


async def test_a_page_asks_for_nothing_from_elsewhere() -> None:
    async with client() as petra:
        page = await petra.get("/reports/")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(addresses) > 8
    assert [address for address in addresses if not address.startswith("/reports/")] == []


async def test_browsers_are_told_of_no_socket_for_callbacks() -> None:
    async with client() as petra:
        assert "websocket" not in (await petra.get("/reports/")).text


async def test_every_inline_script_of_the_page_is_allowed_by_its_hash() -> None:
    async with client() as petra:
        page = await petra.get("/reports/")
    inline = [kind for kind in re.findall(r"<script([^>]*)>", page.text) if "src=" not in kind and "json" not in kind]
    allowed = page.headers["content-security-policy"].count("'sha256-")
    assert len(inline) <= allowed


async def test_all_files_that_the_page_names_are_there() -> None:
    async with client() as petra:
        page = await petra.get("/reports/")
        own = re.findall(r'(?:src|href)="(/reports/assets/[^"]+)"', page.text)
        assert [(await petra.get(address)).status_code for address in own] == [200] * len(own)


async def test_the_small_plotly_is_of_the_version_that_draws_the_charts() -> None:
    large = resources.files("plotly").joinpath("package_data/plotly.min.js").read_text()
    async with client() as petra:
        small = (await petra.get(f"/reports/_dash-component-suites/{PLOTLY}")).text
    versions = [re.findall(r"plotly\.js (?:\(.*\) )?v(\d\S+)", text[:200]) for text in (large, small)]
    assert versions[0] == versions[1] != []
    assert len(small) < len(large) / 3


async def test_a_browser_gets_frame_page_and_figures_at_once() -> None:
    async with client() as petra:
        petra.cookies.set(THEME_COOKIE, "dark")
        asking = {"referer": "http://trunkline.test/reports/service-level?range=today"}
        answer = (await petra.get("/reports/_dash-layout", headers=asking)).text
        without = (await petra.get("/reports/_dash-layout")).text
    assert all(words in answer for words in ("Petra Lang", "Same calls, other definitions", "Sun 22 Nov 09:00"))
    assert "Same calls, other definitions" not in without


async def test_the_layout_names_the_reader() -> None:
    async with client() as petra:
        assert "Petra Lang \\u00b7 manager" in (await petra.get("/reports/_dash-layout")).text


async def call(output: str, inputs: list[tuple[str, str, Any]], role: str = "manager") -> httpx.Response:
    body = {
        "output": output,
        "outputs": [_output(each) for each in output.strip(".").split("...")] if ".." in output else _output(output),
        "inputs": [{"id": name, "property": prop, "value": value} for name, prop, value in inputs],
        "changedPropIds": [f"{inputs[0][0]}.{inputs[0][1]}"],
        # Of the callbacks here one knows more than it is called by: which page, and with which query.
        "state": [{"id": "address", "property": "search", "value": ""}] if output == "page.children" else [],
    }
    async with client(token(role=role)) as petra:
        return await petra.post("/reports/_dash-update-component", json=body)


def _output(text: str) -> dict[str, str]:
    name, prop = text.split(".")
    return {"id": name, "property": prop}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/reports/", "Waiting now"),
        ("/reports", "Waiting now"),
        ("/reports/live", "Waiting now"),
        ("/reports/service-level", "Same calls, other definitions"),
        ("/reports/data-quality", "Why two accounts may differ"),
        ("/reports/calls", "Show more"),
        ("/reports/nowhere", "There is no page at /reports/nowhere"),
    ],
)
async def test_each_address_shows_its_page(path: str, words: str) -> None:
    answer = await call("page.children", [("address", "pathname", path)])
    assert answer.status_code == 200
    assert words in json.dumps(answer.json())


@pytest.mark.parametrize(("role", "is_there"), [("administrator", True), ("manager", False), ("analyst", False)])
async def test_administration_is_shown_to_administrators_only(role: str, is_there: bool) -> None:
    path = "/reports/administration"
    said = (await call("page.children", [("address", "pathname", path)], role)).json()["response"]
    listed = (await call("nav.children", [("address", "pathname", path), ("address", "search", "")], role)).json()
    assert ("users-rows" in json.dumps(said["page"]), path in json.dumps(listed)) == (is_there, is_there)
    assert (f"You are signed in as {role}: ask somebody who has it." in json.dumps(said["page"])) is not is_there


async def dependencies() -> dict[str, list[tuple[str, str, Any]]]:
    async with client() as petra:
        listed = (await petra.get("/reports/_dash-dependencies")).json()
    return {each["output"]: [(i["id"], i["property"], None) for i in each["inputs"]] for each in listed}


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("report.className", "Sun 22 Nov 09:00"),
        ("today.figure", "Sun 22 Nov 09:00"),
        ("books.className", "Ledgers up to 22 Nov 2026 14:03:22"),
    ],
)
async def test_the_callbacks_read_the_readers_own_marts(part: str, words: str) -> None:
    (output,) = [each for each in await dependencies() if part in each]
    answer = await call(output, (await dependencies())[output])
    assert answer.status_code == 200
    assert words in answer.text
