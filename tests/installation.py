"""A whole installation for tests: `trunkline up` as a user starts it, on free ports, in a folder of its own."""

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PASSWORD = "a password for tests"
# A fresh start makes a broker's and a database's files; a loaded machine of two cores needs half a minute.
READY_SECONDS = 120.0
TRUNKLINE = Path(sys.executable).with_name("trunkline")


class Installation:
    """A running installation. `get` and `post` talk to it as an administrator who is logged in."""

    def __init__(self, data: Path, port: int, process: subprocess.Popen[bytes], *, secure: bool = False) -> None:
        self.data, self.port, self.process = data, port, process
        self.url = f"{'https' if secure else 'http'}://127.0.0.1:{port}"
        self.token = ""

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body of a request; status 0 when nobody answers."""
        connection = self._connection()
        own = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, path, payload, {"Content-Type": "application/json", **own, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 0, b""
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self.url.startswith("http:"):
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        # Whether a certificate is believed is for the tests of certificates.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=context)

    def get(self, path: str) -> Any:
        """The JSON at a path. Fails the test for anything but 200."""
        status, body = self.ask("GET", path)
        assert status == 200, f"GET {path}: {status} {body[:300]!r}"
        return json.loads(body)

    def log_in(self) -> None:
        """Log in as the first user."""
        status, body = self.ask("POST", "/api/auth/login", {"username": "admin", "password": PASSWORD})
        assert status in (200, 201), f"login: {status} {body[:300]!r}"
        self.token = json.loads(body)["accessToken"]

    def run(self, *arguments: str) -> str:
        """What a `trunkline` command prints. Fails the test when it fails."""
        environment = {**os.environ, "TRUNKLINE_DATA": str(self.data)}
        done = subprocess.run([str(TRUNKLINE), *arguments], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"trunkline {' '.join(arguments)}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def stop(self) -> int:
        """Ctrl-C, and wait; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def installation(
    *arguments: str, data: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Installation]:
    """Start `trunkline up` with these arguments, wait until it is ready, log in; stop it and clean up at the end."""
    folder = data or Path(tempfile.mkdtemp(prefix="trunkline-e2e-"))
    folder.chmod(0o711)
    port = free_port()
    own = {"TRUNKLINE_ADMIN_PASSWORD": PASSWORD, "TRUNKLINE_LOAD_EVERY": "2", **(settings or {})}
    output = folder / "up.txt"
    with output.open("wb") as out:
        process = subprocess.Popen(
            [str(TRUNKLINE), "up", "--data", str(folder), "--port", str(port), *arguments],
            env={**os.environ, **own},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = Installation(folder, port, process, secure="TRUNKLINE_TLS_CERT" in own)
    try:
        wait_until_ready(running, output)
        running.log_in()
        yield running
    finally:
        running.stop()
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)


def wait_until_ready(running: Installation, output: Path) -> None:
    """Wait for /readyz. Fails the test, showing what was printed, when it takes too long or the process ends."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if running.process.poll() is not None:
            break
        if running.ask("GET", "/readyz")[0] == 200:
            return
        time.sleep(0.2)
    _, body = running.ask("GET", "/readyz")
    logs = "\n".join(
        f"--- {path.name}\n{path.read_text(errors='replace')[-1500:]}"
        for path in sorted((running.data / "logs").glob("*.log"))
    )
    raise AssertionError(f"not ready: {body!r}\n{output.read_text(errors='replace')[-3000:]}\n{logs}")
