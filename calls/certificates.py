"""The certificate of an erasure as a file: exactly the bytes that its hash is of, so that anybody can reckon it."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec


def file_of(certificate: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys and without spaces, in UTF-8, all but the hash itself."""
    kept = {name: value for name, value in certificate.items() if name != "hash"}
    return msgspec.json.encode(kept, order="sorted")


def hash_of(certificate: Mapping[str, Any]) -> str:
    """SHA-256 of its file, in hexadecimal."""
    return hashlib.sha256(file_of(certificate)).hexdigest()


def is_intact(certificate: Mapping[str, Any]) -> bool:
    """Whether it is what its hash says."""
    return hash_of(certificate) == certificate.get("hash")
