"""Digest authentication (RFC 2617, MD5, the form that every SIP phone knows): the answer to a 401 or 407."""

import hashlib
import re
import secrets

from phones.message import Message

ANSWERS = (("WWW-Authenticate", "Authorization"), ("Proxy-Authenticate", "Proxy-Authorization"))


def authorization(challenge: Message, method: str, uri: str, user: str, secret: str) -> tuple[str, str]:
    """The header (name, value) to repeat the request with. Raises ValueError when no MD5 challenge is offered."""
    for asked, answered in ANSWERS:
        for header in challenge.all(asked):
            offer = dict(re.findall(r'(\w+)="?([^",]+)"?', header))
            if offer.get("algorithm", "MD5").upper() == "MD5":
                return answered, _answer(offer, method, uri, user, secret)
    raise ValueError(f"no MD5 challenge in {challenge}")


def _answer(offer: dict[str, str], method: str, uri: str, user: str, secret: str) -> str:
    parts = {"username": user, "realm": offer["realm"], "nonce": offer["nonce"], "uri": uri}
    login = _md5(f"{user}:{offer['realm']}:{secret}")
    request = _md5(f"{method}:{uri}")
    counted = ""
    if "qop" in offer:
        cnonce = secrets.token_hex(8)
        parts["cnonce"] = cnonce
        parts["response"] = _md5(f"{login}:{offer['nonce']}:00000001:{cnonce}:auth:{request}")
        counted = ", qop=auth, nc=00000001"
    else:
        parts["response"] = _md5(f"{login}:{offer['nonce']}:{request}")
    if "opaque" in offer:
        parts["opaque"] = offer["opaque"]
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in parts.items()) + counted + ", algorithm=MD5"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
