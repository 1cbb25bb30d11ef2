"""The broker's jars: fetched from a Maven repository once per user, every byte checked against a committed lock.

A file is under its final name only if its SHA-256 was right at that moment, and it is checked again at each use (0.1
s for all), so neither a broken download nor a changed cache is ever run. No dependency is resolved here: the lock is
the truth.
"""

import hashlib
import http.client
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from infra.errors import FetchError

LOCK = Path(__file__).with_name("kafka_jars.lock")
# The repository answers one file in some 100 ms whatever its size; eight at a time fill an ordinary line.
THREADS = 8
# No byte for this long means that the connection is dead.
SILENCE_SECONDS = 30.0
ATTEMPTS = 3

# Told the bytes that are there so far and the bytes of everything.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Jar:
    """One line of the lock. `path` is relative to the repository and to the cache alike."""

    sha256: str
    size: int
    path: str


def read_lock(text: str) -> tuple[Jar, ...]:
    """The jars of a lock's text: `sha256 bytes path` a line, `#` begins a comment. Raises ValueError otherwise."""
    rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    jars = tuple(Jar(sha256, int(size), path) for sha256, size, path in rows)
    for jar in jars:
        if len(jar.sha256) != 64 or jar.path.startswith("/") or ".." in jar.path.split("/"):
            raise ValueError(f"not a line of the lock: {jar}")
    return jars


def fetch_all(
    jars: tuple[Jar, ...], repository: str, cache: Path, progress: Progress | None = None
) -> tuple[Path, ...]:
    """The files of `jars` under `cache`, in their order; what is missing or wrong there is fetched from `repository`.

    Raises FetchError when the repository cannot be reached or serves something else than the lock says.
    """
    count = _Count(sum(jar.size for jar in jars), progress)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="fetch") as pool:
        return tuple(pool.map(lambda jar: _ensure(jar, repository, cache, count), jars))


class _Count:
    """Adds up what is there, over all threads."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total = total
        self._progress = progress
        self._done = 0
        self._lock = threading.Lock()

    def add(self, size: int) -> None:
        with self._lock:
            self._done += size
            if self._progress is not None:
                self._progress(self._done, self._total)


def _ensure(jar: Jar, repository: str, cache: Path, count: _Count) -> Path:
    path = cache / jar.path
    if not (path.exists() and _is(jar, path.read_bytes())):
        _store(path, _fetch(jar, repository))
    count.add(jar.size)
    return path


def _is(jar: Jar, content: bytes) -> bool:
    return len(content) == jar.size and hashlib.sha256(content).hexdigest() == jar.sha256


def _fetch(jar: Jar, repository: str) -> bytes:
    address = f"{repository.rstrip('/')}/{jar.path}"
    content = _download(address)
    if not _is(jar, content):
        raise FetchError(
            f"{address} is not the file that infra/{LOCK.name} names "
            f"({len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}).",
            "Nothing was installed. Start again; if it stays so, the repository is not to be trusted: "
            "set TRUNKLINE_MAVEN to the address of another mirror of Maven Central.",
        )
    return content


def _download(address: str) -> bytes:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(address, timeout=SILENCE_SECONDS) as response:
                return bytes(response.read())
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            if attempt == ATTEMPTS or not _may_pass(error):
                raise FetchError(
                    f"{address} could not be fetched: {error}.",
                    "The first start needs the network for the broker (45 MB, once per user). Check the connection "
                    "and the proxy, or set TRUNKLINE_MAVEN to a mirror of Maven Central that you can reach, or use a "
                    "broker that runs already (`--broker HOST:PORT`).",
                ) from error
    raise AssertionError("unreachable: the last attempt returns or raises")


def _may_pass(error: Exception) -> bool:
    """Whether another try can help: not where the address is wrong or the server has answered no."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code >= 500 or error.code == 429
    return not isinstance(error, ValueError)


def _store(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two checkouts may fetch the same file at once: each writes its own, and the last rename wins with equal bytes.
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
