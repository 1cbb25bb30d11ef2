"""Two accounts of one call become one: AMI's, which knows milliseconds and sound, and the files', which lose nothing.

Where AMI was heard throughout, its account stands. Where it was not, the files' values hold, but for those that they
confirm: a file's value within `NEAR_MS` replaces nothing. Pure.
"""

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from calls.call import Call, Leg, MissedRing, Outcome, Status, Stint
from calls.life_steps import outcome_of
from calls.media import MOS_METHOD, opinion
from calls.tally import REFUSED

Part = TypeVar("Part", Stint, Leg, MissedRing)
Owned = TypeVar("Owned", Leg, MissedRing)
# queue_log has whole seconds.
NEAR_MS = 1500
# Both ends of a span may be near and the span not: CEL, by which the files' spans are known, has microseconds.
SPAN_MS = 500
FINAL = "final"


def near(mine: int | None, theirs: int | None, limit: int = NEAR_MS) -> bool:
    """Whether two times or spans (ms) confirm each other."""
    return mine == theirs or (mine is not None and theirs is not None and abs(mine - theirs) <= limit)


def confirmed(call: Call) -> Call:
    """AMI was heard throughout, and the files have told of the call, too."""
    return replace(call, certainty=FINAL)


def healed(mine: Call | None, theirs: Call, *, whole: bool = True) -> Call:
    """The call as both accounts have it, where AMI's (`mine`) has holes or is missing.

    Not `whole`: the files' account is queue_log's alone, which knows of a call's begin and end only what it outlasted.
    """
    if mine is None:
        return replace(theirs, certainty=FINAL)
    stints, places = _stints(mine, theirs)
    legs = _placed(theirs.legs, places)
    call = replace(
        _lived(mine, theirs) if whole else _outlasted(mine, theirs),
        certainty=FINAL,
        stints=stints,
        legs=_merged(mine.legs, legs, _same_leg, _leg) if whole else _with_ends(_moved(mine, stints), legs),
        missed=_merged(mine.missed, _placed(theirs.missed, places), _same_ring, _ring),
    )
    if theirs.outcome is Outcome.FAILED and theirs.hangup_cause is None:  # cut off by the PBX's death
        return replace(call, outcome=theirs.outcome)
    return replace(call, outcome=outcome_of(call))


def _lived(mine: Call, theirs: Call) -> Call:
    """When it began and ended, and why."""
    cause = theirs.hangup_cause if theirs.hangup_cause is not None or not died(theirs) else None
    return replace(
        mine,
        status=Status.ENDED,
        merged_into=theirs.merged_into,
        started_at=mine.started_at if near(mine.started_at, theirs.started_at) else theirs.started_at,
        answered_at=mine.answered_at if near(mine.answered_at, theirs.answered_at) else theirs.answered_at,
        ended_at=mine.ended_at if near(mine.ended_at, theirs.ended_at) else theirs.ended_at,
        hangup_cause=cause,
        from_number=mine.from_number or theirs.from_number,
        from_name=mine.from_name or theirs.from_name,
        to_number=mine.to_number or theirs.to_number,
        dial_status=mine.dial_status or theirs.dial_status,
        recordings=tuple(replace(it, ended_at=it.ended_at or theirs.ended_at) for it in mine.recordings),
        rings=(),
        parties=(),
    )


def _outlasted(mine: Call, theirs: Call) -> Call:
    """From the first line to the last one it was there."""
    begun = near(mine.started_at, theirs.started_at) or mine.started_at < theirs.started_at
    over = mine.ended_at is None or theirs.ended_at is None or near(mine.ended_at, theirs.ended_at)
    return replace(
        mine,
        started_at=mine.started_at if begun else theirs.started_at,
        answered_at=mine.answered_at or theirs.answered_at,
        ended_at=mine.ended_at if over else max(mine.ended_at or 0, theirs.ended_at or 0),
    )


def died(call: Call) -> bool:
    """Whether the PBX's death cut this call off."""
    return call.outcome is Outcome.FAILED and call.hangup_cause is None


def _stints(mine: Call, theirs: Call) -> tuple[tuple[Stint, ...], dict[int | None, int | None]]:
    """The stints in the order entered, and where each of the files' stands. The files do not know who was refused."""
    merged = _merged(mine.stints, theirs.stints, _same_stint, _stint)
    refused = tuple(it for it in mine.stints if it.outcome in REFUSED)
    order = sorted((*enumerate(merged), *((None, it) for it in refused)), key=lambda it: it[1].entered_at)
    places: dict[int | None, int | None] = {None: None}
    places.update((index, place) for place, (index, _) in enumerate(order) if index is not None)
    return tuple(it for _, it in order), places


