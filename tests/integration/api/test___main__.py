"""`python -m api`: it starts, says what is missing, and stops when it is told to."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from api_parts import PASSWORD, SECRET

ROOT = Path(__file__).parents[3]


def environment(**given: str) -> dict[str, str]:
    """This process's environment with these variables of ours and no others."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")} | given


@pytest.mark.parametrize("missing", ["TRUNKLINE_DATABASE", "TRUNKLINE_JWT_SECRET"])
def test_a_missing_setting_is_named(missing: str) -> None:
    given = {
        "TRUNKLINE_DATABASE": "postgresql://x", "TRUNKLINE_KAFKA": "x:1", "TRUNKLINE_DASHBOARD": "x:1",
        "TRUNKLINE_JWT_SECRET": SECRET.decode(),
    }  # fmt: skip
    del given[missing]
    ended = subprocess.run(
        [sys.executable, "-m", "api"], cwd=ROOT, env=environment(**given), capture_output=True, text=True, check=False
    )
    assert (ended.returncode, missing in ended.stderr, "Traceback" in ended.stderr) == (78, True, False)


def test_it_serves_logs_lines_of_json_and_stops(database_as: Callable[..., str], topics: str, tmp_path: Path) -> None:
    port = free_port()
    given = environment(
        TRUNKLINE_DATABASE=database_as("trunkline_api"), TRUNKLINE_KAFKA=topics, TRUNKLINE_DASHBOARD="127.0.0.1:1",
        TRUNKLINE_JWT_SECRET=SECRET.decode(), TRUNKLINE_ADMIN_PASSWORD=PASSWORD, TRUNKLINE_PORT=port,
    )  # fmt: skip
    log = tmp_path / "api.log"
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "api"], cwd=ROOT, env=given, stderr=out, stdout=out)
        try:
            status = ask(f"http://127.0.0.1:{port}/livez?of=canary")
            files = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(30)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert (status, code) == (200, 0)
    assert files[0] == files[1]
    assert any(line["message"] == "request" and line["path"] == "/livez" for line in lines)
    assert {line["process"] for line in lines} == {"api"}
    assert not any(word in log.read_text() for word in ("canary", PASSWORD, SECRET.decode()))


def free_port() -> str:
    """A port that was free a moment ago."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


def ask(url: str) -> int:
    """The status of the first answer."""
    transport = httpx.HTTPTransport()
    with httpx.Client(transport=transport) as client:
        while True:
            try:
                return client.get(url).status_code
            except httpx.ConnectError:
                continue
