"""api/pages.py: what is there before anybody is signed in."""

import re
from functools import cache

import httpx
import pytest
from api_parts import bearer, client_of, make_parts

from api.app import create_origin
from api.asgi import App
from api.pages import FILES, OWN, read_away_page
from api.roles import Role


@cache
def origin() -> App:
    """One origin for all: a page depends on nothing that a request leaves behind."""
    return create_origin(make_parts())


def client() -> httpx.AsyncClient:
    """A stranger's browser."""
    return client_of(origin())


async def test_the_way_in() -> None:
    async with client() as browser:
        page = await browser.get("/login")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]


async def test_every_file_that_the_page_names_is_there() -> None:
    text = "".join((OWN / name).read_text() for name in ("login.html", "away.html", "login.css"))
    named = {name for pair in re.findall(r'(?:href|src)="([^"]+)"|url\("([^"]+)"\)', text) for name in pair if name}
    async with client() as browser:
        for name in named:
            path = name if name.startswith("/") else f"/static/{name}"
            assert (await browser.get(path)).status_code == 200, name


def test_nothing_comes_from_elsewhere_and_nothing_is_inline() -> None:
    text = (OWN / "login.html").read_text() + read_away_page().decode()
    assert not re.search(r"https?://|//cdn|<style|style=|\son\w+=|<script>", text)


@pytest.mark.parametrize("name", sorted(FILES))
async def test_a_file_is_kept_until_it_changes(name: str) -> None:
    async with client() as browser:
        first = await browser.get(f"/static{name}")
        again = await browser.get(f"/static{name}", headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, first.headers["content-type"].split(";")[0]) == (200, FILES[name][1])
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/static/", "/static/none.css", "/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py",
     "/static//etc/passwd", "/static/%2fetc/passwd", "/static/login.css%00", "/static/..%5capp.py"],
)  # fmt: skip
async def test_no_path_leads_out_of_the_list(path: str) -> None:
    async with client() as browser:
        answer = await browser.get(path)
    assert answer.status_code in (404, 405)
    assert "import" not in answer.text


async def test_the_root_leads_on() -> None:
    async with client() as browser:
        out = await browser.get("/")
        inside = await browser.get("/", headers=bearer())
        agent = await browser.get("/", headers=bearer(Role.AGENT))
    assert agent.headers["location"] == "/phone"
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    assert inside.headers["location"] == "/reports/"
