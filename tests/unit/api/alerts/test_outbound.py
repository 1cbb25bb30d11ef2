"""api/alerts/outbound.py: what may be sent to, and what may not, however it is written."""

from ipaddress import ip_address

import pytest

from api.alerts.outbound import Forbidden, Outbound, is_public, read_outbound

LISTED = read_outbound("hooks.example.com, *.corp.example, 10.1.0.0/16, fd00:1::/64")


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.example.com/a?b=c", "https://HOOKS.example.com./", "https://a.b.corp.example:8443/",
        "http://10.1.2.3/x", "https://[fd00:1::5]/",
    ],
)  # fmt: skip
def test_listed_hosts_and_networks_may_be_sent_to(address: str) -> None:
    assert LISTED.refusal(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/", "https://hooks.example.com.evil.example/", "https://corp.example/", "ftp://hooks.example.com/",
        "https://user@hooks.example.com/", "https://hooks.example.com/#x", "https://127.0.0.1/", "https://10.2.0.1/",
        "https://[::1]/", "https://[::ffff:10.1.2.3]/", "https://2130706433/", "https://0x7f.1/", "https:///x", "https://[::1/",
        "https://hooks.example.com:0/", "https://hooks.example.com:99999/", "https://hooks.example.com@evil.example/",
    ],
)  # fmt: skip
def test_everything_else_may_not(address: str) -> None:
    assert LISTED.refusal(address)


def test_where_nothing_is_listed_nothing_is_sent() -> None:
    assert "TRUNKLINE_WEBHOOKS" in read_outbound("").refusal("https://hooks.example.com/")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *((text, True) for text in ("9.9.9.9", "2620:fe::fe")),
        *((text, False) for text in ("203.0.113.5", "127.0.0.1", "169.254.169.254", "10.0.0.1", "100.64.0.1")),
        *((text, False) for text in ("0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1")),
        *((text, False) for text in ("::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1")),
    ],
)
def test_an_address_of_the_internet_is_none_of_this_machine_or_a_private_network(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


async def test_a_listed_name_at_a_private_address_is_not_sent_to() -> None:
    outbound = Outbound(frozenset({"localhost"}))
    with pytest.raises(Forbidden, match="no address"):
        await outbound.look_up(outbound.check("https://localhost/"))
    both = read_outbound("localhost, 127.0.0.0/8, ::1/128")
    assert await both.look_up(both.check("http://localhost/")) in ("127.0.0.1", "::1")


@pytest.mark.parametrize("text", ["https://hooks.example.com", "10.0.0.0/33", "a..b", "*", "hooks example.com"])
def test_a_list_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no host"):
        read_outbound(text)
