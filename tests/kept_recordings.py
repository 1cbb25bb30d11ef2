"""The keeper as a process of its own, and what the database and the store have of its work."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import psycopg
from api_rows import change
from made_recordings import decrypt
from psycopg.rows import dict_row

from api.recordings.key_file import KeyFile

# What takes a fraction of a second; for a machine that does other things.
SOON_S = 30.0


class Keeping:
    """A folder with spool, store and keys; the keeper of the PBX `pbx` on a database, which `database_as` tells."""

    def __init__(self, folder: Path, database_as: Callable[..., str], spool: Path | None = None) -> None:
        self.spool = spool or folder / "spool"
        self.store, self.data = folder / "store", folder / "data"
        self.keys = KeyFile(folder / "keys.json")
        self.owner = database_as()
        self._url = database_as("trunkline_recordings")
        self._process: subprocess.Popen[bytes] | None = None
        self._log = folder / "keeper.log"
        self.spool.mkdir(0o700, exist_ok=True)

    def give_key(self, tenant: str = "default") -> str:
        """Make a key for a tenant."""
        recipient = self.keys.make(tenant)
        change(self.owner, "INSERT INTO recording_keys (tenant_id, recipient) VALUES (%s, %s)", tenant, recipient)
        return recipient

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self, pbx: str = "pbx") -> None:
        """Start the keeper."""
        environment = {
            "PATH": os.environ["PATH"],
            "TRUNKLINE_PBX": pbx,
            "TRUNKLINE_DATABASE": self._url,
            "TRUNKLINE_DATA": str(self.data),
            "TRUNKLINE_RECORDINGS": str(self.store),
            "TRUNKLINE_RECORDING_SPOOL": str(self.spool),
        }
        with self._log.open("ab") as log:
            command = (sys.executable, "-P", "-m", "ingest.recordings")
            self._process = subprocess.Popen(command, env=environment, stderr=log)

    def kill(self) -> None:
        """Kill it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """End it politely; its exit code."""
        assert self._process is not None
        self._process.terminate()
        code, self._process = self._process.wait(SOON_S), None
        return code

    def said(self) -> str:
        """Its log."""
        return self._log.read_text()

    def rows(self) -> list[dict[str, Any]]:
        """What was put down, oldest first."""
        with psycopg.connect(self.owner, row_factory=dict_row) as connection:
            return connection.execute("SELECT * FROM stored_recordings ORDER BY ended_at, file").fetchall()

    def plain(self, row: dict[str, Any]) -> bytes:
        """What is in a row's file."""
        return decrypt(self.store / row["path"], self.keys.read()[row["recipient"]].identity)

    def files(self) -> list[str]:
        """What is in the store, unfinished files as well."""
        return sorted(str(path.relative_to(self.store)) for path in self.store.rglob("*") if path.is_file())

    def until(self, met: Callable[[], bool]) -> None:
        """Wait until it is so."""
        deadline = time.monotonic() + SOON_S
        while not met():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.02)

    def until_kept(self, count: int) -> None:
        """Wait until so many are put down and the spool is empty."""
        self.until(lambda: len(self.rows()) == count and not list(self.spool.iterdir()))
