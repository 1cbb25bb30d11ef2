"""Addresses of e-mail: which are ones, and to which domains anything may be sent. Pure.

Stricter than RFC 5321: no quotes, no comments, no letters that an SMTP server without SMTPUTF8 would not take. So an
address can hold nothing that ends a header or begins another recipient.
"""

import re
from collections.abc import Iterable

# RFC 5321, 4.5.3.1: what every server takes.
LONGEST = 254
LONGEST_NAME = 64

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def read_address(text: str) -> str:
    """An address as it is kept: the domain in small letters. Raises ValueError that quotes what is none."""
    name, at, domain = text.rpartition("@")
    good = at and len(text) <= LONGEST and len(name) <= LONGEST_NAME
    if not (good and _NAME.fullmatch(name) and _DOMAIN.fullmatch(domain)):
        raise ValueError(f"{text[:80]!r} is no address of e-mail: give name@domain, in ASCII.")
    return f"{name}@{domain.lower()}"


def domain_of(address: str) -> str:
    """The domain of an address that `read_address` gave."""
    return address.rpartition("@")[2]


def read_domains(text: str) -> frozenset[str]:
    """Domains with commas between them. Raises ValueError that quotes what is none."""
    names = [each.strip().lower() for each in text.split(",") if each.strip()]
    for name in names:
        if len(name) > LONGEST or not _DOMAIN.fullmatch(name):
            raise ValueError(f"{name[:80]!r} is no domain: give such as example.com, with commas between several.")
    return frozenset(names)


def strangers(addresses: Iterable[str], domains: frozenset[str]) -> list[str]:
    """Those of the addresses that are of none of these domains; a domain's own subdomains are others."""
    return [address for address in addresses if domain_of(address) not in domains]
