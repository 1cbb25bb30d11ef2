"""What a tailer that is killed does: the real follower and the real log, nothing else, in a process of its own."""

import asyncio
from collections.abc import Mapping
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from asterisk.decode import Link
from calls.codec import Entry, Record
from ingest.follower import Follower, now_ms
from ingest.log import Log

PBX = "pbx1"
# Many looks within the short life of one that is killed soon.
POLL_S = 0.008


def follow(folder: Path, paths: Mapping[str, Path], begun: Connection) -> None:
    """Follow these files onto the log in this folder, until killed; tell at once that it runs."""
    begun.send(True)
    with closing(Log(folder)) as log:

        def note(link: Link) -> None:
            at = now_ms()
            log.append([Record(1, PBX, "link", "a", at, [Entry(0, at, msgspec.json.encode(link))])])

        asyncio.run(Follower(PBX, "a", log, paths, log.append, note, now_ms, POLL_S).run())
