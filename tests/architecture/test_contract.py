"""docs/contract.md has every row of the reference guide, and each row a test that is there."""

import ast
import re

from architecture.sources import ROOT, none_of

PAGE = ROOT / "docs/contract.md"
CALL = "POST /api/pbx/calls/:callId"
# What the guide has; what it only implies is in the rows' own words.
ENDPOINTS = (
    *("POST /api/pbx/agent/login", "POST /api/pbx/agent/status", "POST /api/pbx/calls/dial"),
    *(f"{CALL}/{name}" for name in ("answer", "hangup", "hold", "transfer", "mute", "notes")),
    *(f"GET /api/pbx/manager/{name}" for name in ("agents", "queues", "metrics", "reports/agent-performance")),
)
FROM_CLIENTS = (
    *("agent:login", "agent:status:change"),
    *(f"call:{name}" for name in ("answer", "hangup", "hold", "mute", "transfer", "dial")),
)
TO_CLIENTS = (
    *("call:incoming", "call:state:changed", "call:ended"),
    *("agent:status:updated", "queue:update", "presence:update"),
)
ACTIONS = ("QueueAdd", "QueueRemove", "QueueStatus", "Originate", "Bridge", "Redirect", "Monitor")
IMPLIED = ("QueuePause", "BlindTransfer", "Atxfer", "CancelAtxfer", "MuteAudio", "Hangup", "PJSIPNotify")
ERRORS = (
    *("Agent extension not found", "Agent is already on a call", "No available agents in queue"),
    *("Call session not found", "WebSocket connection lost"),
)
GUIDE = frozenset({*ENDPOINTS, *FROM_CLIENTS, *TO_CLIENTS, *ACTIONS, *IMPLIED, *ERRORS})


def rows() -> dict[str, str]:
    """The guide's row, and the test that it names."""
    cells = [re.split(r" \| ", line.strip("| ")) for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return {row[0].strip("`"): row[-1].strip("`") for row in cells if row[0] not in ("guide", "---")}


def test_no_row_of_the_guide_is_missing() -> None:
    assert len(GUIDE) == 46
    none_of(GUIDE - set(rows()), "In the guide, not in docs/contract.md:")
    none_of(set(rows()) - GUIDE, "In docs/contract.md, not in the guide:")


def test_each_row_names_a_test_that_is_there() -> None:
    none_of((f"{row}: {test}" for row, test in rows().items() if not _is_there(test)), "These tests are not there:")


def _is_there(named: str) -> bool:
    path, _, function = named.partition("::")
    if not function or not (ROOT / path).is_file():
        return False
    tree = ast.parse((ROOT / path).read_text())
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return function in {node.name for node in functions}
