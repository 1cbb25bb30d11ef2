"""What the data-quality page shows of ledgers: figures, rules, and the calls that differ, in words. Pure."""

import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from dash import html
from dash.development.base_component import Component

from calls.ledger.facts import Fact, Told, Verdict
from calls.ledger.rules import MEANINGS, Rule
from dashboard import formats, strip
from dashboard.call_search import address_of, address_of_call
from dashboard.definitions import Definition, Explanation
from dashboard.reports import Books

SOURCES = {"queue_log": "queue_log", "cel": "CEL", "cdr": "CDR", "files": "The files"}

_DEFINITIONS = {
    "accounted": Definition(
        "accounted",
        "Accounted for",
        "Of the calls compared, those in which nothing differs, or a rule says why",
        "(agree + explained) / compared",
        "Trunkline",
    ),
    "compared": Definition(
        "compared",
        "Compared",
        "Calls that were held against what the PBX itself wrote of them, as far as it is read: queue_log, CEL, CDR",
        "calls with a ledger",
        "Trunkline",
    ),
    "agree": Definition(
        "agree",
        "Agree",
        "Every fact of the call is the same in all that tells of it; queue_log and CDR have whole seconds",
        "no fact differs",
        "Trunkline",
    ),
    "explained": Definition(
        "explained",
        "Explained",
        "Something differs, and another account shows why: the rule is named beside it",
        "facts differ, each by a rule",
        "Trunkline",
    ),
    "unexplained": Definition(
        "unexplained",
        "Unexplained",
        "Something differs and nothing says why: either account may be wrong. Please report such a call",
        "a fact differs, no rule holds",
        "Trunkline",
    ),
}
# A path in a call: the part, which one, and the field of it.
_PATH = re.compile(r"(\w+)\[(\w*)\](?:\.(.+))?")
_PARTS = {"stints": "Stay in a queue", "legs": "Agent's part", "missed": "Missed ring", "talk": "Talk of"}
_NUMBERED = {"stints": "stay", "legs": "part", "missed": "ring"}
_FIELDS = {
    "call": "The call itself",
    "started_at": "Begin",
    "ended_at": "End",
    "answered_at": "Answer",
    "answered": "Whether anybody talked",
    "hangup_cause": "Hangup cause",
    "merged_into": "Joined to",
    "outcome": "Outcome",
    "entered_at": "Begin of the wait",
    "left_at": "End of the wait",
    "wait_s": "Wait",
    "agent": "Agent",
    "missed": "Missed rings",
    "uniqueid": "Channel that waited",
    "talk_s + hold_s": "Talk and hold",
    "talk_s": "Talk",
    "hold_s": "Hold",
    "ended_by": "Who ended it",
    "transfer": "Transfer",
    "position": "Place in the queue",
    "queue": "Queue",
    "rang_at": "Begin of the ring",
    "ring_s": "Ring",
    "interface": "Phone",
    "holds": "Holds",
    "stint": "Stay that brought it",
    "file": "Recording",
    "status": "Status",
    "tenant": "Tenant",
    "direction": "Direction",
    "from_number": "Caller's number",
    "from_name": "Caller's name",
    "to_number": "Number called",
    "mos": "Sound quality",
    "mos_method": "How that was reckoned",
}


def summary(books: Books) -> list[Component]:
    """The strip of figures of the whole range."""
    counts = books.counts
    compared, unexplained = counts.get("compared"), counts.get("unexplained")
    accounted = (compared - unexplained) / compared if compared else None
    return [
        _figure("accounted", formats.percent(accounted), "agree or explained"),
        _opening(books, "compared", "with the PBX's own files"),
        _opening(books, "agree", _share(counts.get("agree"), compared)),
        _opening(books, "explained", _share(counts.get("explained"), compared)),
        _opening(books, "unexplained", _share(unexplained, compared), "bad-text" if unexplained else ""),
    ]


def rules(books: Books) -> list[Component]:
    """Each rule with the calls that it explains something of, those that were needed first."""
    found = books.counts.get("rules", {})
    ordered = sorted(Rule, key=lambda rule: (-found.get(rule.value, 0), list(Rule).index(rule)))
    return [
        html.Tr(
            [
                html.Td([html.B(rule_words(rule)), html.Span(MEANINGS[rule])]),
                html.Td(formats.count(found.get(rule.value, 0)), className="num"),
            ],
            className="" if found.get(rule.value) else "none",
        )
        for rule in ordered
    ]


