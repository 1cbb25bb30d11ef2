"""A call's stints against queue_log: who entered when, how it ended, with which agent, for how long, and missed rings.

Where queue_log counts something else than the talk of the agent whom it names, CEL shows it: then a rule says so, but
only if what we say is what CEL says.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from calls.call import Call, Leg, Stint, StintOutcome
from calls.file_events import QUEUE_LOG
from calls.form import iso
from calls.ledger.facts import Fact, judged
from calls.ledger.lives import Life, Lives, length
from calls.ledger.rules import CLOSE_MS, WHOLE_MS, Gaps, Rule, missed
from calls.ledger.told import ToldStint

REFUSED = (StintOutcome.JOIN_EMPTY, StintOutcome.FULL)
"""Callers who were not let in: queue_log has no line of them."""
# Neither party ended the conversation: the only ends of ours that may differ from one that queue_log tells by a rule.
BY_OTHERS = ("system", "transfer")


class Evidence(Struct, frozen=True):
    """What differences are explained with: CEL, where it was read, and gaps."""

    lives: Lives | None
    gaps: Gaps


def stint_facts(call: Call, pairs: Sequence[tuple[int | None, ToldStint | None]], evidence: Evidence) -> Iterator[Fact]:
    """The stints of a call beside those that queue_log tells: an index into the call's stints, or None, with each."""
    for index, told in pairs:
        if index is None and told is not None:
            yield _told_only(told, evidence)
        elif index is not None and told is None:
            yield _ours_only(index, call.stints[index], evidence)
        elif index is not None and told is not None:
            yield from _Both(call, index, told, evidence).facts()


def _ours_only(index: int, stint: Stint, evidence: Evidence) -> Fact:
    def explain() -> Rule | None:
        return missed(evidence.gaps, QUEUE_LOG, stint.entered_at, stint.left_at or stint.entered_at, None, WHOLE_MS)

    return judged(f"stints[{index}]", stint.queue, QUEUE_LOG, None, False, explain)


def _told_only(told: ToldStint, evidence: Evidence) -> Fact:
    def explain() -> Rule | None:
        return missed(evidence.gaps, QUEUE_LOG, told.entered_at, told.left_at or told.entered_at, told, WHOLE_MS)

    return judged("stints[]", None, QUEUE_LOG, f"{told.queue} {iso(told.entered_at)}", False, explain)


