"""What a running PBX must be: reachable by our logins, of a safe version, telling its events, with agents to ring."""

import re
from collections.abc import Iterator

from infra.doctor.check import Check, Severity, Spot, Topic
from infra.doctor.pbx_facts import Access, PbxFacts

# The first releases of each branch that have the fixes of Asterisk's advisories up to June 2026.
SAFE_FROM = {20: (20, 20, 1), 22: (22, 10, 1)}
# No fixes any more, by Asterisk's own calendar.
OLDEST, ENDED = 20, frozenset({21})
# A clock that is wrong by so much makes waiting times wrong, or tokens and certificates invalid.
CLOCK_WEAK_S, CLOCK_WRONG_S = 2.0, 60.0
# What the ingester's lists need, and what the API's actions need, by the class that gives them.
LISTS = {"CoreShowChannels": "reporting", "Status": "reporting"}
ACTIONS = {
    **dict.fromkeys(("QueueAdd", "QueueRemove", "QueuePause"), "agent"),
    **dict.fromkeys(("Bridge", "Redirect", "BlindTransfer", "Atxfer", "CancelAtxfer", "Hangup"), "call"),
    **dict.fromkeys(("MuteAudio", "MixMonitor", "PJSIPNotify"), "system"),
    "StopMixMonitor": "call",
    "Originate": "originate",
    "ShowDialPlan": "reporting",
}
# Actions of the classes that hand over the machine.
TAKING_OVER = {"Command": "command", "UpdateConfig": "config", "CreateConfig": "config", "AGI": "agi"}
# Of `system`, which the ingester does not need.
LOADING = ("ModuleLoad", "DialplanExtensionAdd")
INVALID, UNAVAILABLE = "4", "5"
# What ends a state's name in PJSIPShowEndpoints of a phone that is not there.
NOT_THERE = frozenset({"Unavailable", "Invalid", "Unknown"})


def _accesses(facts: PbxFacts) -> list[Access]:
    both = [facts.ingester, facts.control]
    return both[:1] if facts.ingester.user == facts.control.user else both


def _refused(facts: PbxFacts) -> Iterator[Spot]:
    for access in _accesses(facts):
        if access.trouble:
            yield Spot(f"manager interface {facts.address}", f"{access.user}: {access.trouble}")


def _in_clear(facts: PbxFacts) -> Iterator[Spot]:
    if facts.in_clear:
        yield Spot(facts.address)


def _old(facts: PbxFacts) -> list[Spot] | None:
    numbers = tuple(int(part) for part in re.findall(r"\d+", (facts.version or "").split("+")[0].split("~")[0])[:3])
    if not numbers:
        return None
    where, branch = "CoreSettings", numbers[0]
    named = ".".join(map(str, numbers))
    if branch < OLDEST or branch in ENDED:
        return [Spot(where, f"{named} gets no fixes any more")]
    if numbers < SAFE_FROM.get(branch, ()):
        return [Spot(where, f"{named} has known holes", Severity.WEAK)]
    return []


def _other_name(facts: PbxFacts) -> list[Spot] | None:
    if facts.system_name is None:
        return None
    if facts.system_name == facts.expected_name:
        return []
    return [Spot("CoreSettings", f"it is {facts.system_name or 'empty'}, not {facts.expected_name}")]


def _clock(facts: PbxFacts) -> list[Spot] | None:
    if facts.clock_s is None:
        return None
    if abs(facts.clock_s) <= CLOCK_WEAK_S:
        return []
    severity = Severity.WRONG if abs(facts.clock_s) > CLOCK_WRONG_S else Severity.WEAK
    return [Spot("Ping", f"{facts.clock_s:+.0f} s", severity)]


def _silent(facts: PbxFacts) -> list[Spot] | None:
    if facts.heard is None:
        return None
    return [] if facts.heard.came else [Spot("UserEvent", f"{facts.ingester.user} did not hear our own event")]


def _untimed(facts: PbxFacts) -> list[Spot] | None:
    if facts.heard is None or not facts.heard.came:
        return None
    return [] if facts.heard.timed else [Spot("UserEvent", "our own event has no Timestamp")]


def _lacks(access: Access, wanted: dict[str, str]) -> list[Spot] | None:
    if access.actions is None:
        return None
    missing = [name for name in wanted if name not in access.actions]
    classes = sorted({wanted[name] for name in missing})
    where = "ListCommands"
    return [Spot(where, f"{access.user} may not {', '.join(missing)}: write {', '.join(classes)}")] if missing else []


def _may_take_over(facts: PbxFacts) -> list[Spot] | None:
    known = [access for access in _accesses(facts) if access.actions is not None]
    spots = []
    for access in known:
        found = sorted({kind for name, kind in TAKING_OVER.items() if name in (access.actions or ())})
        if found:
            spots.append(Spot("ListCommands", f"{access.user} has write {', '.join(found)}"))
    return spots if known else None


def _may_load(facts: PbxFacts) -> list[Spot] | None:
    if facts.ingester.actions is None:
        return None
    if facts.ingester.user == facts.control.user:
        return [Spot("ListCommands", f"{facts.ingester.user} is the API's login as well")]
    found = [name for name in LOADING if name in facts.ingester.actions]
    return [Spot("ListCommands", f"{facts.ingester.user} may {', '.join(found)}")] if found else []