def differences(books: Books) -> str:
    """The calls that differ as JSON for assets/books.js, a table row a fact: Dash components take a browser too long.

    `rows`: when, caller, the call's address, why, what, ours, source, theirs (all text) and the class of the reason; of
    a call's second fact on the first three are empty. `empty`: what stands there instead of rows.
    """
    clock = books.filters.clock
    rows: list[list[str]] = []
    for call in books.differing.iter_rows(named=True):
        caller = call["from_number"] or call["call_id"].partition(":")[2]
        # What only a file knows has no page.
        href = address_of_call(books.filters, call["call_id"]) if call["from_number"] else ""
        head = [when(call["started_at"], clock), caller, href]
        for fact in msgspec.json.decode(call["facts"], type=list[Fact]):
            rows.append([*head, *_fact(fact, clock)])
            head = ["", "", ""]
    return json.dumps({"rows": rows, "empty": _nothing(books)})


def shown_words(books: Books) -> str:
    """How many of the calls that differ the table has."""
    differing = sum(books.counts.get(name, 0) for name in (Verdict.EXPLAINED.value, Verdict.UNEXPLAINED.value))
    shown = books.differing.height
    return f"the first {formats.count(shown)} of {formats.count(differing)}" if shown < differing else ""


def explanations(books: Books) -> list[Explanation]:
    """What every figure of the page means."""
    clock, mark = books.filters.clock, books.watermark
    fresh = f"Ledgers up to {formats.instant(mark, clock)}" if mark else "Nothing loaded yet"
    return [Explanation(each, ("Of calls by their begin", fresh)) for each in _DEFINITIONS.values()]


def rule_words(rule: Rule) -> str:
    """`Cut off` for `cut_off`."""
    return rule.value.replace("_", " ").capitalize()


def subject_words(subject: str) -> str:
    """What a fact is about: `Wait` for `stints[0].wait_s`, `Wait, stay 2` for `stints[1].wait_s`."""
    path = _PATH.fullmatch(subject)
    if path is None:
        return _FIELDS.get(subject, subject)
    part, which, name = path.groups()
    if part == "talk":
        return f"{_PARTS[part]} {which}"
    words = _FIELDS.get(name, name) if name else _PARTS.get(part, part)
    return f"{words}, {_NUMBERED.get(part, part)} {int(which) + 1}" if which.isdigit() and int(which) else words


def value_words(subject: str, value: Told, clock: ZoneInfo) -> str:
    """What a source says, as people write it: local time, seconds, words."""
    if value is None:
        return "nothing"
    if isinstance(value, list | tuple):
        return ", ".join(value) or "none"
    if isinstance(value, float) or subject.endswith("_s"):
        return f"{value:.1f} s" if isinstance(value, float) else f"{value} s"
    if isinstance(value, str) and _is_time(value):
        local = datetime.fromisoformat(value).astimezone(clock)
        return f"{local:%H:%M:%S}.{local.microsecond // 100_000}"
    return str(value).replace("_", " ")


def when(at: datetime, clock: ZoneInfo) -> str:
    """`22 Nov 14:03:22`."""
    local = at.astimezone(clock)
    return f"{local.day} {local:%b %H:%M:%S}"


def _fact(fact: Fact, clock: ZoneInfo) -> list[str]:
    why = rule_words(fact.rule) if fact.rule else "Unexplained"
    return [
        why,
        subject_words(fact.subject),
        value_words(fact.subject, fact.ours, clock),
        SOURCES.get(fact.source, fact.source),
        value_words(fact.subject, fact.theirs, clock),
        "" if fact.rule else "bad",
    ]


def _is_time(text: str) -> bool:
    return len(text) > 20 and text[10] == "T" and text.endswith("Z")


def _nothing(books: Books) -> str:
    if books.counts.get("compared"):
        return "Every call of this range agrees with what its PBX wrote of it."
    return (
        "No call of this range was compared yet: that happens within minutes of a call's end, where `trunkline ingest` "
        "reads the PBX's queue_log, CEL or CDR."
    )


def _figure(name: str, value: str, note: str, css: str = "", href: str = "") -> Component:
    return strip.figure(name, _DEFINITIONS[name].title, value, note, css=css, href=href)


def _opening(books: Books, name: str, note: str, css: str = "") -> Component:
    number = books.counts.get(name)
    href = address_of(books.filters, name) if number else ""
    return _figure(name, formats.count(number), note, css, href)


def _share(part: Any, whole: Any) -> str:
    return f"{formats.percent(part / whole)} of compared" if whole else formats.NOTHING
