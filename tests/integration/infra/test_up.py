"""`trunkline up` as a person uses it: from nothing to ready, again, beside another one, Ctrl-C, and kill -9."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from asterisk.recording import LOG_SUFFIX, read_records
from calls.file_events import CEL, QUEUE_LOG
from infra import postgres_files
from infra.kept import KeptFile
from infra.local import Stack
from infra.migrate import read_folder
from infra.pbx import SIMULATOR_NAME
from infra.ports import Ports
from infra.server import Server
from infra.settings import Address, UpSettings

# Generous: what is measured is that it happens, not how fast this machine is at the moment.
LIMIT = 120.0


class Up:
    """One `trunkline up` in a folder of its own."""

    def __init__(self, data: Path, port: int, *options: str) -> None:
        self.data, self.port = data, port
        argv = [sys.executable, "-m", "infra", "up", "--data", str(data), "--port", str(port), *options]
        self.output = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(argv, stdout=self.output, stderr=subprocess.STDOUT)

    def wait_until_up(self) -> "Up":
        self.wait(lambda: "Trunkline is up" in self.told())
        return self

    def told(self) -> str:
        self.output.seek(0)
        return self.output.read()

    def wait(self, check: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT
        while not check():
            assert self.process.poll() is None, f"it ended:\n{self.told()}"
            assert time.monotonic() < deadline, f"it never happened:\n{self.told()}"
            time.sleep(0.1)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        code = self.process.wait(LIMIT)
        return code

    def children(self) -> set[int]:
        """The processes that were started for this folder and are still there."""
        cluster = (self.data / "postgres/data").resolve()
        return {pid for text in (self.data, cluster) for pid in _processes_that_name(str(text))} - {self.process.pid}

    def shown_secrets(self) -> list[str]:
        """The names of the installation's secrets that some log or command line of it shows."""
        shown = [path.read_bytes() for path in (self.data / "logs").iterdir()] + [self.told().encode()]
        shown += [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in self.children()]
        secrets = KeptFile(self.data / "secrets.json").read()
        return [name for name, secret in secrets.items() if any(secret.encode() in text for text in shown)]

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def doctor(self) -> list[str]:
        """What `trunkline doctor` finds wrong with it, in its own words."""
        argv = [sys.executable, "-m", "infra", "doctor", "--data", str(self.data), "--port", str(self.port), "--json"]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=LIMIT)
        findings = json.loads(done.stdout)["findings"]
        return [f"{one['check']}: {one['what']}" for one in findings if one["severity"] == "wrong"]

    def logged(self) -> set[str]:
        """The sources that the ingester's log has something of."""
        files = (self.data / "log" / SIMULATOR_NAME).glob(f"*{LOG_SUFFIX}")
        return {record.source for path in files for record in read_records(path)}

    def calls(self) -> int:
        stack = Stack(UpSettings(self.data, Address("127.0.0.1", self.port)), {})
        with psycopg.connect(stack.values.owner_url()) as connection:
            row = connection.execute("SELECT count(*) FROM call_sessions").fetchone()
        assert row is not None
        return int(row[0])


def _processes_that_name(text: str) -> Iterator[int]:
    """Processes whose command line or environment holds `text`: every child gets the data folder in one of them."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                content = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            except (FileNotFoundError, PermissionError, ProcessLookupError):
                continue
            if text.encode() in content:
                yield int(folder.name)


@pytest.fixture
def new_up(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """Starts installations by name: the same name is the same folder and port; further arguments are options."""
    started: list[Up] = []

    def make(name: str, *options: str) -> Up:
        data = tmp_path / name
        port = KeptFile(tmp_path / f"{name}.json").read().get("page") or Ports(tmp_path / f"{name}.json").claim("page")
        started.append(Up(data, port, *options))
        return started[-1]

    yield make
    for up in started:
        if up.process.poll() is None:
            up.end(signal.SIGTERM)
        up.output.close()
        postgres_files.remove_cluster(up.data / "postgres")
        shutil.rmtree(up.data, ignore_errors=True)


def test_it_comes_up_again_with_what_it_had_and_leaves_nothing_behind(new_up: Callable[..., Up]) -> None:
    first = new_up("data").wait_until_up()
    assert first.get("/readyz") == 200
    assert re.search(r"Log in as admin; the password is in .*first-login\.txt", first.told())
    first.wait(lambda: first.calls() > 0)
    first.wait(lambda: first.logged() >= {"ami", QUEUE_LOG, CEL, "files"})
    assert first.shown_secrets() == []
    assert first.doctor() == []
    ports = KeptFile(first.data / "ports.json").read()
    assert first.end(signal.SIGINT) == 0
    assert first.children() == set()
    assert " down" not in first.told()

    second = new_up("data").wait_until_up()
    assert KeptFile(second.data / "ports.json").read() == ports
    assert second.get("/readyz") == 200
    assert second.calls() > 0

    second.end(signal.SIGKILL)
    deadline = time.monotonic() + LIMIT
    while second.children():
        assert time.monotonic() < deadline, f"left behind: {second.children()}"
        time.sleep(0.1)


def test_what_is_killed_comes_back_and_two_run_side_by_side(new_up: Callable[..., Up]) -> None:
    one, two = new_up("one"), new_up("two")
    one.wait_until_up()
    two.wait_until_up()
    assert (one.get("/readyz"), two.get("/readyz")) == (200, 200)

    _kill_by_name(one, "streams")
    _kill_by_name(one, "kafka.Kafka")
    one.wait(lambda: "exit code -9" in one.told())
    before = one.calls()
    one.wait(lambda: one.calls() > before)
    one.wait(lambda: one.get("/readyz") == 200)

    assert two.end(signal.SIGTERM) == 0
    assert one.end(signal.SIGTERM) == 0
    assert one.children() | two.children() == set()


def test_a_broker_and_a_database_of_the_users_own_are_used_and_none_is_started(
    new_up: Callable[..., Up], own_kafka: Server, own_postgres: tuple[Server, Callable[..., str]]
) -> None:
    _, url = own_postgres
    with psycopg.connect(url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE calls")

    up = new_up("data", "--broker", own_kafka.address, "--database", url("calls")).wait_until_up()

    assert up.get("/readyz") == 200
    assert not (up.data / "kafka").exists()
    assert not (up.data / "postgres").exists()
    with psycopg.connect(url("calls")) as connection:
        assert connection.execute("SELECT count(*) FROM schema_migrations").fetchone() == (len(read_folder()),)


def _kill_by_name(up: Up, word: str) -> None:
    """SIGKILL to the child of `up` whose command line holds `word` as an argument."""
    for pid in up.children():
        if word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
            os.kill(pid, signal.SIGKILL)
            return
    raise AssertionError(f"{word} does not run")
