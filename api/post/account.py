"""The mail server that letters are given to, as the settings say.

Reads a mapping; only `__main__` hands it the environment.
"""

from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path

from msgspec import Struct

from api.post.addresses import domain_of, read_address, read_domains

HOST = "TRUNKLINE_SMTP_HOST"
# What servers listen on: submission with STARTTLS, submission in TLS from the first byte, a relay next door.
PORTS = {"starttls": 587, "tls": 465, "none": 25}
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class MailAccount(Struct, frozen=True):
    """Where letters go, as whom, and to which domains. `tls` is one of `PORTS`; without `user` nobody logs in."""

    host: str
    port: int
    sender: str
    domains: frozenset[str]
    sender_name: str = "Trunkline"
    tls: str = "starttls"
    ca: str | None = None
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"MailAccount({self.host}:{self.port})"


def read_account(environment: Mapping[str, str]) -> MailAccount | None:
    """The account in TRUNKLINE_SMTP_ variables; None without a host. Raises ValueError that names the variable."""
    host = environment.get(HOST, "").strip()
    if not host:
        return None
    name, sender = _sender(environment.get("TRUNKLINE_SMTP_FROM", ""))
    tls = environment.get("TRUNKLINE_SMTP_TLS") or "starttls"
    if tls not in PORTS:
        raise ValueError(f"TRUNKLINE_SMTP_TLS is {tls!r}: give starttls, tls or none.")
    user, password = environment.get("TRUNKLINE_SMTP_USER", ""), _password(environment)
    if bool(user) != bool(password):
        raise ValueError(
            "TRUNKLINE_SMTP_USER and TRUNKLINE_SMTP_PASSWORD: give both, or none for a server without login."
        )
    if user and tls == "none" and host not in LOOPBACK:
        raise ValueError("TRUNKLINE_SMTP_TLS is none: a password is not sent in clear. Give starttls or tls.")
    return MailAccount(
        host=host,
        port=_port(environment.get("TRUNKLINE_SMTP_PORT") or str(PORTS[tls])),
        sender=sender,
        domains=_domains(environment.get("TRUNKLINE_SMTP_DOMAINS", "")) or frozenset({domain_of(sender)}),
        sender_name=name,
        tls=tls,
        ca=_authority(environment.get("TRUNKLINE_SMTP_CA", "")),
        user=user,
        password=password,
    )


def _sender(text: str) -> tuple[str, str]:
    """`Name <name@domain>` or the address alone."""
    name, address = parseaddr(text)
    try:
        if not text.isprintable():
            raise ValueError(f"{text!r} has characters that cannot be printed.")
        return name or "Trunkline", read_address(address)
    except ValueError as error:
        raise ValueError(f"TRUNKLINE_SMTP_FROM: {error}") from None


def _domains(text: str) -> frozenset[str]:
    try:
        return read_domains(text)
    except ValueError as error:
        raise ValueError(f"TRUNKLINE_SMTP_DOMAINS: {error}") from None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise ValueError(f"TRUNKLINE_SMTP_PORT is {text!r}: give a port, 1 to 65535.")
    return int(text)


def _authority(path: str) -> str | None:
    if path and not Path(path).is_file():
        raise ValueError(f"TRUNKLINE_SMTP_CA is {path!r}: give the path of a PEM file.")
    return path or None


def _password(environment: Mapping[str, str]) -> str:
    """The password itself, or what the first line of a file says."""
    given, path = environment.get("TRUNKLINE_SMTP_PASSWORD", ""), environment.get("TRUNKLINE_SMTP_PASSWORD_FILE", "")
    if given or not path:
        return given
    try:
        return next(iter(Path(path).read_text().splitlines()), "")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"TRUNKLINE_SMTP_PASSWORD_FILE is {path!r}, which cannot be read: give a text file."
        ) from error
