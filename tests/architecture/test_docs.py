"""The documentation says what is: what can be made from the code is made from it, and what is named exists."""

import json
import re
from pathlib import Path
from typing import Any

import click
import msgspec
from api_parts import make_parts
from architecture import command_tree
from architecture.made_pages import DOCS, made_anew, pages
from architecture.sources import FOLDERS, ROOT, modules, none_of

from api.app import create_api
from asterisk.decode import read_settings
from asterisk.recording import read_records
from asterisk.replay import replay_records
from calls.form import call_form
from calls.settings import Settings
from infra.settings import PREFIX, READS

REFRESH = (
    "Run `PYTHONPATH=tests .venv/bin/python -m architecture.made_pages`, which writes the made parts of docs/ anew."
)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)")
SETTING = re.compile(r"\bTRUNKLINE_[A-Z_]*[A-Z]\b")
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md")


def test_the_made_parts_are_what_the_code_says() -> None:
    stale = (path.name for path in pages() if made_anew(path.read_text()) != path.read_text())
    none_of(stale, REFRESH)


def test_every_link_leads_to_something() -> None:
    broken = (
        f"{page.name}: {target}{anchor}"
        for page in (*PAGES, *pages())
        for target, anchor in LINK.findall(page.read_text())
        if not _leads(page, target, anchor)
    )
    none_of(broken, "These links lead nowhere:")


def _leads(page: Path, target: str, anchor: str) -> bool:
    there = page.parent / target if target else page
    return there.exists() and (not anchor or anchor[1:] in _anchors(there))


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_folder_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    none_of((folder for folder in FOLDERS if f"`{folder}/`" not in readme), "Not in the README's table of folders:")


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    sources = "\n".join((ROOT / module.path).read_text() for module in modules(*FOLDERS))
    handed_on = {PREFIX + name for names in READS.values() for name in names}
    known = set(SETTING.findall(sources)) | handed_on
    told = set(SETTING.findall((DOCS / "operator.md").read_text()))
    none_of(known - told, "Read by the code, not in docs/operator.md:")
    none_of(told - known, "In docs/operator.md, read by nothing:")


def test_every_control_names_a_test_that_is_there() -> None:
    rows = [line for line in (DOCS / "security.md").read_text().splitlines() if re.match(r"\| (?!control|---)", line)]
    none_of(
        (row[:60] for row in rows if "`tests/" not in row.rsplit("|", 2)[1]), "No test is named for these controls:"
    )
    named = {path for row in rows for path in re.findall(r"`([\w/]+\.\w+|[\w]+/[\w/]+)`", row)}
    none_of((path for path in named if not (ROOT / path).exists()), "In docs/security.md, but not there:")


def test_every_command_and_every_option_has_help() -> None:
    for name, command in command_tree.commands():
        assert command.help, f"`{name}` does not say what it does"
        silent = (it for it in command.params if isinstance(it, click.Option) and not it.help)
        none_of((f"{name} {option.opts[0]}" for option in silent), "These options have no help:")


def test_every_route_is_on_the_page() -> None:
    page = (DOCS / "api.md").read_text()
    paths = (route.path for route in create_api(make_parts()).routes)
    none_of((path for path in paths if path.startswith(("/api", "/ws")) and path not in page), "Not in docs/api.md:")


def test_the_settings_on_the_page_are_settings() -> None:
    shown = _json_of("operator.md")
    assert set(shown) == set(Settings.__struct_fields__)
    assert read_settings(json.dumps(shown).encode()).queue("support").service_level_s == 30


def test_the_call_on_the_page_is_what_a_replay_gives() -> None:
    replay = replay_records(read_records(ROOT / "tests/scenarios/s04_rna_then_other_agent/session.ami.gz"))
    (call,) = replay.calls.values()
    assert _json_of("calls.md") == msgspec.to_builtins(call_form(call))


def _json_of(page: str) -> Any:
    return json.loads((DOCS / page).read_text().partition("```json\n")[2].partition("```")[0])
