"""Why two accounts of one call may differ and both be true: rules by name, each recognised from evidence alone.

A rule explains a difference only where another account shows what it says. None knows a recording or a call by its id.
"""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from calls.state import Gap

AMI = "ami"
CLOSE_MS = 300
"""CEL takes its own time a moment before or after the manager event; a machine under load makes it a longer one."""
WHOLE_MS = 1500
"""queue_log has whole seconds, and counts from one to another."""


class Rule(StrEnum):
    """The names, in the order in which they are shown."""

    UNHEARD = "unheard"
    CUT_OFF = "cut_off"
    UNREAD = "unread"
    PARKED = "parked"
    BRIDGED = "bridged"
    REDIRECTED = "redirected"
    WAY = "way"
    TAKEN = "taken"
    PULLED = "pulled"


MEANINGS: dict[Rule, str] = {
    Rule.UNHEARD: "It happened while the manager interface was not heard: a gap covers it, the file has it.",
    Rule.CUT_OFF: "The PBX went down in the middle of it: a gap covers its end, the file has none.",
    Rule.UNREAD: "The file could not be read then, or lost lines: a gap of that file covers it.",
    Rule.PARKED: "The caller was parked. The agent's talk ended there; queue_log counts until the caller hung up.",
    Rule.BRIDGED: "The caller was bridged to somebody else. queue_log goes on counting it as the agent's talk.",
    Rule.REDIRECTED: "The caller was redirected away from the agent. queue_log does not count to its end.",
    Rule.WAY: "The agent talked to nobody on the way into another conversation. queue_log counts the way as talk.",
    Rule.TAKEN: "queue_log tells the rest of a wait or talk under another channel, which took the first one's place.",
    Rule.PULLED: "The caller was taken out of the queue into a conversation. queue_log has no word for that end.",
}
"""What each rule says, in one sentence for whoever reads the numbers."""


class Gaps(Struct, frozen=True):
    """The spans in which something was not heard. Before `begin` and after `end` nobody listened at all."""

    spans: tuple[Gap, ...] = ()
    begin: int = 0
    end: int = 1 << 62

    def outside(self, at: int, slack: int = CLOSE_MS) -> bool:
        """Whether the manager interface was not listened to yet, or no longer, at this moment (ms)."""
        return at < self.begin or at >= self.end - slack

    def cover(self, source: str, start: int, end: int, slack: int = CLOSE_MS) -> bool:
        """Whether a gap of this source meets the span from `start` to `end` (ms)."""
        if source == AMI and start < self.begin - WHOLE_MS:
            return True
        return any(
            gap.source == source and gap.start - slack <= end and (gap.end is None or start <= gap.end + slack)
            for gap in self.spans
        )


def missed(gaps: Gaps, source: str, start: int, end: int, theirs: object, slack: int = CLOSE_MS) -> Rule | None:
    """The rule of a gap for a fact that lies between `start` and `end` (ms), where `source` says `theirs`."""
    if gaps.cover(AMI, start, end, slack):
        return Rule.CUT_OFF if theirs is None else Rule.UNHEARD
    if gaps.cover(source, start, end, slack):
        return Rule.UNREAD
    return None


def first(rules: Iterable[Rule | None]) -> Rule | None:
    """The first rule that holds."""
    return next((rule for rule in rules if rule is not None), None)
