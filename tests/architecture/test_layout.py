"""Where things are and how big they may become."""

import ast
import os
import subprocess
from pathlib import Path

from architecture.sources import FOLDERS, ROOT, Function, Module, files, modules, none_of

# A name that says nothing of its content collects everything.
NAMELESS = frozenset({"utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "lib"})
# At 300 lines it is time to look for the second idea in a file.
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 60
# What only a real server exercises has its partner among the tests that start one.
PARTNERS = ("unit", "integration")


def test_every_module_has_its_test_file() -> None:
    sources = (module for module in modules(*FOLDERS) if not _only_says_what_the_folder_is(module))
    lonely = (str(module.path) for module in sources if not _has_partner(module))
    none_of(lonely, "No tests/unit/FOLDER/test_MODULE.py, and none under tests/integration:")


def _only_says_what_the_folder_is(module: Module) -> bool:
    code = [node for node in module.tree.body if not isinstance(node, ast.Expr)]
    return module.path.name == "__init__.py" and not code


def _has_partner(module: Module) -> bool:
    test = module.path.with_name(f"test_{module.path.name}")
    return any((ROOT / "tests" / kind / test).is_file() for kind in PARTNERS)


def test_every_unit_test_file_has_what_it_tests() -> None:
    tests = (path.relative_to("tests/unit") for path in files("tests/unit") if path.name.startswith("test_"))
    orphans = (
        str(path) for path in tests if not any((ROOT / path.parent).glob(f"{path.stem.removeprefix('test_')}.*"))
    )
    none_of(orphans, "These unit tests mirror no file; name them after one, or move them to another kind of test:")


def test_no_module_has_a_name_that_says_nothing() -> None:
    none_of((str(path) for path in files(*FOLDERS, "tests") if path.stem in NAMELESS), "Name the file by its noun:")


def test_no_file_grows_beyond_what_can_be_read_at_once() -> None:
    sizes = {path: len((ROOT / path).read_text().splitlines()) for path in files(*FOLDERS, "tests")}
    long = (f"{path}: {lines}" for path, lines in sizes.items() if lines > MOST_FILE_LINES)
    none_of(long, f"More than {MOST_FILE_LINES} lines; find the second idea in it and give that a file:")


def test_no_function_grows_beyond_a_screen() -> None:
    long = (
        f"{module.at(node)} {node.name}: {(node.end_lineno or node.lineno) - node.lineno + 1}"
        for module in modules(*FOLDERS, "tests")
        for node in module.nodes
        if isinstance(node, Function) and (node.end_lineno or node.lineno) - node.lineno + 1 > MOST_FUNCTION_LINES
    )
    none_of(long, f"More than {MOST_FUNCTION_LINES} lines:")


def test_every_test_file_is_run_once_and_what_begins_first_is_there() -> None:
    # What the make that runs this test was told is not for this one.
    own = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    command = ["make", "--dry-run", "test", "ARGS="]
    made = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=True)
    told = [word for line in made.stdout.splitlines() if "pytest" in line for word in line.split()]
    named = [Path(word) for word in told if word.startswith("tests/")]
    tests = [path for path in files("tests") if path.name.startswith("test_")]
    runs = {path: sum(path == it or it in path.parents for it in named) for path in tests}
    none_of((f"{path}: {count}" for path, count in runs.items() if count != 1), "Run not once by `make test`:")
    longest = next(
        ast.literal_eval(node.value)
        for node in ast.parse((ROOT / "tests/conftest.py").read_text()).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LONGEST"
    )
    none_of((name for name in longest if Path("tests", name) not in tests), "Named in LONGEST, but not there:")
