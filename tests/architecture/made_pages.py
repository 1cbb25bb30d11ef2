"""The parts of docs/ that are made from the code, so that they cannot say anything else than it does.

A part stands between `<!-- made: NAME -->` and `<!-- end -->` on its page. Run this file to write them all anew:
`PYTHONPATH=tests .venv/bin/python -m architecture.made_pages`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from architecture import command_tree
from click import Command

from calls.call import Call, Status
from calls.ledger.rules import MEANINGS, Rule
from calls.metrics import ALL_METRICS
from calls.spans import MEANINGS as RULE_MEANINGS
from calls.spans import Rule as IntervalRule
from calls.topics import ALL, DAY_MS, Topic
from calls.transitions import OPEN, TRANSITIONS
from infra.doctor import dialplan_checks, part_checks, pbx_checks
from infra.doctor.examination import FILE_CHECKS
from warehouse.mart_models import MARTS, mart_model
from warehouse.schema import model
from warehouse.sums import sums_explained

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PART = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
COMMENT = re.compile(r"COMMENT ON (TABLE|VIEW|COLUMN) mart\.(\w+)(?:\.\"?(\w+)\"?)? IS\s+'((?:[^']|'')*)';")

_HOLDS = ("column", "what it holds")


def state_diagram() -> str:
    """The table of transitions as a Mermaid diagram; events that lead somewhere from everywhere start at `any`."""
    new = Call(linkedid="", pbx="", started_at=0, tenant="")
    lines = ["stateDiagram-v2", '    state "any open status" as any', f"    [*] --> {new.status}: Newchannel"]
    for target in Status:
        by_source: dict[str, list[str]] = {}
        for event, row in TRANSITIONS.items():
            leading = {source for source, leads_to in row.items() if target in leads_to} - {target}
            for source in ("any",) if leading == OPEN - {target} else sorted(leading):
                by_source.setdefault(source, []).append(event.__name__)
        lines += [f"    {source} --> {target}: {', '.join(events)}" for source, events in by_source.items()]
    return "\n".join(["```mermaid", *lines, f"    {Status.ENDED} --> [*]", "```"])


def event_table() -> str:
    """Where each event may lead a call, beside leaving it where it is."""
    rows = []
    for event, row in TRANSITIONS.items():
        leads_to = [status for status in Status if any(status in to - {source} for source, to in row.items())]
        meaning = (event.__doc__ or "").splitlines()[0]
        rows.append((f"`{event.__name__}`", meaning, ", ".join(leads_to) or "–"))
    return _table(("event", "what it says", "may lead to"), rows)


def metrics_table() -> str:
    """Every metric: its name, unit, formula, meaning and whose definition it is."""
    rows = (
        (f"`{it.name}`", f"`{it.of}`", it.title, it.unit, it.formula(), it.meaning, it.source) for it in ALL_METRICS
    )
    return _table(("name", "of", "title", "unit", "formula", "meaning", "whose definition"), rows)


def interval_rules() -> str:
    """When a fact counts, by name."""
    return _table(("rule", "what it means"), ((f"`{rule}`", RULE_MEANINGS[rule]) for rule in IntervalRule))


def mart_views() -> str:
    """Each mart: its grain, and the columns that are no metrics."""
    return "\n".join(_mart(name) for name in ("stint_facts", *MARTS))


def _mart(name: str) -> str:
    mart = mart_model(name)
    metrics = {it.name for it in ALL_METRICS}
    declared = ((f"`{column}`", text) for column, text in mart.columns.items() if not _is_metric(column, text, metrics))
    grain = ", ".join(f"`{column}`" for column in mart.grain)
    return "\n".join(
        (f"### `{name}`", "", f"{mart.title}. One row for each {grain}.", "", _table(_HOLDS, declared), "")
    )


def _is_metric(column: str, text: str, metrics: set[str]) -> bool:
    """Metrics say their formula and whose it is."""
    return column in metrics and text.endswith(")") and ": " in text


def mart_tables() -> str:
    """The tables of a published file, from the comments that it carries itself."""
    tables: dict[str, list[str]] = {}
    for kind, table, column, text in COMMENT.findall(f"{model('comments.sql')}\n{sums_explained()}"):
        said = text.replace("''", "'")
        if kind == "COLUMN":
            tables[table].append(_row((f"`{column}`", said)))
        else:
            tables[table] = [f"### `{table}`", "", f"{said}.", "", _row(_HOLDS), "| --- | --- |"]
    return "\n".join("\n".join((*lines, "")) for lines in tables.values())


def rules_table() -> str:
    """Why two accounts of a call may differ and both be true."""
    return _table(("rule", "what it means"), ((f"`{rule.value}`", MEANINGS[rule]) for rule in Rule))


def command_list() -> str:
    """Every command with its help and its options."""
    return "\n\n".join(_command(name, command) for name, command in command_tree.commands())


def _command(name: str, command: Command) -> str:
    said = [f"## {name}", f"    {command_tree.usage(name, command)}", " ".join((command.help or "").split())]
    rows = list(command_tree.options(command))
    return "\n\n".join(
        [*said, _table(("option", "meaning"), ((f"`{it}`", text) for it, text in rows))] if rows else said
    )


def topics_table() -> str:
    """Kafka's topics as they are created."""
    rows = ((f"`{topic.name}`", str(topic.partitions), _kept(topic)) for topic in ALL)
    return _table(("topic", "partitions", "kept"), rows)


def doctor_checks() -> str:
    """Every check of `trunkline doctor`: what it looks at, how bad a fault is, and what the fault is."""
    looked_at = (("files", FILE_CHECKS), ("dialplan", dialplan_checks.CHECKS), ("running PBX", pbx_checks.CHECKS))
    rows = [
        (f"`{check.name}`", check.topic.value, subject, check.severity.value, check.fault)
        for subject, checks in (*looked_at, ("our parts", part_checks.CHECKS))
        for check in checks
    ]
    return _table(("check", "topic", "looks at", "a fault is", "the fault"), rows)


def _kept(topic: Topic) -> str:
    days = int(topic.config.get("retention.ms", 0)) // DAY_MS
    newest = "newest value per key" if "compact" in topic.config["cleanup.policy"] else ""
    return ", ".join(filter(None, (newest, f"{days} days" if days else "")))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(_row(cells) for cells in (head, tuple("---" for _ in head), *rows))


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


PARTS: dict[str, Callable[[], str]] = {
    render.__name__: render
    for render in (
        state_diagram,
        event_table,
        metrics_table,
        interval_rules,
        mart_tables,
        mart_views,
        topics_table,
        rules_table,
        command_list,
        doctor_checks,
    )
}


def pages() -> Iterator[Path]:
    """Every page."""
    return iter(sorted(DOCS.glob("*.md")))


def made_anew(page: str) -> str:
    """The text of a page with its made parts as the code says now. Raises KeyError for a part that nobody makes."""
    return PART.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}\n{part[3]}", page)


if __name__ == "__main__":
    for path in pages():
        path.write_text(made_anew(path.read_text()))