def _placed(parts: tuple[Owned, ...], places: dict[int | None, int | None]) -> tuple[Owned, ...]:
    return tuple(replace(it, stint=places[it.stint]) for it in parts)


def _moved(mine: Call, stints: tuple[Stint, ...]) -> tuple[Leg, ...]:
    """AMI's legs with the places that their stints have among these."""
    free = list(range(len(stints)))
    places: dict[int | None, int | None] = {}
    for index, stint in enumerate(mine.stints):
        place = next((it for it in free if _same_stint(stint, stints[it]) or stint == stints[it]), None)
        free = [it for it in free if it != place]
        places[index] = place
    return tuple(replace(it, stint=places.get(it.stint)) for it in mine.legs)


def _with_ends(mine: tuple[Leg, ...], theirs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    """AMI's legs, with the ends that it did not hear, and those of stints of which it knew none.

    queue_log knows neither holds nor who else talked, and goes on until the caller leaves.
    """
    legs = list(mine)
    for leg in theirs:
        index = next((place for place, it in enumerate(legs) if it.stint == leg.stint), None)
        if index is None:
            legs.append(leg)
        elif legs[index].ended_by == "system" and not near(legs[index].ended_at, leg.ended_at):
            legs[index] = replace(
                legs[index], ended_at=leg.ended_at, ended_by=leg.ended_by, transfer=legs[index].transfer or leg.transfer
            )
    return tuple(sorted(legs, key=lambda it: it.answered_at))


def _merged(
    mine: tuple[Part, ...],
    theirs: tuple[Part, ...],
    same: Callable[[Part, Part], bool],
    confirm: Callable[[Part, Part], Part],
) -> tuple[Part, ...]:
    """The files' parts, each confirmed by AMI's of the same, if there is one."""
    left = list(mine)
    found = []
    for part in theirs:
        twin = next((it for it in left if same(it, part)), None)
        if twin is not None:
            left.remove(twin)
        found.append(part if twin is None else confirm(twin, part))
    return tuple(found)


def _same_stint(mine: Stint, theirs: Stint) -> bool:
    return (mine.uniqueid, mine.queue) == (theirs.uniqueid, theirs.queue) and mine.outcome not in REFUSED


def _stint(mine: Stint, theirs: Stint) -> Stint:
    position = mine.position or theirs.position
    times = near(mine.entered_at, theirs.entered_at) and near(mine.left_at, theirs.left_at)
    if times and near(mine.wait_ms, theirs.wait_ms, SPAN_MS):
        return replace(theirs, entered_at=mine.entered_at, left_at=mine.left_at, position=position)
    return replace(theirs, position=position)


def _same_leg(mine: Leg, theirs: Leg) -> bool:
    together = mine.answered_at < (theirs.ended_at or mine.answered_at + 1) and theirs.answered_at <= (
        mine.ended_at or theirs.answered_at
    )
    return (mine.uniqueid == theirs.uniqueid or mine.interface == theirs.interface) and (
        together or near(mine.answered_at, theirs.answered_at)
    )


def _leg(mine: Leg, theirs: Leg) -> Leg:
    """Sound is AMI's, and so are the times where the files confirm them."""
    times = near(mine.answered_at, theirs.answered_at) and near(mine.ended_at, theirs.ended_at)
    spans = near(mine.talk_ms, theirs.talk_ms, SPAN_MS) and near(mine.hold_ms, theirs.hold_ms, SPAN_MS)
    if times and spans:
        theirs = replace(
            theirs,
            answered_at=mine.answered_at,
            ended_at=mine.ended_at,
            hold_ms=mine.hold_ms,
            holds=mine.holds,
            apart_ms=mine.apart_ms,
        )
    return replace(
        theirs,
        # A Local member's interface may say more than its channel's name.
        interface=mine.interface if mine.interface.startswith(f"{theirs.interface}/") else theirs.interface,
        rang_at=mine.rang_at if near(mine.rang_at, theirs.rang_at) else theirs.rang_at,
        transfer=mine.transfer if mine.transfer is not None and theirs.transfer is not None else theirs.transfer,
        mos=opinion(mine.media) if mine.media is not None else mine.mos,
        mos_method=MOS_METHOD if mine.media is not None else mine.mos_method,
        media=mine.media,
    )


def _same_ring(mine: MissedRing, theirs: MissedRing) -> bool:
    return mine.interface == theirs.interface and near(mine.rang_at, theirs.rang_at)


def _ring(mine: MissedRing, theirs: MissedRing) -> MissedRing:
    return replace(mine, stint=theirs.stint)
