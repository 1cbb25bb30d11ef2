"""A contact: a whole call as its caller knows it, however many queues it went through. Pure.

`stint` figures are per stay in a queue and `contact` figures per call; they are never mixed. A contact is a call that
entered a queue at least once and was not joined to another; it belongs to the queue that it entered first.
"""

from collections.abc import Iterable

from msgspec import Struct

from calls.call import Call, StintOutcome
from calls.tally import let_in

DAY_MS = 24 * 3600 * 1000
# Whoever calls again within so many days has not been helped: the window is always named beside the figure.
FCR_DAYS = 7


class Contact(Struct, frozen=True):
    """One contact. Times are ms since the epoch.

    `wait_ms` is the sum of its stays up to the answer or to the last leaving, time between queues left out;
    `wall_wait_ms` the clock from the first entry to that instant. Both are None while it waits. `outcome` is
    `answered`, `abandoned`, `other`, `refused` (no queue let it in), or None while it waits.
    """

    call_id: str
    pbx: str
    tenant: str
    queue: str
    number: str
    arrived_at: int
    outcome: str | None
    stints: int
    wait_ms: int | None
    wall_wait_ms: int | None
    talk_ms: int
    hold_ms: int


class ContactTally(Struct, frozen=True):
    """Sums over contacts; `repeats` are those whose number had called within the window before."""

    contacts: int = 0
    contacts_answered: int = 0
    contacts_abandoned: int = 0
    contacts_other: int = 0
    contacts_refused: int = 0
    contact_stints: int = 0
    contact_wait_s: float = 0.0
    contact_wall_wait_s: float = 0.0
    contact_talk_s: float = 0.0
    contact_hold_s: float = 0.0
    numbered: int = 0
    repeats: int = 0


CONTACT_COLUMNS: tuple[str, ...] = ContactTally.__struct_fields__


def contact_of(call: Call) -> Contact | None:
    """The contact that a call is; None where it is none."""
    if not call.stints or call.merged_into is not None:
        return None
    mine = [stint for stint in call.stints if let_in(stint)]
    until = next((n for n, it in enumerate(mine) if it.outcome is StintOutcome.ANSWERED), len(mine) - 1)
    waited = mine[: until + 1]
    left = waited[-1].left_at if waited else None
    is_over = left is not None and all(it.wait_ms is not None for it in waited)
    return Contact(
        call_id=call.call_id,
        pbx=call.pbx,
        tenant=call.tenant,
        queue=call.stints[0].queue,
        number=call.from_number,
        arrived_at=call.stints[0].entered_at,
        outcome=_outcome(waited[-1].outcome if waited else None, bool(mine)),
        stints=len(mine),
        wait_ms=sum(it.wait_ms or 0 for it in waited) if is_over else None,
        wall_wait_ms=max(0, left - waited[0].entered_at) if is_over and left is not None else None,
        talk_ms=sum(leg.talk_ms or 0 for leg in call.legs),
        hold_ms=sum(leg.hold_ms for leg in call.legs if leg.ended_at is not None),
    )


def _outcome(last: StintOutcome | None, was_let_in: bool) -> str | None:
    if not was_let_in:
        return "refused"
    if last is None or last in (StintOutcome.ANSWERED, StintOutcome.ABANDONED):
        return last
    return "other"


def contact_tally(contacts: Iterable[Contact], start: int, end: int, days: int = FCR_DAYS) -> ContactTally:
    """The facts of the contacts that arrived in [start, end). Earlier ones matter for who called again."""
    found: dict[str, float] = dict.fromkeys(CONTACT_COLUMNS, 0)
    newest: dict[tuple[str, str], int] = {}
    for contact in sorted(contacts, key=lambda it: (it.arrived_at, it.call_id)):
        who = (contact.tenant, contact.number)
        before, newest[who] = newest.get(who), contact.arrived_at
        if start <= contact.arrived_at < end:
            _count(found, contact, before is not None and contact.arrived_at - before <= days * DAY_MS)
    return ContactTally(**{name: round(n, 3) if name.endswith("_s") else int(n) for name, n in found.items()})  # type: ignore[arg-type]


def _count(found: dict[str, float], contact: Contact, called_before: bool) -> None:
    if contact.outcome == "refused":
        found["contacts_refused"] += 1
        return
    found["contacts"] += 1
    found["contact_stints"] += contact.stints
    found["contact_talk_s"] += contact.talk_ms / 1000
    found["contact_hold_s"] += contact.hold_ms / 1000
    if contact.number:
        found["numbered"] += 1
        found["repeats"] += called_before
    if contact.outcome is not None and contact.wait_ms is not None:
        found[f"contacts_{contact.outcome}"] += 1
        found["contact_wait_s"] += contact.wait_ms / 1000
        found["contact_wall_wait_s"] += (contact.wall_wait_ms or 0) / 1000
