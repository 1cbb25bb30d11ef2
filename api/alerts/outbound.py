"""Where webhooks may go: to the hosts that the installation lists, at addresses of the internet or of listed networks.

A name is looked up once and what is sent goes to the address that was found then, so nobody can turn it elsewhere in
between. Pure but for the one look-up.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network
PORTS = {"https": 443, "http": 80}
LOOK_UP_S = 5.0
# A gateway makes any IPv4 address of it, private ones too.
TRANSLATED = ip_network("64:ff9b::/96")


class Forbidden(Exception):
    """An address that nothing is sent to; the text says why and may be read by managers."""


class Outbound(Struct, frozen=True):
    """The allow-list: hosts by name, `*.example.com` with all below; networks, which may be private."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IpNetwork, ...] = ()

    def refusal(self, address: str) -> str:
        """Why an address cannot be sent to, as far as it says so itself; empty where it may."""
        try:
            self.check(address)
        except Forbidden as refused:
            return str(refused)
        return ""

    def check(self, address: str) -> SplitResult:
        """Its parts. Raises Forbidden."""
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise Forbidden("it is no address; give https://host/path.") from None
        if parts.scheme not in PORTS or not host or port == 0:
            raise Forbidden("it is no address; give https://host/path.")
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise Forbidden("it has a login or a fragment in it; give https://host/path.")
        literal = _literal(host)
        if literal is not None and not self._is_listed(literal):
            raise Forbidden(f"{host} is in none of the networks that TRUNKLINE_WEBHOOKS lists.")
        if literal is None and not self._is_known(host):
            raise Forbidden(f"{host} is none of the hosts that TRUNKLINE_WEBHOOKS lists.")
        if literal is None and parts.scheme != "https" and not self.networks:
            raise Forbidden("without TLS only hosts of listed networks are sent to; give https://host/path.")
        return parts

    async def look_up(self, parts: SplitResult) -> str:
        """The address of the host to connect to. Raises Forbidden, and OSError where it cannot be looked up."""
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(LOOK_UP_S):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, where in found:
            address = ip_address(str(where[0]).partition("%")[0])
            if self._is_listed(address) or (parts.scheme == "https" and is_public(address)):
                return str(address)
        raise Forbidden(f"{host} is at no address that may be sent to.")

    def _is_known(self, host: str) -> bool:
        name = host.rstrip(".").lower()
        above = name.split(".")
        return name in self.hosts or any(f"*.{'.'.join(above[place:])}" in self.hosts for place in range(1, len(above)))

    def _is_listed(self, address: IpAddress) -> bool:
        return any(address in network for network in self.networks if network.version == address.version)


def is_public(address: IpAddress) -> bool:
    """Whether it is an address of the internet: none of this machine, of a private network, or one within another."""
    if isinstance(address, IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo or address in TRANSLATED
    ):
        return False
    return address.is_global and not address.is_multicast


def read_outbound(text: str) -> Outbound:
    """Hosts and networks with commas between them. Raises ValueError that says which makes no sense."""
    hosts, networks = set[str](), list[IpNetwork]()
    for each in (part.strip() for part in text.split(",") if part.strip()):
        try:
            networks.append(ip_network(each))
            continue
        except ValueError:
            pass
        name = each.removeprefix("*.").rstrip(".")
        labels = name.split(".")
        if "/" in each or not all(label and len(label) < 64 and _is_label(label) for label in labels):
            raise ValueError(
                f"{each!r} is no host such as hooks.example.com or *.example.com, nor a network such as 10.0.0.0/8."
            )
        hosts.add(each.rstrip(".").lower())
    return Outbound(frozenset(hosts), tuple(networks))


def _is_label(label: str) -> bool:
    return label.isascii() and all(it.isalnum() or it in "-_" for it in label)


def _literal(host: str) -> IpAddress | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