def _no_modules(facts: PbxFacts) -> list[Spot] | None:
    if facts.modules_missing is None:
        return None
    return [Spot("ModuleCheck", f"{name}.so") for name in facts.modules_missing]


def _nobody(facts: PbxFacts) -> list[Spot] | None:
    if facts.queues is None:
        return None
    spots = []
    for queue in facts.queues:
        members = [member for member in facts.members if member.queue == queue]
        if not members:
            spots.append(Spot("QueueStatus", f"nobody is in queue {queue}"))
        elif all(member.paused for member in members):
            spots.append(Spot("QueueStatus", f"all of queue {queue} are paused"))
        elif all(member.status in (INVALID, UNAVAILABLE) for member in members):
            spots.append(Spot("QueueStatus", f"no phone of queue {queue} is registered"))
    return spots


def _no_device(facts: PbxFacts) -> list[Spot] | None:
    if facts.queues is None:
        return None
    found = {(member.interface, member.queue) for member in facts.members if member.status == INVALID}
    return [Spot("QueueStatus", f"{interface} in queue {queue}") for interface, queue in sorted(found)]


def _no_phone(facts: PbxFacts) -> list[Spot] | None:
    if not facts.endpoints:
        return None
    return [] if set(facts.endpoints.values()) - NOT_THERE else [Spot("PJSIPShowEndpoints")]


AUDIO, ROUTING, RECORDS, SECURITY = Topic.AUDIO, Topic.ROUTING, Topic.RECORDS, Topic.SECURITY
WRONG, WEAK = Severity.WRONG, Severity.WEAK

CHECKS: tuple[Check[PbxFacts], ...] = (
    Check("pbx-login", ROUTING, WRONG, "The PBX takes our logins", "The PBX does not take a login of ours",
          "Compare user, secret and permit in manager.conf with TRUNKLINE_AMI_USER, _SECRET and "
          "TRUNKLINE_CONTROL_USER, _SECRET, then `manager reload`.", _refused),
    Check("pbx-in-clear", SECURITY, WEAK, "The way to the PBX is encrypted, or within this machine",
          "What the PBX says crosses the network in clear",
          "Set TRUNKLINE_AMI_TLS=1 and tlsenable = yes in manager.conf, or keep both on a network of their own.",
          _in_clear),
    Check("pbx-version", SECURITY, WRONG, "This version of Asterisk gets fixes", "This Asterisk is too old",
          "Take the newest release of branch 22 or 20.", _old),
    Check("pbx-name", RECORDS, WRONG, "The PBX is the one that is meant", "The PBX calls itself otherwise",
          "Set TRUNKLINE_PBX to the systemname in its asterisk.conf.", _other_name),
    Check("pbx-clock", RECORDS, WEAK, "The PBX's clock is right", "The PBX's clock and ours differ",
          "Run an NTP client (chrony, systemd-timesyncd) on both machines.", _clock),
    Check("event-flow", ROUTING, WRONG, "Events arrive", "Events do not arrive",
          "Give the ingester's user the read classes, and take an eventfilter out that holds them back.", _silent),
    Check("event-time", RECORDS, WRONG, "Events that arrive carry their time",
          "Events that arrive do not carry their time",
          "Set timestampevents = yes in [general] of manager.conf, then `manager reload`.", _untimed),
    Check("ingester-may", ROUTING, WRONG, "The ingester may ask for its lists",
          "The ingester may not ask for its lists", "Give its user in manager.conf the class, then `manager reload`.",
          lambda it: _lacks(it.ingester, LISTS)),
    Check("control-may", ROUTING, WRONG, "The API may act", "The API may not act",
          "Give its user in manager.conf the class, then `manager reload`.", lambda it: _lacks(it.control, ACTIONS)),
    Check("takes-over", SECURITY, WRONG, "No login of ours can take over the machine",
          "A login of ours can take over the machine", "Take the class out of its write line.", _may_take_over),
    Check("ingester-loads", SECURITY, WEAK, "The ingester cannot change the PBX",
          "The ingester's login can change the PBX", "Give the ingester a user of its own with write = reporting.",
          _may_load),
    Check("modules", AUDIO, WRONG, "The modules that are needed are loaded", "A module is not loaded",
          "Load it in modules.conf and restart.", _no_modules),
    Check("members-exist", ROUTING, WRONG, "Every member of a queue is a device", "A member of a queue is no device",
          "Remove the member (`trunkline` or `queue remove member`), or add its endpoint.", _no_device),
    Check("agents-there", ROUTING, WEAK, "Every queue has agents who can be rung",
          "A queue has nobody who can be rung",
          "See that agents are logged in, not paused, and that their phones are registered.", _nobody),
    Check("phones-there", AUDIO, WEAK, "Phones are registered", "No phone is registered",
          "Check a phone's user, password and server, and that SIP (UDP or TLS) and RTP pass the firewall.", _no_phone),
)  # fmt: skip
