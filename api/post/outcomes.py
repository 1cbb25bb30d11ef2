"""A sending in hand, and what comes of a try: done, tried again later, or not to be tried again. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from api.post.forms import Status
from api.post.sender import PAUSES_S, Tried
from api.roles import Role
from calls.ranges import Timing

UNKNOWN = "Nobody knows whether the mail server took it, so it is not sent again: ask the recipients, or send it anew."
FORSAKEN = f"The process that sent it stopped meanwhile. {UNKNOWN}"


class Owner(Struct, frozen=True):
    """Whose rights a report has, as they are now."""

    user_id: str
    name: str
    role: Role
    is_active: bool


class Job(Struct, frozen=True):
    """A sending that this process has in hand as long as its row has this `status` and `look_at`."""

    id: str
    tenant: str
    schedule_id: str
    page: str
    query: str
    kind: str
    timing: Timing
    due_at: datetime
    asked_at_once: bool
    waiting: tuple[str, ...]
    tries: int
    owner: Owner
    status: Status
    look_at: datetime
    # Who has it already, from an earlier try.
    taken: tuple[str, ...] = ()


class Outcome(Struct, frozen=True):
    """What is written of a sending. `accepted`: `waiting` are tried again at `look_at`; else they never had it."""

    status: Status
    detail: str = ""
    waiting: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    refused: Mapping[str, str] = {}
    look_at: datetime | None = None


def outcome_of(job: Job, tried: Tried, now: datetime) -> Outcome:
    """What a try comes to. Who was put off is tried again, nobody else ever is."""
    if tried.is_unknown:
        named = {*tried.taken, *tried.refused, *tried.later}
        waiting = tuple(each for each in job.waiting if each not in named)
        refused = {**tried.refused, **tried.later}
        return Outcome(Status.UNKNOWN, f"{tried.words}. {UNKNOWN}", waiting, tried.taken, refused)
    if tried.later:
        words = next(iter(tried.later.values()))
        again = put_off(job, f"Put off by the mail server: {words}.", now)
        if again.status is Status.ACCEPTED:
            return Outcome(again.status, again.detail, tuple(tried.later), tried.taken, tried.refused, again.look_at)
    refused = {**tried.refused, **tried.later}
    if tried.taken or job.taken:
        return Outcome(Status.SENT, "", (), tried.taken, refused)
    words = next(iter(refused.values()), "nobody is left to send it to")
    return Outcome(Status.FAILED, f"The mail server took it for nobody: {words}.", (), (), refused)


def put_off(job: Job, detail: str, now: datetime) -> Outcome:
    """Again after a pause; after the last one it is given up."""
    if job.tries >= len(PAUSES_S):
        return given_up(job, f"{detail} It was tried {job.tries + 1} times.")
    return Outcome(Status.ACCEPTED, detail, job.waiting, look_at=now + timedelta(seconds=PAUSES_S[job.tries]))


def given_up(job: Job, detail: str) -> Outcome:
    """Not sent to who still waits; others may have had it before."""
    return Outcome(Status.SENT if job.taken else Status.FAILED, detail, job.waiting)
