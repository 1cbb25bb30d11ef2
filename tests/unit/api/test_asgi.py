"""api/asgi.py: headers of a bare connection."""

from api.asgi import as_raw, headers_of


def test_names_are_in_lower_case_and_repeated_headers_stay() -> None:
    headers = headers_of({"headers": [(b"Cookie", b"a=1"), (b"cookie", b"b=2")]})
    assert headers.getall("cookie") == ["a=1", "b=2"]
    assert as_raw(iter([(b"X-A", b"1")])) == [(b"x-a", b"1")]
