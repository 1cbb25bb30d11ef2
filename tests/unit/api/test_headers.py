"""api/headers.py: what every answer has beside its own."""

from api.headers import DEFAULTS, with_defaults


def test_an_answer_keeps_the_policy_it_brings() -> None:
    headers = with_defaults([(b"Content-Security-Policy", b"mine")])
    assert [value for name, value in headers if name == b"content-security-policy"] == [b"mine"]


def test_an_answer_has_all_of_them() -> None:
    assert dict(with_defaults([])) == {name.encode(): value.encode() for name, value in DEFAULTS.items()}


def test_over_tls_the_browser_keeps_to_it() -> None:
    assert b"strict-transport-security" in dict(with_defaults([], tls=True))
