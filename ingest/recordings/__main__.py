"""`trunkline recordings keep`: what the PBX has recorded goes, encrypted, from its spool into the store.

The composition root of the keeper and the only place that reads its environment. It runs where the PBX runs, as the
user that Asterisk runs as, and has no key that opens anything.
"""

import fcntl
import logging
import logging.config
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from calls.logs import log_config
from ingest.recordings.keeper import Keeper
from ingest.recordings.metrics import serve_metrics
from ingest.recordings.register import Register
from ingest.recordings.seal import make_folder
from ingest.recordings.slips import Slips
from ingest.recordings.spool import Spool, UnusableSpool

# Of sysexits.h: the supervisor shows the last lines, so a person learns what to set.
EX_CONFIG = 78
# Between two looks: one costs a tenth of a millisecond.
LOOK_EVERY_S = 0.25
# What cannot be helped at all, such as a disk that is gone.
RETRY_S = 2.0

log = logging.getLogger("ingest.recordings")


class Missing(Exception):
    """A setting that has no default is not there, or the folder is somebody else's."""


class Settings(Struct, frozen=True):
    """What the environment says. `store`: encrypted recordings; `work`: slips, and what the database said last."""

    pbx: str
    database: str
    spool: Path
    store: Path
    work: Path

    def __repr__(self) -> str:
        return f"Settings({self.pbx!r}, {self.spool})"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in these variables. Raises Missing, naming what is not set."""
    values = {name: environment.get(f"TRUNKLINE_{name}", "") for name in ("PBX", "DATABASE", "RECORDING_SPOOL")}
    for name, value in values.items():
        if not value:
            raise Missing(
                f"TRUNKLINE_{name} is not set. `trunkline up` sets it; for one process alone see docs/operator.md"
            )
    data = Path(environment.get("TRUNKLINE_DATA", "data")).absolute()
    store = Path(environment.get("TRUNKLINE_RECORDINGS") or data / "recordings").absolute()
    return Settings(
        values["PBX"], values["DATABASE"], Path(values["RECORDING_SPOOL"]), store, data / "keeper" / values["PBX"]
    )


def lock(folder: Path) -> int:
    """Hold the folder for as long as this process lives. Raises Missing when another keeper has it."""
    make_folder(folder)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Missing(f"Another keeper works in {folder}: there is one for each PBX.") from None
    return descriptor


def run(settings: Settings, environment: Mapping[str, str], stop: threading.Event) -> None:
    """Keep recordings until `stop` is set. Raises Missing, UnusableSpool and OSError."""
    lock(settings.work)
    spool = Spool(settings.spool)
    if spool.open_to_others:
        log.warning("the spool is open to everybody: chmod 700", extra={"spool": str(settings.spool)})
    register = Register(settings.database, settings.pbx, settings.work / "recipients.json")
    keeper = Keeper(spool, settings.store, Slips(settings.work / "slips"), register)
    host = environment.get("TRUNKLINE_METRICS_HOST", "127.0.0.1")
    serve_metrics(host, environment.get("TRUNKLINE_METRICS_PORT", ""), keeper.counts)
    log.info("keeping recordings", extra={"spool": str(settings.spool), "store": str(settings.store)})
    failing = False
    while not stop.is_set():
        pause = LOOK_EVERY_S
        try:
            keeper.round()
            failing = False
        except OSError as error:
            if not failing:
                log.error("the spool or the slips cannot be used; trying again", extra={"reason": str(error)})
            failing, pause, keeper.counts.failing = True, RETRY_S, True
        stop.wait(pause)
    register.close()


def main(environment: Mapping[str, str]) -> int:
    """Run the process; its exit code."""
    logging.config.dictConfig(log_config("recordings", environment.get("TRUNKLINE_LOG_LEVEL", "INFO")))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # What the kernel says about a lease that somebody breaks; see ingest/recordings/spool.py.
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    try:
        run(read_settings(environment), environment, stop)
    except (Missing, UnusableSpool, OSError) as error:
        sys.stderr.write(f"recordings: {error}\n")
        return EX_CONFIG
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
