"""api/door/origins.py: whose pages are let in."""

import pytest
from litestar.datastructures import Headers

from api.door.origins import Origins, read_origins
from api.errors import NotAllowed

HOST = "calls.example:8000"
NAMED = Origins(frozenset({"https://crm.example"}))


def admits(origin: str, origins: Origins = NAMED, host: str = HOST) -> bool:
    """Whether this page is let in."""
    return origins.admits(Headers({"host": host, "origin": origin}))


@pytest.mark.parametrize("origin", [f"http://{HOST}", f"https://{HOST}", "https://crm.example", "HTTPS://CRM.example"])
def test_our_own_page_and_a_named_one_are_let_in(origin: str) -> None:
    assert admits(origin)


@pytest.mark.parametrize(
    "origin",
    ["null", "", "https://crm.example.evil.test", "https://evilcrm.example", "https://crm.example:8443",
     "http://crm.example", "https://crm.example/", "https://crm.example@evil.test", f"http://{HOST}.evil.test",
     f"http://evil.test#{HOST}", f"http://u@{HOST}", f"http://{HOST}/", f"http://{HOST}?", f"file://{HOST}", HOST,
     "http://calls.example", "http://[", f"http://{HOST} https://crm.example", "*"],
)  # fmt: skip
def test_no_other_is(origin: str) -> None:
    assert not admits(origin)


def test_none_and_two_are_none() -> None:
    two = [(b"host", HOST.encode()), (b"origin", f"http://{HOST}".encode()), (b"origin", b"http://evil.test")]
    assert not NAMED.admits(Headers({"host": HOST}))
    assert not NAMED.admits(Headers(two))
    assert not admits("http://", host="")


def test_with_tls_of_our_own_a_page_without_it_is_not_ours() -> None:
    only_tls = Origins(schemes=frozenset({"https"}))
    assert admits(f"https://{HOST}", only_tls) and not admits(f"http://{HOST}", only_tls)


def test_a_named_site_may_write_though_the_browser_says_that_it_is_another() -> None:
    headers = Headers({"host": HOST, "origin": "https://crm.example", "sec-fetch-site": "cross-site"})
    NAMED.refuse_others(headers, "POST", by_cookie=True)
    with pytest.raises(NotAllowed):
        Origins().refuse_others(headers, "POST", by_cookie=True)


def test_origins_are_read_from_a_list() -> None:
    assert read_origins("") == frozenset()
    both = frozenset({"https://crm.example:8443", "http://a.example"})
    assert read_origins(" https://CRM.example:8443, http://a.example") == both


@pytest.mark.parametrize(
    "text", ["*", "crm.example", "https://*.example", "https://a/b", "null", "https://u@a", "ws://a"]
)
def test_what_is_no_origin_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="no origin"):
        read_origins(text)
