"""What manager.conf, asterisk.conf and http.conf must say: who reaches the PBX, and what they may do."""

import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_address

from asterisk.conf import Line, Section
from infra.doctor.check import Check, Severity, Spot, Topic
from infra.doctor.files import PbxFiles

# Each of these classes to write hands over the machine: shell, files, dialplan.
HANDS_OVER = frozenset({"all", "command", "config", "agi", "dialplan"})
# What the ingester reads and asks for, and what the API's actions need (`manager show command NAME`).
INGESTER_READS = ("system", "call", "agent", "dialplan")
CONTROL_WRITES = ("system", "call", "agent", "reporting", "originate")
CONTROL_READS = ("system", "call", "agent")
# What only the API needs. `system` loads modules and adds to the dialplan.
ACTING = frozenset({"call", "agent", "originate", "system", "user"})
# Guessing goes on at the speed of the network; 16 random characters are out of its reach.
SHORTEST_SECRET = 16
USUAL_SECRETS = frozenset({"amp111", "admin", "asterisk", "secret", "password", "changeme", "mysecret", "manager"})
# Below it a reader that pauses for a moment is thrown out; the default is 100.
LEAST_WRITE_TIMEOUT_MS = 1000
# Events without which calls, queues or agents are told wrong.
NEEDED_EVENTS = (
    *("Newchannel", "Hangup", "DialBegin", "DialEnd", "BridgeEnter", "BridgeLeave", "Hold", "Unhold"),
    *("QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon", "AgentCalled", "AgentConnect", "AgentComplete"),
    *("AgentRingNoAnswer", "QueueMemberStatus", "QueueMemberPause", "QueueMemberAdded", "QueueMemberRemoved"),
    *("BlindTransfer", "AttendedTransfer", "OriginateResponse"),
)
POSIX_CLASSES = {"cntrl": r"\x00-\x1f\x7f", "digit": "0-9", "alpha": "A-Za-z", "alnum": "A-Za-z0-9", "space": r"\s"}


def is_loopback(address: str) -> bool:
    """Whether `HOST`, `HOST:PORT` or `[HOST]:PORT` is this machine alone. Empty: every address, so no."""
    host = re.sub(r":\d+$", "", address.strip()) if address.count(":") == 1 or "]" in address else address.strip()
    host = host.strip("[]")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def users(files: PbxFiles) -> list[Section]:
    """Everybody who may log in."""
    return [section for section in files.conf("manager.conf").real() if section.name != "general"]


def classes(section: Section, key: str) -> set[str]:
    """The classes after `read` or `write`."""
    return {word.strip().lower() for line in section.all(key) for word in line.value.split(",") if word.strip()}


def _is_closed(user: Section) -> bool:
    """Whether only some addresses may log in as this user."""
    everybody = ("0.0.0.0/0", "::/0")
    denies = any(line.value.startswith(everybody) for line in user.all("deny"))
    permits = [line.value for line in user.all("permit")]
    named = bool(permits) and not any(value.startswith(everybody) for value in permits)
    return (denies and named) or bool(user.all("acl"))


def _ours(files: PbxFiles) -> tuple[str, ...]:
    return tuple(dict.fromkeys((files.logins.ingester, files.logins.control)))


def _user(files: PbxFiles, name: str) -> Section | None:
    return next((user for user in users(files) if user.name == name), None)


def _off(files: PbxFiles) -> Iterator[Spot]:
    general = files.general("manager.conf")
    if not general.is_on("enabled"):
        yield Spot(general.place("enabled"))


def _missing_user(files: PbxFiles) -> Iterator[Spot]:
    for name in _ours(files):
        if _user(files, name) is None:
            yield Spot("manager.conf", f"there is no [{name}]")


def _exposed(files: PbxFiles) -> Iterator[Spot]:
    general = files.general("manager.conf")
    if general.is_on("enabled") and not is_loopback(general.get("bindaddr", "0.0.0.0")):
        closed = all(map(_is_closed, users(files)))
        yield Spot(general.place("bindaddr"), severity=Severity.WEAK if closed else None)


