"""One look after the other at the spool: what is finished is encrypted, put into the store, taken out, and put down.

The steps of a recording, each of which survives a kill, and may be done again:

    slip written → encrypted file in its place → slip sealed → plain file gone → row in PostgreSQL → slip gone

The id is made of the PBX, the file's name, its size and when it was written last; so a recording that is seen again
after a kill is the same recording, and another one under the same name is not.
"""

import logging
import os
import re
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from ingest.recordings import wav
from ingest.recordings.register import RecordedCall, RegisterAway, RegisterRefuses
from ingest.recordings.seal import Spliced, seal
from ingest.recordings.slips import Slip, Slips
from ingest.recordings.spool import Finished, Spool, Unkeepable

# Whose key takes what is of no call that is known.
DEFAULT_TENANT = "default"
TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
# How long after its end a recording waits for its call to be known. The live path needs a tenth of a second.
GRACE_S = 2.5
RECORDINGS = uuid.UUID("0be4ee4c-9b0c-5d43-8f7e-6f4f0e1c7a52")

log = logging.getLogger(__name__)


class RegisterLike(Protocol):
    """What is asked of the database (`ingest.recordings.register.Register`)."""

    pbx: str

    def recipients(self) -> Mapping[str, str]: ...

    def call_of(self, name: str) -> RecordedCall | None: ...

    def keep(self, slip: Slip) -> bool: ...


class Counts:
    """What was done since the start, and what lay in the spool at the last look."""

    def __init__(self) -> None:
        self.stored = self.without_call = self.empty = self.lost = self.unwanted = 0
        self.waiting = self.left_alone = 0
        self.failing = False


class Decision(Struct, frozen=True):
    """Whose a recording is, and for whom it is encrypted."""

    tenant: str
    recipient: str
    call: RecordedCall | None


class Keeper:
    """Keeps the recordings of one spool. One at a time: `round` is called again and again."""

    def __init__(
        self, spool: Spool, store: Path, slips: Slips, register: RegisterLike, clock: Callable[[], float] = time.time
    ) -> None:
        self.counts = Counts()
        self._spool = spool
        self._store = store
        self._slips = slips
        self._register = register
        self._clock = clock
        self._told: set[str] = set()

    def round(self) -> None:
        """One look. Raises OSError when the spool or the slips cannot be read or written at all."""
        names = self._spool.names()
        self.counts.waiting, self.counts.left_alone, self.counts.failing = len(names), 0, False
        seen: set[str] = set()
        for name in names:
            self._look_at(name, seen)
        self._told &= {*names, "", *(slip.name for slip in self._slips.open_slips.values())}
        self._settle(seen)

    def _look_at(self, name: str, seen: set[str]) -> None:
        try:
            with self._spool.taken(name) as finished:
                if finished is not None:
                    seen.add(self.identity(finished))
                    if self._keep(finished):
                        seen.discard(self.identity(finished))
        except Unkeepable as error:
            self.counts.left_alone += 1
            self._tell_once(name, "left in the spool", error)
        except OSError as error:
            self.counts.failing = True
            self._tell_once(name, "cannot be stored now; it is tried again", error)

    def identity(self, finished: Finished) -> str:
        """The recording's id, the same each time that it is seen."""
        about = (self._register.pbx, finished.name, str(finished.changed_ns), str(finished.size))
        return str(uuid.uuid5(RECORDINGS, "\0".join(map(_text, about))))

    def _keep(self, finished: Finished) -> bool:
        """Whether it is out of the spool now."""
        slip = self._slips.open_slips.get(self.identity(finished))
        sound = wav.read_sound(os.pread(finished.descriptor, wav.HEADER_BYTES, 0), finished.size)
        if slip is None and sound.length == 0:
            # A call that ended before anything was said: there is a header and no more.
            self._spool.remove(finished)
            self.counts.empty += 1
            return True
        if slip is None:
            decision = self._decide(finished)
            if decision is None:
                return False
            slip = self._slip(finished, sound, decision)
            self._slips.put(slip)
        if not slip.sealed:
            source = Spliced(sound.header, finished.descriptor)
            done = seal(source, slip.recipient, self._store / slip.path)
            slip = replace(slip, size=done.size, sha256=done.sha256.hex())
            self._slips.put(slip)
        self._spool.remove(finished)
        self.counts.stored += 1
        self.counts.without_call += slip.call_id is None
        log.info("recording stored", extra={"recording": slip.id, "call": slip.call_id, "tenant": slip.tenant})
        return True

    def _decide(self, finished: Finished) -> Decision | None:
        """Whose it is, None while that may still become known."""
        try:
            call = self._register.call_of(_text(finished.name))
        except (RegisterAway, RegisterRefuses):
            call = None
        recipients = self._register.recipients()
        # The tenant becomes part of a path.
        if call is not None and TENANT.fullmatch(call.tenant) and (recipient := recipients.get(call.tenant)):
            return Decision(call.tenant, recipient, call)
        if 0 <= self._clock() - finished.changed_ns / 1e9 < GRACE_S:
            return None
        if DEFAULT_TENANT not in recipients:
            raise OSError("there is no key for the tenant `default` yet: run `trunkline recordings keys create`")
        return Decision(DEFAULT_TENANT, recipients[DEFAULT_TENANT], None)

    def _slip(self, finished: Finished, sound: wav.Sound, decision: Decision) -> Slip:
        identity, ended_at, call = self.identity(finished), finished.changed_ns // 1_000_000, decision.call
        if call is not None and call.ended_at is not None:
            ended_at = call.ended_at
        started_at = call.started_at if call is not None else None
        if started_at is None and sound.seconds is not None:
            started_at = ended_at - round(sound.seconds * 1000)
        day = datetime.fromtimestamp(ended_at / 1000, UTC)
        return Slip(
            id=identity,
            name=_text(finished.name),
            tenant=decision.tenant,
            call_id=None if call is None else call.call_id,
            recipient=decision.recipient,
            path=f"{decision.tenant}/{day:%Y/%m/%d}/{identity}.age",
            media_type=sound.media_type,
            started_at=started_at,
            ended_at=ended_at,
            seconds=sound.seconds,
        )

    def _settle(self, seen: set[str]) -> None:
        """Put down what is stored; forget what was begun and has gone."""
        for slip in list(self._slips.open_slips.values()):
            if slip.sealed and slip.id not in seen:
                if not self._put_down(slip):
                    return
            elif not slip.sealed and slip.id not in seen:
                # A spool in memory does not survive the machine.
                log.error("a recording is gone from the spool before it was stored", extra={"file": slip.name})
                self.counts.lost += 1
                self._slips.drop(slip)

    def _put_down(self, slip: Slip) -> bool:
        """Whether the database can be told."""
        try:
            wanted = self._register.keep(slip)
        except RegisterRefuses as error:
            # One that it does not take keeps no other from being put down.
            self.counts.failing = True
            self._tell_once(slip.name, "a recording cannot be put down", error)
            return True
        except RegisterAway as error:
            self.counts.failing = True
            self._tell_once("", "recordings wait to be put down", error)
            return False
        self._told.discard("")
        if not wanted:
            (self._store / slip.path).unlink(missing_ok=True)
            self.counts.unwanted += 1
            log.warning("a recording was deleted before it was put down", extra={"recording": slip.id})
        self._slips.drop(slip)
        return True

    def _tell_once(self, name: str, what: str, error: Exception) -> None:
        if name not in self._told:
            self._told.add(name)
            log.error(what, extra={"file": _text(name), "reason": str(error)})


def _text(name: str) -> str:
    """A file's name as text that can be stored and shown: what is no UTF-8 is written out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
