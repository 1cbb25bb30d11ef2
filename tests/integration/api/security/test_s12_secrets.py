"""S12: canary secrets are given to the process and sent to it; nothing that it shows has any of them."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from api_parts import bearer
from integration.api.test___main__ import ROOT, environment, free_port

SENT = "canary-that-a-caller-sends"
OWN = {
    "TRUNKLINE_JWT_SECRET": "canary-jwt-secret-0123456789abcdef",
    "TRUNKLINE_ADMIN_PASSWORD": "canary-admin-password",
    "TRUNKLINE_KAFKA_PASSWORD": "canary-kafka-password",
    "TRUNKLINE_SMTP_PASSWORD": "canary-smtp-password",
}
REQUESTS = [
    ("GET", f"/api/auth/me?token={SENT}", {}),
    ("GET", f"/api/auth/me?x={SENT}", {"headers": {"authorization": f"Bearer {SENT}"}}),
    ("GET", "/api/auth/me", {"headers": {"cookie": f"trunkline={SENT}; trunkline_refresh={SENT}"}}),
    ("POST", "/api/auth/login", {"json": {"username": "admin", "password": SENT}}),
    ("POST", "/api/auth/login", {"json": {"username": "admin", "password": SENT, "more": SENT}}),
    ("POST", "/api/auth/login", {"content": f'{{"username": "{SENT}'.encode()}),
    ("GET", f"/reports/?token={SENT}", {"headers": {"accept": "text/html"}}),
    ("GET", "/readyz", {}),
    ("GET", "/metrics", {}),
]


@pytest.fixture
def process(database_as: Callable[..., str], topics: str, tmp_path: Path) -> Iterator[tuple[str, int, Path, list[str]]]:
    """`trunkline api` as it runs: its address, number and log, and the secrets that it has."""
    database, port, log = database_as("trunkline_api"), free_port(), tmp_path / "api.log"
    given = environment(
        **OWN, TRUNKLINE_DATABASE=database, TRUNKLINE_KAFKA=topics, TRUNKLINE_DASHBOARD="127.0.0.1:1",
        TRUNKLINE_PORT=port, TRUNKLINE_LOG_LEVEL="DEBUG", TRUNKLINE_SMTP_HOST="127.0.0.1", TRUNKLINE_SMTP_USER="canary",
        TRUNKLINE_SMTP_FROM="reports@example.com",
    )  # fmt: skip
    secrets = [*OWN.values(), urlsplit(database).password or ""]
    with log.open("wb") as out:
        running = subprocess.Popen([sys.executable, "-m", "api"], cwd=ROOT, env=given, stderr=out, stdout=out)
        try:
            yield f"http://127.0.0.1:{port}", running.pid, log, secrets
        finally:
            running.terminate()
            running.wait(30)


def test_s12_no_secret_is_shown_anywhere(process: tuple[str, int, Path, list[str]]) -> None:
    address, pid, log, secrets = process
    shown = []
    with httpx.Client(base_url=address, timeout=30, transport=httpx.HTTPTransport(retries=0)) as client:
        until_it_answers(client)
        for method, path, options in REQUESTS:
            answer = client.request(method, path, **options)
            shown.append(f"{answer.status_code} {answer.headers} {answer.text}")
        client.get(f"/api/auth/me/{bearer()['authorization'].partition(' ')[2]}")
    shown.append(Path(f"/proc/{pid}/cmdline").read_text())
    shown.append(log.read_text())
    found = [(secret, text[:2000]) for text in shown for secret in [SENT, *secrets] if secret in text]
    assert not found
    assert '"message": "request"' in shown[-1] and "eyJ" not in shown[-1]


def until_it_answers(client: httpx.Client) -> None:
    """Wait for the first answer."""
    while True:
        try:
            client.get("/livez")
        except httpx.ConnectError:
            continue
        return