def _open_to_all(files: PbxFiles) -> Iterator[Spot]:
    for user in users(files):
        if not _is_closed(user):
            yield Spot(user.where, f"[{user.name}]", None if user.name in _ours(files) else Severity.WEAK)


def _web(files: PbxFiles) -> Iterator[Spot]:
    general = files.general("manager.conf")
    if general.is_on("webenabled"):
        yield Spot(general.place("webenabled"))


def _handed_over(files: PbxFiles) -> Iterator[Spot]:
    for user in users(files):
        found = sorted(classes(user, "write") & HANDS_OVER)
        if found:
            severity = None if user.name in _ours(files) else Severity.WEAK
            yield Spot(user.place("write"), f"[{user.name}] has {', '.join(found)}", severity)


def _ingester_lacks(files: PbxFiles) -> Iterator[Spot]:
    user = _user(files, files.logins.ingester)
    if user is not None:
        yield from _lacks(user, "read", INGESTER_READS)
        yield from _lacks(user, "write", ("reporting",), Severity.WEAK)


def _control_lacks(files: PbxFiles) -> Iterator[Spot]:
    user = _user(files, files.logins.control)
    if user is not None:
        yield from _lacks(user, "write", CONTROL_WRITES)
        yield from _lacks(user, "read", CONTROL_READS)


def _lacks(user: Section, key: str, wanted: Iterable[str], severity: Severity | None = None) -> Iterator[Spot]:
    given = classes(user, key)
    missing = [] if "all" in given else [name for name in wanted if name not in given]
    if missing:
        yield Spot(user.place(key), f"[{user.name}] has no {key} {', '.join(missing)}", severity)


def _ingester_acts(files: PbxFiles) -> Iterator[Spot]:
    user = _user(files, files.logins.ingester)
    if user is not None and files.logins.ingester != files.logins.control:
        found = sorted(classes(user, "write") & ACTING)
        if found:
            yield Spot(user.place("write"), f"[{user.name}] has {', '.join(found)}")


def _weak_secret(files: PbxFiles) -> Iterator[Spot]:
    for user in users(files):
        secret = user.get("secret")
        if len(secret) < SHORTEST_SECRET or secret.lower() in USUAL_SECRETS or secret == user.name:
            yield Spot(user.place("secret"), f"[{user.name}]")


def _untimed(files: PbxFiles) -> Iterator[Spot]:
    general = files.general("manager.conf")
    if not general.is_on("timestampevents"):
        yield Spot(general.place("timestampevents"))


def _no_direction(files: PbxFiles) -> Iterator[Spot]:
    general = files.general("manager.conf")
    named = {word.strip() for line in general.all("channelvars") for word in line.value.split(",")}
    if "CALL_DIRECTION" not in named:
        yield Spot(general.place("channelvars"))


def _impatient(files: PbxFiles) -> Iterator[Spot]:
    user = _user(files, files.logins.ingester)
    if user is not None:
        value = user.get("writetimeout") or files.general("manager.conf").get("writetimeout", "100")
        if not value.isdigit() or int(value) < LEAST_WRITE_TIMEOUT_MS:
            yield Spot(user.place("writetimeout"))


def _hidden(files: PbxFiles) -> Iterator[Spot]:
    """Events that a filter of the ingester's user, or `disabledevents`, keeps back."""
    general = files.general("manager.conf")
    disabled = {word.strip() for line in general.all("disabledevents") for word in line.value.split(",")}
    for event in NEEDED_EVENTS:
        if event in disabled:
            yield Spot(general.place("disabledevents"), event)
    user = _user(files, files.logins.ingester)
    filters = [line for line in user.lines if line.key.lower().startswith("eventfilter")] if user else []
    hidden = [event for event in NEEDED_EVENTS if not _passes(event, filters)]
    if user and hidden:
        yield Spot(filters[0].where, ", ".join(hidden))