class _Both(Struct, frozen=True):
    """One stint in both accounts."""

    call: Call
    index: int
    told: ToldStint
    evidence: Evidence

    @property
    def ours(self) -> Stint:
        return self.call.stints[self.index]

    @property
    def leg(self) -> tuple[int, Leg] | None:
        return next(((i, leg) for i, leg in enumerate(self.call.legs) if leg.stint == self.index), None)

    def facts(self) -> Iterator[Fact]:
        told, ours, at = self.told, self.ours, f"stints[{self.index}]"
        # Each with the moment at which queue_log learnt it, or where it tells none, we.
        left = told.left_at or ours.left_at or told.entered_at
        if told.under is not None or told.uniqueid != ours.uniqueid:
            under = told.uniqueid if told.under is None else (told.uniqueid, told.under)
            yield judged(f"{at}.uniqueid", ours.uniqueid, QUEUE_LOG, under, False, self._taken)
        entered = abs(ours.entered_at - told.entered_at) <= WHOLE_MS
        yield self._at(told.entered_at, f"{at}.entered_at", iso(ours.entered_at), iso(told.entered_at), entered)
        outcome = ours.outcome and ours.outcome.value
        yield judged(
            f"{at}.outcome", outcome, QUEUE_LOG, told.outcome, outcome == told.outcome,
            lambda: self._pulled() or self._unheard(left, told.outcome),
        )  # fmt: skip
        yield self._at(left, f"{at}.agent", ours.agent, told.agent, ours.agent == told.agent)
        wait = None if ours.wait_ms is None else ours.wait_ms / 1000
        if told.wait_s is not None:
            agrees = wait is not None and abs(wait - told.wait_s) * 1000 <= WHOLE_MS
            yield self._at(left, f"{at}.wait_s", wait, told.wait_s, agrees)
        rings = tuple(sorted(ring.agent for ring in self.call.missed if ring.stint == self.index))
        theirs = tuple(sorted(told.missed))
        yield judged(
            f"{at}.missed", rings, QUEUE_LOG, theirs, rings == theirs,
            lambda: missed(self.evidence.gaps, QUEUE_LOG, told.entered_at, left, theirs, WHOLE_MS),
        )  # fmt: skip
        yield from self._leg_facts()

    def _leg_facts(self) -> Iterator[Fact]:
        told, found = self.told, self.leg
        if told.outcome != "answered":
            return
        if found is None:
            yield self._at(told.left_at or 0, "legs[]", None, told.agent, False)
            return
        place, leg = found
        ended = told.ended_at or leg.ended_at or leg.answered_at
        spent = (leg.ended_at or leg.answered_at) - leg.answered_at - leg.apart_ms
        agrees = told.talk_s is not None and abs(spent - told.talk_s * 1000) <= WHOLE_MS

        yield judged(
            f"legs[{place}].talk_s + hold_s", spent / 1000, QUEUE_LOG, told.talk_s, agrees,
            lambda: self._interrupted(leg, spent) or self._moved(leg, spent) or self._unheard(ended, told.talk_s),
        )  # fmt: skip
        yield judged(
            f"legs[{place}].ended_by", leg.ended_by, QUEUE_LOG, told.ended_by, leg.ended_by == told.ended_by,
            lambda: self._moved(leg, spent) or self._unheard(ended, told.ended_by),
        )  # fmt: skip
        kind = leg.transfer.kind if leg.transfer else None
        yield judged(
            f"legs[{place}].transfer", kind, QUEUE_LOG, told.transfer, kind == told.transfer,
            lambda: self._moved(leg, spent) or self._unheard(ended, told.transfer),
        )  # fmt: skip

    def _at(
        self, moment: int, subject: str, ours: str | float | None, theirs: str | float | None, agrees: bool
    ) -> Fact:
        return judged(subject, ours, QUEUE_LOG, theirs, agrees, lambda: self._unheard(moment, theirs))

    def _unheard(self, moment: int, theirs: object) -> Rule | None:
        return missed(self.evidence.gaps, QUEUE_LOG, moment, moment, theirs, WHOLE_MS)

    def _taken(self) -> Rule | None:
        """queue_log tells on under another channel, and ours is one of the two."""
        return Rule.TAKEN if self.ours.uniqueid in (self.told.uniqueid, self.told.under) else None

    def _pulled(self) -> Rule | None:
        """CEL has the waiting channel enter a conversation at the moment at which we say that it left."""
        told, lives, left = self.told, self.evidence.lives, self.ours.left_at
        life = lives.channels.get(self.ours.uniqueid) if lives else None
        if lives is None or life is None or left is None or told.outcome not in (None, "abandoned"):
            return None
        if self.ours.outcome is not StintOutcome.WITHDRAWN:
            return None
        pulled = any(abs(since - left) <= CLOSE_MS for since, _ in lives.together(life))
        return Rule.PULLED if pulled else None

    def _agent(self, leg: Leg) -> Life | None:
        channels = self.evidence.lives.channels if self.evidence.lives else {}
        return channels.get(self.told.agent_uniqueid) or channels.get(leg.uniqueid)

    def _talk_by_cel(self, leg: Leg, spent: int) -> list[tuple[int, int]]:
        """When the agent's channel talked in this leg; nothing unless that is as long as we say, and then over."""
        lives, agent, ended = self.evidence.lives, self._agent(leg), leg.ended_at or leg.answered_at
        caller = lives and lives.channels.get(self.ours.uniqueid)
        if not lives or not agent or not caller:
            return []
        spans = lives.together(agent, leg.answered_at, ended)
        goes_on = any(since <= ended + CLOSE_MS < until for since, until in lives.together(agent, other=caller))
        return spans if abs(length(spans) - spent) <= CLOSE_MS and not goes_on else []

    def _interrupted(self, leg: Leg, spent: int) -> Rule | None:
        """CEL has a pause in the agent's talk that queue_log counts."""
        spans = self._talk_by_cel(leg, spent)
        pauses = (later - until for (_, until), (later, _) in pairwise(spans))
        return Rule.WAY if any(pause > WHOLE_MS for pause in pauses) else None

    def _moved(self, leg: Leg, spent: int) -> Rule | None:
        """CEL has the agent's talk end at another moment than queue_log, by neither party, and the caller go on."""
        lives, spans = self.evidence.lives, self._talk_by_cel(leg, spent)
        caller = lives and lives.channels.get(self.ours.uniqueid)
        if not spans or not caller or leg.ended_by not in BY_OTHERS:
            return None
        until, ended = spans[-1][1], self.told.ended_at
        if any(abs(at - until) <= CLOSE_MS for at in caller.parked):
            return Rule.PARKED
        if ended is None or ended - CLOSE_MS <= until <= ended + 1000 + CLOSE_MS:
            return None
        if any(abs(stay.since - until) <= CLOSE_MS for stay in caller.stays):
            return Rule.BRIDGED
        return Rule.REDIRECTED
