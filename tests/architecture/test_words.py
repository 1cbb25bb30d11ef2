"""What files say of themselves, and what they may not say."""

import ast
import re
from collections.abc import Iterator

from architecture.sources import FOLDERS, ROOT, Function, Module, files, modules, none_of

# The brackets keep this file from offending itself.
UNFINISHED = re.compile(r"\b([T]ODO|[F]IXME|[X]XX|[H]ACK|[N]otImplementedError)\b|[p]ragma: no cover")
COMMENT = {".sql": ("--",), ".css": ("/*",), ".js": ("/*", "//"), ".ts": ("/*", "//")}


def test_every_module_says_what_it_is_for() -> None:
    silent = (str(module.path) for module in modules(*FOLDERS, "tests") if not ast.get_docstring(module.tree))
    none_of(silent, "No module docstring (job, contract, what it must not do):")


def test_every_other_source_file_begins_with_a_comment() -> None:
    others = (path for path in files(*FOLDERS) if path.suffix in COMMENT)
    silent = (str(path) for path in others if not (ROOT / path).read_text().startswith(COMMENT[path.suffix]))
    none_of(silent, "No comment at its top that says what it is for:")


def test_what_others_call_has_a_docstring() -> None:
    bare = (
        f"{module.at(node)} {node.name}"
        for module in modules(*FOLDERS)
        for node in _public(module)
        if not ast.get_docstring(node)
    )
    none_of(bare, "No docstring (shapes, units, errors raised):")


def _public(module: Module) -> Iterator[Function | ast.ClassDef]:
    """Public classes, functions of the module, and methods of public classes."""
    for node in module.tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (method for method in node.body if isinstance(method, Function) and _is_public(method))


def _is_public(method: Function) -> bool:
    """A property is said by its name, and a protocol's signature without a body by its class."""
    decorators = {getattr(decorator, "attr", getattr(decorator, "id", "")) for decorator in method.decorator_list}
    is_signature = isinstance(method.body[0], ast.Expr) and getattr(method.body[0].value, "value", None) is ...
    return not (method.name.startswith("_") or is_signature or decorators & {"property", "setter", "override"})


def test_nothing_is_left_for_later() -> None:
    found = (
        f"{path}:{number} {match.group()}"
        for path in files(*FOLDERS, "tests")
        for number, line in enumerate((ROOT / path).read_text().splitlines(), 1)
        if (match := UNFINISHED.search(line))
    )
    none_of(found, "Do it, or leave it out:")
