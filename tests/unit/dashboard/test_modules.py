"""A script with all that it imports as one file: everything once, before those that need it."""

import re

import pytest

from dashboard.errors import ScriptError
from dashboard.index import SCRIPTS
from dashboard.modules import joined
from dashboard.tokens import ASSETS

BODIES = {
    "page.js": b'import {\n  row as line,\n  SIZE,\n} from "./live/rows.js";\nimport "./tips.js";\nline(SIZE);\n',
    "tips.js": b'import { row } from "./live/rows.js";\nrow(`\n  import of words`);\n',
    "live/rows.js": b'import { a } from "../other.js";\nexport const SIZE = a;\nexport async function row() {}\n',
    "other.js": b"export class a {}\n",
}
ALL = {path.relative_to(ASSETS).as_posix(): path.read_bytes() for path in ASSETS.rglob("*.js")}


def test_each_is_there_once_before_those_that_import_it() -> None:
    text = joined(BODIES, "page.js").decode()
    assert re.findall(r"^// (\S+)$", text, re.MULTILINE) == ["other.js", "live/rows.js", "tips.js", "page.js"]
    assert joined(BODIES, "tips.js").decode() + text.partition("// page.js\n")[1] in text


def test_names_are_handed_on_and_stay_apart() -> None:
    text = joined(BODIES, "page.js").decode()
    assert "const {\n  row: line,\n  SIZE,\n} = $module1;\n\nline(SIZE);" in text
    assert "const SIZE = a;\nasync function row() {}\n\nreturn { SIZE, row };" in text
    assert "const $module0 = (() => {\nclass a {}\n\nreturn { a };\n})();" in text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('import all from "./other.js";', "import all"),
        ('import * as all from "./other.js";', r"import \* as all"),
        ("export let n = 0;", "export let n"),
        ("export default n;", "page.js has a line that is not understood here: export default n"),
        ('import "./none.js";', "page.js imports none.js, which is not there"),
        ('import "./page.js";', "page.js imports page.js: put what they share"),
    ],
)
def test_what_cannot_be_joined_is_said(line: str, words: str) -> None:
    with pytest.raises(ScriptError, match=words):
        joined(BODIES | {"page.js": line.encode()}, "page.js")


@pytest.mark.parametrize("name", SCRIPTS)
def test_our_own_can_be_joined(name: str) -> None:
    assert f"// {name}\n" in joined(ALL, name).decode()
