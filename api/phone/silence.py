"""When nothing is heard of an agent any more: by a leg's packets, and whether its page is there. Pure.

A page whose line to us breaks may well go on talking: its sound does not pass here. So what counts is the sound; a page
that is away as well, or sound that has stopped though it had begun, is a page that is lost.
"""

from msgspec import Struct

# Some seconds of both before anything is done: a change of networks is over by then. Then music, within ten seconds.
PATIENCE_S = 6.0


class Ear(Struct, frozen=True):
    """What was heard of a leg: packets so far, when they last became more, and since when its page was away."""

    packets: int
    heard_at: float
    away_since: float | None
    flowed: bool = False


def listened(before: Ear | None, packets: int, now: float, *, is_there: bool) -> Ear:
    """What is known after another look."""
    away = None if is_there else (before.away_since if before and before.away_since is not None else now)
    if before is None:
        return Ear(packets, now, away, flowed=False)
    if packets > before.packets:
        return Ear(packets, now, away, flowed=True)
    return Ear(before.packets, before.heard_at, away, before.flowed)


def is_lost(ear: Ear, now: float) -> bool:
    """Whether nobody speaks there any more."""
    silent = now - ear.heard_at >= PATIENCE_S
    if ear.away_since is not None:
        return silent and now - ear.away_since >= PATIENCE_S
    # A page that is there and was never heard is still finding its way; the PBX gives up on it by itself.
    return silent and ear.flowed
