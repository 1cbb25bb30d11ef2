"""Filters: what a real Asterisk 22 took and refused, and what each one lets through."""

import pytest

from asterisk.ami import parse_packet
from asterisk.simulator.filters import MALFORMED, NO_PATTERN, UNKNOWN_OPERATION, BadFilter, EventFilter, read_filter

STATUS = b"Event: VarSet\r\nPrivilege: dialplan,all\r\nVariable: QUEUESTATUS\r\nValue: TIMEOUT"
OTHER = b"Event: VarSet\r\nPrivilege: dialplan,all\r\nVariable: X\r\nValue: QUEUESTATUS"
JOIN = b"Event: QueueCallerJoin\r\nPrivilege: agent,all\r\nQueue: Sales"


def made(*headers: str) -> EventFilter:
    """A filter of these headers, to be added."""
    return read_filter(parse_packet("\r\n".join(("Action: Filter", "Operation: Add", *headers)).encode()))


@pytest.mark.parametrize(
    ("headers", "fits"),
    [
        (("Filter: !Event: VarSet",), [STATUS, OTHER]),
        (("Filter: Variable: QUEUE",), [STATUS]),
        (("MatchCriteria: name(VarSet)",), [STATUS, OTHER]),
        (("MatchCriteria: action(include),name(QueueCallerJoin)",), [JOIN]),
        (("MatchCriteria: header(Variable)",), [STATUS, OTHER]),
        (("MatchCriteria: action(exclude),header(Variable),method(exact)", "Filter: X"), [OTHER]),
        (("MatchCriteria: name(VarSet),header(Variable),method(starts_with)", "Filter: QUEUE"), [STATUS]),
        (("MatchCriteria: name(VarSet),header(Value),method(ends_with)", "Filter: OUT"), [STATUS]),
        (("MatchCriteria: header(Queue), method(contains)", "Filter: ale"), [JOIN]),
        (("MatchCriteria: method(regex)", "Filter: S(ales|TATUS)"), [STATUS, OTHER, JOIN]),
        (("MatchCriteria: method(exact)", "Filter: Event: X"), []),
        (("Filter: !^Event: VarSet[[:cntrl:]].*[[:cntrl:]]Variable: ([^Q]|Q[^[:cntrl:]U])",), [OTHER]),
        (("Filter: Variable: [[:upper:]]{2}",), [STATUS]),
        (("Filter: Variable: []X-Z]",), [OTHER]),
        (("Filter: Queue: \\w",), [JOIN]),
    ],
)
def test_a_filter_is_about_the_packets_it_names(headers: tuple[str, ...], fits: list[bytes]) -> None:
    rule = made(*headers)
    assert [packet for packet in (STATUS, OTHER, JOIN) if rule.fits(packet)] == fits
    assert rule.excludes == ("exclude" in headers[0] or "!" in headers[0])


@pytest.mark.parametrize(
    ("headers", "complaint"),
    [
        ((), MALFORMED),
        (("Filter: (",), NO_PATTERN),
        (("Filter: [[:nope:]]",), NO_PATTERN),
        (("Filter: [",), NO_PATTERN),
        (("MatchCriteria: method(regex)", "Filter: ("), NO_PATTERN),
        (("MatchCriteria: action(exclude)",), MALFORMED),
        (("MatchCriteria: action(maybe),name(X)",), MALFORMED),
        (("MatchCriteria: bogus(x)",), MALFORMED),
        (("MatchCriteria: name(VarSet),name(Hangup)",), MALFORMED),
        (("MatchCriteria: name(VarSet)", "Filter: !X"), MALFORMED),
        (("MatchCriteria: name(VarSet),method(none)", "Filter: X"), MALFORMED),
        (("MatchCriteria: name(VarSet),method(contains)",), MALFORMED),
        (("MatchCriteria: name(VarSet),method(bogus)", "Filter: X"), MALFORMED),
    ],
)
def test_what_is_no_filter_is_refused_in_asterisks_words(headers: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(BadFilter) as found:
        made(*headers)
    assert str(found.value) == complaint


def test_filters_can_only_be_added() -> None:
    with pytest.raises(BadFilter, match=UNKNOWN_OPERATION):
        read_filter(parse_packet(b"Action: Filter\r\nFilter: x"))
