"""api/proxy_headers.py: which headers go through."""

from typing import Any

from api.proxy_headers import backward, handshake, onward


def scope(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    """A request with these headers."""
    return {"headers": [(b"host", b"calls.example"), *headers], "client": ("203.0.113.5", 1), "scheme": "http"}


def test_headers_of_one_connection_stay_on_it() -> None:
    sent = onward(
        scope((b"Connection", b"keep-alive, X-Mine"), (b"x-mine", b"1"), (b"te", b"trailers"), (b"upgrade", b"h2c"),
              (b"transfer-encoding", b"chunked"), (b"proxy-authorization", b"x"), (b"expect", b"100-continue"))
    )  # fmt: skip
    assert [name for name, _ in sent if not name.startswith(b"x-forwarded")] == [b"host"]


def test_cookies_and_repeated_headers_go_through() -> None:
    sent = onward(scope((b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept-encoding", b"br")))
    assert [value for name, value in sent if name == b"cookie"] == [b"a=1", b"b=2"]
    assert (b"accept-encoding", b"br") in sent


def test_what_a_caller_claims_of_itself_is_not_passed_on() -> None:
    sent = onward(scope((b"x-forwarded-for", b"1.2.3.4"), (b"Forwarded", b"for=1.2.3.4"), (b"x-real-ip", b"1.2.3.4")))
    assert (b"x-forwarded-for", b"203.0.113.5") in sent
    assert b"1.2.3.4" not in b"".join(value for _, value in sent)


def test_a_handshake_makes_its_own_headers() -> None:
    names = [name for name, _ in handshake(scope((b"origin", b"x"), (b"sec-websocket-key", b"x"), (b"cookie", b"a=1")))]
    assert names == ["cookie", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"]


def test_an_answer_keeps_its_own_headers() -> None:
    headers = [(b"Set-Cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"content-encoding", b"br")]
    assert [value for _, value in backward([*headers, (b"server", b"x"), (b"Date", b"x")])] == [b"a=1", b"b=2", b"br"]
