"""Files of the age format (age-encryption.org/v1) for X25519 keys, read from any place on, as a player seeks.

pyrage, which writes them, can only decrypt from the beginning to the end. So the header and the chunks are read here:
https://c2sp.org/age. Every byte that is given out was authenticated; a file that was cut, a bit that was turned and a
chunk that was moved are found out, as the chunks are numbered and the last one is marked as such.
"""

import base64
import binascii
import os
import re

import pyrage
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

CHUNK, TAG, NONCE = 64 * 1024, 16, 16
# Ours has some 300 bytes.
MOST_HEADER = 16 * 1024
_FIRST = b"age-encryption.org/v1\n"
_MAC = re.compile(rb"\n--- ([A-Za-z0-9+/]{43})\n")
_STANZA = re.compile(rb"-> ([!-~]+(?: [!-~]+)*)\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)")
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class Unreadable(Exception):
    """The file is no age file, was changed, was cut, or is for another key."""


class Identity(Struct, frozen=True):
    """A private key, `AGE-SECRET-KEY-1…`."""

    private: X25519PrivateKey

    @classmethod
    def read(cls, text: str) -> "Identity":
        """The key that this text is. Raises ValueError."""
        try:
            pyrage.x25519.Identity.from_str(text)
        except pyrage.IdentityError as error:
            raise ValueError("this is no age identity") from error
        # Bech32: what stands behind the last 1, five bits a letter, the last six letters a checksum, held above.
        letters = text.lower().rpartition("1")[2][:-6]
        number = 0
        for letter in letters:
            number = number << 5 | _BECH32.index(letter)
        # 52 letters are 260 bits, the last four of them padding.
        return cls(X25519PrivateKey.from_private_bytes((number >> 4).to_bytes(32, "big")))


class AgeFile:
    """The file open as `descriptor`, opened by `identity`. `size`: bytes of plain text.

    Raises Unreadable, also when the file was cut at the end of a chunk, and OSError.
    """

    def __init__(self, descriptor: int, identity: Identity) -> None:
        self._descriptor = descriptor
        header, mac, length = _header(os.pread(descriptor, MOST_HEADER, 0))
        key = _file_key(header, identity)
        _hold(key, header, mac)
        nonce = os.pread(descriptor, NONCE, length)
        self._aead = ChaCha20Poly1305(_derived(key, nonce, b"payload"))
        self._begin = length + NONCE
        payload = os.fstat(descriptor).st_size - self._begin
        self._chunks = max(1, -(-payload // (CHUNK + TAG)))
        self.size = payload - self._chunks * TAG
        if self.size < 0 or (self._chunks > 1 and self.size <= (self._chunks - 1) * CHUNK):
            raise Unreadable("the file is cut")
        self._chunk(self._chunks - 1)

    def verify(self, first: int, last: int) -> None:
        """Raise Unreadable unless all bytes from `first` to `last`, both included, are as they were written."""
        for number in range(first // CHUNK, last // CHUNK + 1):
            self._chunk(number)

    def read(self, first: int, length: int) -> bytes:
        """At most so many bytes from there on: the rest of the chunk that the first one is in; none behind the end."""
        if first >= self.size:
            return b""
        number, offset = divmod(first, CHUNK)
        return self._chunk(number)[offset : offset + length]

    def _chunk(self, number: int) -> bytes:
        data = os.pread(self._descriptor, CHUNK + TAG, self._begin + number * (CHUNK + TAG))
        nonce = number.to_bytes(11, "big") + (b"\1" if number == self._chunks - 1 else b"\0")
        try:
            return self._aead.decrypt(nonce, data, None)
        except InvalidTag:
            raise Unreadable("the file was changed or cut") from None


def _header(beginning: bytes) -> tuple[bytes, bytes, int]:
    """The header up to `---`, its MAC, and where the payload begins."""
    found = _MAC.search(beginning)
    if not beginning.startswith(_FIRST) or found is None:
        raise Unreadable("this is no age file")
    return beginning[: found.start() + 4], _decoded(found[1]), found.end()


def _file_key(header: bytes, identity: Identity) -> bytes:
    place, end = len(_FIRST), len(header) - 3
    public = identity.private.public_key().public_bytes_raw()
    while place < end:
        stanza = _STANZA.match(header, place, end)
        if stanza is None:
            raise Unreadable("the header is not as it should be")
        place = stanza.end()
        kind, *arguments = stanza[1].split(b" ")
        if kind != b"X25519" or len(arguments) != 1:
            continue
        share, body = _decoded(arguments[0]), _decoded(stanza[2].replace(b"\n", b""))
        if len(share) != 32 or len(body) != 32:
            raise Unreadable("the header is not as it should be")
        try:
            secret = identity.private.exchange(X25519PublicKey.from_public_bytes(share))
            wrapping = _derived(secret, share + public, b"age-encryption.org/v1/X25519")
            return ChaCha20Poly1305(wrapping).decrypt(bytes(12), body, None)
        except (InvalidTag, ValueError):
            # For somebody else; or a share with which every secret is the same.
            continue
    raise Unreadable("the file is for another key")


def _hold(key: bytes, header: bytes, mac: bytes) -> None:
    check = hmac.HMAC(_derived(key, b"", b"header"), hashes.SHA256())
    check.update(header)
    try:
        check.verify(mac)
    except InvalidSignature:
        raise Unreadable("the header was changed") from None


def _derived(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, purpose).derive(secret)


def _decoded(text: bytes) -> bytes:
    """Base64 without padding, in the one form that each value has."""
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise Unreadable("the header is not as it should be") from None
    if base64.b64encode(data).rstrip(b"=") != text:
        raise Unreadable("the header is not as it should be")
    return data
