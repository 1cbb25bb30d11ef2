"""What queues.conf and the files of the PBX's records (queue_log, CEL, CDR) must say, to be trusted."""

import re
from collections.abc import Iterator
from pathlib import Path

from asterisk.conf import parse
from infra.doctor.check import Check, Severity, Spot, Topic
from infra.doctor.files import PbxFiles
from infra.doctor.sip_checks import of_type

OWN_COLUMNS = Path(__file__).parents[2] / "asterisk/pbx/cel_custom.conf"
# Without these a call cannot be told from CEL; `ALL` has them.
NEEDED_CEL = ("CHAN_START", "CHAN_END", "ANSWER", "HANGUP", "BRIDGE_ENTER", "BRIDGE_EXIT", "LINKEDID_END")
# Sections of queues.conf that are no queues.
NO_QUEUES = frozenset({"general"})
NAME = re.compile(r"\$\{(?:CSV_QUOTE\(\$\{)?([^{}]+)\}")


def _no_queue(files: PbxFiles) -> Iterator[Spot]:
    if not [queue for queue in files.conf("queues.conf").real() if queue.name not in NO_QUEUES]:
        yield Spot("queues.conf")


def _unknown_member(files: PbxFiles) -> Iterator[Spot]:
    known = {endpoint.name for endpoint in of_type(files, "endpoint")}
    if not known:
        return
    for queue in files.conf("queues.conf").real():
        for line in queue.all("member"):
            interface = line.value.split(",")[0].strip()
            if interface.startswith("PJSIP/") and interface.removeprefix("PJSIP/") not in known:
                yield Spot(line.where, f"{interface} in queue {queue.name}")


def _nameless_agents(files: PbxFiles) -> Iterator[Spot]:
    general = files.general("queues.conf")
    queues = [queue for queue in files.conf("queues.conf").real() if queue.name not in NO_QUEUES]
    if not (general.is_on("log_membername_as_agent") or any(one.is_on("log_membername_as_agent") for one in queues)):
        yield Spot(general.place("log_membername_as_agent"))


def _unconnected(files: PbxFiles) -> Iterator[Spot]:
    for queue in files.conf("queues.conf").real():
        if queue.name not in NO_QUEUES and not queue.is_on("setinterfacevar"):
            yield Spot(queue.place("setinterfacevar"), f"queue {queue.name}")


def _forgotten_members(files: PbxFiles) -> Iterator[Spot]:
    general = files.general("queues.conf")
    if not general.is_on("persistentmembers", otherwise=True):
        yield Spot(general.place("persistentmembers"))


def _no_queue_log(files: PbxFiles) -> Iterator[Spot]:
    general = files.general("logger.conf")
    for key in ("queue_log", "queue_log_to_file"):
        # The second matters only where a database takes the log.
        if not general.is_on(key, otherwise=True):
            yield Spot(general.place(key), f"{key} = no")
    extconfig = files.conf("extconfig.conf").section("settings")
    if extconfig.get("queue_log") and not general.is_on("queue_log_to_file"):
        yield Spot(extconfig.place("queue_log"), "it goes to a database only")


def _flooded(files: PbxFiles) -> Iterator[Spot]:
    if files.general("manager.conf").is_on("debug"):
        for line in files.conf("logger.conf").section("logfiles").lines:
            if "verbose" in line.value.lower() and line.key != "console":
                yield Spot(line.where, line.key)


def _no_cel(files: PbxFiles) -> Iterator[Spot]:
    general = files.general("cel.conf")
    events = {word.strip().upper() for line in general.all("events") for word in line.value.split(",")}
    missing = [name for name in NEEDED_CEL if name not in events and "ALL" not in events]
    if not general.is_on("enable"):
        yield Spot(general.place("enable"), "enable = no")
    elif missing:
        yield Spot(general.place("events"), f"without {', '.join(missing)}")


def _other_columns(files: PbxFiles) -> Iterator[Spot]:
    mappings = files.conf("cel_custom.conf").section("mappings")
    ours = columns(parse(OWN_COLUMNS.name, OWN_COLUMNS.read_text()).section("mappings").get("Master.csv"))
    found = [columns(line.value) for line in mappings.lines]
    if files.general("cel.conf").is_on("enable") and ours not in found:
        yield Spot(mappings.where)


def columns(mapping: str) -> list[str]:
    """What a mapping of cel_custom.conf writes, column by column: `eventtype`, `CALLERID(num)` …"""
    return [name.lower() for name in NAME.findall(mapping)]


def _poor_cdr(files: PbxFiles) -> Iterator[Spot]:
    general, csv = files.general("cdr.conf"), files.conf("cdr.conf").section("csv")
    if files.has("cdr.conf") and not general.is_on("enable", otherwise=True):
        yield Spot(general.place("enable"), "enable = no")
        return
    for key in ("usegmtime", "loguniqueid", "newcdrcolumns"):
        if not csv.is_on(key):
            yield Spot(csv.place(key), f"{key} is not on")


def _not_included(files: PbxFiles) -> Iterator[Spot]:
    for conf in files.files.values():
        for problem in conf.problems:
            if problem.key == "#include":
                yield Spot(problem.where, problem.value)


ROUTING, RECORDS = Topic.ROUTING, Topic.RECORDS
WRONG, WEAK = Severity.WRONG, Severity.WEAK

CHECKS: tuple[Check[PbxFiles], ...] = (
    Check("includes", ROUTING, WRONG, "Included files are there", "An included file is missing or cannot be read",
          "Put the file there, or take the #include out: Asterisk may refuse the whole file.", _not_included),
    Check("queues", ROUTING, WEAK, "There are queues", "There is no queue", "Add queues to queues.conf.", _no_queue),
    Check("queue-members", ROUTING, WRONG, "Every member of a queue has a phone", "A member of a queue has no phone",
          "Add the endpoint to pjsip.conf, or take the member out of queues.conf.", _unknown_member),
    Check("queue-names", RECORDS, WEAK, "queue_log names agents", "queue_log names interfaces instead of agents",
          "Set log_membername_as_agent = yes in queues.conf.", _nameless_agents),
    Check("queue-interface", RECORDS, WEAK, "A late login learns who took a call",
          "A login in the middle of a call does not learn who took it", "Set setinterfacevar = yes for the queue.",
          _unconnected),
    Check("queue-persistent", ROUTING, WEAK, "Members survive a restart", "Members are forgotten by a restart",
          "Set persistentmembers = yes in [general] of queues.conf.", _forgotten_members),
    Check("queue-log", RECORDS, WRONG, "queue_log is written", "queue_log is not written to a file",
          "Set queue_log = yes and queue_log_to_file = yes in [general] of logger.conf, then `logger reload`.",
          _no_queue_log),
    Check("log-verbose", RECORDS, WEAK, "No log takes every packet",
          "A log takes every packet of the manager interface",
          "Take verbose out of logger.conf, or debug = on out of manager.conf.", _flooded),
    Check("cel", RECORDS, WRONG, "Channel events are written", "Channel events (CEL) are not all written",
          "Set enable = yes and events = ALL in [general] of cel.conf.", _no_cel),
    Check("cel-columns", RECORDS, WRONG, "Channel events have the columns that are read",
          "Channel events have other columns than those that are read",
          "Take the mapping of our asterisk/pbx/cel_custom.conf.", _other_columns),
    Check("cdr", RECORDS, WEAK, "CDRs can be compared", "CDRs cannot be put to their calls",
          "Set usegmtime, loguniqueid, loguserfield and newcdrcolumns = yes in [csv] of cdr.conf.", _poor_cdr),
)  # fmt: skip
