"""api/phone/page.py: the desk's page and its files."""

import re
from functools import cache

import pytest
from api_parts import bearer, client_of, make_parts

from api.app import create_origin
from api.asgi import App
from api.phone.page import BUILT, FILES


@cache
def origin() -> App:
    """One origin for all: a page depends on nothing that a request leaves behind."""
    return create_origin(make_parts())


async def test_the_desk_is_there_for_who_is_signed_in() -> None:
    async with client_of(origin()) as browser:
        page = await browser.get("/phone", headers=bearer())
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy


@pytest.mark.parametrize(("asked", "next_page"), [("", "%2Fphone"), ("?dial=%2B1555", "%2Fphone%3Fdial%3D%252B1555")])
async def test_a_stranger_is_led_to_the_login_and_back(asked: str, next_page: str) -> None:
    async with client_of(origin()) as browser:
        answer = await browser.get(f"/phone{asked}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={next_page}")


async def test_every_file_that_the_page_names_is_there() -> None:
    text = (BUILT / "index.html").read_text() + (BUILT / "manifest.webmanifest").read_text()
    named = set(re.findall(r'"(/(?:phone|static)/[^"]+)"', text))
    async with client_of(origin()) as browser:
        for name in named:
            assert (await browser.get(name)).status_code == 200, name


@pytest.mark.parametrize("name", sorted(FILES))
async def test_a_file_is_sent_again_only_when_it_changed(name: str) -> None:
    async with client_of(origin()) as browser:
        first = await browser.get(f"/phone/{name}")
        again = await browser.get(f"/phone/{name}", headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, first.headers["content-type"].split(";")[0]) == (200, FILES[name])
    assert (again.status_code, again.content) == (304, b"")


async def test_the_service_worker_has_the_page_in_its_scope_and_keeps_only_what_is_there() -> None:
    async with client_of(origin()) as browser:
        worker = await browser.get("/phone/sw.js")
        assert worker.headers["service-worker-allowed"] == "/phone"
        assert "connect-src 'self'" in worker.headers["content-security-policy"]
        kept = set(re.findall(r'"(/[a-z][^"]+)"', worker.text)) - {"/phone"}
        assert len(kept) > 5 and not any(path.startswith("/api") for path in kept)
        for path in kept:
            assert (await browser.get(path)).status_code == 200, path


@pytest.mark.parametrize("path", ["/phone/none.js", "/phone/..%2fpage.py", "/phone/%2e%2e/page.py", "/phone/a/b"])
async def test_nothing_else_is_there(path: str) -> None:
    async with client_of(origin()) as browser:
        assert (await browser.get(path)).status_code == 404


def test_nothing_comes_from_elsewhere_and_nothing_is_inline() -> None:
    assert not re.search(r"https?://|//cdn|<style|style=|\son\w+=|<script>", (BUILT / "index.html").read_text())
