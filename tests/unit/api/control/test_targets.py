"""api/control/targets.py: inside before outside, and nowhere is refused before anybody is lost."""

import pytest
from api_parts import agent, principal, queue
from control_parts import FakeFacts

from api.control.facts import Seat
from api.control.permits import Permit, Purpose
from api.control.plan import Dialplan, Target
from api.control.targets import Targets
from api.errors import BadRequest, NotAllowed, Unavailable
from api.tokens import Principal
from asterisk.errors import ActionTimedOut


class Rules:
    """Permits with a 0 before the number; keeps what was given back."""

    def __init__(self, *, closed: bool = False) -> None:
        self.closed = closed
        self.bound: list[str] = []
        self.back: list[Permit] = []

    async def permit(self, principal: Principal, number: str, purpose: Purpose) -> Permit:
        if self.closed:
            raise NotAllowed("closed")
        return Permit(f"0{number}", f"+{number}", 1.0, "id")

    async def bind(self, principal: Principal, permit: Permit, call_id: str) -> None:
        self.bound.append(call_id)

    async def give_back(self, principal: Principal, permit: Permit) -> None:
        self.back.append(permit)


class Link:
    """A dialplan that has everything, nothing, or does not answer."""

    pbx = "pbx"

    def __init__(self, *, leads: bool = True, silent: bool = False) -> None:
        self._leads, self._silent = leads, silent

    async def leads_somewhere(self, context: str, exten: str) -> bool:
        if self._silent:
            raise ActionTimedOut("late")
        return self._leads


FACTS = FakeFacts(Seat(agent(), None), queues=(queue(),))


async def found(link: object, wanted: str, rules: Rules) -> tuple[Target, Permit | None]:
    """What a target is."""
    targets = Targets(FACTS, rules, Dialplan("in", "out"))
    return await targets.find(principal(), link, wanted, "transfer", "pbx:1")  # type: ignore[arg-type]


async def test_who_is_inside_needs_no_permit() -> None:
    rules = Rules(closed=True)
    assert await found(Link(), "Alice", rules) == (Target("in", "Alice"), None)
    assert await found(Link(), "support", rules) == (Target("in", "support", "support"), None)
    with pytest.raises(NotAllowed):
        await found(Link(), "555", rules)


async def test_a_number_goes_as_the_rules_write_it_and_counts_as_its_call() -> None:
    rules = Rules()
    target, permit = await found(Link(), "555", rules)
    assert (target, permit and permit.e164, rules.bound) == (Target("out", "0555"), "+555", ["pbx:1"])
    targets = Targets(FACTS, rules, Dialplan())
    await targets.give_back(principal(), permit)
    await targets.give_back(principal(), None)
    assert len(rules.back) == 1


@pytest.mark.parametrize(("link", "error"), [(Link(leads=False), BadRequest), (Link(silent=True), Unavailable)])
async def test_what_leads_nowhere_is_refused_and_counts_no_more(link: Link, error: type[Exception]) -> None:
    rules = Rules()
    with pytest.raises(error):
        await found(link, "555", rules)
    with pytest.raises(error):
        await found(link, "Alice", rules)
    assert len(rules.back) == 1
