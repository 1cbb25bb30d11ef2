"""api/door/peers.py: who is at the other end."""

from typing import Any

import pytest
from api_parts import raw_headers

from api.door.peers import Proxies, peer_key, peer_of, read_proxies

OURS = Proxies(read_proxies("192.0.2.0/24, 2001:db8::/32"))


def vouched(client: str, headers: dict[str, str], kind: str = "http") -> dict[str, Any]:
    """The scope of a connection from `client`, after it was looked at."""
    scheme = {"http": "http", "websocket": "ws"}[kind]
    scope: dict[str, Any] = {"type": kind, "scheme": scheme, "client": (client, 5), "headers": raw_headers(headers)}
    OURS.vouch(scope)
    return scope


@pytest.mark.parametrize(
    ("client", "told", "peer"),
    [
        ("198.51.100.7", "10.0.0.1", "198.51.100.7"),
        ("192.0.2.1", "10.0.0.1", "10.0.0.1"),
        ("192.0.2.1", "1.2.3.4, 10.0.0.1", "10.0.0.1"),
        ("192.0.2.1", "1.2.3.4, 10.0.0.1, 192.0.2.9", "10.0.0.1"),
        ("192.0.2.1", "192.0.2.8, 192.0.2.9", "192.0.2.8"),
        ("192.0.2.1", "10.0.0.1:4711", "10.0.0.1"),
        ("192.0.2.1", "[2001:db9::1]:4711", "2001:db9::1"),
        ("192.0.2.1", "2001:db9::1", "2001:db9::1"),
        ("2001:db8::1", "10.0.0.1", "10.0.0.1"),
        ("192.0.2.1", " , ", "192.0.2.1"),
        ("192.0.2.1", "made up", "made up"),
    ],
)
def test_a_proxy_of_ours_is_believed_from_the_right(client: str, told: str, peer: str) -> None:
    assert vouched(client, {"x-forwarded-for": told})["client"][0] == peer


def test_of_the_scheme_only_a_proxy_of_ours_may_tell() -> None:
    told = {"x-forwarded-proto": "https"}
    assert vouched("192.0.2.1", told)["scheme"] == "https"
    assert vouched("192.0.2.1", told, "websocket")["scheme"] == "wss"
    assert vouched("198.51.100.7", told)["scheme"] == "http"
    assert vouched("192.0.2.1", {"x-forwarded-proto": "gopher"})["scheme"] == "http"


def test_who_is_no_address_is_no_proxy() -> None:
    assert not OURS.trusts("testclient")
    scope = {"type": "http", "client": None, "headers": []}
    OURS.vouch(scope)
    assert peer_of(scope) == ""


def test_a_whole_network_of_ipv6_is_one_peer() -> None:
    assert peer_key("2001:db9:1:2:3::4") == peer_key("2001:db9:1:2:ffff::1") == "2001:db9:1:2::/64"
    assert peer_key("2001:db9:1:3::1") != peer_key("2001:db9:1:2::1")
    assert peer_key("::ffff:10.0.0.1") == peer_key("10.0.0.1") == "10.0.0.1"
    assert peer_key("testclient") == "testclient"


@pytest.mark.parametrize("text", ["10.0.0.1/8", "everybody", "10.0.0.0/33"])
def test_what_is_no_network_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text.split("/")[0]):
        read_proxies(text)
