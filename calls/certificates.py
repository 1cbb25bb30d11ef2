"""A certificate as a file: exactly the bytes that its hash is of, so that anybody can reckon it. Pure."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec


def file_of(certificate: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys and without spaces, in UTF-8; its SHA-256 is the certificate's hash."""
    kept = {name: value for name, value in certificate.items() if name != "hash"}
    return msgspec.json.encode(kept, order="sorted")


def is_intact(certificate: Mapping[str, Any]) -> bool:
    """Whether it is what its hash says."""
    return hashlib.sha256(file_of(certificate)).hexdigest() == certificate.get("hash")
