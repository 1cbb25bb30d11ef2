"""Sends one message to one webhook: signed, to a listed host at the address that was looked up, without redirects.

The signature is `t=SECONDS,v1=HEX`: HMAC-SHA-256 with the alert's secret over the seconds, a dot and the body, so that
whoever gets it knows who has sent it and when. Neither secret nor address is ever logged.
"""

import hashlib
import hmac
import ssl
import time
from collections.abc import Callable

import httpx

from api.alerts.outbound import Forbidden, Outbound

TIMEOUT = httpx.Timeout(10.0, connect=5.0)


class NotSent(Exception):
    """It was not taken; the text says why and may be read by managers. `is_final`: no use in trying again."""

    def __init__(self, detail: str, *, is_final: bool = False) -> None:
        super().__init__(detail)
        self.is_final = is_final


class Webhooks:
    """The way out. `clock` is in seconds since the epoch; `trusted`: whose certificates are believed."""

    def __init__(
        self, outbound: Outbound, clock: Callable[[], float] = time.time, trusted: ssl.SSLContext | None = None
    ) -> None:
        self.outbound = outbound
        # Reading all authorities takes some hundredths of a second: once is enough.
        self._trusted = trusted or httpx.create_ssl_context(trust_env=False)
        self._clock = clock

    async def send(self, address: str, secret: str, delivery: str, body: bytes) -> None:
        """Post a body. Raises NotSent."""
        try:
            parts = self.outbound.check(address)
            found = await self.outbound.look_up(parts)
        except Forbidden as refused:
            raise NotSent(str(refused), is_final=True) from None
        except (OSError, UnicodeError, TimeoutError):
            raise NotSent("the host could not be looked up") from None
        host = parts.hostname or ""
        where = httpx.URL(address).copy_with(host=found)
        headers = {
            "host": parts.netloc,
            "content-type": "application/json",
            "user-agent": "Trunkline",
            "trunkline-delivery": delivery,
            "trunkline-signature": signature(secret, int(self._clock()), body),
        }
        try:
            async with (
                httpx.AsyncClient(
                    verify=self._trusted, trust_env=False, follow_redirects=False, timeout=TIMEOUT
                ) as client,
                # The certificate is to be that of the name, though the connection goes to the address.
                client.stream(
                    "POST", where, headers=headers, content=body, extensions={"sni_hostname": host}
                ) as answer,
            ):
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise NotSent(f"the host did not answer ({type(error).__name__})") from None
        if not 200 <= status < 300:
            raise NotSent(f"the host answered with {status}")


def signature(secret: str, at: int, body: bytes) -> str:
    """The header's value; `at` is in seconds since the epoch."""
    told = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={told}"
