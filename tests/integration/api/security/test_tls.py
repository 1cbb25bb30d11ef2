"""TLS of our own: everything over it, nothing beside it."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from api_parts import PASSWORD
from integration.api.conftest import Site, Start
from made_certificate import make_certificate
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage, InvalidStatus

from api.__main__ import tls_options
from api.settings import TlsSettings


@asynccontextmanager
async def encrypted(start: Start, folder: Path) -> AsyncIterator[tuple[Site, httpx.AsyncClient, ssl.SSLContext]]:
    """An origin with a certificate, a client that believes it, and the context that it does so with."""
    certificate, key, context = make_certificate(folder)
    async with (
        start(ready=False, TRUNKLINE_TLS_CERT=str(certificate), TRUNKLINE_TLS_KEY=str(key)) as site,
        httpx.AsyncClient(base_url=f"https://{site.address}", verify=context) as client,
    ):
        await site._replace(client=client).until_part("users", "pass")
        yield site, client, context


async def test_everything_is_there_over_tls(start: Start, tmp_path: Path) -> None:
    async with encrypted(start, tmp_path) as (site, client, context):
        answer = await client.post("/api/auth/login", json={"username": "admin", "password": PASSWORD})
        cookies = answer.headers.get_list("set-cookie")
        assert answer.status_code == 200 and all("; secure" in cookie.lower() for cookie in cookies)
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        headers = {"authorization": f"Bearer {answer.json()['accessToken']}"}
        url, own = f"wss://{site.address}/ws/pbx", f"https://{site.address}"
        async with connect(url, additional_headers=headers, ssl=context, origin=own, proxy=None) as socket:  # type: ignore[arg-type]
            assert await socket.recv()
        with pytest.raises(InvalidStatus) as refused:
            plain = f"http://{site.address}"
            async with connect(url, additional_headers=headers, ssl=context, origin=plain, proxy=None):  # type: ignore[arg-type]
                pass
        assert refused.value.response.status_code == 403


async def test_nothing_is_there_without_it(start: Start, tmp_path: Path) -> None:
    async with encrypted(start, tmp_path) as (site, _, _context):
        with pytest.raises(httpx.RemoteProtocolError):
            await site.client.get("/livez")
        with pytest.raises((InvalidMessage, OSError)):
            async with site.socket({}):
                pass


async def application(scope: object, receive: object, send: object) -> None:
    """None to speak of."""


def test_old_versions_and_weak_ciphers_are_not_spoken(tmp_path: Path) -> None:
    certificate, key, _ = make_certificate(tmp_path)
    config = uvicorn.Config(application, log_config=None, **tls_options(TlsSettings(str(certificate), str(key))))
    config.load()
    assert config.ssl is not None and config.ssl.minimum_version >= ssl.TLSVersion.TLSv1_2
    old = [each["name"] for each in config.ssl.get_ciphers() if each["protocol"] != "TLSv1.3"]
    assert old and all(name.startswith("ECDHE-") and ("GCM" in name or "CHACHA20" in name) for name in old)
