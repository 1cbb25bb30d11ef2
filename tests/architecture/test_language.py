"""The purity of `calls` beyond what import contracts can say: the short list of what it may import, and no clock."""

import ast
from collections.abc import Iterator

from architecture.sources import dotted, modules, none_of

MAY_IMPORT = frozenset(
    {"bisect", "calls", "collections", "dataclasses", "datetime", "enum", "functools", "hashlib", "hmac", "itertools",
     "math", "msgspec", "operator", "re", "struct", "typing", "uuid", "zoneinfo"}
)  # fmt: skip
# What these return differs from call to call.
CLOCKS = frozenset({"now", "utcnow", "today", "uuid1", "uuid4"})


def test_it_imports_nothing_but_values() -> None:
    found = (
        f"{module.at(node)} {name}"
        for module in modules("calls")
        for node in module.nodes
        for name in _imported(node)
        if name.partition(".")[0] not in MAY_IMPORT
    )
    none_of(found, "Not among what calls/ may import:")


def test_it_has_no_clock_and_no_chance() -> None:
    found = (
        module.at(node)
        for module in modules("calls")
        for node in module.nodes
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in CLOCKS
    )
    none_of(found, "Time arrives in events:")


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        yield node.module or ""
    elif isinstance(node, ast.Import):
        yield from (one.name for one in node.names)