def _passes(event: str, filters: list[Line]) -> bool:
    packet = f"Event: {event}\r\nPrivilege: call,all\r\n"
    includes: list[bool] = []
    excludes: list[bool] = []
    for line in filters:
        named = re.search(r"\bname\(([^)]*)\)", line.key)
        excluding = "action(exclude)" in line.key or (line.key.lower() == "eventfilter" and line.value.startswith("!"))
        if named or line.key.lower() == "eventfilter":
            matches = named[1] == event if named else _matches(line.value.removeprefix("!"), packet)
            (excludes if excluding else includes).append(matches)
    return not any(excludes) and (not includes or any(includes))


def _matches(expression: str, packet: str) -> bool:
    """As a POSIX expression over the whole packet would; one that Python cannot read matches nothing."""
    for name, characters in POSIX_CLASSES.items():
        expression = expression.replace(f"[[:{name}:]]", f"[{characters}]").replace(f"[:{name}:]", characters)
    try:
        return bool(re.search(expression, packet, re.IGNORECASE))
    except re.error:
        return False


def _old_tls(files: PbxFiles) -> Iterator[Spot]:
    for name in ("manager.conf", "http.conf"):
        general = files.general(name)
        if general.is_on("tlsenable") and not (general.is_on("tlsdisablev1") and general.is_on("tlsdisablev11")):
            yield Spot(general.place("tlsenable"))


def _nameless(files: PbxFiles) -> Iterator[Spot]:
    options = files.conf("asterisk.conf").section("options")
    if not options.get("systemname"):
        yield Spot(options.where)


def _dangerous(files: PbxFiles) -> Iterator[Spot]:
    options = files.conf("asterisk.conf").section("options")
    if options.is_on("live_dangerously"):
        yield Spot(options.place("live_dangerously"))
    if options.is_on("execincludes"):
        yield Spot(options.place("execincludes"), "execincludes runs programs that the files name", Severity.WEAK)


def _remote_shell(files: PbxFiles) -> Iterator[Spot]:
    options = files.conf("asterisk.conf").section("options")
    if not options.is_on("disable_remote_console_shell"):
        yield Spot(options.place("disable_remote_console_shell"))


def _http_open(files: PbxFiles) -> Iterator[Spot]:
    general = files.general("http.conf")
    if general.is_on("enabled") and not is_loopback(general.get("bindaddr", "0.0.0.0")):
        yield Spot(general.place("bindaddr"))
    elif general.is_on("tlsenable") and not is_loopback(general.get("tlsbindaddr") or general.get("bindaddr")):
        yield Spot(general.place("tlsbindaddr"), "over TLS", Severity.WEAK)


def _http_status(files: PbxFiles) -> Iterator[Spot]:
    general = files.general("http.conf")
    if general.is_on("enabled") and general.is_on("enable_status", otherwise=True):
        yield Spot(general.place("enable_status"))


ROUTING, SECURITY, RECORDS, SOCKET = Topic.ROUTING, Topic.SECURITY, Topic.RECORDS, Topic.SOCKET
WRONG, WEAK = Severity.WRONG, Severity.WEAK

