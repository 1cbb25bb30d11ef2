"""Jars come from a repository, are checked against the lock, and never lie under their name when they are wrong."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from infra.errors import FetchError
from infra.jars import LOCK, Jar, fetch_all, read_lock

CONTENT = b"a jar's content"


class Repository(ThreadingHTTPServer):
    """A Maven repository in memory: content by path; a list of bad answers that are given first."""

    request_queue_size = 64

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.failures: list[int] = []
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Answers)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/maven2"


class Answers(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        path = self.path.removeprefix("/maven2/")
        self.server.asked.append(path)
        status = self.server.failures.pop() if self.server.failures else 200 if path in self.server.files else 404
        self.send_response(status)
        self.end_headers()
        if status == 200:
            self.wfile.write(self.server.files[path])

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def repository() -> Iterator[Repository]:
    with Repository() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def jar(path: str = "org/a/a-1.jar", content: bytes = CONTENT) -> Jar:
    return Jar(hashlib.sha256(content).hexdigest(), len(content), path)


def test_the_committed_lock_names_the_broker_and_the_bridge_for_its_log() -> None:
    jars = read_lock(LOCK.read_text())
    names = {each.path.rpartition("/")[2] for each in jars}
    assert len(jars) == len(names) == 45
    # Resolved together with the log bridge, the clients come out as another version: the trap that the lock avoids.
    assert {"kafka_2.13-4.4.0.jar", "kafka-clients-4.4.0.jar", "log4j-slf4j-impl-2.25.5.jar"} <= names
    assert sum(each.size for each in jars) < 50_000_000


@pytest.mark.parametrize(
    "line",
    [
        "too few",
        "abc 1 a.jar",
        f"{'a' * 64} many a.jar",
        f"{'a' * 64} 1 /etc/passwd",
        f"{'a' * 64} 1 ../../up.jar",
    ],
)
def test_a_line_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_lock(f"# a comment\n{line}\n")


def test_what_is_missing_is_fetched_once(repository: Repository, tmp_path: Path) -> None:
    repository.files["org/a/a-1.jar"] = CONTENT
    assert fetch_all((jar(),), repository.address, tmp_path) == (tmp_path / "org/a/a-1.jar",)
    fetch_all((jar(),), repository.address + "/", tmp_path)
    assert repository.asked == ["org/a/a-1.jar"]
    assert (tmp_path / "org/a/a-1.jar").read_bytes() == CONTENT


def test_a_file_that_was_changed_in_the_cache_is_fetched_anew(repository: Repository, tmp_path: Path) -> None:
    repository.files["org/a/a-1.jar"] = CONTENT
    (tmp_path / "org/a").mkdir(parents=True)
    (tmp_path / "org/a/a-1.jar").write_bytes(CONTENT.upper())
    fetch_all((jar(),), repository.address, tmp_path)
    assert (tmp_path / "org/a/a-1.jar").read_bytes() == CONTENT


def test_wrong_content_is_refused_and_not_kept(repository: Repository, tmp_path: Path) -> None:
    repository.files["org/a/a-1.jar"] = b"something else"
    with pytest.raises(FetchError, match="is not the file"):
        fetch_all((jar(),), repository.address, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_passing_failure_is_tried_again(repository: Repository, tmp_path: Path) -> None:
    repository.files["org/a/a-1.jar"] = CONTENT
    repository.failures = [503, 503]
    assert fetch_all((jar(),), repository.address, tmp_path)[0].exists()


def test_a_no_is_not_asked_again(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="404"):
        fetch_all((jar(),), repository.address, tmp_path)
    assert len(repository.asked) == 1


def test_without_a_connection_the_advice_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="TRUNKLINE_MAVEN"):
        fetch_all((jar(),), "http://127.0.0.1:1/maven2", tmp_path)


def test_an_address_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="could not be fetched"):
        fetch_all((jar(),), "no address", tmp_path)


def test_progress_ends_with_everything(repository: Repository, tmp_path: Path) -> None:
    jars = tuple(jar(f"{number}.jar") for number in range(20))
    repository.files = {each.path: CONTENT for each in jars}
    seen: list[tuple[int, int]] = []
    fetch_all(jars, repository.address, tmp_path, lambda done, total: seen.append((done, total)))
    total = 20 * len(CONTENT)
    assert seen == [(number * len(CONTENT), total) for number in range(1, 21)]
