"""The project's own files, found by walking its folders: what the tests of the architecture look at.

Read once per run. Made and fetched things (caches, data, bundles in a `vendor` or `built` folder) are none of ours.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FOLDERS = ("calls", "asterisk", "ingest", "streams", "api", "warehouse", "dashboard", "infra")
LANGUAGES = (".py", ".ts", ".js", ".css", ".sql")
NOT_OURS = frozenset({"__pycache__", "node_modules", "vendor", "built"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """One Python file, parsed. `path` is relative to the project, `nodes` are all of the tree's."""

    path: Path
    tree: ast.Module
    nodes: tuple[ast.AST, ...]

    def at(self, node: ast.AST) -> str:
        """`path:line` of a node, for a failure's text."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def files(*folders: str) -> list[Path]:
    """Every file of ours in one of our languages under these folders, relative to the project."""
    return [path for folder in folders for path in _files(folder)]


@cache
def _files(folder: str) -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in _walk(ROOT / folder))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and path.name not in NOT_OURS:
            yield from _walk(path)
        elif path.suffix in LANGUAGES:
            yield path


def modules(*folders: str) -> list[Module]:
    """The Python files under these folders."""
    return [_parsed(path) for path in files(*folders) if path.suffix == ".py"]


@cache
def _parsed(path: Path) -> Module:
    tree = ast.parse((ROOT / path).read_text(), str(path))
    return Module(path, tree, tuple(ast.walk(tree)))


def dotted(node: ast.AST) -> str:
    """`os.environ` for that expression, "" for anything that is not names and dots."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := dotted(node.value)):
        return f"{owner}.{node.attr}"
    return ""


def none_of(offenders: Iterable[str], rule: str) -> None:
    """Fail with the rule and every offender, one a line."""
    found = sorted(offenders)
    assert not found, f"{rule}\n" + "\n".join(found)