CHECKS: tuple[Check[PbxFiles], ...] = (
    Check("ami-off", ROUTING, WRONG, "The manager interface is on", "The manager interface is off",
          "Set enabled = yes in [general] of manager.conf and restart.", _off),
    Check("ami-user", ROUTING, WRONG, "The manager users exist", "A manager user is missing",
          "Add the section to manager.conf, as `trunkline pbx-config` writes it, then `manager reload`.",
          _missing_user),
    Check("ami-exposed", SECURITY, WRONG, "The manager interface is on this machine only, or over TLS",
          "The manager interface is offered in clear beyond this machine",
          "Set bindaddr = 127.0.0.1, and tlsenable with tlsbindaddr for a Trunkline elsewhere.", _exposed),
    Check("ami-permit", SECURITY, WRONG, "Manager users come from known addresses only",
          "A manager user may log in from any address",
          "Give the user deny = 0.0.0.0/0.0.0.0 and a permit for each address it comes from.", _open_to_all),
    Check("ami-web", SECURITY, WRONG, "The manager interface is not on the web server",
          "The manager interface is on the web server", "Set webenabled = no in manager.conf.", _web),
    Check("ami-rights", SECURITY, WRONG, "No manager user can take over the machine",
          "A manager user has rights that hand over the machine",
          "Take all, command, config, agi and dialplan out of its write line.", _handed_over),
    Check("ami-ingester-rights", ROUTING, WRONG, "The ingester hears and asks all that it needs",
          "The ingester's manager user lacks rights",
          "Its lines are: read = system,call,agent,dialplan and write = reporting.", _ingester_lacks),
    Check("ami-control-rights", ROUTING, WRONG, "The API may do all that it needs",
          "The API's manager user lacks rights",
          "Its lines are: read = system,call,agent,user and write = system,call,agent,reporting,originate,user.",
          _control_lacks),
    Check("ami-ingester-acts", SECURITY, WEAK, "The ingester can only listen and ask",
          "The ingester's manager user can do more than that",
          "Leave it write = reporting; the API has a user of its own.", _ingester_acts),
    Check("ami-secret", SECURITY, WRONG, "Manager secrets cannot be guessed", "A manager secret can be guessed",
          f"Use {SHORTEST_SECRET} random characters or more, for instance of `openssl rand -hex 24`.", _weak_secret),
    Check("ami-timestamps", RECORDS, WRONG, "Events carry their time", "Events do not carry their time",
          "Set timestampevents = yes in [general] of manager.conf, then `manager reload`.", _untimed),
    Check("ami-channelvars", ROUTING, WEAK, "Events carry the call's direction",
          "Events do not carry the call's direction",
          "Set channelvars = CALL_DIRECTION,CUSTOMER_ID in [general] of manager.conf.", _no_direction),
    Check("ami-writetimeout", RECORDS, WEAK, "A reader that pauses is waited for",
          "A reader that pauses for a moment is thrown out", "Set writetimeout = 10000 for the ingester's user.",
          _impatient),
    Check("ami-filter", ROUTING, WRONG, "No filter holds needed events back", "Events are held back that are needed",
          "Take the eventfilter, or the name in disabledevents, out: Trunkline sets filters of its own.", _hidden),
    Check("tls-old", SECURITY, WEAK, "TLS of manager and web server is 1.2 or newer",
          "TLS 1.0 and 1.1 are not refused", "Set tlsdisablev1 = yes and tlsdisablev11 = yes beside tlsenable.",
          _old_tls),
    Check("systemname", RECORDS, WRONG, "The PBX has a name", "The PBX has no name",
          "Set systemname = NAME in [options] of asterisk.conf, another one for each PBX, and restart.", _nameless),
    Check("live-dangerously", SECURITY, WRONG, "Dangerous functions are out of reach",
          "Dialplan functions that reach files and shell can be called from outside",
          "Set live_dangerously = no in [options] of asterisk.conf.", _dangerous),
    Check("remote-shell", SECURITY, WEAK, "Remote consoles have no shell", "A remote console is a shell",
          "Set disable_remote_console_shell = yes in [options] of asterisk.conf.", _remote_shell),
    Check("http-exposed", SECURITY, WRONG, "The web server is on this machine only",
          "The web server is reached from elsewhere",
          "Set bindaddr = 127.0.0.1 in http.conf: browsers reach Asterisk through Trunkline's own address.",
          _http_open),
    Check("http-status", SECURITY, WEAK, "The web server does not tell of itself", "The page /httpstatus is on",
          "Set enable_status = no in http.conf.", _http_status),
)  # fmt: skip
