"""What a supervisor is told of a process: how it is prepared, whom it needs, what is to be done once it answers.

Pure data and the order that follows from it; nothing is started here.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from infra.server import Prepared

# Tells the user what is being done at this moment, in a few words.
Say = Callable[[str], None]


class Phase(StrEnum):
    """Where a service stands; see Supervisor for what leads from one to the next."""

    WAITING = "waiting"
    PREPARING = "preparing"
    STARTING = "starting"
    UP = "up"
    DOWN = "down"
    STOPPING = "stopping"
    STOPPED = "stopped"


def nothing_more(prepared: Prepared, say: Say) -> None:
    """The usual `settle`: a service that answers is ready."""


@dataclass(frozen=True)
class Service:
    """One process. `prepare` and `settle` run in a thread and may take their time; both run again at each restart."""

    name: str
    prepare: Callable[[Say], Prepared]
    needs: tuple[str, ...] = ()
    settle: Callable[[Prepared, Say], None] = nothing_more


def stop_waves(services: Sequence[Service]) -> list[list[str]]:
    """The names in the order of stopping: everyone in a wave may go at once, nobody goes before those who need it.

    Raises ValueError when services need each other in a circle, or one that is not there.
    """
    left = {service.name: service.needs for service in services}
    unknown = {need for needs in left.values() for need in needs} - left.keys()
    if unknown:
        raise ValueError(f"needed, but not there: {', '.join(sorted(unknown))}")
    waves = []
    while left:
        wave = [name for name in left if not _is_needed(name, left.values())]
        if not wave:
            raise ValueError(f"these need each other in a circle: {', '.join(left)}")
        waves.append(wave)
        for name in wave:
            del left[name]
    return waves


def _is_needed(name: str, needs: Collection[tuple[str, ...]]) -> bool:
    return any(name in each for each in needs)
