"""What the dialplan must be: its doors are there, and what a caller chooses cannot become a call or a command.

The same checks hold for extensions.conf and for the dialplan that a running PBX tells (`Doors`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from asterisk.dialplan import Dialplan, Step
from infra.doctor.check import Check, Severity, Spot, Topic
from infra.doctor.files import Contexts

# Patterns that take whatever is dialled, `&` and `@` among it.
ANYTHING = frozenset({"_.", "_!"})
ANYTHING_BEHIND_A_DIGIT = re.compile(r"_[XZN][.!]")
# What takes an argument apart again: `&` is a second call, `,` another argument.
SPLITTING = re.compile(r"\b(?:Dial|Originate|Goto|Gosub|System|TrySystem|AGI|Exec|Page|SHELL)\b", re.IGNORECASE)
DIALLED = re.compile(r"\$\{(?:EXTEN|CALLERID\(|PJSIP_HEADER\(|SIP_HEADER\()")
FILTERED = re.compile(r"\$\{FILTER\([^$]*\$\{[^{}]*(?:\{[^{}]*\})?[^{}]*\}\s*\)\}")


@dataclass(frozen=True)
class Doors:
    """A dialplan, and the contexts that calls come in by."""

    dialplan: Dialplan
    contexts: Contexts


def _missing(doors: Doors) -> Iterator[Spot]:
    wanted = doors.contexts.inbound, doors.contexts.internal, doors.contexts.outbound
    for name in wanted:
        if name not in doors.dialplan.contexts:
            yield Spot("extensions.conf", f"[{name}]")


def _loose(doors: Doors) -> Iterator[Spot]:
    seen = set()
    for step in doors.dialplan.steps:
        place = step.context, step.extension
        if place not in seen and (step.extension in ANYTHING or ANYTHING_BEHIND_A_DIGIT.fullmatch(step.extension)):
            seen.add(place)
            severity = Severity.WRONG if step.extension in ANYTHING else None
            yield Spot(step.where, f"{step.extension} in [{step.context}]", severity)


def _unfiltered(doors: Doors) -> Iterator[Spot]:
    for step in doors.dialplan.steps:
        is_open = step.extension.startswith("_") and step.extension.endswith((".", "!"))
        calls = f"{step.application}({step.data})"
        left = FILTERED.sub("", step.data)
        if SPLITTING.search(calls) and DIALLED.search(left) and (is_open or "EXTEN" not in left):
            yield Spot(step.where, f"{step.application} in [{step.context}]")


def _callers_transfer(doors: Doors) -> Iterator[Spot]:
    # Who is transferred to the outside, or redirected, dials from there.
    outside = doors.dialplan.reachable({doors.contexts.inbound, doors.contexts.outbound})
    for step in doors.dialplan.steps:
        if "T" in _options(step) and (step.application == "Queue" or step.context in outside):
            yield Spot(step.where, f"{step.application} in [{step.context}]")


def _options(step: Step) -> str:
    """The letters of Queue's and Dial's options; what a variable says, and arguments in brackets, are not known."""
    place = {"Queue": 1, "Dial": 2}.get(step.application)
    arguments = re.sub(r"\([^()]*\)", "", re.sub(r"\$[{\[][^$]*[}\]]", "", step.data)).split(",")
    return arguments[place] if place is not None and len(arguments) > place else ""


def _no_direction(doors: Doors) -> Iterator[Spot]:
    if not any("CALL_DIRECTION=" in step.data for step in doors.dialplan.steps):
        yield Spot("extensions.conf")


def _no_return(doors: Doors) -> Iterator[Spot]:
    """Of the contexts that a transfer goes to."""
    for name in {doors.contexts.internal, doors.contexts.outbound} & doors.dialplan.contexts:
        own = {step.extension for step in doors.dialplan.steps if step.context == name}
        included = {inner for outer, inner in doors.dialplan.includes if outer == name}
        shared = {step.extension for step in doors.dialplan.steps if step.context in included}
        if "i" not in own | shared:
            yield Spot("extensions.conf", f"[{name}]")


ROUTING, SECURITY = Topic.ROUTING, Topic.SECURITY
WRONG, WEAK = Severity.WRONG, Severity.WEAK

CHECKS: tuple[Check[Doors], ...] = (
    Check("contexts", ROUTING, WRONG, "The dialplan's doors are there", "A context is missing in the dialplan",
          "Add it to extensions.conf, or name yours by --inbound, --internal and --outbound.", _missing),
    Check("loose-pattern", SECURITY, WEAK, "No pattern takes whatever is dialled",
          "A pattern takes whatever is dialled", "Say which characters may come, as in _[+0-9]X.", _loose),
    Check("unfiltered", SECURITY, WRONG, "What a caller chooses is filtered",
          "What a caller chooses is used unfiltered",
          "Put it through FILTER(): an `&` or a `,` in it becomes another call or argument.", _unfiltered),
    Check("caller-transfers", SECURITY, WRONG, "Callers from outside cannot transfer",
          "A caller from outside may transfer, and so call at your cost",
          "Take T out of the options; t lets the agent transfer.", _callers_transfer),
    Check("call-direction", ROUTING, WEAK, "The dialplan says a call's direction",
          "The dialplan does not say a call's direction",
          "Set(__CALL_DIRECTION=inbound) where calls come in, and internal and outbound likewise.", _no_direction),
    Check("lost-transfer", ROUTING, WEAK, "A transfer to a wrong number comes back",
          "A transfer to a number that nobody has loses the customer",
          "Add an extension i to the context that leads back to the queue, as `trunkline pbx-config` does.",
          _no_return),
)  # fmt: skip
