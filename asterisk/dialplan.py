"""The dialplan as steps, whether it is read from extensions.conf or told by a running Asterisk (ShowDialPlan).

Job: what stands at which extension, and where a call that comes in at one context can get to.
Contract: pure. Variables are not followed: `Goto(${x},1,1)` leads nowhere that is known.
It must not: judge.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asterisk.ami import Packet
from asterisk.conf import Conf

# Applications whose first argument may be a context, where there are three of them.
_JUMPS = re.compile(r"\b(?:Goto|Gosub|GosubIf|GotoIf|GotoIfTime|ExecIf|Return)\b")
_TARGET = re.compile(r"(?<=[(?:,])\s*([A-Za-z][\w-]*)\s*,\s*[^,():]+\s*,\s*[\w+]+")
_LOCAL = re.compile(r"Local/[^@/&,)]+@([\w-]+)")
# Of these sections of extensions.conf neither is a context.
_NO_CONTEXTS = frozenset({"general", "globals"})


@dataclass(frozen=True, slots=True)
class Step:
    """One priority of an extension. `where` is a place in a file, or what the PBX calls it."""

    context: str
    extension: str
    application: str
    data: str
    where: str


@dataclass(frozen=True, slots=True)
class Dialplan:
    """All steps, and which context includes which."""

    steps: tuple[Step, ...]
    includes: frozenset[tuple[str, str]]
    contexts: frozenset[str]

    def reachable(self, starts: Iterable[str]) -> frozenset[str]:
        """The contexts that a call may come to that comes in at one of `starts`, themselves among them."""
        found: set[str] = set()
        left = set(starts) & self.contexts
        while left:
            context = left.pop()
            found.add(context)
            left |= (self._leads_to(context) & self.contexts) - found
        return frozenset(found)

    def _leads_to(self, context: str) -> set[str]:
        named = {inner for outer, inner in self.includes if outer == context}
        for step in self.steps:
            if step.context == context:
                named |= set(_LOCAL.findall(step.data))
                if _JUMPS.search(step.application):
                    named |= set(_TARGET.findall(f"({step.data})"))
        return named


def from_conf(conf: Conf) -> Dialplan:
    """The dialplan of an extensions.conf."""
    steps: list[Step] = []
    includes: set[tuple[str, str]] = set()
    contexts: set[str] = set()
    for section in conf.real():
        if section.name in _NO_CONTEXTS:
            continue
        contexts.add(section.name)
        extension = ""
        for line in section.lines:
            if line.key == "include":
                includes.add((section.name, line.value.split(",")[0].strip()))
            elif line.key == "exten":
                extension, _, rest = line.value.partition(",")
                steps += _step(section.name, extension.strip(), rest, line.where)
            elif line.key == "same":
                steps += _step(section.name, extension.strip(), line.value, line.where)
    return Dialplan(tuple(steps), frozenset(includes), frozenset(contexts))


def _step(context: str, extension: str, rest: str, where: str) -> list[Step]:
    """`priority,Application(data)`."""
    _, _, called = rest.partition(",")
    application, has_data, data = called.strip().partition("(")
    if not application:
        return []
    return [Step(context, extension, application.strip(), data.removesuffix(")") if has_data else "", where)]


def from_packets(items: Sequence[Packet]) -> Dialplan:
    """The dialplan as ListDialplan items tell it."""
    steps, includes, contexts = [], set(), set()
    for item in items:
        context = item.get("Context")
        if not context:
            continue
        contexts.add(context)
        if item.get("IncludeContext"):
            includes.add((context, item.get("IncludeContext")))
        elif item.get("Application"):
            extension = item.get("Extension")
            where = f"dialplan show {extension}@{context}"
            steps.append(Step(context, extension, item.get("Application"), item.get("AppData"), where))
    return Dialplan(tuple(steps), frozenset(includes), frozenset(contexts))
