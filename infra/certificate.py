"""A certificate of our own for TLS, made once and renewed before it runs out. Nobody else vouches for it.

Its key is readable by its owner alone. A certificate that a user brings is not our business.
"""

import datetime as dt
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.kept import write_private

# Phones refuse certificates that hold longer than 398 days; one day less for clocks that are not right.
LIFE = dt.timedelta(days=397)
RENEWED_BEFORE = dt.timedelta(days=30)
# A clock that is slow takes it for valid as well.
BACKDATED = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Certificate:
    """Where the two PEM files are."""

    certificate: Path
    key: Path


def kept_certificate(folder: Path, hosts: tuple[str, ...], now: dt.datetime) -> Certificate:
    """The certificate in `folder` for `hosts` (names or addresses), made now where there is none that still holds."""
    kept = Certificate(folder / "trunkline.crt", folder / "trunkline.key")
    if not _holds(kept, hosts, now):
        key = ec.generate_private_key(ec.SECP256R1())
        form = serialization.PrivateFormat.PKCS8
        private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        write_private(kept.key, private.decode())
        write_private(kept.certificate, _signed(key, hosts, now).public_bytes(serialization.Encoding.PEM).decode())
    return kept


def _holds(kept: Certificate, hosts: tuple[str, ...], now: dt.datetime) -> bool:
    if not (kept.certificate.exists() and kept.key.exists()):
        return False
    found = x509.load_pem_x509_certificate(kept.certificate.read_bytes())
    key = serialization.load_pem_private_key(kept.key.read_bytes(), password=None)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    is_its_key = key.public_key() == found.public_key()
    return is_its_key and list(names) == _names(hosts) and found.not_valid_after_utc - RENEWED_BEFORE > now


def _signed(key: ec.EllipticCurvePrivateKey, hosts: tuple[str, ...], now: dt.datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName(_names(hosts)), critical=False)
        .sign(key, hashes.SHA256())
    )


def _names(hosts: tuple[str, ...]) -> list[x509.GeneralName]:
    return [_name(host) for host in hosts]


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
