"""Who is at the other end: the peer of the connection, or the one whom a proxy of ours vouches for. Pure.

Anybody can write `X-Forwarded-For`, so it counts only from the proxies that were named (`TRUNKLINE_PROXIES`), read from
its right end: each proxy appends whom it spoke to, and what stands left of the first stranger is hearsay.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from api.asgi import Scope, headers_of

Network = IPv4Network | IPv6Network
# A household or a machine has a whole /64 of IPv6, each address of which it may use.
IPV6_PREFIX = 64


class Proxies:
    """The proxies that stand before us, by network."""

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        self._networks = tuple(networks)

    def trusts(self, host: str) -> bool:
        """Whether this address is one of our proxies."""
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._networks)

    def vouch(self, scope: Scope) -> None:
        """Put the true peer (its port is unknown: 0) and scheme into `scope`, where a proxy of ours tells of them."""
        client = scope.get("client")
        if client is None or not self.trusts(client[0]):
            return
        headers = headers_of(scope)
        if told := _forwarded(headers.getall("x-forwarded-for", [])):
            scope["client"] = (self._peer(told), 0)
        if headers.get("x-forwarded-proto", "") in ("https", "wss"):
            scope["scheme"] = "https" if scope["type"] == "http" else "wss"

    def _peer(self, told: list[str]) -> str:
        for host in reversed(told):
            if not self.trusts(host):
                return host
        return told[0]


def read_proxies(text: str) -> tuple[Network, ...]:
    """Networks from a list with commas. Raises ValueError that names one that is none."""
    return tuple(ip_network(word.strip()) for word in text.split(",") if word.strip())


def peer_key(host: str) -> str:
    """What limits count by: an IPv4 address, the /64 of an IPv6 address; other text as it is."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, IPV6_PREFIX), strict=False))


def peer_of(scope: Scope) -> str:
    """The key of a connection's peer; empty when the server does not know it."""
    client = scope.get("client")
    return peer_key(client[0]) if client else ""


def _forwarded(lines: Iterable[str]) -> list[str]:
    hosts = [word.strip() for line in lines for word in line.split(",")]
    return [_without_port(host) for host in hosts if host]


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host
