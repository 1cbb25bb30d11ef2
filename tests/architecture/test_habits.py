"""What no line of code may do, in the product and in its tests."""

import ast

from architecture.sources import FOLDERS, dotted, modules, none_of

ENVIRONMENT = frozenset({"os.environ", "os.environb", "os.getenv"})
SHELLS = frozenset(
    {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell"}
)
EVERYTHING = frozenset({"Exception", "BaseException"})
MARKS = frozenset({"skip", "skipif", "xfail", "importorskip"})
PATCHES = frozenset({"unittest.mock", "mock", "pytest_mock"})


def test_only_a_composition_root_reads_the_environment() -> None:
    readers = (module for module in modules(*FOLDERS) if module.path.name != "__main__.py")
    found = (
        module.at(node)
        for module in readers
        if module.path.parts[0] != "infra"
        for node in module.nodes
        if dotted(node) in ENVIRONMENT or _takes_from(node, "os", {"environ", "environb", "getenv"})
    )
    none_of(found, "The environment is read in __main__.py and handed on as values:")


def test_nothing_goes_through_a_shell() -> None:
    found = (
        module.at(node)
        for module in modules(*FOLDERS, "tests")
        for node in module.nodes
        if isinstance(node, ast.Call) and (dotted(node.func) in SHELLS or _asks_for_a_shell(node))
    )
    none_of(found, "A shell reads names and numbers as commands; call the program with a list:")


def _asks_for_a_shell(call: ast.Call) -> bool:
    return any(word.arg == "shell" and getattr(word.value, "value", True) is not False for word in call.keywords)


def test_no_error_is_swallowed() -> None:
    found = (
        module.at(node)
        for module in modules(*FOLDERS, "tests")
        for node in module.nodes
        if _passes_over_everything(node) or _suppresses_everything(node)
    )
    none_of(found, "Name the errors that may be passed over:")


def _passes_over_everything(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    everything = any(kind is None or dotted(kind) in EVERYTHING for kind in caught)
    return everything and all(isinstance(line, ast.Pass | ast.Continue) for line in node.body)


def _suppresses_everything(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and dotted(node.func).endswith("suppress")
        and any(dotted(argument) in EVERYTHING for argument in node.args)
    )


def test_no_test_is_skipped_or_allowed_to_fail() -> None:
    found = (
        module.at(node)
        for module in modules("tests")
        for node in module.nodes
        if dotted(node).startswith("pytest.") and dotted(node).rpartition(".")[2] in MARKS
    )
    none_of(found, "What a test needs is fetched or fails loudly:")


def test_no_code_under_test_is_patched() -> None:
    found = (
        module.at(node)
        for module in modules("tests")
        for node in module.nodes
        if any(_imports(node, name) for name in PATCHES) or dotted(node) in {"monkeypatch.setattr", "mocker.patch"}
    )
    none_of(found, "Hand a fake in at one of our own seams:")


def _takes_from(node: ast.AST, package: str, names: set[str]) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == package and any(one.name in names for one in node.names)


def _imports(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == name or f"{node.module}.{node.names[0].name}" == name
    return isinstance(node, ast.Import) and any(one.name == name for one in node.names)
